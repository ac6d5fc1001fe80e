//! The demonstration cohort: six young and six old samples over the real exons of the NAD+ panel, of AMPK and mTOR
//! genes and of 430 unrelated genes, on GRCh38.
//!
//! What is in it, by [`Role`]:
//!
//! * Events of some panel genes change by 0.35 to 0.4 in PSI, SIRT1 and NADK among them; those of the others do not.
//! * In [`PLANTED_SET`], half of the genes with an event change; in [`UNPLANTED_SET`], none outside of the first.
//!   Of the unrelated genes, 16 change, as a background.
//! * CD38 has a handful of reads.
//! * One sample, [`SWAPPED_SAMPLE`], is of a forward-stranded library, all others of reverse-stranded ones.
//!
//! The genes stand in `data/demo_genes.tsv`, the plan in `data/demo_plan.tsv`; `data/README.md` names the sources.

use std::path::Path;

use nadsplice_align::HeaderContig;
use nadsplice_core::{
    Annotation, Event, EventKind, Form, Gene, Interval, LibraryStrandedness, Strand, Transcript,
};

use crate::{
    CohortSpec, GeneSpec, Library, PlannedEvent, SampleSpec, SimulateError, gtf_text, output::write_text,
};

const GENES: &str = include_str!("../data/demo_genes.tsv");
const PLAN: &str = include_str!("../data/demo_plan.tsv");

/// Group 0 of the cohort, the control.
pub const CONTROL: &str = "young";
/// Group 1 of the cohort, the case.
pub const CASE: &str = "old";
/// The gene set, by its id among the embedded ones, in which half of the genes with an event change.
pub const PLANTED_SET: &str = "WP_AMP_ACTIVATED_PROTEIN_KINASE_SIGNALING__WP1403";
/// A gene set of which nothing changes but what it shares with the panel.
pub const UNPLANTED_SET: &str = "REACTOME_MTOR_SIGNALLING__R_HSA_165159";
/// The sample whose library has the other strandedness.
pub const SWAPPED_SAMPLE: &str = "young_4";
/// The gene with a handful of reads.
pub const LOW_GENE: &str = "CD38";

/// The assembled chromosomes of GRCh38 with their lengths.
const GRCH38: [(&str, u32); 25] = [
    ("chr1", 248_956_422),
    ("chr2", 242_193_529),
    ("chr3", 198_295_559),
    ("chr4", 190_214_555),
    ("chr5", 181_538_259),
    ("chr6", 170_805_979),
    ("chr7", 159_345_973),
    ("chr8", 145_138_636),
    ("chr9", 138_394_717),
    ("chr10", 133_797_422),
    ("chr11", 135_086_622),
    ("chr12", 133_275_309),
    ("chr13", 114_364_328),
    ("chr14", 107_043_718),
    ("chr15", 101_991_189),
    ("chr16", 90_338_345),
    ("chr17", 83_257_441),
    ("chr18", 80_373_285),
    ("chr19", 58_617_616),
    ("chr20", 64_444_167),
    ("chr21", 46_709_983),
    ("chr22", 50_818_468),
    ("chrX", 156_040_895),
    ("chrY", 57_227_415),
    ("chrM", 16_569),
];

/// The list that brought a gene into the cohort; a gene of several lists counts in the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GeneList {
    /// The NAD+ panel.
    Panel,
    /// AMPK gene sets.
    Ampk,
    /// mTOR gene sets.
    Mtor,
    /// Genes with splicing events known from muscle.
    Extra,
    /// No gene set on ageing muscle, the panel or the pathways holds it.
    Unrelated,
}

/// What happens to a gene between young and old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A panel gene whose event changes.
    PanelChanged,
    /// A gene of [`PLANTED_SET`], not of the panel, whose event changes.
    SetChanged,
    /// A gene of neither whose event changes.
    BackgroundChanged,
    /// Its event has the same mean PSI in both groups.
    Unchanged,
    /// It has no target event: its transcripts have constant proportions.
    NoEvent,
    /// Too few reads to tell.
    LowCoverage,
}

