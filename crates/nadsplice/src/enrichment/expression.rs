//! Changes of expression, to be shown beside verdicts on splicing.

use std::{collections::HashMap, path::Path};

use nadsplice_table::{ExpressionRow, PanelRow, Table as _, read_table};

/// Fold change and q-value by contrast and gene id.
pub(super) struct Expression {
    changes: HashMap<(String, String), (Option<f64>, Option<f64>)>,
}

impl Expression {
    /// Reads `gene_expression.tsv`, which tests of events from elsewhere lack.
    pub(super) fn read(diff: &Path) -> anyhow::Result<Self> {
        let rows: Vec<ExpressionRow> =
            if diff.join(ExpressionRow::FILE).exists() { read_table(diff)? } else { Vec::new() };
        let changes = rows
            .into_iter()
            .map(|row| ((row.contrast, row.gene_id), (row.log2_fold_change, row.q_value)))
            .collect();
        Ok(Self { changes })
    }

    /// Fills in the columns of a panel gene.
    pub(super) fn annotate(&self, row: &mut PanelRow) {
        let change = row.gene_id.first().and_then(|id| self.changes.get(&(row.contrast.clone(), id.clone())));
        if let Some(&(change, q_value)) = change {
            (row.log2_fold_change, row.expression_q) = (change, q_value);
        }
    }
}
