//! Figures (SVG), the self-contained HTML report and `MultiQC` files, from result tables.

pub mod svg;
