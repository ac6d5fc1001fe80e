//! The transcripts that an annotation singles out.

use std::collections::HashMap;

/// A mark by which annotators single out one transcript of a gene. The least is the one to prefer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalTag {
    /// MANE Select: the one on which Ensembl and RefSeq agree (human; doi:10.1038/s41586-022-04558-8).
    ManeSelect,
    /// Ensembl's canonical or RefSeq's Select transcript.
    Canonical,
}

/// The marked transcripts of an annotation, by `transcript_id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrincipalTranscripts {
    tags: HashMap<String, PrincipalTag>,
}

impl PrincipalTranscripts {
    /// Marks a transcript; of several marks the one to prefer stays.
    pub fn mark(&mut self, transcript_id: &str, tag: PrincipalTag) {
        let kept = self.tags.entry(transcript_id.to_owned()).or_insert(tag);
        *kept = tag.min(*kept);
    }

    /// The mark of a transcript.
    pub fn tag(&self, transcript_id: &str) -> Option<PrincipalTag> {
        self.tags.get(transcript_id).copied()
    }

    /// How many transcripts are marked.
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_mark_of_a_transcript_stays() {
        let mut principal = PrincipalTranscripts::default();
        assert!(principal.is_empty());
        principal.mark("T1", PrincipalTag::ManeSelect);
        principal.mark("T1", PrincipalTag::Canonical);
        principal.mark("T2", PrincipalTag::Canonical);
        assert_eq!(principal.tag("T1"), Some(PrincipalTag::ManeSelect));
        assert_eq!((principal.tag("T2"), principal.tag("T3")), (Some(PrincipalTag::Canonical), None));
        assert_eq!(principal.len(), 2);
    }
}
