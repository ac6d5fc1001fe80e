//! `nadsplice events`: the catalogue of an annotation, without any reads.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use nadsplice_core::{Event, EventKind};
use nadsplice_events::{Catalogue, rmats_columns, rmats_contig, rmats_coordinates};
use nadsplice_table::{EventRow, OutputFile, TableWriter};

use crate::{
    annotation::{self, LoadedAnnotation, event_keys},
    cli::{AnnotationArgs, Counting, GlobalArgs},
    exports::suppa,
    rows::event_row,
};

/// Form of the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum EventsFormat {
    /// The columns of `events.tsv`.
    #[default]
    Tsv,
    /// SUPPA's `.ioe`, all kinds that it knows in one table.
    Ioe,
    /// rMATS's five `fromGTF.*.txt`, with its merging of gene ids; `-o` is a folder.
    Rmats,
}

/// List the splicing events of an annotation.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  nadsplice events --gtf genes.gtf.gz -o events.tsv\n  nadsplice events --gtf genes.gtf.gz --format rmats -o fromGTF"
)]
pub(crate) struct EventsArgs {
    #[command(flatten)]
    annotation: AnnotationArgs,
    /// File to write, or folder for `--format rmats` [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Form of the catalogue.
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    format: EventsFormat,
}

pub(crate) fn execute(args: &EventsArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let counting = if args.format == EventsFormat::Rmats { Counting::Rmats } else { Counting::Fragments };
    let loaded = annotation::load(&args.annotation.gtf, counting, global)?;
    let catalogue = Catalogue::from_annotation(&loaded.annotation, event_keys(counting));
    let open = || match &args.output {
        Some(path) => OutputFile::create(path),
        None => Ok(OutputFile::standard_output()),
    };
    match args.format {
        EventsFormat::Tsv => {
            let mut writer = TableWriter::<EventRow>::begin(open()?)?;
            for (event, &novelty) in catalogue.events.iter().zip(&catalogue.novelty) {
                writer.write(&event_row(event, novelty, &loaded.annotation))?;
            }
            writer.finish()?;
        }
        EventsFormat::Ioe => {
            let mut file = open()?;
            suppa::ioe_header(&mut file)?;
            for (event, &novelty) in catalogue.events.iter().zip(&catalogue.novelty) {
                suppa::ioe_rows(&event_row(event, novelty, &loaded.annotation), &mut file)?;
            }
            file.finish()?;
        }
        EventsFormat::Rmats => {
            let Some(folder) = &args.output else {
                bail!("--format rmats writes five files\nhint: name a folder with -o");
            };
            std::fs::create_dir_all(folder)
                .with_context(|| format!("could not make folder `{}`", folder.display()))?;
            from_gtf(&catalogue, &loaded, folder)?;
        }
    }
    Ok(())
}

/// Writes `fromGTF.KIND.txt` for the five kinds that rMATS knows.
fn from_gtf(catalogue: &Catalogue, loaded: &LoadedAnnotation, folder: &Path) -> anyhow::Result<()> {
    for kind in EventKind::ALL {
        let Some(columns) = rmats_columns(kind) else { continue };
        let mut file = OutputFile::create(&folder.join(format!("fromGTF.{kind}.txt")))?;
        writeln!(file, "ID\tGeneID\tgeneSymbol\tchr\tstrand\t{}", columns.join("\t"))?;
        for (id, event) in catalogue.events.iter().filter(|e| e.kind == kind).enumerate() {
            writeln!(file, "{id}\t{}", rmats_lead(event, loaded))?;
        }
        file.finish()?;
    }
    Ok(())
}

/// `GeneID geneSymbol chr strand` and the coordinates, as rMATS writes them.
fn rmats_lead(event: &Event, loaded: &LoadedAnnotation) -> String {
    let gene = loaded.annotation.gene(event.genes[0]);
    let coordinates: Vec<String> =
        rmats_coordinates(event).unwrap_or_default().iter().map(ToString::to_string).collect();
    crate::rows::rmats_lead(
        &gene.id,
        gene.name.as_deref(),
        &rmats_contig(loaded.annotation.contigs.name(event.contig)),
        event.strand,
        &coordinates,
    )
}
