//! Counting in regions against counting the whole file: whatever lies inside has the same numbers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where something is not there")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use nadsplice_align::{AlignError, AnnotationIndex, CountJob, CountWarning, Counted, ReadThrough, count};
use nadsplice_core::{
    Annotation, BodyCount, ContigCounts, ContigId, CountMode, CountParameters, Evidence, FragmentEvidence,
    Gene, Interval, JunctionCount, Outcome, Regions, RmatsFilter, SampleCounts, Strand, Transcript,
};
use proptest::{prelude::*, test_runner::FileFailurePersistence};
use rust_htslib::bam::{self, Format, Header, HeaderView, header::HeaderRecord};

/// Bases of each contig.
const LENGTH: u32 = 3_000_000;
const CONTIGS: [&str; 3] = ["a", "b", "c"];
const READ: u32 = 50;

fn interval(start: u32, end: u32) -> Interval {
    Interval::new(start, end).unwrap()
}

/// A gene of four exons every 12,000 bases of contigs `a` and `b`, and a long one over several of them.
fn annotation() -> Annotation {
    let mut annotation = Annotation::default();
    let mut add = |contig: &str, at: u32, exons: &[(u32, u32)]| {
        let exons: Vec<Interval> = exons.iter().map(|&(s, e)| interval(at + s, at + e)).collect();
        let number = annotation.genes.len();
        let skipping: Vec<Interval> =
            exons.iter().enumerate().filter(|(k, _)| *k != 1).map(|(_, e)| *e).collect();
        let transcript = |id: String, exons| Transcript { id, exons, cds: Vec::new() };
        let contig = annotation.contigs.intern(contig);
        annotation.genes.push(Gene {
            id: format!("G{number}"),
            name: None,
            contig,
            strand: Some(if number.is_multiple_of(2) { Strand::Forward } else { Strand::Reverse }),
            transcripts: vec![
                transcript(format!("T{number}a"), exons),
                transcript(format!("T{number}b"), skipping),
            ],
        });
    };
    for contig in ["a", "b"] {
        for at in (10_000..LENGTH - 20_000).step_by(12_000) {
            add(contig, at, &[(0, 700), (1_000, 1_120), (2_000, 2_150), (3_000, 4_200)]);
        }
        add(contig, 500_000, &[(0, 300), (60_000, 60_300), (90_000, 90_200)]);
    }
    annotation
}

/// A read with its place and CIGAR.
#[derive(Clone, Debug)]
struct Read {
    contig: usize,
    start: u32,
    /// Intron after 20 bases.
    intron: u32,
    unique: bool,
    duplicate: bool,
    quality_failed: bool,
}

impl Read {
    fn end(&self) -> u32 {
        self.start + READ + self.intron
    }

    fn cigar(&self) -> String {
        if self.intron == 0 { format!("{READ}M") } else { format!("20M{}N{}M", self.intron, READ - 20) }
    }
}

/// A pair, of which one read may be missing or unmapped.
#[derive(Clone, Debug)]
struct Pair {
    reads: [Read; 2],
    /// Which read is not in the file.
    missing: Option<usize>,
    second_first: bool,
    unmapped_mate: bool,
}

fn reads() -> impl Strategy<Value = Read> {
    let intron = prop_oneof![4 => Just(0u32), 2 => Just(300u32), 2 => Just(880), 1 => 30u32..80_000];
    let place = (0usize..3, 0u32..200, 0u32..4_400, any::<bool>());
    (place, intron, 0u8..20, 0u8..20, 0u8..40).prop_map(
        |((contig, gene, within, exact), intron, multi, duplicate, failed)| {
            // Often in one of the genes' exons, 20 bases before its end.
            let within = if exact { [680, 1_100, 2_130, 3_500][within as usize % 4] } else { within };
            Read {
                contig,
                start: 10_000 + 12_000 * gene + within,
                intron,
                unique: multi > 0,
                duplicate: duplicate == 0,
                quality_failed: failed == 0,
            }
        },
    )
}

fn pairs() -> impl Strategy<Value = Vec<Pair>> {
    let far = prop_oneof![6 => 0u32..400, 2 => 0u32..6_000, 1 => 0u32..120_000];
    let pair = (reads(), reads(), far, 0u8..30, any::<bool>(), any::<bool>()).prop_map(
        |(first, mut second, far, odd, second_first, elsewhere)| {
            if odd != 1 || !elsewhere {
                second.contig = first.contig;
                second.start = first.start + far;
            }
            Pair {
                reads: [first, second],
                missing: (odd == 2).then_some(usize::from(elsewhere)),
                second_first,
                unmapped_mate: odd == 3,
            }
        },
    );
    proptest::collection::vec(pair, 1_500..3_000)
}

