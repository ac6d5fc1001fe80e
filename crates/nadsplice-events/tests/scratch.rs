mod support;
use std::collections::BTreeMap;
use nadsplice_core::*;
use nadsplice_events::*;
use support::*;
struct R(u64);
impl R { fn n(&mut self) -> u64 { self.0 ^= self.0 << 13; self.0 ^= self.0 >> 7; self.0 ^= self.0 << 17; self.0 } fn b(&mut self, n: u64) -> u64 { self.n() % n } }
fn rss() -> u64 { std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmRSS")).unwrap().split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()/1024 }
#[test]
fn scale() {
    let data = data().unwrap();
    let file = by_locus(&data.join("annotation/derived_refseq_hg38.gtf.gz"));
    let a = &file.annotation;
    let introns = a.introns();
    let cuts = a.exon_boundaries();
    let mut ev = CohortEvidence::new(a, NovelOptions::default());
    println!("start rss {} MB, introns {}", rss(), introns.iter().map(Vec::len).sum::<usize>());
    let n: usize = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let mut total = std::time::Duration::ZERO;
    for s in 0..n {
        let mut r = R(12345 + s as u64 * 7919);
        let mut contigs = vec![];
        let mut nj = 0;
        for c in 0..introns.len() {
            let mut js: BTreeMap<(u32,u32),u32> = BTreeMap::new();
            for (k, i) in introns[c].iter().enumerate() {
                if k % 10 < 7 { js.insert((i.start(), i.end()), 1 + r.b(200) as u32); }
                // noise: a cryptic acceptor, half of them from a common pool
                if k % 2 == 0 { let off = if r.b(2)==0 { 37 + (k as u32 % 50) } else { r.b(5000) as u32 }; let e = i.end().saturating_sub(off).max(i.start()+50); js.insert((i.start(), e), 1 + (r.b(20)==0) as u32 * r.b(30) as u32); }
            }
            nj += js.len();
            let junctions = js.into_iter().map(|((start,end),f)| JunctionCount{start,end,annotated:false,fragments:f,alone:f,sense_forward:f/2,tag_forward:0,tag_reverse:0,max_overhang:40,positions:f.min(40)}).collect();
            let mut b = DepthTrackBuilder::default();
            let mut d = 0i64;
            for (k, &p) in cuts[c].iter().enumerate() { let nd = if k % 2 == 0 { 20 + r.b(60) as i64 } else { r.b(3) as i64 }; b.push(p, nd - d); d = nd; 
               // background runs
               if let Some(&q) = cuts[c].get(k+1) { let mut x = p + 150; while x + 100 < q && x < p + 6000 { let nd = r.b(3) as i64; b.push(x, nd - d); d = nd; x += 150; } } }
            let t = b.finish();
            let none = || DepthTrackBuilder::default().finish();
            contigs.push(ContigCounts{junctions, sets: vec![], depth: ContigDepth{plain:[none(), t.clone()], boundary:[none(), t]}, bodies: vec![]});
        }
        let runs: u64 = contigs.iter().map(|c| c.depth.plain[1].len()).sum();
        let sample = SampleCounts{sample:"s".into(),input:InputIdentity{size:0,pieces:[0;32],header:[0;32]},annotation:[0;32],parameters:CountParameters::default(),contigs:a.contigs.names().to_vec(),ledger:ReadLedger::default(),paired_alignments:0,strand:StrandEvidence::default(),read_lengths:vec![],aligned_lengths:vec![(100,100)],fragment_lengths:vec![],evidence:Evidence::Fragments(FragmentEvidence{contigs,genes:vec![]})};
        let t = std::time::Instant::now();
        ev.add(&sample, LibraryStrandedness::Unstranded).unwrap();
        total += t.elapsed();
        drop(sample);
        if s % 10 == 0 || s + 1 == n { println!("sample {s}: {:?} junctions {nj} runs {runs} rss {} MB", t.elapsed(), rss()); }
    }
    println!("add mean {:?}", total / n as u32);
    let t = std::time::Instant::now();
    let cat = Catalogue::with_novel(&ev);
    let mut n: BTreeMap<(Novelty,EventKind), usize> = BTreeMap::new();
    for (e, &k) in cat.events.iter().zip(&cat.novelty) { *n.entry((k,e.kind)).or_default() += 1; }
    println!("with_novel {:?} rss {} {n:?}", t.elapsed(), rss());
    let t = std::time::Instant::now();
    let m = ev.cluster_members(); let distinct = m.len();
    let cl = Clusters::from_junctions(m, &ClusterOptions::default());
    println!("clusters {:?} {} of {distinct} members rss {}", t.elapsed(), cl.len(), rss());
}
