//! A part of the genome, for a job that quantifies it alone.

use std::{fmt, str::FromStr};

use nadsplice_core::{Annotation, ContigCounts, ContigId, Evidence, SampleCounts};

/// One of several parts of a cohort's tables: neighbouring contigs of the annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// 1-based.
    pub(crate) number: u32,
    /// All of them.
    pub(crate) of: u32,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err("expected K/N with K from 1 to N, such as 3/8".to_owned()),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// The contigs of a shard.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) shard: Shard,
    /// For each contig of the annotation whether it is of the shard.
    contigs: Vec<bool>,
}

impl Part {
    /// Contigs go to shards in their order, so that the shards' rows follow each other as those of the whole do. A
    /// contig weighs as much as it has exons; it goes where the middle of its weight lies.
    pub(crate) fn new(shard: Shard, annotation: &Annotation) -> Self {
        let mut weights = vec![0u128; annotation.contigs.len()];
        for gene in &annotation.genes {
            weights[gene.contig.index()] +=
                gene.transcripts.iter().map(|t| t.exons.len() as u128).sum::<u128>();
        }
        let total = weights.iter().sum::<u128>().max(1);
        let mut before = 0;
        let contigs = weights
            .into_iter()
            .map(|weight| {
                let of_middle = (2 * before + weight) * u128::from(shard.of) / (2 * total);
                before += weight;
                of_middle.min(u128::from(shard.of) - 1) + 1 == u128::from(shard.number)
            })
            .collect();
        Self { shard, contigs }
    }

    /// Whether a contig is of the shard.
    pub(crate) fn has(&self, contig: ContigId) -> bool {
        self.has_number(contig.index())
    }

    /// Whether the contig of this number in the annotation is of the shard.
    pub(crate) fn has_number(&self, contig: usize) -> bool {
        self.contigs.get(contig).copied().unwrap_or(false)
    }

    /// Forgets what a sample has on other contigs. What is measured of the sample as a whole stays.
    pub(crate) fn restrict(&self, counts: &mut SampleCounts) {
        fn forget<T>(contigs: &mut [T], is_wanted: &[bool], none: impl Fn() -> T) {
            for (contig, _) in contigs.iter_mut().zip(is_wanted).filter(|(_, wanted)| !**wanted) {
                *contig = none();
            }
        }
        match &mut counts.evidence {
            Evidence::Fragments(found) => forget(&mut found.contigs, &self.contigs, ContigCounts::default),
            Evidence::Rmats(found) => forget(&mut found.contigs, &self.contigs, Vec::new),
            Evidence::Junctions(found) => forget(&mut found.contigs, &self.contigs, Vec::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{Gene, Interval, Strand, Transcript};

    use super::*;

    fn annotation(exons: &[u32]) -> Annotation {
        let mut annotation = Annotation::default();
        for (k, &exons) in exons.iter().enumerate() {
            let contig = annotation.contigs.intern(&format!("chr{k}"));
            let exons = (0..exons).map(|e| Interval::new(100 * e, 100 * e + 50).unwrap()).collect();
            let transcripts = vec![Transcript { id: format!("T{k}"), exons, cds: Vec::new() }];
            let strand = Some(Strand::Forward);
            annotation.genes.push(Gene { id: format!("G{k}"), name: None, contig, strand, transcripts });
        }
        annotation
    }

    #[test]
    fn every_contig_is_in_one_shard_and_shards_follow_each_other() {
        let annotation = annotation(&[9, 1, 1, 30, 2, 2, 2, 1, 7, 5]);
        for of in 1..=14 {
            let shards: Vec<Part> =
                (1..=of).map(|number| Part::new(Shard { number, of }, &annotation)).collect();
            let mut last = 0;
            for contig in (0..10).map(ContigId) {
                let found: Vec<u32> =
                    shards.iter().filter(|part| part.has(contig)).map(|part| part.shard.number).collect();
                assert!(matches!(found[..], [one] if one >= last), "{found:?} of {of} after {last}");
                last = found[0];
            }
        }
    }

    #[test]
    fn a_shard_is_named_by_its_number_and_theirs() {
        assert_eq!("3/8".parse(), Ok(Shard { number: 3, of: 8 }));
        for wrong in ["0/3", "4/3", "3", "a/b", "1/0", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
