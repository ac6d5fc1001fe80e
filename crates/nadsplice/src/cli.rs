//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use nadsplice_core::{CountMode, CountParameters, LibraryStrandedness, ReadFilter, RmatsFilter};

use crate::{
    commands,
    messages::{Messages, Verbosity},
};

/// No read has a longer side.
const MOST_OVERHANG: i64 = 65_535;

/// Alternative splicing from RNA-seq alignments, with the NAD+ genes in focus.
///
/// Reads aligned BAM, SAM or CRAM files, quantifies splicing events transcriptome-wide, tests what differs between
/// groups, and says for every gene of NAD+ metabolism whether its splicing changed, did not, or cannot be judged.
#[derive(Debug, Parser)]
#[command(
    name = "nadsplice",
    version,
    after_long_help = "Examples:\n  nadsplice demo --outdir demo\n  nadsplice check --samples samples.tsv --gtf genes.gtf.gz\n  nadsplice run --samples samples.tsv --gtf genes.gtf.gz --contrast condition:old:young --outdir results"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct GlobalArgs {
    /// Threads to use [default: all cores].
    #[arg(long, short = 't', global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Say nothing but errors.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

impl GlobalArgs {
    pub(crate) fn messages(&self) -> Messages {
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Messages { verbosity }
    }

    pub(crate) fn threads(&self) -> usize {
        match self.threads {
            Some(n) => usize::from(n),
            None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Box<commands::run::RunArgs>),
    Check(commands::check::CheckArgs),
    Count(commands::count::CountArgs),
    Quantify(commands::quantify::QuantifyArgs),
    Gather(commands::gather::GatherArgs),
    Diff(commands::diff::DiffArgs),
    Enrich(commands::enrich::EnrichArgs),
    Events(commands::events::EventsArgs),
    Report(commands::report::ReportArgs),
    Plot(commands::plot::PlotArgs),
    Export(commands::export::ExportArgs),
    Simulate(commands::simulate::SimulateArgs),
    Demo(commands::demo::DemoArgs),
    Power(commands::power::PowerArgs),
    Panel(commands::panel::PanelArgs),
    Columns(commands::columns::ColumnsArgs),
    Completions(commands::completions::CompletionsArgs),
}

/// How reads are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Counting {
    /// Fragments: the two mates of a pair count once.
    #[default]
    Fragments,
    /// rMATS-turbo's reads, counts, lengths and event catalogue.
    Rmats,
}

/// Options of counting.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Counting")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct CountingArgs {
    /// What is counted.
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub(crate) counting: Counting,
    /// Least aligned bases on either side of any junction; for junctions that the annotation lacks and for
    /// exon-intron boundaries see --min-overhang-novel [default: 3 annotated, 8 novel].
    #[arg(long, value_name = "BASES", value_parser = clap::value_parser!(u32).range(1..=MOST_OVERHANG))]
    pub(crate) min_overhang: Option<u32>,
    /// Least aligned bases on either side of a junction that the annotation lacks, and of an exon-intron boundary
    /// [default: --min-overhang where given, else 8].
    #[arg(long, value_name = "BASES", value_parser = clap::value_parser!(u32).range(1..=MOST_OVERHANG))]
    pub(crate) min_overhang_novel: Option<u32>,
    /// Least mapping quality of a uniquely mapped read where the NH tag is missing.
    #[arg(long, value_name = "Q", default_value_t = ReadFilter::default().min_mapq)]
    pub(crate) min_mapq: u8,
    /// Leave out reads marked as duplicates.
    #[arg(long)]
    pub(crate) skip_duplicates: bool,
    /// Count each mate instead of each fragment, for comparison with tools that do.
    #[arg(long, conflicts_with = "read_length")]
    pub(crate) count_mates: bool,
    /// Strandedness of all samples, where the sheet states none: unstranded, forward or reverse [default: found from
    /// the reads].
    #[arg(long, value_name = "WORD")]
    pub(crate) strandedness: Option<LibraryStrandedness>,
    /// With --counting rmats: rMATS's --readLength.
    #[arg(long, value_name = "BASES", required_if_eq("counting", "rmats"), value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) read_length: Option<u32>,
    /// With --counting rmats: rMATS's --allow-clipping.
    #[arg(long, requires = "read_length")]
    pub(crate) rmats_allow_clipping: bool,
    /// With --counting rmats: rMATS's --variable-read-length.
    #[arg(long, requires = "read_length")]
    pub(crate) rmats_variable_read_length: bool,
    /// With --counting rmats: rMATS's --anchorLength.
    #[arg(long, value_name = "BASES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rmats_anchor: u32,
    /// With --counting rmats: rMATS's `-t single`.
    #[arg(long, requires = "read_length")]
    pub(crate) rmats_single_end: bool,
    /// Go on although alignments and annotation look like different genome builds.
    #[arg(long)]
    pub(crate) allow_build_mismatch: bool,
}

impl Default for CountingArgs {
    /// What the command line gives without any option.
    fn default() -> Self {
        Self {
            counting: Counting::default(),
            min_overhang: None,
            min_overhang_novel: None,
            min_mapq: ReadFilter::default().min_mapq,
            skip_duplicates: false,
            count_mates: false,
            strandedness: None,
            read_length: None,
            rmats_allow_clipping: false,
            rmats_variable_read_length: false,
            rmats_anchor: 1,
            rmats_single_end: false,
            allow_build_mismatch: false,
        }
    }
}

impl CountingArgs {
    pub(crate) fn parameters(&self) -> CountParameters {
        let mode = match (self.counting, self.count_mates) {
            (Counting::Rmats, _) => CountMode::Rmats(RmatsFilter {
                read_length: self.read_length.unwrap_or_default(),
                variable_read_length: self.rmats_variable_read_length,
                allow_clipping: self.rmats_allow_clipping,
                anchor: self.rmats_anchor,
                single_end: self.rmats_single_end,
            }),
            (Counting::Fragments, true) => CountMode::Mates,
            (Counting::Fragments, false) => CountMode::Fragments,
        };
        let defaults = CountParameters::default();
        CountParameters {
            filter: ReadFilter { min_mapq: self.min_mapq, skip_duplicates: self.skip_duplicates },
            min_overhang: self.min_overhang.unwrap_or(defaults.min_overhang),
            min_overhang_novel: self
                .min_overhang_novel
                .or(self.min_overhang)
                .unwrap_or(defaults.min_overhang_novel),
            mode,
            regions: None,
        }
    }
}

/// What becomes of a cohort when a sample cannot be used.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct MissingArgs {
    /// Go on without samples that cannot be used: they are named in `missing_samples.tsv` and are in no other table. All
    /// of them are named and nothing is done otherwise.
    #[arg(long)]
    pub(crate) allow_missing: bool,
}

/// The annotation.
#[derive(Clone, Debug, Args)]
pub(crate) struct AnnotationArgs {
    /// Annotation: GTF or GFF3, plain or gzip.
    #[arg(long, value_name = "FILE")]
    pub(crate) gtf: PathBuf,
}
