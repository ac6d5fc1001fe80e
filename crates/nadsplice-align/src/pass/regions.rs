//! A pass over the regions of a file: which alignments it looks at, and where their mates are.

use std::path::PathBuf;

use nadsplice_core::{ContigId, Interval};
use rustc_hash::FxHashSet;

use super::{Counter, Pass, name_key};
use crate::{AlignError, CountWarning, bam::Alignment, input::Input, regional::Scope};

/// Which alignments outside the regions may be mates of those inside.
#[derive(Debug)]
pub(super) enum Reading {
    /// The file from end to end: any.
    Through,
    /// The parts where the regions are: those whose mates begin inside. The others are fetched.
    Parts {
        /// The index that leads there.
        index: PathBuf,
    },
    /// Where mates of alignments inside begin: those.
    Mates(FxHashSet<(i32, u32)>),
}

impl Pass<'_> {
    /// Counts in regions only.
    pub(crate) fn narrow(&mut self, input: &mut Input, scope: Scope) -> Result<(), AlignError> {
        let path = self.job.path;
        if let Some(regions) = &self.job.parameters.regions {
            let has = |contig: ContigId, interval: Interval| {
                self.matched
                    .iter()
                    .zip(&input.contigs)
                    .any(|(id, (_, length))| *id == Some(contig) && u64::from(interval.start()) < *length)
            };
            let mut none = regions.iter().filter(|&(contig, interval)| !has(contig, interval)).peekable();
            if let Some(&(first, _)) = none.peek() {
                self.warnings.push(CountWarning::NoSuchRegions {
                    path: path.to_owned(),
                    regions: none.count(),
                    all: regions.iter().count(),
                    first: self.job.contigs.name(first).to_owned(),
                });
            }
        }
        if let Some(reason) = input.narrow(&scope, self.job.threads)? {
            self.warnings.push(CountWarning::ReadThrough { path: path.to_owned(), reason });
        }
        if let Some(indexed) = &input.indexed {
            self.reading = Reading::Parts { index: indexed.index_path.clone() };
            if indexed.is_older() {
                let index = indexed.index_path.clone();
                self.warnings.push(CountWarning::OldIndex { path: path.to_owned(), index });
            }
        }
        self.scope = Some(scope);
        Ok(())
    }

    /// Reads the mates that lie elsewhere of the alignments inside, where not all of the file was read.
    pub(crate) fn fetch_mates(&mut self, input: &mut Input) -> Result<(), AlignError> {
        let (Some(indexed), Some(scope), Counter::Fragments { waiting, .. }) =
            (&input.indexed, &self.scope, &self.counter)
        else {
            return Ok(());
        };
        let mut contigs = vec![-1; self.job.contigs.len()];
        for (tid, id) in (0..).zip(&self.matched) {
            if let Some(id) = id {
                contigs[id.index()] = tid;
            }
        }
        let places: FxHashSet<(i32, u32)> = waiting
            .awaited()
            .map(|(contig, position)| (contigs[contig as usize], position))
            .filter(|&(contig, position)| !scope.has_position(contig, position.into()))
            .collect();
        let ranges = indexed.ranges_at(&places);
        if ranges.is_empty() {
            return Ok(());
        }
        input.read_ranges(ranges)?;
        self.reading = Reading::Mates(places);
        while input.next(self)? {}
        Ok(())
    }

    /// Counts a record where only regions are counted.
    #[cold]
    pub(super) fn accept_in_regions(
        &mut self,
        record: &impl Alignment,
        number: u64,
    ) -> Result<(), AlignError> {
        if !self.scope.as_ref().is_none_or(|scope| scope.has(record)) {
            self.pair_outside(record, number)
        } else if matches!(self.reading, Reading::Mates(_)) {
            // It was counted when the regions were read.
            Ok(())
        } else {
            self.add::<true>(record, number)
        }
    }

    /// Brings an alignment outside the regions to its mate inside, where it may have one.
    fn pair_outside(&mut self, record: &impl Alignment, number: u64) -> Result<(), AlignError> {
        let Counter::Fragments { waiting, pair: true, .. } = &self.counter else { return Ok(()) };
        let may_have = match (&self.reading, &self.scope) {
            (Reading::Parts { .. }, Some(scope)) => {
                scope.has_position(record.mate_contig(), record.mate_position())
            }
            (Reading::Mates(places), _) => {
                u32::try_from(record.position()).is_ok_and(|at| places.contains(&(record.contig(), at)))
                    && waiting.has(name_key(record.name()))
            }
            _ => true,
        };
        if may_have {
            self.place::<true>(record, number, false)?;
        } else if matches!(self.reading, Reading::Parts { .. }) {
            self.follow_order::<true>(record, number)?;
        }
        Ok(())
    }
}
