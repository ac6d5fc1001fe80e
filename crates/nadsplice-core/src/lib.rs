//! The nouns: contig, interval, strand, junction, exon, transcript, gene, event, counts; no I/O.
//!
//! # Coordinates
//!
//! Every position inside nadsplice is **0-based**, every range **half-open** and in **genome order**,
//! whatever the strand:
//!
//! ```text
//!   base            A   C   G   T   A   C
//!   0-based         0   1   2   3   4   5
//!   1-based         1   2   3   4   5   6
//!   [1, 4)              C   G   T              three bases, end - start = 3
//! ```
//!
//! A **junction is its intron**: from the first intronic base to the first base after it. Exons `[100, 200)`
//! and `[300, 400)` are joined by the junction `[200, 300)`; the last exonic base is 199 and the next exonic
//! one 300, so no end of an exon or intron ever needs a `+ 1`.
//!
//! 1-based numbers exist only at the edges, and each edge says so:
//!
//! | edge | base | a junction there |
//! |---|---|---|
//! | SAM text, GTF, GFF3 | 1-based, closed | - |
//! | BAM, BED, this crate | 0-based, half-open | `start`, `end` |
//! | STAR `SJ.out.tab` columns 2, 3 | 1-based, closed | `start + 1`, `end` |
//! | [`Event::id`], SUPPA ids | 1-based exon ends `e-s` | `start`, `end + 1` |
//! | rMATS tables | 0-based starts, 1-based ends | `upstreamEE = start`, `downstreamES = end` |
//!
//! Upstream and downstream follow the transcript, left and right the genome.

mod contig;
mod counts;
mod depth;
mod event;
mod gene;
mod interval;
mod junction;
mod junction_reads;
mod ledger;
mod principal;
mod regions;
mod rmats_reads;
mod strand;

pub use contig::{ContigId, Contigs, is_mitochondrion};
pub use counts::{
    BodyCount, BodyPattern, ContigCounts, CountMode, CountParameters, Evidence, FragmentEvidence,
    InputIdentity, JunctionCount, JunctionSet, RegionFragments, RmatsFilter, SampleCounts, StrandEvidence,
};
pub use depth::{ContigDepth, DepthProfile, DepthTrack, DepthTrackBuilder};
pub use event::{Event, EventKind, Form, ParseEventKindError};
pub use gene::{Annotation, Gene, GeneId, Transcript};
pub use interval::{EmptyInterval, Interval};
pub use junction::Junction;
pub use junction_reads::{JunctionReads, JunctionTable};
pub use ledger::{Outcome, ReadFilter, ReadLedger};
pub use principal::{PrincipalTag, PrincipalTranscripts};
pub use regions::Regions;
pub use rmats_reads::{ReadSense, RmatsEvidence, RmatsOutcome, RmatsPattern, RmatsPatternCount};
pub use strand::{LibraryStrandedness, ParseStrandednessError, Strand};
