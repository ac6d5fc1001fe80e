//! Folders for what the tests write.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The folder of this process. Its lock is held until the process ends, so that two runs of the tests do not meet.
static ROOT: OnceLock<(PathBuf, File)> = OnceLock::new();

/// A new, empty folder with this name. It stays after the tests, for a look at it, and goes with the next run.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let (root, _) = ROOT.get_or_init(|| {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(base).unwrap();
        let lock = File::create(base.join("it.lock")).unwrap();
        lock.lock().unwrap();
        let root = base.join("it");
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        fs::create_dir(&root).unwrap();
        (root, lock)
    });
    let folder = root.join(name);
    fs::create_dir(&folder).unwrap_or_else(|e| panic!("two tests use the folder `{name}`: {e}"));
    folder
}

/// All files below a folder, with their paths relative to it, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}
