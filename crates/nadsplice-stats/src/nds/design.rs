//! The design of a comparison: model matrix, tested columns, groups.

use crate::linear::independent_columns;
use thiserror::Error;

/// The two groups whose PSI are subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// The group that is subtracted from.
    pub case: usize,
    /// The group that is subtracted.
    pub control: usize,
}

/// The groups of samples that a design compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// The group of every sample, numbered from 0; none for a sample that only informs the model.
    pub of_sample: Vec<Option<usize>>,
    /// The columns of the model matrix that encode the group, constant within each group.
    pub columns: Vec<usize>,
    /// The groups whose difference is the effect; none for an omnibus test of all of them.
    pub contrast: Option<Contrast>,
}

/// Why a design cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DesignError {
    /// The number of values is not a multiple of the number of columns.
    #[error("model matrix of {values} values, expected a multiple of {columns} columns")]
    Shape {
        /// Values given.
        values: usize,
        /// Columns given.
        columns: usize,
    },
    /// A value is NaN or infinite.
    #[error("model matrix holds {value} at sample {sample}, column {column}; expected a finite number")]
    NotFinite {
        /// Sample, from 0.
        sample: usize,
        /// Column, from 0.
        column: usize,
        /// The value as text.
        value: String,
    },
    /// A column number is not below the number of columns.
    #[error("column {column} of a model matrix with {columns} columns")]
    NoSuchColumn {
        /// The number asked for.
        column: usize,
        /// Columns there are.
        columns: usize,
    },
    /// Nothing is tested.
    #[error("no tested column")]
    NothingTested,
    /// A tested column follows from the nuisance columns and the tested columns before it.
    #[error("tested column {column} is confounded with the other columns")]
    Confounded {
        /// The column, from 0.
        column: usize,
    },
    /// The group labels are not one a sample.
    #[error("{labels} group labels for {samples} samples")]
    GroupLabels {
        /// Labels given.
        labels: usize,
        /// Samples of the matrix.
        samples: usize,
    },
    /// A group of the contrast, or one below the highest number, has no sample.
    #[error("group {group} has no sample")]
    EmptyGroup {
        /// The group.
        group: usize,
    },
    /// A group column differs between samples of one group.
    #[error("column {column} is said to encode the group and varies within group {group}")]
    GroupColumnVaries {
        /// The column, from 0.
        column: usize,
        /// The group.
        group: usize,
    },
}

/// A model matrix of full rank with its tested columns and groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    n_samples: usize,
    /// Row-major, nuisance columns first, tested columns last.
    rows: Vec<f64>,
    n_columns: usize,
    n_tested: usize,
    of_sample: Vec<Option<usize>>,
    contrast: Option<Contrast>,
    group_sizes: Vec<usize>,
    /// For every group, what its columns are set to; none for a column that does not encode the group.
    group_values: Vec<Vec<Option<f64>>>,
    /// The given columns that are kept, in the order of `rows`.
    kept: Vec<usize>,
    /// Number of columns as given.
    given: usize,
    /// The rows of every sample as a control and as a case, where more than the group's columns depends on it.
    as_member: Option<[Vec<f64>; 2]>,
    /// The distinct row of every sample, where there are as many distinct rows as columns.
    saturated: Option<Vec<usize>>,
    one_way: bool,
}

impl Design {
    /// Two groups without covariates, `case[i]` telling the group of sample `i`.
    ///
    /// ```
    /// use nadsplice_stats::Design;
    ///
    /// let design = Design::two_groups(&[false, false, true, true])?;
    /// assert_eq!((design.n_samples(), design.n_columns()), (4, 2));
    /// # Ok::<(), nadsplice_stats::DesignError>(())
    /// ```
    pub fn two_groups(case: &[bool]) -> Result<Self, DesignError> {
        let rows: Vec<f64> = case.iter().flat_map(|&case| [1.0, f64::from(u8::from(case))]).collect();
        let groups = Groups {
            of_sample: case.iter().map(|&case| Some(usize::from(case))).collect(),
            columns: vec![1],
            contrast: Some(Contrast { case: 1, control: 0 }),
        };
        Self::new(2, &rows, &[1], Some(groups))
    }

