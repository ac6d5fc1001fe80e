//! Numbers that come sample by sample and are written row by row.
//!
//! A matrix has one line for each event, and samples come one after the other. Holding all of it would take memory for
//! samples times events. So the columns of a block of samples are written to a temporary file at a time, row by row,
//! and the rows of the whole are put together again by reading all of these files side by side.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::output::WriteError;

const READ_BYTES: usize = 64 * 1024;
const PREFIX: &str = ".columns.";
const SUFFIX: &str = ".tmp";
/// A file in a temporary folder that is locked as long as its process lives.
const LOCK: &str = "lock";

/// A temporary folder for [`ColumnStore`]s, inside the folder of the results. It goes when it is dropped.
#[derive(Debug)]
pub struct StoreFolder {
    folder: TempDir,
    _lock: File,
}

impl StoreFolder {
    /// Makes a hidden folder within a folder that exists, and removes those that killed processes left there.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn within(folder: &Path) -> Result<Self, WriteError> {
        let make = || -> io::Result<Self> {
            remove_abandoned(folder)?;
            let folder = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempdir_in(folder)?;
            let lock = File::create(folder.path().join(LOCK))?;
            lock.lock()?;
            Ok(Self { folder, _lock: lock })
        };
        make().map_err(|source| WriteError::Create { path: folder.to_owned(), source })
    }

    /// A store with the given number of rows; its name tells its files from those of other stores.
    pub fn store(&self, name: &str, rows: usize) -> ColumnStore {
        ColumnStore { path: self.folder.path().join(name), rows, blocks: Vec::new() }
    }
}

