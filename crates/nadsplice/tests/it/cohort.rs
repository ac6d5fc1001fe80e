//! Hand-made genes with one event each, and cohorts of them with known PSI.

use nadsplice_core::{Annotation, Event, EventKind, Gene, GeneId, Interval, Strand, Transcript};
use nadsplice_events::{Catalogue, EventKeys};
use nadsplice_simulate::{CohortSpec, GeneSpec, Library, Noise, PlannedEvent, SampleSpec};

/// Bases between two exons.
const INTRON: u32 = 700;
/// Bases between two genes.
const SPACE: u32 = 5_000;

/// A gene's two transcripts, by exons in transcript order: 0-based, from the gene's first base.
struct Pair {
    inclusion: Vec<(u32, u32)>,
    skipping: Vec<(u32, u32)>,
}

/// Lays out exons one behind the other and says where each came to lie.
#[derive(Default)]
struct Layout {
    at: u32,
}

impl Layout {
    fn exon(&mut self, length: u32) -> (u32, u32) {
        let exon = (self.at, self.at + length);
        self.at += length + INTRON;
        exon
    }
}

/// The transcripts of a gene with an event of this kind. `part` is the length of what is alternative (an exon, a
/// part of an exon, an intron); where two exons are alternative, the other one has `other` bases.
fn pair(kind: EventKind, part: u32, other: u32) -> Pair {
    let mut layout = Layout::default();
    let terminal = |layout: &mut Layout| [layout.exon(320), layout.exon(150)];
    let both = |inclusion: &[&[(u32, u32)]], skipping: &[&[(u32, u32)]]| Pair {
        inclusion: inclusion.concat(),
        skipping: skipping.concat(),
    };
    match kind {
        EventKind::Se => {
            let left = terminal(&mut layout);
            let exon = layout.exon(part);
            let right = [layout.exon(140), layout.exon(600)];
            both(&[&left, &[exon], &right], &[&left, &right])
        }
        EventKind::Mse => {
            let left = terminal(&mut layout);
            let exons = [layout.exon(part), layout.exon(other)];
            let right = [layout.exon(140), layout.exon(600)];
            both(&[&left, &exons, &right], &[&left, &right])
        }
        EventKind::Mxe => {
            let left = terminal(&mut layout);
            let (one, two) = (layout.exon(part), layout.exon(other));
            let right = [layout.exon(140), layout.exon(600)];
            both(&[&left, &[one], &right], &[&left, &[two], &right])
        }
        EventKind::A5ss => {
            let [first, (start, end)] = terminal(&mut layout);
            layout.at += part;
            let right = [layout.exon(140), layout.exon(600)];
            both(&[&[first, (start, end + part)], &right], &[&[first, (start, end)], &right])
        }
        EventKind::A3ss => {
            let left = terminal(&mut layout);
            layout.at += part;
            let (start, end) = layout.exon(140);
            let last = layout.exon(600);
            both(&[&left, &[(start - part, end), last]], &[&left, &[(start, end), last]])
        }
        EventKind::Ri => {
            let first = layout.exon(320);
            let left = (layout.at, layout.at + 150);
            let right = (left.1 + part, left.1 + part + 140);
            layout.at = right.1 + INTRON;
            let last = layout.exon(600);
            both(&[&[first, (left.0, right.1), last]], &[&[first, left, right, last]])
        }
        EventKind::Afe => {
            let (distal, proximal) = (layout.exon(part), layout.exon(other));
            let right = [layout.exon(150), layout.exon(140), layout.exon(600)];
            both(&[&[distal], &right], &[&[proximal], &right])
        }
        EventKind::Ale => {
            let left = [layout.exon(320), layout.exon(150), layout.exon(140)];
            let (proximal, distal) = (layout.exon(part), layout.exon(other));
            both(&[&left, &[distal]], &[&left, &[proximal]])
        }
    }
}

/// Bases of the one exon of the gene without an event.
const LONG_EXON: u32 = 4_000;

/// Genes of one contig, each with one event, and one more of a single long exon, as last exons often are: fragment
/// lengths are measured there.
pub(crate) struct Genes {
    pub(crate) annotation: Annotation,
    pub(crate) events: Vec<Event>,
}

