//! Messages to stderr: what went wrong, what to know, what is going on.

use std::io::{self, IsTerminal, Write};

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors only.
    Quiet,
    /// Warnings and the main steps.
    #[default]
    Normal,
    /// Details too.
    Verbose,
}

/// Where messages go.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Messages {
    pub(crate) verbosity: Verbosity,
}

impl Messages {
    /// Something that the user should know although the results are sound.
    pub(crate) fn warn(self, text: impl std::fmt::Display) {
        self.say(Verbosity::Normal, "warning: ", &text.to_string());
    }

    /// A main step.
    pub(crate) fn step(self, text: impl std::fmt::Display) {
        self.say(Verbosity::Normal, "", &text.to_string());
    }

    /// A detail.
    pub(crate) fn detail(self, text: impl std::fmt::Display) {
        self.say(Verbosity::Verbose, "", &text.to_string());
    }

    fn say(self, level: Verbosity, prefix: &str, text: &str) {
        if self.verbosity >= level {
            write_line(&format!("nadsplice: {prefix}{text}"));
        }
    }

    /// A progress bar over `length` items; silent off a terminal and when quiet.
    pub(crate) fn progress(self, length: usize, what: &'static str) -> indicatif::ProgressBar {
        if self.verbosity < Verbosity::Normal || !std::io::stderr().is_terminal() {
            return indicatif::ProgressBar::hidden();
        }
        let bar = indicatif::ProgressBar::new(length as u64);
        if let Ok(style) = indicatif::ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar
    }
}

/// Writes an error with its causes; hints of all of them come last.
pub(crate) fn error(error: &anyhow::Error) {
    let mut text = String::new();
    let mut hints: Vec<String> = Vec::new();
    for (depth, cause) in error.chain().enumerate() {
        let mut lines: Vec<String> = Vec::new();
        for line in cause.to_string().lines() {
            if line.starts_with("hint: ") {
                if !hints.iter().any(|h| h == line) {
                    hints.push(line.to_owned());
                }
            } else {
                lines.push(line.to_owned());
            }
        }
        let lead = if depth == 0 { "error: " } else { "  because: " };
        text.push_str(lead);
        text.push_str(&lines.join("\n  "));
        text.push('\n');
    }
    if hints.is_empty() {
        hints.extend(hint_of_cause(error).map(str::to_owned));
    }
    for hint in hints {
        text.push_str(&hint);
        text.push('\n');
    }
    write_line(text.trim_end());
}

/// What helps against a file system that takes nothing.
fn hint_of_cause(error: &anyhow::Error) -> Option<&'static str> {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.find_map(|cause| match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Some(
            "hint: free some space, or name a folder on another disk; what is finished is taken up again",
        ),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            Some("hint: name another folder, or get the right to use this one")
        }
        _ => None,
    })
}

fn write_line(text: &str) {
    // Nobody can be told when stderr itself is gone.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
