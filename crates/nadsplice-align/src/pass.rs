//! The state of one pass over a sample's alignments: which are used, which belong together, and what they count for.

mod parts;
mod regions;

use std::hash::Hasher;

use nadsplice_core::{
    ContigId, CountMode, Evidence, InputIdentity, Outcome, ReadLedger, SampleCounts, is_mitochondrion,
};
use rustc_hash::FxHasher;

use self::regions::Reading;
use crate::{
    AlignError, CountJob, CountWarning, Counted,
    bam::Alignment,
    depth::SETTLED_BITS,
    filter::{flag, rejected_by_flag, unique},
    fragments::{FragmentCounter, Overhangs},
    input::{ClaimedOrder, EachRecord, Input},
    lengths::LengthHistogram,
    pairing::{self, Depth, Mate, Meeting, Waiting},
    regional::{Scope, clip},
    rmats::{RmatsCounter, RmatsRead},
};

/// Waiting mates from which it pays to look for overdue ones.
const SWEEP: usize = 1 << 16;
/// Used alignments from which a file without a spliced one is an error.
const MANY_UNSPLICED: u64 = 10_000;

/// The one state of a pass.
pub(crate) struct Pass<'a> {
    job: &'a CountJob<'a>,
    matched: Vec<Option<ContigId>>,
    ledger: ReadLedger,
    unmatched: Vec<u64>,
    /// Used alignments of each contig of the header, those included that only the annotation lacks.
    on_contig: Vec<u64>,
    primary: u64,
    duplicates: u64,
    paired: u64,
    without_nh: u64,
    read_lengths: LengthHistogram,
    aligned_lengths: LengthHistogram,
    counter: Counter<'a>,
    order: Order,
    warnings: Vec<CountWarning>,
    /// The alignment at hand.
    mate: Mate,
    /// The one that it met.
    other: Mate,
    /// The regions, where not the whole genome is counted.
    scope: Option<Scope>,
    reading: Reading,
}

enum Counter<'a> {
    Fragments { counter: FragmentCounter<'a>, waiting: Waiting, pair: bool },
    Rmats(RmatsCounter<'a>),
}

/// Where a file in coordinate order has come to.
struct Order {
    any: bool,
    claimed: bool,
    contig: i32,
    position: i64,
    records: u64,
    swept: bool,
    /// Mates that wait on contigs behind this one.
    elsewhere: usize,
    next_sweep: usize,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            any: false,
            claimed: false,
            contig: 0,
            position: 0,
            records: 0,
            swept: false,
            elsewhere: 0,
            next_sweep: SWEEP,
        }
    }
}

impl EachRecord for Pass<'_> {
    #[inline(always)]
    fn accept(&mut self, record: &impl Alignment, number: u64) -> Result<(), AlignError> {
        if self.scope.is_some() {
            self.accept_in_regions(record, number)
        } else {
            self.add::<false>(record, number)
        }
    }
}

impl<'a> Pass<'a> {
    /// Counts a record; of one in the regions (`REGIONS`) all that it says. Without regions the compiler makes one loop
    /// of this and what it calls.
    #[inline(always)]
    fn add<const REGIONS: bool>(&mut self, record: &impl Alignment, number: u64) -> Result<(), AlignError> {
        let outcome = self.place::<REGIONS>(record, number, true)?;
        self.ledger.add(outcome);
        let is_primary = record.flags() & flag::NOT_PRIMARY == 0;
        let is_duplicate = record.flags() & flag::DUPLICATE != 0;
        self.primary += u64::from(is_primary);
        self.duplicates += u64::from(is_primary && is_duplicate);
        if matches!(outcome, Outcome::UsedSpliced | Outcome::UsedUnspliced | Outcome::ShortOverhang) {
            self.ledger.used_duplicates += u64::from(is_duplicate);
            self.note_contig(record.contig());
        }
        Ok(())
    }

