//! A methods text with the settings of the run, what to cite, and what the results were made from.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{html::Html, results::Results, wording::counted};

pub(super) fn write(html: &mut Html, results: &Results) {
    for sentence in paragraphs(results) {
        html.paragraph(&sentence);
    }
    if let Some(citations) = &results.citations {
        html.leaf("h3", &[], "What to cite");
        html.markup("<ul class=\"citations\">");
        for line in citations.lines().filter_map(|line| line.strip_prefix("- ")) {
            citation(html, line);
        }
        html.markup("</ul>\n");
    }
}

/// A citation whose DOI is written out; there is no link, so that the page names no other host.
fn citation(html: &mut Html, line: &str) {
    html.leaf("li", &[], line);
}

fn paragraphs(results: &Results) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let run = results.run.as_ref();
    let version =
        run.and_then(|run| run["version"].as_str()).map_or_else(String::new, |version| format!(" {version}"));
    let mut counting = format!(
        "Alternative splicing was quantified with nadsplice{version} in {}. ",
        counted(results.names.len(), "sample")
    );
    if let Some(parameters) = run.map(|run| &run["parameters"]["counting"]).filter(|value| value.is_object())
    {
        counting.push_str(&counting_words(parameters));
    }
    counting.push_str(
        "An event's PSI is the share of its inclusion form, from reads over effective lengths; intervals of a sample's \
         PSI are Jeffreys intervals of its reads.",
    );
    paragraphs.push(counting);
    if !results.contrasts.is_empty() {
        paragraphs.push(testing_words(results));
    }
    if results.contrasts.iter().any(|contrast| !contrast.panel.is_empty()) {
        paragraphs.push(
            "Genes of NAD+ metabolism were judged as a family declared beforehand: a gene is changed when an event has a \
             false discovery rate within the panel below 0.05 and a difference of at least 0.10 (0.05 with ten samples a \
             group or more), unchanged when the 95% intervals of all its tested events lie within ±0.1, constitutive \
             when no alternative form is annotated or found and the reads exclude one of more than 5% usage, and \
             otherwise inconclusive or not testable."
                .to_owned(),
        );
    }
    if results.contrasts.iter().any(|contrast| !contrast.sets.is_empty()) {
        paragraphs.push(
            "Gene sets were tested for over-representation of called genes by Wallenius' noncentral hypergeometric \
             distribution, given how many tested events a gene has and how many reads these, and for enrichment along \
             the ranking of all tested genes; false discovery rates are within a collection and test."
                .to_owned(),
        );
    }
    paragraphs
}

fn counting_words(parameters: &Value) -> String {
    let mut words = String::new();
    let number = |value: &Value| value.as_u64().map_or_else(|| "?".to_owned(), |n| n.to_string());
    words.push_str(match parameters["mode"].as_str() {
        Some("Fragments") => "Fragments were counted, the two mates of a pair once; ",
        Some("Mates") => "Each mate was counted; ",
        _ => "Reads were counted by rMATS-turbo's rules; ",
    });
    let _ = write!(
        words,
        "reads needed an overhang of {} bases on annotated junctions and {} on others",
        number(&parameters["min_overhang"]),
        number(&parameters["min_overhang_novel"])
    );
    let _ = write!(
        words,
        ", and had to map uniquely (NH tag, else a mapping quality of {}). ",
        number(&parameters["filter"]["min_mapq"])
    );
    if parameters["filter"]["skip_duplicates"].as_bool() == Some(true) {
        words.push_str("Reads marked as duplicates were left out. ");
    }
    words
}

