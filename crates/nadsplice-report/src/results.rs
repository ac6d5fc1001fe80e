//! The tables of a folder of results, as far as figures and report need them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use nadsplice_core::EventKind;
use nadsplice_table::{
    ContrastSamples, DiagnosticsRow, DifferentialRow, EnrichmentRow, EventLead, EventRow, ExpressionRow,
    GeneRow, Matrix, MatrixTable, PSI, PSI_HIGH, PSI_LOW, PanelRow, SAMPLES_FILE, SampleCheckRow,
    SampleColumns, SamplePcaRow, SampleTable, Table, read_table,
};
use serde_json::Value;

use crate::{
    error::ReportError,
    figure_data::{FIGURE_DATA_FILE, FigureData},
    groups::Groups,
};

/// An event, gene set or gene is called below this false discovery rate.
pub(crate) const CALL_Q: f64 = 0.05;

/// Events in a heatmap, at most.
pub(crate) const HEATMAP_EVENTS: usize = 50;

/// What a run left behind. Tables that are not there are empty.
#[derive(Debug)]
pub struct Results {
    /// Names of the samples, in the order of `samples.tsv`.
    pub(crate) names: Vec<String>,
    pub(crate) samples: SampleTable,
    pub(crate) contrasts: Vec<Contrast>,
    pub(crate) pca: Vec<SamplePcaRow>,
    /// Events of the catalogue: kind, novelty, number.
    pub(crate) catalogue: BTreeMap<(EventKind, String), usize>,
    /// PSI of the events that a figure shows.
    pub(crate) psi: BTreeMap<String, EventPsi>,
    /// Events that vary most over all samples, and their genes; for a heatmap without a contrast.
    pub(crate) most_variable: Vec<String>,
    pub(crate) gene_of_event: BTreeMap<String, String>,
    /// What sashimi plots are drawn from.
    pub(crate) figures: Option<FigureData>,
    /// `run_info.json`.
    pub(crate) run: Option<Value>,
    /// What was compared how: the parameters of the last `diff`, else of the run.
    pub(crate) tests: Option<Value>,
    pub(crate) citations: Option<String>,
}

/// One comparison with all that was found in it.
#[derive(Debug)]
pub struct Contrast {
    /// As in the column `contrast`.
    pub label: String,
    pub(crate) groups: Groups,
    pub(crate) events: Vec<DifferentialRow>,
    pub(crate) panel: Vec<PanelRow>,
    pub(crate) sets: Vec<EnrichmentRow>,
    pub(crate) checks: Vec<SampleCheckRow>,
    pub(crate) diagnostics: BTreeMap<String, Option<f64>>,
    pub(crate) genes: BTreeMap<String, GeneRow>,
    pub(crate) expression: BTreeMap<String, ExpressionRow>,
}

/// PSI of an event, sample by sample, with the ends of its intervals where these are known.
#[derive(Clone, Debug)]
pub(crate) struct EventPsi {
    pub(crate) values: Vec<Option<f64>>,
    pub(crate) low: Vec<Option<f64>>,
    pub(crate) high: Vec<Option<f64>>,
}

impl Contrast {
    /// The tested events.
    pub(crate) fn tested(&self) -> impl Iterator<Item = &DifferentialRow> {
        self.events.iter().filter(|event| event.status == "ok" && event.p_value.is_some())
    }

    /// The tested events, smallest p-value first; ties in the order of the table.
    pub(crate) fn by_evidence(&self) -> Vec<&DifferentialRow> {
        let mut tested: Vec<_> = self.tested().collect();
        let log10_p = |row: &DifferentialRow| row.log10_p.unwrap_or(0.0);
        tested.sort_by(|a, b| log10_p(a).total_cmp(&log10_p(b)));
        tested
    }

    /// A figure of the diagnostics.
    pub(crate) fn diagnostic(&self, measure: &str) -> Option<f64> {
        self.diagnostics.get(measure).copied().flatten()
    }

    /// Of tests that do not say what they compared the label has to do.
    pub(crate) fn empty(label: &str, samples: &SampleTable, compared: Option<&ContrastSamples>) -> Self {
        let compared = compared.filter(|compared| compared.has(label));
        Self {
            label: label.to_owned(),
            groups: compared.map_or_else(|| Groups::of(label, samples), |c| Groups::compared(label, c)),
            events: Vec::new(),
            panel: Vec::new(),
            sets: Vec::new(),
            checks: Vec::new(),
            diagnostics: BTreeMap::new(),
            genes: BTreeMap::new(),
            expression: BTreeMap::new(),
        }
    }
}

