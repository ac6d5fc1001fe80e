//! Whether a specification makes sense.

use std::collections::HashSet;

use nadsplice_core::Annotation;

use crate::{CohortSpec, Noise, SimulateError};

/// Refuses what contradicts itself; what contradicts the annotation is found on the way.
pub(crate) fn check(annotation: &Annotation, spec: &CohortSpec) -> Result<(), SimulateError> {
    spec.library.check()?;
    for (nothing, what) in [(spec.groups.is_empty(), "group"), (spec.samples.is_empty(), "sample")] {
        if nothing {
            return Err(SimulateError::Empty(what));
        }
    }
    let at_least_0 = |what: &str, value: f64| {
        if value >= 0.0 && value.is_finite() {
            return Ok(());
        }
        let found = value.to_string();
        Err(SimulateError::Range { what: what.to_owned(), found, expected: "at least 0" })
    };
    let Noise { psi_rho, expression_dispersion, depth_cv } = spec.noise;
    at_least_0("the dispersion of expression", expression_dispersion)?;
    at_least_0("the variation of depth", depth_cv)?;
    if !(0.0..1.0).contains(&psi_rho) {
        let found = psi_rho.to_string();
        let what = "the correlation of PSI".to_owned();
        return Err(SimulateError::Range { what, found, expected: "0 to below 1" });
    }
    let mut names = HashSet::new();
    for sample in &spec.samples {
        let bad = |reason| SimulateError::SampleName { sample: sample.name.clone(), reason };
        if sample.name.is_empty() || sample.name.starts_with('.') {
            return Err(bad("is empty or begins with a dot"));
        }
        if sample.name.contains(['/', '\\', '\t', '\n', '\r', '\0']) {
            return Err(bad("holds a slash, a tab or a line break"));
        }
        if !names.insert(&sample.name) {
            return Err(bad("is there twice"));
        }
        if sample.group >= spec.groups.len() {
            return Err(SimulateError::UnknownGroup {
                sample: sample.name.clone(),
                group: sample.group,
                groups: spec.groups.len(),
            });
        }
        at_least_0(&format!("the depth of sample `{}`", sample.name), sample.depth)?;
    }
    let mut genes = HashSet::new();
    for gene in &spec.genes {
        let label = || annotation.gene(gene.gene).label().to_owned();
        if !genes.insert(gene.gene) {
            return Err(SimulateError::SecondGene { gene: label() });
        }
        at_least_0(&format!("the expression of gene `{}`", label()), gene.expression)?;
        let Some(planned) = &gene.event else { continue };
        let event = || planned.event.id(annotation.contigs.name(planned.event.contig));
        if planned.psi.len() != spec.groups.len() {
            let (found, groups) = (planned.psi.len(), spec.groups.len());
            return Err(SimulateError::PsiCount { event: event(), found, groups });
        }
        if let Some(psi) = planned.psi.iter().find(|psi| !(0.0..=1.0).contains(*psi)) {
            let (what, found) = (format!("PSI of event {}", event()), psi.to_string());
            return Err(SimulateError::Range { what, found, expected: "0 to 1" });
        }
    }
    Ok(())
}
