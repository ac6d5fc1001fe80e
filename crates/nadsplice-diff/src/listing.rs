//! Names in error messages.

/// How many names a message lists.
const LISTED: usize = 20;

/// The names, quoted and comma-separated; `none` when there are none, and cut short when there are many.
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    let listed: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{}`", name.as_ref())).collect();
    match names.len() {
        0 => "none".to_owned(),
        n if n > LISTED => format!("{} and {} more", listed.join(", "), n - LISTED),
        _ => listed.join(", "),
    }
}
