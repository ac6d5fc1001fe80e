//! Expression of genes beside the splicing of their events.

use std::path::Path;

use nadsplice_diff::{Comparison, ExpressionChange, Step, expression_changes};
use nadsplice_table::{ExpressionRow, GENE_COUNTS, GeneLead, SampleColumns, write_table};

use crate::{measured::is_regional, messages::Messages};

/// Tests every gene in every comparison of the steps, whose samples have these names, and writes `gene_expression.tsv`; without `gene_counts.tsv`, which counts from
/// elsewhere do not need, it has no rows.
pub(super) fn test(
    quant: &Path,
    names: &[String],
    steps: &[Step],
    outdir: &Path,
    messages: Messages,
) -> anyhow::Result<()> {
    let mut rows: Vec<ExpressionRow> = Vec::new();
    if is_regional(quant)? {
        messages.step("the samples were counted in regions: expression is not tested");
    } else if quant.join(GENE_COUNTS.file).exists() {
        let (mut genes, mut counts): (Vec<GeneLead>, Vec<f64>) = Default::default();
        GENE_COUNTS.for_each_row::<f64>(
            quant,
            SampleColumns::Named(names),
            |_| true,
            |gene, row| {
                genes.push(gene);
                counts.extend(row.iter().map(|count| count.unwrap_or(f64::NAN)));
            },
        )?;
        for comparison in steps.iter().flat_map(Step::comparisons) {
            let changes = expression_changes(&counts, names.len(), comparison);
            summarise(comparison, &changes, messages);
            rows.extend(genes.iter().zip(&changes).map(|(gene, change)| row(comparison, gene, change)));
        }
    } else {
        messages.detail(format!(
            "`{}` has no {}: expression is not tested",
            quant.display(),
            GENE_COUNTS.file
        ));
    }
    write_table::<ExpressionRow, _>(outdir, &rows)?;
    Ok(())
}

fn row(comparison: &Comparison, gene: &GeneLead, change: &ExpressionChange) -> ExpressionRow {
    let test = &change.test;
    ExpressionRow {
        contrast: comparison.label().to_owned(),
        gene_id: gene.gene_id.clone(),
        gene_name: gene.gene_name.clone(),
        mean_case: test.mean_case,
        mean_control: test.mean_control,
        log2_fold_change: test.log2_fold_change,
        p_value: test.p_value,
        q_value: change.q_value,
        statistic: test.statistic,
        df: test.df,
        status: test.status.as_str().to_owned(),
    }
}

fn summarise(comparison: &Comparison, changes: &[ExpressionChange], messages: Messages) {
    let tested = changes.iter().filter(|c| c.q_value.is_some()).count();
    let called = changes.iter().filter(|c| c.q_value.is_some_and(|q| q < 0.05)).count();
    messages.step(format!(
        "contrast `{}`: expression of {tested} of {} genes tested, {called} with q < 0.05",
        comparison.label(),
        changes.len(),
    ));
}
