//! Counting the contigs of one file side by side.
//!
//! Nothing that is counted on one contig depends on another one. So a file in coordinate order is cut where its index
//! says that contigs begin, each part is counted by one thread, and sums are added up. Parts have no gaps between
//! them, and a part in which a record is out of order, or of a contig that belongs to another part, does not count: the
//! file is then read from end to end instead. So no index, however wrong, changes a number.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use nadsplice_core::{ContigId, CountMode};

use crate::{
    bam::{Alignment, BamFault, BamReader},
    count::CountJob,
    index_file::{FilePlace, IndexFile, beside, modified},
    input::{ClaimedOrder, EachRecord, Input},
    pass::Pass,
};

/// Compressed bytes of a part from which on the next contig begins one of its own.
const LEAST: u64 = 1 << 20;

/// A stretch of a file that holds all alignments of some contigs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    start: FilePlace,
    end: FilePlace,
    contig: i32,
    /// The first contig behind its own; nothing for the last part, which has also the reads that lie nowhere.
    next_contig: Option<i32>,
    is_first: bool,
}

impl Part {
    fn bytes(&self) -> u64 {
        self.end.block - if self.is_first { 0 } else { self.start.block }
    }

    fn has(&self, contig: i32) -> bool {
        match self.next_contig {
            Some(next) => (self.contig..next).contains(&contig),
            None => contig >= self.contig || contig == -1,
        }
    }
}

/// Counts a file by its contigs; nothing where that is not possible or does not pay.
pub(crate) fn count<'a>(
    job: &'a CountJob<'a>,
    input: &Input,
    matched: &[Option<ContigId>],
) -> Option<Pass<'a>> {
    let is_rmats = matches!(job.parameters.mode, CountMode::Rmats(_));
    if job.threads < 2 || job.max_records.is_some() || is_rmats || !input.is_sorted_bam() {
        return None;
    }
    count_parts(job, matched, parts(job.path, matched.len(), LEAST)?)
}

fn count_parts<'a>(
    job: &'a CountJob<'a>,
    matched: &[Option<ContigId>],
    mut parts: Vec<Part>,
) -> Option<Pass<'a>> {
    // Large ones first, so that none is begun when all others are done.
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes()));
    let all: u64 = parts.iter().map(Part::bytes).sum();
    // One thread counts while others inflate, about half of the work each: in parts it must go faster than that.
    if parts.first()?.bytes() > all / 2 {
        return None;
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut pass = Pass::new(job, ClaimedOrder::Coordinate, matched.to_vec());
        while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed))
            && !failed.load(Ordering::Relaxed)
        {
            if !matches!(read(job.path, matched.len(), part, &mut pass), Ok(true)) {
                failed.store(true, Ordering::Relaxed);
            }
        }
        pass
    };
    let passes: Option<Vec<Pass<'a>>> = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..job.threads.min(parts.len())).map(|_| scope.spawn(work)).collect();
        let own = work();
        std::iter::once(Some(own)).chain(helpers.into_iter().map(|helper| helper.join().ok())).collect()
    });
    if failed.load(Ordering::Relaxed) {
        return None;
    }
    passes?.into_iter().reduce(|mut all, part| {
        all.absorb(part);
        all
    })
}

/// The parts of an indexed file in its order, without a gap between them.
fn parts(path: &Path, contigs: usize, least: u64) -> Option<Vec<Part>> {
    let end = FilePlace { block: path.metadata().ok()?.len(), within: 0 };
    let index_path = beside(path)?;
    if modified(&index_path)? < modified(path)? {
        return None;
    }
    let index = IndexFile::read(&index_path, &vec![false; contigs]).ok()?;
    cut(index.starts(), end, least)
}

/// Cuts a file where contigs begin; nothing when they do not begin one behind the other.
fn cut(starts: impl Iterator<Item = Option<FilePlace>>, end: FilePlace, least: u64) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut before = FilePlace::default();
    for (contig, start) in (0..).zip(starts) {
        let Some(start) = start else { continue };
        if start <= before || start >= end {
            return None;
        }
        before = start;
        if let Some(last) = parts.last_mut() {
            if start.block - last.start.block < least {
                continue;
            }
            last.end = start;
            last.next_contig = Some(contig);
        }
        parts.push(Part { start, end, contig, next_contig: None, is_first: parts.is_empty() });
    }
    Some(parts)
}

