//! The words of a consequence.

use std::fmt;

/// Makes an enum's words its `name()` and `Display`.
macro_rules! named {
    ($type:ty { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word in tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(super) use named;

/// Where the alternative part of an event lies: the bases that one form has and the other has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// At least one of its bases lies between the first base of the start codon and the last of the stop codon.
    Cds,
    /// All of it lies before the start codon.
    FivePrimeUtr,
    /// All of it lies after the stop codon.
    ThreePrimeUtr,
    /// The transcripts with the event have no CDS, although the annotation has CDS rows.
    NonCoding,
    /// The annotation has no CDS rows, the strand is unknown, or no CDS around the event is complete.
    Unknown,
}

named!(Region {
    Cds => "cds",
    FivePrimeUtr => "5utr",
    ThreePrimeUtr => "3utr",
    NonCoding => "non_coding",
    Unknown => "unknown",
});

/// Whether both forms are read in one frame after the alternative part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frame {
    /// The forms differ by a multiple of three coding bases.
    Kept,
    /// They do not.
    Broken,
    /// The alternative part lies outside the CDS, or the CDS of the transcript in which the forms are compared ends
    /// within it.
    NotApplicable,
    /// No complete CDS tells.
    Unknown,
}

named!(Frame {
    Kept => "kept",
    Broken => "broken",
    NotApplicable => "not_applicable",
    Unknown => "unknown",
});

/// Whether the annotated transcripts with a form code for a protein.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodingStatus {
    /// A transcript with a complete CDS: start and stop lie inside the transcript, a multiple of three between.
    Coding,
    /// A CDS, but none that is complete.
    Incomplete,
    /// No CDS, in an annotation that has CDS rows.
    NonCoding,
    /// No annotated transcript has the form.
    NoTranscript,
    /// The annotation has no CDS rows, or the strand is unknown.
    Unknown,
}

named!(CodingStatus {
    Coding => "coding",
    Incomplete => "incomplete",
    NonCoding => "non_coding",
    NoTranscript => "no_transcript",
    Unknown => "unknown",
});

/// What the statements on a form's protein rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// An annotated transcript that is the other form's transcript but for the event.
    Annotated,
    /// Another annotated transcript, which may differ elsewhere too from the other form's or lack its start; taken
    /// where the exchanged transcript's stop codon is not known.
    AnnotatedOther,
    /// The other form's transcript with this form put in its place.
    Exchanged,
    /// Nothing: no transcript with a known stop codon has the form, and none with a complete CDS the other one.
    Nothing,
}

named!(Basis {
    Annotated => "annotated",
    AnnotatedOther => "annotated_other",
    Exchanged => "exchanged",
    Nothing => "none",
});

/// Where a form's stop codon is, against that of the transcript in which the forms are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopPosition {
    /// At the same bases.
    Same,
    /// Upstream of it: a premature stop.
    Premature,
    /// Downstream of it.
    Later,
    /// In an alternative last exon: another end, neither before nor after.
    Elsewhere,
    /// The frame is open to the end of the transcript.
    Absent,
    /// Not known.
    Unknown,
}

named!(StopPosition {
    Same => "same",
    Premature => "premature",
    Later => "later",
    Elsewhere => "elsewhere",
    Absent => "absent",
    Unknown => "unknown",
});
