use std::{fmt::Write as _, io::Write, path::PathBuf};

use flate2::{Compression, write::GzEncoder};
use nadsplice_core::{Annotation, Evidence, Gene, Interval, JunctionReads, SampleCounts, Strand, Transcript};
use proptest::prelude::*;

use super::*;

/// One gene on `chr1` with the introns [200, 300) and [330, 500), and a contig `chr2`.
fn annotation() -> Annotation {
    let mut annotation = Annotation::default();
    let contig = annotation.contigs.intern("chr1");
    annotation.contigs.intern("chr2");
    let exons = [(100, 200), (300, 330), (500, 600)];
    let exons = exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect();
    annotation.genes.push(Gene {
        id: "G".into(),
        name: None,
        contig,
        strand: Some(Strand::Forward),
        transcripts: vec![Transcript { id: "T".into(), exons, cds: Vec::new() }],
    });
    annotation
}

fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<JunctionSample, JunctionTableError> {
    let folder = tempfile::tempdir().unwrap();
    let annotation = annotation();
    let path = file(&folder, "table", bytes);
    read_junctions(&path, "s", &KnownIntrons::new(&annotation, [7; 32]))
}

fn first_contig(counts: &SampleCounts) -> &[JunctionReads] {
    let Evidence::Junctions(table) = &counts.evidence else { panic!("junctions were read") };
    &table.contigs[0]
}

fn problem(text: &str) -> (u64, String) {
    match read(text.as_bytes()).unwrap_err() {
        JunctionTableError::Line { line, problem, .. } => (line, problem.to_string()),
        other => panic!("{other}"),
    }
}

const STAR: &str =
    "1\t331\t500\t0\t0\t0\t4\t1\t9\n1\t201\t300\t1\t1\t1\t5\t7\t47\n1\t201\t500\t2\t1\t1\t0\t3\t20\n";

#[test]
fn star_s_unique_column_is_read_in_any_order_and_under_the_other_name() {
    for bytes in [STAR.as_bytes().to_vec(), gzip(STAR)] {
        let found = read(&bytes).unwrap();
        let junction = |start, end, reads, strand, overhang| JunctionReads {
            start,
            end,
            annotated: true,
            reads,
            strand,
            max_overhang: Some(overhang),
        };
        let expected = [junction(200, 300, 5, Some(Strand::Forward), 47), junction(330, 500, 4, None, 9)];
        assert_eq!(first_contig(&found.counts), expected);
        assert_eq!(found.counts.annotation, [7; 32]);
    }
}

#[test]
fn the_intron_of_bed12_lies_between_the_blocks() {
    let bed = "track name=junctions\nchr1\t180\t345\tJ1\t12\t+\t180\t345\t255,0,0\t2\t20,45\t0,120\n";
    let found = read(bed.as_bytes()).unwrap();
    let [junction] = first_contig(&found.counts) else { panic!("one junction") };
    assert_eq!((junction.start, junction.end, junction.reads), (200, 300, 12));
    assert_eq!((junction.annotated, junction.max_overhang), (true, Some(20)));
    let item = |sizes: &str, starts: &str| {
        problem(&format!("chr1\t180\t345\tJ\t1\t+\t1\t1\t0\t2\t{sizes}\t{starts}\n")).1
    };
    assert!(item("20,45", "0,110").contains("do not span the 165 bases"));
    assert!(item("120,45", "0,120").contains("has no base"));
    assert!(item("20", "0").contains("two numbers"));
    let strand = problem("chr1\t180\t345\tJ\t1\tx\t1\t1\t0\t2\t20,45\t0,120\n").1;
    assert!(strand.contains("column 6 (strand) holds `x`"), "{strand}");
}

#[test]
fn wrong_lines_are_named_with_their_number_and_column() {
    let (line, what) = problem("1\t201\t300\t1\t1\t1\t5\t7\t47\n1\t201\t300\t1\t1\t1\t5\t7\n");
    assert_eq!((line, what.as_str()), (2, "8 columns, expected 9"));
    let (_, what) = problem("1\t201\tx3\t1\t1\t1\t5\t7\t47\n");
    assert!(what.contains("column 3 (last base of the intron) holds `x3`"), "{what}");
    let (_, what) = problem("1\t201\t300\t1\t1\t1\t-5\t7\t47\n");
    assert!(what.contains("column 7") && what.contains("`-5`"), "{what}");
    let (_, what) = problem("1\t201\t300\t3\t1\t1\t5\t7\t47\n");
    assert!(what.contains("column 4") && what.contains("0, 1 or 2"), "{what}");
    let (_, what) = problem("1\t301\t300\t1\t1\t1\t5\t7\t47\n");
    assert!(what.contains("begins at 301 and ends at 300"), "{what}");
    let (_, what) = problem("1\t0\t300\t1\t1\t1\t5\t7\t47\n");
    assert!(what.contains("begins at 0"), "{what}");
}

