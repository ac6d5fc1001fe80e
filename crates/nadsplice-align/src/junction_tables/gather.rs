//! Brings a table's junctions to the annotation: contigs, strands, repeats.

use std::path::Path;

use nadsplice_core::{
    Annotation, ContigId, Contigs, CountParameters, Evidence, Interval, JunctionReads, JunctionTable,
    ReadLedger, SampleCounts, Strand, StrandEvidence,
};
use rustc_hash::FxHashMap;

use super::{JunctionLineProblem, JunctionTableError, Row, identify_table};
use crate::input::shown;

/// The annotation, as far as it concerns junctions; made once for all samples.
#[derive(Debug)]
pub struct KnownIntrons<'a> {
    contigs: &'a Contigs,
    introns: Vec<Vec<Interval>>,
    content_hash: [u8; 32],
}

impl<'a> KnownIntrons<'a> {
    /// Takes the introns of an annotation; `content_hash` is that of its file.
    pub fn new(annotation: &'a Annotation, content_hash: [u8; 32]) -> Self {
        Self { contigs: &annotation.contigs, introns: annotation.introns(), content_hash }
    }

    fn has(&self, contig: ContigId, start: u32, end: u32) -> bool {
        Interval::new(start, end).is_some_and(|i| self.introns[contig.index()].binary_search(&i).is_ok())
    }
}

/// Junctions on contigs that the annotation does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnmatchedJunctions {
    /// Their number.
    pub junctions: u64,
    /// Reads over them.
    pub reads: u64,
    /// The contigs, in the order of the table.
    pub contigs: Vec<String>,
}

/// What a junction table holds of a sample.
#[derive(Clone, Debug)]
pub struct JunctionSample {
    /// The counts; only the junctions are known.
    pub counts: SampleCounts,
    /// What they lack.
    pub unmatched: UnmatchedJunctions,
}

/// Finds the contigs of a table in the annotation.
pub(super) struct ContigNames<'a> {
    contigs: &'a Contigs,
    seen: FxHashMap<Vec<u8>, Result<ContigId, usize>>,
    pub(super) unmatched: Vec<String>,
}

impl<'a> ContigNames<'a> {
    pub(super) fn new(known: &KnownIntrons<'a>) -> Self {
        Self { contigs: known.contigs, seen: FxHashMap::default(), unmatched: Vec::new() }
    }

    /// The contig, or its position among those that the annotation does not have.
    pub(super) fn find(&mut self, name: &[u8]) -> Result<ContigId, usize> {
        if let Some(&found) = self.seen.get(name) {
            return found;
        }
        let text = String::from_utf8_lossy(name).into_owned();
        let found = self.contigs.resolve(&text).ok_or(self.unmatched.len());
        if found.is_err() {
            self.unmatched.push(text);
        }
        self.seen.insert(name.to_owned(), found);
        found
    }
}

/// Gathers the junctions of one sample.
pub(super) struct Gather<'a, 'k> {
    path: &'a Path,
    known: &'a KnownIntrons<'k>,
    names: ContigNames<'k>,
    rows: Vec<(ContigId, Row)>,
    unmatched: UnmatchedJunctions,
}

impl<'a, 'k> Gather<'a, 'k> {
    pub(super) fn new(path: &'a Path, known: &'a KnownIntrons<'k>) -> Self {
        Self {
            path,
            known,
            names: ContigNames::new(known),
            rows: Vec::new(),
            unmatched: UnmatchedJunctions::default(),
        }
    }

    pub(super) fn add(&mut self, contig: &[u8], row: Row) {
        if row.reads == 0 {
            // Multi-mapping reads alone.
            return;
        }
        if let Ok(contig) = self.names.find(contig) {
            self.rows.push((contig, row));
        } else {
            self.unmatched.junctions += 1;
            self.unmatched.reads += u64::from(row.reads);
        }
    }

    pub(super) fn finish(mut self, sample: &str) -> Result<JunctionSample, JunctionTableError> {
        self.unmatched.contigs = self.names.unmatched;
        assemble(self.path, self.known, sample, self.rows, self.unmatched, String::new())
    }
}

