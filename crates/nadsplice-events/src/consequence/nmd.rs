//! Nonsense-mediated decay by the 50-nt rule.

use std::fmt;

use super::{coding::CodingPart, spliced::Spliced, words::named};

/// Decay is predicted when more bases than these lie between a stop codon and the last exon-exon junction (Nagy and
/// Maquat 1998, doi:10.1016/S0968-0004(98)01208-0; also the rule by which Ensembl and GENCODE tag transcripts).
pub const LAST_JUNCTION_MARGIN: u32 = 50;
/// A stop codon fewer than these bases downstream of the start often escapes (Lindeboom, Supek and Lehner 2016,
/// doi:10.1038/ng.3664).
pub const NEAR_START: u32 = 150;
/// A stop codon in an exon of more bases than these often escapes (same source).
pub const LONG_EXON: u32 = 400;

/// The 50-nt rule's prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nmd {
    /// More than 50 bases lie between the stop codon and the last junction.
    Predicted,
    /// At most as many do, or there is no junction after the stop.
    NotPredicted,
    /// The stop codon is not known, or there is none.
    Unknown,
}

named!(Nmd {
    Predicted => "predicted",
    NotPredicted => "not_predicted",
    Unknown => "unknown",
});

impl Nmd {
    /// Whether decay is predicted, where that is known.
    pub const fn predicted(self) -> Option<bool> {
        match self {
            Self::Predicted => Some(true),
            Self::NotPredicted => Some(false),
            Self::Unknown => None,
        }
    }
}

/// A stop codon's place, as far as decay goes. The two exceptions are stated beside the prediction and do not change
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopContext {
    /// The 50-nt rule.
    pub nmd: Nmd,
    /// Whether the stop codon begins fewer than 150 bases after the first base of the start codon; nothing where the
    /// start is not known.
    pub near_start: Option<bool>,
    /// Whether the exon that has the stop codon's first base is longer than 400 bases.
    pub in_long_exon: Option<bool>,
}

impl StopContext {
    /// Nothing is known.
    pub(super) const UNKNOWN: Self = Self { nmd: Nmd::Unknown, near_start: None, in_long_exon: None };

    /// Of a coding part in its transcript.
    pub(super) fn of(spliced: &Spliced, part: CodingPart) -> Self {
        let after = part.stop + 3;
        let predicted = spliced
            .last_junction()
            .is_some_and(|junction| junction.saturating_sub(after) > LAST_JUNCTION_MARGIN);
        Self {
            nmd: if predicted { Nmd::Predicted } else { Nmd::NotPredicted },
            near_start: part.start.map(|start| part.stop - start < NEAR_START),
            in_long_exon: spliced.exon_at(part.stop).map(|(exon, _)| exon.len() > LONG_EXON),
        }
    }
}
