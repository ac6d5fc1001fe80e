//! Sashimi plots: coverage and junction counts of groups or samples over the transcripts of a gene.

mod arcs;
mod coverage;
mod scene;
#[cfg(test)]
mod tests;
mod track;

use std::fmt::Write as _;

use nadsplice_core::{Interval, Strand};

use self::{
    scene::Scene,
    track::{Track, draw_track},
};
use crate::{
    figure_data::{FigureHeader, Grouping, Locus, LocusEvent, LocusTest},
    genome_scale::GenomeScale,
    heading::Heading,
    models::{ExonNames, Models, draw_axis},
    svg::{Colour, Drawing},
};

/// The colour of the inclusion form in every figure.
pub const INCLUSION: Colour = Colour::Series(1);
/// The colour of the skipping form in every figure.
pub const SKIPPING: Colour = Colour::Series(0);

/// The colour of a group's coverage, by its place in the contrast; the first two colours are those of the forms.
pub const fn group_colour(group: usize) -> Colour {
    Colour::Series(2 + group % 5)
}

/// What a sashimi plot shows.
#[derive(Clone, Debug, PartialEq)]
pub struct SashimiData {
    /// Samples and unit of the counts.
    pub header: FigureHeader,
    /// The gene.
    pub locus: Locus,
    /// The groups that are drawn, one track each.
    pub grouping: Grouping,
    /// Which part of the gene.
    pub focus: Focus,
}

/// The part of a gene that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Focus {
    /// An event: its exons, of the outer ones what lies next to the splice sites.
    Event(String),
    /// Any part.
    Region {
        /// The part; what of it lies outside the data's region is left out.
        region: Interval,
        /// What to write above it.
        title: String,
    },
    /// All of it.
    Gene,
}

/// Which number stands at an arc.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArcCounts {
    /// The mean over the track's samples, with one decimal below 100.
    #[default]
    Mean,
    /// The sum over the track's samples.
    Sum,
}

/// What a track is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrackOf {
    /// Each group: the mean of its samples, and their spread.
    #[default]
    Group,
    /// Each sample.
    Sample,
}

/// How a sashimi plot is drawn.
#[derive(Clone, Copy, Debug)]
pub struct SashimiOptions {
    /// What a track is of.
    pub tracks: TrackOf,
    /// Which number stands at an arc.
    pub counts: ArcCounts,
    /// All tracks have the y axis of the highest one; else each has its own.
    pub same_scale: bool,
    /// Junctions that are not of the event are left out below this number in every track; without one, below 1 and
    /// below 2% of the highest junction.
    pub min_count: Option<f64>,
    /// Rows for transcripts; those with parts of the event come first, and the others are counted.
    pub max_transcripts: usize,
    /// Least width in user units; genes of many exons take more.
    pub width: f64,
}

impl Default for SashimiOptions {
    fn default() -> Self {
        Self {
            tracks: TrackOf::default(),
            counts: ArcCounts::default(),
            same_scale: false,
            min_count: None,
            max_transcripts: 8,
            width: 960.0,
        }
    }
}

/// Space right of everything.
const RIGHT: f64 = 18.0;
/// Width of the y axis of a track with its name.
const AXIS: f64 = 62.0;

/// Draws a sashimi plot. An event that the gene does not have is drawn as the whole gene.
pub fn sashimi(data: &SashimiData, options: &SashimiOptions) -> Drawing {
    let scene = Scene::of(data, options);
    let models = Models::of(&data.locus, scene.region, scene.event, options.max_transcripts);
    let left = models.label_width().max(AXIS);
    let scale = GenomeScale::new(scene.region, &scene.exons, left, options.width - RIGHT);
    let width = scale.right() + RIGHT;
    let title = title(data, &scene);
    let mut drawing = Drawing::new(width, 0.0, &title, &description(data, &scene));

    let mut heading = Heading::new(width);
    heading.title(&title);
    for line in sublines(data, &scene) {
        heading.line(&line);
    }
    if scene.event.is_some() {
        heading.key(INCLUSION, "inclusion form");
        heading.key(SKIPPING, "skipping form");
    }
    for note in notes(data, options, &scene, &scale) {
        heading.note(&note);
    }
    let mut y = heading.draw(&mut drawing);

    let tracks = Track::all(data, options, &scene);
    let top = tracks.iter().map(Track::highest).fold(0.0, f64::max);
    for track in &tracks {
        let highest = if options.same_scale { top } else { track.highest() };
        y = draw_track(&mut drawing, track, &scene, &scale, y, highest);
    }
    let names = ExonNames::of(&data.locus, scene.event, scene.region);
    y = models.draw(&mut drawing, &scale, data.locus.strand, &names, y + 8.0);
    y = draw_axis(&mut drawing, &scale, &data.locus.chrom, data.locus.strand, y + 6.0);
    drawing.set_height(y + 6.0);
    drawing
}