    pub(crate) fn new(job: &'a CountJob<'a>, claimed: ClaimedOrder, matched: Vec<Option<ContigId>>) -> Self {
        let fragments = |pair| {
            let overhangs = Overhangs {
                annotated: job.parameters.min_overhang,
                novel: job.parameters.min_overhang_novel,
            };
            Counter::Fragments {
                counter: FragmentCounter::new(job.index, overhangs),
                waiting: Waiting::new(job.max_waiting.unwrap_or(pairing::DEFAULT_WAITING)),
                pair,
            }
        };
        let counter = match &job.parameters.mode {
            CountMode::Fragments => fragments(true),
            CountMode::Mates => fragments(false),
            CountMode::Rmats(filter) => Counter::Rmats(RmatsCounter::new(job.index, filter.clone())),
        };
        let mut pass = Self {
            job,
            unmatched: vec![0; matched.len()],
            on_contig: vec![0; matched.len()],
            primary: 0,
            duplicates: 0,
            matched,
            ledger: ReadLedger::default(),
            paired: 0,
            without_nh: 0,
            read_lengths: LengthHistogram::default(),
            aligned_lengths: LengthHistogram::default(),
            counter,
            order: Order { claimed: claimed == ClaimedOrder::Coordinate, ..Order::default() },
            warnings: Vec::new(),
            mate: Mate::default(),
            other: Mate::default(),
            scope: None,
            reading: Reading::Through,
        };
        if claimed == ClaimedOrder::Other {
            pass.leave_order();
        }
        pass
    }

    fn leave_order(&mut self) {
        self.order.any = true;
        if let Counter::Fragments { counter, .. } = &mut self.counter {
            counter.unsort();
        }
    }

    fn note_contig(&mut self, tid: i32) {
        if let Some(count) = usize::try_from(tid).ok().and_then(|tid| self.on_contig.get_mut(tid)) {
            *count += 1;
        }
    }

    /// Whether an alignment on a contig that the annotation lacks would else be used.
    fn would_be_used(&self, record: &impl Alignment, position: u32) -> bool {
        match &self.counter {
            Counter::Rmats(counter) => {
                let (flags, cigar) = (record.flags(), record.cigar());
                counter.keeps(&RmatsRead { contig: 0, position, flags, nh: record.hits(), cigar })
            }
            Counter::Fragments { .. } => {
                unique(&self.job.parameters.filter, record.hits(), record.mapping_quality())
            }
        }
    }

    /// Counts a record and says in which row of the ledger it belongs; of one outside the regions only what it adds to
    /// a mate inside.
    #[inline(always)]
    fn place<const REGIONS: bool>(
        &mut self,
        record: &impl Alignment,
        number: u64,
        inside: bool,
    ) -> Result<Outcome, AlignError> {
        let inside = !REGIONS || inside;
        let flags = record.flags();
        let rmats = matches!(self.counter, Counter::Rmats(_));
        if rmats {
            if flags & flag::UNMAPPED != 0 {
                return Ok(Outcome::Unmapped);
            }
        } else if let Some(outcome) = rejected_by_flag(&self.job.parameters.filter, flags) {
            return Ok(outcome);
        }
        let (Ok(tid), Ok(position)) = (usize::try_from(record.contig()), u32::try_from(record.position()))
        else {
            return Ok(Outcome::Unmapped);
        };
        self.follow_order::<REGIONS>(record, number)?;
        let Some(contig) = self.matched.get(tid).copied().flatten() else {
            if let Some(count) = self.unmatched.get_mut(tid).filter(|_| self.scope.is_none()) {
                *count += 1;
            }
            if self.scope.is_none() && self.would_be_used(record, position) {
                self.note_contig(record.contig());
            }
            return Ok(Outcome::NoAnnotatedContig);
        };
        let contig = contig.0;
        let nh = record.hits();
        self.without_nh += u64::from(inside && nh.is_none());
        if let Counter::Rmats(counter) = &mut self.counter {
            let read = RmatsRead { contig, position, flags, nh, cigar: record.cigar() };
            let Ok(spliced) = counter.count(&read) else { return Ok(Outcome::RmatsRejected) };
            self.mate.spliced.walk(position, record.cigar());
            self.note_lengths(flags);
            return Ok(if spliced { Outcome::UsedSpliced } else { Outcome::UsedUnspliced });
        }
        if !unique(&self.job.parameters.filter, nh, record.mapping_quality()) {
            return Ok(Outcome::MultiMapped);
        }
        self.mate.spliced.walk(position, record.cigar());
        if self.mate.spliced.blocks.is_empty() {
            return Ok(Outcome::Unmapped);
        }
        if inside {
            self.note_lengths(flags);
        }
        let Counter::Fragments { counter, waiting, pair } = &mut self.counter else {
            return Ok(Outcome::RmatsRejected);
        };
        let outcome = if self.mate.spliced.crossings.is_empty() {
            Outcome::UsedUnspliced
        } else if counter.crosses(contig, &self.mate.spliced) {
            Outcome::UsedSpliced
        } else {
            Outcome::ShortOverhang
        };
        let mate = &mut self.mate;
        mate.contig = contig;
        mate.other_position = u32::try_from(record.mate_position()).unwrap_or(0);
        mate.second = flags & flag::PAIRED != 0 && flags & flag::READ_2 != 0;
        mate.reverse = flags & flag::REVERSE != 0;
        mate.tag = if mate.spliced.crossings.is_empty() { None } else { record.tagged_strand() };
        mate.depth = if inside { Depth::NotYet } else { Depth::Elsewhere };
        let has_mate_here = *pair
            && flags & flag::PAIRED != 0
            && flags & flag::MATE_UNMAPPED == 0
            && record.mate_contig() == record.contig();
        if !has_mate_here {
            count_alone(counter, mate);
            return Ok(outcome);
        }
        // In coordinate order a mate that lies to the left and was not seen was not used. It waits all the same, until
        // it is overdue: only then is the order proven, which a header without a word on it leaves open.
        let (any_order, other) = (self.order.any, &mut self.other);
        let key = name_key(record.name());
        let fail = |source| AlignError::Io { path: self.job.path.to_owned(), source };
        let met = waiting.meet(key, mate, other, any_order).map_err(fail)?;
        if met == Meeting::Pair {
            let start = |one: &Mate| one.spliced.blocks.first().map(|block| block.start);
            let (mut first, mut second): (&Mate, &Mate) = (other, mate);
            // Fetched mates come late, though they may lie to the left.
            if REGIONS && matches!(self.reading, Reading::Mates(_)) && start(first) > start(second) {
                (first, second) = (second, first);
            }
            if first.is_inside() || second.is_inside() {
                counter.count(first, Some(second));
            }
            return Ok(outcome);
        }
        if !any_order && inside {
            counter.cover(mate);
            mate.depth = Depth::Counted;
        }
        if met == Meeting::Displaces {
            // One fewer waits elsewhere, and one more here.
            self.order.elsewhere -= usize::from(other.contig != mate.contig && self.order.elsewhere > 0);
            count_alone(counter, other);
        }
        waiting.wait(key, mate).map_err(fail)?;
        Ok(outcome)
    }