/// A gene of the demonstration cohort and what is planned for it.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoGene {
    /// Its symbol, also its `gene_id`.
    pub gene_name: String,
    /// Why it is there.
    pub list: GeneList,
    /// What happens to it.
    pub role: Role,
    /// Expected fragments, relative to the other genes.
    pub expression: f64,
    /// Its target event.
    pub event: Option<DemoEvent>,
}

/// The target event of a gene.
///
/// In a gene with a target event only the two isoforms that differ by it are expressed, so any other event that
/// the annotation has there either changes along with it, by sharing its junctions, or has a PSI of 0 or 1.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoEvent {
    /// The event, with the gene's position in [`annotation`].
    pub event: Event,
    /// Its id.
    pub event_id: String,
    /// Mean PSI of young samples.
    pub psi_young: f64,
    /// Mean PSI of old samples.
    pub psi_old: f64,
}

impl DemoEvent {
    /// PSI of old minus PSI of young samples.
    pub fn delta_psi(&self) -> f64 {
        self.psi_old - self.psi_young
    }
}

/// The annotation: gene ids are symbols, contigs those of GRCh38 in their order.
///
/// # Errors
/// When the embedded table is damaged.
pub fn annotation() -> Result<Annotation, SimulateError> {
    let mut annotation = Annotation::default();
    for (name, _) in GRCH38 {
        annotation.contigs.intern(name);
    }
    for (line, [gene_name, transcript_id, chrom, strand, exons]) in rows("demo_genes.tsv", GENES)? {
        let bad = |reason: String| SimulateError::Embedded { table: "demo_genes.tsv", line, reason };
        let contig =
            annotation.contigs.get(chrom).ok_or_else(|| bad(format!("contig `{chrom}` is not of GRCh38")))?;
        let strand = match strand {
            "+" => Strand::Forward,
            "-" => Strand::Reverse,
            other => return Err(bad(format!("strand `{other}` (expected + or -)"))),
        };
        let transcript = Transcript {
            id: transcript_id.to_owned(),
            exons: intervals(exons).map_err(bad)?,
            cds: Vec::new(),
        };
        match annotation.genes.last_mut().filter(|gene| gene.id == gene_name) {
            Some(gene) => gene.transcripts.push(transcript),
            None => annotation.genes.push(Gene {
                id: gene_name.to_owned(),
                name: Some(gene_name.to_owned()),
                contig,
                strand: Some(strand),
                transcripts: vec![transcript],
            }),
        }
    }
    Ok(annotation)
}

/// The plan: every gene with its target event, in the order of [`annotation`].
///
/// # Errors
/// When an embedded table is damaged.
pub fn truth() -> Result<Vec<DemoGene>, SimulateError> {
    let annotation = annotation()?;
    let mut genes = annotation.genes();
    let mut plan = Vec::new();
    for (line, row) in rows("demo_plan.tsv", PLAN)? {
        let [gene_name, list, role, expression, psi_young, psi_old, kind, inclusion, skipping] = row;
        let bad = |reason: String| SimulateError::Embedded { table: "demo_plan.tsv", line, reason };
        let number = |text: &str| text.parse::<f64>().map_err(|e| bad(format!("`{text}`: {e}")));
        let (id, gene) = genes
            .next()
            .filter(|(_, gene)| gene.id == gene_name)
            .ok_or_else(|| bad(format!("gene `{gene_name}` is not at the same place of demo_genes.tsv")))?;
        let list = match list {
            "panel" => GeneList::Panel,
            "ampk" => GeneList::Ampk,
            "mtor" => GeneList::Mtor,
            "extra" => GeneList::Extra,
            "unrelated" => GeneList::Unrelated,
            other => return Err(bad(format!("unknown list `{other}`"))),
        };
        let role = match role {
            "panel_changed" => Role::PanelChanged,
            "set_changed" => Role::SetChanged,
            "background_changed" => Role::BackgroundChanged,
            "unchanged" => Role::Unchanged,
            "no_event" => Role::NoEvent,
            "low_coverage" => Role::LowCoverage,
            other => return Err(bad(format!("unknown role `{other}`"))),
        };
        let event = if kind == "NA" {
            None
        } else {
            let event = Event {
                kind: kind.parse::<EventKind>().map_err(|e| bad(e.to_string()))?,
                contig: gene.contig,
                strand: gene.strand,
                genes: vec![id],
                inclusion: Form { exons: intervals(inclusion).map_err(bad)? },
                skipping: Form { exons: intervals(skipping).map_err(bad)? },
            };
            Some(DemoEvent {
                event_id: event.id(annotation.contigs.name(gene.contig)),
                event,
                psi_young: number(psi_young)?,
                psi_old: number(psi_old)?,
            })
        };
        let expression = number(expression)?;
        plan.push(DemoGene { gene_name: gene_name.to_owned(), list, role, expression, event });
    }
    Ok(plan)
}