/// Counts the records of a part; `false` where they are not what the index promised.
fn read(path: &Path, contigs: usize, part: &Part, pass: &mut Pass<'_>) -> Result<bool, BamFault> {
    let mut reader = if part.is_first {
        let Some(reader) = BamReader::open_beginning(path, part.end)? else { return Ok(false) };
        reader
    } else {
        BamReader::open_part(path, contigs, part.start, part.end)?
    };
    let mut number = 0;
    while let Some(record) = reader.next()? {
        number += 1;
        if number == 1 && record.contig() != part.contig {
            return Ok(false);
        }
        if !part.has(record.contig()) || pass.accept(&record, number).is_err() || !pass.is_in_order() {
            return Ok(false);
        }
    }
    pass.end_part();
    Ok(true)
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        Annotation, Contigs, CountParameters, Gene, Interval, SampleCounts, Strand, Transcript,
    };
    use rust_htslib::bam::{self, Format, Header, HeaderView, Writer, header::HeaderRecord};

    use super::*;
    use crate::AnnotationIndex;

    const CONTIGS: [&str; 5] = ["a", "b", "c", "d", "e"];

    /// Genes of two exons on every contig but the third, which the annotation does not have.
    fn annotation() -> Annotation {
        let mut contigs = Contigs::default();
        let mut genes = Vec::new();
        for (k, name) in CONTIGS.iter().enumerate().filter(|(k, _)| *k != 2) {
            let exons = [(1_000, 3_000), (5_000, 9_000)].map(|(s, e)| Interval::new(s, e).unwrap());
            let transcript = Transcript { id: format!("t{k}"), exons: exons.to_vec(), cds: vec![] };
            genes.push(Gene {
                id: format!("g{k}"),
                name: None,
                contig: contigs.intern(name),
                strand: Some(Strand::Forward),
                transcripts: vec![transcript],
            });
        }
        Annotation { contigs, genes }
    }

    /// Lines of pairs in coordinate order, spliced and not, some without their mate; nothing on the fourth contig.
    fn lines() -> Vec<String> {
        let mut placed: Vec<(usize, u32, String)> = Vec::new();
        for k in 0..6_000u32 {
            let contig = [0, 1, 2, 4][k as usize % 4];
            let name = CONTIGS[contig];
            let at = 900 + k.wrapping_mul(2_654_435_761) % 7_000;
            let (first, mate) = if k % 3 == 0 { (2_960, 5_050) } else { (at, at + k % 90) };
            let cigar = if k % 3 == 0 { "40M2000N20M" } else { "10M1D50M" };
            let mut add = |flags: u32, at: u32, cigar: &str, other: u32| {
                let line = format!(
                    "r{k}\t{flags}\t{name}\t{}\t60\t{cigar}\t=\t{}\t0\t*\t*\tNH:i:1",
                    at + 1,
                    other + 1
                );
                placed.push((contig, at, line));
            };
            add(99, first, cigar, mate);
            if k % 11 > 0 {
                add(147, mate, "60M", first);
            }
        }
        placed.sort_by_key(|&(contig, at, _)| (contig, at));
        let unplaced = (0..50).map(|k| format!("u{k}\t4\t*\t0\t0\t*\t*\t0\t0\t*\t*"));
        placed.into_iter().map(|(_, _, line)| line).chain(unplaced).collect()
    }

    fn write(path: &Path, lines: &[String]) {
        let mut header = Header::new();
        header.push_record(HeaderRecord::new(b"HD").push_tag(b"VN", "1.6").push_tag(b"SO", "coordinate"));
        for name in CONTIGS {
            header.push_record(HeaderRecord::new(b"SQ").push_tag(b"SN", name).push_tag(b"LN", 100_000));
        }
        let view = HeaderView::from_header(&header);
        let mut writer = Writer::from_path(path, &header, Format::Bam).unwrap();
        for line in lines {
            writer.write(&bam::Record::from_sam(&view, line.as_bytes()).unwrap()).unwrap();
        }
    }

    struct Setting {
        annotation: Annotation,
        index: AnnotationIndex,
        parameters: CountParameters,
    }

    impl Setting {
        fn new() -> Self {
            let annotation = annotation();
            let index = AnnotationIndex::new(&annotation, [0; 32], 2);
            Self { annotation, index, parameters: CountParameters::default() }
        }

        fn job<'a>(&'a self, path: &'a Path, threads: usize) -> CountJob<'a> {
            CountJob {
                sample: "s",
                path,
                index: &self.index,
                contigs: &self.annotation.contigs,
                parameters: &self.parameters,
                threads,
                allow_build_mismatch: false,
                max_waiting: None,
                max_records: None,
            }
        }

        fn end_to_end(&self, path: &Path) -> SampleCounts {
            crate::count(&self.job(path, 1)).unwrap().counts
        }

        /// The counts and the number of parts.
        fn in_parts(&self, path: &Path, threads: usize) -> Option<(SampleCounts, usize)> {
            let job = self.job(path, threads);
            let input = Input::open(path, 1).unwrap();
            let matched = input.match_contigs(&self.annotation.contigs).unwrap();
            let identity = crate::identify(path).unwrap();
            let parts = parts(path, matched.len(), 1)?;
            let number = parts.len();
            let pass = count_parts(&job, &matched, parts)?;
            Some((pass.finish(&input, identity, true).unwrap().counts, number))
        }
    }

    fn index(path: &Path, kind: bam::index::Type) {
        bam::index::build::<&Path>(path, None, kind, 1).unwrap();
    }

    #[test]
    fn parts_give_the_counts_of_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let setting = Setting::new();
        for (name, kind) in [("x.bam", bam::index::Type::Bai), ("y.bam", bam::index::Type::Csi(12))] {
            let path = folder.path().join(name);
            write(&path, &lines());
            index(&path, kind);
            let whole = setting.end_to_end(&path);
            assert!(whole.ledger.used() > 5_000 && whole.ledger.total() > 11_000);
            for threads in [2, 3, 8] {
                let (counts, parts) = setting.in_parts(&path, threads).unwrap();
                assert_eq!(parts, 4);
                assert!(counts == whole, "{threads} threads");
            }
        }
    }

    #[test]
    fn an_index_of_another_file_is_never_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("x.bam"), folder.path().join("other.bam"));
        let setting = Setting::new();
        let all = lines();
        write(&path, &all);
        let whole = setting.end_to_end(&path);
        // Other files of the same contigs: a few records less at the beginning, every second record, records of one
        // contig as another one's.
        let fewer: Vec<String> = all[7..].to_vec();
        let thinned: Vec<String> = all.iter().step_by(2).cloned().collect();
        let renamed: Vec<String> = all.iter().filter(|line| !line.contains("\ta\t")).cloned().collect();
        for lines in [fewer, thinned, renamed] {
            write(&other, &lines);
            index(&other, bam::index::Type::Bai);
            std::fs::copy(folder.path().join("other.bam.bai"), folder.path().join("x.bam.bai")).unwrap();
            if let Some((counts, _)) = setting.in_parts(&path, 2) {
                assert!(counts == whole);
            }
            assert!(crate::count(&setting.job(&path, 2)).unwrap().counts == whole);
        }
    }

    #[test]
    fn files_out_of_order_are_read_end_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.bam");
        let setting = Setting::new();
        let mut all = lines();
        write(&path, &all);
        index(&path, bam::index::Type::Bai);
        let whole = setting.end_to_end(&path);
        // Of the same size in every block, so that the index leads to records still.
        all.swap(100, 200);
        write(&path, &all);
        assert!(setting.in_parts(&path, 2).is_none());
        let again = setting.end_to_end(&path);
        assert!((again.ledger, again.evidence) == (whole.ledger, whole.evidence));
    }

    #[test]
    fn who_waited_on_another_contig_under_the_same_name_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.bam");
        let line = |name: &str, flags: u32, contig: &str, at: u32, cigar: &str, other: u32| {
            format!("{name}\t{flags}\t{contig}\t{at}\t60\t{cigar}\t=\t{other}\t0\t*\t*\tNH:i:1")
        };
        let single = |contig: &'static str| {
            (0..40_000).map(move |k| line(&format!("{contig}{k}"), 0, contig, 950, "60M", 0))
        };
        // As many wait on contig b as are looked through, `x` in place of the one of contig a; and one of them says that
        // its mate, which comes next, lies farther left.
        let waiting = (0..65_534).map(|k| line(&format!("w{k}"), 99, "b", 2_961, "60M", 90_001));
        let lines: Vec<String> = std::iter::once(line("x", 99, "a", 900, "60M", 90_001))
            .chain(single("a"))
            .chain([line("x", 99, "b", 900, "60M", 90_001), line("p", 99, "b", 2_961, "40M2000N20M", 100)])
            .chain(waiting)
            .chain([line("p", 147, "b", 2_981, "20M2000N40M", 2_961)])
            .chain(single("c"))
            .chain(single("e"))
            .collect();
        write(&path, &lines);
        index(&path, bam::index::Type::Bai);
        let setting = Setting::new();
        let (counts, parts) = setting.in_parts(&path, 2).unwrap();
        assert!(parts >= 3);
        assert!(counts == setting.end_to_end(&path));
    }

    #[test]
    fn parts_are_cut_where_contigs_begin_in_order() {
        let at = |block| FilePlace { block, within: 3 };
        let end = FilePlace { block: 900, within: 0 };
        let starts = |blocks: &[u64]| {
            let starts: Vec<_> = blocks.iter().map(|&block| (block > 0).then(|| at(block))).collect();
            cut(starts.into_iter(), end, 100)
        };
        let parts = starts(&[10, 0, 50, 110, 0, 400]).unwrap();
        let seen: Vec<_> =
            parts.iter().map(|p| (p.start.block, p.end.block, p.contig, p.next_contig)).collect();
        assert_eq!(seen, [(10, 110, 0, Some(3)), (110, 400, 3, Some(5)), (400, 900, 5, None)]);
        assert!(parts[0].is_first && !parts[1].is_first);
        assert!(parts[0].has(2) && !parts[0].has(3) && !parts[0].has(-1) && parts[2].has(-1));
        assert_eq!(starts(&[10, 300, 200]), None);
        assert_eq!(starts(&[10, 950]), None);
        assert_eq!(starts(&[]), Some(vec![]));
    }
}