    #[inline(always)]
    fn note_lengths(&mut self, flags: u16) {
        self.read_lengths.add(self.mate.spliced.read_length);
        self.aligned_lengths.add(self.mate.spliced.aligned);
        self.paired += u64::from(flags & flag::PAIRED != 0);
    }

    /// Keeps up with coordinate order: settles depth behind the record, lets overdue mates go, and notices when the
    /// order breaks.
    #[inline(always)]
    fn follow_order<const REGIONS: bool>(
        &mut self,
        record: &impl Alignment,
        number: u64,
    ) -> Result<(), AlignError> {
        if self.order.any || (REGIONS && matches!(self.reading, Reading::Mates(_))) {
            return Ok(());
        }
        let Counter::Fragments { counter, waiting, .. } = &mut self.counter else { return Ok(()) };
        let here = (record.contig(), record.position());
        let last = (self.order.contig, self.order.position);
        if here < last {
            if let Reading::Parts { index } = &self.reading {
                return Err(AlignError::IndexMisfit {
                    path: self.job.path.to_owned(),
                    index: index.clone(),
                    found: "the records where it leads are in no order",
                });
            }
            if self.order.swept {
                return Err(AlignError::Order {
                    path: self.job.path.to_owned(),
                    record: number,
                    sorted: self.order.records,
                });
            }
            if self.order.claimed {
                self.warnings.push(CountWarning::ClaimedOrder(number));
            }
            self.leave_order();
            return Ok(());
        }
        self.order.records += 1;
        let new_contig = here.0 != last.0;
        let contig_of =
            |tid: i32| usize::try_from(tid).ok().and_then(|t| self.matched.get(t).copied().flatten());
        if new_contig {
            if let Some(left) = contig_of(last.0) {
                counter.settle(left.0, u32::MAX);
            }
        } else if here.1 >> SETTLED_BITS != last.1 >> SETTLED_BITS
            && let (Some(contig), Ok(position)) = (contig_of(here.0), u32::try_from(here.1))
        {
            counter.settle(contig.0, position);
        }
        if new_contig {
            // Those who wait on other contigs say nothing about this one.
            self.order.elsewhere = waiting.len();
            self.order.next_sweep = SWEEP;
        }
        let waiting_here = waiting.len().saturating_sub(self.order.elsewhere);
        // Where parts of the file are read a mate may be still to be fetched.
        if matches!(self.reading, Reading::Through)
            && (waiting_here >= self.order.next_sweep || (new_contig && waiting.len() >= SWEEP))
        {
            let (contig, position) =
                (contig_of(here.0).map_or(u32::MAX, |c| c.0), u32::try_from(here.1).unwrap_or(0));
            for mate in waiting.overdue(contig, position) {
                self.order.swept = true;
                count_alone(counter, &mate);
            }
            self.order.elsewhere = 0;
            self.order.next_sweep = SWEEP.max(2 * waiting.len());
        }
        self.order.contig = here.0;
        self.order.position = here.1;
        Ok(())
    }

