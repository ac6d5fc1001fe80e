//! Figures: their numbers are the tables', from results and from counts alike.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    demo::demo,
    program::{Called, nadsplice},
    scratch::scratch,
    tsv::Tsv,
};

/// A changed panel gene of the demonstration.
const GENE: &str = "SIRT1";
const CONTRAST: &str = "condition:old:young";

fn results() -> PathBuf {
    demo().join("results")
}

fn sashimi(options: &[&str], output: &Path) -> String {
    Called::of(nadsplice().args(["plot", "sashimi", "-o"]).arg(output).args(options)).succeeded();
    fs::read_to_string(output).unwrap()
}

/// Start and end of a junction as in `junctions.tsv`, the sum of its counts, and each sample's count.
type TitledArc = ((u32, u32), u64, Vec<(String, u64)>);

/// What the titles of a figure's arcs say.
fn arcs(svg: &str) -> Vec<TitledArc> {
    let titles = svg.split("<title>").skip(2).map(|part| part.split("</title>").next().unwrap());
    titles
        .filter(|title| title.contains(" fragments ("))
        .map(|title| {
            let (place, rest) = title.split_once(" (").unwrap();
            let (start, end) = place.rsplit_once(':').unwrap().1.split_once('-').unwrap();
            let (sum, samples) = rest.split_once(": ").unwrap().1.split_once(" fragments (").unwrap();
            let samples = samples.trim_end_matches(')').split(", ").map(|sample| {
                let (name, count) = sample.rsplit_once(' ').unwrap();
                (name.to_owned(), count.parse().unwrap())
            });
            let intron = (start.parse::<u32>().unwrap() - 1, end.parse().unwrap());
            (intron, sum.parse().unwrap(), samples.collect())
        })
        .collect()
}

/// A sheet of the demonstration's counts files.
fn counts_sheet(folder: &Path) -> PathBuf {
    let sheet = folder.join("counts.tsv");
    let mut rows = vec!["sample\tcounts\tcondition".to_owned()];
    for row in Tsv::read(&results().join("samples.tsv")).iter() {
        let file = results().join("counts").join(format!("{}.counts", row.text("sample")));
        rows.push(format!("{}\t{}\t{}", row.text("sample"), file.display(), row.text("condition")));
    }
    fs::write(&sheet, rows.join("\n") + "\n").unwrap();
    sheet
}

fn best_events() -> Vec<String> {
    let panel = Tsv::read(&results().join("nad_panel.tsv"));
    panel.rows_where("verdict", "changed").map(|row| row.text("best_event").to_owned()).collect()
}

