//! `--regions`: what lies inside has the numbers of the whole file, and what cannot be known is not said.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    data::{Entry, data, write_sheet},
    order::{assert_same_tables, tables},
    program::{Called, nadsplice, run},
    scratch::scratch,
    toy::{CONTRAST, SAMPLES, toy, toy_results},
    tsv::Tsv,
};

/// Tables of numbers that are those of the whole file, by the columns that name a row.
const EXACT: [(&str, usize); 3] =
    [("inclusion_counts.tsv", 1), ("skipping_counts.tsv", 1), ("junctions.tsv", 4)];

/// Demands that every row of the tables of counts is also one of the whole cohort, and that PSI, which rests on the
/// fragment lengths measured inside too, is near; gives the number of events.
#[track_caller]
fn assert_same_inside(part: &Path, whole: &Path, psi_within: f64) -> usize {
    for (name, key) in EXACT {
        let (part, whole) = (Tsv::read(&part.join(name)), Tsv::read(&whole.join(name)));
        assert_eq!(part.header, whole.header, "{name}");
        assert!(!part.rows.is_empty() && part.rows.len() < whole.rows.len(), "{name}");
        let all: BTreeSet<&Vec<String>> = whole.rows.iter().collect();
        for row in &part.rows {
            assert!(all.contains(row), "{name}: {:?}", &row[..key]);
        }
    }
    let [usage, of_whole] = [part, whole].map(|folder| Tsv::read(&folder.join("cluster_usage.tsv")));
    let all: BTreeSet<&Vec<String>> = of_whole.rows.iter().collect();
    assert!(usage.rows.iter().all(|row| all.contains(row)));
    let (psi, of_whole) = (Tsv::read(&part.join("psi.tsv")), Tsv::read(&whole.join("psi.tsv")));
    for row in psi.iter() {
        let other = of_whole.row_where("event_id", &row.cells[0]);
        for (mine, theirs) in row.cells.iter().zip(other.cells).skip(1) {
            if let (Ok(mine), Ok(theirs)) = (mine.parse::<f64>(), theirs.parse::<f64>()) {
                assert!((mine - theirs).abs() < psi_within, "{}: {mine} and {theirs}", row.cells[0]);
            } else {
                assert_eq!(mine, theirs);
            }
        }
    }
    psi.rows.len()
}

fn results_of(name: &str, regions: &[&str], entries: &[Entry]) -> (PathBuf, String) {
    let folder = scratch(name);
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, entries);
    let results = folder.join("results");
    let mut command = run(&sheet, &toy().gtf, &results);
    command.args(CONTRAST).args(regions.iter().flat_map(|region| ["--regions", region]));
    let called = Called::of(&mut command).succeeded();
    (results, called.stderr)
}

#[test]
fn a_cohort_counted_in_the_panel_s_genes_has_the_numbers_of_the_whole_one() {
    let (part, said) = results_of("regions_panel", &["panel"], &toy().entries());
    assert!(!said.contains("was read for the regions"), "{said}");
    let events = assert_same_inside(&part, toy_results(), 0.01);
    // All events of the panel's genes, and no others.
    let panel = ["SIRT1", "NADK", "CD38", "NAMPT", "PARP1"];
    let whole = Tsv::read(&toy_results().join("events.tsv"));
    let of_panel = whole.cells("gene_name").iter().filter(|name| panel.contains(name)).count();
    assert_eq!(events, of_panel);

    let samples = Tsv::read(&part.join("samples.tsv"));
    assert_eq!(samples.cells("counted_in"), ["regions"; 4]);
    assert_eq!(Tsv::read(&toy_results().join("samples.tsv")).cells("counted_in"), ["genome"; 4]);
    let all = Tsv::read(&toy_results().join("samples.tsv"));
    for (part, whole) in samples.iter().zip(all.iter()) {
        assert!(part.number("alignments") < whole.number("alignments"));
        assert_eq!(part.text("library_strandedness"), whole.text("library_strandedness"));
        assert_eq!(part.number("three_prime_bias"), None);
    }
    let genes = Tsv::read(&part.join("gene_counts.tsv"));
    let whole = Tsv::read(&toy_results().join("gene_counts.tsv"));
    assert_eq!(genes.cells("gene_id"), whole.cells("gene_id"));
    for (part, whole) in genes.iter().zip(whole.iter()) {
        let is_inside = panel.contains(&part.text("gene_name"));
        let expected = if is_inside { whole.cells[2..].to_vec() } else { vec!["NA".to_owned(); 4] };
        assert_eq!(part.cells[2..], expected, "{}", part.text("gene_name"));
    }
    let abundances = Tsv::read(&part.join("gene_tpm.tsv"));
    assert!(abundances.rows.iter().all(|row| row[2..].iter().all(|cell| cell == "NA")));
    assert!(Tsv::read(&part.join("gene_expression.tsv")).rows.is_empty());
    let sets = Tsv::read(&part.join("enrichment.tsv"));
    assert!(sets.cells("status").iter().all(|status| *status == "restricted_universe"));
    assert!(sets.cells("p_value").iter().all(|p| *p == "NA"));
    let verdicts = |results: &Path| {
        let table = Tsv::read(&results.join("nad_panel.tsv"));
        table.iter().map(|row| (row.text("gene_name").to_owned(), row.number("n_events"))).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&part), verdicts(toy_results()));
    let info: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(part.join("run_info.json")).unwrap()).unwrap();
    assert!(info["parameters"]["counting"]["regions"][0].as_str().unwrap().contains(':'));
    assert!(fs::read_to_string(part.join("report.html")).unwrap().contains("Only parts of the genome"));
    assert!(
        fs::read_to_string(part.join("report.html"))
            .unwrap()
            .contains("Gene sets: not tested, since the regions that were counted chose the genes.")
    );
}