    /// A model matrix of `columns` columns, row-major in `rows`, one row a sample, intercept included, of which the
    /// null hypothesis sets the coefficients of `tested` to 0.
    ///
    /// Nuisance columns that follow from others are dropped. Covariates should be centred and scaled. Groups are
    /// what coverage is demanded of and what effect sizes are computed for.
    pub fn new(
        columns: usize,
        rows: &[f64],
        tested: &[usize],
        groups: Option<Groups>,
    ) -> Result<Self, DesignError> {
        if columns == 0 || rows.is_empty() || !rows.len().is_multiple_of(columns) {
            return Err(DesignError::Shape { values: rows.len(), columns });
        }
        if let Some(at) = rows.iter().position(|v| !v.is_finite()) {
            let (sample, column) = (at / columns, at % columns);
            return Err(DesignError::NotFinite { sample, column, value: rows[at].to_string() });
        }
        let group_columns = groups.as_ref().map_or(&[][..], |g| &g.columns);
        if let Some(&column) = tested.iter().chain(group_columns).find(|&&c| c >= columns) {
            return Err(DesignError::NoSuchColumn { column, columns });
        }
        if tested.is_empty() {
            return Err(DesignError::NothingTested);
        }
        let nuisance = (0..columns).filter(|c| !tested.contains(c));
        let mut tested_once: Vec<usize> = tested.to_vec();
        tested_once.sort_unstable();
        tested_once.dedup();
        let order: Vec<usize> = nuisance.chain(tested_once.iter().copied()).collect();
        let ordered = select(rows, columns, &order);
        let independent: Vec<usize> =
            independent_columns(&ordered, columns).into_iter().map(|c| order[c]).collect();
        if let Some(&column) = tested_once.iter().find(|c| !independent.contains(c)) {
            return Err(DesignError::Confounded { column });
        }
        let n_samples = rows.len() / columns;
        let mut design = Self {
            n_samples,
            rows: select(rows, columns, &independent),
            n_columns: independent.len(),
            n_tested: tested_once.len(),
            of_sample: vec![None; n_samples],
            contrast: None,
            group_sizes: Vec::new(),
            group_values: Vec::new(),
            kept: independent.clone(),
            given: columns,
            as_member: None,
            saturated: None,
            one_way: false,
        };
        design.saturated = design.saturated_rows();
        if let Some(groups) = groups {
            design.set_groups(groups, rows, columns, &independent)?;
        }
        Ok(design)
    }

    /// For models in which more than the group's own columns depends on the group, such as interactions: the whole
    /// model matrix, shaped as it was given, with every sample set to the case group and to the control group. The
    /// effect is the mean difference of the two predictions.
    pub fn with_members(mut self, case: &[f64], control: &[f64]) -> Result<Self, DesignError> {
        for rows in [control, case] {
            if rows.len() != self.n_samples * self.given {
                return Err(DesignError::Shape { values: rows.len(), columns: self.given });
            }
        }
        self.as_member = Some([control, case].map(|rows| select(rows, self.given, &self.kept)));
        Ok(self)
    }

    fn set_groups(
        &mut self,
        groups: Groups,
        rows: &[f64],
        columns: usize,
        kept: &[usize],
    ) -> Result<(), DesignError> {
        if groups.of_sample.len() != self.n_samples {
            return Err(DesignError::GroupLabels { labels: groups.of_sample.len(), samples: self.n_samples });
        }
        let highest = groups.of_sample.iter().flatten().copied().max();
        let wanted = groups.contrast.map(|c| c.case.max(c.control));
        let n_groups = highest.max(wanted).map_or(0, |g| g + 1);
        for group in 0..n_groups {
            let mut members = (0..self.n_samples).filter(|&i| groups.of_sample[i] == Some(group));
            let Some(first) = members.next() else { return Err(DesignError::EmptyGroup { group }) };
            let value = |sample: usize, column: usize| rows[sample * columns + column];
            let mut size = 1;
            for member in members {
                size += 1;
                for &column in &groups.columns {
                    if (value(member, column) - value(first, column)).abs() > 1e-12 {
                        return Err(DesignError::GroupColumnVaries { column, group });
                    }
                }
            }
            self.group_sizes.push(size);
            let settings = kept.iter().map(|c| groups.columns.contains(c).then(|| value(first, *c)));
            self.group_values.push(settings.collect());
        }
        self.of_sample = groups.of_sample;
        self.contrast = groups.contrast;
        // Without covariates the group is all that the model knows of a sample.
        self.one_way = self.saturated.as_ref().is_some_and(|row| {
            (0..self.n_samples).all(|i| {
                self.of_sample[i].is_some()
                    && (0..i).all(|j| self.of_sample[i] != self.of_sample[j] || row[i] == row[j])
            })
        });
        Ok(())
    }