    pub(crate) fn finish(
        mut self,
        input: &Input,
        identity: InputIdentity,
        complete: bool,
    ) -> Result<Counted, AlignError> {
        let used = self.ledger.used();
        let spliced = self.ledger.count(Outcome::UsedSpliced) + self.ledger.count(Outcome::ShortOverhang);
        if used > 0 && spliced == 0 {
            if complete && used >= MANY_UNSPLICED && self.scope.is_none() {
                return Err(AlignError::NoSplicedReads { path: self.job.path.to_owned(), used });
            }
            self.warnings.push(CountWarning::NoSplicedReads(used));
        }
        if self.scope.is_some() && self.ledger.total() == 0 {
            self.warnings.push(CountWarning::NothingInRegions);
        }
        let alignments: u64 = self.unmatched.iter().sum();
        if alignments > 0 {
            let with_reads: Vec<usize> =
                (0..self.unmatched.len()).filter(|&t| self.unmatched[t] > 0).collect();
            self.warnings.push(CountWarning::UnmatchedContigs {
                alignments,
                contigs: with_reads.len(),
                first: with_reads.first().map(|&t| input.contigs[t].0.clone()).unwrap_or_default(),
            });
        }
        let (evidence, strand, fragment_lengths) = match self.counter {
            Counter::Fragments { mut counter, waiting, .. } => {
                if waiting.spilled() > 0 {
                    self.warnings.push(CountWarning::Spilled(waiting.spilled()));
                }
                waiting
                    .finish(|first, second| {
                        if first.is_inside() || second.as_ref().is_some_and(Mate::is_inside) {
                            counter.count(&first, second.as_ref());
                        }
                    })
                    .map_err(|source| AlignError::Io { path: self.job.path.to_owned(), source })?;
                let strand = counter.strand;
                let lengths = std::mem::take(&mut counter.fragment_lengths).into_pairs();
                let mut evidence = counter.finish(self.job.threads);
                if let Some(regions) = &self.job.parameters.regions {
                    for (id, contig) in (0..).map(ContigId).zip(&mut evidence.contigs) {
                        contig.depth = clip(&contig.depth, regions.of(id));
                    }
                }
                (Evidence::Fragments(evidence), strand, lengths)
            }
            Counter::Rmats(counter) => {
                let strand = counter.strand;
                (Evidence::Rmats(counter.finish()), strand, Vec::new())
            }
        };
        let counts = SampleCounts {
            sample: self.job.sample.to_owned(),
            input: identity,
            annotation: self.job.index.content_hash(),
            parameters: self.job.parameters.clone(),
            contigs: self.job.index.contig_names().to_vec(),
            ledger: self.ledger,
            primary_alignments: self.primary,
            duplicate_alignments: self.duplicates,
            contig_alignments: input
                .contigs
                .iter()
                .zip(&self.on_contig)
                .filter(|((name, _), alignments)| **alignments > 0 || is_mitochondrion(name))
                .map(|((name, _), &alignments)| (name.clone(), alignments))
                .collect(),
            paired_alignments: self.paired,
            strand,
            read_lengths: self.read_lengths.into_pairs(),
            aligned_lengths: self.aligned_lengths.into_pairs(),
            fragment_lengths,
            evidence,
        };
        let read = match input.indexed {
            // Read by several readers, perhaps, of which `input` is none.
            None if complete => input.position().map(|_| identity.size),
            _ => input.position(),
        };
        let read_share = read.map(|at| (at as f64 / identity.size.max(1) as f64).min(1.0));
        Ok(Counted { counts, warnings: self.warnings, without_nh: self.without_nh, complete, read_share })
    }
}

/// Counts an alignment without its mate; of those outside the regions none.
#[inline(never)]
fn count_alone(counter: &mut FragmentCounter<'_>, mate: &Mate) {
    if mate.is_inside() {
        counter.count(mate, None);
    }
}

/// A key for a read name. `/1` and `/2`, which old pipelines left at its end, are not part of it.
#[inline(always)]
fn name_key(name: &[u8]) -> u64 {
    let name = match name {
        [name @ .., b'/', b'1' | b'2'] => name,
        _ => name,
    };
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.finish()
}