#[test]
fn the_numbers_do_not_depend_on_index_or_format() {
    let (expected, _) = results_of("regions_indexed", &["panel"], &toy().entries());
    for format in ["bam", "sam", "cram"] {
        let folder = scratch(&format!("regions_files_{format}"));
        let mut entries = toy().entries();
        for (name, path, _) in &mut entries {
            let copy = folder.join(format!("{name}.{format}"));
            if format == "bam" {
                fs::copy(&path, &copy).unwrap();
            } else {
                toy().write_as(name, &copy);
            }
            *path = copy;
        }
        let (found, said) = results_of(&format!("regions_through_{format}"), &["panel"], &entries);
        assert!(said.contains("was read for the regions"), "{said}");
        assert_same_tables(&tables(&found), &tables(&expected));
    }
}

#[test]
fn a_panel_gene_outside_the_regions_says_so() {
    let genes = &toy().genes.annotation;
    let gene = genes.genes.iter().find(|gene| gene.label() == "NAMPT").unwrap();
    let region = format!("{}:{}", genes.contigs.name(gene.contig), gene.span().unwrap().start() + 1);
    let region = format!("{region}-{}", gene.span().unwrap().start() + 50);
    let (results, _) = results_of("regions_one_gene", &[&region], &toy().entries());
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    let reason = |gene: &str| panel.row_where("gene_name", gene).text("reason").to_owned();
    assert_eq!(reason("CD38"), "outside the regions that were counted");
    assert_ne!(reason("NAMPT"), "outside the regions that were counted");
    assert_eq!(panel.row_where("gene_name", "CD38").text("verdict"), "not testable");
    let known = Tsv::read(&results.join("known_events.tsv"));
    assert!(known.rows_where("gene_name", "CD38").all(|row| row.text("reads_case") == "NA"));
    assert_same_inside(&results, toy_results(), 0.01);
}

/// Counts a toy sample in regions into a file.
fn count(sample: &str, regions: &[&str], output: &Path) -> Called {
    let mut command = nadsplice();
    command.args(["count", "--sample", sample, "--gtf"]).arg(&toy().gtf).arg("-o").arg(output);
    command.args(regions.iter().flat_map(|region| ["--regions", region]));
    Called::of(command.arg(toy().bam(sample)))
}

fn quantify(sheet: &Path, counts: &[PathBuf], results: &Path) -> Called {
    let mut command = nadsplice();
    command.args(["quantify", "--samples"]).arg(sheet).arg("--gtf").arg(&toy().gtf);
    Called::of(command.arg("-o").arg(results).args(counts))
}

#[test]
fn counts_of_regions_and_of_the_genome_are_never_mixed() {
    let folder = scratch("regions_mixed");
    let counts: Vec<PathBuf> =
        SAMPLES.iter().map(|(name, _)| folder.join(format!("{name}.counts"))).collect();
    let contig = toy().genes.annotation.contigs.names()[0].clone();
    let region = format!("{contig}:1-20,000");
    for ((sample, _), file) in SAMPLES.iter().zip(&counts) {
        count(sample, &["panel"], file).succeeded();
    }
    let results = folder.join("results");
    quantify(&toy().sheet, &counts, &results).succeeded();
    let (expected, _) = results_of("regions_steps", &["panel"], &toy().entries());
    for (name, bytes) in tables(&results) {
        assert!(fs::read(expected.join(&name)).unwrap() == bytes, "`{name}` differs");
    }
    // The same file for other regions, and for all, is made again.
    let before = fs::read(&counts[1]).unwrap();
    count(SAMPLES[1].0, &[&region], &counts[1]).succeeded();
    assert!(fs::read(&counts[1]).unwrap() != before);
    quantify(&toy().sheet, &counts, &results).failed(1, &["counted in", "other regions"]).with_hint();
    count(SAMPLES[1].0, &[], &counts[1]).succeeded();
    quantify(&toy().sheet, &counts, &results).failed(1, &["the whole genome"]).with_hint();
    count(SAMPLES[1].0, &["panel"], &counts[1]).succeeded();
    assert!(fs::read(&counts[1]).unwrap() == before);
}

