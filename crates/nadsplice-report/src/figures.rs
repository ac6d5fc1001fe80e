//! Figures of a whole comparison or cohort.

pub(crate) mod bars;
pub(crate) mod clustering;
pub(crate) mod heatmap;
pub(crate) mod kinds;
pub(crate) mod legend;
pub(crate) mod lines;
pub(crate) mod pca;
pub(crate) mod psi_dots;
pub(crate) mod scatter;
pub(crate) mod sets;

use crate::{
    results::{Contrast, Results},
    svg::Drawing,
};

/// A figure of a cohort or comparison that can be drawn from tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureKind {
    /// PSI of the called events (of the most variable ones where none is called), clustered.
    Heatmap,
    /// Samples on the first two principal components of logit PSI.
    Pca,
    /// Difference against evidence, one panel an event kind.
    Volcano,
    /// Difference against reads, one panel an event kind.
    Ma,
    /// Events of each kind: in the catalogue, tested, called.
    Kinds,
}

impl FigureKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Heatmap, Self::Pca, Self::Volcano, Self::Ma, Self::Kinds];

    /// The name in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heatmap => "heatmap",
            Self::Pca => "pca",
            Self::Volcano => "volcano",
            Self::Ma => "ma",
            Self::Kinds => "kinds",
        }
    }

    /// Whether the figure shows a comparison; the others are of the cohort.
    pub fn is_of_contrast(self) -> bool {
        matches!(self, Self::Heatmap | Self::Volcano | Self::Ma | Self::Kinds)
    }

    /// Draws the figure; nothing where the results have nothing to draw. Without a contrast a heatmap shows the most
    /// variable events, kinds are those of the catalogue, and volcano and MA plot have nothing.
    pub fn draw(self, results: &Results, contrast: Option<&Contrast>) -> Option<Drawing> {
        match self {
            Self::Heatmap => heatmap::draw(results, contrast),
            Self::Pca => pca::draw(results, &results.cohort_groups()),
            Self::Volcano => scatter::grid(scatter::Plane::Volcano, contrast?),
            Self::Ma => scatter::grid(scatter::Plane::Ma, contrast?),
            Self::Kinds => kinds::draw(results, contrast),
        }
    }
}
