//! `nadsplice run`: alignments to panel verdicts in one go.

use std::{
    cmp::Reverse,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use nadsplice_core::{Annotation, CountParameters};
use nadsplice_diff::{Inputs, Plan, Sample, SampleSheet};
use nadsplice_simulate::demo;
use nadsplice_table::SAMPLES_FILE;
use rayon::prelude::*;
use serde_json::json;

use super::{
    check::report,
    diff::{ContrastArgs, GeneTestArg, SurrogateArgs},
    enrich::PanelArgs,
    novel::NovelArgs,
    plot::TOP_EVENTS,
    quantify::EvidenceArg,
};
use crate::{
    annotation::{self, LoadedAnnotation},
    cli::{AnnotationArgs, Counting, CountingArgs, GlobalArgs, MissingArgs},
    cohort::{CountSettings, CountedInto, count_into, counts_path},
    differential::{self, TestSettings},
    enrichment::{EnrichSettings, enrich, panel_of},
    figures::{KeepSettings, keep},
    junction_input::{JunctionInputs, Source},
    measured,
    messages::Messages,
    missing::{ALLOW_MISSING, Failure, MissedIn, Missing, part},
    preflight::{Preflight, Seen},
    provenance,
    quantification::{CountedSample, QuantifySettings, check_reference, quantify},
    regions::{self, RegionArgs},
    reporting, results_folder,
};

/// Everything: check, count, quantify, test, and judge the panel.
#[derive(Clone, Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice run --samples samples.tsv --gtf genes.gtf.gz --contrast condition:old:young --outdir results\n\nFinished counts files in OUTDIR/counts are taken up again after an interruption."
)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) annotation: AnnotationArgs,
    /// Sample sheet (TSV or CSV): `sample`, `bam`, `counts` or `junctions`, `condition`, covariates; optionally `strandedness`.
    #[arg(long, value_name = "FILE", required_unless_present = "b1")]
    pub(crate) samples: Option<PathBuf>,
    /// rMATS's group file of the first group, in place of a sample sheet.
    #[arg(long, value_name = "FILE", requires = "b2", conflicts_with = "samples")]
    pub(crate) b1: Option<PathBuf>,
    /// rMATS's group file of the second group.
    #[arg(long, value_name = "FILE", requires = "b1")]
    pub(crate) b2: Option<PathBuf>,
    /// Folder for results.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) outdir: PathBuf,
    #[command(flatten)]
    pub(crate) contrasts: ContrastArgs,
    /// How the p-values of a gene's events become one.
    #[arg(long, value_enum, default_value_t, value_name = "TEST")]
    pub(crate) gene_test: GeneTestArg,
    #[command(flatten)]
    pub(crate) surrogate: SurrogateArgs,
    #[command(flatten)]
    pub(crate) panel: PanelArgs,
    /// Evidence for a form.
    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    pub(crate) evidence: EvidenceArg,
    #[command(flatten)]
    pub(crate) novel: NovelArgs,
    /// Genome sequence (FASTA with .fai): where forms that no transcript has would stop being read (NMD), and the strand
    /// of novel junctions of unstranded libraries by their splice motifs.
    #[arg(long, value_name = "FASTA")]
    pub(crate) reference: Option<PathBuf>,
    /// Tested events of each contrast, those with the lowest p-values, whose genes keep the data of their figures beside
    /// the genes of the panel.
    #[arg(long, value_name = "N", default_value_t = TOP_EVENTS)]
    pub(crate) figure_events: usize,
    #[command(flatten)]
    pub(crate) counting: CountingArgs,
    #[command(flatten)]
    pub(crate) regions: RegionArgs,
    /// Leave out report.html, figures and files for `MultiQC`; `nadsplice report` makes them at any later time.
    #[arg(long)]
    pub(crate) no_report: bool,
    #[command(flatten)]
    pub(crate) missing: MissingArgs,
    /// Overwrite files that this program did not make.
    #[arg(long)]
    pub(crate) force: bool,
}

