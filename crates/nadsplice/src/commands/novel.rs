//! Options of novel events.

use clap::Args;
use nadsplice_events::NovelOptions;

/// What the reads must show before they add to the annotation.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Novel events")]
pub(crate) struct NovelArgs {
    /// Add events that the reads show and the annotation lacks: novel junctions, sites, exons and retained introns
    /// (with --counting rmats: rMATS's novel junctions between known sites, one read being enough).
    #[arg(long)]
    novel: bool,
    /// Least fragments in a sample for it to support a junction or the retention of an intron.
    #[arg(long, requires = "novel", value_name = "N", default_value_t = NovelOptions::default().sample_fragments,
        value_parser = clap::value_parser!(u32).range(1..))]
    novel_sample_fragments: u32,
    /// Least supporting samples.
    #[arg(long, requires = "novel", value_name = "N", default_value_t = NovelOptions::default().min_samples,
        value_parser = clap::value_parser!(u32).range(1..))]
    novel_min_samples: u32,
    /// Fragments in one supporting sample that make up for the other samples.
    #[arg(long, requires = "novel", value_name = "N", default_value_t = NovelOptions::default().lone_fragments,
        value_parser = clap::value_parser!(u32).range(1..))]
    novel_lone_fragments: u32,
    /// Least fragments in all samples together, also at each annotated junction of a form with novel parts.
    #[arg(long, requires = "novel", value_name = "N", default_value_t = NovelOptions::default().min_fragments,
        value_parser = clap::value_parser!(u32).range(1..))]
    novel_min_fragments: u32,
    /// Least bases of the best alignment on the shorter side of a novel junction.
    #[arg(long, requires = "novel", value_name = "BASES", default_value_t = NovelOptions::default().min_overhang)]
    novel_min_overhang: u32,
    /// Least distinct alignment starts over a novel junction in the best sample, at most 64.
    #[arg(long, requires = "novel", value_name = "N", default_value_t = NovelOptions::default().min_positions,
        value_parser = clap::value_parser!(u32).range(1..=64))]
    novel_min_positions: u32,
    /// Least share of a novel junction in the fragments at either of its splice sites, in a supporting sample.
    #[arg(long, requires = "novel", value_name = "SHARE", default_value_t = NovelOptions::default().min_share,
        value_parser = share)]
    novel_min_share: f64,
    /// Shortest intron of a novel junction or a novel retention.
    #[arg(long, requires = "novel", value_name = "BASES", default_value_t = NovelOptions::default().min_intron_length)]
    novel_min_intron_length: u32,
    /// Longest intron of a novel junction or a novel retention.
    #[arg(long, requires = "novel", value_name = "BASES", default_value_t = NovelOptions::default().max_intron_length)]
    novel_max_intron_length: u32,
    /// Longest novel exon, and longest extension of an annotated one.
    #[arg(long, requires = "novel", value_name = "BASES", default_value_t = NovelOptions::default().max_exon_length)]
    novel_max_exon_length: u32,
    /// Least depth at every base of a novel exon, as a share of the fragments at its weaker novel site.
    #[arg(long, requires = "novel", value_name = "SHARE", default_value_t = NovelOptions::default().min_exon_depth,
        value_parser = share)]
    novel_min_exon_depth: f64,
    /// Least share of retained among retained and spliced fragments at a novel retained intron.
    #[arg(long, requires = "novel", value_name = "SHARE", default_value_t = NovelOptions::default().min_intron_share,
        value_parser = share)]
    novel_min_intron_share: f64,
    /// Least share of the intron's bases with a read.
    #[arg(long, requires = "novel", value_name = "SHARE", default_value_t = NovelOptions::default().min_intron_coverage,
        value_parser = share)]
    novel_min_intron_coverage: f64,
    /// Least quotient of the weakest and the strongest among both boundaries and the body of the intron.
    #[arg(long, requires = "novel", value_name = "SHARE", default_value_t = NovelOptions::default().min_intron_balance,
        value_parser = share)]
    novel_min_intron_balance: f64,
}

impl Default for NovelArgs {
    /// What the command line gives without any option.
    fn default() -> Self {
        let o = NovelOptions::default();
        Self {
            novel: false,
            novel_sample_fragments: o.sample_fragments,
            novel_min_samples: o.min_samples,
            novel_lone_fragments: o.lone_fragments,
            novel_min_fragments: o.min_fragments,
            novel_min_overhang: o.min_overhang,
            novel_min_positions: o.min_positions,
            novel_min_share: o.min_share,
            novel_min_intron_length: o.min_intron_length,
            novel_max_intron_length: o.max_intron_length,
            novel_max_exon_length: o.max_exon_length,
            novel_min_exon_depth: o.min_exon_depth,
            novel_min_intron_share: o.min_intron_share,
            novel_min_intron_coverage: o.min_intron_coverage,
            novel_min_intron_balance: o.min_intron_balance,
        }
    }
}

impl NovelArgs {
    /// The thresholds, where novel events are asked for.
    pub(crate) fn options(&self) -> Option<NovelOptions> {
        self.novel.then_some(NovelOptions {
            sample_fragments: self.novel_sample_fragments,
            min_samples: self.novel_min_samples,
            lone_fragments: self.novel_lone_fragments,
            min_fragments: self.novel_min_fragments,
            min_overhang: self.novel_min_overhang,
            min_positions: self.novel_min_positions,
            min_share: self.novel_min_share,
            min_intron_length: self.novel_min_intron_length,
            max_intron_length: self.novel_max_intron_length,
            max_exon_length: self.novel_max_exon_length,
            min_exon_depth: self.novel_min_exon_depth,
            min_intron_share: self.novel_min_intron_share,
            min_intron_coverage: self.novel_min_intron_coverage,
            min_intron_balance: self.novel_min_intron_balance,
        })
    }
}

fn share(text: &str) -> Result<f64, String> {
    let found = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    found.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_library() {
        let asked = NovelArgs { novel: true, ..NovelArgs::default() };
        assert_eq!(asked.options(), Some(NovelOptions::default()));
        assert_eq!(NovelArgs::default().options(), None);
    }

    #[test]
    fn shares_lie_between_0_and_1() {
        assert_eq!(share("0.25"), Ok(0.25));
        assert!(["-0.1", "1.5", "nan", "x"].iter().all(|text| share(text).is_err()));
    }
}
