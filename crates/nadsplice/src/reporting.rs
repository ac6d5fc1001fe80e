//! The files that people and other programs look at: report, figures, `MultiQC` content.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use nadsplice_report::{Contrast, FigureKind, MULTIQC_FOLDER, Results, multiqc_files, report};
use nadsplice_table::OutputFile;

use crate::messages::Messages;

/// Name of the report in the results.
const REPORT_FILE: &str = "report.html";
/// Folder of the figures in the results.
const FIGURES_FOLDER: &str = "figures";

/// Reads the tables of a folder.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Results> {
    Results::read(folder).with_context(|| {
        format!(
            "could not make figures of the results in `{0}`\n\
             hint: `{0}` has to be the folder that `run` or `quantify` filled; it needs `samples.tsv` at least",
            folder.display()
        )
    })
}

/// Writes report, figures and `MultiQC` files into the folder whose tables they show.
pub(crate) fn write_into(folder: &Path, messages: Messages) -> anyhow::Result<()> {
    let results = read(folder)?;
    write(&folder.join(REPORT_FILE), &report(&results))?;
    write_figures(&results, &make(folder.join(FIGURES_FOLDER))?)?;
    let multiqc = make(folder.join(MULTIQC_FOLDER))?;
    for (name, content) in multiqc_files(&results) {
        write(&multiqc.join(name), &content)?;
    }
    messages.step(format!("report in `{}`", folder.join(REPORT_FILE).display()));
    Ok(())
}

/// Writes a text file, whole or not at all.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = OutputFile::create(path)?;
    file.append(text.as_bytes())?;
    Ok(file.finish()?)
}

fn make(folder: PathBuf) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(&folder).with_context(|| format!("could not make folder `{}`", folder.display()))?;
    Ok(folder)
}

/// One SVG a figure of the cohort, and one a figure of each contrast.
fn write_figures(results: &Results, folder: &Path) -> anyhow::Result<()> {
    let mut taken = BTreeSet::new();
    for kind in FigureKind::ALL {
        if results.contrasts().is_empty() || !kind.is_of_contrast() {
            if let Some(drawing) = kind.draw(results, None) {
                write(&folder.join(format!("{}.svg", figure_name(kind, None))), &drawing.standalone())?;
            }
            continue;
        }
        for contrast in results.contrasts() {
            let Some(drawing) = kind.draw(results, Some(contrast)) else { continue };
            let stem = figure_name(kind, Some(contrast));
            let (mut name, mut number) = (stem.clone(), 1);
            while !taken.insert(name.clone()) {
                number += 1;
                name = format!("{stem}_{number}");
            }
            write(&folder.join(format!("{name}.svg")), &drawing.standalone())?;
        }
    }
    Ok(())
}

/// Name of a figure's file, without its extension.
pub(crate) fn figure_name(kind: FigureKind, contrast: Option<&Contrast>) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    match contrast.filter(|_| kind.is_of_contrast()) {
        Some(contrast) => {
            let label: String = contrast.label.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
            format!("{}_{label}", kind.name())
        }
        None => kind.name().to_owned(),
    }
}
