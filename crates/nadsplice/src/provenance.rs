//! What a run was made from, and what to cite.

use std::{io::Write, path::Path};

use nadsplice_align::identify_table;
use nadsplice_core::SampleCounts;
use nadsplice_diff::{Comparison, Plan, Step};
use nadsplice_panel::attributions;
use nadsplice_table::OutputFile;
use serde_json::{Value, json};

use crate::differential::TestSettings;

/// An input alignment file with its content's identity.
pub(crate) fn input(path: &Path, counts: &SampleCounts) -> Value {
    json!({
        "sample": counts.sample,
        "file": path.display().to_string(),
        "size": counts.input.size,
        "header_blake3": hex(&counts.input.header),
        "pieces_blake3": hex(&counts.input.pieces),
    })
}

/// A sample's junction table with its content's identity.
pub(crate) fn junctions(sample: &str, path: &Path) -> anyhow::Result<Value> {
    let identity = identify_table(path)?;
    Ok(json!({
        "sample": sample,
        "junctions": path.display().to_string(),
        "size": identity.size,
        "pieces_blake3": hex(&identity.pieces),
    }))
}

/// Names of the files that say how results were made.
pub(crate) const RUN_INFO: &str = "run_info.json";
pub(crate) const DIFF_INFO: &str = "diff_info.json";
/// The program's name in them.
pub(crate) const PROGRAM: &str = "nadsplice";

/// What was compared, and how.
pub(crate) fn tests(plan: &Plan, settings: TestSettings) -> Value {
    let model = |c: &Comparison| json!({ "contrast": c.label(), "model": c.terms() });
    json!({
        "contrasts": plan.steps().iter().flat_map(Step::comparisons).map(model).collect::<Vec<_>>(),
        "surrogate": settings.surrogate.map(|number| number.to_string()),
        "test": { "event": settings.engine.as_str(), "gene": settings.gene_test.as_str() },
    })
}

/// Writes `diff_info.json`: version, and what was compared how.
pub(crate) fn write_diff_info(outdir: &Path, tests: &Value) -> anyhow::Result<()> {
    let info = json!({
        "name": PROGRAM,
        "version": env!("CARGO_PKG_VERSION"),
        "parameters": tests,
    });
    write_json(&outdir.join(DIFF_INFO), &info)
}

fn write_json(path: &Path, value: &Value) -> anyhow::Result<()> {
    let mut file = OutputFile::create(path)?;
    serde_json::to_writer_pretty(&mut file, value)?;
    writeln!(file)?;
    Ok(file.finish()?)
}

/// Writes `run_info.json`: version, command line, inputs with size and hash, parameters. No clock time, so that equal
/// runs have equal files.
pub(crate) fn write_run_info(
    outdir: &Path,
    annotation: (&Path, &[u8; 32]),
    inputs: &[Value],
    parameters: &Value,
) -> anyhow::Result<()> {
    let info = json!({
        "name": PROGRAM,
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": std::env::args().collect::<Vec<_>>(),
        "annotation": {
            "file": annotation.0.display().to_string(),
            "content_blake3": hex(annotation.1),
        },
        "inputs": inputs,
        "parameters": parameters,
    });
    write_json(&outdir.join(RUN_INFO), &info)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 0xf]).filter_map(|d| char::from_digit(u32::from(d), 16)).collect()
}

/// Writes `CITATIONS.md`: methods that the results rest on, and sources of the embedded data.
pub(crate) fn write_citations(outdir: &Path, rmats: bool) -> anyhow::Result<()> {
    let mut file = OutputFile::create(&outdir.join("CITATIONS.md"))?;
    writeln!(file, "# What to cite\n")?;
    writeln!(file, "These results were made with nadsplice {}.\n", env!("CARGO_PKG_VERSION"))?;
    writeln!(file, "## Methods\n")?;
    for method in METHODS {
        writeln!(file, "- {method}")?;
    }
    if rmats {
        writeln!(
            file,
            "- Counts, lengths and event catalogue follow rMATS-turbo 4.3.0: Wang Y et al. rMATS-turbo: an efficient \
             and flexible computational tool for alternative splicing analysis of large-scale RNA-seq data. Nat \
             Protoc 2024. doi:10.1038/s41596-023-00944-2"
        )?;
    }
    writeln!(file, "\n## Data\n")?;
    for attribution in attributions() {
        writeln!(
            file,
            "- {} ({}), {}, licence {}: {} doi:{}",
            attribution.name,
            attribution.release,
            attribution.used_for,
            attribution.licence,
            attribution.citation,
            attribution.doi
        )?;
    }
    Ok(file.finish()?)
}

const METHODS: [&str; 11] = [
    "Adjusted profile likelihood of the dispersion: Cox DR, Reid N. Parameter orthogonality and approximate \
     conditional inference. J R Stat Soc B 1987. doi:10.1111/j.2517-6161.1987.tb01422.x",
    "False discovery rate: Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B 1995. \
     doi:10.1111/j.2517-6161.1995.tb02031.x",
    "Gene-level p-values: Simes RJ. An improved Bonferroni procedure for multiple tests of significance. Biometrika \
     1986. doi:10.1093/biomet/73.3.751",
    "Genes first, then their events: Van den Berge K et al. stageR. Genome Biol 2017. \
     doi:10.1186/s13059-017-1277-0",
    "Gene sets allowing for bias: Young MD et al. Gene ontology analysis for RNA-seq: accounting for selection bias. \
     Genome Biol 2010. doi:10.1186/gb-2010-11-2-r14",
    "Rank-based gene sets: Subramanian A et al. Gene set enrichment analysis. PNAS 2005. \
     doi:10.1073/pnas.0506580102; Korotkevich G et al. Fast gene set enrichment analysis. bioRxiv 2021. \
     doi:10.1101/060012",
    "Expression: Robinson MD, Oshlack A. A scaling normalization method for differential expression analysis of \
     RNA-seq data. Genome Biol 2010. doi:10.1186/gb-2010-11-3-r25; Law CW et al. voom: precision weights unlock linear \
     model analysis tools for RNA-seq read counts. Genome Biol 2014. doi:10.1186/gb-2014-15-2-r29",
    "Junction clusters: Li YI et al. Annotation-free quantification of RNA splicing using LeafCutter. Nat Genet 2018. \
     doi:10.1038/s41588-017-0004-9",
    "Surrogate variables (`--surrogate`): Leek JT, Storey JD. Capturing heterogeneity in gene expression studies by \
     surrogate variable analysis. PLoS Genet 2007. doi:10.1371/journal.pgen.0030161",
    "Intervals of differences: Newcombe RG. Interval estimation for the difference between independent proportions. \
     Stat Med 1998. doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
    "Reading of alignments: Bonfield JK et al. HTSlib: C library for reading/writing high-throughput sequencing data. \
     GigaScience 2021. doi:10.1093/gigascience/giab007",
];
