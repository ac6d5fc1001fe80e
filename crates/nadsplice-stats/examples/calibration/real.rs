//! Real noise: splits of real replicates that cannot differ, and replicates thinned to another depth. Counts are those
//! of rMATS's tables.

use std::path::{Path, PathBuf};
use std::process::Command;

use nadsplice_stats::multiple_testing::benjamini_hochberg;
use nadsplice_stats::{Design, EventCounts, Groups, LengthOffsets, NdsOptions, NdsRow, test_events};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};

/// With fewer tested events nothing is claimed.
const LEAST_EVENTS: usize = 500;
/// Vanished calls that are listed.
const LISTED: usize = 20;

/// The counts of a table, samples of the first group first.
#[derive(Clone, Debug, Default)]
struct Table {
    events: Vec<String>,
    inclusion: Vec<u32>,
    skipping: Vec<u32>,
    offsets: Vec<f64>,
    /// rMATS's own p-values.
    p_values: Vec<f64>,
    group: Vec<usize>,
}

pub(crate) fn run(folder: &Path) {
    println!("data\ttest\tevents\ttested\tbelow_05\tbelow_01\tbelow_001\tq_below_05\tclaim");
    for name in ["maser/MATS_output", "jurkat/rMATS"] {
        let Some(table) = Table::read(&folder.join(name)) else {
            println!("# skipped: no rMATS tables in `{}`", folder.join(name).display());
            continue;
        };
        splits(name, "within-group splits", &table);
        let shallow = table.thinned(|sample| if sample == 0 { 0.05 } else { 1.0 }, 1);
        splits(name, "within-group splits, first replicate thinned to a twentieth", &shallow);
        dealt(name, &table);
        compare(name, &table);
    }
}

impl Table {
    /// All tables of a folder, plain or compressed; none where there is no such folder.
    fn read(folder: &Path) -> Option<Self> {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let mut table = Self::default();
        for file in files {
            let text = if file.extension().is_some_and(|e| e == "gz") {
                String::from_utf8(Command::new("gzip").arg("-dc").arg(&file).output().unwrap().stdout)
                    .unwrap()
            } else {
                std::fs::read_to_string(&file).unwrap()
            };
            table.add(&text, &file.file_name().unwrap().to_string_lossy());
        }
        Some(table)
    }

    fn add(&mut self, text: &str, file: &str) {
        let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let header = lines.next().unwrap();
        let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
        let counts = ["IC_SAMPLE_1", "IC_SAMPLE_2", "SC_SAMPLE_1", "SC_SAMPLE_2"].map(column);
        let lengths = ["IncFormLen", "SkipFormLen"].map(column);
        let (symbol, p) = (column("geneSymbol"), column("PValue"));
        let kind = file.split('.').next().unwrap();
        for cells in lines {
            let numbers =
                |at: usize| cells[at].split(',').map(|n| n.parse::<u32>().unwrap()).collect::<Vec<_>>();
            let [one, two, skip_one, skip_two] = counts.map(numbers);
            self.group = [vec![0; one.len()], vec![1; two.len()]].concat();
            self.inclusion.extend(one.into_iter().chain(two));
            self.skipping.extend(skip_one.into_iter().chain(skip_two));
            let [inclusion, skipping] = lengths.map(|at| cells[at].parse::<f64>().unwrap());
            self.offsets.push((inclusion / skipping).ln());
            self.p_values.push(cells[p].parse().unwrap_or(1.0));
            self.events.push(format!(
                "{} {kind} {}:{}-{}",
                cells[symbol].trim_matches('"'),
                cells[3],
                cells[5],
                cells[6]
            ));
        }
    }

    /// Reads of every sample kept with a chance.
    fn thinned(&self, kept: impl Fn(usize) -> f64, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut table = self.clone();
        let samples = self.group.len();
        for counts in [&mut table.inclusion, &mut table.skipping] {
            for (at, count) in counts.iter_mut().enumerate() {
                let kept = kept(at % samples);
                if kept < 1.0 {
                    let left = Binomial::new(u64::from(*count), kept).unwrap().sample(&mut random);
                    *count = u32::try_from(left).unwrap();
                }
            }
        }
        table
    }

    fn test(&self, design: &Design) -> Vec<NdsRow> {
        let counts = EventCounts::new(
            self.group.len(),
            &self.inclusion,
            &self.skipping,
            LengthOffsets::PerEvent(&self.offsets),
        );
        test_events(&counts.unwrap(), design, &NdsOptions::default()).unwrap().rows
    }

    fn two_groups(&self) -> Design {
        // rMATS's difference is its first group less its second.
        Design::two_groups(&self.group.iter().map(|&g| g == 0).collect::<Vec<_>>()).unwrap()
    }
}

/// One replicate of each group against the others, with the groups in the model: no difference can be real.
fn splits(name: &str, what: &str, table: &Table) {
    let members = |g: usize| (0..table.group.len()).filter(move |&s| table.group[s] == g);
    let mut results = Vec::new();
    for one in members(0) {
        for two in members(1) {
            // With two replicates a group, a split and its mirror image are the same.
            if members(0).count() == 2 && one != 0 {
                continue;
            }
            let split = |s: usize| usize::from(s == one || s == two);
            let rows: Vec<f64> =
                (0..table.group.len()).flat_map(|s| [1.0, table.group[s] as f64, split(s) as f64]).collect();
            let groups = Groups {
                of_sample: (0..table.group.len()).map(|s| Some(split(s))).collect(),
                columns: vec![2],
                contrast: None,
            };
            let design = Design::new(3, &rows, &[2], Some(groups)).unwrap();
            results.push(table.test(&design));
        }
    }
    print(name, &format!("{what} ({} splits)", results.len()), &results);
}