#[test]
fn wrong_regions_are_named_before_any_work() {
    let folder = scratch("regions_wrong");
    let output = folder.join("x.counts");
    let contig = &toy().genes.annotation.contigs.names()[0];
    let bed = folder.join("x.bed");
    fs::write(&bed, format!("#name\n{contig}\t5\t5\n")).unwrap();
    for (region, word) in [
        ("chrZ:1-5".to_owned(), "chrZ:1-5"),
        (format!("{contig}:9-5"), "is no region"),
        (folder.join("none.bed").display().to_string(), "none.bed"),
        (bed.display().to_string(), "line 2"),
    ] {
        count(SAMPLES[0].0, &[&region], &output).failed(1, &[word, "hint: "]);
        assert!(!output.exists());
    }
    // As a BED file says it, and as samtools does.
    fs::write(&bed, format!("track name=x\n{contig}\t999\t2000\tname\n")).unwrap();
    count(SAMPLES[0].0, &[&bed.display().to_string()], &output).succeeded();
    let other = folder.join("y.counts");
    count(SAMPLES[0].0, &[&format!("{contig}:1,000-2,000")], &other).succeeded();
    assert!(fs::read(output).unwrap() == fs::read(other).unwrap());
}

#[test]
fn a_damaged_index_is_an_error_and_none_is_a_warning() {
    let folder = scratch("regions_index");
    let (bam, index, output) = (folder.join("a.bam"), folder.join("a.bam.bai"), folder.join("a.counts"));
    fs::copy(toy().bam(SAMPLES[0].0), &bam).unwrap();
    let whole = fs::read(toy().bam(SAMPLES[0].0).with_extension("bam.bai")).unwrap();
    let call = || {
        let mut command = nadsplice();
        command.args(["count", "--sample", "a", "--regions", "panel", "--gtf"]).arg(&toy().gtf);
        Called::of(command.arg("-o").arg(&output).arg(&bam))
    };
    for length in [0, 3, 6, whole.len() / 2] {
        fs::write(&index, &whole[..length]).unwrap();
        call().failed(1, &["a.bam.bai", "expected", "samtools index"]).with_hint();
        assert!(!output.exists());
    }
    fs::write(&index, fs::read(&bam).unwrap()).unwrap();
    call().failed(1, &["a.bam.bai"]).with_hint();
    fs::remove_file(&index).unwrap();
    let called = call().succeeded();
    assert!(called.stderr.contains("samtools index"), "{}", called.stderr);
}

#[test]
fn real_reads_have_the_same_numbers_inside() {
    let Some(data) = data("sirv") else { return };
    let sirv = data.join("sirv");
    let folder = scratch("regions_sirv");
    let sheet = folder.join("sheet.tsv");
    fs::write(&sheet, "sample\tcondition\nmix1_1\ta\n").unwrap();
    let gtf = sirv.join("SIRV.gtf");
    let quantified = |name: &str, regions: &[&str]| -> PathBuf {
        let (counts, results) = (folder.join(format!("{name}.counts")), folder.join(name));
        let mut command = nadsplice();
        command.args(["count", "--sample", "mix1_1", "--gtf"]).arg(&gtf).arg("-o").arg(&counts);
        command.args(regions.iter().flat_map(|region| ["--regions", region]));
        Called::of(command.arg(sirv.join("mix1_1.bam"))).succeeded();
        let mut command = nadsplice();
        command.args(["quantify", "--novel", "--samples"]).arg(&sheet).arg("--gtf").arg(&gtf);
        Called::of(command.arg("-o").arg(&results).arg(&counts)).succeeded();
        results
    };
    let whole = quantified("whole", &[]);
    let events = Tsv::read(&whole.join("events.tsv"));
    let event = events.iter().next().unwrap();
    let region = format!("{}:{}-{}", event.text("chrom"), event.text("start0"), event.text("end"));
    assert!(assert_same_inside(&quantified("part", &[&region]), &whole, 0.1) > 3);
}
