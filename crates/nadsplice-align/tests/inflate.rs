//! What decompresses alignments.

/// Without libdeflate htslib inflates with zlib, at twice the cost, and says nothing about it.
#[test]
fn htslib_is_built_with_libdeflate() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    let package = lock.split("[[package]]").find(|p| p.contains("\nname = \"hts-sys\"\n")).unwrap();
    assert!(package.contains("\"libdeflate-sys\""), "{package}");
}
