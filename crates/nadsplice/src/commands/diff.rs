//! `nadsplice diff`: what differs between groups.

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use nadsplice_diff::{Contrast, Engine, Inputs, Model, ModelText, Plan, SampleSheet, SurrogateNumber};
use nadsplice_report::figure_data::FIGURE_DATA_FILE;
use nadsplice_stats::stagewise::Combination;
use nadsplice_table::{EnrichmentRow, KnownEventRow, PanelRow, SAMPLES_FILE, Table as _};

use crate::{
    cli::GlobalArgs,
    differential::{self, TestSettings},
    measured,
    messages::{Messages, Verbosity},
    missing::Missing,
    provenance, results_folder, rmats_tables,
};

/// What is compared, and what else the model has.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Design")]
pub(crate) struct ContrastArgs {
    /// Groups to compare, `factor:case:control`; all differences are case minus control. `factor` alone asks whether
    /// any of its groups differs, and then which. Can be given several times.
    #[arg(long = "contrast", value_name = "FACTOR:CASE:CONTROL")]
    pub(crate) contrasts: Vec<String>,
    /// Contrast sheet: CSV or TSV with `contrast,treatment,control` or `id,variable,reference,target`, optionally
    /// `blocking`.
    #[arg(long = "contrasts", value_name = "FILE")]
    pub(crate) sheet: Option<PathBuf>,
    /// Column of the sheet that the model allows for: numbers as a slope, else, and with `factor(COLUMN)`, as groups.
    /// Where the sheet has no such column, what was measured in the samples: a column of `samples.tsv`, for example
    /// `mt_share`. Can be given several times.
    #[arg(long = "covariate", value_name = "COLUMN")]
    pub(crate) covariates: Vec<String>,
    /// Column that says which samples belong together: donor, litter, before and after.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) pair: Option<String>,
    /// Model of names, `+`, `*` and `:`, for example `~ condition*sex + age`.
    #[arg(long, value_name = "MODEL")]
    pub(crate) formula: Option<String>,
    /// Term of the formula to test as a whole: `condition`, or an interaction such as `condition:sex`. Can be given
    /// several times. `qbb` and `nds`, where the sheet has no such columns, stand for --engine.
    #[arg(long = "test", value_name = "TERM")]
    pub(crate) tests: Vec<String>,
    /// Test of an event: beta-binomial likelihood ratio, or weighted quasi-binomial regression as a cross-check
    /// [default: nds].
    #[arg(long, value_enum, value_name = "TEST")]
    pub(crate) engine: Option<EngineArg>,
}

/// The test of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineArg {
    /// Beta-binomial likelihood ratio with shrunken overdispersion.
    Nds,
    /// Weighted quasi-binomial regression with shrunken dispersion.
    Qbb,
}

impl From<EngineArg> for Engine {
    fn from(arg: EngineArg) -> Self {
        match arg {
            EngineArg::Nds => Self::BetaBinomial,
            EngineArg::Qbb => Self::QuasiBinomial,
        }
    }
}

/// How the p-values of a gene's events become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GeneTestArg {
    /// The smallest Benjamini-Hochberg value.
    #[default]
    Simes,
    /// Cauchy combination.
    Acat,
}

impl From<GeneTestArg> for Combination {
    fn from(arg: GeneTestArg) -> Self {
        match arg {
            GeneTestArg::Simes => Self::Simes,
            GeneTestArg::Acat => Self::Acat,
        }
    }
}

impl ContrastArgs {
    /// Whether nothing is to be tested.
    fn asks_nothing(&self) -> bool {
        self.contrasts.is_empty()
            && self.sheet.is_none()
            && self.tests.iter().all(|test| EngineArg::from_str(test, false).is_ok())
    }

    /// How events are tested.
    pub(crate) fn engine(&self, sheet: &SampleSheet) -> anyhow::Result<Engine> {
        let mut engines: Vec<EngineArg> =
            self.tests.iter().filter_map(|test| engine_named(test, sheet)).chain(self.engine).collect();
        engines.dedup();
        match engines.as_slice() {
            [] => Ok(Engine::default()),
            [engine] => Ok((*engine).into()),
            _ => bail!("two tests of an event were named, expected one\nhint: --engine nds, or --engine qbb"),
        }
    }