#[test]
fn a_junction_stands_once_for_each_strand() {
    let twice = "1\t201\t300\t1\t1\t1\t5\t7\t47\n\nchr1\t201\t300\t1\t1\t1\t2\t0\t9\n";
    let (line, what) = problem(twice);
    assert_eq!(line, 3);
    assert!(what.contains("201-300") && what.contains("`chr1`") && what.contains("line 1"), "{what}");
    let both =
        "1\t201\t300\t1\t1\t1\t5\t7\t47\n1\t201\t300\t2\t1\t1\t2\t0\t9\n1\t201\t300\t0\t1\t1\t9\t0\t9\n";
    let found = read(both.as_bytes()).unwrap();
    let [junction] = first_contig(&found.counts) else { panic!("one junction") };
    assert_eq!((junction.reads, junction.strand), (16, Some(Strand::Forward)));
}

#[test]
fn contigs_without_annotation_are_counted() {
    let found = read(format!("{STAR}GL1\t5\t9\t1\t1\t1\t3\t0\t9\nGL1\t5\t19\t1\t1\t1\t4\t0\t9\n").as_bytes())
        .unwrap();
    let expected = UnmatchedJunctions { junctions: 2, reads: 7, contigs: vec!["GL1".into()] };
    assert_eq!(found.unmatched, expected);
    let error = read(b"GL1\t5\t9\t1\t1\t1\t3\t0\t9\n").unwrap_err().to_string();
    assert!(error.contains("`GL1`") && error.contains("`chr1`, `chr2`"), "{error}");
}

#[test]
fn what_is_no_table_is_told() {
    let text = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(text(b"").contains("holds no junction"));
    assert!(text(b"1\t201\t300\t1\t1\t1\t0\t7\t47\n").contains("holds no junction"));
    assert!(text(b"BAM\x01\0\0\0\0").contains("a BAM file"));
    assert!(text(&gzip("BAM\x01\0\0")).contains("a BAM file"));
    assert!(text(b"@HD\tVN:1.6\n").contains("a SAM file"));
    assert!(text(b"chr1\t200\t300\tJ\t5\t+\n").contains("has 6 columns"));
    assert!(text(b"rail_id\n1\n").contains("(.ID)"));
    let cut = gzip(&STAR.repeat(50));
    assert!(text(&cut[..cut.len() - 9]).contains("truncated"));
    let mut damaged = gzip(STAR);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    assert!(read(&damaged).is_err());
}

#[test]
fn bgzip_cut_between_blocks_is_noticed() {
    let member = gzip(STAR);
    let mut block = vec![0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0];
    block.extend_from_slice(&u16::try_from(member.len() - 10 + 18 - 1).unwrap().to_le_bytes());
    block.extend_from_slice(&member[10..]);
    assert!(matches!(read(&block), Err(JunctionTableError::Truncated { .. })));
}

/// The web service's header.
const SNAPTRON: &str = "DataSource:Type\tsnaptron_id\tchromosome\tstart\tend\tlength\tstrand\tannotated\tleft_motif\t\
                        right_motif\tleft_annotated\tright_annotated\tsamples\tsamples_count\tcoverage_sum\t\
                        coverage_avg\tcoverage_median\tsource_dataset_id\n";

fn snaptron_line(start: u32, end: u32, samples: &str) -> String {
    format!("X:I\t1\tchr1\t{start}\t{end}\t100\t+\t1\tGT\tAG\t0\t0\t{samples}\t2\t9\t4.5\t4.5\t0\n")
}

fn matrix(path: &Path, ids: &[&str]) -> Result<Vec<Vec<(u32, u32)>>, JunctionTableError> {
    let annotation = annotation();
    let known = KnownIntrons::new(&annotation, [7; 32]);
    let ids: Vec<String> = ids.iter().map(|&id| id.to_owned()).collect();
    let matrix = JunctionMatrix::read(path, &ids, &known)?;
    (0..ids.len())
        .map(|k| {
            let found = matrix.sample(k, "s", &known)?;
            Ok(first_contig(&found.counts).iter().map(|j| (j.start, j.reads)).collect())
        })
        .collect()
}

