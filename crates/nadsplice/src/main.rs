//! The nadsplice binary.
fn main() {}