/// All reads of the first group's replicates dealt to 3 against 3: noise of counting and nothing else.
fn dealt(name: &str, table: &Table) {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let samples = table.group.len();
    let mut deal = |counts: &[u32]| -> Vec<u32> {
        counts
            .chunks_exact(samples)
            .flat_map(|row| {
                let mut left: u64 =
                    row.iter().zip(&table.group).filter(|(_, g)| **g == 0).map(|(&n, _)| u64::from(n)).sum();
                (0..6_u32)
                    .map(|s| {
                        let share = f64::from(6 - s).recip();
                        let own = Binomial::new(left, share).unwrap().sample(&mut random);
                        left -= own;
                        u32::try_from(own).unwrap()
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let dealt = Table {
        inclusion: deal(&table.inclusion),
        skipping: deal(&table.skipping),
        group: vec![0, 0, 0, 1, 1, 1],
        ..table.clone()
    };
    print(name, "first group's reads dealt to 3v3", &[dealt.test(&dealt.two_groups())]);
}

fn print(name: &str, what: &str, results: &[Vec<NdsRow>]) {
    let p: Vec<f64> = results.iter().flatten().filter_map(|row| row.p_value).collect();
    let below = |level: f64| p.iter().filter(|&&p| p < level).count() as f64 / p.len().max(1) as f64;
    let called: usize = results
        .iter()
        .map(|rows| benjamini_hochberg(&rows.iter().map(|r| r.p_value).collect::<Vec<_>>()))
        .map(|q| q.iter().flatten().filter(|&&q| q < 0.05).count())
        .sum();
    let tested = p.len() / results.len().max(1);
    println!(
        "{name}\t{what}\t{}\t{tested}\t{:.4}\t{:.4}\t{:.4}\t{called}\t{}",
        results.first().map_or(0, Vec::len),
        below(0.05),
        below(0.01),
        below(0.001),
        if tested < LEAST_EVENTS { "none: too few events" } else { "yes" },
    );
}

/// The groups against each other, beside rMATS's p-values, and with every replicate thinned to the shallowest's depth.
fn compare(name: &str, table: &Table) {
    let rows = table.test(&table.two_groups());
    let both: Vec<(f64, f64)> =
        rows.iter().zip(&table.p_values).filter_map(|(row, &p)| Some((row.log10_p?, p))).collect();
    println!(
        "# {name}: {} events tested, rank correlation of p-values with rMATS's {:.3}",
        both.len(),
        spearman(&both)
    );
    let samples = table.group.len();
    let depth = |s: usize| -> f64 {
        let of =
            |counts: &[u32]| -> f64 { counts.iter().skip(s).step_by(samples).map(|&n| f64::from(n)).sum() };
        of(&table.inclusion) + of(&table.skipping)
    };
    let depths: Vec<f64> = (0..samples).map(depth).collect();
    let shallowest = |group: usize| {
        let own = depths.iter().zip(&table.group).filter(|(_, g)| **g == group).map(|(d, _)| *d);
        own.fold(f64::INFINITY, f64::min)
    };
    println!("# {name}: reads of the samples {depths:?}");
    let even = table.thinned(|s| shallowest(table.group[s]) / depths[s], 3);
    let thinned = even.test(&even.two_groups());
    let q = |rows: &[NdsRow]| benjamini_hochberg(&rows.iter().map(|r| r.p_value).collect::<Vec<_>>());
    let (before, after) = (q(&rows), q(&thinned));
    let is_called = |q: &Option<f64>| q.is_some_and(|q| q < 0.05);
    println!(
        "# {name}: {} calls at q < 0.05, {} with replicates thinned to their group's shallowest; of those that vanish:",
        before.iter().filter(|q| is_called(q)).count(),
        after.iter().filter(|q| is_called(q)).count(),
    );
    let vanished = (0..table.events.len()).filter(|&e| is_called(&before[e]) && !is_called(&after[e]));
    for e in vanished.take(LISTED) {
        let figure = |f: Option<f64>| f.map_or_else(|| "NA".to_owned(), |f| format!("{f:.3e}"));
        println!(
            "#   {}: delta psi {:.3}, q {} before, {} after ({})",
            table.events[e],
            rows[e].delta_psi.unwrap_or(f64::NAN),
            figure(before[e]),
            figure(after[e]),
            thinned[e].status,
        );
    }
}

/// Spearman's correlation; ties share their mean rank.
fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by(|&a, &b| of(&pairs[a]).total_cmp(&of(&pairs[b])));
        let mut ranks = vec![0.0; pairs.len()];
        let mut at = 0;
        while at < order.len() {
            let same = order[at..].iter().take_while(|&&k| of(&pairs[k]) <= of(&pairs[order[at]])).count();
            for &k in &order[at..at + same] {
                ranks[k] = at as f64 + 0.5 * (same - 1) as f64;
            }
            at += same;
        }
        ranks
    };
    let (a, b) = (ranks(|p| p.0), ranks(|p| p.1));
    let middle = 0.5 * (pairs.len() as f64 - 1.0);
    let product =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - middle) * (y - middle)).sum() };
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}