#[test]
fn snaptron_s_samples_are_read_from_one_cell() {
    let folder = tempfile::tempdir().unwrap();
    let lines = snaptron_line(401, 500, ",12:1") + &snaptron_line(201, 300, ",3:4,12:5");
    let answer = file(&folder, "answer", format!("{SNAPTRON}{lines}").as_bytes());
    assert_eq!(matrix(&answer, &["12", "3"]).unwrap(), [vec![(200, 5), (400, 1)], vec![(200, 4)]]);
    let raw = file(&folder, "junctions.gz", &gzip(&lines.replace("X:I\t", "")));
    assert_eq!(matrix(&raw, &["3"]).unwrap(), [vec![(200, 4)]]);
    let missing = matrix(&answer, &["4"]).unwrap_err().to_string();
    assert!(missing.contains("no sample `4`") && missing.contains("`12`"), "{missing}");
    let annotation = annotation();
    let alone = read_junctions(&answer, "s", &KnownIntrons::new(&annotation, [7; 32])).unwrap_err();
    assert!(matches!(alone, JunctionTableError::ManySamples { .. }));
    let length = file(&folder, "length", format!("{SNAPTRON}{}", snaptron_line(201, 301, ",3:4")).as_bytes());
    assert!(
        matrix(&length, &["3"]).unwrap_err().to_string().contains("length 100 does not belong to 201-301")
    );
    // The first compilation has ids alone, and reads in another column.
    let old = file(&folder, "old", format!("{SNAPTRON}{}", snaptron_line(201, 300, "3,12")).as_bytes());
    assert!(matrix(&old, &["3"]).unwrap_err().to_string().contains("`id:reads`"));
}

fn recount(folder: &tempfile::TempDir, counts: &str, list: &str) -> PathBuf {
    let junctions = "chromosome\tstart\tend\tlength\tstrand\tannotated\tleft_motif\tright_motif\tleft_annotated\t\
                     right_annotated\nchr1\t201\t300\t100\t+\t1\tGT\tAG\t0\t0\nGL1\t1\t10\t10\t?\t0\tGT\tAG\t0\t0\n\
                     chr1\t331\t500\t170\t-\t1\tGT\tAG\t0\t0\n";
    file(folder, "p.UNIQUE.RR.gz", &gzip(junctions));
    file(folder, "p.UNIQUE.ID", list.as_bytes());
    file(folder, "p.UNIQUE.MM.gz", &gzip(counts))
}

#[test]
fn recount3_s_three_files_are_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let header = "%%MatrixMarket matrix coordinate integer general\n%   \n";
    let path = recount(&folder, &format!("{header}3 2 4\n1 1 5\n2 1 9\n3 1 2\n3 2 7\n"), "rail_id\n88\n12\n");
    assert_eq!(matrix(&path, &["12", "88"]).unwrap(), [vec![(330, 7)], vec![(200, 5), (330, 2)]]);
    assert!(matrix(&path, &["13"]).unwrap_err().to_string().contains("no sample `13`"));
    let refused = |counts: String, list: &str| {
        matrix(&recount(&folder, &counts, list), &["88"]).unwrap_err().to_string()
    };
    let list = "rail_id\n88\n12\n";
    assert!(refused(format!("{header}3 2 4\n1 1 5\n"), list).contains("ends after 1 values, expected 4"));
    assert!(refused(format!("{header}3 2 1\n4 1 5\n"), list).contains("junction 4 is out of the range"));
    assert!(refused(format!("{header}5 2 1\n1 1 5\n"), list).contains("has 3 junctions"));
    assert!(refused(format!("{header}3 2 1\n1 1 5\n"), "rail_id\n88\n").contains("has 1 samples"));
    assert!(refused(header.replace("integer", "real"), list).contains("integer general"));
    std::fs::remove_file(folder.path().join("p.UNIQUE.RR.gz")).unwrap();
    assert!(matches!(matrix(&path, &["88"]), Err(JunctionTableError::NoCompanion { .. })));
}

proptest! {
    #[test]
    fn junctions_written_as_star_and_as_bed12_read_back_alike(
        junctions in prop::collection::btree_map((1u32..5000, 1u32..900), (1u32..99, 0u8..3, 1u32..60, 1u32..60), 1..40)
    ) {
        let (mut star, mut bed) = (String::new(), String::new());
        for (&(start, length), &(reads, strand, left, right)) in &junctions {
            let (left, end) = (left.min(start), start + length);
            let overhang = left.min(right);
            writeln!(star, "chr1\t{}\t{end}\t{strand}\t0\t0\t{reads}\t1\t{overhang}", start + 1).unwrap();
            let symbol = ["?", "+", "-"][usize::from(strand)];
            let (from, to, second) = (start - left, end + right, left + length);
            writeln!(bed, "chr1\t{from}\t{to}\tJ\t{reads}\t{symbol}\t0\t0\t0\t2\t{left},{right}\t0,{second}").unwrap();
        }
        let (star, bed) = (read(star.as_bytes()).unwrap(), read(bed.as_bytes()).unwrap());
        prop_assert_eq!(first_contig(&star.counts).len(), junctions.len());
        prop_assert_eq!(star.counts.evidence, bed.counts.evidence);
    }
}
