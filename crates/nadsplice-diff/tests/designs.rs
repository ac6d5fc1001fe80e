//! Designs: covariates, pairs, formulas, and what is said of those that cannot be tested.

#![allow(clippy::unwrap_used, reason = "the helpers fail as their tests do")]

use std::fs;

use insta::assert_snapshot;
use nadsplice_diff::{Comparison, Contrast, Inputs, Model, ModelText, Plan, SampleSheet, Step};

const SHEET: &str = "sample\tcondition\tsex\tage\tdonor\tbatch\tlab\tweight\tempty\tscore\n\
                     a\told\tf\t70\t1\tx\tp\t61\tNA\t1\n\
                     b\told\tm\t72\t2\tx\tp\t73\tNA\t2\n\
                     c\told\tf\t75\t3\ty\tp\tNA\tNA\t3\n\
                     d\told\tm\t69\t4\ty\tp\t58\tNA\t1\n\
                     e\tyoung\tf\t22\t1\tx\tp\t60\tNA\t2\n\
                     f\tyoung\tm\t23\t2\tx\tp\t77\tNA\t3\n\
                     g\tyoung\tf\t24\t3\ty\tp\t64\tNA\t1\n\
                     h\tyoung\tm\t25\t5\ty\tp\t71\tNA\t2\n\
                     i\tchild\tf\t8\t6\tx\tq\t25\tNA\t3\n\
                     j\tchild\tm\t9\t7\ty\tq\t28\tNA\t1\n";

struct Asked<'a> {
    contrasts: &'a [&'a str],
    covariates: &'a [&'a str],
    pair: Option<&'a str>,
    formula: Option<&'a str>,
    tests: &'a [&'a str],
}

const NOTHING: Asked<'_> = Asked { contrasts: &[], covariates: &[], pair: None, formula: None, tests: &[] };
const OLD: Asked<'_> = Asked { contrasts: &["condition:old:young"], ..NOTHING };

fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.tsv");
    fs::write(&path, SHEET).unwrap();
    let sheet = SampleSheet::read(&path, Inputs::Ignored).unwrap();
    let owned = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
    let contrasts: Vec<Contrast> =
        asked.contrasts.iter().map(|text| Contrast::parse(text, &sheet).unwrap()).collect();
    let text = ModelText { covariates: &owned(asked.covariates), pair: asked.pair, formula: asked.formula };
    let model = Model::new(text, &sheet).map_err(|e| e.to_string())?;
    Plan::new(&contrasts, &owned(asked.tests), &model, &sheet)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn first(plan: &Plan) -> &Comparison {
    plan.steps()[0].comparisons().next().unwrap()
}

