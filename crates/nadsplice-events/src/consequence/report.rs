//! What is reported of an event.

use std::fmt;

use super::{
    coding::TranscriptCoding,
    nmd::{Nmd, StopContext},
    words::{Basis, CodingStatus, Frame, Region, StopPosition, named},
};

/// Which forms of an event something holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AffectedForms {
    /// For neither.
    Neither,
    /// For the inclusion form.
    Inclusion,
    /// For the skipping form.
    Skipping,
    /// For both.
    Both,
    /// For at least one form it is not known, and the other one it does not hold for.
    Unknown,
}

named!(AffectedForms {
    Neither => "none",
    Inclusion => "inclusion",
    Skipping => "skipping",
    Both => "both",
    Unknown => "unknown",
});

impl AffectedForms {
    /// Of what is known of the two forms. A form that it is known to hold for is named whatever is known of the
    /// other.
    pub const fn of(inclusion: Option<bool>, skipping: Option<bool>) -> Self {
        match (inclusion, skipping) {
            (Some(true), Some(true)) => Self::Both,
            (Some(true), _) => Self::Inclusion,
            (_, Some(true)) => Self::Skipping,
            (Some(false), Some(false)) => Self::Neither,
            _ => Self::Unknown,
        }
    }
}

/// An annotated transcript that has a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// Its id.
    pub id: String,
    /// What its CDS says.
    pub coding: TranscriptCoding,
}

/// What one form makes of the protein.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormConsequence {
    /// Whether its annotated transcripts code for a protein.
    pub coding: CodingStatus,
    /// What the fields below rest on.
    pub basis: Basis,
    /// The annotated transcript that these rest on; for an exchanged one that in which the form was put.
    pub transcript: Option<String>,
    /// Where its stop codon is; `same` for the form of the [`Consequence::host`].
    pub stop: StopPosition,
    /// Decay and its exceptions.
    pub context: StopContext,
    /// Whether bases of the host's start codon are gone or torn apart.
    pub start_lost: Option<bool>,
    /// Whether bases of the host's stop codon are gone or torn apart. A stop codon that is there but no longer read,
    /// in a broken frame, is not lost.
    pub stop_lost: Option<bool>,
    /// Amino acids.
    pub residues: Option<u32>,
    /// All annotated transcripts of the event's genes that have the form, by id.
    pub transcripts: Vec<Carrier>,
}

/// What an event does to the protein.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// Where the alternative part lies.
    pub region: Region,
    /// Whether the reading frame goes on.
    pub frame: Frame,
    /// The transcript in which the forms are compared: of those with a form and a complete CDS the principal one, else
    /// the one with the longest CDS (ties: the first id), those before all others whose counterpart with the other
    /// form is annotated.
    pub host: Option<String>,
    /// Amino acids of the inclusion form less those of the skipping form; nothing where one is not known or the two
    /// are not of transcripts that differ by the event alone.
    pub residues_change: Option<i64>,
    /// The inclusion form.
    pub inclusion: FormConsequence,
    /// The skipping form.
    pub skipping: FormConsequence,
}

impl Consequence {
    /// Forms with a stop codon upstream of the host's.
    pub fn premature_stop(&self) -> AffectedForms {
        self.affected(|form| match form.stop {
            StopPosition::Premature => Some(true),
            StopPosition::Unknown => None,
            _ => Some(false),
        })
    }

    /// Forms predicted to decay.
    pub fn nmd(&self) -> AffectedForms {
        self.affected(|form| Nmd::predicted(form.context.nmd))
    }

    /// Forms predicted to decay of which an exception says that they may escape.
    pub fn nmd_may_escape(&self) -> AffectedForms {
        self.affected(|form| {
            let context = form.context;
            match (context.nmd, context.near_start, context.in_long_exon) {
                (Nmd::NotPredicted, _, _) | (Nmd::Predicted, Some(false), Some(false)) => Some(false),
                (Nmd::Predicted, Some(true), _) | (Nmd::Predicted, _, Some(true)) => Some(true),
                _ => None,
            }
        })
    }

    /// Forms without the host's start codon.
    pub fn start_lost(&self) -> AffectedForms {
        self.affected(|form| form.start_lost)
    }

    /// Forms without the host's stop codon.
    pub fn stop_lost(&self) -> AffectedForms {
        self.affected(|form| form.stop_lost)
    }

    fn affected(&self, holds: impl Fn(&FormConsequence) -> Option<bool>) -> AffectedForms {
        AffectedForms::of(holds(&self.inclusion), holds(&self.skipping))
    }
}