    /// The names of measured columns that the design asks for and the sheet has not.
    pub(crate) fn measured(&self, sheet: &SampleSheet) -> anyhow::Result<Vec<&'static str>> {
        let of_sheet = self.columns_of_contrast_sheet()?;
        let terms: Vec<&str> = self.terms().chain(self.contrasts.iter().map(|text| factor(text))).collect();
        let is_named = |name: &str| {
            of_sheet.iter().any(|column| column == name)
                || terms.iter().any(|term| words(term).any(|word| word == name))
        };
        Ok(measured::names().filter(|name| sheet.variable(name).is_none() && is_named(name)).collect())
    }

    fn columns_of_contrast_sheet(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.sheet.as_ref().map(|path| Contrast::columns_of_sheet(path)).transpose()?.unwrap_or_default())
    }

    /// The texts that describe the model.
    fn terms(&self) -> impl Iterator<Item = &str> {
        let terms = self.covariates.iter().chain(&self.tests);
        terms.chain(&self.pair).chain(&self.formula).map(String::as_str)
    }

    /// Whether the model takes one of the columns for groups, which nobody knows before it is measured.
    fn has_groups_of(&self, columns: &[&str]) -> bool {
        let is_one = |name: &str| columns.contains(&name.trim());
        let of_factor = |text: &str| {
            let mut inner = text.split("factor(").skip(1).filter_map(|rest| rest.split_once(')'));
            inner.any(|(name, _)| is_one(name))
        };
        self.pair.as_deref().is_some_and(is_one)
            || self.terms().any(of_factor)
            || self.contrasts.iter().any(|text| of_factor(text))
    }

    /// All comparisons, checked as far as they can be before anything is counted. What is yet to be measured is taken for
    /// a measurement that goes with nothing; what takes it for groups is left out, and told then.
    pub(crate) fn plan_ahead(&self, sheet: &SampleSheet, messages: Messages) -> anyhow::Result<Plan> {
        let awaited = self.measured(sheet)?;
        if awaited.is_empty() {
            return self.plan(sheet, messages);
        }
        messages.step(format!(
            "the design has {}, measured when samples are quantified and checked then",
            awaited.join(", ")
        ));
        let mut ahead = self.clone();
        if self.columns_of_contrast_sheet()?.iter().any(|column| awaited.contains(&column.as_str())) {
            ahead.sheet = None;
        }
        ahead.contrasts.retain(|text| !text.contains(':') || !awaited.contains(&factor(text)));
        if ahead.has_groups_of(&awaited) || (ahead.asks_nothing() && !self.asks_nothing()) {
            ahead = Self::default();
        }
        let mut sheet = sheet.clone();
        sheet.add_stand_ins(&awaited);
        ahead.plan(&sheet, Messages { verbosity: Verbosity::Quiet })
    }

    /// All comparisons, checked against the sheet; warnings are told.
    pub(crate) fn plan(&self, sheet: &SampleSheet, messages: Messages) -> anyhow::Result<Plan> {
        let (pairs, omnibus): (Vec<&String>, Vec<&String>) =
            self.contrasts.iter().partition(|text| text.contains(':'));
        let mut contrasts: Vec<Contrast> =
            pairs.into_iter().map(|text| Contrast::parse(text, sheet)).collect::<Result<_, _>>()?;
        if let Some(path) = &self.sheet {
            contrasts.extend(Contrast::read_sheet(path, sheet)?);
        }
        let contrasts = Contrast::distinguish(contrasts)?;
        let text = ModelText {
            covariates: &self.covariates,
            pair: self.pair.as_deref(),
            formula: self.formula.as_deref(),
        };
        let model = Model::new(text, sheet)?;
        let tests = self.tests.iter().filter(|test| engine_named(test, sheet).is_none());
        let terms: Vec<String> = omnibus.into_iter().chain(tests).cloned().collect();
        if contrasts.is_empty() && terms.is_empty() && model != Model::default() {
            bail!(
                "a model was described, but not what to test\nhint: --contrast condition:old:young, or --test TERM"
            );
        }
        let plan =
            Plan::new(&contrasts, &terms, &model, sheet).map_err(|problems| match problems.as_slice() {
                [only] => anyhow!("{only}"),
                several => {
                    let lines: Vec<String> = several.iter().map(ToString::to_string).collect();
                    anyhow!("{} problems in the design\n{}", lines.len(), lines.join("\n"))
                }
            })?;
        // The comparisons after an omnibus test share its model and so its notes.
        for comparison in plan.steps().iter().filter_map(|step| step.comparisons().next()) {
            for note in comparison.notes() {
                messages.warn(format!("contrast `{}`: {note}", comparison.label()));
            }
        }
        Ok(plan)
    }
}

