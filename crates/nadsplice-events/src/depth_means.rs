//! Mean depth of a sample along stretches of the genome, for figures.

use nadsplice_core::{ContigId, Evidence, Interval, LibraryStrandedness, SampleCounts, Strand};
use rustc_hash::FxHashMap;

use crate::{evidence::Senses, novel::ContigProfile};

/// Stretches whose mean depth is wanted.
#[derive(Clone, Debug)]
pub struct DepthRequest {
    /// The contig.
    pub contig: ContigId,
    /// The strand whose fragments count, as far as the library tells; both where it is unknown.
    pub strand: Option<Strand>,
    /// The stretches, 0-based.
    pub stretches: Vec<Interval>,
}

/// For each request the mean depth of contiguous blocks of fragments over each of its stretches; a base that both mates
/// cover counts once. Nothing where the counts hold no depth (junction tables, rMATS's reads).
pub fn mean_depths(
    sample: &SampleCounts,
    library: LibraryStrandedness,
    requests: &[DepthRequest],
) -> Option<Vec<Vec<f64>>> {
    let Evidence::Fragments(evidence) = &sample.evidence else { return None };
    let mut profiles: FxHashMap<ContigId, ContigProfile> = FxHashMap::default();
    let means = requests
        .iter()
        .map(|request| {
            let Some(counts) = evidence.contigs.get(request.contig.index()) else {
                return vec![0.0; request.stretches.len()];
            };
            let senses = Senses::of(library, request.strand);
            let profile = profiles.entry(request.contig).or_insert_with(|| ContigProfile::new(&counts.depth));
            request.stretches.iter().map(|&stretch| mean(profile, stretch, senses)).collect()
        })
        .collect();
    Some(means)
}

fn mean(profile: &ContigProfile, stretch: Interval, senses: Senses) -> f64 {
    let sum: u64 =
        profile.within(stretch, senses).map(|(part, depth)| u64::from(part.len()) * u64::from(depth)).sum();
    sum as f64 / f64::from(stretch.len())
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        ContigCounts, ContigDepth, CountParameters, DepthTrackBuilder, FragmentEvidence, InputIdentity,
        ReadLedger, StrandEvidence,
    };

    use super::*;

    fn sample() -> SampleCounts {
        let track = |changes: &[(u32, i64)]| {
            let mut builder = DepthTrackBuilder::default();
            for &(at, change) in changes {
                builder.push(at, change);
            }
            builder.finish()
        };
        let mut contig = ContigCounts::default();
        let plain = [track(&[(100, 4), (110, -4)]), track(&[(105, 2), (120, -2)])];
        contig.depth = ContigDepth::new(plain, &[track(&[]), track(&[])], 8);
        SampleCounts {
            sample: "s".to_owned(),
            input: InputIdentity { size: 0, pieces: [0; 32], header: [0; 32] },
            annotation: [0; 32],
            parameters: CountParameters::default(),
            contigs: vec!["chr1".to_owned()],
            ledger: ReadLedger::default(),
            primary_alignments: 0,
            duplicate_alignments: 0,
            contig_alignments: Vec::new(),
            paired_alignments: 0,
            strand: StrandEvidence::default(),
            read_lengths: Vec::new(),
            aligned_lengths: Vec::new(),
            fragment_lengths: Vec::new(),
            evidence: Evidence::Fragments(FragmentEvidence {
                contigs: vec![contig],
                ..FragmentEvidence::default()
            }),
        }
    }

    #[test]
    fn depth_is_of_the_gene_s_strand_where_the_library_tells() {
        let stretches = vec![Interval::new(90, 110).unwrap(), Interval::new(110, 120).unwrap()];
        let request =
            |strand| DepthRequest { contig: ContigId(0), strand: Some(strand), stretches: stretches.clone() };
        let requests = [request(Strand::Forward), request(Strand::Reverse)];
        let of = |library| mean_depths(&sample(), library, &requests).unwrap();
        assert_eq!(of(LibraryStrandedness::Unstranded), [vec![2.5, 2.0], vec![2.5, 2.0]]);
        assert_eq!(of(LibraryStrandedness::Forward), [vec![0.5, 2.0], vec![2.0, 0.0]]);
        assert_eq!(of(LibraryStrandedness::Reverse), [vec![2.0, 0.0], vec![0.5, 2.0]]);
    }
}
