//! Linear dependence of columns.

/// A column whose part outside the span of others is below this share of its length follows from them.
const ALIASED: f64 = 1e-7;

/// An orthonormal basis of the columns that were added.
#[derive(Clone, Debug, Default)]
pub(crate) struct Basis {
    vectors: Vec<Vec<f64>>,
}

impl Basis {
    /// The part of a column that does not follow from the basis.
    pub(crate) fn residual(&self, column: &[f64]) -> Vec<f64> {
        let mut left = column.to_vec();
        // Twice is enough for orthogonality to working precision.
        for _ in 0..2 {
            for vector in &self.vectors {
                let along: f64 = left.iter().zip(vector).map(|(l, v)| l * v).sum();
                left.iter_mut().zip(vector).for_each(|(l, v)| *l -= along * v);
            }
        }
        left
    }

    /// Adds a column; false where it follows from those before it.
    pub(crate) fn add(&mut self, column: &[f64]) -> bool {
        let mut left = self.residual(column);
        let length = norm(&left);
        if length <= ALIASED * norm(column) {
            return false;
        }
        for value in &mut left {
            *value /= length;
        }
        self.vectors.push(left);
        true
    }

    /// The orthonormal vectors, in the order in which their columns were added.
    pub(crate) fn vectors(&self) -> &[Vec<f64>] {
        &self.vectors
    }

    /// The number of independent columns.
    pub(crate) fn rank(&self) -> usize {
        self.vectors.len()
    }
}

pub(crate) fn norm(column: &[f64]) -> f64 {
    column.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_follow_from_others_are_seen() {
        let mut basis = Basis::default();
        assert!(basis.add(&[1.0, 1.0, 1.0, 1.0]) && basis.add(&[1.0, 0.0, 0.0, 1.0]));
        assert!(!basis.add(&[0.0, 3.0, 3.0, 0.0]) && !basis.add(&[0.0; 4]));
        assert_eq!(basis.rank(), 2);
        assert!((norm(&basis.residual(&[0.0, 1.0, 0.0, 0.0])) - 0.5_f64.sqrt()).abs() < 1e-12);
    }
}
