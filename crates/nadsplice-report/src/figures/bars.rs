//! Stacked bars of the read ledger, and histograms.

use nadsplice_table::SampleRow;

use crate::{
    figures::legend,
    results::Results,
    svg::{Anchor, Colour, Drawing, Paint, Scale, Text, fit},
    wording::{count, percent},
};

const WIDTH: f64 = 640.0;

/// A class of the ledger: its name and its number in a sample.
pub(crate) type LedgerClass = (&'static str, fn(&SampleRow) -> Option<u64>);

/// Where every alignment of a sample went, as in `samples.tsv`.
pub(crate) const LEDGER: [LedgerClass; 11] = [
    ("used, spliced", |s| s.used_spliced),
    ("used, unspliced", |s| s.used_unspliced),
    ("short overhang", |s| s.short_overhang),
    ("multi-mapped", |s| s.multi_mapped),
    ("no annotated contig", |s| s.no_annotated_contig),
    ("unmapped", |s| s.unmapped),
    ("secondary", |s| s.secondary),
    ("supplementary", |s| s.supplementary),
    ("failed QC", |s| s.qc_failed),
    ("duplicate", |s| s.duplicate),
    ("rejected by rMATS's rules", |s| s.rmats_rejected),
];

/// Series of the classes: the used ones stand out, what is lost is warm, the rest is grey.
fn class_colour(class: usize) -> Colour {
    match class {
        0 => Colour::Series(0),
        1 => Colour::Series(5),
        2 => Colour::Series(2),
        3 => Colour::Series(4),
        4 => Colour::Series(1),
        5 => Colour::Series(7),
        6 => Colour::Series(3),
        7 => Colour::Series(6),
        _ => Colour::Muted,
    }
}

/// One bar a sample, as shares of its alignments. Nothing where no sample was counted from alignments.
pub(crate) fn ledger(results: &Results) -> Option<Drawing> {
    let rows: Vec<(&str, &SampleRow, u64)> = results
        .names
        .iter()
        .zip(&results.samples.rows)
        .filter_map(|(name, (_, row))| Some((name.as_str(), row, row.alignments.filter(|&n| n > 0)?)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let classes: Vec<usize> = (0..LEDGER.len())
        .filter(|&class| rows.iter().any(|(_, row, _)| LEDGER[class].1(row).is_some_and(|n| n > 0)))
        .collect();
    let entries: Vec<_> = classes.iter().map(|&class| (LEDGER[class].0, class_colour(class))).collect();
    let style = Text::new().size(10.5);
    let names = rows.iter().map(|(name, ..)| style.width_of(name)).fold(40.0, f64::max).min(150.0);
    let left = names + 12.0;
    let mut drawing = Drawing::new(
        WIDTH,
        0.0,
        "Where the alignments went",
        "One bar a sample, in shares of its alignments.",
    );
    let top = legend::draw(&mut drawing, (left, 14.0), WIDTH - left, &entries) + 10.0;
    let height = if rows.len() > 40 { 13.0 } else { 18.0 };
    let scale = Scale::new((0.0, 1.0), (left, WIDTH - 76.0));
    for (at, (name, row, alignments)) in rows.iter().enumerate() {
        let y = top + height * at as f64;
        drawing.text((left - 6.0, y + height - 5.0), &fit(name, 10.5, 150.0), &style.anchor(Anchor::End));
        let mut before = 0;
        for &class in &classes {
            let number = LEDGER[class].1(row).unwrap_or(0);
            let share = |n: u64| n as f64 / *alignments as f64;
            let (from, to) = (scale.at(share(before)), scale.at(share(before + number)));
            let tooltip =
                format!("{name}: {} {} ({})", count(number), LEDGER[class].0, percent(Some(share(number))));
            if number > 0 {
                let paint = Paint::fill(class_colour(class)).tooltip(&tooltip);
                drawing.rect((from, y), to - from, height - 3.0, &paint);
            }
            before += number;
        }
        let total = Text::new().size(10.0).colour(Colour::Muted);
        drawing.text((WIDTH - 70.0, y + height - 5.0), &count(*alignments), &total);
    }
    let bottom = top + height * rows.len() as f64;
    scale.draw_x(&mut drawing, bottom + 2.0, 5, "share of alignments (their number at the right)");
    drawing.set_height(bottom + 42.0);
    Some(drawing)
}

/// A histogram of numbers in bins of equal width over `domain`. `expected` draws a line at the height at which bins
/// would be without any signal.
pub(crate) fn histogram(
    title: &str,
    bins: &[f64],
    domain: (f64, f64),
    axes: (&str, &str),
    expected: Option<f64>,
) -> Drawing {
    let (width, height) = (380.0, 230.0);
    let mut drawing = Drawing::new(width, height, title, "");
    let x = Scale::new(domain, (58.0, width - 10.0));
    let most = bins.iter().copied().fold(1.0, f64::max);
    let y = Scale::nice((0.0, most), (height - 42.0, 12.0));
    // Counts have no ticks between whole numbers.
    let ticks = if most < 2.0 {
        1
    } else if most < 4.0 {
        2
    } else {
        4
    };
    y.draw_y(&mut drawing, x.range().0, ticks, axes.1, Some(x.range().1));
    let step = (x.range().1 - x.range().0) / bins.len().max(1) as f64;
    let value_step = (domain.1 - domain.0) / bins.len().max(1) as f64;
    for (at, &number) in bins.iter().enumerate() {
        let left = x.range().0 + step * at as f64;
        let from = domain.0 + value_step * at as f64;
        let tooltip = format!("{from:.2} to {:.2}: {number}", from + value_step);
        let top = y.at(number);
        let paint = Paint::fill(Colour::Series(5)).tooltip(&tooltip);
        drawing.rect((left + 0.5, top), step - 1.0, y.range().0 - top, &paint);
    }
    if let Some(expected) = expected {
        let level = y.at(expected);
        let line = Paint::stroke(Colour::Series(1), 1.5).dashed("5 3");
        drawing.line((x.range().0, level), (x.range().1, level), &line);
    }
    x.draw_x(&mut drawing, y.range().0, 5, axes.0);
    drawing
}