fn title(data: &SashimiData, scene: &Scene<'_>) -> String {
    let gene = &data.locus.gene_name;
    match (&data.focus, scene.event) {
        (_, Some(event)) => format!("{gene}: {}", kind_in_words(event)),
        (Focus::Region { title, .. }, _) => format!("{gene}: {title}"),
        _ => gene.clone(),
    }
}

/// The kind of an event in words.
pub(crate) fn kind_in_words(event: &LocusEvent) -> &'static str {
    use nadsplice_core::EventKind as Kind;
    match event.kind {
        Kind::Se => "skipped exon",
        Kind::Mse => "exons skipped together",
        Kind::A5ss => "alternative donor",
        Kind::A3ss => "alternative acceptor",
        Kind::Mxe => "mutually exclusive exons",
        Kind::Ri => "retained intron",
        Kind::Afe => "alternative first exon",
        Kind::Ale => "alternative last exon",
    }
}

/// A test in one line.
pub(crate) fn test_in_words(test: &LocusTest) -> String {
    if test.status != "ok" {
        return format!("not tested: {}", test.status);
    }
    let signed = |value: f64| format!("{value:+.3}").replace('-', "\u{2212}");
    let mut words = match test.delta_psi {
        Some(delta) => format!("ΔPSI {}", signed(delta)),
        None => "ΔPSI NA".to_owned(),
    };
    if let (Some(low), Some(high)) = (test.ci_low, test.ci_high) {
        let _ = write!(words, " (95% interval {} to {})", signed(low), signed(high));
    }
    if let Some(q) = test.q_value {
        let _ = write!(words, ", q = {}", probability(q));
    }
    words
}

/// A probability with two significant digits.
pub(crate) fn probability(value: f64) -> String {
    if value >= 0.001 { format!("{value:.3}") } else { format!("{value:.1e}") }
}

fn sublines(data: &SashimiData, scene: &Scene<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(event) = scene.event {
        lines.push(event.event_id.clone());
        if let Some(test) = event.test(&data.grouping.contrast) {
            lines.push(format!("{}: {}", test.contrast, test_in_words(test)));
        }
    } else if !data.grouping.contrast.is_empty() {
        lines.push(data.grouping.contrast.clone());
    }
    lines
}

fn notes(
    data: &SashimiData,
    options: &SashimiOptions,
    scene: &Scene<'_>,
    scale: &GenomeScale,
) -> Vec<String> {
    let unit = &data.header.unit;
    let mut notes = Vec::new();
    let several =
        options.tracks == TrackOf::Group && data.grouping.groups.iter().any(|g| g.samples.len() > 1);
    notes.push(match (options.tracks, options.counts) {
        (TrackOf::Sample, _) => format!("arcs: {unit} over the junction"),
        (_, ArcCounts::Mean) => format!("arcs: {unit} over the junction, mean of the samples"),
        (_, ArcCounts::Sum) => format!("arcs: {unit} over the junction, sum of the samples"),
    });
    if data.locus.depth.is_empty() {
        notes.push("no coverage: the counts are of junctions only".to_owned());
    } else if several {
        notes.push("coverage: mean of the samples; band: lowest to highest sample".to_owned());
    }
    if scene.hidden > 0 {
        let (some, them) = if scene.hidden == 1 { ("junction", "is") } else { ("junctions", "are") };
        let hidden = scene.hidden;
        notes.push(format!("{hidden} {some} below {} {them} not drawn", arcs::shown(scene.least)));
    }
    if scale.has_shrunk() {
        notes.push("exons to scale, introns shrunk".to_owned());
    }
    notes
}

fn description(data: &SashimiData, scene: &Scene<'_>) -> String {
    let groups: Vec<String> =
        data.grouping.groups.iter().map(|g| format!("{} ({} samples)", g.name, g.samples.len())).collect();
    let strand = Strand::symbol_of(data.locus.strand);
    format!(
        "Coverage and junction counts of {} over {}:{} ({strand})",
        groups.join(", "),
        data.locus.chrom,
        scene.region
    )
}
