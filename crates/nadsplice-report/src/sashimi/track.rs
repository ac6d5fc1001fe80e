//! One track: coverage with arcs over and below it.

use nadsplice_core::Interval;

use super::{
    ArcCounts, INCLUSION, SKIPPING, SashimiData, SashimiOptions, TrackOf, arcs,
    coverage::{Coverage, Step},
    group_colour,
    scene::{Arc, Scene, value},
};
use crate::{
    figure_data::Group,
    genome_scale::GenomeScale,
    models::own_parts,
    svg::{Colour, Drawing, Paint, PathData, Scale, Text},
};

/// Height of the coverage.
const HEIGHT: f64 = 84.0;
/// Height of a track without coverage.
const BARE: f64 = 6.0;

/// A track.
pub(super) struct Track<'a> {
    name: String,
    colour: Colour,
    group: Group,
    counts: ArcCounts,
    data: &'a SashimiData,
    coverage: Option<Coverage>,
}

impl<'a> Track<'a> {
    /// The tracks of a plot, from top to bottom.
    pub(super) fn all(data: &'a SashimiData, options: &SashimiOptions, scene: &Scene<'_>) -> Vec<Self> {
        let mut tracks = Vec::new();
        for (number, group) in data.grouping.groups.iter().enumerate() {
            let psi =
                scene.event.and_then(|event| event.test(&data.grouping.contrast)).and_then(
                    |test| match number {
                        0 => test.psi_case,
                        1 => test.psi_control,
                        _ => None,
                    },
                );
            match options.tracks {
                TrackOf::Group => {
                    let samples = group.samples.len();
                    let psi = psi.map(|psi| format!(", PSI {psi:.2}")).unwrap_or_default();
                    let name = format!("{} (n = {samples}{psi})", group.name);
                    tracks.push(Self::new(data, scene, (name, number), group.clone(), options.counts));
                }
                TrackOf::Sample => {
                    for &sample in &group.samples {
                        let name = data.header.samples.get(sample).map_or("", String::as_str);
                        let name = if data.grouping.contrast.is_empty() {
                            name.to_owned()
                        } else {
                            format!("{name} ({})", group.name)
                        };
                        let one = Group { name: name.clone(), samples: vec![sample] };
                        tracks.push(Self::new(data, scene, (name, number), one, ArcCounts::Sum));
                    }
                }
            }
        }
        tracks
    }

    fn new(
        data: &'a SashimiData,
        scene: &Scene<'_>,
        (name, number): (String, usize),
        group: Group,
        counts: ArcCounts,
    ) -> Self {
        let depths: Vec<_> = group.samples.iter().filter_map(|&s| data.locus.depth.get(s)).collect();
        let coverage =
            (!depths.is_empty()).then(|| Coverage::of(&depths, data.locus.region.start(), scene.region));
        Self { name, colour: group_colour(number), group, counts, data, coverage }
    }

    /// The highest depth of any of its samples.
    pub(super) fn highest(&self) -> f64 {
        self.coverage.as_ref().map_or(0.0, Coverage::highest)
    }
}