    /// Numbers the distinct rows, if there are as many as columns.
    fn saturated_rows(&self) -> Option<Vec<usize>> {
        let mut distinct: Vec<&[f64]> = Vec::new();
        let mut of_sample = Vec::with_capacity(self.n_samples);
        for sample in 0..self.n_samples {
            let row = self.row(sample);
            let known = distinct.iter().position(|d| d.iter().zip(row).all(|(a, b)| (a - b).abs() < 1e-12));
            of_sample.push(known.unwrap_or_else(|| {
                distinct.push(row);
                distinct.len() - 1
            }));
        }
        (distinct.len() == self.n_columns).then_some(of_sample)
    }

    /// The number of samples.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// The number of independent columns, tested ones included.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The number of tested columns, the numerator degrees of freedom of the test.
    pub fn n_tested(&self) -> usize {
        self.n_tested
    }

    /// The groups whose difference is the effect.
    pub fn contrast(&self) -> Option<Contrast> {
        self.contrast
    }

    /// The independent columns of one sample, nuisance columns first.
    pub(crate) fn row(&self, sample: usize) -> &[f64] {
        &self.rows[sample * self.n_columns..(sample + 1) * self.n_columns]
    }

    /// The group of a sample.
    pub(crate) fn group(&self, sample: usize) -> Option<usize> {
        self.of_sample[sample]
    }

    /// The number of samples in each group.
    pub(crate) fn group_sizes(&self) -> &[usize] {
        &self.group_sizes
    }

    /// Whether reads are demanded of this group: one of the contrast, or any of an omnibus test.
    pub(crate) fn is_compared(&self, group: usize) -> bool {
        self.contrast.is_none_or(|c| group == c.case || group == c.control)
    }

    /// What a sample would have in this column as a member of `group`; none where that does not depend on the group.
    pub(crate) fn group_value(&self, sample: usize, group: usize, column: usize) -> Option<f64> {
        match (&self.as_member, self.contrast) {
            (Some(rows), Some(contrast)) => {
                Some(rows[usize::from(group == contrast.case)][sample * self.n_columns + column])
            }
            _ => self.group_values[group][column],
        }
    }

    /// The two sets of samples with one common mean each, where the model is no more than that.
    pub(crate) fn two_means(&self) -> Option<&[usize]> {
        if self.n_columns == 2 { self.saturated.as_deref() } else { None }
    }

    /// Whether the model has one free mean for each group and nothing else.
    pub(crate) fn is_one_way(&self) -> bool {
        self.one_way
    }
}

