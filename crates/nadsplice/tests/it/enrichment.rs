//! Gene sets: files of sets and rankings as users bring them, and what the tables say.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use nadsplice_diff::{Contrast, Inputs, Model, Plan, SampleSheet, Step, expression_changes};

use crate::{
    data::{data, text},
    demo::demo,
    order::tables,
    program::{Called, nadsplice},
    scratch::scratch,
    toy::toy_results,
    tsv::{Tsv, TsvRow},
};

/// `enrich` on the results of the toy cohort with a file of gene sets.
fn enrich_with(gmt: &Path, out: &Path) -> Called {
    let mut command = nadsplice();
    command.args(["enrich", "--diff"]).arg(toy_results()).arg("--quant").arg(toy_results());
    Called::of(command.arg("--gmt").arg(gmt).arg("-o").arg(out))
}

fn rank(ranking: &Path, gmt: &[PathBuf], out: &Path) -> Called {
    let mut command = nadsplice();
    command.args(["enrich", "--rank"]).arg(ranking).arg("-o").arg(out);
    for path in gmt {
        command.arg("--gmt").arg(path);
    }
    Called::of(&mut command)
}

/// Ids and names of the toy's genes.
fn toy_genes() -> Vec<(String, String)> {
    let genes = Tsv::read(&toy_results().join("gene_counts.tsv"));
    genes.iter().map(|r| (r.text("gene_id").to_owned(), r.text("gene_name").to_owned())).collect()
}

#[test]
fn sets_are_read_whatever_their_line_ends_ids_and_repeats() {
    let folder = scratch("gmt_habits");
    let genes = toy_genes();
    let names: Vec<&str> = genes.iter().take(8).map(|g| g.1.as_str()).collect();
    let ids: Vec<&str> = genes.iter().take(8).map(|g| g.0.as_str()).collect();
    let gmt = folder.join("mine.gmt");
    let sets = format!(
        "by_name\thttp://x\t{}\t{}\tNOSUCHGENE\r\n\r\nby_id\t\t{}\r\nempty\tnothing\r\n",
        names.join("\t"),
        names[0],
        ids.join("\t"),
    );
    fs::write(&gmt, sets).unwrap();
    let called = enrich_with(&gmt, &folder.join("out")).succeeded();
    assert!(called.stderr.contains("1 set without a gene") && called.stderr.contains("`empty` on line 4"));
    assert!(called.stderr.contains("NOSUCHGENE"), "{}", called.stderr);
    let table = Tsv::read(&folder.join("out/enrichment.tsv"));
    let mine: Vec<TsvRow<'_>> = table.rows_where("collection", "mine").collect();
    assert_eq!(mine.len(), 4, "two sets, two methods");
    for row in &mine {
        assert!(row.number("set_size").unwrap() > 3.0);
        let unknown = if row.text("set_id") == "by_name" { ("9", "1") } else { ("8", "0") };
        assert_eq!((row.text("n_members"), row.text("n_unknown")), unknown);
    }
    // The same genes by name and by id have the same result.
    for pair in mine.chunks(2) {
        assert_eq!(pair[0].text("p_value"), pair[1].text("p_value"));
    }
}

#[test]
fn files_that_are_no_gene_sets_are_refused_with_their_line() {
    let folder = scratch("gmt_wrong");
    let out = folder.join("out");
    let gene = toy_genes()[0].1.clone();
    let cases: [(&str, Vec<u8>, &[&str]); 7] = [
        (
            "twice.gmt",
            format!("A\td\t{gene}\nB\td\t{gene}\nA\td\t{gene}\n").into(),
            &["line 3", "`A`", "line 1"],
        ),
        ("short.gmt", format!("A\td\t{gene}\nB,{gene}\n").into(), &["line 2", "tab-separated", "found 1"]),
        ("latin1.gmt", [b"A\td\tCD38\nB\tcaf", &[0xe9][..], b"\tCD38\n"].concat(), &["line 2", "UTF-8"]),
        ("nothing.gmt", Vec::new(), &["no gene set"]),
        ("zipped.gmt", vec![0x1f, 0x8b, 8, 0], &["gzip"]),
        ("others.gmt", b"A\td\tYAL001C\tYAL002W\n".to_vec(), &["none of the 2 genes", "`others`", "YAL001C"]),
        ("nad_ampk_mtor.gmt", format!("A\td\t{gene}\n").into(), &["collection", "embedded"]),
    ];
    for (name, bytes, words) in cases {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        enrich_with(&path, &out).failed(1, &[&[name.trim_end_matches(".gmt")][..], words].concat());
        assert!(tables(&out).is_empty(), "{name}");
    }
    enrich_with(&folder.join("absent.gmt"), &out).failed(1, &["absent.gmt"]);
}

