//! Counts of the junctions of clusters.

use crate::nds::CountsError;
use thiserror::Error;

/// Why counts of clusters cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClusterError {
    /// The counts are not whole rows, or not as many as the clusters have junctions.
    #[error("{counts} counts, expected {junctions} junctions of {samples} samples")]
    Shape {
        /// Counts given.
        counts: usize,
        /// Junctions of all clusters.
        junctions: usize,
        /// Samples of a row.
        samples: usize,
    },
    /// A cluster has fewer than two junctions, so that there is nothing to choose from.
    #[error("cluster {cluster} has {junctions} junctions, expected 2 or more")]
    TooFewJunctions {
        /// Cluster, from 0.
        cluster: usize,
        /// Its junctions.
        junctions: usize,
    },
    /// The counts of a cluster in one sample overflow 32 bits.
    #[error("cluster {cluster} has more than {max} reads in sample {sample}", max = u32::MAX)]
    TooManyReads {
        /// Cluster, from 0.
        cluster: usize,
        /// Sample, from 0.
        sample: usize,
    },
    /// Counts and design do not go together.
    #[error(transparent)]
    Counts(#[from] CountsError),
}

/// Reads of junctions, row-major: one row a junction, one column a sample, the junctions of a cluster together.
#[derive(Clone, Copy, Debug)]
pub struct ClusterCounts<'a> {
    counts: &'a [u32],
    sizes: &'a [usize],
    n_samples: usize,
}

impl<'a> ClusterCounts<'a> {
    /// `sizes` has the number of junctions of each cluster, in the order of the rows.
    ///
    /// ```
    /// use nadsplice_stats::ClusterCounts;
    ///
    /// // A cluster of two and one of three junctions in two samples.
    /// let counts = [8, 9, 1, 2, 10, 12, 5, 4, 0, 1];
    /// assert_eq!(ClusterCounts::new(2, &counts, &[2, 3])?.n_clusters(), 2);
    /// # Ok::<(), nadsplice_stats::ClusterError>(())
    /// ```
    pub fn new(n_samples: usize, counts: &'a [u32], sizes: &'a [usize]) -> Result<Self, ClusterError> {
        let junctions: usize = sizes.iter().sum();
        if n_samples == 0 || counts.len() != junctions * n_samples {
            return Err(ClusterError::Shape { counts: counts.len(), junctions, samples: n_samples });
        }
        if let Some(cluster) = sizes.iter().position(|&size| size < 2) {
            return Err(ClusterError::TooFewJunctions { cluster, junctions: sizes[cluster] });
        }
        let checked = Self { counts, sizes, n_samples };
        for (cluster, rows) in checked.clusters().enumerate() {
            for sample in 0..n_samples {
                let reads: u64 = rows.iter().skip(sample).step_by(n_samples).map(|&n| u64::from(n)).sum();
                if u32::try_from(reads).is_err() {
                    return Err(ClusterError::TooManyReads { cluster, sample });
                }
            }
        }
        Ok(checked)
    }

    /// The number of clusters.
    pub fn n_clusters(&self) -> usize {
        self.sizes.len()
    }

    /// The number of samples.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// The rows of each cluster.
    pub(super) fn clusters(&self) -> impl Iterator<Item = &'a [u32]> {
        let Self { counts, sizes, n_samples } = *self;
        sizes.iter().scan(0, move |start, size| {
            let rows = &counts[*start..*start + size * n_samples];
            *start += size * n_samples;
            Some(rows)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_dealt_out_to_their_clusters() {
        let counts: Vec<u32> = (0..10).collect();
        let counts = ClusterCounts::new(2, &counts, &[2, 3]).unwrap();
        let rows: Vec<&[u32]> = counts.clusters().collect();
        assert_eq!(rows, [&[0, 1, 2, 3][..], &[4, 5, 6, 7, 8, 9]]);
    }

    #[test]
    fn what_is_no_cluster_is_refused() {
        let error = |counts: &[u32], sizes: &[usize]| ClusterCounts::new(2, counts, sizes).unwrap_err();
        assert!(matches!(error(&[1; 6], &[2]), ClusterError::Shape { junctions: 2, .. }));
        assert_eq!(error(&[1; 6], &[2, 1]), ClusterError::TooFewJunctions { cluster: 1, junctions: 1 });
        assert_eq!(error(&[1, u32::MAX, 1, 1], &[2]), ClusterError::TooManyReads { cluster: 0, sample: 1 });
    }
}