/// Whether an event is called.
pub(crate) fn is_called(row: &DifferentialRow) -> bool {
    row.q_value.is_some_and(|q| q < CALL_Q)
}

/// Names of the genes of an event.
pub(crate) fn gene_names(row: &DifferentialRow) -> String {
    row.gene_name.join(", ")
}

impl Results {
    /// Reads the tables of a folder. Only `samples.tsv` has to be there.
    ///
    /// # Errors
    /// When `samples.tsv` is not there, or a file that is there cannot be read or does not hold what it should.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let run = read_json(folder, "run_info.json")?;
        let samples = SampleTable::read(folder)?;
        let names = sample_names(folder, &samples)?;
        let compared = ContrastSamples::read(folder, &names)?;
        let contrasts = read_contrasts(folder, &samples, compared.as_ref())?;
        let (catalogue, mut gene_of_event) = read_catalogue(folder)?;
        let (psi, most_variable) = read_psi(folder, &names, &shown_events(&contrasts))?;
        gene_of_event.retain(|event, _| psi.contains_key(event));
        Ok(Self {
            pca: read_optional(folder)?,
            figures: read_figures(folder)?,
            tests: read_json(folder, "diff_info.json")?
                .or_else(|| run.clone())
                .map(|info| info["parameters"].clone()),
            run,
            citations: read_text(folder, "CITATIONS.md")?,
            names,
            samples,
            contrasts,
            catalogue,
            psi,
            most_variable,
            gene_of_event,
        })
    }

    /// The comparisons, in the order of the tables.
    pub fn contrasts(&self) -> &[Contrast] {
        &self.contrasts
    }

    /// Groups for figures of the whole cohort: those of the first comparison, else all samples.
    pub(crate) fn cohort_groups(&self) -> Groups {
        self.contrasts
            .first()
            .map_or_else(|| Groups::of("", &self.samples), |contrast| contrast.groups.clone())
    }
}

fn sample_names(folder: &Path, samples: &SampleTable) -> Result<Vec<String>, ReportError> {
    let column = samples
        .sheet_columns
        .iter()
        .position(|name| name == "sample")
        .ok_or_else(|| ReportError::NoSampleColumn { path: folder.join(SAMPLES_FILE) })?;
    Ok(samples.rows.iter().map(|(cells, _)| cells[column].clone()).collect())
}

fn read_optional<R: Table>(folder: &Path) -> Result<Vec<R>, ReportError> {
    if folder.join(R::FILE).is_file() { Ok(read_table(folder)?) } else { Ok(Vec::new()) }
}

fn read_text(folder: &Path, name: &str) -> Result<Option<String>, ReportError> {
    let path = folder.join(name);
    if !path.is_file() {
        return Ok(None);
    }
    fs::read_to_string(&path).map(Some).map_err(|source| ReportError::Open { path, source })
}

fn read_json(folder: &Path, name: &str) -> Result<Option<Value>, ReportError> {
    let text = read_text(folder, name)?;
    let parse = |text: String| {
        serde_json::from_str(&text).map_err(|source| ReportError::Json { path: folder.join(name), source })
    };
    text.map(parse).transpose()
}

fn read_figures(folder: &Path) -> Result<Option<FigureData>, ReportError> {
    if folder.join(FIGURE_DATA_FILE).is_file() { Ok(Some(FigureData::read(folder)?)) } else { Ok(None) }
}