/// Sorted SAM lines with the contig and stretch of each, as its index has it.
fn lines(pairs: &[Pair]) -> Vec<(usize, u32, u32, String)> {
    let mut lines = Vec::new();
    for (number, pair) in pairs.iter().enumerate() {
        for (which, read) in pair.reads.iter().enumerate() {
            let other = &pair.reads[1 - which];
            if pair.missing == Some(which) {
                continue;
            }
            let is_unmapped = pair.unmapped_mate && which == 1;
            let mut flags = 1 | if (which == 1) == pair.second_first { 0x40 } else { 0x80 };
            flags |= if which == 0 { 0x20 } else { 0x10 };
            flags |= if pair.unmapped_mate && which == 0 { 0x8 } else { 0 };
            flags |= if is_unmapped { 0x4 } else { 0 };
            flags |= if read.duplicate { 0x400 } else { 0 };
            flags |= if read.quality_failed { 0x200 } else { 0 };
            // An unmapped read is put beside its mate.
            let place = if is_unmapped { other } else { read };
            let beside = if pair.unmapped_mate && which == 0 { read } else { other };
            let cigar = if is_unmapped { "*".to_owned() } else { read.cigar() };
            let quality: String = (0..READ)
                .map(|k| {
                    let mixed = u32::try_from(number * 2 + which)
                        .unwrap()
                        .wrapping_mul(2_654_435_761)
                        .wrapping_add(k * k * 97);
                    char::from(35 + u8::try_from((mixed >> 7) % 60).unwrap())
                })
                .collect();
            let end = if is_unmapped { place.start + 1 } else { read.end() };
            let line = format!(
                "r{number}\t{flags}\t{}\t{}\t60\t{cigar}\t{}\t{}\t0\t{}\t{quality}\tNH:i:{}",
                CONTIGS[place.contig],
                place.start + 1,
                CONTIGS[beside.contig],
                beside.start + 1,
                "A".repeat(READ as usize),
                if read.unique { 1 } else { 3 },
            );
            lines.push((place.contig, place.start, end, line));
        }
    }
    lines.sort_by_key(|line| (line.0, line.1));
    lines
}

fn write(path: &Path, lines: &[(usize, u32, u32, String)]) {
    let mut header = Header::new();
    header.push_record(HeaderRecord::new(b"HD").push_tag(b"VN", "1.6").push_tag(b"SO", "coordinate"));
    for name in CONTIGS {
        header.push_record(HeaderRecord::new(b"SQ").push_tag(b"SN", name).push_tag(b"LN", LENGTH + 500_000));
    }
    let view = HeaderView::from_header(&header);
    let mut writer = bam::Writer::from_path(path, &header, Format::Bam).unwrap();
    for (.., line) in lines {
        writer.write(&bam::Record::from_sam(&view, line.as_bytes()).unwrap()).unwrap();
    }
}

fn index(path: &Path, kind: bam::index::Type) -> PathBuf {
    let suffix = if matches!(kind, bam::index::Type::Bai) { "bam.bai" } else { "bam.csi" };
    let index = path.with_extension(suffix);
    bam::index::build(path, Some(&index), kind, 1).unwrap();
    index
}

fn counted(
    path: &Path,
    annotation: &Annotation,
    parameters: &CountParameters,
) -> Result<Counted, AlignError> {
    let index = AnnotationIndex::new(annotation, [0; 32], 2);
    count(&CountJob {
        sample: "s",
        path,
        index: &index,
        contigs: &annotation.contigs,
        parameters,
        threads: 2,
        allow_build_mismatch: true,
        max_waiting: None,
        max_records: None,
    })
}

fn within(regions: &Regions, mode: CountMode) -> CountParameters {
    CountParameters { regions: Some(regions.clone()), mode, ..CountParameters::default() }
}

fn fragments(counts: &SampleCounts) -> &FragmentEvidence {
    let Evidence::Fragments(found) = &counts.evidence else { panic!("fragments were counted") };
    found
}

/// Fragments by the introns that they cross.
type SetCounts = BTreeMap<Vec<(u32, u32)>, u32>;

/// The junctions with a flank inside, and the sets that hold one.
fn junctions(regions: &Regions, id: ContigId, contig: &ContigCounts) -> (Vec<JunctionCount>, SetCounts) {
    let is_inside = |j: &JunctionCount| regions.flank(id, interval(j.start, j.end)).contains(&true);
    let sets = contig
        .sets
        .iter()
        .filter(|set| set.members.iter().any(|&m| is_inside(&contig.junctions[m as usize])));
    let introns = |set: &nadsplice_core::JunctionSet| {
        set.members
            .iter()
            .map(|&m| (contig.junctions[m as usize].start, contig.junctions[m as usize].end))
            .collect()
    };
    (
        contig.junctions.iter().filter(|j| is_inside(j)).copied().collect(),
        sets.map(|set| (introns(set), set.fragments)).collect(),
    )
}

