//! Small text files that appear whole or not at all.

use std::{
    io::{self, Write},
    path::Path,
};

use crate::SimulateError;

/// Writes a file beside its destination and renames it.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), SimulateError> {
    let write = || -> io::Result<()> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".").suffix(".tmp");
        // For everybody whom the umask lets read; a temporary file would be for its owner alone.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    };
    write().map_err(|source| SimulateError::Write { path: path.to_owned(), source })
}