impl Genes {
    /// One gene for each kind and lengths, named `<kind>_<number>` unless a name is given, on alternating strands.
    pub(crate) fn new(events: &[(EventKind, u32, u32)], names: &[&str]) -> Self {
        let mut annotation = Annotation::default();
        let contig = annotation.contigs.intern("chr1");
        let mut at = SPACE;
        for (number, &(kind, part, other)) in events.iter().enumerate() {
            let pair = pair(kind, part, other);
            let strand = if number % 2 == 0 { Strand::Forward } else { Strand::Reverse };
            let length = pair.inclusion.iter().chain(&pair.skipping).map(|e| e.1).max().unwrap();
            let place = |exons: &[(u32, u32)]| -> Vec<Interval> {
                let mut placed: Vec<Interval> = exons
                    .iter()
                    .map(|&(start, end)| match strand {
                        Strand::Forward => Interval::new(at + start, at + end).unwrap(),
                        Strand::Reverse => Interval::new(at + length - end, at + length - start).unwrap(),
                    })
                    .collect();
                placed.sort_unstable();
                placed
            };
            let id = names.get(number).map_or_else(|| format!("{kind}_{number}"), |&name| name.to_owned());
            let transcript = |form: &str, exons: &[(u32, u32)]| Transcript {
                id: format!("{id}.{form}"),
                exons: place(exons),
                cds: Vec::new(),
            };
            let transcripts =
                vec![transcript("inclusion", &pair.inclusion), transcript("skipping", &pair.skipping)];
            let name = Some(id.clone());
            annotation.genes.push(Gene { id, name, contig, strand: Some(strand), transcripts });
            at += length + SPACE;
        }
        annotation.genes.push(Gene {
            id: "LONG".to_owned(),
            name: None,
            contig,
            strand: Some(Strand::Forward),
            transcripts: vec![Transcript {
                id: "LONG.1".to_owned(),
                exons: vec![Interval::new(at, at + LONG_EXON).unwrap()],
                cds: Vec::new(),
            }],
        });
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand).events;
        let events = (0..)
            .map(GeneId)
            .zip(events)
            .map(|(gene, &(kind, ..))| {
                let of_gene: Vec<&Event> = catalogue.iter().filter(|e| e.genes == [gene]).collect();
                assert!(matches!(of_gene[..], [event] if event.kind == kind), "{kind}: {of_gene:?}");
                of_gene[0].clone()
            })
            .collect();
        Self { annotation, events }
    }

    /// The id of a gene's event.
    pub(crate) fn event_id(&self, gene: usize) -> String {
        self.events[gene].id("chr1")
    }

    /// Every gene with so many fragments in relation to the others and these PSI in the groups; a fiftieth of all
    /// fragments for the gene without an event.
    pub(crate) fn specs(&self, plan: impl Fn(usize, &Event) -> (f64, Vec<f64>)) -> Vec<GeneSpec> {
        let spec = |(gene, event): (u32, &Event)| {
            let (expression, psi) = plan(gene as usize, event);
            let event = Some(PlannedEvent { event: event.clone(), psi });
            GeneSpec { gene: GeneId(gene), expression, event }
        };
        let mut genes: Vec<GeneSpec> = (0u32..).zip(&self.events).map(spec).collect();
        let expression = genes.iter().map(|g| g.expression).sum::<f64>() / 50.0;
        let gene = GeneId(u32::try_from(genes.len()).unwrap());
        genes.push(GeneSpec { gene, expression, event: None });
        genes
    }
}

/// A cohort without biological noise: `samples` are names with their groups.
pub(crate) fn cohort(
    seed: u64,
    library: Library,
    groups: &[&str],
    samples: &[(String, usize)],
    fragments: u64,
    genes: Vec<GeneSpec>,
) -> CohortSpec {
    let sample = |(name, group): &(String, usize)| SampleSpec {
        name: name.clone(),
        group: *group,
        depth: 1.0,
        strandedness: None,
    };
    CohortSpec {
        seed,
        groups: groups.iter().map(|&g| g.to_owned()).collect(),
        samples: samples.iter().map(sample).collect(),
        library,
        fragments,
        genes,
        noise: Noise::NONE,
        ..CohortSpec::default()
    }
}