fn testing_words(results: &Results) -> String {
    let tests = results.tests.as_ref();
    let test = tests.map(|tests| &tests["test"]);
    let mut words = String::from("Differences between groups were tested event by event ");
    words.push_str(match test.and_then(|test| test["event"].as_str()) {
        Some("qbb") => "by weighted quasi-binomial regression with a moderated dispersion. ",
        Some("nds") => {
            "by a beta-binomial likelihood-ratio test, with the overdispersion of each event shrunk towards that of \
             events of its coverage and an F reference. "
        }
        _ => "(which test, and which model, is not recorded beside these tables). ",
    });
    let models: Vec<String> = results
        .contrasts
        .iter()
        .map(|contrast| {
            let groups = if contrast.groups.is_pair { contrast.groups.sizes() } else { "a term".to_owned() };
            match model_of(tests, &contrast.label) {
                Some(terms) if !terms.is_empty() => {
                    format!("{} ({groups}; model with {})", contrast.label, terms.join(", "))
                }
                _ => format!("{} ({groups})", contrast.label),
            }
        })
        .collect();
    let _ = write!(words, "Comparisons: {}. ", models.join("; "));
    words.push_str(
        "Differences are case minus control, with 95% intervals by Newcombe's method; false discovery rates are \
         Benjamini-Hochberg's over all tested events of a comparison. ",
    );
    words.push_str(match test.and_then(|test| test["gene"].as_str()) {
        Some("acat") => "Events of a gene were combined by the Cauchy combination. ",
        Some("simes") => "Events of a gene were combined by Simes' method. ",
        _ => "",
    });
    if let Some(number) = tests.and_then(|tests| tests["surrogate"].as_str()) {
        let _ = write!(words, "Surrogate variables ({number}) were added to the models. ");
    }
    words.truncate(words.trim_end().len());
    words
}

fn model_of(tests: Option<&Value>, label: &str) -> Option<Vec<String>> {
    let contrasts = tests?["contrasts"].as_array()?;
    let contrast = contrasts.iter().find(|contrast| contrast["contrast"].as_str() == Some(label))?;
    Some(contrast["model"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

pub(super) fn write_provenance(html: &mut Html, results: &Results) {
    let Some(run) = &results.run else {
        html.paragraph(
            "There is no `run_info.json` beside the tables, so nothing is known of inputs and settings.",
        );
        return;
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "NA".to_owned(),
        other => other.to_string(),
    };
    let command = run["command_line"]
        .as_array()
        .map(|words| words.iter().map(text).collect::<Vec<_>>().join(" "))
        .unwrap_or_default();
    let facts = [
        ("Program", format!("{} {}", text(&run["name"]), text(&run["version"]))),
        ("Command", command),
        (
            "Annotation",
            format!("{} (BLAKE3 {})", text(&run["annotation"]["file"]), short(&run["annotation"])),
        ),
    ];
    html.markup("<dl class=\"facts\">");
    for (name, value) in facts {
        html.leaf("dt", &[], name);
        html.leaf("dd", &[], &value);
    }
    html.markup("</dl>\n");
    if let Some(inputs) = run["inputs"].as_array() {
        let rows = inputs.iter().map(|input| {
            let file = ["file", "counts", "junctions"].iter().find_map(|name| input[*name].as_str());
            vec![
                text(&input["sample"]),
                file.unwrap_or("NA").to_owned(),
                text(&input["size"]),
                input["pieces_blake3"]
                    .as_str()
                    .map_or("NA", |hash| hash.get(..16).unwrap_or(hash))
                    .to_owned(),
            ]
        });
        html.element("details", &[], |html| {
            html.leaf("summary", &[], &counted(inputs.len(), "input"));
            html.table(&["Sample", "File", "Bytes", "BLAKE3 (first 16 digits)"], rows);
        });
    }
    html.element("details", &[], |html| {
        html.leaf("summary", &[], "Parameters");
        html.leaf("pre", &[], &serde_json::to_string_pretty(&run["parameters"]).unwrap_or_default());
    });
    html.note("Whole hashes are in `run_info.json`. This page depends on the tables of the results alone.");
}

fn short(annotation: &Value) -> String {
    annotation["content_blake3"].as_str().map_or("NA", |hash| hash.get(..16).unwrap_or(hash)).to_owned()
}
