//! Eigenvalues and eigenvectors of a symmetric matrix of modest size, such as samples by samples.

/// Turns for one eigenvalue after which the iteration has long converged; two are usual.
const MAX_TURNS: usize = 60;

/// The decomposition of a symmetric matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// Eigenvalues, the largest first.
    pub values: Vec<f64>,
    /// For each eigenvalue its eigenvector of length 1, signed such that its entry of largest size is positive.
    pub vectors: Vec<Vec<f64>>,
}

/// Decomposes a symmetric matrix of `n` rows, row-major, of which the lower half counts: reflections make it
/// tridiagonal, and implicit QL turns diagonalise that (Dubrulle, Martin and Wilkinson 1968,
/// [doi:10.1007/BF02165404](https://doi.org/10.1007/BF02165404); Golub and Van Loan 2013, section 8.3). A second for
/// 1,000 rows, a minute for 3,000; errors are of the size of rounding in the largest eigenvalue.
///
/// # Panics
/// When `matrix` has not `n * n` values.
pub fn symmetric(matrix: Vec<f64>, n: usize) -> Eigen {
    let mut reflections = Vec::new();
    let (mut tridiagonal, scale) = Tridiagonal::of(matrix, n, |v| reflections.push(v));
    let mut vectors = basis(reflections);
    tridiagonal.diagonalise(&mut vectors);
    let values = tridiagonal.diagonal;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let vector = |k: usize| {
        let entries = &vectors[k * n..][..n];
        // The first of the largest, allowing for rounding, so that ties do not depend on it.
        let largest = entries.iter().fold(0.0_f64, |m, e| m.max(e.abs()));
        let leading = entries.iter().find(|e| e.abs() > largest * (1.0 - 1e-9)).copied().unwrap_or(1.0);
        entries.iter().map(|e| e * leading.signum()).collect()
    };
    Eigen {
        values: order.iter().map(|&k| values[k] * scale).collect(),
        vectors: order.iter().map(|&k| vector(k)).collect(),
    }
}

