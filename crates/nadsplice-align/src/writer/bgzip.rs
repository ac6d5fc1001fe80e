//! Text that htslib's tools can look up: BGZF with a tabix index.

use std::{
    ffi::CString,
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rust_htslib::{bgzf, htslib};
use tempfile::TempPath;

use super::{BGZF_END, BIN_LIMIT, CSI_MIN_SHIFT, ends_with};

/// Bytes that are gathered before they are compressed.
const BUFFER_BYTES: usize = 64 * 1024;

/// A BGZF file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum BgzipError {
    /// Writing failed, mostly because the folder is missing or read-only, or the disk is full.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// htslib found rows that are no BED, or not in order.
    #[error("could not index `{}`: its rows are not in order", path.display())]
    Index {
        /// The destination.
        path: PathBuf,
    },
}

/// A BGZF file under construction; it appears under its name when it is finished. Its bytes depend on its text alone.
pub struct BgzipWriter {
    path: PathBuf,
    temporary: TempPath,
    writer: bgzf::Writer,
    buffer: Vec<u8>,
}

impl BgzipWriter {
    /// Begins a file. The folder must be there.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, BgzipError> {
        let fail = |source| BgzipError::Write { path: path.to_owned(), source };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".nadsplice-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temporary = builder.tempfile_in(folder).map_err(fail)?.into_temp_path();
        let writer = bgzf::Writer::from_path(&temporary).map_err(|e| fail(io::Error::other(e)))?;
        Ok(Self { path: path.to_owned(), temporary, writer, buffer: Vec::with_capacity(BUFFER_BYTES) })
    }

    /// Appends text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, text: &[u8]) -> Result<(), BgzipError> {
        self.buffer.extend_from_slice(text);
        if self.buffer.len() >= BUFFER_BYTES { self.compress() } else { Ok(()) }
    }

    fn compress(&mut self) -> Result<(), BgzipError> {
        self.writer
            .write_all(&self.buffer)
            .map_err(|source| BgzipError::Write { path: self.path.clone(), source })?;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(self) -> Result<(), BgzipError> {
        let (path, temporary) = self.close()?;
        temporary.persist(&path).map_err(|e| BgzipError::Write { path, source: e.error })
    }

    /// Ends a BED file whose rows are in the order of contig and start, and indexes it: `PATH.tbi`, or `PATH.csi`
    /// where `longest_end`, the largest end of a row, is beyond what tabix can index. `skipped_lines` lines at the
    /// top are no rows.
    ///
    /// # Errors
    /// When the rest cannot be written, or rows are not in order.
    pub fn finish_indexed_bed(self, skipped_lines: i32, longest_end: u32) -> Result<(), BgzipError> {
        let (path, temporary) = self.close()?;
        let (extension, min_shift) =
            if longest_end <= BIN_LIMIT { (".tbi", 0) } else { (".csi", CSI_MIN_SHIFT.cast_signed()) };
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(extension);
            PathBuf::from(name)
        };
        let index = TempPath::try_from_path(with(&temporary))
            .map_err(|source| BgzipError::Write { path: with(&path), source })?;
        build_index(&temporary, &index, min_shift, skipped_lines)
            .map_err(|()| BgzipError::Index { path: path.clone() })?;
        let final_index = with(&path);
        // The text first: tools warn about an index that is older than its file.
        temporary.persist(&path).map_err(|e| BgzipError::Write { path, source: e.error })?;
        index.persist(&final_index).map_err(|e| BgzipError::Write { path: final_index, source: e.error })
    }

    /// Closes the file. htslib closes it without a word about errors, so the end is looked at.
    fn close(mut self) -> Result<(PathBuf, TempPath), BgzipError> {
        self.compress()?;
        let Self { path, temporary, mut writer, .. } = self;
        let closed = writer.flush().and_then(|()| {
            drop(writer);
            let whole = ends_with(&temporary, &BGZF_END)?;
            if whole { Ok(()) } else { Err(io::Error::other("its last block is missing")) }
        });
        match closed {
            Ok(()) => Ok((path, temporary)),
            Err(source) => Err(BgzipError::Write { path, source }),
        }
    }
}

#[allow(unsafe_code, reason = "rust-htslib reads tabix indices and has no wrapper that makes them")]
fn build_index(bed: &Path, index: &Path, min_shift: i32, skipped_lines: i32) -> Result<(), ()> {
    let c_path = |path: &Path| CString::new(path.as_os_str().as_bytes()).map_err(drop);
    let (bed, index) = (c_path(bed)?, c_path(index)?);
    // SAFETY: the configuration is a constant of htslib that is never written to; both paths are C strings that outlive
    // the call, which keeps no pointer to them.
    let code = unsafe {
        let mut rows_of_bed = htslib::tbx_conf_bed;
        rows_of_bed.line_skip = skipped_lines;
        htslib::tbx_index_build3(bed.as_ptr(), index.as_ptr(), min_shift, 0, &raw const rows_of_bed)
    };
    if code == 0 { Ok(()) } else { Err(()) }
}

#[cfg(test)]
mod tests {
    use rust_htslib::tbx::{self, Read as _};

    use super::*;

    fn write(folder: &Path, rows: &[&str], longest_end: u32) -> Result<PathBuf, BgzipError> {
        let path = folder.join("a.bed.gz");
        let mut writer = BgzipWriter::create(&path)?;
        writer.append(b"track name=\"a\"\n")?;
        for row in rows {
            writer.append(row.as_bytes())?;
        }
        writer.finish_indexed_bed(1, longest_end)?;
        Ok(path)
    }

    fn found(path: &Path, contig: &str, from: u64, to: u64) -> Vec<String> {
        let mut reader = tbx::Reader::from_path(path).unwrap();
        let contig = reader.tid(contig).unwrap();
        reader.fetch(contig, from, to).unwrap();
        reader.records().map(|row| String::from_utf8(row.unwrap()).unwrap()).collect()
    }

    #[test]
    fn rows_are_found_by_region() {
        let folder = tempfile::tempdir().unwrap();
        let path =
            write(folder.path(), &["1\t10\t20\tx\n", "1\t1000\t2000\ty\n", "2\t5\t9\tz\n"], 2000).unwrap();
        assert_eq!(found(&path, "1", 1500, 1501), ["1\t1000\t2000\ty"]);
        assert_eq!(found(&path, "2", 0, 100), ["2\t5\t9\tz"]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn contigs_beyond_the_reach_of_tabix_get_the_other_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), &["1\t700000000\t700000020\tx\n"], 700_000_020).unwrap();
        assert!(folder.path().join("a.bed.gz.csi").exists());
        assert_eq!(found(&path, "1", 700_000_010, 700_000_011).len(), 1);
    }

    #[test]
    fn rows_out_of_order_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), &["1\t1000\t2000\ty\n", "1\t10\t20\tx\n"], 2000).unwrap_err();
        assert!(matches!(error, BgzipError::Index { .. }));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
