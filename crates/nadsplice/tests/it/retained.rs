//! Retained introns, and what looks like one.

use std::fs;

use nadsplice_core::{
    Annotation, Event, EventKind, Gene, GeneId, Interval, LibraryStrandedness, Strand, Transcript,
};
use nadsplice_events::{Catalogue, EventKeys};
use nadsplice_simulate::{Cohort, GeneSpec, Library, PlannedEvent, gtf_text};

use crate::{
    cohort::{Genes, cohort},
    data::write_sheet,
    program::{Called, run},
    scratch::scratch,
    tsv::Tsv,
};

const GROUPS: [&str; 2] = ["young", "old"];
const FRAGMENTS: u64 = 120_000;
const INTRON: u32 = 300;
/// Genes: retained, hidden by an exon of the other strand, half hidden, next to an annotated and to an un-annotated
/// acceptor, and silent neighbours that make the tests' prior.
const RETAINED: usize = 0;
const HIDDEN: usize = 1;
const HALF_HIDDEN: usize = 2;
const ACCEPTOR: usize = 3;
const NOVEL_ACCEPTOR: usize = 4;
const OTHERS: std::ops::Range<usize> = 5..15;

/// A gene of the other strand whose middle exon is skipped or not.
fn antisense(gene: &Gene, number: usize, exon: Interval) -> Gene {
    let (start, end) =
        (gene.transcripts[0].exons[0].start(), gene.transcripts[0].exons.last().unwrap().end());
    let first = Interval::new(start - 2_000, start - 1_700).unwrap();
    let last = Interval::new(end + 1_700, end + 2_000).unwrap();
    let transcript = |form: &str, exons: Vec<Interval>| Transcript {
        id: format!("ANTI_{number}.{form}"),
        exons,
        cds: Vec::new(),
    };
    let strand = if gene.strand == Some(Strand::Forward) { Strand::Reverse } else { Strand::Forward };
    Gene {
        id: format!("ANTI_{number}"),
        name: None,
        contig: gene.contig,
        strand: Some(strand),
        transcripts: vec![
            transcript("inclusion", vec![first, exon, last]),
            transcript("skipping", vec![first, last]),
        ],
    }
}

/// A cohort in which one intron is retained more in old samples, and of the others' neighbourhood something else is
/// used more. Gives `events.tsv` and `differential.tsv` of a run, and the ids of the genes' retained introns.
fn results(name: &str, strandedness: LibraryStrandedness, options: &[&str]) -> ([Tsv; 2], Vec<String>) {
    let folder = scratch(name);
    let mut kinds = vec![(EventKind::Ri, INTRON, 0); OTHERS.end];
    // Forms that differ by 60 bases at the acceptor.
    kinds[ACCEPTOR] = (EventKind::A3ss, 60, 0);
    kinds[NOVEL_ACCEPTOR] = (EventKind::A3ss, 60, 0);
    let genes = Genes::new(&kinds, &[]);
    let mut simulated: Annotation = genes.annotation.clone();
    // The intron of the skipping form.
    let intron = |event: &Event| event.skipping.introns().next().unwrap();
    for (number, event) in [(HIDDEN, &genes.events[HIDDEN]), (HALF_HIDDEN, &genes.events[HALF_HIDDEN])] {
        let found = intron(event);
        let middle = found.start() + found.len() / 2;
        let to = if number == HIDDEN { found.end() + 60 } else { middle };
        let exon = Interval::new(found.start() - 60, to).unwrap();
        simulated.genes.push(antisense(&genes.annotation.genes[number], number, exon));
    }
    let mut annotated = simulated.clone();
    let ids: Vec<String> = genes
        .events
        .iter()
        .enumerate()
        .map(|(number, event)| {
            let intron = intron(event);
            if event.kind == EventKind::A3ss {
                // A transcript keeps the intron, and no read is of it.
                let gene = &mut annotated.genes[number];
                let mut kept = gene.transcripts[1].clone();
                let at = kept.exons.iter().position(|e| e.end() == intron.start()).unwrap();
                let joined = Interval::new(kept.exons[at].start(), kept.exons[at + 1].end()).unwrap();
                kept.exons.splice(at..=at + 1, [joined]);
                kept.id = format!("{}.retained", gene.id);
                gene.transcripts.push(kept);
                if number == NOVEL_ACCEPTOR {
                    gene.transcripts.remove(0);
                }
            }
            let strand = Strand::symbol_of(event.strand);
            format!("RI:chr1:{}-{}:{strand}", intron.start(), intron.end() + 1)
        })
        .collect();
    let gtf = folder.join("genes.gtf");
    fs::write(&gtf, gtf_text(&annotated)).unwrap();

    let mut specs = genes.specs(|gene, _| {
        let psi = match gene {
            RETAINED => vec![0.1, 0.5],
            HIDDEN | HALF_HIDDEN => vec![0.0, 0.0],
            ACCEPTOR | NOVEL_ACCEPTOR => vec![0.1, 0.8],
            _ => vec![0.3, 0.3],
        };
        (1.0, psi)
    });
    let catalogue = Catalogue::from_annotation(&simulated, EventKeys::WithStrand);
    for gene in (0u32..).map(GeneId).skip(specs.len()).take(2) {
        let event = catalogue.events.iter().find(|e| e.genes == [gene]).unwrap().clone();
        let event = Some(PlannedEvent { event, psi: vec![0.1, 0.8] });
        specs.push(GeneSpec { gene, expression: 1.0, event });
    }
    let samples: Vec<(String, usize)> = (0..6).map(|k| (format!("{}_{k}", GROUPS[k % 2]), k % 2)).collect();
    let library = Library { strandedness, ..Library::default() };
    let spec = cohort(11, library, &GROUPS, &samples, FRAGMENTS, specs);
    Cohort::new(&simulated, &spec).unwrap().write(&folder, 2).unwrap();
    let sheet = folder.join("sheet.tsv");
    let entries: Vec<_> = samples
        .iter()
        .map(|(name, group)| (name.clone(), folder.join(format!("{name}.bam")), GROUPS[*group]))
        .collect();
    write_sheet(&sheet, &entries);
    let results = folder.join("results");
    let mut command = run(&sheet, &gtf, &results);
    Called::of(command.args(["--contrast", "condition:old:young"]).args(options)).succeeded();
    (["events.tsv", "differential.tsv"].map(|file| Tsv::read(&results.join(file))), ids)
}

