//! Start and stop codon of an annotated transcript.

use nadsplice_core::{Strand, Transcript};

use super::{
    bases::Bases,
    nmd::StopContext,
    spliced::Spliced,
    translation::{is_stop, sequence},
    words::CodingStatus,
};

/// Whether an annotation's CDS rows hold the stop codon. Where bases are at hand, they decide for each transcript
/// and this is what is tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopCodon {
    /// The stop codon follows the CDS, as in GTF.
    Excluded,
    /// The stop codon is the last three bases of the CDS, as in GFF3.
    Included,
}

/// What is known of a transcript's reading frame; offsets from the transcript's 5' end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CodingPart {
    /// First base of the start codon; nothing where the CDS begins with the transcript, so that its true start may
    /// be missing.
    pub(super) start: Option<u32>,
    /// First base of the stop codon.
    pub(super) stop: u32,
}

impl CodingPart {
    /// Amino acids.
    pub(super) fn residues(self) -> Option<u32> {
        self.start.map(|start| (self.stop - start) / 3)
    }
}

/// What a transcript's CDS says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// No CDS.
    Not,
    /// A CDS without a known stop codon, or that is no reading frame.
    Incomplete,
    /// A CDS whose stop codon is known; also its start, if complete.
    Part(CodingPart),
}

impl Coding {
    pub(super) fn part(self) -> Option<CodingPart> {
        match self {
            Self::Part(part) => Some(part),
            Self::Not | Self::Incomplete => None,
        }
    }

    pub(super) fn status(self) -> CodingStatus {
        match self {
            Self::Not => CodingStatus::NonCoding,
            Self::Part(CodingPart { start: Some(_), .. }) => CodingStatus::Coding,
            Self::Incomplete | Self::Part(_) => CodingStatus::Incomplete,
        }
    }
}

/// Bases of one contig.
pub(super) type Genome<'g> = (&'g str, &'g mut dyn Bases);

/// Reads a transcript's CDS.
pub(super) fn coding(
    transcript: &Transcript,
    spliced: Option<&Spliced>,
    claim: StopCodon,
    genome: Option<Genome<'_>>,
) -> Coding {
    if transcript.cds.is_empty() {
        return Coding::Not;
    }
    spliced
        .and_then(|spliced| {
            let (from, to) = bounds(transcript, spliced, claim)?;
            match genome {
                Some((contig, bases)) => read_part(spliced, (from, to), claim, contig, bases),
                None => claimed_part(spliced, (from, to), claim),
            }
        })
        .map_or(Coding::Incomplete, Coding::Part)
}

/// First offset of the CDS and the one after its last; nothing where the CDS is not an unbroken stretch of whole
/// codons (programmed frame shifts, missing ends).
///
/// Where the stop codon is left out and a junction splits it, Ensembl's GTF still has the piece beyond the junction
/// as a CDS row; that row does not count.
fn bounds(transcript: &Transcript, spliced: &Spliced, claim: StopCodon) -> Option<(u32, u32)> {
    let mut rows = transcript
        .cds
        .iter()
        .map(|row| {
            let inside = spliced.exons().iter().any(|exon| exon.encloses(*row));
            let (left, right) = (spliced.offset(row.start())?, spliced.offset(row.end() - 1)?);
            inside.then_some((left.min(right), left.max(right) + 1))
        })
        .collect::<Option<Vec<(u32, u32)>>>()?;
    rows.sort_unstable();
    if let [.., (_, to), (rest, end)] = rows[..]
        && claim == StopCodon::Excluded
        && rest > to
        && to + 3 == end
    {
        rows.pop();
    }
    let unbroken = rows.windows(2).all(|pair| pair[0].1 == pair[1].0);
    let (from, to) = (rows.first()?.0, rows.last()?.1);
    (unbroken && (to - from).is_multiple_of(3)).then_some((from, to))
}

/// Without bases: the stop codon is where the format has it, and an end of the CDS that is an end of the transcript
/// may have been cut off.
fn claimed_part(spliced: &Spliced, (from, to): (u32, u32), claim: StopCodon) -> Option<CodingPart> {
    let stop = match claim {
        StopCodon::Excluded => to,
        StopCodon::Included if to < spliced.len() => to.checked_sub(3)?,
        StopCodon::Included => return None,
    };
    let fits = stop + 3 <= spliced.len() && stop > from;
    fits.then_some(CodingPart { start: (from > 0).then_some(from), stop })
}

/// With bases: the stop codon must be one, and a CDS from the transcript's first base on is complete with an `ATG`.
fn read_part(
    spliced: &Spliced,
    (from, to): (u32, u32),
    claim: StopCodon,
    contig: &str,
    bases: &mut dyn Bases,
) -> Option<CodingPart> {
    let inner = to.checked_sub(3)?;
    let order = match claim {
        StopCodon::Excluded => [to, inner],
        StopCodon::Included => [inner, to],
    };
    let mut codon =
        |at: u32| (at + 3 <= spliced.len()).then(|| sequence(spliced, (at, at + 3), contig, bases)).flatten();
    let stop = order.into_iter().find(|&at| at > from && codon(at).is_some_and(|bases| is_stop(&bases)))?;
    let known = from > 0 || codon(from).is_some_and(|bases| bases == b"ATG");
    Some(CodingPart { start: known.then_some(from), stop })
}

/// What a transcript's CDS says, on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TranscriptCoding {
    /// Whether it codes for a protein. Without a CDS it is `non_coding`: whether the annotation has CDS rows at all
    /// is for the caller to know.
    pub status: CodingStatus,
    /// Amino acids, of a complete CDS.
    pub residues: Option<u32>,
    /// Its stop codon and decay. Also known where only the start may be missing.
    pub stop: StopContext,
}

impl TranscriptCoding {
    pub(super) fn of(coding: Coding, spliced: Option<&Spliced>) -> Self {
        let part = coding.part();
        Self {
            status: coding.status(),
            residues: part.and_then(CodingPart::residues),
            stop: spliced
                .zip(part)
                .map_or(StopContext::UNKNOWN, |(spliced, part)| StopContext::of(spliced, part)),
        }
    }
}

/// Coding status and decay of one transcript, from its CDS alone.
///
/// A CDS is complete when it is an unbroken run of whole codons along the exons, begins after the transcript's first
/// base and has its stop codon inside the transcript. One that begins with the transcript (as those tagged
/// `cds_start_NF` do) has status `incomplete`, but its stop codon and so its decay are known. One that runs to the
/// transcript's end, or is no multiple of three long, says nothing.
pub fn transcript_coding(
    transcript: &Transcript,
    strand: Option<Strand>,
    stop_codon: StopCodon,
) -> TranscriptCoding {
    let spliced = strand.and_then(|strand| Spliced::new(&transcript.exons, strand));
    TranscriptCoding::of(coding(transcript, spliced.as_ref(), stop_codon, None), spliced.as_ref())
}