/// The counts of a sample. `of` names it in the error of an empty table, where this has many.
pub(super) fn assemble(
    path: &Path,
    known: &KnownIntrons<'_>,
    sample: &str,
    mut rows: Vec<(ContigId, Row)>,
    unmatched: UnmatchedJunctions,
    of: String,
) -> Result<JunctionSample, JunctionTableError> {
    if rows.is_empty() {
        return Err(if unmatched.junctions == 0 {
            JunctionTableError::Empty { path: path.to_owned(), of }
        } else {
            JunctionTableError::NoSharedContig {
                path: path.to_owned(),
                found: shown(unmatched.contigs.iter().map(String::as_str)),
                annotation: shown(known.contigs.names().iter().map(String::as_str)),
            }
        });
    }
    rows.sort_unstable_by_key(|&(contig, row)| (contig, row.start, row.end, row.strand, row.line));
    let mut contigs: Vec<Vec<JunctionReads>> = vec![Vec::new(); known.contigs.len()];
    for same in rows.chunk_by(|(a, x), (b, y)| (a, x.start, x.end) == (b, y.start, y.end)) {
        let (contig, _) = same[0];
        let junction = merge(same).map_err(|(line, problem)| {
            let problem = problem(known.contigs.name(contig).to_owned());
            JunctionTableError::at(path, line, problem)
        })?;
        let annotated = known.has(contig, junction.start, junction.end);
        contigs[contig.index()].push(JunctionReads { annotated, ..junction });
    }
    let counts = SampleCounts {
        sample: sample.to_owned(),
        input: identify_table(path)?,
        annotation: known.content_hash,
        parameters: CountParameters::default(),
        contigs: known.contigs.names().to_vec(),
        ledger: ReadLedger::default(),
        primary_alignments: 0,
        duplicate_alignments: 0,
        contig_alignments: Vec::new(),
        paired_alignments: 0,
        strand: StrandEvidence::default(),
        read_lengths: Vec::new(),
        aligned_lengths: Vec::new(),
        fragment_lengths: Vec::new(),
        evidence: Evidence::Junctions(JunctionTable { contigs }),
    };
    Ok(JunctionSample { counts, unmatched })
}

/// A line and what is wrong with it, once the contig's name is known.
type Refusal = (u64, Box<dyn FnOnce(String) -> JunctionLineProblem>);

/// One junction from its rows, which differ in strand: the reads of all, and the strand of most of them.
fn merge(rows: &[(ContigId, Row)]) -> Result<JunctionReads, Refusal> {
    let (start, end) = (rows[0].1.start, rows[0].1.end);
    for pair in rows.windows(2) {
        let (first, second) = (pair[0].1, pair[1].1);
        if first.strand == second.strand {
            let problem = move |contig| JunctionLineProblem::Repeated {
                contig,
                start: start + 1,
                end,
                first: first.line,
            };
            return Err((second.line, Box::new(problem)));
        }
    }
    let of = |strand| -> u64 {
        rows.iter().filter(|(_, r)| r.strand == strand).map(|(_, r)| u64::from(r.reads)).sum()
    };
    let (forward, reverse) = (of(Some(Strand::Forward)), of(Some(Strand::Reverse)));
    let Ok(reads) = u32::try_from(forward + reverse + of(None)) else {
        let problem = move |contig| JunctionLineProblem::TooMany { contig, start: start + 1, end };
        return Err((rows[rows.len() - 1].1.line, Box::new(problem)));
    };
    let strand = match forward.cmp(&reverse) {
        std::cmp::Ordering::Greater => Some(Strand::Forward),
        std::cmp::Ordering::Less => Some(Strand::Reverse),
        std::cmp::Ordering::Equal => None,
    };
    let max_overhang = rows.iter().filter_map(|(_, r)| r.max_overhang).max();
    Ok(JunctionReads { start, end, annotated: false, reads, strand, max_overhang })
}
