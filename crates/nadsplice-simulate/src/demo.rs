//! The demonstration cohort: six young and six old samples over the real exons of the NAD+ panel, of AMPK and mTOR
//! genes and of 430 unrelated genes, on GRCh38.
//!
//! What is in it, by [`Role`]:
//!
//! * Events of some panel genes change by 0.35 to 0.4 in PSI, SIRT1 and NADK among them; those of the others do not.
//! * In [`PLANTED_SET`], half of the genes with an event change; in [`UNPLANTED_SET`], none. Of the
//!   unrelated genes, 16 change, as a background.
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
/// A gene set, by its id among the embedded ones, in which nothing changes.
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
    /// Expected fragments in each sample.
    pub fragments: u64,
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
        let [gene_name, list, role, fragments, psi_young, psi_old, kind, inclusion, skipping] = row;
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
        let fragments = fragments.parse().map_err(|e| bad(format!("`{fragments}`: {e}")))?;
        plan.push(DemoGene { gene_name: gene_name.to_owned(), list, role, fragments, event });
    }
    Ok(plan)
}

/// The cohort: `young_1` to `young_6` and `old_1` to `old_6`, 2x100 reads of fragments of 250 +- 50 bases, about
/// 107,000 fragments a sample.
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
    let fragments = plan.iter().map(|gene| gene.fragments).sum();
    let gene_spec = |(demo, gene): (DemoGene, u32)| GeneSpec {
        gene: nadsplice_core::GeneId(gene),
        expression: demo.fragments as f64,
        event: demo.event.map(|e| PlannedEvent { event: e.event, psi: vec![e.psi_young, e.psi_old] }),
    };
    Ok(CohortSpec {
        seed: 20,
        groups,
        samples,
        library: Library::default(),
        fragments,
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

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use nadsplice_events::{Catalogue, EventKeys};

    use super::*;
    use crate::{Cohort, isoform_pair};

    fn count(plan: &[DemoGene], list: GeneList, role: Role) -> usize {
        plan.iter().filter(|g| (g.list, g.role) == (list, role)).count()
    }

    #[test]
    fn the_genes_are_those_of_the_plan() {
        let plan = truth().unwrap();
        let annotation = annotation().unwrap();
        assert_eq!(plan.len(), annotation.genes.len());
        assert_eq!(plan.iter().filter(|g| g.list == GeneList::Panel).count(), 121);
        assert!(plan.iter().filter(|g| g.list == GeneList::Unrelated).count() >= 400);
        assert!(plan.iter().filter(|g| matches!(g.list, GeneList::Ampk | GeneList::Mtor)).count() >= 100);
        assert_eq!(count(&plan, GeneList::Panel, Role::LowCoverage), 1);
        let changed: HashSet<&str> =
            plan.iter().filter(|g| g.role == Role::PanelChanged).map(|g| g.gene_name.as_str()).collect();
        assert_eq!(changed, HashSet::from(["SIRT1", "NADK", "PARP2", "NQO1", "NMRK1", "NT5E"]));
        let set_changed = plan.iter().filter(|g| g.role == Role::SetChanged);
        assert!(set_changed.clone().count() >= 20);
        assert!(set_changed.clone().all(|g| g.list == GeneList::Ampk), "none is an mTOR or panel gene");
        assert_eq!(count(&plan, GeneList::Unrelated, Role::BackgroundChanged), 16);
    }

    #[test]
    fn roles_agree_with_the_psi() {
        for gene in truth().unwrap() {
            let Some(event) = &gene.event else {
                assert_eq!(gene.role, Role::NoEvent, "{}", gene.gene_name);
                continue;
            };
            let delta = event.delta_psi().abs();
            match gene.role {
                Role::PanelChanged | Role::SetChanged | Role::BackgroundChanged => {
                    assert!((0.3..=0.5).contains(&delta), "{}", gene.gene_name);
                }
                Role::Unchanged | Role::LowCoverage => assert!(delta < 1e-9, "{}", gene.gene_name),
                Role::NoEvent => panic!("{} has an event", gene.gene_name),
            }
            assert!([event.psi_young, event.psi_old].iter().all(|psi| (0.05..=0.95).contains(psi)));
        }
    }

    #[test]
    fn every_target_event_is_in_the_catalogue_and_has_its_isoforms() {
        let annotation = annotation().unwrap();
        let catalogue: HashMap<String, Vec<nadsplice_core::GeneId>> =
            Catalogue::from_annotation(&annotation, EventKeys::WithStrand)
                .events
                .into_iter()
                .map(|e| (e.id(annotation.contigs.name(e.contig)), e.genes))
                .collect();
        let mut kinds = HashMap::new();
        for event in truth().unwrap().into_iter().filter_map(|g| g.event) {
            assert_eq!(catalogue.get(&event.event_id), Some(&event.event.genes), "{}", event.event_id);
            assert!(isoform_pair(&event.event, &annotation).is_some(), "{}", event.event_id);
            *kinds.entry(event.event.kind).or_insert(0) += 1;
        }
        assert!(EventKind::ALL.iter().all(|kind| kinds[kind] >= 10), "{kinds:?}");
    }

    #[test]
    fn the_cohort_is_six_against_six_with_one_swapped_library() {
        let spec = cohort().unwrap();
        let swapped: Vec<&str> =
            spec.samples.iter().filter(|s| s.strandedness.is_some()).map(|s| s.name.as_str()).collect();
        assert_eq!(swapped, [SWAPPED_SAMPLE]);
        assert_eq!([0, 1].map(|g| spec.samples.iter().filter(|s| s.group == g).count()), [6, 6]);
        let drawn = Cohort::new(&annotation().unwrap(), &spec).unwrap();
        assert_eq!(drawn.contigs().len(), 25);
        let low = truth().unwrap().into_iter().find(|g| g.gene_name == LOW_GENE).unwrap();
        assert_eq!(low.role, Role::LowCoverage);
        assert!(low.fragments <= 10);
    }

    #[test]
    fn transcripts_are_in_order_and_within_their_contigs() {
        let annotation = annotation().unwrap();
        let lengths: HashMap<&str, u32> = GRCH38.into_iter().collect();
        let mut ids = HashSet::new();
        for gene in &annotation.genes {
            assert!((1..=4).contains(&gene.transcripts.len()), "{}", gene.id);
            assert!(gene.span().unwrap().end() <= lengths[annotation.contigs.name(gene.contig)]);
            for transcript in &gene.transcripts {
                assert!(ids.insert(&transcript.id), "{} is there twice", transcript.id);
                assert!(transcript.exons.windows(2).all(|pair| pair[0].end() <= pair[1].start()));
            }
        }
    }

    #[test]
    fn the_gtf_has_every_exon() {
        let text = gtf_text(&annotation().unwrap());
        let exons = text.lines().filter(|line| line.split('\t').nth(2) == Some("exon")).count();
        let expected: usize =
            annotation().unwrap().genes.iter().flat_map(|g| &g.transcripts).map(|t| t.exons.len()).sum();
        assert_eq!(exons, expected);
        let sirt1 = text.lines().find(|line| line.contains("gene_name \"SIRT1\"")).unwrap();
        assert!(sirt1.starts_with("chr10\tnadsplice\ttranscript\t67884"), "{sirt1}");
    }
}
