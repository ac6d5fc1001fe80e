//! Average-linkage clustering, for the order of rows and columns of a heatmap.

/// A tree over items: an item, or two trees joined at a height.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Leaf(usize),
    Join { left: Box<Self>, right: Box<Self>, height: f64 },
}

impl Tree {
    /// The items from left to right.
    pub(crate) fn order(&self) -> Vec<usize> {
        match self {
            Self::Leaf(item) => vec![*item],
            Self::Join { left, right, .. } => {
                let mut order = left.order();
                order.extend(right.order());
                order
            }
        }
    }

    /// Where the tree was joined; 0 of an item.
    pub(crate) fn height(&self) -> f64 {
        match self {
            Self::Leaf(_) => 0.0,
            Self::Join { height, .. } => *height,
        }
    }
}

/// Root mean square of the differences between two rows over the places where both have a value; 1, the largest
/// difference of PSI, where there is none.
pub(crate) fn distance(a: &[Option<f64>], b: &[Option<f64>]) -> f64 {
    let squares: Vec<f64> = a.iter().zip(b).filter_map(|(a, b)| Some(((*a)? - (*b)?).powi(2))).collect();
    if squares.is_empty() { 1.0 } else { (squares.iter().sum::<f64>() / squares.len() as f64).sqrt() }
}

/// Joins the two closest clusters until one is left; their distance is the mean over all pairs of items (Sokal and
/// Michener 1958). Of equally close pairs the first is taken. Nothing without items.
pub(crate) fn average_linkage(rows: &[Vec<Option<f64>>]) -> Option<Tree> {
    let mut clusters: Vec<(Tree, f64)> = (0..rows.len()).map(|item| (Tree::Leaf(item), 1.0)).collect();
    let mut distances: Vec<Vec<f64>> =
        rows.iter().map(|a| rows.iter().map(|b| distance(a, b)).collect()).collect();
    while clusters.len() > 1 {
        let (mut best, mut pair) = (f64::INFINITY, (0, 1));
        for (a, row) in distances.iter().enumerate() {
            for (b, &distance) in row.iter().enumerate().skip(a + 1) {
                if distance < best {
                    (best, pair) = (distance, (a, b));
                }
            }
        }
        let (a, b) = pair;
        let (right, right_size) = clusters.remove(b);
        let right_distances = distances.remove(b);
        for row in &mut distances {
            row.remove(b);
        }
        let (left, left_size) = std::mem::replace(&mut clusters[a], (Tree::Leaf(0), 0.0));
        let size = left_size + right_size;
        let to_right = right_distances.iter().enumerate().filter(|&(at, _)| at != b).map(|(_, d)| *d);
        for (other, to_right) in to_right.enumerate() {
            let mean = (distances[a][other] * left_size + to_right * right_size) / size;
            let mean = if other == a { 0.0 } else { mean };
            distances[a][other] = mean;
            distances[other][a] = mean;
        }
        clusters[a] = (Tree::Join { left: Box::new(left), right: Box::new(right), height: best }, size);
    }
    clusters.pop().map(|(tree, _)| tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_rows_are_neighbours_and_heights_are_mean_distances() {
        let rows = [0.0, 0.9, 0.1, 1.0].map(|v| vec![Some(v)]);
        let tree = average_linkage(&rows).unwrap();
        assert_eq!(tree.order(), [0, 2, 1, 3]);
        assert!((tree.height() - 0.9).abs() < 1e-12);
    }

    #[test]
    fn rows_without_values_have_a_place() {
        let rows = vec![vec![None, None], vec![Some(0.2), None], vec![None, None]];
        let mut order = average_linkage(&rows).unwrap().order();
        order.sort_unstable();
        assert_eq!(order, [0, 1, 2]);
        assert_eq!(average_linkage(&[]), None);
    }
}
