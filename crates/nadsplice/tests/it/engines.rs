//! The tests of events and genes on real alignments, with pairs.

use std::{fs, path::PathBuf};

use crate::{
    data::data,
    program::{Called, nadsplice},
    scratch::scratch,
    tsv::Tsv,
};

/// Dexamethasone against none in the muscle cells of four donors.
const SAMPLES: [(&str, &str, &str); 8] = [
    ("SRR1039508", "none", "N61311"),
    ("SRR1039509", "dex", "N61311"),
    ("SRR1039512", "none", "N052611"),
    ("SRR1039513", "dex", "N052611"),
    ("SRR1039516", "none", "N080611"),
    ("SRR1039517", "dex", "N080611"),
    ("SRR1039520", "none", "N061011"),
    ("SRR1039521", "dex", "N061011"),
];
const PAIRED: [&str; 4] = ["--contrast", "condition:dex:none", "--pair", "donor"];

/// The results of a paired run, and its sheet.
fn paired(name: &str) -> Option<(PathBuf, PathBuf)> {
    let data = data("airway")?.join("airway");
    let folder = scratch(name);
    let (sheet, results) = (folder.join("sheet.tsv"), folder.join("results"));
    let rows = SAMPLES.map(|(run, condition, donor)| {
        format!("{run}\t{}\t{condition}\t{donor}\n", data.join(format!("{run}_subset.bam")).display())
    });
    fs::write(&sheet, format!("sample\tbam\tcondition\tdonor\n{}", rows.concat())).unwrap();
    let mut command = nadsplice();
    command.arg("run").arg("--samples").arg(&sheet).arg("--outdir").arg(&results).args(PAIRED);
    Called::of(command.arg("--gtf").arg(data.join("Homo_sapiens.GRCh37.75_subset.gtf"))).succeeded();
    Some((results, sheet))
}

#[test]
fn near_constant_exons_of_mtor_are_not_called_changed() {
    let Some((results, _)) = paired("airway_paired") else { return };
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    let mtor = panel.row_where("gene_name", "MTOR");
    assert!(["unchanged", "not testable"].contains(&mtor.text("verdict")), "{}", mtor.text("verdict"));
    let tests = Tsv::read(&results.join("differential.tsv"));
    let exons: Vec<_> = tests.rows_where("gene_name", "MTOR").filter(|r| r.text("kind") == "SE").collect();
    assert!(!exons.is_empty());
    for exon in exons {
        let psi = [exon.number("psi_case"), exon.number("psi_control")];
        assert!(psi.iter().all(|p| p.is_some_and(|p| p < 0.02)), "{psi:?}");
        if exon.text("status") == "ok" {
            assert!(exon.number("q_value").unwrap() > 0.05);
        } else {
            assert_eq!(exon.text("status"), "invariant");
            assert!(mtor.text("reason").contains("invariant"), "{}", mtor.text("reason"));
        }
    }
    // Pairs leave samples enough to test what is covered.
    assert!(tests.cells("status").contains(&"ok"));
}

#[test]
fn second_engine_is_asked_for_in_either_way_and_gene_tests_can_be_chosen() {
    let Some((results, sheet)) = paired("airway_engines") else { return };
    let diff = |name: &str, more: &[&str]| {
        let folder = results.with_file_name(name);
        let mut command = nadsplice();
        command.arg("diff").arg("--quant").arg(&results).arg("--samples").arg(&sheet).args(PAIRED);
        (Called::of(command.args(more).arg("-o").arg(&folder)), folder)
    };
    let table = |name: &str, more: &[&str], file: &str| {
        let (called, folder) = diff(name, more);
        called.succeeded();
        fs::read_to_string(folder.join(file)).unwrap()
    };
    let default = fs::read_to_string(results.join("differential.tsv")).unwrap();
    let quasi = table("engine", &["--engine", "qbb"], "differential.tsv");
    assert!(quasi == table("test", &["--test", "qbb"], "differential.tsv") && quasi != default);
    assert!(default == table("nds", &["--engine", "nds"], "differential.tsv"));
    // The same events are tested.
    assert_eq!(Tsv::parse(&default).cells("status"), Tsv::parse(&quasi).cells("status"));
    let genes = fs::read_to_string(results.join("genes.tsv")).unwrap();
    let (simes, acat) = (Tsv::parse(&genes), table("acat", &["--gene-test", "acat"], "genes.tsv"));
    let acat = Tsv::parse(&acat);
    for (a, b) in simes.iter().zip(acat.iter()) {
        let (one, several) = (a.number("n_tested") == Some(1.0), a.number("n_tested") > Some(1.0));
        if one {
            let (a, b) = (a.number("p_value").unwrap(), b.number("p_value").unwrap());
            assert!((a / b - 1.0).abs() < 1e-6);
        } else if several {
            assert_ne!(a.text("p_value"), b.text("p_value"));
        }
    }
    let (both, _) = diff("both", &["--engine", "nds", "--test", "qbb"]);
    both.failed(1, &["two tests of an event"]).with_hint();
    let (unknown, _) = diff("unknown", &["--engine", "fisher"]);
    unknown.failed(2, &["fisher", "nds", "qbb"]);
}
