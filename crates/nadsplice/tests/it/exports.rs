//! `export` in the formats of SUPPA, genome browsers and STAR; tabix and bedtools read theirs where they are installed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    data::text,
    program::{Called, nadsplice},
    scratch::scratch,
    toy::{CONTRAST, SAMPLES, toy_results},
    tsv::Tsv,
};

fn export(format: &str, folder: &str) -> PathBuf {
    let output = scratch(folder);
    let mut command = nadsplice();
    command.args(["export", "--format", format, "--results"]).arg(toy_results()).arg("-o").arg(&output);
    Called::of(&mut command).succeeded();
    output
}

fn results(table: &str) -> Tsv {
    Tsv::read(&toy_results().join(table))
}

/// What a tool prints; nothing where it is not installed.
fn printed(tool: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let Ok(output) = Command::new(tool).args(arguments).current_dir(folder).output() else {
        eprintln!("skipped: there is no `{tool}` in PATH");
        return None;
    };
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Rows of BED without the track line.
fn bed(path: &Path) -> Vec<Vec<String>> {
    let text = text(path);
    assert!(text.starts_with("track name=\""), "{text:.80}");
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn junctions_as_bed12_hold_the_counts_of_the_table() {
    let folder = export("bed", "export_bed");
    let table = results("junctions.tsv");
    for (sample, _) in SAMPLES {
        let found: Vec<[String; 5]> = bed(&folder.join(format!("{sample}.junctions.bed.gz")))
            .iter()
            .map(|row| {
                assert_eq!(row.len(), 12);
                let number = |cell: &str| cell.parse::<u32>().unwrap();
                let (sizes, starts): (Vec<u32>, Vec<u32>) =
                    (row[10].split(',').map(number).collect(), row[11].split(',').map(number).collect());
                assert_eq!((row[9].as_str(), starts[0]), ("2", 0));
                assert_eq!(number(&row[1]) + starts[1] + sizes[1], number(&row[2]));
                let intron = (number(&row[1]) + sizes[0], number(&row[2]) - sizes[1]);
                [row[0].clone(), intron.0.to_string(), intron.1.to_string(), row[5].clone(), row[4].clone()]
            })
            .collect();
        let expected: Vec<[String; 5]> = table
            .iter()
            .filter(|row| row.text(sample) != "0")
            .map(|row| ["chrom", "start0", "end", "strand", sample].map(|name| row.text(name).to_owned()))
            .collect();
        assert_eq!(found, expected, "{sample}");
    }
}

#[test]
fn events_as_bed9_have_the_colour_of_their_change() {
    let rows = bed(&export("bed", "export_bed_events").join("events.bed.gz"));
    let tests = results("differential.tsv");
    assert_eq!(rows.len(), results("events.tsv").rows.len());
    let mut coloured = 0;
    for row in &rows {
        let test = tests.row_where("event_id", &row[3]);
        let (delta, q) = (test.number("delta_psi"), test.number("q_value"));
        let expected = match delta {
            Some(delta) if q.is_some_and(|q| q < 0.05) && delta > 0.0 => "213,94,0",
            Some(delta) if q.is_some_and(|q| q < 0.05) && delta < 0.0 => "0,114,178",
            _ => "153,153,153",
        };
        coloured += usize::from(expected != "153,153,153");
        assert_eq!(row[8], expected, "{}", row[3]);
        let score: f64 = row[4].parse().unwrap();
        assert!((score - 1000.0 * delta.unwrap_or(0.0).abs()).abs() <= 0.5, "{}", row[3]);
    }
    assert!(coloured > 0);
    let order: Vec<(&str, u32)> = rows.iter().map(|r| (r[0].as_str(), r[1].parse().unwrap())).collect();
    assert!(order.windows(2).all(|w| w[0].0 != w[1].0 || w[0].1 <= w[1].1));
}

#[test]
fn tabix_and_bedtools_read_the_bed_files() {
    let folder = export("bed", "export_bed_tools");
    let rows = bed(&folder.join("events.bed.gz"));
    let first = &rows[0];
    let region = format!("{}:{}-{}", first[0], first[1].parse::<u32>().unwrap() + 1, first[2]);
    if let Some(found) = printed("tabix", &["events.bed.gz", &region], &folder) {
        assert!(found.lines().any(|line| line == first.join("\t")), "{found}");
    }
    let junctions = format!("{}.junctions.bed.gz", SAMPLES[0].0);
    if let Some(found) = printed("bedtools", &["bed12tobed6", "-i", &junctions], &folder) {
        assert_eq!(found.lines().count(), 2 * bed(&folder.join(&junctions)).len());
    }
}

#[test]
fn leafcutter_counts_are_those_of_the_clusters_junctions() {
    let folder = export("leafcutter", "export_leafcutter");
    let table = results("clusters.tsv");
    let ids = Tsv::read(&folder.join("clusters_ids.tsv"));
    let (counts, shares) = (
        text(&folder.join("clusters_perind_numers.counts.gz")),
        text(&folder.join("clusters_perind.counts.gz")),
    );
    let samples = SAMPLES.map(|s| s.0).join(" ");
    assert_eq!(counts.lines().next().unwrap(), samples);
    assert_eq!(shares.lines().next().unwrap(), format!("chrom {samples}"));
    assert!(counts.lines().count() > 10);
    let mut written = 0;
    for (line, share) in counts.lines().zip(shares.lines()).skip(1) {
        let (cells, shares): (Vec<&str>, Vec<&str>) = (line.split(' ').collect(), share.split(' ').collect());
        let [chrom, start, end, cluster] = cells[0].split(':').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let name = format!("{chrom}:{cluster}");
        let id = ids.row_where("cluster", &name).text("cluster_id");
        let end: u32 = end.parse().unwrap();
        let row = table
            .rows_where("cluster_id", id)
            .find(|r| {
                r.text("junction_start0") == start && r.number("junction_end") == Some(f64::from(end - 1))
            })
            .unwrap();
        assert_eq!(row.text("kind"), "junction");
        assert!(cluster.ends_with(&format!("_{}", row.text("strand"))));
        for (k, (sample, _)) in SAMPLES.iter().enumerate() {
            assert_eq!(cells[k + 1], row.text(sample));
            let total: f64 = table
                .rows_where("cluster_id", id)
                .filter(|r| r.text("kind") == "junction")
                .filter_map(|r| r.number(sample))
                .sum();
            assert_eq!(shares[k + 1], format!("{}/{total}", row.text(sample)));
        }
        written += 1;
    }
    let of = |id: &str| table.rows_where("cluster_id", id).filter(|r| r.text("kind") == "junction").count();
    let expected: usize = ids.cells("cluster_id").iter().map(|id| of(id)).sum();
    assert_eq!(written, expected);
}

#[test]
fn the_list_for_star_has_every_junction_that_a_read_crosses() {
    let list = export("star", "export_star").join("sjdb.tab");
    let rows: Vec<String> = fs::read_to_string(&list).unwrap().lines().map(str::to_owned).collect();
    let table = results("junctions.tsv");
    let expected: Vec<String> = table
        .iter()
        .filter(|row| SAMPLES.iter().any(|(sample, _)| row.text(sample) != "0"))
        .map(|row| {
            let start = row.number("start0").unwrap() + 1.0;
            format!("{}\t{start}\t{}\t{}", row.text("chrom"), row.text("end"), row.text("strand"))
        })
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn suppa_shares_follow_the_form_that_suppa_counts() {
    let folder = export("suppa", "export_suppa");
    let (events, psi) = (results("events.tsv"), results("psi.tsv"));
    let mut seen = 0;
    for name in ["SE", "A5", "A3", "MX", "RI", "AF", "AL"] {
        let ioe = Tsv::read(&folder.join(format!("events_{name}_strict.ioe")));
        let shares = fs::read_to_string(folder.join(format!("events_{name}_strict.psi"))).unwrap();
        let mut lines = shares.lines();
        assert_eq!(lines.next().unwrap(), SAMPLES.map(|s| s.0).join("\t"));
        let rows: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
        assert_eq!(ioe.cells("event_id"), rows.iter().map(|r| r[0]).collect::<Vec<_>>());
        for (row, cells) in ioe.iter().zip(&rows) {
            let event =
                events.iter().find(|e| e.text("suppa_id").split(',').any(|id| id == cells[0])).unwrap();
            let flipped = matches!((name, event.text("strand")), ("MX" | "AF", "-") | ("AL", "+"));
            let inclusion: Vec<&str> = event.text("inclusion_transcripts").split(',').collect();
            let counted: Vec<&str> = row.text("alternative_transcripts").split(',').collect();
            assert!(counted.iter().all(|t| inclusion.contains(t) != flipped), "{}", cells[0]);
            let ours = psi.row_where("event_id", event.text("event_id"));
            for (cell, (sample, _)) in cells[1..].iter().zip(SAMPLES) {
                let Some(ours) = ours.number(sample) else {
                    assert_eq!(*cell, "nan");
                    continue;
                };
                let ours = if flipped { 1.0 - ours } else { ours };
                assert!((cell.parse::<f64>().unwrap() - ours).abs() < 1e-9, "{}", cells[0]);
            }
            seen += 1;
        }
    }
    assert!(seen >= 7);
}

#[test]
fn a_contrast_that_was_not_made_is_refused_with_those_that_were() {
    let mut command = nadsplice();
    command.args(["export", "--format", "bed", "--contrast", "condition:young:old", "--results"]);
    command.arg(toy_results()).arg("-o").arg(scratch("export_refused"));
    Called::of(&mut command).failed(1, &["condition:young:old", CONTRAST[1]]);
}