#[test]
fn both_tests_of_the_demo_find_the_planted_set() {
    let enrichment = Tsv::read(&demo().join("results/enrichment.tsv"));
    let half = enrichment.rows.len() / 2;
    assert_eq!(enrichment.rows_where("method", "wallenius").count(), half);
    for row in enrichment.rows_where("method", "gsea") {
        let (p, es) = (row.number("p_value"), row.number("es"));
        assert_eq!(p.is_some(), row.text("status") == "ok");
        assert!(p.is_none() || es.is_some_and(|es| es > -1.0 && es <= 1.0));
        assert_eq!((row.text("expected"), row.text("p_hypergeometric")), ("NA", "NA"));
    }
    let panel = Tsv::read(&demo().join("results/nad_panel.tsv"));
    let sirt1 = panel.row_where("gene_name", "SIRT1");
    assert!(sirt1.text("gene_sets").split(',').any(|set| set == "WP4874"), "{}", sirt1.text("gene_sets"));
    let camkk2 = enrichment.rows_where("set_id", "WP4874").next().unwrap();
    assert!(camkk2.text("panel_genes").split(',').any(|gene| gene == "SIRT1"));
}

#[test]
fn expression_stands_beside_splicing() {
    let results = demo().join("results");
    let expression = Tsv::read(&results.join("gene_expression.tsv"));
    let genes = Tsv::read(&results.join("gene_counts.tsv"));
    assert_eq!(expression.rows.len(), genes.rows.len());
    // Splicing was changed in the demonstration, expression was not.
    let p: Vec<f64> = expression.iter().filter_map(|row| row.number("p_value")).collect();
    let small = p.iter().filter(|&&p| p < 0.05).count() as f64 / p.len() as f64;
    assert!(p.len() > 100 && small < 0.15, "{small} of {}", p.len());
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    for row in panel.iter().filter(|row| row.text("gene_id") != "NA") {
        let gene = expression.row_where("gene_id", row.text("gene_id").split(',').next().unwrap());
        assert_eq!(row.text("log2_fold_change"), gene.text("log2_fold_change"));
        assert_eq!(row.text("expression_q"), gene.text("q_value"));
    }
}

#[test]
fn a_ranking_needs_no_run_and_has_a_sign() {
    let folder = scratch("rank_toy");
    let mut ranking = "gene\tscore\n".to_owned();
    for gene in 0..400 {
        writeln!(ranking, "G{gene:03}\t{}", f64::from(200 - gene) + 0.5).unwrap();
    }
    let path = folder.join("toy.rnk");
    fs::write(&path, &ranking).unwrap();
    let names = |from: usize| (0..20).map(|i| format!("G{:03}", from + i)).collect::<Vec<_>>().join("\t");
    let gmt = folder.join("toy.gmt");
    fs::write(&gmt, format!("top\t\t{}\nbottom\t\t{}\nmore\t\t{}\n", names(0), names(380), names(5)))
        .unwrap();
    let called = rank(&path, std::slice::from_ref(&gmt), &folder.join("out")).succeeded();
    assert!(called.stderr.contains("none of the"), "the embedded sets have no gene here: {}", called.stderr);
    let table = Tsv::read(&folder.join("out/rank_enrichment.tsv"));
    let [top, bottom, more] = ["top", "bottom", "more"].map(|set| table.row_where("set_id", set));
    assert!(top.number("es").unwrap() > 0.9 && bottom.number("es").unwrap() < -0.9);
    assert!([top, bottom].iter().all(|row| row.number("q_value").unwrap() < 1e-4));
    assert_eq!((more.text("redundant_with"), top.text("redundant_with")), ("top", "NA"));
    assert_eq!((top.text("ranking"), top.text("n_ranked")), ("toy.rnk", "400"));
    // The order of the lines and the number of threads mean nothing.
    let mut lines: Vec<&str> = ranking.lines().skip(1).collect();
    lines.reverse();
    fs::write(&path, lines.join("\r\n")).unwrap();
    rank(&path, &[gmt], &folder.join("again")).succeeded();
    assert_eq!(Tsv::read(&folder.join("again/rank_enrichment.tsv")), table);
}