/// The eigenvalues of [`symmetric`] alone, in a small part of its time; the largest first.
///
/// # Panics
/// When `matrix` has not `n * n` values.
pub fn values(matrix: Vec<f64>, n: usize) -> Vec<f64> {
    let (mut tridiagonal, scale) = Tridiagonal::of(matrix, n, drop);
    tridiagonal.diagonalise(&mut []);
    let mut values: Vec<f64> = tridiagonal.diagonal.into_iter().map(|value| value * scale).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// A tridiagonal matrix.
struct Tridiagonal {
    diagonal: Vec<f64>,
    /// Beside the diagonal; the last entry is 0.
    beside: Vec<f64>,
}

impl Tridiagonal {
    /// Also by how much the matrix is larger: its largest entry becomes 1, so that squares stay in range. `keep` gets
    /// the reflections in turn: of column `k` a vector from row `k + 1` on, of length sqrt 2; nothing where the column
    /// needed none.
    fn of(mut a: Vec<f64>, n: usize, mut keep: impl FnMut(Option<Vec<f64>>)) -> (Self, f64) {
        assert_eq!(a.len(), n * n, "a square matrix");
        let largest = a.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        for x in &mut a {
            *x /= scale;
        }
        // Only the lower half is kept up to date, whose rows are read and written along the lines of memory.
        let mut found = Self { diagonal: vec![0.0; n], beside: vec![0.0; n] };
        for k in 0..n {
            found.diagonal[k] = a[k * n + k];
            let column: Vec<f64> = (k + 1..n).map(|row| a[row * n + k]).collect();
            let Some((first, v)) = reflection(column) else {
                found.beside[k] = if k + 1 < n { a[(k + 1) * n + k] } else { 0.0 };
                keep(None);
                continue;
            };
            found.beside[k] = first;
            reflect(&mut a, n, k + 1, &v);
            keep(Some(v));
        }
        (found, scale)
    }

    /// Turns the matrix until nothing is left beside the diagonal, and the rows of `vectors`, if there are any, with it.
    fn diagonalise(&mut self, vectors: &mut [f64]) {
        for from in 0..self.diagonal.len() {
            for _ in 0..MAX_TURNS {
                let to = self.block_end(from);
                if to == from {
                    break;
                }
                self.turn(from, to, vectors);
            }
        }
    }

    /// The last row of the block that begins at a row: there is as good as nothing beside the diagonal there.
    fn block_end(&self, from: usize) -> usize {
        let d = &self.diagonal;
        let is_small = |&k: &usize| self.beside[k].abs() <= f64::EPSILON * (d[k].abs() + d[k + 1].abs());
        (from..d.len() - 1).find(is_small).unwrap_or(d.len() - 1)
    }

    /// One implicit QL step in a block, with Wilkinson's shift.
    fn turn(&mut self, from: usize, to: usize, vectors: &mut [f64]) {
        let (d, e) = (&mut self.diagonal, &mut self.beside);
        let n = d.len();
        let theta = (d[from + 1] - d[from]) / (2.0 * e[from]);
        let shift = d[from] - e[from] / (theta + theta.hypot(1.0).copysign(theta));
        let mut bulge = d[to] - shift;
        let (mut c, mut s, mut moved) = (1.0_f64, 1.0_f64, 0.0_f64);
        for k in (from..to).rev() {
            let (above, beside) = (s * e[k], c * e[k]);
            let length = above.hypot(bulge);
            e[k + 1] = length;
            if length == 0.0 {
                // The block falls apart here.
                d[k + 1] -= moved;
                e[to] = 0.0;
                return;
            }
            (s, c) = (above / length, bulge / length);
            let rest = d[k + 1] - moved;
            let turned = (d[k] - rest) * s + 2.0 * c * beside;
            moved = s * turned;
            d[k + 1] = rest + moved;
            bulge = c * turned - beside;
            if !vectors.is_empty() {
                turn_rows(&mut vectors[k * n..(k + 2) * n], n, (c, s));
            }
        }
        d[from] -= moved;
        e[from] = bulge;
        e[to] = 0.0;
    }
}

/// The product of the reflections; its rows are the columns of the basis in which the matrix is tridiagonal.
fn basis(reflections: Vec<Option<Vec<f64>>>) -> Vec<f64> {
    let n = reflections.len();
    let mut rows = vec![0.0; n * n];
    for k in 0..n {
        rows[k * n + k] = 1.0;
    }
    for (k, v) in reflections.into_iter().enumerate().rev() {
        let Some(v) = v else { continue };
        // The rows and columns before are those of the unit matrix still.
        for row in rows[(k + 1) * n..].chunks_exact_mut(n) {
            let row = &mut row[k + 1..];
            let along = dot(row, &v);
            row.iter_mut().zip(&v).for_each(|(x, v)| *x -= along * v);
        }
    }
    rows
}

/// The reflection that leaves of a column its first entry only: that entry, and a vector of length sqrt 2 across the
/// mirror. Nothing where the rest is zero already.
fn reflection(mut column: Vec<f64>) -> Option<(f64, Vec<f64>)> {
    let rest: f64 = column.get(1..)?.iter().map(|x| x * x).sum();
    // Squares of what is as good as nothing beside 1 are not exact.
    if rest < 1e-290 {
        return None;
    }
    let length = (column[0] * column[0] + rest).sqrt();
    // Away from the first entry, so that nothing cancels.
    let first = -length.copysign(column[0]);
    column[0] -= first;
    let across = f64::midpoint(column[0] * column[0], rest).sqrt();
    for x in &mut column {
        *x /= across;
    }
    Some((first, column))
}

/// Reflects the rows and columns from `from` on of a symmetric matrix, of which the lower half is there.
fn reflect(a: &mut [f64], n: usize, from: usize, v: &[f64]) {
    let row = |i: usize| (from + i) * n + from;
    let mut w = vec![0.0; v.len()];
    for (i, &vi) in v.iter().enumerate() {
        let (below, diagonal) = (&a[row(i)..][..i], a[row(i) + i]);
        w[..i].iter_mut().zip(below).for_each(|(w, x)| *w += x * vi);
        w[i] += dot(below, &v[..i]) + diagonal * vi;
    }
    let along = dot(&w, v) / 2.0;
    w.iter_mut().zip(v).for_each(|(w, v)| *w -= along * v);
    for i in 0..v.len() {
        let (vi, wi) = (v[i], w[i]);
        for ((x, v), w) in a[row(i)..][..=i].iter_mut().zip(v).zip(&w) {
            *x -= vi * w + wi * v;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Turns two rows that follow each other.
fn turn_rows(rows: &mut [f64], n: usize, (c, s): (f64, f64)) {
    let (first, second) = rows.split_at_mut(n);
    for (first, second) in first.iter_mut().zip(second) {
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
        let found = symmetric(vec![2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 5.0], 3);
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
        assert_eq!(symmetric(vec![0.0; 4], 2).values, [0.0, 0.0]);
        assert!(symmetric(Vec::new(), 0).values.is_empty() && values(Vec::new(), 0).is_empty());
        assert_eq!(symmetric(vec![-3.0], 1), Eigen { values: vec![-3.0], vectors: vec![vec![1.0]] });
    }

    #[test]
    fn entries_of_very_different_size_are_no_trouble() {
        let matrix = [
            [-19_884.07, -10.071_88, 11.277_279, -188_560.63],
            [-10.071_88, 12.518_197, 1.377_062_7, -102.975_04],
            [11.277_279, 1.377_062_7, 14.587_362, 113.260_99],
            [-188_560.63, -102.975_04, 113.260_99, -1_788_112.3],
        ]
        .concat();
        for factor in [1.0, 1e-250, 1e250] {
            let matrix: Vec<f64> = matrix.iter().map(|x| x * factor).collect();
            let found = symmetric(matrix.clone(), 4);
            let together = |at: usize| -> f64 {
                (0..4).map(|k| found.values[k] * found.vectors[k][at / 4] * found.vectors[k][at % 4]).sum()
            };
            for (at, entry) in matrix.iter().enumerate() {
                assert!((together(at) - entry).abs() < 1e-9 * factor, "{at}: {} {entry}", together(at));
            }
        }
    }

    #[test]
    fn entries_whose_squares_vanish_leave_the_vectors_orthonormal() {
        let tiny = 3e-162;
        let found = symmetric(vec![1.0, 0.0, 0.0, 0.0, 0.0, tiny, 0.0, tiny, tiny], 3);
        for (i, one) in found.vectors.iter().enumerate() {
            for (j, other) in found.vectors.iter().enumerate() {
                assert!((dot(one, other) - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
    }

    /// A Toeplitz matrix of 2 and -1 has the eigenvalues 2 - 2 cos(k pi / (n + 1)).
    #[test]
    fn a_large_matrix_with_known_eigenvalues() {
        let n = 200usize;
        let matrix: Vec<f64> = (0..n * n)
            .map(|at| match (at / n).abs_diff(at % n) {
                0 => 2.0,
                1 => -1.0,
                _ => 0.0,
            })
            .collect();
        let step = std::f64::consts::PI / (n + 1) as f64;
        let expected = (1..=n).rev().map(|k| 2.0 - 2.0 * (k as f64 * step).cos());
        for (value, expected) in symmetric(matrix, n).values.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-12, "{value} {expected}");
        }
    }

    proptest! {
        #[test]
        fn vectors_are_orthonormal_and_put_the_matrix_together_again(
            (n, half) in (1usize..9).prop_flat_map(|n| (Just(n), proptest::collection::vec(-3.0..3.0_f64, n * n)))
        ) {
            let a: Vec<f64> = (0..n * n).map(|at| half[at] + half[at % n * n + at / n]).collect();
            let found = symmetric(a.clone(), n);
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
            for (one, other) in found.values.iter().zip(values(a, n)) {
                prop_assert!((one - other).abs() < 1e-12);
            }
        }
    }
}
