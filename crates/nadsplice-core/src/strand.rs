//! Strands of the genome and of sequencing libraries.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A strand of the genome. Where it is unknown, `Option<Strand>` is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Strand {
    /// The strand of the reference sequence, `+`.
    Forward,
    /// Its reverse complement, `-`.
    Reverse,
}

impl Strand {
    /// The other strand.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Forward => Self::Reverse,
            Self::Reverse => Self::Forward,
        }
    }

    /// `+` or `-`.
    pub const fn symbol(self) -> char {
        match self {
            Self::Forward => '+',
            Self::Reverse => '-',
        }
    }

    /// The symbol of a strand that may be unknown: `+`, `-` or `.`.
    pub const fn symbol_of(strand: Option<Self>) -> char {
        match strand {
            Some(s) => s.symbol(),
            None => '.',
        }
    }
}

impl fmt::Display for Strand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.symbol())
    }
}

/// How a library keeps the strand of the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LibraryStrandedness {
    /// Reads come from both strands alike.
    Unstranded,
    /// Read 1 (or the single read) lies on the transcript strand: rMATS `fr-secondstrand`, salmon `ISF`.
    Forward,
    /// Read 2 lies on the transcript strand (dUTP): rMATS `fr-firststrand`, salmon `ISR`.
    Reverse,
}

/// The word names no strandedness.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown strandedness `{0}` (expected unstranded, forward or reverse)")]
pub struct ParseStrandednessError(pub String);

impl FromStr for LibraryStrandedness {
    type Err = ParseStrandednessError;

    /// Takes the words of nf-core, rMATS, `HTSeq` and salmon.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s.to_ascii_lowercase().as_str() {
            "unstranded" | "fr-unstranded" | "no" | "iu" | "u" | "none" => Ok(Self::Unstranded),
            "forward" | "fr-secondstrand" | "yes" | "isf" | "sf" => Ok(Self::Forward),
            "reverse" | "fr-firststrand" | "isr" | "sr" => Ok(Self::Reverse),
            _ => Err(ParseStrandednessError(s.to_owned())),
        }
    }
}

impl fmt::Display for LibraryStrandedness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unstranded => "unstranded",
            Self::Forward => "forward",
            Self::Reverse => "reverse",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_s_words_are_understood() {
        for (word, expected) in [
            ("fr-firststrand", LibraryStrandedness::Reverse),
            ("ISR", LibraryStrandedness::Reverse),
            ("yes", LibraryStrandedness::Forward),
            ("unstranded", LibraryStrandedness::Unstranded),
        ] {
            assert_eq!(word.parse(), Ok(expected));
        }
        assert!("sideways".parse::<LibraryStrandedness>().is_err());
    }
}