fn read_contrasts(
    folder: &Path,
    samples: &SampleTable,
    compared: Option<&ContrastSamples>,
) -> Result<Vec<Contrast>, ReportError> {
    let mut contrasts: Vec<Contrast> = Vec::new();
    let mut last = 0;
    let mut place = |contrasts: &mut Vec<Contrast>, label: &str| {
        if contrasts.get(last).is_none_or(|contrast| contrast.label != label) {
            last = contrasts.iter().position(|contrast| contrast.label == label).unwrap_or(contrasts.len());
            if last == contrasts.len() {
                contrasts.push(Contrast::empty(label, samples, compared));
            }
        }
        last
    };
    for row in read_optional::<DifferentialRow>(folder)? {
        let at = place(&mut contrasts, &row.contrast);
        contrasts[at].events.push(row);
    }
    for row in read_optional::<PanelRow>(folder)? {
        let at = place(&mut contrasts, &row.contrast);
        contrasts[at].panel.push(row);
    }
    for row in read_optional::<EnrichmentRow>(folder)? {
        let at = place(&mut contrasts, &row.contrast);
        contrasts[at].sets.push(row);
    }
    for row in read_optional::<SampleCheckRow>(folder)? {
        let at = place(&mut contrasts, &row.contrast);
        contrasts[at].checks.push(row);
    }
    for row in read_optional::<DiagnosticsRow>(folder)? {
        let at = place(&mut contrasts, &row.contrast);
        contrasts[at].diagnostics.insert(row.measure, row.value);
    }
    for row in read_optional::<GeneRow>(folder)? {
        let at = place(&mut contrasts, &row.contrast);
        contrasts[at].genes.insert(row.gene_id.clone(), row);
    }
    for row in read_optional::<ExpressionRow>(folder)? {
        let at = place(&mut contrasts, &row.contrast);
        let contrast = &mut contrasts[at];
        if contrast.panel.iter().any(|gene| gene.gene_id.contains(&row.gene_id)) {
            contrast.expression.insert(row.gene_id.clone(), row);
        }
    }
    Ok(contrasts)
}

type Catalogue = (BTreeMap<(EventKind, String), usize>, BTreeMap<String, String>);

fn read_catalogue(folder: &Path) -> Result<Catalogue, ReportError> {
    let mut numbers = BTreeMap::new();
    let mut genes = BTreeMap::new();
    for event in read_optional::<EventRow>(folder)? {
        genes.insert(event.event_id, event.gene_name.join(", "));
        *numbers.entry((event.kind, event.novelty)).or_default() += 1;
    }
    Ok((numbers, genes))
}

/// The events whose PSI is drawn: best events of panel genes, and those of the heatmap.
fn shown_events(contrasts: &[Contrast]) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for contrast in contrasts {
        shown.extend(contrast.panel.iter().filter_map(|gene| gene.best_event.clone()));
        let called = contrast.by_evidence().into_iter().filter(|event| is_called(event));
        shown.extend(called.take(HEATMAP_EVENTS).map(|event| event.event_id.clone()));
    }
    shown
}

fn read_psi(
    folder: &Path,
    names: &[String],
    shown: &BTreeSet<String>,
) -> Result<(BTreeMap<String, EventPsi>, Vec<String>), ReportError> {
    let Some(psi) = read_matrix(folder, &PSI, names)? else { return Ok(Default::default()) };
    let most_variable = most_variable(&psi);
    let mut rows: BTreeMap<String, EventPsi> = BTreeMap::new();
    for (at, lead) in psi.leads().iter().enumerate() {
        if shown.contains(&lead.event_id) || most_variable.contains(&lead.event_id) {
            let values = psi.row(at).to_vec();
            let unknown = vec![None; values.len()];
            rows.insert(lead.event_id.clone(), EventPsi { values, low: unknown.clone(), high: unknown });
        }
    }
    drop(psi);
    let mut add = |table, put: fn(&mut EventPsi, Vec<Option<f64>>)| -> Result<(), ReportError> {
        if let Some(ends) = read_matrix(folder, table, names)? {
            for (at, lead) in ends.leads().iter().enumerate() {
                if let Some(row) = rows.get_mut(&lead.event_id) {
                    put(row, ends.row(at).to_vec());
                }
            }
        }
        Ok(())
    };
    add(&PSI_LOW, |row, ends| row.low = ends)?;
    add(&PSI_HIGH, |row, ends| row.high = ends)?;
    Ok((rows, most_variable))
}

fn read_matrix(
    folder: &Path,
    table: &MatrixTable<EventLead>,
    names: &[String],
) -> Result<Option<Matrix<EventLead, f64>>, ReportError> {
    if folder.join(table.file).is_file() {
        Ok(Some(table.read(folder, SampleColumns::Named(names))?))
    } else {
        Ok(None)
    }
}

/// The events with a PSI in every sample whose PSI has the largest variance; ties in the order of the table.
fn most_variable(psi: &Matrix<EventLead, f64>) -> Vec<String> {
    let mut variances: Vec<(f64, usize)> = (0..psi.len())
        .filter_map(|at| {
            let values: Vec<f64> = psi.row(at).iter().copied().collect::<Option<_>>()?;
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
            (variance > 0.0).then_some((variance, at))
        })
        .collect();
    variances.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    variances.iter().take(HEATMAP_EVENTS).map(|&(_, at)| psi.leads()[at].event_id.clone()).collect()
}
