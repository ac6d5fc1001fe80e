//! Which genes keep the data of their figures.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use nadsplice_core::{Annotation, GeneId};
use nadsplice_panel::Panel;
use nadsplice_table::DifferentialRow;

use crate::quantification::panel_genes;

/// Genes in genome order, each with whether it is of the panel: all of the panel, and those of the `top_events`
/// tested events of other genes with the lowest p-values in each contrast.
pub(super) fn genes_to_keep(
    panel: &Panel,
    annotation: &Annotation,
    tests: &[DifferentialRow],
    top_events: usize,
) -> Vec<(GeneId, bool)> {
    let of_panel: HashSet<GeneId> = panel_genes(panel, annotation);
    let panel_ids: HashSet<&str> = of_panel.iter().map(|&g| annotation.gene(g).id.as_str()).collect();
    let mut by_contrast: BTreeMap<&str, Vec<(f64, &DifferentialRow)>> = BTreeMap::new();
    for row in tests {
        let tested = row.p_value.filter(|_| row.q_value.is_some());
        // The genes of the panel are kept in any case and take no place.
        let elsewhere = !row.gene_id.iter().any(|id| panel_ids.contains(id.as_str()));
        if let (Some(p), true) = (tested, elsewhere) {
            by_contrast.entry(&row.contrast).or_default().push((p, row));
        }
    }
    let mut top: BTreeSet<(&str, &str)> = BTreeSet::new();
    for rows in by_contrast.values_mut() {
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.event_id.cmp(&b.1.event_id)));
        let best = rows.iter().take(top_events);
        // Of genes that share an event the first stands for all.
        top.extend(best.filter_map(|(_, row)| Some((row.chrom.as_str(), row.gene_id.first()?.as_str()))));
    }
    let mut kept: Vec<(GeneId, bool)> = annotation
        .genes()
        .filter_map(|(id, gene)| {
            let is_panel = of_panel.contains(&id);
            let is_top = top.contains(&(annotation.contigs.name(gene.contig), gene.id.as_str()));
            (is_panel || is_top).then_some((id, is_panel))
        })
        .collect();
    kept.sort_by_key(|&(id, _)| {
        let gene = annotation.gene(id);
        (gene.contig, gene.span(), id)
    });
    kept
}
