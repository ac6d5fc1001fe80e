//! From tested events to verdicts on panel genes and to gene sets.

mod consequences;
mod expression;
mod known_events;
mod ranking;
mod sets;
mod verdicts;

pub(crate) use ranking::{RankSettings, rank};

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use nadsplice_core::Interval;
use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_panel::{GeneIndex, KnownParts, Panel, ResolvedSets, SetTestCuts, VerdictCuts};
use nadsplice_table::{
    ContrastSamples, DifferentialRow, EnrichmentRow, EventLead, GENE_COUNTS, GeneRow, INCLUSION_COUNTS,
    JUNCTIONS, JunctionLead, KnownEventRow, Matrix, PanelRow, SAMPLES_FILE, SKIPPING_COUNTS, SampleColumns,
    read_table, write_table,
};

use self::{
    expression::Expression,
    known_events::KnownInRun,
    sets::{PanelMembership, read_sets},
};
use crate::{compared, measured::is_regional, messages::Messages};

/// What to enrich.
pub(crate) struct EnrichSettings<'a> {
    pub(crate) quant: &'a Path,
    pub(crate) diff: &'a Path,
    pub(crate) panel: Option<&'a Path>,
    pub(crate) gmt: &'a [PathBuf],
    pub(crate) outdir: &'a Path,
    pub(crate) messages: Messages,
}

/// The user's panel, or the embedded one.
pub(crate) fn panel_of(path: Option<&Path>) -> anyhow::Result<Panel> {
    let Some(path) = path else { return Ok(Panel::nad()) };
    Panel::read(path).with_context(|| format!("could not use panel `{}`", path.display()))
}

/// The tables of a run, as far as they concern genes.
struct Results {
    compared: ContrastSamples,
    tests: Vec<DifferentialRow>,
    genes: Vec<GeneRow>,
    /// All genes of the annotation: id and name.
    all_genes: Vec<(String, String)>,
    /// Whether the samples were counted in regions of the genome only.
    is_regional: bool,
    /// Whether the fragments of each gene were counted.
    is_counted: Vec<bool>,
    /// Ids of the panel's genes.
    of_panel: HashSet<String>,
    /// Fragments of both forms in each sample, by event; of panel genes only.
    reads: HashMap<String, Vec<u64>>,
    /// Of panel genes and at known events.
    junctions: Matrix<JunctionLead, u32>,
}