impl RunArgs {
    /// The demonstration cohort with all defaults.
    pub(crate) fn demo(data: &Path, outdir: &Path) -> Self {
        let contrast = format!("condition:{}:{}", demo::CASE, demo::CONTROL);
        Self {
            annotation: AnnotationArgs { gtf: data.join("genes.gtf") },
            samples: Some(data.join("samples.tsv")),
            b1: None,
            b2: None,
            outdir: outdir.to_owned(),
            contrasts: ContrastArgs { contrasts: vec![contrast], ..ContrastArgs::default() },
            gene_test: GeneTestArg::default(),
            surrogate: SurrogateArgs::default(),
            panel: PanelArgs::default(),
            evidence: EvidenceArg::default(),
            novel: NovelArgs::default(),
            reference: None,
            figure_events: TOP_EVENTS,
            counting: CountingArgs::default(),
            regions: RegionArgs::default(),
            no_report: false,
            missing: MissingArgs::default(),
            force: false,
        }
    }
}

pub(crate) fn execute(args: &RunArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    let mut sheet = read_sheet(args)?;
    let mut plan = args.contrasts.plan_ahead(&sheet, messages)?;
    differential::check_room(&plan, args.surrogate.surrogate)?;
    let test = TestSettings {
        engine: args.contrasts.engine(&sheet)?,
        gene_test: args.gene_test.into(),
        surrogate: args.surrogate.surrogate,
    };
    let counting = args.counting.counting;
    let loaded = annotation::load(&args.annotation.gtf, counting, global)?;
    if let Some(reference) = &args.reference {
        check_reference(&loaded, reference)?;
    }
    let panel = panel_of(args.panel.panel())?;
    let _claim = results_folder::claim(&args.outdir, args.force)?;
    for input in args.samples.iter().chain([&args.panel.panel]).chain(&args.panel.gmt) {
        results_folder::spare(input, &args.outdir)?;
    }

    let first_look = args.counting.parameters();
    let mut parameters = first_look.clone();
    parameters.regions = args.regions.resolve(&loaded.annotation, &panel, messages)?;
    let index = loaded.index(global.threads());
    let sources = sources(&sheet);
    let junctions = JunctionInputs::open(&loaded, &sources, args.counting.allow_build_mismatch)?;
    if junctions.any() {
        check_options(args, &parameters)?;
    }
    let preflight = Preflight {
        loaded: &loaded,
        index: &index,
        junctions: &junctions,
        parameters: &first_look,
        strandedness: args.counting.strandedness,
        allow_build_mismatch: args.counting.allow_build_mismatch,
        messages,
    };
    let mut missing = Missing { is_allowed: args.missing.allow_missing, ..Missing::default() };
    let asked_for = sheet.samples().len();
    check(&preflight, &sheet, &mut missing)?;
    sheet = missing.leave_out(sheet);
    let settings = CountSettings {
        contigs: &loaded.annotation.contigs,
        index: &index,
        content_hash: loaded.content_hash,
        parameters: &parameters,
        allow_build_mismatch: args.counting.allow_build_mismatch,
        force: args.force,
        messages,
    };
    let (mut samples, inputs) = count_cohort(&settings, &sheet, args, &mut missing, global)?;
    drop(index);

    let quantify_settings = QuantifySettings {
        loaded: &loaded,
        junctions: &junctions,
        counting,
        evidence: args.evidence.into(),
        novel: args.novel.options(),
        panel: &panel,
        reference: args.reference.as_deref(),
        part: None,
        regions: parameters.regions.as_ref(),
        messages,
    };
    results_folder::clear(&args.outdir)?;
    quantify(&quantify_settings, &sheet, &mut samples, &mut missing, &args.outdir)?;
    sheet = missing.leave_out(sheet);
    let awaited = args.contrasts.measured(&sheet)?;
    measured::add(&mut sheet, &args.outdir)?;
    if sheet.samples().len() < asked_for {
        plan = args.contrasts.plan(&sheet, messages).with_context(|| {
            format!(
                "the design cannot be used without the missing samples\n\
                 hint: the other samples are quantified, look at `{}`; `nadsplice diff` tests them with another design",
                args.outdir.join(SAMPLES_FILE).display()
            )
        })?;
    } else if !awaited.is_empty() {
        plan = args.contrasts.plan(&sheet, messages).with_context(|| {
            format!(
                "the design cannot be used now that {} is measured\n\
                 hint: the samples are quantified, look at `{}`; `nadsplice diff` tests them with another design",
                awaited.join(", "),
                args.outdir.join(SAMPLES_FILE).display()
            )
        })?;
    }
    if plan.steps().is_empty() {
        messages.warn("no contrast was named: events are quantified, nothing is tested");
        differential::test(&args.outdir, &sheet, &plan, test, &args.outdir, messages)?;
    } else {
        test_and_judge(args, &sheet, &plan, test, messages)?;
    }
    keep(&KeepSettings {
        quantify: &quantify_settings,
        samples: &samples,
        results: &args.outdir,
        tested: !plan.steps().is_empty(),
        top_events: args.figure_events,
    })?;
    write_provenance(args, &loaded, (&plan, test), (&inputs, &missing), &parameters)?;
    if !args.no_report {
        reporting::write_into(&args.outdir, messages)?;
    }
    results_folder::finish(&args.outdir)?;
    messages.step(format!("results in `{}`", args.outdir.display()));
    Ok(())
}

