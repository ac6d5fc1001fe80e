#!/usr/bin/env bash
# Writes docs/tables.md from the data dictionary of the program: scripts/tables_doc.sh [--check]
#
# With --check nothing is written; it fails when the file is not what it would write. NADSPLICE names the program,
# otherwise it is built.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

columns() {
    if [[ -n ${NADSPLICE:-} ]]; then
        "$NADSPLICE" columns
    else
        cargo run --release --locked --quiet -- columns
    fi
}

# What each table is about; the columns themselves are described where they are declared.
about() {
    cat <<'END'
events.tsv	The catalogue: one row an event, with its form in coordinates, transcripts and other tools' terms.
consequences.tsv	What either form of each event makes of the protein: two rows an event, inclusion then skipping, in the order of `events.tsv`. Rules and limits are in [consequences.md](consequences.md).
inclusion_counts.tsv	What was counted for the inclusion form of each event in each sample. Rows as in `events.tsv`.
skipping_counts.tsv	The same for the skipping form.
psi.tsv	PSI of each event in each sample.
psi_low.tsv	Lower ends of the 95% intervals of PSI: counting noise within the sample, not the spread between samples.
psi_high.tsv	Upper ends of these intervals.
inclusion_lengths.tsv	Effective lengths of the inclusion form.
skipping_lengths.tsv	Effective lengths of the skipping form.
inclusion_counts_jcec.tsv	rMATS mode only: counts by the JCEC rule. The tables without `_jcec` then hold the JC rule.
skipping_counts_jcec.tsv	rMATS mode only.
inclusion_lengths_jcec.tsv	rMATS mode only.
skipping_lengths_jcec.tsv	rMATS mode only.
junctions.tsv	Every junction of the annotation and every further one that a sample has, in genome order.
gene_counts.tsv	Fragments of each gene, for expression. `NA` in rMATS mode, and with `--regions` for genes that do not lie inside as a whole.
gene_tpm.tsv	Abundance of each gene: fragments over the bases of its exons, in a million. `NA` in rMATS mode and with `--regions`.
clusters.tsv	Junctions linked by shared splice sites, and retained introns among them: one row a member, counts in each sample.
cluster_usage.tsv	The same rows with each member's share of its cluster.
samples.tsv	One row a sample: the sheet, where every alignment went, and what the library is like.
missing_samples.tsv	Samples of the sheet that `--allow-missing` left out of all other tables; no rows where none is missing.
differential.tsv	One row an event and contrast, tested or not, in the order of `events.tsv`.
contrast_samples.tsv	Which samples each comparison has, after exclusions and missing values: what `enrich`, `export` and figures take for its groups.
genes.tsv	One row a gene with an event, and contrast.
cluster_differential.tsv	One row a junction cluster and contrast, tested or not, in the order of `clusters.tsv`.
gene_expression.tsv	One row a gene and contrast: whether its expression differs, for splicing to be held against.
diagnostics.tsv	What was learnt and measured in each comparison, one figure a row.
sample_checks.tsv	Measured variables that go with the groups of a contrast could be what differs between them.
sample_pca.tsv	One row a sample: principal components of logit PSI. Written by `diff` and `run`.
surrogate_variables.tsv	What `--surrogate` found and added to the models; written with that option only.
nad_panel.tsv	One row a panel gene and contrast: the verdict and why. CD38 first, then the core of the panel.
known_events.tsv	One row a splicing event that papers describe, and contrast: where it is in the run, and what was measured of it beside what the paper says. [panel.md](panel.md) has the events and what could not be placed.
enrichment.tsv	One row a gene set, test and contrast.
rank_enrichment.tsv	Written by `nadsplice enrich --rank`: one row a gene set.
power.tsv	Written by `nadsplice power`: one row a gene.
END
}

render() {
    cat <<'END'
# Tables

Made by `scripts/tables_doc.sh` from `nadsplice columns`; do not edit.

All tables are text with one header row, tabs and line feeds. There are no comment lines and no quotes. `NA` is what is
missing. Numbers have a fixed number of decimals. Rows of events and junctions are in genome order, with the contigs as
the annotation first names them. A file appears under its name when it is complete. A column `<sample>` stands for one
column a sample, in the order of the sheet.

END
    awk -F '\t' '
        FNR == NR { about[$1] = $2; next }
        FNR == 1 { next }
        $1 != table {
            if (table != "") print ""
            table = $1
            if (!(table in about)) {
                printf "no description of %s in scripts/tables_doc.sh\n", table > "/dev/stderr"
                exit 1
            }
            printf "## %s\n\n%s\n\n| column | form | meaning |\n|---|---|---|\n", table, about[table]
        }
        {
            gsub(/\|/, "\\|")
            printf "| `%s` | %s | %s |\n", $2, $3, $4
        }
    ' <(about) "$1"
}

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
columns >"$folder/columns.tsv"
render "$folder/columns.tsv" >"$folder/tables.md"
if [[ ${1:-} == --check ]]; then
    if ! diff -u docs/tables.md "$folder/tables.md"; then
        printf 'docs/tables.md is out of date\nhint: scripts/tables_doc.sh\n' >&2
        exit 1
    fi
else
    cp "$folder/tables.md" docs/tables.md
fi
