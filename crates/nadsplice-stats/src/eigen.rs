//! Eigenvalues and eigenvectors of a symmetric matrix of modest size, such as samples by samples.

/// Sweeps after which Jacobi's method has long converged.
const MAX_SWEEPS: usize = 60;

/// The decomposition of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// Eigenvalues, the largest first.
    pub values: Vec<f64>,
    /// For each eigenvalue its eigenvector of length 1, signed such that its entry of largest size is positive.
    pub vectors: Vec<Vec<f64>>,
}

/// Decomposes a symmetric matrix of `n` rows, row-major, by Jacobi's cyclic rotations (Golub and Van Loan 2013, section
/// 8.5): slow beyond a few hundred rows, and exact to rounding for small eigenvalues too.
///
/// # Panics
/// When `matrix` has not `n * n` values.
pub fn symmetric(matrix: &[f64], n: usize) -> Eigen {
    assert_eq!(matrix.len(), n * n, "a square matrix");
    let mut a = matrix.to_vec();
    // Rows are eigenvectors, so that they are turned along the lines of memory.
    let mut v = vec![0.0; n * n];
    for i in 0..n {
        v[i * n + i] = 1.0;
    }
    let total: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..MAX_SWEEPS {
        let off: f64 =
            (0..n).flat_map(|i| (0..i).map(move |j| i * n + j)).map(|at| 2.0 * a[at] * a[at]).sum();
        if off <= 1e-30 * total {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, n, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[j * n + j].total_cmp(&a[i * n + i]));
    let vector = |k: usize| {
        let entries = &v[k * n..][..n];
        // The first of the largest, allowing for rounding, so that ties do not depend on it.
        let largest = entries.iter().fold(0.0_f64, |m, e| m.max(e.abs()));
        let leading = entries.iter().find(|e| e.abs() > largest * (1.0 - 1e-9)).copied().unwrap_or(1.0);
        entries.iter().map(|e| e * leading.signum()).collect()
    };
    Eigen {
        values: order.iter().map(|&k| a[k * n + k]).collect(),
        vectors: order.iter().map(|&k| vector(k)).collect(),
    }
}

/// Makes the entry at `p`, `q` zero.
fn rotate(a: &mut [f64], v: &mut [f64], n: usize, p: usize, q: usize) {
    let apq = a[p * n + q];
    if apq == 0.0 {
        return;
    }
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = t.hypot(1.0).recip();
    let s = t * c;
    for row in a.chunks_exact_mut(n) {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
    turn_rows(a, n, (p, q), (c, s));
    turn_rows(v, n, (p, q), (c, s));
}

/// Turns the rows `p` and `q`, the latter below the former.
fn turn_rows(matrix: &mut [f64], n: usize, (p, q): (usize, usize), (c, s): (f64, f64)) {
    let (above, below) = matrix.split_at_mut(q * n);
    for (first, second) in above[p * n..][..n].iter_mut().zip(&mut below[..n]) {
        let (x, y) = (*first, *second);
        *first = c * x - s * y;
        *second = s * x + c * y;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_matrix_with_known_eigenvalues() {
        let found = symmetric(&[2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 5.0], 3);
        for (value, expected) in found.values.iter().zip([5.0, 3.0, 1.0]) {
            assert!((value - expected).abs() < 1e-12);
        }
        let half = 0.5_f64.sqrt();
        for (entry, expected) in found.vectors[2].iter().zip([half, -half, 0.0]) {
            assert!((entry - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn zeros_and_nothing_are_no_trouble() {
        assert_eq!(symmetric(&[0.0; 4], 2).values, [0.0, 0.0]);
        assert!(symmetric(&[], 0).values.is_empty());
    }

    proptest! {
        #[test]
        fn vectors_are_orthonormal_and_put_the_matrix_together_again(
            (n, half) in (1usize..9).prop_flat_map(|n| (Just(n), proptest::collection::vec(-3.0..3.0_f64, n * n)))
        ) {
            let a: Vec<f64> = (0..n * n).map(|at| half[at] + half[at % n * n + at / n]).collect();
            let found = symmetric(&a, n);
            for i in 0..n {
                for j in 0..n {
                    let product: f64 = (0..n).map(|k| found.vectors[i][k] * found.vectors[j][k]).sum();
                    prop_assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12);
                    let sum: f64 =
                        (0..n).map(|k| found.values[k] * found.vectors[k][i] * found.vectors[k][j]).sum();
                    prop_assert!((sum - a[i * n + j]).abs() < 1e-11);
                }
            }
            prop_assert!(found.values.is_sorted_by(|x, y| x >= y));
        }
    }
}