fn notes(comparison: &Comparison) -> String {
    comparison.notes().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn two_groups_alone_are_one_way() {
    let plan = plan(&OLD).unwrap();
    let comparison = first(&plan);
    assert_eq!(comparison.samples(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!((comparison.design().n_columns(), comparison.design().n_tested()), (2, 1));
    assert!(comparison.is_one_way() && comparison.notes().is_empty());
    assert_eq!(comparison.members()[..8], [[Some(true); 4], [Some(false); 4]].concat()[..]);
}

#[test]
fn covariates_are_slopes_or_groups() {
    let plan = plan(&Asked { covariates: &["weight", "batch", "factor(score)"], ..OLD }).unwrap();
    let comparison = first(&plan);
    // Intercept, weight, batch, two of score, group; the sample without a weight is out.
    assert_eq!((comparison.design().n_columns(), comparison.samples().len()), (6, 7));
    assert_eq!(comparison.members()[2], None);
    assert_eq!(comparison.terms(), ["weight", "batch", "factor(score)"]);
    assert_snapshot!(notes(comparison), @"column `weight` has no value in `c`: left out");
}

#[test]
fn a_slope_that_may_be_meant_as_groups_and_a_confounder_are_told() {
    let plan = plan(&Asked { covariates: &["score", "age"], ..OLD }).unwrap();
    assert_snapshot!(notes(first(&plan)), @r"
    column `score` is numeric with 3 values in 8 samples and enters as a slope
    hint: `factor(score)` takes its numbers for names of groups
    covariate `age` goes with the compared groups (R squared 0.99): intervals are wide, and what differs may be the one or the other
    ");
}

#[test]
fn pairs_are_columns_and_lonely_samples_are_told() {
    let plan = plan(&Asked { pair: Some("donor"), covariates: &["sex"], ..OLD }).unwrap();
    let comparison = first(&plan);
    assert_eq!(comparison.samples(), [0, 1, 2, 4, 5, 6]);
    assert_eq!(comparison.design().n_columns(), 4);
    assert_snapshot!(notes(comparison), @r"
    `4`, `5` of column `donor` have no sample in the other group: `d`, `h` left out
    `sex` follows from the columns before it and adds nothing to the model
    ");
}

#[test]
fn formulas_give_interactions_and_terms_to_test() {
    let asked = Asked {
        formula: Some("~ condition*sex + batch"),
        contrasts: &["condition:old:young"],
        tests: &["condition", "sex:condition"],
        ..NOTHING
    };
    let plan = plan(&asked).unwrap_err();
    assert_snapshot!(plan, @r"
    contrast `condition:sex` needs at least 2 samples in each group, found 1 in `child:f`
    hint: a group without replicates does not show how much samples differ
    ");
}

#[test]
fn a_term_is_tested_with_all_its_columns() {
    let plan = plan(&Asked { covariates: &["sex"], tests: &["condition", "age"], ..NOTHING }).unwrap();
    let [Step::Omnibus { omnibus, pairs }, Step::Omnibus { omnibus: slope, pairs: none }] = plan.steps()
    else {
        panic!("two tests of terms")
    };
    assert_eq!(
        (omnibus.label(), omnibus.design().n_tested(), omnibus.is_two_groups()),
        ("condition", 2, false)
    );
    let labels: Vec<&str> = pairs.iter().map(Comparison::label).collect();
    assert_eq!(labels, ["condition:young:old", "condition:child:old", "condition:child:young"]);
    // The model stays that of all groups.
    assert!(pairs.iter().all(|p| p.design().n_columns() == 4 && p.samples().len() == 10));
    assert_eq!(pairs[0].members()[8], None);
    assert_eq!((slope.label(), slope.design().n_tested(), none.len()), ("age", 1, 0));
}

#[test]
fn an_interaction_can_be_tested() {
    let asked = Asked { formula: Some("condition*age"), tests: &["condition:age"], ..NOTHING };
    let plan = plan(&asked).unwrap();
    let comparison = first(&plan);
    assert_eq!((comparison.label(), comparison.design().n_tested()), ("condition:age", 2));
    assert_eq!(comparison.design().n_columns(), 6);
}

#[test]
fn designs_that_cannot_be_tested_are_named() {
    let messages = [
        Asked { covariates: &["lane"], ..OLD },
        Asked { covariates: &["sex:batch"], ..OLD },
        Asked { covariates: &["lab"], ..OLD },
        Asked { covariates: &["empty"], ..OLD },
        Asked { pair: Some("condition"), ..OLD },
        Asked { pair: Some("sample"), ..OLD },
        Asked { contrasts: &["condition:young:child"], covariates: &["lab"], ..NOTHING },
        Asked { contrasts: &["condition:young:child"], covariates: &["lab", "sex", "weight"], ..NOTHING },
        Asked { covariates: &["factor(age)"], ..OLD },
        Asked { contrasts: &["condition:child:young"], pair: Some("donor"), ..NOTHING },
        Asked { covariates: &["factor(weight)"], ..OLD },
        Asked { formula: Some("~ condition + condition:sex"), ..OLD },
        Asked { formula: Some("~ 0 + age"), ..OLD },
        Asked { formula: Some("~ condition + ("), ..OLD },
        Asked { formula: Some("~ sex"), tests: &["age"], ..NOTHING },
        Asked { tests: &["age:sex"], ..NOTHING },
        Asked { tests: &["lane"], ..NOTHING },
    ]
    .map(|asked| plan(&asked).map_or_else(|message| message, |_| "accepted".to_owned()));
    assert_snapshot!(messages.join("\n"), @r"
    the sample sheet has no column `lane` that could stand in a model (its columns: `condition`, `sex`, `age`, `donor`, `batch`, `lab`, `weight`, `empty`, `score`)
    the sample sheet has no column `sex:batch` that could stand in a model (its columns: `condition`, `sex`, `age`, `donor`, `batch`, `lab`, `weight`, `empty`, `score`)
    column `lab` has the value `p` in all 8 samples of contrast `condition:old:young`
    hint: leave it out of the model
    column `empty` has no value in any sample of contrast `condition:old:young`
    hint: leave it out of the model, or fill it in
    `condition` is what contrast `condition:old:young` compares and cannot be a pair of it
    the sample sheet has no column `sample` that could stand in a model (its columns: `condition`, `sex`, `age`, `donor`, `batch`, `lab`, `weight`, `empty`, `score`)
    contrast `condition:young:child` cannot be told apart from `lab`: the samples that differ in the one differ in the same way in the other
    hint: no model can separate the two; leave out what does not matter, or compare samples that share it
    contrast `condition:young:child` cannot be told apart from `lab`: the samples that differ in the one differ in the same way in the other
    hint: no model can separate the two; leave out what does not matter, or compare samples that share it
    contrast `condition:old:young` cannot be told apart from `factor(age)`: the samples that differ in the one differ in the same way in the other
    hint: no model can separate the two; leave out what does not matter, or compare samples that share it
    contrast `condition:child:young` needs at least 2 samples in each group, found 0 in `child` (left out: `e`, `f`, `g`, `h`, `i`, `j`)
    hint: a group without replicates does not show how much samples differ
    contrast `condition:old:young` cannot be told apart from `factor(weight)`: the samples that differ in the one differ in the same way in the other
    hint: no model can separate the two; leave out what does not matter, or compare samples that share it
    term `condition:sex` needs `sex` in the model
    hint: `a*b` stands for `a + b + a:b`
    a model without intercept needs a factor: without one, a PSI of one half is no hypothesis
    formula `~ condition + (`, character 15: expected the name of a column, found `(`
    term `age` cannot be tested: it is not in the model (its terms: `sex`)
    term `age:sex` cannot be tested: it is not in the model (its terms: none)
    the sample sheet has no column `lane` that could stand in a model (its columns: `condition`, `sex`, `age`, `donor`, `batch`, `lab`, `weight`, `empty`, `score`)
    ");
}