#[test]
fn introns_beside_another_site_or_beneath_another_gene_are_not_called_and_retained_ones_are() {
    let ([events, tests], ids) = results("retained_unstranded", LibraryStrandedness::Unstranded, &[]);
    let row = tests.row_where("event_id", &ids[RETAINED]);
    assert_eq!(row.text("status"), "ok");
    assert!(row.number("q_value").unwrap() < 0.01, "{row:?}");
    assert!((row.number("delta_psi").unwrap() - 0.4).abs() < 0.1, "{row:?}");
    let event = events.row_where("event_id", &ids[RETAINED]);
    assert_eq!(event.text("flags"), "NA");
    assert!(event.number("intron_balance").unwrap() > 0.6, "{event:?}");
    for number in OTHERS {
        assert_eq!(events.row_where("event_id", &ids[number]).text("flags"), "NA", "{}", ids[number]);
    }
    for (number, why) in [
        (HIDDEN, "beneath an exon"),
        (HALF_HIDDEN, "half beneath an exon"),
        (ACCEPTOR, "beside an acceptor"),
        (NOVEL_ACCEPTOR, "beside an un-annotated acceptor"),
    ] {
        let row = tests.row_where("event_id", &ids[number]);
        assert_eq!(row.text("status"), "uneven_intron", "{why}: {row:?}");
        assert_eq!(row.text("q_value"), "NA", "{why}");
        assert_eq!(events.row_where("event_id", &ids[number]).text("flags"), "uneven_intron", "{why}");
    }
}

#[test]
fn a_stranded_library_tells_the_other_strand_apart() {
    let ([events, tests], ids) = results("retained_stranded", LibraryStrandedness::Reverse, &["--novel"]);
    let row = tests.row_where("event_id", &ids[RETAINED]);
    assert!(row.number("q_value").unwrap() < 0.01, "{row:?}");
    for number in [HIDDEN, HALF_HIDDEN] {
        let row = tests.row_where("event_id", &ids[number]);
        assert_eq!(row.text("status"), "invariant", "{row:?}");
        assert_eq!(events.row_where("event_id", &ids[number]).text("flags"), "NA");
    }
    for number in [ACCEPTOR, NOVEL_ACCEPTOR] {
        assert_eq!(tests.row_where("event_id", &ids[number]).text("status"), "uneven_intron");
    }
    // The acceptor that the annotation lacks is found for what it is; with it comes the retention of the intron up to
    // it, which an annotated exon has and no read shows.
    let novel: Vec<(&str, &str)> = events
        .iter()
        .zip(tests.iter())
        .filter(|(event, _)| event.text("novelty") != "annotated")
        .map(|(event, test)| (event.text("kind"), test.text("status")))
        .collect();
    assert_eq!(novel, [("RI", "invariant"), ("A3SS", "ok")]);
}
