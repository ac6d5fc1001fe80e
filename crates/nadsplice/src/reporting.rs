//! The files that people and other programs look at: report, figures, `MultiQC` content.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use nadsplice_report::{
    Contrast, FigureKind, MULTIQC_FOLDER, Results, figure_data::FIGURE_DATA_FILE, multiqc_files, report,
};
use nadsplice_table::OutputFile;

use crate::{
    messages::Messages,
    results_folder::{entries, remove},
};

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
    clear_drawings(folder)?;
    write(&folder.join(REPORT_FILE), &report(&results))?;
    write_figures(&results, &make(folder.join(FIGURES_FOLDER))?)?;
    let multiqc = make(folder.join(MULTIQC_FOLDER))?;
    for (name, content) in multiqc_files(&results) {
        write(&multiqc.join(name), &content)?;
    }
    messages.step(format!("report in `{}`", folder.join(REPORT_FILE).display()));
    Ok(())
}

/// Removes what is made to be looked at, and what figures are drawn from; other files in the folders stay.
pub(crate) fn clear(folder: &Path) -> anyhow::Result<()> {
    remove(folder, REPORT_FILE)?;
    remove(folder, FIGURE_DATA_FILE)?;
    clear_drawings(folder)
}

/// What an earlier report drew: the new one need not have all of it.
fn clear_drawings(folder: &Path) -> anyhow::Result<()> {
    let is_figure = |name: &str| {
        let stem = name.strip_suffix(".svg");
        stem.is_some_and(|stem| {
            FigureKind::ALL.iter().any(|kind| match stem.strip_prefix(kind.name()) {
                Some(rest) => rest.is_empty() || rest.starts_with('_'),
                None => false,
            })
        })
    };
    let is_multiqc = |name: &str| name.starts_with("nadsplice_") && name.contains("_mqc");
    remove_those(&folder.join(FIGURES_FOLDER), is_figure)?;
    remove_those(&folder.join(MULTIQC_FOLDER), is_multiqc)
}

fn remove_those(folder: &Path, is_ours: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_ours(&name) {
            remove(folder, &name)?;
        }
    }
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