/// The cohort: `young_1` to `young_6` and `old_1` to `old_6`, 2x100 reads of fragments of 250 +- 50 bases, about
/// 150,000 fragments a sample.
///
/// # Errors
/// When an embedded table is damaged.
pub fn cohort() -> Result<CohortSpec, SimulateError> {
    let groups = vec![CONTROL.to_owned(), CASE.to_owned()];
    let mut samples = SampleSpec::balanced(&groups, 6);
    for sample in samples.iter_mut().filter(|s| s.name == SWAPPED_SAMPLE) {
        sample.strandedness = Some(LibraryStrandedness::Forward);
    }
    let plan = truth()?;
    // The plan's numbers are fragments, so that the genes with few reads have the reads meant for them.
    let fragments: f64 = plan.iter().map(|gene| gene.expression).sum();
    let gene_spec = |(demo, gene): (DemoGene, u32)| GeneSpec {
        gene: nadsplice_core::GeneId(gene),
        expression: demo.expression,
        event: demo.event.map(|e| PlannedEvent { event: e.event, psi: vec![e.psi_young, e.psi_old] }),
    };
    Ok(CohortSpec {
        seed: 20,
        groups,
        samples,
        library: Library::default(),
        fragments: fragments as u64,
        genes: plan.into_iter().zip(0..).map(gene_spec).collect(),
        contigs: Some(contigs()),
        ..CohortSpec::default()
    })
}

/// The contigs of GRCh38 as the header of the cohort's files has them.
pub fn contigs() -> Vec<HeaderContig> {
    GRCH38.iter().map(|&(name, length)| HeaderContig { name: name.to_owned(), length }).collect()
}

/// Writes [`annotation`] as GTF.
///
/// # Errors
/// When the file cannot be written.
pub fn write_gtf(path: &Path) -> Result<(), SimulateError> {
    write_text(path, &gtf_text(&annotation()?))
}

type Row<const N: usize> = (usize, [&'static str; N]);

/// Rows behind the header with their line numbers, each of `N` fields.
fn rows<const N: usize>(table: &'static str, text: &'static str) -> Result<Vec<Row<N>>, SimulateError> {
    let row = |(i, line): (usize, &'static str)| {
        let fields: Vec<&str> = line.split('\t').collect();
        let found = fields.len();
        let fields = fields.try_into().map_err(|_| SimulateError::Embedded {
            table,
            line: i + 1,
            reason: format!("{found} fields (expected {N})"),
        })?;
        Ok((i + 1, fields))
    };
    text.lines().enumerate().skip(1).map(row).collect()
}

/// `start-end,start-end`, 0-based.
fn intervals(text: &str) -> Result<Vec<Interval>, String> {
    let interval = |part: &str| {
        let (start, end) = part.split_once('-')?;
        Interval::new(start.parse().ok()?, end.parse().ok()?)
    };
    text.split(',').map(|part| interval(part).ok_or_else(|| format!("`{part}` is no interval"))).collect()
}
