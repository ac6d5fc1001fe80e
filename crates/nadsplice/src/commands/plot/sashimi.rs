//! `nadsplice plot sashimi`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use nadsplice_core::Interval;
use nadsplice_report::{
    figure_data::{FigureData, FigureDataError, Grouping, Locus},
    sashimi::{ArcCounts, Focus, SashimiData, SashimiOptions, TrackOf, sashimi},
};

use super::{direct, picture::PictureArgs};
use crate::{cli::GlobalArgs, messages::Messages};

/// Bases shown on either side of a cluster.
const CLUSTER_FLANK: u32 = 150;

/// Number at an arc.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum CountsArg {
    /// Mean over the samples of a group.
    #[default]
    Mean,
    /// Sum over the samples of a group.
    Sum,
}

/// What to draw: exactly one.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
struct Wanted {
    /// An event, as in `events.tsv`.
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// A gene, by name or id.
    #[arg(long, value_name = "NAME")]
    gene: Option<String>,
    /// A region, `chrom:start-end`, 1-based as in genome browsers.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// A junction cluster, as in `clusters.tsv`.
    #[arg(long, value_name = "ID")]
    cluster: Option<String>,
}

/// Coverage and junction counts of groups over the transcripts (sashimi plot).
///
/// The numbers at the arcs are those of `junctions.tsv`: the mean over a group's samples, or their sum; the counts of
/// each sample stand in the SVG as the arc's title. Results hold what is needed of the genes of the panel and of the
/// most significant events; other genes are drawn from counts files or alignments: --samples with --gtf.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  nadsplice plot sashimi --results results --gene SIRT1\n  nadsplice plot sashimi --results results --event SE:chr10:67885181-67891391:67891502-67899204:+ -o sirt1.svg\n  nadsplice plot sashimi --samples samples.tsv --gtf genes.gtf.gz --region chr1:11106535-11190000 --contrast condition:old:young -o mtor.svg"
)]
pub(crate) struct SashimiArgs {
    /// Folder with the results of `run`.
    #[arg(long, value_name = "DIR", required_unless_present = "samples")]
    results: Option<PathBuf>,
    #[command(flatten)]
    wanted: Wanted,
    /// Contrast whose groups are drawn; a column of the sample sheet for all of its groups [default: the first contrast;
    /// with --samples the column `condition`].
    #[arg(long, value_name = "FACTOR:CASE:CONTROL")]
    contrast: Option<String>,
    /// One track for each sample, not for each group.
    #[arg(long)]
    per_sample: bool,
    /// Number at an arc.
    #[arg(long, value_enum, default_value_t, value_name = "NUMBER")]
    counts: CountsArg,
    /// Give all tracks the y axis of the highest one.
    #[arg(long)]
    same_scale: bool,
    /// Leave out junctions below this number in every track, unless they are the event's [default: 1, or 2% of the
    /// highest junction].
    #[arg(long, value_name = "N")]
    min_count: Option<u32>,
    /// Rows for transcripts; those with parts of the event come first.
    #[arg(long, value_name = "N", default_value_t = 8)]
    max_transcripts: usize,
    #[command(flatten)]
    direct: direct::DirectArgs,
    /// Least width of the figure; genes of many exons take more.
    #[arg(long, value_name = "UNITS", value_parser = clap::value_parser!(u32).range(400..=10_000))]
    width: Option<u32>,
    #[command(flatten)]
    picture: PictureArgs,
}

pub(crate) fn execute(args: &SashimiArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    args.picture.check()?;
    let messages = global.messages();
    let wanted = target(&args.wanted)?;
    let data = match &args.results {
        Some(results) if !args.direct.is_asked_for() => {
            let data = read_figure_data(results)?;
            let locus = find(&data, &wanted).with_context(|| results.display().to_string())?.clone();
            let grouping = grouping(&data, args.contrast.as_deref())?;
            SashimiData { header: data.header, locus, grouping, focus: focus(&wanted) }
        }
        _ => {
            let (header, locus, grouping) =
                direct::gather(&args.direct, &wanted, args.contrast.as_deref(), global)?;
            SashimiData { header, locus, grouping, focus: focus(&wanted) }
        }
    };
    if let Target::Event(id) = &wanted
        && data.locus.event(id).is_some_and(|e| e.inclusion.is_empty() || e.skipping.is_empty())
    {
        bail!(
            "`events.tsv` says nothing of the exons of event `{id}`\n\
             hint: the columns `inclusion_exons` and `skipping_exons` are needed; `nadsplice quantify` writes them"
        );
    }
    let options = SashimiOptions {
        tracks: if args.per_sample { TrackOf::Sample } else { TrackOf::Group },
        counts: match args.counts {
            CountsArg::Mean => ArcCounts::Mean,
            CountsArg::Sum => ArcCounts::Sum,
        },
        same_scale: args.same_scale,
        min_count: args.min_count.map(f64::from),
        max_transcripts: args.max_transcripts,
        width: args.width.map_or(SashimiOptions::default().width, f64::from),
    };
    let name = format!("sashimi_{}", wanted.name());
    let path = args.picture.write(&sashimi(&data, &options), args.results.as_deref(), &name)?;
    say(messages, &path);
    Ok(())
}

pub(super) fn say(messages: Messages, path: &std::path::Path) {
    messages.step(format!("figure in `{}`", path.display()));
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Event(String),
    Gene(String),
    /// Contig, place, and what to call it.
    Region(String, Interval, String),
}

impl Target {
    fn name(&self) -> &str {
        match self {
            Self::Event(name) | Self::Gene(name) | Self::Region(_, _, name) => name,
        }
    }
}

