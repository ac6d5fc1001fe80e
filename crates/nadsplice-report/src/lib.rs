//! Figures (SVG), the self-contained HTML report and `MultiQC` files, from result tables.

mod boxes;
pub mod figure_data;
pub mod gene_view;
mod genome_scale;
mod heading;
mod models;
pub mod sashimi;
pub mod svg;
#[cfg(test)]
mod toy;
