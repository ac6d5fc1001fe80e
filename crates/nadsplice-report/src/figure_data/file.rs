//! The file of the figures' data.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder, read::MultiGzDecoder, write::GzEncoder};
use nadsplice_table::{OutputFile, WriteError};
use serde::{Deserialize, Serialize};

use super::{FigureData, FigureHeader, Locus};

/// The file's place in a results folder.
pub const FIGURE_DATA_FILE: &str = "figures/data/loci.jsonl.gz";

/// The word by which the file is known.
const FORMAT: &str = "nadsplice-figures";
/// Changes when an older reader would misunderstand the file.
const VERSION: u32 = 1;

/// The figures' data cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FigureDataError {
    /// The file cannot be read, mostly because it is not there.
    #[error("could not read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A line is not what it should be.
    #[error("line {line} of `{}` is no data of figures", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: u64,
        /// The cause.
        source: serde_json::Error,
    },
    /// The first line is of something else, or of another version.
    #[error("`{}` is `{found}`, expected `{FORMAT}` of version {VERSION}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Format and version that it names.
        found: String,
    },
    /// A gene's numbers do not fit its samples or its region.
    #[error("line {line} of `{}`: {what} {found}, expected {expected}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: u64,
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many there must be.
        expected: u64,
    },
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

#[derive(Serialize, Deserialize)]
struct FirstLine<H> {
    format: String,
    version: u32,
    #[serde(flatten)]
    header: H,
}

/// Writes the file gene by gene.
#[derive(Debug)]
pub struct FigureDataWriter {
    path: PathBuf,
    file: GzEncoder<OutputFile>,
}

impl FigureDataWriter {
    /// Begins the file in a results folder, whose `figures/data` is made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(results: &Path, header: &FigureHeader) -> Result<Self, FigureDataError> {
        let path = results.join(FIGURE_DATA_FILE);
        let folder = path.parent().unwrap_or(results);
        std::fs::create_dir_all(folder)
            .map_err(|source| WriteError::Create { path: folder.to_owned(), source })?;
        let output = OutputFile::create(&path)?;
        // Neither a name nor a time in the header, so that equal data are equal bytes.
        let file = GzBuilder::new().write(output, Compression::default());
        let mut writer = Self { path, file };
        writer.line(&FirstLine { format: FORMAT.to_owned(), version: VERSION, header })?;
        Ok(writer)
    }

    /// Adds a gene.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&mut self, locus: &Locus) -> Result<(), FigureDataError> {
        self.line(locus)
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When the file cannot be written or renamed.
    pub fn finish(self) -> Result<(), FigureDataError> {
        let Self { path, file } = self;
        Ok(file.finish().map_err(|source| WriteError::Write { path, source })?.finish()?)
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), FigureDataError> {
        let written = serde_json::to_writer(&mut self.file, value).map_err(io::Error::from);
        let written = written.and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|source| WriteError::Write { path: self.path.clone(), source }.into())
    }
}

impl FigureData {
    /// Reads the data of a results folder.
    ///
    /// # Errors
    /// When the file cannot be read, a line is not what it should be, or a gene's numbers do not fit the samples.
    pub fn read(results: &Path) -> Result<Self, FigureDataError> {
        let path = results.join(FIGURE_DATA_FILE);
        let failed = |source| FigureDataError::Read { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        let mut lines = BufReader::new(MultiGzDecoder::new(BufReader::new(file))).lines();
        let first = lines.next().transpose().map_err(failed)?.unwrap_or_default();
        let broken = |line, source| FigureDataError::Line { path: path.clone(), line, source };
        // The format is looked at before the rest, which another version may have otherwise.
        let known: FirstLine<serde_json::Value> = serde_json::from_str(&first).map_err(|e| broken(1, e))?;
        if known.format != FORMAT || known.version != VERSION {
            let found = format!("{} of version {}", known.format, known.version);
            return Err(FigureDataError::Format { path, found });
        }
        let header: FigureHeader = serde_json::from_value(known.header).map_err(|e| broken(1, e))?;
        let misfit = |line, (what, found, expected)| FigureDataError::Shape {
            path: path.clone(),
            line,
            what,
            found,
            expected,
        };
        check_groupings(&header).map_err(|problem| misfit(1, problem))?;
        let mut loci = Vec::new();
        for (number, line) in (2..).zip(lines) {
            let locus: Locus = serde_json::from_str(&line.map_err(failed)?).map_err(|e| broken(number, e))?;
            check(&locus, &header).map_err(|problem| misfit(number, problem))?;
            loci.push(locus);
        }
        Ok(Self { header, loci })
    }
}

fn check_groupings(header: &FigureHeader) -> Result<(), (&'static str, u64, u64)> {
    let samples = header.samples.len();
    let mut all = header.groupings.iter().flat_map(|g| &g.groups).flat_map(|group| &group.samples);
    match all.find(|&&sample| sample >= samples) {
        Some(&other) => Err(("group with a sample of number", other as u64, samples as u64)),
        None => Ok(()),
    }
}

fn check(locus: &Locus, header: &FigureHeader) -> Result<(), (&'static str, u64, u64)> {
    let samples = header.samples.len();
    let wrong = |what, found: usize| Err((what, found as u64, samples as u64));
    if let Some(other) = locus.junctions.iter().find(|j| j.counts.len() != samples) {
        return wrong("number of counts", other.counts.len());
    }
    if !locus.depth.is_empty() && locus.depth.len() != samples {
        return wrong("number of depths", locus.depth.len());
    }
    let bases = u64::from(locus.region.len());
    match locus.depth.iter().find(|depth| depth.bases() != bases) {
        Some(other) => Err(("bases under a depth", other.bases(), bases)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::data;

    fn write(data: &FigureData, folder: &Path) {
        let mut writer = FigureDataWriter::create(folder, &data.header).unwrap();
        data.loci.iter().for_each(|locus| writer.write(locus).unwrap());
        writer.finish().unwrap();
    }

    #[test]
    fn data_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        write(&data(), folder.path());
        assert_eq!(FigureData::read(folder.path()).unwrap(), data());
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let error = || FigureData::read(folder.path()).unwrap_err();
        assert!(matches!(error(), FigureDataError::Read { .. }));

        let mut broken = data();
        broken.loci[0].junctions[0].counts.pop();
        write(&broken, folder.path());
        assert!(error().to_string().contains("line 2 of"), "{}", error());
        assert!(error().to_string().ends_with("number of counts 3, expected 4"), "{}", error());

        let mut broken = data();
        broken.header.groupings[0].groups[0].samples.push(9);
        write(&broken, folder.path());
        assert!(error().to_string().contains("line 1 of"), "{}", error());

        let write_text = |text: &str| {
            let file = File::create(folder.path().join(FIGURE_DATA_FILE)).unwrap();
            let mut file = GzEncoder::new(file, Compression::default());
            file.write_all(text.as_bytes()).unwrap();
            file.finish().unwrap();
        };
        write_text("{\"format\":\"other\",\"version\":7}\n");
        assert!(error().to_string().contains("other of version 7"), "{}", error());
        write_text("x");
        assert!(matches!(error(), FigureDataError::Line { line: 1, .. }));
        std::fs::write(folder.path().join(FIGURE_DATA_FILE), "x").unwrap();
        assert!(matches!(error(), FigureDataError::Read { .. }));
    }
}