/// Writes `nad_panel.tsv`, `known_events.tsv` and `enrichment.tsv` for every contrast of `differential.tsv`.
pub(crate) fn enrich(settings: &EnrichSettings<'_>) -> anyhow::Result<()> {
    let panel = panel_of(settings.panel)?;
    let results = Results::read(settings, &panel)?;
    let sets = read_sets(settings.gmt, settings.messages)?;
    let index = index_of(&results.all_genes);
    if panel.genes().iter().all(|g| index.resolve(&g.identity).is_none()) {
        let none = format!("none of the {} panel genes is in the annotation", panel.genes().len());
        match settings.panel {
            Some(path) => bail!(
                "{none} (`{}`)\nhint: genes are found by Ensembl id, Entrez id and symbol",
                path.display()
            ),
            // The embedded panel says nothing about a species or an excerpt that lacks its genes.
            None => settings.messages.warn(format!("{none}: all are `not testable`")),
        }
    }
    let resolved = ResolvedSets::new(&sets, &index);
    sets::check_members(&resolved, "the annotation", settings.messages)?;
    let membership = PanelMembership::new(&panel, &resolved, &index);
    let expression = Expression::read(settings.diff)?;
    if let Some(path) = settings.panel {
        let missing: Vec<&str> = panel
            .genes()
            .iter()
            .filter(|g| index.resolve(&g.identity).is_none())
            .map(|g| g.identity.label())
            .collect();
        if !missing.is_empty() {
            settings.messages.warn(format!(
                "`{}`: {} of {} genes are not in the annotation: {}",
                path.display(),
                missing.len(),
                panel.genes().len(),
                missing.join(", ")
            ));
        }
    }
    let known = KnownInRun::find(settings.quant, &results, &index)?;
    let (mut panel_rows, mut set_rows, mut known_rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut contrasts: Vec<&str> = results.tests.iter().map(|r| r.contrast.as_str()).collect();
    contrasts.dedup();
    for label in contrasts {
        // A test of several groups at once has no direction, which verdicts and sets ask for.
        let Some(members) = results.compared.members(label) else { continue };
        let group = |case: bool| members.iter().filter(|m| **m == Some(case)).count();
        let cuts = VerdictCuts::for_smaller_group(group(true).min(group(false)));
        let mut rows = results.panel_rows(&panel, &index, label, &members, &cuts);
        for row in &mut rows {
            expression.annotate(row);
            row.gene_sets = membership.sets_of(&row.gene_name);
        }
        panel_rows.extend(rows);
        known_rows.extend(known.rows(&results, label, &members));
        let cuts = SetTestCuts::with_delta_psi(cuts.delta_psi);
        set_rows.extend(sets::rows(&results, &resolved, &membership, label, &cuts));
    }
    consequences::describe(&mut panel_rows, settings.quant)?;
    write_table::<PanelRow, _>(settings.outdir, &panel_rows)?;
    write_table::<KnownEventRow, _>(settings.outdir, &known_rows)?;
    write_table::<EnrichmentRow, _>(settings.outdir, &set_rows)?;
    summarise(&panel_rows, &set_rows, settings.messages);
    known.summarise(&known_rows, settings.messages);
    Ok(())
}

/// The user's panel, or the embedded one.
fn summarise(panel: &[PanelRow], sets: &[EnrichmentRow], messages: Messages) {
    for word in ["changed", "unchanged", "inconclusive", "constitutive", "not testable"] {
        let genes: Vec<&str> =
            panel.iter().filter(|r| r.verdict == word).map(|r| r.gene_name.as_str()).collect();
        messages.detail(format!("panel: {} {word}: {}", genes.len(), genes.join(", ")));
    }
    let count = |word: &str| panel.iter().filter(|r| r.verdict == word).count();
    messages.step(format!(
        "panel: {} changed, {} unchanged, {} inconclusive, {} constitutive, {} not testable",
        count("changed"),
        count("unchanged"),
        count("inconclusive"),
        count("constitutive"),
        count("not testable"),
    ));
    sets::summarise(sets, messages);
}

impl Results {
    /// Whether one of these genes lies in the parts of the genome that were counted; true where there is none to ask for.
    fn has_counted<'g>(&self, genes: &mut impl Iterator<Item = &'g usize>) -> bool {
        let mut genes = genes.peekable();
        !self.is_regional || genes.peek().is_none() || genes.any(|&gene| self.is_counted[gene])
    }

    fn read(settings: &EnrichSettings<'_>, panel: &Panel) -> anyhow::Result<Self> {
        let quant = settings.quant;
        let sheet = SampleSheet::read(&quant.join(SAMPLES_FILE), Inputs::Ignored)?;
        let tests: Vec<DifferentialRow> = read_table(settings.diff)?;
        let names: Vec<String> = sheet.samples().iter().map(|s| s.name.clone()).collect();
        // First of all, since tests of another cohort may have all other events too.
        let compared = compared::read(settings.diff, &names, tests.iter().map(|r| r.contrast.as_str()))?;
        let columns = SampleColumns::Named(&names);
        let (mut all_genes, mut is_counted) = (Vec::new(), Vec::new());
        GENE_COUNTS.for_each_row::<f64>(
            quant,
            columns,
            |_| true,
            |gene, counts| {
                all_genes.push((gene.gene_id, gene.gene_name));
                is_counted.push(counts.iter().any(Option::is_some));
            },
        )?;
        let of_panel = panel_genes(panel, &all_genes);
        let reads = reads_of(&of_panel, &tests, quant, &names)?;
        let is_regional = is_regional(quant)?;
        let known = KnownParts::new();
        let is_wanted = |lead: &JunctionLead| {
            lead.gene_id.iter().any(|gene| of_panel.contains(gene))
                || Interval::new(lead.start0, lead.end).is_some_and(|intron| known.touch(&lead.chrom, intron))
        };
        Ok(Self {
            is_regional,
            is_counted,
            junctions: JUNCTIONS.read_where(quant, columns, is_wanted)?,
            genes: read_table(settings.diff)?,
            all_genes,
            of_panel,
            reads,
            compared,
            tests,
        })
    }
}

fn index_of(genes: &[(String, String)]) -> GeneIndex {
    GeneIndex::new(genes.iter().map(|(id, name)| (id.as_str(), Some(name.as_str()))))
}

fn panel_genes(panel: &Panel, all_genes: &[(String, String)]) -> HashSet<String> {
    let index = index_of(all_genes);
    let found = panel.genes().iter().filter_map(|gene| index.resolve(&gene.identity));
    found.flat_map(|found| found.genes().to_vec()).map(|gene| all_genes[gene].0.clone()).collect()
}

/// Fragments of both forms in each sample, of events that were tested and are of these genes. All that were tested must
/// have counts.
fn reads_of(
    genes: &HashSet<String>,
    tests: &[DifferentialRow],
    quant: &Path,
    samples: &[String],
) -> anyhow::Result<HashMap<String, Vec<u64>>> {
    let mut seen = HashSet::new();
    let (mut events, mut of_genes): (Vec<&str>, HashSet<&str>) = Default::default();
    for test in tests {
        if seen.insert(test.event_id.as_str()) {
            events.push(&test.event_id);
        }
        if test.gene_id.iter().any(|gene| genes.contains(gene)) {
            of_genes.insert(&test.event_id);
        }
    }
    let mut reads: HashMap<String, Vec<u64>> = HashMap::new();
    for table in [&INCLUSION_COUNTS, &SKIPPING_COUNTS] {
        let is_wanted = |lead: &EventLead| of_genes.contains(lead.event_id.as_str());
        table.for_each_event::<u32>(
            quant,
            SampleColumns::Named(samples),
            &events,
            is_wanted,
            |event, row| {
                let of_event =
                    reads.entry(events[event].to_owned()).or_insert_with(|| vec![0; samples.len()]);
                for (sum, count) in of_event.iter_mut().zip(row) {
                    *sum += u64::from(count.unwrap_or(0));
                }
            },
        )?;
    }
    Ok(reads)
}