/// A folder is of a living process as long as its lock is held. Where a file system has no locks, all are left alone.
fn remove_abandoned(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !(name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
            continue;
        }
        let Ok(lock) = File::open(entry.path().join(LOCK)) else { continue };
        match lock.try_lock() {
            Ok(()) => fs::remove_dir_all(entry.path())?,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
    Ok(())
}

/// Columns of whole numbers on disk, block by block, in runs of equal numbers.
#[derive(Debug)]
pub struct ColumnStore {
    path: PathBuf,
    rows: usize,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    path: PathBuf,
    width: usize,
}

impl ColumnStore {
    /// Adds the next columns, `width` of them. `row` is called for each row in order and appends its numbers to a
    /// list that comes empty.
    ///
    /// # Errors
    /// When a row has not `width` numbers, or the block cannot be written.
    pub fn push(
        &mut self,
        width: usize,
        mut row: impl FnMut(usize, &mut Vec<u64>),
    ) -> Result<(), WriteError> {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{}", self.blocks.len()));
        let path = PathBuf::from(path);
        let file = File::create(&path).map_err(|source| WriteError::Create { path: path.clone(), source })?;
        let failed = |source| WriteError::Write { path: path.clone(), source };
        let mut runs = RunWriter { sink: BufWriter::new(file), value: 0, length: 0 };
        let mut values = Vec::with_capacity(width);
        for number in 0..self.rows {
            values.clear();
            row(number, &mut values);
            if values.len() != width {
                let (row, found) = (number as u64 + 1, values.len());
                return Err(WriteError::Width { path, row, expected: width, found });
            }
            values.iter().try_for_each(|&value| runs.push(value)).map_err(failed)?;
        }
        runs.finish().map_err(failed)?;
        self.blocks.push(Block { path, width });
        Ok(())
    }

    /// Reads the rows from the first one on.
    ///
    /// # Errors
    /// When a block cannot be opened.
    pub fn rows(&self) -> Result<StoredRows, StoreError> {
        let blocks = self
            .blocks
            .iter()
            .map(|block| {
                let file = File::open(&block.path)
                    .map_err(|source| StoreError { path: block.path.clone(), source })?;
                let source = BufReader::with_capacity(READ_BYTES, file);
                Ok((block.path.clone(), block.width, RunReader { source, value: 0, left: 0 }))
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(StoredRows { blocks })
    }
}

/// A block of columns could not be read back.
#[derive(Debug, thiserror::Error)]
#[error("could not read back temporary file `{}`", path.display())]
pub struct StoreError {
    path: PathBuf,
    source: io::Error,
}

/// The rows of a [`ColumnStore`], one after the other.
#[derive(Debug)]
pub struct StoredRows {
    blocks: Vec<(PathBuf, usize, RunReader)>,
}

impl StoredRows {
    /// Appends the numbers of the next row to a list, in the order in which the columns came.
    ///
    /// # Errors
    /// When a block cannot be read, or has no further row.
    pub fn read(&mut self, row: &mut Vec<u64>) -> Result<(), StoreError> {
        for (path, width, runs) in &mut self.blocks {
            for _ in 0..*width {
                row.push(runs.next().map_err(|source| StoreError { path: path.clone(), source })?);
            }
        }
        Ok(())
    }
}

/// Writes numbers as variable-length integers: `2 n` for one `n`, `2 n + 1` and the number of further ones for more.
struct RunWriter<W: Write> {
    sink: W,
    value: u64,
    length: u64,
}

impl<W: Write> RunWriter<W> {
    fn push(&mut self, value: u64) -> io::Result<()> {
        if self.length > 0 && value != self.value {
            self.end_run()?;
        }
        self.value = value;
        self.length += 1;
        Ok(())
    }

    fn end_run(&mut self) -> io::Result<()> {
        let more = u128::from(self.length > 1);
        self.varint((u128::from(self.value) << 1) | more)?;
        if more == 1 {
            self.varint(u128::from(self.length - 1))?;
        }
        self.length = 0;
        Ok(())
    }

    fn varint(&mut self, mut value: u128) -> io::Result<()> {
        let mut bytes = [0u8; 10];
        let mut length = 0;
        loop {
            bytes[length] = (value & 0x7f) as u8 | if value >= 0x80 { 0x80 } else { 0 };
            length += 1;
            value >>= 7;
            if value == 0 {
                return self.sink.write_all(&bytes[..length]);
            }
        }
    }

    fn finish(mut self) -> io::Result<()> {
        if self.length > 0 {
            self.end_run()?;
        }
        self.sink.flush()
    }
}

#[derive(Debug)]
struct RunReader {
    source: BufReader<File>,
    value: u64,
    left: u64,
}

impl RunReader {
    fn next(&mut self) -> io::Result<u64> {
        if self.left == 0 {
            let head = self.varint()?;
            let too_large = || io::Error::from(io::ErrorKind::InvalidData);
            self.value = u64::try_from(head >> 1).map_err(|_| too_large())?;
            self.left =
                if head & 1 == 1 { 1 + u64::try_from(self.varint()?).map_err(|_| too_large())? } else { 1 };
        }
        self.left -= 1;
        Ok(self.value)
    }

    fn varint(&mut self) -> io::Result<u128> {
        let mut value = 0u128;
        for shift in (0..70).step_by(7) {
            let mut byte = [0u8];
            self.source.read_exact(&mut byte)?;
            value |= u128::from(byte[0] & 0x7f) << shift;
            if byte[0] & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(io::Error::from(io::ErrorKind::InvalidData))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folders_of_killed_processes_go_and_those_of_living_ones_stay() {
        let results = tempfile::tempdir().unwrap();
        let abandoned = results.path().join(".columns.killed.tmp");
        let foreign = results.path().join(".columns.of.mine");
        for folder in [&abandoned, &foreign] {
            fs::create_dir(folder).unwrap();
            File::create(folder.join(LOCK)).unwrap();
        }
        let living = StoreFolder::within(results.path()).unwrap();
        let other = StoreFolder::within(results.path()).unwrap();
        assert!(!abandoned.exists() && foreign.exists());
        assert!(living.folder.path().exists() && other.folder.path().exists());
        drop(living);
        assert_eq!(fs::read_dir(results.path()).unwrap().count(), 2);
    }

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), Just(u64::MAX), 0u64..3, any::<u64>()]
    }

    proptest! {
        #[test]
        fn rows_come_back_from_blocks_of_columns(
            widths in proptest::collection::vec(0usize..4, 0..4),
            rows in 0usize..20,
            numbers in proptest::collection::vec(number(), 400),
        ) {
            let parent = tempfile::tempdir().unwrap();
            let folder = StoreFolder::within(parent.path()).unwrap();
            let mut store = folder.store("x", rows);
            let value = |row: usize, column: usize| numbers[(row * 17 + column * 5) % numbers.len()];
            let mut first = 0;
            for &width in &widths {
                store
                    .push(width, |row, values| values.extend((first..first + width).map(|c| value(row, c))))
                    .unwrap();
                first += width;
            }
            let mut found = store.rows().unwrap();
            for row in 0..rows {
                let mut values = Vec::new();
                found.read(&mut values).unwrap();
                prop_assert_eq!(values, (0..first).map(|c| value(row, c)).collect::<Vec<_>>());
            }
            drop(folder);
            prop_assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn missing_numbers_and_a_damaged_file_are_errors() {
        let parent = tempfile::tempdir().unwrap();
        let folder = StoreFolder::within(parent.path()).unwrap();
        let mut store = folder.store("x", 2);
        let error = store.push(2, |row, values| values.extend(0..=row as u64)).unwrap_err();
        assert!(matches!(error, WriteError::Width { row: 1, expected: 2, found: 1, .. }), "{error}");
        store.push(1, |row, values| values.push(row as u64)).unwrap();
        std::fs::write(&store.blocks[0].path, [0x80]).unwrap();
        let error = store.rows().unwrap().read(&mut Vec::new()).unwrap_err();
        assert!(error.to_string().starts_with("could not read back temporary file"), "{error}");
    }
}
