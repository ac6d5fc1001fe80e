//! Reference values computed by R packages and `SciPy`, read where they are present.

use serde_json::Value;
use std::path::PathBuf;

fn vector(id: &str) -> Option<Value> {
    let data = std::env::var_os("NADSPLICE_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = data.join("../vectors/stat_vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no reference values at {}", path.display());
        return None;
    };
    let all: Value = serde_json::from_str(&text).expect("reference values are JSON");
    let vectors = all["vectors"].as_array().expect("an array of vectors");
    Some(vectors.iter().find(|v| v["id"] == id).unwrap_or_else(|| panic!("no vector `{id}`")).clone())
}

/// The inputs of one vector; `None` where the file is absent.
pub(crate) fn input(id: &str) -> Option<Value> {
    vector(id).map(|mut v| v["input"].take())
}

/// The expected outputs of one vector; `None` where the file is absent.
pub(crate) fn output(id: &str) -> Option<Value> {
    vector(id).map(|mut v| v["output"].take())
}

/// An array of numbers.
pub(crate) fn floats(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|v| v.as_f64().expect("a number")).collect()
}

/// An array of numbers in which `"NA"` stands for none.
pub(crate) fn optional_floats(value: &Value) -> Vec<Option<f64>> {
    value.as_array().expect("an array").iter().map(Value::as_f64).collect()
}

/// An array of counts.
pub(crate) fn counts(value: &Value) -> Vec<u32> {
    let count = |v: &Value| u32::try_from(v.as_u64().expect("a count")).expect("a 32-bit count");
    value.as_array().expect("an array").iter().map(count).collect()
}
