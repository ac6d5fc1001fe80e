//! A folder of results: whose it is, and what an earlier run left in it.

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use nadsplice_table::data_dictionary;

/// Folder of the counts files in the results of `run`.
pub(crate) const COUNTS_FOLDER: &str = "counts";
/// What else `run` leaves, beside tables and counts files.
const OTHER_FILES: [&str; 3] = ["report.html", "run_info.json", "CITATIONS.md"];
const OTHER_FOLDERS: [&str; 2] = ["figures", "multiqc"];

/// A claim on a folder, as long as it lives.
#[derive(Debug)]
pub(crate) struct Claim {
    /// Locked where the file system can; a process that dies loses it.
    _folder: Option<File>,
}

/// Makes the folder of `run`. One with other things in it is left alone, and one that another run writes into.
pub(crate) fn claim(outdir: &Path, force: bool) -> anyhow::Result<Claim> {
    if outdir.is_dir() && !force && !is_empty(outdir)? && !is_ours(outdir)? {
        bail!(
            "folder `{}` is not empty and holds no results of this program\n\
             hint: name another --outdir, or pass --force",
            outdir.display()
        );
    }
    make(outdir)?;
    let claim = lock(outdir)?;
    make(&outdir.join(COUNTS_FOLDER))?;
    Ok(claim)
}

fn lock(outdir: &Path) -> anyhow::Result<Claim> {
    let Ok(folder) = File::open(outdir) else { return Ok(Claim { _folder: None }) };
    match folder.try_lock() {
        Ok(()) => Ok(Claim { _folder: Some(folder) }),
        Err(TryLockError::WouldBlock) => bail!(
            "another run writes into `{}`\nhint: wait until it has finished, or name another --outdir",
            outdir.display()
        ),
        Err(TryLockError::Error(_)) => Ok(Claim { _folder: None }),
    }
}

/// Whether a run has finished or begun here: then the folder of counts has nothing but counts files.
fn is_ours(outdir: &Path) -> anyhow::Result<bool> {
    let counts = outdir.join(COUNTS_FOLDER);
    if outdir.join("run_info.json").is_file() {
        return Ok(true);
    }
    if !counts.is_dir() {
        return Ok(false);
    }
    // Files under way have hidden names.
    let foreign = |path: PathBuf| {
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        !is_hidden && path.extension().is_none_or(|extension| extension != "counts")
    };
    Ok(!entries(&counts)?.into_iter().any(foreign))
}

/// Refuses to write tables over the file that they are made from.
pub(crate) fn spare(input: &Path, outdir: &Path) -> anyhow::Result<()> {
    let (Ok(file), Ok(folder)) = (input.canonicalize(), outdir.canonicalize()) else { return Ok(()) };
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if file.parent() == Some(&folder) && tables().contains(name.as_str()) {
        bail!(
            "`{}` would be overwritten by the results, which have a table of this name\n\
             hint: name another folder for the results",
            input.display()
        );
    }
    Ok(())
}

/// Removes what an earlier run left, but for the counts files: none of it belongs to the results to come.
pub(crate) fn clear(outdir: &Path) -> anyhow::Result<()> {
    for name in tables().into_iter().chain(OTHER_FILES) {
        remove(outdir, name)?;
    }
    for name in OTHER_FOLDERS {
        let path = outdir.join(name);
        gone(fs::remove_dir_all(&path), &path)?;
    }
    Ok(())
}

/// Removes a file that need not be there.
pub(crate) fn remove(folder: &Path, name: &str) -> anyhow::Result<()> {
    let path = folder.join(name);
    gone(fs::remove_file(&path), &path)
}

fn gone(removed: io::Result<()>, path: &Path) -> anyhow::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}

fn tables() -> BTreeSet<&'static str> {
    data_dictionary().into_iter().map(|column| column.table).collect()
}

fn make(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| format!("could not make folder `{}`", path.display()))
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    Ok(entries(folder)?.is_empty())
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    read().with_context(|| format!("could not look into folder `{}`", folder.display()))
}
