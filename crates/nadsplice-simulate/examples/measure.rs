use nadsplice_simulate::*;
use std::time::Instant;
fn main() {
    let mode = std::env::args().nth(1).unwrap();
    let dir = std::path::PathBuf::from(std::env::args().nth(2).unwrap());
    std::fs::create_dir_all(&dir).unwrap();
    let threads: usize = std::env::args().nth(3).unwrap().parse().unwrap();
    let level: Option<u8> = std::env::args().nth(4).map(|s| s.parse().unwrap());
    let t = Instant::now();
    if mode == "demo" {
        let a = demo::annotation().unwrap();
        let mut spec = demo::cohort().unwrap();
        spec.compression_level = level;
        let c = Cohort::new(&a, &spec).unwrap();
        eprintln!("plan {:?} fragments {}", t.elapsed(), spec.fragments);
        let w = c.write(&dir, threads).unwrap();
        let n: u64 = w.iter().flat_map(|s| &s.fragments).sum();
        eprintln!("{} alignments in {:?}", 2 * n, t.elapsed());
        demo::write_gtf(&dir.join("demo.gtf")).unwrap();
    } else {
        let a = demo::annotation().unwrap();
        let mut spec = demo::cohort().unwrap();
        spec.compression_level = level;
        spec.samples.truncate(1);
        spec.fragments = 1_000_000;
        let c = Cohort::new(&a, &spec).unwrap();
        let w = c.write(&dir, threads).unwrap();
        let n: u64 = w.iter().flat_map(|s| &s.fragments).sum();
        eprintln!("{} alignments in {:?}", 2 * n, t.elapsed());
    }
}
