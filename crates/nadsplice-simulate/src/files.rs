//! The files of a cohort.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    Cohort, SampleFile, SimulateError, output::write_text, random::sample_number, truth::truth_text,
    write_sample,
};

/// A sample's finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenSample {
    /// The sample.
    pub name: String,
    /// Its alignments.
    pub path: PathBuf,
    /// Fragments of each molecule of the cohort.
    pub fragments: Vec<u64>,
}

impl Cohort {
    /// Writes `<sample>.bam` with its index for every sample, `truth.tsv` ([`crate::TruthRow`]) and the sample sheet
    /// `samples.tsv` (`sample`, `bam`, `condition`) into a folder that exists. `threads` (at least 1) changes the
    /// time it takes and nothing else.
    ///
    /// # Errors
    /// When a sample expresses nothing or a file cannot be written.
    pub fn write(&self, folder: &Path, threads: usize) -> Result<Vec<WrittenSample>, SimulateError> {
        let threads = threads.max(1);
        let workers = threads.min(self.samples().len()).max(1);
        // With a thread for each sample, none is left over to compress.
        let extra_threads = if threads > workers { threads / workers } else { 0 };
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Vec::with_capacity(self.samples().len()));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= self.samples().len() {
                            break;
                        }
                        let written = self.write_one(number, folder, extra_threads);
                        let failed = written.is_err();
                        // A poisoned lock still holds what the other threads have put there.
                        results
                            .lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .push((number, written));
                        if failed {
                            // Nobody needs the samples that have not been begun.
                            next.store(self.samples().len(), Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        results.sort_by_key(|&(number, _)| number);
        let written = results.into_iter().map(|(_, written)| written).collect::<Result<Vec<_>, _>>()?;
        write_text(&folder.join("truth.tsv"), &truth_text(self.truth()))?;
        write_text(&folder.join("samples.tsv"), &self.sheet_text())?;
        Ok(written)
    }

    fn write_one(
        &self,
        number: usize,
        folder: &Path,
        extra_threads: usize,
    ) -> Result<WrittenSample, SimulateError> {
        let sample = &self.samples()[number];
        let path = folder.join(format!("{}.bam", sample.name));
        let file = SampleFile {
            path: &path,
            contigs: self.contigs(),
            seed: self.seed,
            sample: sample_number(number),
            fragments: sample.fragments,
            extra_threads,
            compression_level: self.compression_level,
        };
        let fragments = write_sample(&file, &sample.library, self.molecules(), &sample.abundances)?;
        Ok(WrittenSample { name: sample.name.clone(), path, fragments })
    }

    fn sheet_text(&self) -> String {
        let mut text = "sample\tbam\tcondition\n".to_owned();
        for sample in self.samples() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{0}\t{0}.bam\t{1}", sample.name, self.groups[sample.group]);
        }
        text
    }
}
