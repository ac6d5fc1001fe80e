//! The cuts behind the verdicts.

/// Cuts of the verdicts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerdictCuts {
    /// A q-value within the panel below this one is significant, in (0, 1).
    pub q: f64,
    /// The smallest |delta PSI| that counts as a change, in [0, 1].
    pub delta_psi: f64,
    /// Events whose 95% interval of delta PSI lies within plus and minus this margin are unchanged, in (0, 1).
    pub equivalence: f64,
    /// A gene is constitutive when alternative forms of more than this usage are excluded, in (0, 1).
    pub usage: f64,
    /// The confidence of that exclusion, in (0, 1).
    pub confidence: f64,
}

impl VerdictCuts {
    /// The default cuts for a contrast whose smaller group has this many samples: |delta PSI| 0.10 below ten
    /// samples and 0.05 from ten on, otherwise q 0.05, margin 0.1, usage 5% at 95% confidence.
    pub fn for_smaller_group(samples: usize) -> Self {
        Self {
            q: 0.05,
            delta_psi: if samples < 10 { 0.10 } else { 0.05 },
            equivalence: 0.1,
            usage: 0.05,
            confidence: 0.95,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_samples_in_both_groups_halve_the_effect_asked_for() {
        assert!((VerdictCuts::for_smaller_group(9).delta_psi - 0.10).abs() < 1e-12);
        assert!((VerdictCuts::for_smaller_group(10).delta_psi - 0.05).abs() < 1e-12);
    }
}
