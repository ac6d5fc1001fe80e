//! The genome's axis.

use nadsplice_core::Strand;

use crate::{
    boxes::{Boxes, TextBox},
    genome_scale::GenomeScale,
    svg::{Anchor, Colour, Drawing, Paint, PathData, Text},
};

const SIZE: f64 = 10.0;
/// Width of the direction of transcription.
const DIRECTION: f64 = 80.0;

/// Draws the axis below `top`: 1-based positions of exon ends as far as they have room, the direction of transcription,
/// and the length of some bases of exon; returns where it ends.
pub(crate) fn draw_axis(
    drawing: &mut Drawing,
    scale: &GenomeScale,
    chrom: &str,
    strand: Option<Strand>,
    top: f64,
) -> f64 {
    let y = top + 10.0;
    let line = Paint::stroke(Colour::Muted, 1.0);
    drawing.line((scale.left(), y), (scale.right(), y), &line);
    let label = Text::new().size(SIZE).colour(Colour::Muted).anchor(Anchor::Middle);
    let ends = scale.ends();
    // The outermost first, which say where the figure is.
    let order = ends.first().into_iter().chain(ends.last()).chain(ends.iter());
    let mut boxes = Boxes::default();
    for (&end, is_start) in
        order.map(|end| (end, ends.iter().position(|e| e == end).is_some_and(|k| k % 2 == 0)))
    {
        let text = grouped(if is_start { u64::from(end) + 1 } else { u64::from(end) });
        let width = label.width_of(&text);
        let x =
            scale.x(end).clamp(scale.left() + width / 2.0, (scale.right() - width / 2.0).max(scale.left()));
        drawing.line((scale.x(end), y - 3.0), (scale.x(end), y), &line);
        if boxes.take(TextBox::centred((x, y + 13.0), width + 6.0, SIZE)) {
            drawing.text((x, y + 13.0), &text, &label);
        }
    }
    let lead = Text::new().size(SIZE).colour(Colour::Muted).anchor(Anchor::End);
    drawing.text((scale.left() - 10.0, y + 4.0), &crate::svg::fit(chrom, SIZE, scale.left() - 14.0), &lead);
    direction(drawing, scale, strand, y + 29.0);
    scale_bar(drawing, scale, y + 29.0) + 5.0
}

/// 5' and 3' with an arrow between them, left.
fn direction(drawing: &mut Drawing, scale: &GenomeScale, strand: Option<Strand>, y: f64) {
    let Some(strand) = strand else { return };
    let (first, last, tip, back) = match strand {
        Strand::Forward => ("5′", "3′", 56.0, -5.0),
        Strand::Reverse => ("3′", "5′", 16.0, 5.0),
    };
    let style = Text::new().size(SIZE + 1.0);
    let left = scale.left();
    drawing.text((left, y), first, &style);
    drawing.text((left + 60.0, y), last, &style);
    let middle = y - 4.0;
    drawing.line((left + 16.0, middle), (left + 56.0, middle), &Paint::stroke(Colour::Ink, 1.2));
    let head = PathData::starting_at((left + tip + back, middle - 3.5))
        .line_to((left + tip, middle))
        .line_to((left + tip + back, middle + 3.5));
    drawing.path(head.as_str(), &Paint::stroke(Colour::Ink, 1.2));
}

/// A round number of bases of exon, right; on a line of its own where it would meet the direction. Returns its base line.
fn scale_bar(drawing: &mut Drawing, scale: &GenomeScale, y: f64) -> f64 {
    let fits = |bases: &&u32| f64::from(**bases) * scale.per_base() <= 120.0;
    let Some(&bases) = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10].iter().find(fits) else { return y };
    let width = f64::from(bases) * scale.per_base();
    let (left, right) = (scale.right() - width, scale.right());
    let words = format!("{bases} bases of exon");
    let style = Text::new().size(SIZE).anchor(Anchor::End);
    let meets = left - 6.0 - style.width_of(&words) < scale.left() + DIRECTION;
    let y = if meets { y + SIZE + 5.0 } else { y };
    let ends = PathData::starting_at((left, y - 7.0)).line_to((left, y - 1.0)).move_to((left, y - 4.0));
    let ends = ends.line_to((right, y - 4.0)).move_to((right, y - 7.0)).line_to((right, y - 1.0));
    drawing.path(ends.as_str(), &Paint::stroke(Colour::Ink, 1.2));
    drawing.text((left - 6.0, y), &words, &style);
    y
}

/// A number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([7, 1234, 69_884_513].map(grouped), ["7", "1,234", "69,884,513"]);
    }
}