fn depth_at(runs: &[(u32, u32)], positions: &[u32]) -> Vec<u32> {
    let at = |p: &u32| runs[..runs.partition_point(|run| run.0 <= *p)].last().map_or(0, |run| run.1);
    positions.iter().map(at).collect()
}

/// Demands that all numbers of what lies inside the regions are those of the whole file.
fn assert_same_inside(regions: &Regions, annotation: &Annotation, whole: &SampleCounts, part: &SampleCounts) {
    let (whole, part) = (fragments(whole), fragments(part));
    let cuts = annotation.exon_boundaries();
    for (id, cuts) in (0..).map(ContigId).zip(&cuts) {
        let (w, p) = (&whole.contigs[id.index()], &part.contigs[id.index()]);
        assert_eq!(junctions(regions, id, w), junctions(regions, id, p), "junctions on contig {id:?}");
        let ends: BTreeSet<u32> = regions.of(id).iter().flat_map(|i| [i.start(), i.end() - 1]).collect();
        for sense in [false, true] {
            let plain: [Vec<(u32, u32)>; 2] = [w, p].map(|counts| counts.depth.plain(sense).collect());
            let boundary = [w, p].map(|counts| counts.depth.boundary(sense).collect());
            for [w, p] in [plain, boundary] {
                let mut positions: Vec<u32> = w.iter().chain(&p).map(|run| run.0).collect();
                positions.extend(&ends);
                positions.retain(|&at| regions.contain(id, at));
                assert_eq!(depth_at(&w, &positions), depth_at(&p, &positions), "depth on contig {id:?}");
            }
        }
        let edge = |k: u32| cuts.get(k as usize).copied();
        let bodies = |contig: &ContigCounts| -> Vec<BodyCount> {
            let is_inside = |body: &&BodyCount| {
                let ends = (
                    body.pattern.first_segment.checked_sub(1).and_then(edge),
                    edge(body.pattern.last_segment),
                );
                matches!(ends, (Some(s), Some(e)) if regions.enclose(id, interval(s, e)))
            };
            contig.bodies.iter().filter(is_inside).copied().collect()
        };
        assert_eq!(bodies(w), bodies(p), "fragments without a junction on contig {id:?}");
    }
    for (id, gene) in annotation.genes() {
        if regions.enclose(gene.contig, gene.span().unwrap()) {
            assert_eq!(whole.genes[id.index()], part.genes[id.index()], "gene {}", gene.id);
        }
    }
}

