//! Where the real data are, if they are.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;

/// The folder of real data: `NADSPLICE_DATA`, else `../shared/data` beside the workspace. Says so when it is absent.
pub(crate) fn data(part: &str) -> Option<PathBuf> {
    let base = std::env::var_os("NADSPLICE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let folder = base.join(part);
    if !folder.exists() {
        eprintln!("skipped: there is no `{}`", folder.display());
        return None;
    }
    Some(fs::canonicalize(base).unwrap())
}

/// The text of a file, plain or gzip.
pub(crate) fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8(bytes).unwrap();
    }
    let mut text = String::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    text
}

/// A sample: name, alignments, group.
pub(crate) type Entry = (String, PathBuf, &'static str);

/// Writes a sample sheet.
pub(crate) fn write_sheet(path: &Path, samples: &[Entry]) {
    let mut rows = vec!["sample\tbam\tcondition".to_owned()];
    rows.extend(samples.iter().map(|(name, bam, group)| format!("{name}\t{}\t{group}", bam.display())));
    fs::write(path, rows.join("\n")).unwrap();
}