fn target(wanted: &Wanted) -> anyhow::Result<Target> {
    match (&wanted.event, &wanted.gene, &wanted.region, &wanted.cluster) {
        (Some(event), ..) => Ok(Target::Event(event.clone())),
        (_, Some(gene), ..) => Ok(Target::Gene(gene.clone())),
        (_, _, Some(region), _) => region_of(region).with_context(|| {
            format!("`{region}` is no region\nhint: chrom:start-end, 1-based, as in chr1:11106535-11190000")
        }),
        (_, _, _, Some(cluster)) => cluster_of(cluster).with_context(|| {
            format!("`{cluster}` is no cluster\nhint: `clusters.tsv` has them, as in CL:chr1:1200-3401:+")
        }),
        _ => bail!("nothing to draw was named\nhint: --event, --gene, --region or --cluster"),
    }
}

/// `chrom:start-end`, where the name of the contig may hold colons.
fn region_of(text: &str) -> Option<Target> {
    let (chrom, range) = text.rsplit_once(':')?;
    let (start, end) = range.split_once('-')?;
    let number = |text: &str| text.replace(',', "").parse::<u32>().ok();
    let region = Interval::new(number(start)?.checked_sub(1)?, number(end)?)?;
    (!chrom.is_empty()).then(|| Target::Region(chrom.to_owned(), region, text.to_owned()))
}

/// `CL:chrom:e-s:strand`: the last exonic base before the cluster's introns and the first one behind them.
fn cluster_of(text: &str) -> Option<Target> {
    let (rest, _strand) = text.strip_prefix("CL:")?.rsplit_once(':')?;
    let (chrom, range) = rest.rsplit_once(':')?;
    let (last, first) = range.split_once('-')?;
    let (last, first): (u32, u32) = (last.parse().ok()?, first.parse().ok()?);
    let region = Interval::new(last.saturating_sub(CLUSTER_FLANK), first.saturating_add(CLUSTER_FLANK))?;
    Some(Target::Region(chrom.to_owned(), region, text.to_owned()))
}

fn focus(target: &Target) -> Focus {
    match target {
        Target::Event(id) => Focus::Event(id.clone()),
        Target::Gene(_) => Focus::Gene,
        Target::Region(_, region, title) => Focus::Region { region: *region, title: title.clone() },
    }
}

/// The data of figures of a results folder.
pub(super) fn read_figure_data(results: &std::path::Path) -> anyhow::Result<FigureData> {
    FigureData::read(results).map_err(|error| {
        let is_missing = matches!(&error, FigureDataError::Read { source, .. }
            if source.kind() == std::io::ErrorKind::NotFound);
        let error = anyhow::Error::new(error);
        if is_missing {
            return error.context(
                "the results hold no data of figures\n\
                 hint: `nadsplice run` and `nadsplice plot data` write them; or draw from counts: --samples SHEET --gtf GTF",
            );
        }
        error
    })
}

fn find<'a>(data: &'a FigureData, target: &Target) -> anyhow::Result<&'a Locus> {
    let (found, what) = match target {
        Target::Event(id) => (data.locus_of_event(id), format!("event `{id}`")),
        Target::Gene(gene) => (data.locus_of_gene(gene), format!("gene `{gene}`")),
        Target::Region(chrom, region, text) => (locus_at(data, chrom, *region), format!("region `{text}`")),
    };
    found.with_context(|| {
        format!(
            "the data of figures do not hold {what}: they have the genes of the panel and of the most significant \
             events\n\
             hint: --samples SHEET --gtf GTF draws it from counts files or alignments"
        )
    })
}

/// The gene that shares most bases with a region.
fn locus_at<'a>(data: &'a FigureData, chrom: &str, region: Interval) -> Option<&'a Locus> {
    let shared = |locus: &Locus| {
        let (start, end) = (locus.region.start().max(region.start()), locus.region.end().min(region.end()));
        end.saturating_sub(start)
    };
    let other_name = chrom.strip_prefix("chr").map_or_else(|| format!("chr{chrom}"), ToOwned::to_owned);
    let on_contig = data.loci.iter().rev().filter(|l| l.chrom == chrom || l.chrom == other_name);
    on_contig.filter(|locus| shared(locus) > 0).max_by_key(|locus| shared(locus))
}

fn grouping(data: &FigureData, contrast: Option<&str>) -> anyhow::Result<Grouping> {
    data.grouping(contrast).with_context(|| {
        let labels: Vec<String> = data.header.groupings.iter().map(|g| format!("`{}`", g.contrast)).collect();
        format!(
            "the results have no contrast `{}` with groups\nhint: {}",
            contrast.unwrap_or_default(),
            if labels.is_empty() {
                "nothing was tested".to_owned()
            } else {
                format!("take {}", labels.join(" or "))
            }
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_read_from_the_right() {
        let region = |start, end| Interval::new(start, end).unwrap();
        assert_eq!(
            region_of("HLA:A:1,001-2,000"),
            Some(Target::Region("HLA:A".to_owned(), region(1000, 2000), "HLA:A:1,001-2,000".to_owned()))
        );
        assert_eq!(region_of("chr1:0-10"), None);
        assert_eq!(region_of("chr1:20-10"), None);
        assert_eq!(region_of(":1-10"), None);
        let cluster = "CL:chr1:1200-3401:+";
        assert_eq!(
            cluster_of(cluster),
            Some(Target::Region("chr1".to_owned(), region(1050, 3551), cluster.to_owned()))
        );
        assert_eq!(cluster_of("SE:chr1:1200-3401:+"), None);
    }
}
