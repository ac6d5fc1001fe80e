//! A process that is killed, and one that cannot write, leave nothing that looks finished.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::Instant,
};

use crate::{
    order::{assert_same_tables, tables},
    program::{Called, nadsplice, run},
    scratch::{files_below, scratch},
    toy::{CONTRAST, SAMPLES, toy, toy_results},
};

/// Numbers in [0, 1) from a seed, spread evenly.
struct Fractions(f64);

impl Fractions {
    fn next(&mut self) -> f64 {
        self.0 = (self.0 + 0.618_033_988_749_894_9).fract();
        self.0
    }
}

/// Results under their final names: what a user would take for finished.
fn finished(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let is_temporary =
        |file: &PathBuf| file.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
    let files = files_below(folder).into_iter().filter(|file| !is_temporary(file));
    files.map(|file| (file.clone(), fs::read(folder.join(file)).unwrap())).collect()
}

/// Kills the command after each of these shares of the time that it takes, in the folder that it writes to, and demands
/// that every file that is there under its name is as it is in the end. Then lets it finish.
fn killed_and_run_again(command: impl Fn(&Path) -> Command, folder: &Path, kills: usize, seed: f64) {
    let expected = folder.join("expected");
    let start = Instant::now();
    Called::of(&mut command(&expected)).succeeded();
    let time = start.elapsed();
    let expected = finished(&expected);
    let killed = folder.join("killed");
    let (mut fractions, mut unfinished) = (Fractions(seed), 0);
    for _ in 0..kills {
        let mut child = command(&killed).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(time.mul_f64(fractions.next()));
        child.kill().unwrap();
        unfinished += usize::from(!child.wait().unwrap().success());
        assert_finished_files_are_whole(&killed, &expected);
    }
    assert!(unfinished > 0, "no process was killed");
    Called::of(&mut command(&killed)).succeeded();
    assert_finished_files_are_whole(&killed, &expected);
    let found: Vec<PathBuf> = finished(&killed).into_keys().collect();
    assert_eq!(found, expected.into_keys().collect::<Vec<_>>());
}

#[track_caller]
fn assert_finished_files_are_whole(folder: &Path, expected: &BTreeMap<PathBuf, Vec<u8>>) {
    if !folder.exists() {
        return;
    }
    for (file, bytes) in finished(folder) {
        // They name the folder.
        let end: Option<&[u8]> = match file.to_str() {
            Some("run_info.json") => Some(b"}\n"),
            Some("report.html") => Some(b"</html>\n"),
            _ => None,
        };
        if let Some(end) = end {
            assert!(bytes.ends_with(end), "`{}` is cut", file.display());
            continue;
        }
        assert!(expected[&file] == bytes, "`{}` is not as it is in the end", file.display());
    }
}

#[test]
fn a_killed_run_leaves_no_half_file_and_is_taken_up_again() {
    let folder = scratch("killed_run");
    let command = |outdir: &Path| {
        let mut command = run(&toy().sheet, &toy().gtf, outdir);
        command.args(CONTRAST);
        command
    };
    killed_and_run_again(command, &folder, 12, 0.1);
    let killed = folder.join("killed");
    assert_same_tables(&tables(&killed), &tables(toy_results()));
    // The sheet's samples were not counted again by the last call.
    let called = Called::of(command(&killed).arg("--verbose")).succeeded();
    assert_eq!(called.stderr.matches("is up to date").count(), SAMPLES.len(), "{}", called.stderr);
}

#[test]
fn a_killed_step_leaves_no_half_file_and_is_run_again() {
    let folder = scratch("killed_steps");
    let counts = toy_results().join("counts");
    let step = |name: &str| {
        let folder = folder.join(name);
        fs::create_dir(&folder).unwrap();
        folder
    };
    let count = |outdir: &Path| {
        fs::create_dir_all(outdir).unwrap();
        let mut command = nadsplice();
        command.args(["count", "--sample", "old_1", "--gtf"]).arg(&toy().gtf);
        command.arg("-o").arg(outdir.join("old_1.counts")).arg(toy().bam("old_1"));
        command
    };
    killed_and_run_again(count, &step("count"), 6, 0.2);
    let quantify = |outdir: &Path| {
        let mut command = nadsplice();
        command.args(["quantify", "--gtf"]).arg(&toy().gtf).arg("--samples").arg(&toy().sheet);
        command.arg("-o").arg(outdir);
        command.args(SAMPLES.iter().map(|(name, _)| counts.join(format!("{name}.counts"))));
        command
    };
    killed_and_run_again(quantify, &step("quantify"), 6, 0.3);
    let shard = |outdir: &Path| {
        let mut command = quantify(outdir);
        command.args(["--shard", "1/2"]);
        command
    };
    killed_and_run_again(shard, &step("shard"), 6, 0.4);
    let shards = step("shards");
    let shards = [1, 2].map(|number| {
        let shard = shards.join(number.to_string());
        Called::of(quantify(&shard).args(["--shard", &format!("{number}/2")])).succeeded();
        shard
    });
    let gather = |outdir: &Path| {
        let mut command = nadsplice();
        command.args(["gather", "-o"]).arg(outdir).args(&shards);
        command
    };
    killed_and_run_again(gather, &step("gather"), 6, 0.7);
    let diff = |outdir: &Path| {
        let mut command = nadsplice();
        command.args(["diff", "--quant"]).arg(toy_results()).arg("--samples").arg(&toy().sheet);
        command.args(CONTRAST).arg("-o").arg(outdir);
        command
    };
    killed_and_run_again(diff, &step("diff"), 6, 0.5);
    let enrich = |outdir: &Path| {
        let mut command = nadsplice();
        command.args(["enrich", "--quant"]).arg(toy_results()).arg("--diff").arg(toy_results());
        command.arg("-o").arg(outdir);
        command
    };
    killed_and_run_again(enrich, &step("enrich"), 6, 0.6);
    let report = |outdir: &Path| {
        fs::create_dir_all(outdir).unwrap();
        let mut command = nadsplice();
        command.args(["report", "--results"]).arg(toy_results()).arg("-o").arg(outdir.join("report.html"));
        command
    };
    killed_and_run_again(report, &step("report"), 6, 0.8);
}