fn was_read_through(counted: &Counted) -> bool {
    counted.warnings.iter().any(|w| matches!(w, CountWarning::ReadThrough { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_lies_inside_has_the_numbers_of_the_whole_file(
        pairs in pairs(),
        asked in proptest::collection::vec((0u32..3, 0u32..LENGTH - 600_000, 1u32..30_000), 1..5),
        kind in 0usize..4,
    ) {
        let annotation = annotation();
        let regions = Regions::new(asked.iter().filter_map(|&(contig, start, length)| {
            let id = annotation.contigs.get(CONTIGS[contig as usize])?;
            Some((id, interval(start, start + length)))
        }));
        let folder = tempfile::tempdir().unwrap();
        let (indexed, plain) = (folder.path().join("x.bam"), folder.path().join("plain.bam"));
        let lines = lines(&pairs);
        write(&indexed, &lines);
        std::fs::copy(&indexed, &plain).unwrap();
        index(&indexed, match kind {
            0 => bam::index::Type::Bai,
            _ => bam::index::Type::Csi([14, 12, 17][kind - 1]),
        });
        for mode in [CountMode::Fragments, CountMode::Mates] {
            let parameters = within(&regions, mode.clone());
            let through = counted(&plain, &annotation, &parameters).unwrap();
            let by_index = counted(&indexed, &annotation, &parameters).unwrap();
            prop_assert!(!was_read_through(&by_index) && was_read_through(&through));
            prop_assert_eq!(&through.counts, &by_index.counts);
            let whole = counted(&plain, &annotation, &CountParameters { mode, ..CountParameters::default() }).unwrap();
            assert_same_inside(&regions, &annotation, &whole.counts, &by_index.counts);
            // As many as `samtools view` gives.
            let there = lines.iter().filter(|(contig, start, end, _)| {
                annotation.contigs.get(CONTIGS[*contig]).is_some_and(|id| regions.overlap(id, interval(*start, *end)))
            });
            prop_assert_eq!(by_index.counts.ledger.total(), there.count() as u64);
        }
        let rmats = CountMode::Rmats(RmatsFilter {
            read_length: READ, variable_read_length: false, allow_clipping: false, anchor: 1, single_end: true,
        });
        let through = counted(&plain, &annotation, &within(&regions, rmats.clone())).unwrap();
        let by_index = counted(&indexed, &annotation, &within(&regions, rmats)).unwrap();
        prop_assert_eq!(through.counts, by_index.counts);
    }
}

/// Pairs all over the contigs, the same every time.
fn many_pairs() -> Vec<Pair> {
    let read = |contig, start, intron| Read {
        contig,
        start,
        intron,
        unique: true,
        duplicate: false,
        quality_failed: false,
    };
    (0..6_000u32)
        .map(|k| {
            let start = 10_000 + 12_000 * (k % 200) + k / 200 * 40;
            let contig = usize::from(k.is_multiple_of(3));
            Pair {
                reads: [read(contig, start, 0), read(contig, start + 150, 300 * (k % 2))],
                missing: None,
                second_first: k.is_multiple_of(2),
                unmapped_mate: false,
            }
        })
        .collect()
}

/// A file of these pairs with its index, a region on it, and the folder that holds them.
fn indexed() -> (tempfile::TempDir, PathBuf, PathBuf, Annotation, CountParameters) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bam");
    write(&path, &lines(&many_pairs()));
    let index = index(&path, bam::index::Type::Bai);
    let annotation = annotation();
    let id = annotation.contigs.get("a").unwrap();
    let regions = Regions::new([(id, interval(1_000_000, 1_030_000))]);
    let parameters = within(&regions, CountMode::Fragments);
    (folder, path, index, annotation, parameters)
}

#[test]
fn both_spellings_of_an_index_s_name_are_found() {
    let (_folder, path, index, annotation, parameters) = indexed();
    let expected = counted(&path, &annotation, &parameters).unwrap();
    assert!(expected.read_share.is_some_and(|share| share < 0.2), "{:?}", expected.read_share);
    assert!(expected.counts.ledger.count(Outcome::UsedUnspliced) > 50);
    let short = path.with_extension("bai");
    std::fs::rename(&index, &short).unwrap();
    let found = counted(&path, &annotation, &parameters).unwrap();
    assert_eq!((found.counts, found.warnings), (expected.counts, expected.warnings));
    std::fs::remove_file(short).unwrap();
    let found = counted(&path, &annotation, &parameters).unwrap();
    assert!(matches!(&found.warnings[..], [CountWarning::ReadThrough { reason: ReadThrough::NoIndex, .. }]));
}

#[test]
fn where_regions_are_most_of_the_file_it_is_read_through_with_the_same_result() {
    let (_folder, path, index, annotation, parameters) = indexed();
    let id = annotation.contigs.get("a").unwrap();
    let large = Regions::new([(id, interval(20_000, 2_000_000))]);
    let parameters = CountParameters { regions: Some(large), ..parameters };
    let with_index = counted(&path, &annotation, &parameters).unwrap();
    assert_eq!(with_index.warnings, []);
    assert!(with_index.read_share.is_some_and(|share| share > 0.9));
    std::fs::remove_file(index).unwrap();
    assert_eq!(counted(&path, &annotation, &parameters).unwrap().counts, with_index.counts);
}

#[test]
fn an_older_index_that_fits_is_used_with_a_warning() {
    let (_folder, path, index, annotation, parameters) = indexed();
    let expected = counted(&path, &annotation, &parameters).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    std::fs::File::options().write(true).open(&index).unwrap().set_modified(old).unwrap();
    let found = counted(&path, &annotation, &parameters).unwrap();
    assert_eq!(found.counts, expected.counts);
    let [warning] = &found.warnings[..] else { panic!("{:?}", found.warnings) };
    let text = warning.to_string();
    assert!(text.contains("x.bam.bai") && text.contains("x.bam` ") | text.contains("x.bam`;"), "{text}");
}

#[test]
fn an_index_of_another_state_of_the_file_is_an_error() {
    let (_folder, path, index, annotation, parameters) = indexed();
    let stale = std::fs::read(&index).unwrap();
    let pairs = many_pairs();
    // More reads at the end, fewer at the beginning, all reads elsewhere.
    let mut more = lines(&pairs);
    let mut last = more[more.len() - 1].clone();
    last.3 = last.3.replacen('r', "z", 1);
    more.push(last);
    let fewer = lines(&pairs)[1..].to_vec();
    let mut moved = pairs;
    moved.iter_mut().flat_map(|pair| &mut pair.reads).for_each(|read| read.start += 5);
    for (what, lines) in [("more", more), ("fewer", fewer), ("moved", lines(&moved))] {
        write(&path, &lines);
        std::fs::write(&index, &stale).unwrap();
        let error = counted(&path, &annotation, &parameters);
        assert!(matches!(error, Err(AlignError::IndexMisfit { .. })), "{what}: {error:?}");
        let text = error.unwrap_err().to_string();
        assert!(text.contains("x.bam.bai") && text.contains("samtools index"), "{text}");
    }
}

#[test]
fn a_damaged_index_is_an_error_that_says_what_was_expected() {
    let (folder, path, index, annotation, parameters) = indexed();
    let csi = folder.path().join("x.csi");
    bam::index::build(&path, Some(&csi), bam::index::Type::Csi(14), 1).unwrap();
    for (file, other) in [(&index, &csi), (&csi, &index)] {
        let whole = std::fs::read(file).unwrap();
        let aside = std::fs::read(other).unwrap();
        std::fs::remove_file(other).unwrap();
        // The last eight bytes of a BAI may be missing.
        for length in [0, 3, 4, 7, 20, whole.len() / 2, whole.len() - 9] {
            std::fs::write(file, &whole[..length]).unwrap();
            let error = counted(&path, &annotation, &parameters);
            assert!(matches!(error, Err(AlignError::Index { .. })), "cut at {length}: {error:?}");
        }
        std::fs::write(other, &aside).unwrap();
        std::fs::write(file, &whole).unwrap();
    }
}

#[test]
fn regions_without_an_alignment_are_a_warning() {
    let (_folder, path, _index, annotation, parameters) = indexed();
    let id = annotation.contigs.get("a").unwrap();
    let empty = Regions::new([(id, interval(2_900_000, 2_900_100))]);
    let found = counted(&path, &annotation, &CountParameters { regions: Some(empty), ..parameters }).unwrap();
    assert_eq!(found.warnings, [CountWarning::NothingInRegions]);
    assert_eq!(found.counts.ledger.total(), 0);
}

#[test]
fn regions_where_the_file_has_nothing_to_read_are_named() {
    let (_folder, path, _index, mut annotation, parameters) = indexed();
    let a = annotation.contigs.get("a").unwrap();
    let unknown = annotation.contigs.intern("z");
    let there = interval(1_000_000, 1_030_000);
    let regions =
        Regions::new([(a, there), (a, interval(LENGTH + 500_000, LENGTH + 500_005)), (unknown, there)]);
    let found =
        counted(&path, &annotation, &CountParameters { regions: Some(regions), ..parameters }).unwrap();
    let first = "a".to_owned();
    assert_eq!(found.warnings, [CountWarning::NoSuchRegions { path, regions: 2, all: 3, first }]);
    assert!(found.counts.ledger.used() > 0);
}

#[test]
fn an_index_that_knows_of_no_alignment_hides_none() {
    let (_folder, path, index, annotation, parameters) = indexed();
    let whole = counted(&path, &annotation, &parameters).unwrap();
    for unplaced in [Some(0u64), Some(7), None] {
        let mut bytes = b"BAI\x01".to_vec();
        bytes.extend(u32::try_from(CONTIGS.len()).unwrap().to_le_bytes());
        bytes.extend([0; 8 * CONTIGS.len()]);
        bytes.extend(unplaced.into_iter().flat_map(u64::to_le_bytes));
        std::fs::write(&index, &bytes).unwrap();
        let found = counted(&path, &annotation, &parameters).unwrap();
        assert!(found.counts == whole.counts && found.counts.ledger.used() > 0, "{unplaced:?}");
    }
}

#[test]
fn long_introns_far_away_do_not_make_a_region_large() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bam");
    // Everywhere a few alignments in bins that span megabases.
    let mut pairs = many_pairs();
    for pair in pairs.iter_mut().step_by(40) {
        pair.reads[1].intron = 400_000;
    }
    write(&path, &lines(&pairs));
    index(&path, bam::index::Type::Bai);
    let annotation = annotation();
    let id = annotation.contigs.get("a").unwrap();
    let places = [40_000, 700_000, 1_300_000, 1_900_000].map(|at| (id, interval(at, at + 20_000)));
    let found = counted(&path, &annotation, &within(&Regions::new(places), CountMode::Fragments)).unwrap();
    let share = found.read_share.unwrap();
    assert!(share < 0.5, "{share} of the file was read");
}