/// The given columns of a row-major matrix, in the given order.
fn select(rows: &[f64], stride: usize, columns: &[usize]) -> Vec<f64> {
    rows.chunks_exact(stride).flat_map(|row| columns.iter().map(|&c| row[c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_are_two_means() {
        let design = Design::two_groups(&[false, true, true, false]).unwrap();
        assert_eq!(design.two_means(), Some(&[0, 1, 1, 0][..]));
        assert!(design.is_one_way());
        assert_eq!(design.group_sizes(), [2, 2]);
        assert_eq!(design.row(1), [1.0, 1.0]);
    }

    #[test]
    fn one_group_is_confounded_with_the_intercept() {
        assert_eq!(Design::two_groups(&[true, true]), Err(DesignError::Confounded { column: 1 }));
    }

    #[test]
    fn tested_columns_come_last_and_aliased_nuisance_goes() {
        // Tested group, intercept, batch, complement of batch.
        let rows = vec![
            0.0, 1.0, 0.0, 1.0, //
            0.0, 1.0, 1.0, 0.0, //
            1.0, 1.0, 0.0, 1.0, //
            1.0, 1.0, 1.0, 0.0, //
        ];
        let groups = Groups {
            of_sample: vec![Some(0), Some(0), Some(1), Some(1)],
            columns: vec![0],
            contrast: Some(Contrast { case: 1, control: 0 }),
        };
        let design = Design::new(4, &rows, &[0], Some(groups)).unwrap();
        assert_eq!((design.n_columns(), design.n_tested()), (3, 1));
        assert_eq!(design.row(3), [1.0, 1.0, 1.0]);
        assert_eq!((design.group_value(0, 1, 2), design.group_value(0, 1, 0)), (Some(1.0), None));
        assert!(!design.is_one_way() && design.two_means().is_none());
    }

    #[test]
    fn batch_equal_to_group_is_refused() {
        let rows = vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert_eq!(Design::new(3, &rows, &[2], None), Err(DesignError::Confounded { column: 2 }));
    }

    #[test]
    fn three_groups_are_one_way() {
        let of_sample: Vec<Option<usize>> = vec![Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)];
        let rows: Vec<f64> = of_sample
            .iter()
            .flat_map(|&g| [1.0, f64::from(u8::from(g == Some(1))), f64::from(u8::from(g == Some(2)))])
            .collect();
        let groups = Groups { of_sample, columns: vec![1, 2], contrast: None };
        let design = Design::new(3, &rows, &[1, 2], Some(groups)).unwrap();
        assert!(design.is_one_way() && design.is_compared(2));
        assert_eq!(design.n_tested(), 2);
    }

    #[test]
    fn interactions_follow_the_group() {
        // Intercept, sex, interaction (centred), group.
        let row = |group: f64, sex: f64| [1.0, sex, (2.0 * group - 1.0) * (2.0 * sex - 1.0), group];
        let of = |group: Option<f64>| -> Vec<f64> {
            (0..8).flat_map(|i| row(group.unwrap_or(f64::from(i / 4)), f64::from(i % 2))).collect()
        };
        let groups = Groups {
            of_sample: (0..8).map(|i| Some(i / 4)).collect(),
            columns: vec![3],
            contrast: Some(Contrast { case: 1, control: 0 }),
        };
        let design = Design::new(4, &of(None), &[3], Some(groups)).unwrap();
        assert_eq!(design.group_value(1, 0, 2), None);
        assert!(design.clone().with_members(&of(Some(1.0)), &[1.0]).is_err());
        let design = design.with_members(&of(Some(1.0)), &of(Some(0.0))).unwrap();
        assert_eq!((design.group_value(1, 1, 2), design.group_value(1, 0, 2)), (Some(1.0), Some(-1.0)));
        assert_eq!((design.group_value(5, 0, 3), design.group_value(0, 1, 1)), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn bad_matrices_are_named() {
        assert_eq!(Design::new(2, &[1.0; 3], &[1], None), Err(DesignError::Shape { values: 3, columns: 2 }));
        assert!(matches!(
            Design::new(1, &[1.0, f64::NAN], &[0], None),
            Err(DesignError::NotFinite { sample: 1, column: 0, .. })
        ));
        assert_eq!(Design::new(1, &[1.0, 2.0], &[], None), Err(DesignError::NothingTested));
        assert_eq!(
            Design::new(1, &[1.0, 2.0], &[3], None),
            Err(DesignError::NoSuchColumn { column: 3, columns: 1 })
        );
    }

    #[test]
    fn group_columns_must_be_constant_within_groups() {
        let groups = Groups { of_sample: vec![Some(0), Some(0), Some(1)], columns: vec![1], contrast: None };
        let rows = vec![1.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        assert_eq!(
            Design::new(2, &rows, &[1], Some(groups)),
            Err(DesignError::GroupColumnVaries { column: 1, group: 0 })
        );
    }
}
