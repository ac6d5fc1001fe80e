//! Runs the executable.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Output},
};

/// The executable under test.
pub(crate) fn nadsplice() -> Command {
    Command::new(env!("CARGO_BIN_EXE_nadsplice"))
}

/// What a call of the executable came to.
#[derive(Debug)]
pub(crate) struct Called {
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Called {
    /// Calls the executable with these arguments.
    pub(crate) fn with<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        Self::of(nadsplice().args(arguments))
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Demands success.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// Demands a failure with this exit code whose message holds all of these words.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is not in: {}", self.stderr);
        }
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    /// Demands that the message tells what to do.
    #[track_caller]
    pub(crate) fn with_hint(self) -> Self {
        assert!(self.stderr.lines().any(|l| l.starts_with("hint: ")), "no hint: {}", self.stderr);
        self
    }
}

/// `run` on a cohort into a folder.
pub(crate) fn run(sheet: &Path, gtf: &Path, outdir: &Path) -> Command {
    let mut command = nadsplice();
    command.arg("run").arg("--samples").arg(sheet).arg("--gtf").arg(gtf).arg("--outdir").arg(outdir);
    command
}
