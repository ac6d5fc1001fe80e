//! Time and memory of a whole contrast: 200,000 events of 60 samples with covariates, and all measures of an event.
//!
//!     cargo run --release -p nadsplice-diff --example speed -- [EVENTS] [THREADS]

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up must stop")]
#![expect(clippy::print_stdout, reason = "the figures go to stdout")]

use std::{error::Error, fmt::Write, time::Instant};

use nadsplice_core::EventKind;
use nadsplice_diff::{Contrast, CountTable, Engine, Inputs, Model, ModelText, Plan, SampleSheet, test_step};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, LogNormal, Poisson};
use rayon::prelude::*;

const SAMPLES: usize = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let events = arguments.next().transpose()?.unwrap_or(200_000);
    let threads = arguments.next().transpose()?.unwrap_or(2);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let counts = counts(events);
    let kinds = vec![EventKind::Se; events];
    let lengths = [vec![200.0; events * SAMPLES], vec![100.0; events * SAMPLES]];
    let table = CountTable {
        kinds: &kinds,
        samples: SAMPLES,
        inclusion: &counts[0],
        skipping: &counts[1],
        inclusion_length: &lengths[0],
        skipping_length: &lengths[1],
    };
    println!("design\tengine\tevents\ttested\tsamples\tcolumns\tthreads\tseconds\tcpu_seconds\tpeak_mb");
    for (name, covariates) in [("two groups", &[][..]), ("age + sex + batch", &["age", "sex", "batch"][..])] {
        for (engine_name, engine) in [("nds", Engine::BetaBinomial), ("qbb", Engine::QuasiBinomial)] {
            let plan = plan(covariates)?;
            let step = &plan.steps()[0];
            let columns = step.comparisons().next().unwrap().design().n_columns();
            let (start, cpu) = (Instant::now(), cpu_seconds());
            let tests = test_step(&table, step, engine, |_| vec![None; events])?;
            let seconds = start.elapsed().as_secs_f64();
            let cpu = cpu_seconds().zip(cpu).map(|(after, before)| after - before);
            let tested = tests[0].diagnostics.n_tested;
            println!(
                "{name}\t{engine_name}\t{events}\t{tested}\t{SAMPLES}\t{columns}\t{threads}\t{seconds:.1}\t{}\t{}",
                cpu.map_or_else(|| "NA".to_owned(), |seconds| format!("{seconds:.1}")),
                peak_megabytes().map_or_else(|| "NA".to_owned(), |mb| mb.to_string())
            );
        }
    }
    Ok(())
}

/// 30 against 30 with an age, a sex and one of three batches.
fn plan(covariates: &[&str]) -> Result<Plan, Box<dyn Error>> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut text = "sample\tcondition\tage\tsex\tbatch\n".to_owned();
    for s in 0..SAMPLES {
        let group = if s < SAMPLES / 2 { "young" } else { "old" };
        let age = random.random_range(20..80);
        let sex = if random.random_bool(0.5) { "f" } else { "m" };
        writeln!(text, "s{s}\t{group}\t{age}\t{sex}\tb{}", s % 3)?;
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("sheet.tsv");
    std::fs::write(&path, text)?;
    let sheet = SampleSheet::read(&path, Inputs::Ignored)?;
    let covariates: Vec<String> = covariates.iter().map(|&c| c.to_owned()).collect();
    let model = Model::new(ModelText { covariates: &covariates, ..ModelText::default() }, &sheet)?;
    let contrast = Contrast::parse("condition:old:young", &sheet)?;
    Ok(Plan::new(&[contrast], &[], &model, &sheet).map_err(|problems| problems[0].to_string())?)
}

/// Counts like those of human biopsies, a tenth of the events changed, drawn in parallel from one seed an event.
fn counts(events: usize) -> [Vec<u32>; 2] {
    let rows: Vec<([u32; SAMPLES], [u32; SAMPLES])> = (0..events as u64).into_par_iter().map(event).collect();
    [rows.iter().flat_map(|row| row.0).collect(), rows.iter().flat_map(|row| row.1).collect()]
}

fn event(seed: u64) -> ([u32; SAMPLES], [u32; SAMPLES]) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let coverage = LogNormal::new(38_f64.ln(), 1.0).unwrap().sample(&mut random);
    let rho: f64 = LogNormal::new(0.03_f64.ln(), 0.9).unwrap().sample(&mut random);
    let rho = rho.min(0.5);
    let psi: f64 = Beta::new(0.5, 0.5).unwrap().sample(&mut random);
    let psi = psi.clamp(0.02, 0.98);
    let case = if seed.is_multiple_of(10) { (psi + 0.4) % 0.96 + 0.02 } else { psi };
    let (mut inclusion, mut skipping) = ([0; SAMPLES], [0; SAMPLES]);
    for s in 0..SAMPLES {
        let mean = if s < SAMPLES / 2 { psi } else { case };
        let expected = coverage * Gamma::new(3.0, 1.0 / 3.0).unwrap().sample(&mut random);
        let reads: f64 = Poisson::new(expected.max(1e-6)).unwrap().sample(&mut random);
        let precision = rho.recip() - 1.0;
        let own = Beta::new(mean * precision, (1.0 - mean) * precision).unwrap().sample(&mut random);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of reads"
        )]
        let n = reads as u32;
        let y = Binomial::new(u64::from(n), own).unwrap().sample(&mut random);
        inclusion[s] = u32::try_from(y).unwrap();
        skipping[s] = n - inclusion[s];
    }
    (inclusion, skipping)
}

/// The most memory that this process ever held, where the system tells.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kb| kb / 1024)
}

/// Seconds that the processors have spent on this process, where the system tells: on a shared machine this is the
/// figure that means something.
fn cpu_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may hold anything.
    let fields: Vec<&str> = status.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
