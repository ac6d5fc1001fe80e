//! Small dense least squares: cross products, Cholesky factors, rank. Matrices are row-major slices.

/// Columns whose part outside the span of the columns before them is below this share of their length are aliased.
const ALIASED: f64 = 1e-7;

/// Writes `X' diag(w) X` of the first `columns` columns of `x` (rows of `stride` values) into `out`.
pub(crate) fn cross_product(x: &[f64], stride: usize, columns: usize, w: &[f64], out: &mut Vec<f64>) {
    out.clear();
    out.resize(columns * columns, 0.0);
    for (row, &w) in x.chunks_exact(stride).zip(w) {
        for (i, lower) in out.chunks_exact_mut(columns).enumerate() {
            let weighted = w * row[i];
            lower.iter_mut().zip(&row[..=i]).for_each(|(sum, x)| *sum += weighted * x);
        }
    }
    for i in 0..columns {
        for j in 0..i {
            out[j * columns + i] = out[i * columns + j];
        }
    }
}

/// Adds `ridge` to the diagonal and replaces the lower triangle by the Cholesky factor.
///
/// False where the matrix is not positive definite; the contents are then of no use.
pub(crate) fn cholesky(a: &mut [f64], columns: usize, ridge: f64) -> bool {
    for i in 0..columns {
        a[i * columns + i] += ridge;
    }
    for j in 0..columns {
        for i in j..columns {
            let mut sum = a[i * columns + j];
            for k in 0..j {
                sum -= a[i * columns + k] * a[j * columns + k];
            }
            if i > j {
                a[i * columns + j] = sum / a[j * columns + j];
            } else if sum > 0.0 {
                a[j * columns + j] = sum.sqrt();
            } else {
                return false;
            }
        }
    }
    true
}

/// The log determinant of the matrix with this Cholesky factor.
pub(crate) fn ln_determinant(factor: &[f64], columns: usize) -> f64 {
    2.0 * (0..columns).map(|i| factor[i * columns + i]).product::<f64>().ln()
}

/// Replaces `b` by `A^-1 b`, given the Cholesky factor of `A`.
pub(crate) fn solve(factor: &[f64], columns: usize, b: &mut [f64]) {
    solve_lower(factor, columns, b);
    for i in (0..columns).rev() {
        for k in i + 1..columns {
            b[i] -= factor[k * columns + i] * b[k];
        }
        b[i] /= factor[i * columns + i];
    }
}

/// Replaces `b` by `L^-1 b` with `L` the Cholesky factor of `A`: the inner products of such vectors are `b' A^-1 c`.
pub(crate) fn solve_lower(factor: &[f64], columns: usize, b: &mut [f64]) {
    for i in 0..columns {
        for k in 0..i {
            b[i] -= factor[i * columns + k] * b[k];
        }
        b[i] /= factor[i * columns + i];
    }
}

/// The columns of `x` that are not a linear combination of the columns before them, ascending.
///
/// Gram-Schmidt with one repetition, which is enough for orthogonality to working precision.
pub(crate) fn independent_columns(x: &[f64], stride: usize) -> Vec<usize> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(stride);
    let mut independent = Vec::with_capacity(stride);
    for column in 0..stride {
        let mut v: Vec<f64> = x.iter().skip(column).step_by(stride).copied().collect();
        let length = norm(&v);
        for _ in 0..2 {
            for b in &basis {
                let along: f64 = v.iter().zip(b).map(|(v, b)| v * b).sum();
                v.iter_mut().zip(b).for_each(|(v, b)| *v -= along * b);
            }
        }
        let left = norm(&v);
        if left > ALIASED * length {
            for value in &mut v {
                *value /= left;
            }
            basis.push(v);
            independent.push(column);
        }
    }
    independent
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_solves_and_gives_the_determinant() {
        let x = [1.0, 0.0, 1.0, 1.0, 1.0, 3.0];
        let mut a = Vec::new();
        cross_product(&x, 2, 2, &[1.0, 2.0, 1.0], &mut a);
        assert_eq!(a, [4.0, 5.0, 5.0, 11.0]);
        assert!(cholesky(&mut a, 2, 0.0));
        assert!((ln_determinant(&a, 2) - 19_f64.ln()).abs() < 1e-14);
        let mut b = [1.0, 2.0];
        solve(&a, 2, &mut b);
        assert!((b[0] - 1.0 / 19.0).abs() < 1e-14 && (b[1] - 3.0 / 19.0).abs() < 1e-14);
        let mut b = [1.0, 2.0];
        solve_lower(&a, 2, &mut b);
        assert!((b[0] * b[0] + b[1] * b[1] - 7.0 / 19.0).abs() < 1e-14);
    }

    #[test]
    fn singular_matrix_has_no_factor_without_ridge() {
        assert!(!cholesky(&mut [1.0, 1.0, 1.0, 1.0], 2, 0.0));
        assert!(cholesky(&mut [1.0, 1.0, 1.0, 1.0], 2, 1e-6));
    }

    #[test]
    fn aliased_and_zero_columns_are_found() {
        // Intercept, dummy, its complement, zeros, a covariate.
        let x = [
            1.0, 1.0, 0.0, 0.0, 2.0, //
            1.0, 1.0, 0.0, 0.0, 3.0, //
            1.0, 0.0, 1.0, 0.0, 5.0, //
            1.0, 0.0, 1.0, 0.0, 1.0,
        ];
        assert_eq!(independent_columns(&x, 5), [0, 1, 4]);
    }
}