#[test]
fn numbers_at_arcs_are_those_of_the_table_of_junctions() {
    let folder = scratch("figures_arcs");
    let results = results();
    let table = Tsv::read(&results.join("junctions.tsv"));
    let rows: HashMap<(&str, u32, u32), _> = table
        .iter()
        .map(|row| {
            let number = |name| row.text(name).parse().unwrap();
            ((row.text("chrom"), number("start0"), number("end")), row)
        })
        .collect();
    let mut compared = 0;
    for event in best_events() {
        let chrom = event.split(':').nth(1).unwrap();
        let options = ["--results", results.to_str().unwrap(), "--event", &event, "--counts", "sum"];
        let svg = sashimi(&options, &folder.join("event.svg"));
        let found = arcs(&svg);
        assert!(found.len() >= 4, "{event}: {}", found.len());
        for ((start, end), sum, samples) in found {
            let row = rows[&(chrom, start, end)];
            assert!(svg.contains(&format!(">{sum}</text>")), "{event}: {sum} is not written");
            assert_eq!(samples.iter().map(|s| s.1).sum::<u64>(), sum);
            assert_eq!(samples.len(), 6);
            for (name, count) in samples {
                assert_eq!(row.text(&name).parse::<u64>().unwrap(), count, "{event}: {name}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 100, "{compared}");
}

#[test]
fn counts_files_give_the_figure_that_results_give() {
    let folder = scratch("figures_direct");
    let paths = [results(), counts_sheet(&folder), demo().join("data/genes.gtf")];
    let [results, sheet, gtf] = paths.each_ref().map(|path| path.to_str().unwrap());
    for wanted in [["--event".to_owned(), best_events().remove(0)], ["--gene".to_owned(), GENE.to_owned()]] {
        let common = [wanted[0].as_str(), &wanted[1], "--contrast", CONTRAST, "--min-count", "0"];
        let kept = [&common[..], &["--results", results]].concat();
        let direct = [&common[..], &["--samples", sheet, "--gtf", gtf]].concat();
        let (kept, direct) = (sashimi(&kept, &folder.join("a.svg")), sashimi(&direct, &folder.join("b.svg")));
        assert_eq!(arcs(&kept), arcs(&direct), "{wanted:?}");
        assert!(!arcs(&kept).is_empty());
        // The coverage too, where the headings above it have the same lines.
        if wanted[0] == "--gene" {
            let coverage = |svg: &str| -> Vec<String> {
                let is_area = |line: &&str| line.contains("f-series3") && line.contains("<path");
                svg.lines().filter(is_area).map(str::to_owned).collect()
            };
            assert_eq!(coverage(&kept), coverage(&direct));
            assert!(!coverage(&kept).is_empty());
        }
    }
    let region = ["--region", "10:67,891,402-67,906,937", "--samples", sheet, "--gtf", gtf];
    assert!(!arcs(&sashimi(&region, &folder.join("c.svg"))).is_empty());
}

#[test]
fn data_of_figures_are_the_same_from_single_steps_and_any_number_of_threads() {
    let folder = scratch("figures_data");
    let (results, sheet, gtf) = (results(), counts_sheet(&folder), demo().join("data/genes.gtf"));
    for table in ["events", "junctions", "samples", "differential", "contrast_samples", "nad_panel"] {
        let name = format!("{table}.tsv");
        fs::copy(results.join(&name), folder.join(&name)).unwrap();
    }
    let mut command = nadsplice();
    command.args(["plot", "data", "--threads", "1", "--results"]).arg(&folder).arg("--samples").arg(&sheet);
    Called::of(command.arg("--gtf").arg(&gtf)).succeeded();
    let file = "figures/data/loci.jsonl.gz";
    let (expected, found) = (fs::read(results.join(file)).unwrap(), fs::read(folder.join(file)).unwrap());
    assert!(found == expected, "{} and {} bytes", found.len(), expected.len());
}

#[test]
fn a_gene_s_events_stand_in_its_view() {
    let folder = scratch("figures_gene");
    let output = folder.join("gene.svg");
    let mut command = nadsplice();
    command.args(["plot", "gene", "--gene", GENE, "--results"]).arg(results()).arg("-o").arg(&output);
    Called::of(&mut command).succeeded();
    let svg = fs::read_to_string(output).unwrap();
    let events = Tsv::read(&results().join("events.tsv"));
    let ids: Vec<_> = events.rows_where("gene_name", GENE).map(|row| row.text("event_id")).collect();
    assert!(!ids.is_empty());
    for id in ids {
        assert!(svg.contains(&format!("<title>{id} (")), "{id}");
    }
}

#[test]
fn what_cannot_be_drawn_is_said_with_a_hint() {
    let folder = scratch("figures_wrong");
    let results = results();
    let plot = |options: &[&str]| {
        let mut command = nadsplice();
        command.args(["plot", "sashimi", "--results"]).arg(&results).args(options);
        Called::of(command.arg("-o").arg(folder.join("a.svg")))
    };
    plot(&["--event", "SE:chr1:1-2:3-4:+"]).failed(1, &["SE:chr1:1-2:3-4:+"]).with_hint();
    plot(&["--gene", "NOSUCHGENE"]).failed(1, &["NOSUCHGENE"]).with_hint();
    plot(&["--region", "chr10:5"]).failed(1, &["chr10:5"]).with_hint();
    plot(&["--cluster", "chr10:5"]).failed(1, &["chr10:5"]).with_hint();
    plot(&["--gene", GENE, "--contrast", "condition:a:b"])
        .failed(1, &["condition:a:b", CONTRAST])
        .with_hint();
    plot(&[]).failed(2, &["--event"]);
    plot(&["--gene", GENE, "--event", "x"]).failed(2, &["--event"]);
    let empty = scratch("figures_no_data");
    Called::of(nadsplice().args(["plot", "gene", "--gene", GENE, "--results"]).arg(&empty))
        .failed(1, &["loci.jsonl.gz"])
        .with_hint();
    assert!(!folder.join("a.svg").exists());

    fs::write(folder.join("a.svg"), "<svg>by hand</svg>").unwrap();
    plot(&["--gene", GENE]).failed(1, &["will not overwrite"]).with_hint();
    plot(&["--gene", GENE, "--force"]).succeeded();
    // A figure of this program's own is replaced.
    plot(&["--gene", GENE]).succeeded();
}

#[cfg(not(feature = "pictures"))]
#[test]
fn a_program_without_pictures_says_how_to_get_them() {
    let mut command = nadsplice();
    command.args(["plot", "sashimi", "--gene", GENE, "--format", "png", "--results"]).arg(results());
    Called::of(&mut command).failed(1, &["--features pictures", "rsvg-convert"]).with_hint();
}