/// Where the samples' counts come from, as far as it can be told; the look at every file says what is wrong with the
/// others.
pub(super) fn sources(sheet: &SampleSheet) -> Vec<(&str, Source)> {
    sheet.samples().iter().filter_map(|s| Some((s.name.as_str(), Source::of(s).ok()?))).collect()
}

/// Refuses what junction tables cannot give, before any work.
fn check_options(args: &RunArgs, parameters: &CountParameters) -> anyhow::Result<()> {
    if args.counting.counting == Counting::Rmats {
        bail!(
            "junction tables hold reads that another program counted, which --counting rmats cannot count again\n\
             hint: leave --counting out, or take the alignments"
        );
    }
    if args.evidence == EvidenceArg::Body {
        bail!(
            "junction tables have no reads inside exons and introns, so there is no body evidence\n\
             hint: leave `--evidence body` out, or take the alignments"
        );
    }
    if *parameters != CountParameters::default() || args.counting.strandedness.is_some() {
        bail!(
            "junction tables are read as they are: options of counting and --strandedness do nothing to them\n\
             hint: leave them out, or take the alignments"
        );
    }
    Ok(())
}

fn read_sheet(args: &RunArgs) -> anyhow::Result<SampleSheet> {
    // A file that is not there is one more that cannot be used.
    let inputs = if args.missing.allow_missing { Inputs::Ignored } else { Inputs::Required };
    match (&args.samples, &args.b1, &args.b2) {
        (Some(sheet), _, _) => Ok(SampleSheet::read(sheet, inputs)?),
        (None, Some(b1), Some(b2)) => Ok(SampleSheet::from_rmats_groups(b1, b2, inputs)?),
        _ => bail!("no samples were named\nhint: --samples SHEET, or --b1 FILE --b2 FILE"),
    }
}

/// A first look at every file, so that the last of forty does not fail after a night.
fn check(preflight: &Preflight<'_>, sheet: &SampleSheet, missing: &mut Missing) -> anyhow::Result<()> {
    if missing.is_allowed {
        let failures = preflight
            .look(sheet.samples())
            .into_iter()
            .filter(|seen| !seen.problems.is_empty())
            .map(|seen| Failure {
                sample: seen.name,
                step: MissedIn::Check,
                error: anyhow!(seen.problems.join("\n")),
            })
            .collect();
        return missing.settle(failures, sheet.samples().len(), preflight.messages);
    }
    let total = sheet.samples().len();
    let seen: Vec<Seen> =
        preflight.look(sheet.samples()).into_iter().filter(|seen| !seen.problems.is_empty()).collect();
    let mut problems: Vec<String> = seen
        .iter()
        .flat_map(|seen| seen.problems.iter().map(|problem| format!("sample `{}`: {problem}", seen.name)))
        .collect();
    // On a line of its own, so that it is one of the hints.
    if let Some(last) = problems.last_mut().filter(|_| seen.len() < total) {
        last.push('\n');
        last.push_str(ALLOW_MISSING);
    }
    report(&problems)
}

