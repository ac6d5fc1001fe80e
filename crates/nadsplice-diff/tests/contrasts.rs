//! Contrasts on the command line and in sheets.

#![allow(clippy::unwrap_used, reason = "the helpers fail as their tests do")]

use std::fs;

use insta::assert_snapshot;
use nadsplice_diff::{Contrast, Inputs, SampleSheet};

const SHEET: &str = "sample\tcondition\tbatch\tage\tdose\n\
                     a\told\tx\t70\t1\n\
                     b\told\ty\t71.5\t1\n\
                     c\tyoung\tx\t22\t0\n\
                     d\tyoung\ty\t23\t0\n\
                     e\tyoung\tNA\t24\t1\n\
                     f\tchild\tx\t9\t0\n\
                     g\tNA\tx\t50\t0\n";

fn samples(text: &str) -> SampleSheet {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.tsv");
    fs::write(&path, text).unwrap();
    SampleSheet::read(&path, Inputs::Ignored).unwrap()
}

fn read(text: &str, sheet: &SampleSheet) -> Result<Vec<Contrast>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contrasts.csv");
    fs::write(&path, text).unwrap();
    Contrast::read_sheet(&path, sheet)
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn members_are_case_control_or_neither() {
    let sheet = samples(SHEET);
    let contrast = Contrast::parse("condition:old:young", &sheet).unwrap();
    assert_eq!(
        contrast.members(&sheet),
        [Some(true), Some(true), Some(false), Some(false), Some(false), None, None]
    );
    assert_eq!((contrast.factor(), contrast.case(), contrast.control()), ("condition", "old", "young"));
    assert_eq!((contrast.label(), contrast.name()), ("condition:old:young", "old_vs_young"));
}

#[test]
fn a_numeric_column_of_few_values_can_be_compared() {
    let sheet = samples(SHEET);
    let contrast = Contrast::parse("dose:1:0", &sheet).unwrap();
    assert_eq!(contrast.members(&sheet).iter().filter(|&&m| m == Some(true)).count(), 3);
}