/// Draws a track below `top`; returns where it ends.
pub(super) fn draw_track(
    drawing: &mut Drawing,
    track: &Track<'_>,
    scene: &Scene<'_>,
    scale: &GenomeScale,
    top: f64,
    highest: f64,
) -> f64 {
    let height = if track.coverage.is_some() { HEIGHT } else { BARE };
    let domain = (0.0, highest.max(1.0));
    let rises = |depth: f64| if track.coverage.is_some() { height * depth / domain.1 } else { 0.0 };
    let valued = |above: bool| {
        scene.arcs.iter().filter(move |arc| arc.above == above).map(|arc| {
            let counts = arc.junction.map_or(&[] as &[u32], |j| &j.counts);
            (arc, value(counts, &track.group, track.counts))
        })
    };
    let floor = |arc: &Arc<'_>| {
        let Some(coverage) = &track.coverage else { return ([0.0; 2], 0.0) };
        let (start, end) = (arc.intron.start(), arc.intron.end());
        let ends = [coverage.at(start.saturating_sub(1)), coverage.at(end)];
        let over = Interval::new(start.saturating_sub(1), end.saturating_add(1)).unwrap_or(arc.intron);
        (ends.map(rises), rises(coverage.highest_over(over)))
    };
    let upper = arcs::place(valued(true), scale, floor);
    let lower = arcs::place(valued(false), scale, |_| ([0.0; 2], 0.0));

    let name_at = top + 14.0;
    let base = name_at + 8.0 + arcs::extent(&upper).max(height);
    let bottom = base + 3.0 + arcs::extent(&lower);
    shade(drawing, scene, scale, (name_at + 4.0, bottom));
    drawing.text((8.0, name_at), &track.name, &Text::new().bold().colour(Colour::Ink));
    if let Some(coverage) = &track.coverage {
        let y = |depth: f64| base - rises(depth.min(domain.1));
        let steps = coverage.steps(scale);
        let fill = Paint::fill(track.colour);
        drawing.path(&outline(&steps, |s| y(s.mean), |_| base), &fill.opacity(0.5));
        if track.group.samples.len() > 1 {
            drawing.path(&outline(&steps, |s| y(s.high), |s| y(s.low)), &fill.opacity(0.3));
        }
        drawing.path(&edge(&steps, |s| y(s.mean)), &Paint::stroke(track.colour, 1.2));
        Scale::new(domain, (base, base - height)).draw_y(drawing, scale.left(), 3, "depth", None);
    }
    drawing.line((scale.left(), base), (scale.right(), base), &Paint::stroke(Colour::Muted, 0.8));
    let unit = &track.data.header.unit;
    let tooltip = |arc: &Arc<'_>| {
        let names = &track.data.header.samples;
        let samples = track.group.samples.iter().filter_map(|&s| Some((names.get(s)?.clone(), s)));
        arcs::in_words(&track.data.locus.chrom, arc, samples, unit)
    };
    arcs::draw(drawing, &upper, (base, -1.0), tooltip);
    arcs::draw(drawing, &lower, (base, 1.0), tooltip);
    bottom + 6.0
}

/// The upper edge of steps.
fn edge(steps: &[Step], height: impl Fn(&Step) -> f64) -> String {
    let Some(first) = steps.first() else { return String::new() };
    let mut last = height(first);
    let mut data = PathData::starting_at((first.left, last));
    for step in &steps[1..] {
        let y = height(step);
        if (y - last).abs() >= 0.05 {
            data = data.line_to((step.left, last)).line_to((step.left, y));
            last = y;
        }
    }
    data.line_to((steps.last().map_or(first.right, |step| step.right), last)).as_str().to_owned()
}

/// The area between two edges of steps.
fn outline(steps: &[Step], upper: impl Fn(&Step) -> f64, lower: impl Fn(&Step) -> f64) -> String {
    let Some(first) = steps.first() else { return String::new() };
    let mut data = PathData::starting_at((first.left, lower(first)));
    let mut last = lower(first);
    for step in steps {
        let y = upper(step);
        if (y - last).abs() >= 0.05 {
            data = data.line_to((step.left, last)).line_to((step.left, y));
            last = y;
        }
    }
    let end = steps.last().map_or(first.right, |step| step.right);
    data = data.line_to((end, last));
    for step in steps.iter().rev() {
        let y = lower(step);
        if (y - last).abs() >= 0.05 {
            data = data.line_to((step.right, last)).line_to((step.right, y));
            last = y;
        }
    }
    data.close().as_str().to_owned()
}

/// Marks what only one form has, behind the coverage.
fn shade(drawing: &mut Drawing, scene: &Scene<'_>, scale: &GenomeScale, (top, bottom): (f64, f64)) {
    let Some(event) = scene.event else { return };
    let sides =
        [(&event.inclusion, &event.skipping, INCLUSION), (&event.skipping, &event.inclusion, SKIPPING)];
    for (own, other, colour) in sides {
        for part in own_parts(own, other) {
            let (left, right) = (scale.x(part.start()), scale.x(part.end()));
            let paint = Paint::fill(colour).opacity(0.1);
            drawing.rect((left, top), right - left, bottom - top, &paint);
        }
    }
}