/// What a contrast compares the levels of.
fn factor(contrast: &str) -> &str {
    contrast.split(':').next().unwrap_or(contrast).trim()
}

/// The names in a term.
fn words(term: &str) -> impl Iterator<Item = &str> {
    term.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// Surrogate variables.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Design")]
pub(crate) struct SurrogateArgs {
    /// Add surrogate variables to every model: what makes samples differ beside the model, found in the residuals of all
    /// events. A number, or `auto` for as many as stand out of noise.
    #[arg(long, value_name = "N|auto")]
    pub(crate) surrogate: Option<SurrogateNumber>,
}

/// The engine that a word of `--test` stands for: a column of that name is meant where there is one.
fn engine_named(test: &str, sheet: &SampleSheet) -> Option<EngineArg> {
    EngineArg::from_str(test, false).ok().filter(|_| sheet.variable(test).is_none())
}

/// Test every event for a difference in PSI between two groups.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  nadsplice diff --quant results --samples samples.tsv --contrast condition:old:young --covariate sex -o results\n  nadsplice diff --quant results --samples samples.tsv --formula '~ condition*sex + age' --test condition:sex -o results\n  nadsplice diff --from-rmats rmats_output -o results"
)]
pub(crate) struct DiffArgs {
    /// Folder with `events.tsv`, `inclusion_counts.tsv` and `skipping_counts.tsv`.
    #[arg(long, value_name = "DIR", required_unless_present = "from_rmats")]
    quant: Option<PathBuf>,
    /// Folder with rMATS's result tables, in place of --quant: their counts are written to the output folder and
    /// tested. Without a sample sheet rMATS's first sample is compared with its second, as rMATS does.
    #[arg(long, value_name = "DIR", conflicts_with = "quant")]
    from_rmats: Option<PathBuf>,
    /// Sample sheet; alignments are not needed. With --from-rmats its rows stand in rMATS's order.
    #[arg(long, value_name = "FILE", required_unless_present = "from_rmats")]
    samples: Option<PathBuf>,
    #[command(flatten)]
    contrasts: ContrastArgs,
    /// How the p-values of a gene's events become one.
    #[arg(long, value_enum, default_value_t, value_name = "TEST")]
    gene_test: GeneTestArg,
    #[command(flatten)]
    surrogate: SurrogateArgs,
    /// Folder for the tables.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub(crate) fn execute(args: &DiffArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    let sheet = args.samples.as_ref().map(|path| SampleSheet::read(path, Inputs::Ignored)).transpose()?;
    if let Some(tables) = &args.from_rmats {
        let names: Option<Vec<String>> =
            sheet.as_ref().map(|s| s.samples().iter().map(|s| s.name.clone()).collect());
        rmats_tables::convert(tables, names.as_deref(), &args.output, messages)?;
    }
    let mut contrasts = args.contrasts.clone();
    let quant = args.quant.as_ref().unwrap_or(&args.output);
    let sheet = if let Some(sheet) = sheet {
        let missing = Missing::read(quant)?;
        for row in missing.rows.iter().filter(|row| sheet.samples().iter().any(|s| s.name == row.sample)) {
            messages.warn(format!("sample `{}` was left out when the cohort was quantified", row.sample));
        }
        let mut sheet = missing.leave_out(sheet);
        measured::add(&mut sheet, quant)?;
        sheet
    } else {
        if contrasts.asks_nothing() {
            let [first, second] = rmats_tables::GROUPS;
            contrasts.contrasts.push(format!("condition:{first}:{second}"));
        }
        SampleSheet::read(&args.output.join(SAMPLES_FILE), Inputs::Ignored)?
    };
    let plan = contrasts.plan(&sheet, messages)?;
    let settings = TestSettings {
        engine: contrasts.engine(&sheet)?,
        gene_test: args.gene_test.into(),
        surrogate: args.surrogate.surrogate,
    };
    if plan.steps().is_empty() {
        bail!(
            "no contrast was named, and case and control are never guessed\nhint: --contrast condition:old:young"
        );
    }
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    differential::test(quant, &sheet, &plan, settings, &args.output, messages)?;
    // What was judged and drawn by the tests of before belongs to no test any more.
    for name in [PanelRow::FILE, KnownEventRow::FILE, EnrichmentRow::FILE, FIGURE_DATA_FILE] {
        results_folder::remove(&args.output, name)?;
    }
    provenance::write_diff_info(&args.output, &provenance::tests(&plan, settings))
}