#[test]
fn a_contrast_that_does_not_fit_says_what_would() {
    let sheet = samples(SHEET);
    let messages = [
        "condition:old",
        "condition:old:",
        "treatment:old:young",
        "sample:a:b",
        "condition:Old:young",
        "condition:old:old",
        "condition:old:child",
        "age:70:22",
    ]
    .map(|text| Contrast::parse(text, &sheet).unwrap_err().to_string());
    assert_snapshot!(messages.join("\n"), @r"
    contrast `condition:old` is not of the form `factor:case:control`
    contrast `condition:old:` is not of the form `factor:case:control`
    the sample sheet has no column `treatment` that could be compared (its columns: `condition`, `batch`, `age`, `dose`)
    the sample sheet has no column `sample` that could be compared (its columns: `condition`, `batch`, `age`, `dose`)
    column `condition` has no value `Old` (its values: `old`, `young`, `child`)
    contrast `condition:old:old` compares `old` with itself
    contrast `condition:old:child` needs at least 2 samples in each group, found 2 in `old` and 1 in `child`
    hint: a group without replicates does not show how much samples differ
    column `age` is numeric with 7 different values in 7 samples: a contrast needs groups, while a covariate may be numeric
    ");
}

#[test]
fn the_condition_of_a_shiba_table_is_its_group() {
    let sheet = samples("sample\tgroup\na\tRef\nb\tRef\nc\tAlt\nd\tAlt\n");
    let contrast = Contrast::parse("condition:Alt:Ref", &sheet).unwrap();
    assert_eq!(contrast.label(), "group:Alt:Ref");
    let listed = read("contrast,treatment,control\nx,Alt,Ref\n", &sheet).unwrap();
    assert_eq!(listed[0].label(), "group:Alt:Ref");
}

#[test]
fn an_rnasplice_contrast_sheet_compares_conditions() {
    let sheet = samples(SHEET);
    let contrasts = read("contrast,treatment,control,more\nageing,old,young,1\n", &sheet).unwrap();
    assert_eq!(contrasts[0].label(), "condition:old:young");
    assert_eq!(contrasts[0].name(), "ageing");
    assert_eq!(contrasts[0].members(&sheet)[..2], [Some(true), Some(true)]);
}

#[test]
fn a_differentialabundance_contrast_sheet_may_block_and_exclude() {
    let sheet = samples(SHEET);
    let text = "id\tvariable\treference\ttarget\tblocking\texclude_samples_col\texclude_samples_values\n\
                plain\tcondition\tyoung\told\t\t\t\n\
                blocked\tcondition\tyoung\told\tbatch;age\tage\t24;9\n";
    let contrasts = Contrast::distinguish(read(text, &sheet).unwrap()).unwrap();
    assert_eq!(contrasts[0].label(), "condition:old:young");
    assert_eq!(contrasts[0].blocking(), [""; 0]);
    assert_eq!(contrasts[1].label(), "condition:old:young:blocked");
    assert_eq!(contrasts[1].blocking(), ["batch", "age"]);
    assert_eq!(contrasts[0].members(&sheet)[4], Some(false));
    assert_eq!(contrasts[1].members(&sheet)[4], None);
}

#[test]
fn names_are_made_distinct_and_fit_for_files() {
    let sheet = samples(
        "sample\tday\tnight\na\t+/+\t+/+\nb\t+/+\t+/+\nc\tko 1\tko 1\nd\tko 1\tko 1\ne\tko?1\tx\nf\tko?1\tx\n",
    );
    let contrasts = ["day:ko 1:+/+", "night:ko 1:+/+", "day:ko?1:+/+", "night:x:+/+"]
        .map(|text| Contrast::parse(text, &sheet).unwrap());
    let distinct = Contrast::distinguish(contrasts.to_vec()).unwrap();
    assert_eq!(
        distinct.iter().map(Contrast::name).collect::<Vec<_>>(),
        ["day_ko_1_vs_+_+", "night_ko_1_vs_+_+", "day_ko_1_vs_+_+_2", "x_vs_+_+"]
    );
}

#[test]
fn the_same_contrast_twice_is_refused() {
    let sheet = samples(SHEET);
    let contrast = Contrast::parse("condition:old:young", &sheet).unwrap();
    let error = Contrast::distinguish(vec![contrast.clone(), contrast]).unwrap_err();
    assert_eq!(error.to_string(), "contrast `condition:old:young` is asked for twice");
}

#[test]
fn all_problems_of_a_contrast_sheet_are_told_at_once() {
    let sheet = samples(SHEET);
    let messages = [
        "contrast,treatment,control\nx,old,young\ny,old,child\nz,old\n",
        "id,variable,reference,target,blocking\nx,condition,young,old,lane\ny,tissue,young,old,\n",
        "name,case,control\nx,old,young\n",
        "contrast,treatment,control\n",
        "",
    ]
    .map(|text| read(text, &sheet).unwrap_err());
    assert_snapshot!(messages.join("\n"), @r"
    2 problems in the contrast sheet:
      `contrasts.csv`, line 3: contrast `condition:old:child` needs at least 2 samples in each group, found 2 in `old` and 1 in `child`
    hint: a group without replicates does not show how much samples differ
      `contrasts.csv`, line 4: 2 cells, expected 3 as in the header
    2 problems in the contrast sheet:
      `contrasts.csv`, line 2: the sample sheet has no column `lane` that could be compared (its columns: `condition`, `batch`, `age`, `dose`)
      `contrasts.csv`, line 3: the sample sheet has no column `tissue` that could be compared (its columns: `condition`, `batch`, `age`, `dose`)
    `contrasts.csv`: expected the columns `contrast`, `treatment`, `control` or `id`, `variable`, `reference`, `target`, found `name`, `case`, `control`
    `contrasts.csv`: no contrasts
    `contrasts.csv`: no contrasts
    ");
}
