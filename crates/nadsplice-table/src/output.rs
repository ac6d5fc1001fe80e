//! Output files that appear whole or not at all.

use std::{
    ffi::OsString,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// Large enough that a wide matrix is written in few system calls.
const BUFFER_BYTES: usize = 256 * 1024;

/// A file under construction. It is written to a temporary file in the folder of its destination and renamed
/// by [`OutputFile::finish`]; dropped before that, it leaves nothing behind and an older file untouched.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Temporary(BufWriter<NamedTempFile>),
    StandardOutput(BufWriter<io::Stdout>),
}

/// An output could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The temporary file could not be made, mostly because the folder is missing or read-only.
    #[error("could not create `{}`", path.display())]
    Create {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Writing failed, mostly because the disk is full.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The finished file could not take its name.
    #[error("could not rename the finished file to `{}`", path.display())]
    Rename {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Two columns of a table would have the same name.
    #[error("`{}` would have two columns named `{column}`", path.display())]
    DuplicateColumn {
        /// The destination.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// A row has another number of values than the header.
    #[error("row {row} of `{}` has {found} values, expected {expected}", path.display())]
    Width {
        /// The destination.
        path: PathBuf,
        /// 1-based, without the header.
        row: u64,
        /// Number of sample columns.
        expected: usize,
        /// Number of values given.
        found: usize,
    },
}

impl OutputFile {
    /// Begins a file. The folder must be there.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut prefix = OsString::from(".");
        prefix.push(path.file_name().unwrap_or_default());
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        // Results are for everybody whom the umask lets read; a temporary file would be for its owner alone.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder
            .tempfile_in(folder)
            .map_err(|source| WriteError::Create { path: path.to_owned(), source })?;
        let sink = Sink::Temporary(BufWriter::with_capacity(BUFFER_BYTES, file));
        Ok(Self { path: path.to_owned(), sink })
    }

    /// Standard output, for tables that a command prints; it cannot be taken back.
    pub fn standard_output() -> Self {
        let sink = Sink::StandardOutput(BufWriter::with_capacity(BUFFER_BYTES, io::stdout()));
        Self { path: PathBuf::from("standard output"), sink }
    }

    /// The destination.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// With the destination's path, when they cannot be written.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.write_all(bytes).map_err(|source| WriteError::Write { path: self.path.clone(), source })
    }

    /// Ends the file and gives it its name; a file of that name is replaced in one step.
    ///
    /// # Errors
    /// When the rest cannot be written or the file cannot be renamed.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.flush().map_err(|source| WriteError::Write { path: self.path.clone(), source })?;
        match self.sink {
            Sink::StandardOutput(_) => Ok(()),
            Sink::Temporary(buffer) => {
                let (file, _) = buffer.into_parts();
                file.persist(&self.path)
                    .map(drop)
                    .map_err(|error| WriteError::Rename { path: self.path, source: error.error })
            }
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Temporary(buffer) => buffer.write(bytes),
            Sink::StandardOutput(buffer) => buffer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Temporary(buffer) => buffer.flush(),
            Sink::StandardOutput(buffer) => buffer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_appears_only_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tsv");
        let mut file = OutputFile::create(&path).unwrap();
        file.append(b"one\n").unwrap();
        assert!(!path.exists());
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_unfinished_file_leaves_nothing_and_keeps_the_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tsv");
        fs::write(&path, "old").unwrap();
        let mut file = OutputFile::create(&path).unwrap();
        file.append(b"new").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = OutputFile::create(Path::new("no/such/folder/a.tsv")).unwrap_err();
        assert_eq!(error.to_string(), "could not create `no/such/folder/a.tsv`");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_the_permissions_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (plain, output) = (folder.path().join("plain"), folder.path().join("output"));
        fs::write(&plain, "").unwrap();
        OutputFile::create(&output).unwrap().finish().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&output), mode(&plain));
    }
}