fn count_cohort(
    settings: &CountSettings<'_>,
    sheet: &SampleSheet,
    args: &RunArgs,
    missing: &mut Missing,
    global: &GlobalArgs,
) -> anyhow::Result<(Vec<CountedSample>, Vec<serde_json::Value>)> {
    let samples = sheet.samples();
    let bar = settings.messages.progress(samples.len(), "counting");
    let count = |sample: &Sample,
                 threads: usize|
     -> anyhow::Result<(CountedSample, serde_json::Value, Vec<String>)> {
        let stated = sample
            .strandedness
            .map(|s| (s, "the sheet"))
            .or_else(|| args.counting.strandedness.map(|s| (s, "--strandedness")));
        let source = Source::of(sample)?;
        let (source, info, warnings) = match source {
            Source::Alignments(path) => {
                let file = counts_path(&args.outdir, &sample.name);
                let CountedInto { counts, warnings } =
                    count_into(settings, &sample.name, &path, &file, threads)?;
                (Source::Counts(file), provenance::input(&path, &counts), warnings)
            }
            Source::Counts(file) => {
                let info = json!({ "sample": sample.name, "counts": file.display().to_string() });
                (Source::Counts(file), info, Vec::new())
            }
            Source::Table(_) | Source::Shared { .. } => {
                let info = provenance::junctions(&sample.name, source.path())?;
                (source, info, Vec::new())
            }
        };
        bar.inc(1);
        Ok((CountedSample { name: sample.name.clone(), source, stated }, info, warnings))
    };
    // Large files first, so that none is begun when all others are done.
    let mut order: Vec<(u64, usize)> =
        samples.iter().enumerate().map(|(k, sample)| (input_bytes(sample), k)).collect();
    order.sort_unstable_by_key(|&(bytes, k)| (Reverse(bytes), k));
    let mut results: Vec<(usize, Result<_, Failure>)> = order
        .into_iter()
        .enumerate()
        .par_bridge()
        .map(|(begun, (_, k))| {
            let sample = &samples[k];
            // As many files at once as there are threads; the last ones share those that are free by then.
            let threads = (global.threads() / (samples.len() - begun)).max(1);
            let counted = count(sample, threads).map_err(|error| Failure {
                sample: sample.name.clone(),
                step: MissedIn::Count,
                error,
            });
            (k, counted)
        })
        .collect();
    // In the sheet's order, whichever file was finished first.
    results.sort_unstable_by_key(|(k, _)| *k);
    let (counted, failures) = part(results.into_iter().map(|(_, counted)| counted).collect());
    missing.settle(failures, samples.len(), settings.messages)?;
    bar.finish_and_clear();
    let (mut counted_samples, mut inputs) = (Vec::new(), Vec::new());
    for (sample, info, warnings) in counted {
        for warning in warnings {
            settings.messages.warn(warning);
        }
        counted_samples.push(sample);
        inputs.push(info);
    }
    Ok((counted_samples, inputs))
}

/// The size of a sample's alignments; 0 where there are none to read.
fn input_bytes(sample: &Sample) -> u64 {
    let alignments = sample.alignments.as_deref().filter(|_| sample.counts.is_none());
    alignments.and_then(|path| std::fs::metadata(path).ok()).map_or(0, |file| file.len())
}

fn test_and_judge(
    args: &RunArgs,
    sheet: &SampleSheet,
    plan: &Plan,
    settings: TestSettings,
    messages: Messages,
) -> anyhow::Result<()> {
    differential::test(&args.outdir, sheet, plan, settings, &args.outdir, messages)?;
    enrich(&EnrichSettings {
        quant: &args.outdir,
        diff: &args.outdir,
        panel: args.panel.panel(),
        gmt: &args.panel.gmt,
        outdir: &args.outdir,
        messages,
    })
}

/// The parameters of counting, regions by their names.
fn counting_of(parameters: &CountParameters, annotation: &Annotation) -> anyhow::Result<serde_json::Value> {
    let mut counting = serde_json::to_value(parameters)?;
    if let Some(found) = &parameters.regions {
        counting["regions"] = json!(regions::names(found, annotation));
    }
    Ok(counting)
}

fn write_provenance(
    args: &RunArgs,
    loaded: &LoadedAnnotation,
    (plan, test): (&Plan, TestSettings),
    (inputs, missing): (&[serde_json::Value], &Missing),
    parameters: &CountParameters,
) -> anyhow::Result<()> {
    let mut parameters = json!({
        "counting": counting_of(parameters, &loaded.annotation)?,
        "missing_samples": missing.rows.iter().map(|row| &row.sample).collect::<Vec<_>>(),
    });
    let tests = provenance::tests(plan, test);
    if let (Some(parameters), Some(tests)) = (parameters.as_object_mut(), tests.as_object()) {
        parameters.extend(tests.clone());
    }
    provenance::write_run_info(
        &args.outdir,
        (&args.annotation.gtf, &loaded.content_hash),
        inputs,
        &parameters,
    )?;
    provenance::write_citations(&args.outdir, args.counting.counting == Counting::Rmats)
}