#[test]
fn two_jobs_that_write_one_folder_do_not_disturb_each_other() {
    let folder = scratch("two_jobs");
    let counts = toy_results().join("counts");
    let quantify = |outdir: &Path| {
        let mut command = nadsplice();
        command.args(["quantify", "--gtf"]).arg(&toy().gtf).arg("--samples").arg(&toy().sheet);
        command.arg("-o").arg(outdir).stderr(Stdio::null());
        command.args(SAMPLES.iter().map(|(name, _)| counts.join(format!("{name}.counts"))));
        command
    };
    let [alone, shared] = ["alone", "shared"].map(|name| folder.join(name));
    Called::of(&mut quantify(&alone)).succeeded();
    let mut children: Vec<_> = (0..2).map(|_| quantify(&shared).spawn().unwrap()).collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    assert_same_tables(&tables(&shared), &tables(&alone));
}

#[test]
fn counts_of_other_alignments_or_parameters_are_not_taken_up() {
    let folder = scratch("stale_counts");
    let sheet = folder.join("sheet.tsv");
    let results = folder.join("results");
    toy().sheet_with(&sheet, "old_1", &toy().bam("old_1"));
    let up_to_date = |options: &[&str]| {
        let mut command = run(&sheet, &toy().gtf, &results);
        Called::of(command.args(CONTRAST).arg("--verbose").args(options))
            .succeeded()
            .stderr
            .matches("is up to date")
            .count()
    };
    assert_eq!(up_to_date(&[]), 0);
    assert_eq!(up_to_date(&[]), SAMPLES.len());
    assert_eq!(up_to_date(&["--min-overhang", "5"]), 0);
    assert_eq!(up_to_date(&["--min-overhang", "5"]), SAMPLES.len());
    // Other reads under the old name of the sample.
    let other = folder.join("other.bam");
    fs::copy(toy().bam("old_2"), &other).unwrap();
    toy().sheet_with(&sheet, "old_1", &other);
    assert_eq!(up_to_date(&["--min-overhang", "5"]), SAMPLES.len() - 1);
}

/// Calls a program in a file system of its own on `mount`, which the options of `mount -t tmpfs` describe; nothing where
/// this takes rights that the tests do not have.
fn in_small_file_system(mount: &Path, options: &str, program: &mut Command) -> Option<Called> {
    fs::create_dir_all(mount).unwrap();
    let script = "mount -t tmpfs -o \"$1\" none \"$2\" || exit 99; shift 2; exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c", script, "sh", options]).arg(mount);
    command.arg(program.get_program()).args(program.get_args());
    let probe = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "mount", "-t", "tmpfs", "none"])
        .arg(mount)
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: mounting a small file system takes rights that the tests do not have");
        return None;
    }
    Some(Called::of(&mut command))
}

#[test]
fn a_full_disk_and_a_read_only_folder_are_said_with_a_hint() {
    let folder = scratch("no_space");
    let mount = folder.join("mount");
    let mut whole = run(&toy().sheet, &toy().gtf, &mount.join("results"));
    let Some(full) = in_small_file_system(&mount, "size=64k", &mut whole) else { return };
    full.failed(1, &["No space left on device", "free some space"]).with_hint();
    let quantify = |outdir: &Path| {
        let mut command = nadsplice();
        command.args(["quantify", "--gtf"]).arg(&toy().gtf).arg("--samples").arg(&toy().sheet);
        command.arg("-o").arg(outdir);
        let counts = toy_results().join("counts");
        command.args(SAMPLES.iter().map(|(name, _)| counts.join(format!("{name}.counts"))));
        command
    };
    let full = in_small_file_system(&mount, "size=64k", &mut quantify(&mount)).unwrap();
    full.failed(1, &["No space left on device", "free some space"]).with_hint();
    let shards = [1, 2].map(|number| folder.join(format!("shard_{number}")));
    for (number, shard) in (1..).zip(&shards) {
        let mut shard_alone = quantify(&mount);
        shard_alone.args(["--shard", &format!("{number}/2")]);
        let full = in_small_file_system(&mount, "size=8k", &mut shard_alone).unwrap();
        full.failed(1, &["No space left on device", "free some space"]).with_hint();
        Called::of(quantify(shard).args(["--shard", &format!("{number}/2")])).succeeded();
    }
    let gather = |outdir: &Path| {
        let mut command = nadsplice();
        command.args(["gather", "-o"]).arg(outdir).args(&shards);
        command
    };
    let full = in_small_file_system(&mount, "size=8k", &mut gather(&mount)).unwrap();
    full.failed(1, &["No space left on device", "free some space"]).with_hint();
    let read_only = in_small_file_system(&mount, "ro", &mut gather(&mount)).unwrap();
    read_only.failed(1, &["Read-only file system", "another folder"]).with_hint();
    let read_only = in_small_file_system(&mount, "ro", &mut quantify(&mount.join("results"))).unwrap();
    read_only.failed(1, &["Read-only file system", "another folder"]).with_hint();
    let read_only = in_small_file_system(&mount, "ro", &mut quantify(&mount)).unwrap();
    read_only.failed(1, &["Read-only file system", "another folder"]).with_hint();
}
