//! Genome builds by the lengths of their contigs.

/// `(build, lengths of chromosomes 1, 2, 3 and X)`, from the assembly reports of NCBI.
const BUILDS: [(&str, [(&str, u64); 4]); 7] = [
    ("GRCh38 (hg38)", [("1", 248_956_422), ("2", 242_193_529), ("3", 198_295_559), ("X", 156_040_895)]),
    ("GRCh37 (hg19)", [("1", 249_250_621), ("2", 243_199_373), ("3", 198_022_430), ("X", 155_270_560)]),
    ("NCBI36 (hg18)", [("1", 247_249_719), ("2", 242_951_149), ("3", 199_501_827), ("X", 154_913_754)]),
    ("T2T-CHM13v2.0", [("1", 248_387_328), ("2", 242_696_752), ("3", 201_105_948), ("X", 154_259_566)]),
    ("GRCm39 (mm39)", [("1", 195_154_279), ("2", 181_755_017), ("3", 159_745_316), ("X", 169_476_592)]),
    ("GRCm38 (mm10)", [("1", 195_471_971), ("2", 182_113_224), ("3", 160_039_680), ("X", 171_031_299)]),
    ("NCBI37 (mm9)", [("1", 197_195_432), ("2", 181_748_087), ("3", 159_599_783), ("X", 166_650_296)]),
];

/// The build whose chromosomes have these lengths, by name with or without `chr`; nothing when none fits.
///
/// One chromosome that fits and none that contradicts is enough, since headers of excerpts are short.
pub fn of_lengths(contigs: &[(String, u64)]) -> Option<&'static str> {
    BUILDS.iter().find_map(|(build, chromosomes)| {
        let mut fits = 0;
        for (name, length) in contigs {
            let bare = name.strip_prefix("chr").unwrap_or(name);
            match chromosomes.iter().find(|(chromosome, _)| *chromosome == bare) {
                Some((_, expected)) if expected == length => fits += 1,
                Some(_) => return None,
                None => {}
            }
        }
        (fits > 0).then_some(*build)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_are_told_by_lengths() {
        let contigs = |list: &[(&str, u64)]| list.iter().map(|&(n, l)| (n.to_owned(), l)).collect::<Vec<_>>();
        assert_eq!(
            of_lengths(&contigs(&[("chr1", 248_956_422), ("chrX", 156_040_895)])),
            Some("GRCh38 (hg38)")
        );
        assert_eq!(of_lengths(&contigs(&[("1", 249_250_621)])), Some("GRCh37 (hg19)"));
        assert_eq!(of_lengths(&contigs(&[("1", 249_250_621), ("2", 5)])), None);
        assert_eq!(of_lengths(&contigs(&[("SIRV", 230_000)])), None);
    }
}
