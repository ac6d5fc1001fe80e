use super::*;
use crate::test_vectors::{floats, input, output};
use proptest::prelude::*;
use serde_json::Value;

fn sets(given: &Value) -> Vec<Vec<usize>> {
    let set = |name: &str| {
        let genes = given["sets"][name].as_array().unwrap().iter();
        genes.map(|gene| usize::try_from(gene.as_u64().unwrap()).unwrap() - 1).collect()
    };
    ["up", "down", "rand"].map(set).to_vec()
}

fn signed(weight: f64) -> GseaOptions {
    GseaOptions { weight, score_type: ScoreType::Standard, permutations: 2000, ..GseaOptions::default() }
}

#[test]
fn scores_and_leading_edges_agree_with_fgsea() {
    let (Some(given), Some(want)) = (input("fgsea"), output("fgsea")) else { return };
    let rows = gsea(&floats(&given["stats"]), &sets(&given), None, &signed(1.0)).unwrap();
    for (row, want) in rows.iter().zip(floats(&want["ES"])) {
        assert!((row.score.unwrap() - want).abs() < 1e-12);
    }
    for (row, name) in rows.iter().zip(["up", "down", "rand"]) {
        let edge: Vec<u64> = row.leading_edge.iter().map(|&gene| gene as u64 + 1).collect();
        assert_eq!(Value::from(edge), want["leadingEdge"][name], "{name}");
    }
    let unweighted = gsea(&floats(&given["stats"]), &sets(&given), None, &signed(0.0)).unwrap();
    let want = output("fgsea_param0").unwrap();
    for (row, name) in unweighted.iter().zip(["up", "down", "rand"]) {
        assert!((row.score.unwrap() - want[name].as_f64().unwrap()).abs() < 1e-12);
    }
    let magnitudes: Vec<f64> = floats(&given["stats"]).iter().map(|s| s.abs()).collect();
    let upwards = gsea(&magnitudes, &sets(&given), None, &GseaOptions::default()).unwrap();
    assert!((upwards[0].score.unwrap() - output("fgsea_pos").unwrap().as_f64().unwrap()).abs() < 1e-12);
}

#[test]
fn p_values_agree_with_fgsea_within_their_errors() {
    let (Some(given), Some(want)) = (input("fgsea"), output("fgsea")) else { return };
    for seed in 0..5 {
        let options = GseaOptions { seed, ..signed(1.0) };
        let rows = gsea(&floats(&given["stats"]), &sets(&given), None, &options).unwrap();
        for (name, row) in ["up", "down", "rand"].into_iter().zip(&rows) {
            let at = want["pathway"].as_array().unwrap().iter().position(|p| p == name).unwrap();
            let field = |field: &str| floats(&want[field])[at];
            let error = field("log2err").hypot(row.log2_error.unwrap());
            let off = (row.p_value.unwrap() / field("pval")).log2();
            assert!(off.abs() < 3.5 * error, "{name}: p {:?} against {}", row.p_value, field("pval"));
            let nes = row.normalised.unwrap() / field("NES");
            assert!((nes - 1.0).abs() < 0.05, "{name}: {nes}");
        }
    }
}

#[test]
fn splitting_finds_probabilities_that_counting_knows() {
    let scores: Vec<f64> =
        (0..60).map(|i| (-f64::from(i) / 25.0).exp() + 0.003 * f64::from(i * 37 % 11)).collect();
    let ranking = Ranking::new(&scores, None, 1.0);
    let hits = [0, 2, 3, 5];
    let score = ranking.deviations(&hits).up;
    let (mut extreme, mut all) = (0_u32, 0_u32);
    for a in 0..60 {
        for b in a + 1..60 {
            for c in b + 1..60 {
                for d in c + 1..60 {
                    all += 1;
                    extreme += u32::from(ranking.deviations(&[a, b, c, d]).up >= score);
                }
            }
        }
    }
    let exact = f64::from(extreme) / f64::from(all);
    assert!((1e-5..1e-3).contains(&exact), "{exact}");
    let ln_mean = (0..40)
        .map(|seed| {
            let mut rng = CounterRng::new(seed, 0);
            Levels::climb(&ranking, &hits, score, 1e-50, &mut rng).tail(score, false).p.ln()
        })
        .sum::<f64>()
        / 40.0;
    assert!((ln_mean - exact.ln()).abs() < 0.25, "{} against {exact}", ln_mean.exp());
}

#[test]
fn smallest_p_is_a_floor() {
    let scores: Vec<f64> = (0..3000).map(|i| f64::from(3000 - i)).collect();
    let options = GseaOptions { smallest_p: 1e-6, ..GseaOptions::default() };
    let row = gsea(&scores, &[(0..40).collect()], None, &options).unwrap().remove(0);
    assert_eq!((row.p_value, row.log2_error), (Some(1e-6), None));
}

#[test]
fn result_depends_on_neither_threads_nor_repeats() {
    let scores: Vec<f64> = (0..300).map(|i| f64::from(i * 7919 % 300) - 150.0).collect();
    let sets: Vec<Vec<usize>> = (0..12).map(|s| (0..20).map(|i| (i * 13 + s * 5) % 300).collect()).collect();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| gsea(&scores, &sets, None, &signed(1.0)).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn sets_of_nothing_and_everything_have_no_score() {
    let rows = gsea(&[3.0, 2.0, 1.0], &[vec![], vec![0, 1, 2]], None, &GseaOptions::default()).unwrap();
    assert!(rows.iter().all(|row| row.score.is_none() && row.p_value.is_none()));
}

#[test]
fn genes_named_twice_count_once() {
    let scores: Vec<f64> = (0..100).map(|i| f64::from(100 - i)).collect();
    let rows = gsea(
        &scores,
        &[vec![3, 50, 3], vec![50, 3]],
        None,
        &GseaOptions { permutations: 200, ..signed(1.0) },
    );
    let rows = rows.unwrap();
    assert_eq!((rows[0].size, rows[0].score), (2, rows[1].score));
}

#[test]
fn bad_input_is_named() {
    let options = GseaOptions::default();
    assert_eq!(gsea(&[1.0, f64::NAN], &[], None, &options), Err(GseaError::ScoreNotFinite { gene: 1 }));
    assert_eq!(
        gsea(&[1.0], &[vec![0], vec![4]], None, &options),
        Err(GseaError::NoSuchGene { set: 1, gene: 4, genes: 1 })
    );
    assert_eq!(gsea(&[1.0], &[], Some(&[1, 2]), &options), Err(GseaError::Bins { bins: 2, genes: 1 }));
}

#[test]
fn equal_deviations_score_nothing() {
    // One member in the middle of three: up by 1/2, down by 1/2.
    let rows = gsea(&[3.0, 2.0, 1.0], &[vec![1]], None, &signed(1.0)).unwrap();
    assert_eq!(rows[0].score, Some(0.0));
}

proptest! {
    #[test]
    fn score_lies_between_its_bounds(
        scores in prop::collection::vec(-5.0..5.0_f64, 10..60), genes in prop::collection::vec(0..10_usize, 1..9),
    ) {
        let options = GseaOptions { permutations: 20, ..signed(1.0) };
        let score = gsea(&scores, &[genes], None, &options).unwrap()[0].score.unwrap();
        prop_assert!((-1.0 - 1e-12..=1.0 + 1e-12).contains(&score));
    }
}