#[test]
fn files_that_are_no_rankings_are_refused() {
    let folder = scratch("rank_wrong");
    let out = folder.join("out");
    let many = |row: &str| {
        let genes = (0..60).map(|gene| format!("G{gene}\t{gene}"));
        genes.chain([row.to_owned()]).collect::<Vec<_>>().join("\n")
    };
    for (name, text, words) in [
        ("few.rnk", "CD38\t1\nNAMPT\t-1\n".to_owned(), &["2 genes", "at least 50"][..]),
        ("commas.rnk", "CD38,1\n".to_owned(), &["line 1", "tab-separated"]),
        ("twice.rnk", many("G7\t1\n"), &["line 61", "`G7`", "line 8"]),
        ("words.rnk", many("X\thigh\n"), &["line 61", "`high`"]),
        ("empty.rnk", String::new(), &["no gene with a score"]),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        rank(&path, &[], &out).failed(1, &[&[name][..], words].concat()).with_hint();
        assert!(tables(&out).is_empty(), "{name}");
    }
    let called = rank(
        &{
            let path = folder.join("holes.rnk");
            fs::write(&path, many("CD38\tNA\nNNMT\t60\n")).unwrap();
            path
        },
        &[],
        &out,
    )
    .succeeded();
    assert!(
        called.stderr.contains("1 gene without a score") && called.stderr.contains("no score is negative")
    );
    Called::of(nadsplice().args(["enrich", "-o"]).arg(&out)).failed(2, &["--diff", "--help"]);
}

#[test]
fn sarcopenia_has_less_oxidative_phosphorylation() {
    let Some(data) = data("muscle_rankings") else { return };
    let folder = scratch("sarcopenia");
    let ranking = data.join("muscle_rankings/GSE111016_SSS_sarcopenia_vs_normal.s2n.rnk");
    rank(&ranking, &[data.join("genesets/h.all.v2022.1.Hs.symbols.gmt")], &folder).succeeded();
    let table = Tsv::read(&folder.join("rank_enrichment.tsv"));
    // Scores that another implementation gave for the same ranking and sets.
    for (set, es) in [
        ("HALLMARK_OXIDATIVE_PHOSPHORYLATION", -0.797),
        ("HALLMARK_MTORC1_SIGNALING", -0.323),
        ("WP3645", -0.492),
    ] {
        // Hallmark sets are also among the embedded ones.
        let row = table.rows_where("set_id", set).next().unwrap();
        let found = row.number("es").unwrap();
        assert!((found - es).abs() < 0.02, "{set}: {found}, expected {es}");
    }
    let [embedded, file] =
        &table.rows_where("set_id", "HALLMARK_OXIDATIVE_PHOSPHORYLATION").collect::<Vec<_>>()[..]
    else {
        panic!("embedded and in the file")
    };
    assert!(embedded.number("q_value").unwrap() < 1e-10);
    for column in ["set_size", "es", "p_value", "leading_edge"] {
        assert_eq!(embedded.text(column), file.text(column), "{column}");
    }
}

#[test]
fn myotonic_dystrophy_is_ranked_by_the_test_of_expression() {
    let Some(data) = data("muscle_gene_counts") else { return };
    let folder = scratch("gse184951");
    let counts = Tsv::parse(&text(&data.join("muscle_gene_counts/GSE184951_merged_counts.tsv.gz")));
    let samples: Vec<&String> = counts.header[2..].iter().filter(|name| !name.contains("Post")).collect();
    let sheet = folder.join("sheet.tsv");
    let rows = samples
        .iter()
        .map(|name| format!("{name}\t{}\n", if name.contains("Control") { "control" } else { "dm1" }));
    let lines: Vec<String> = std::iter::once("sample\tcondition\n".to_owned()).chain(rows).collect();
    fs::write(&sheet, lines.concat()).unwrap();
    let sheet = SampleSheet::read(&sheet, Inputs::Ignored).unwrap();
    let contrast = Contrast::parse("condition:dm1:control", &sheet).unwrap();
    let plan = Plan::new(&[contrast], &[], &Model::default(), &sheet).unwrap();
    let columns: Vec<usize> = samples.iter().map(|name| counts.column(name)).collect();
    let values: Vec<f64> = counts
        .rows
        .iter()
        .flat_map(|row| columns.iter().map(|&c| row[c].parse().unwrap_or(f64::NAN)))
        .collect();
    let comparison = plan.steps().iter().flat_map(Step::comparisons).next().unwrap();
    let changes = expression_changes(&values, samples.len(), comparison);
    let tested = changes.iter().filter(|change| change.q_value.is_some()).count();
    let called = changes.iter().filter(|change| change.q_value.is_some_and(|q| q < 0.05)).count();
    println!("{tested} tested, {called} with q < 0.05");
    assert!(tested > 10_000);
    let mut ranking = String::new();
    for (row, change) in counts.rows.iter().zip(&changes) {
        if let Some(t) = change.test.statistic {
            writeln!(ranking, "{}\t{t}", row[0]).unwrap();
        }
    }
    let path = folder.join("dm1.rnk");
    fs::write(&path, ranking).unwrap();
    rank(&path, &[], &folder).succeeded();
    let table = Tsv::read(&folder.join("rank_enrichment.tsv"));
    let tested = table.iter().filter(|row| row.number("p_value").is_some()).count();
    assert!(tested > 60 && table.cells("n_ranked").iter().all(|n| n.parse::<usize>().unwrap() > 10_000));
}
