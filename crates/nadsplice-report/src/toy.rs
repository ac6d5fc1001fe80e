//! A gene made by hand, and a look at the texts of a drawing.

use nadsplice_core::{EventKind, Interval, Strand};

use crate::{
    figure_data::{
        DepthRuns, FigureData, FigureHeader, Group, Grouping, Locus, LocusEvent, LocusJunction, LocusTest,
        LocusTranscript, LocusVerdict,
    },
    svg::text_width,
};

/// The contrast of [`data`].
pub(crate) const CONTRAST: &str = "condition:old:young";

pub(crate) fn intervals(pairs: &[(u32, u32)]) -> Vec<Interval> {
    pairs.iter().map(|&(start, end)| Interval::new(start, end).unwrap()).collect()
}

/// A gene of four exons, the second a microexon that may be skipped and the last two joined by a retained intron; two
/// samples in each of two groups.
pub(crate) fn data() -> FigureData {
    let exons = intervals(&[(1000, 1150), (4000, 4009), (9000, 9120), (9400, 9900)]);
    let (left, micro, third, last) = (exons[0], exons[1], exons[2], exons[3]);
    let kept = Interval::new(third.start(), last.end()).unwrap();
    let transcript = |id: &str, exons: &[Interval], cds: &[(u32, u32)]| LocusTranscript {
        id: id.to_owned(),
        strand: Some(Strand::Reverse),
        exons: exons.to_vec(),
        cds: intervals(cds),
    };
    // As in tables, with few decimals.
    let shifted = |delta: Option<f64>, by: f64| delta.map(|d| (1000.0 * (d + by)).round() / 1000.0);
    let test = |delta: Option<f64>, status: &str| LocusTest {
        contrast: CONTRAST.to_owned(),
        psi_case: delta.map(|_| 0.8),
        psi_control: shifted(delta.map(|d| -d), 0.8),
        delta_psi: delta,
        ci_low: shifted(delta, -0.1),
        ci_high: shifted(delta, 0.1),
        q_value: delta.map(|_| 0.001),
        status: status.to_owned(),
    };
    let event = |id: &str, kind, inclusion: &[Interval], skipping: &[Interval], test| LocusEvent {
        event_id: id.to_owned(),
        kind,
        inclusion: inclusion.to_vec(),
        skipping: skipping.to_vec(),
        tests: vec![test],
    };
    let junction = |start, end, counts: [u32; 4]| LocusJunction {
        intron: Interval::new(start, end).unwrap(),
        strand: Some(Strand::Reverse),
        annotated: start != 1150 || end != 9004,
        counts: counts.to_vec(),
    };
    let depth = |factor: f64| {
        let parts = [(150, 40.0), (2850, 0.0), (9, 31.0), (4991, 0.4), (120, 38.0), (280, 3.0), (500, 41.5)];
        DepthRuns::of(parts.into_iter().map(|(bases, depth)| (bases, factor * depth)))
    };
    let locus = Locus {
        gene_id: "G1".to_owned(),
        gene_name: "TOY1".to_owned(),
        chrom: "chr1".to_owned(),
        region: Interval::new(1000, 9900).unwrap(),
        strand: Some(Strand::Reverse),
        panel: true,
        transcripts: vec![
            transcript("T1", &[left, third, last], &[(1100, 1150), (9000, 9120), (9400, 9500)]),
            transcript("T2", &[left, micro, third, last], &[(1100, 1150), (4000, 4009), (9000, 9120)]),
            transcript("T3", &[left, micro, kept], &[]),
            transcript("T4", &[left, third, last], &[(1100, 1150), (9000, 9120), (9400, 9500)]),
        ],
        junctions: vec![
            junction(1150, 4000, [30, 25, 8, 12]),
            junction(1150, 9000, [5, 7, 20, 31]),
            junction(1150, 9004, [0, 0, 1, 0]),
            junction(4009, 9000, [28, 26, 9, 10]),
            junction(9120, 9400, [33, 38, 35, 0]),
        ],
        events: vec![
            event(
                "SE:chr1:1150-4001:4009-9001:-",
                EventKind::Se,
                &[left, micro, third],
                &[left, third],
                test(Some(0.3), "ok"),
            ),
            event("RI:chr1:9120-9401:-", EventKind::Ri, &[kept], &[third, last], test(Some(0.02), "ok")),
            event(
                "A3SS:chr1:1150-9001:1150-9005:-",
                EventKind::A3ss,
                &[left, third],
                &[left, intervals(&[(9004, 9120)])[0]],
                test(None, "coverage"),
            ),
        ],
        verdicts: vec![LocusVerdict {
            contrast: CONTRAST.to_owned(),
            verdict: "changed".to_owned(),
            best_event: None,
        }],
        depth: [1.0, 1.2, 0.8, 0.5].into_iter().map(depth).collect(),
    };
    let group = |name: &str, samples: &[usize]| Group { name: name.to_owned(), samples: samples.to_vec() };
    let header = FigureHeader {
        samples: ["o1", "o2", "y1", "y2"].map(ToOwned::to_owned).to_vec(),
        unit: "fragments".to_owned(),
        groupings: vec![Grouping {
            contrast: CONTRAST.to_owned(),
            groups: vec![group("old", &[0, 1]), group("young", &[2, 3])],
        }],
    };
    FigureData { header, loci: vec![locus] }
}

/// Pairs of texts of an SVG that lie over each other, and texts that the sheet cuts.
pub(crate) fn crossing_texts(svg: &str) -> Vec<String> {
    let attribute = |element: &str, name: &str| {
        let from = element.find(&format!(" {name}=\""))? + name.len() + 3;
        element[from..].split('"').next().map(ToOwned::to_owned)
    };
    let number = |element: &str, name: &str| attribute(element, name)?.parse::<f64>().ok();
    let head = svg.split("<svg").nth(1).unwrap();
    let sheet = (number(head, "width").unwrap(), number(head, "height").unwrap());
    let boxes: Vec<(String, [f64; 4])> = svg
        .split("<text")
        .skip(1)
        .map(|element| {
            let (tag, rest) = element.split_once('>').unwrap();
            let content = rest.split('<').next().unwrap().replace("&amp;", "&").replace("&lt;", "<");
            let size = number(tag, "font-size").unwrap_or(12.0);
            let bold = if tag.contains("font-weight") { 1.07 } else { 1.0 };
            let width = bold * text_width(&content, size);
            let (x, y) = (number(tag, "x").unwrap(), number(tag, "y").unwrap());
            let before = match attribute(tag, "text-anchor").as_deref() {
                Some("middle") => width / 2.0,
                Some("end") => width,
                _ => 0.0,
            };
            let (rise, fall) = (0.72 * size, 0.2 * size);
            let place = if tag.contains("rotate(-90") {
                [x - rise, y - (width - before), x + fall, y + before]
            } else {
                [x - before, y - rise, x - before + width, y + fall]
            };
            (content, place)
        })
        .collect();
    let mut problems = Vec::new();
    for (k, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
        if *left < 0.0 || *top < 0.0 || *right > sheet.0 || *bottom > sheet.1 {
            problems.push(format!("`{text}` is cut"));
        }
        for (other, [l, t, r, b]) in &boxes[k + 1..] {
            if left < r && l < right && top < b && t < bottom {
                problems.push(format!("`{text}` and `{other}`"));
            }
        }
    }
    problems
}
