//! Keeps texts apart.

/// Least space between two texts.
const GAP: f64 = 2.0;
/// Part of the size of a text that rises above its base line, and that falls below it.
const ASCENT: f64 = 0.8;
const DESCENT: f64 = 0.22;

/// What a text covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TextBox {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl TextBox {
    /// A text of this width and size, centred at x on its base line.
    pub(crate) fn centred((x, y): (f64, f64), width: f64, size: f64) -> Self {
        Self {
            left: x - width / 2.0,
            top: y - ASCENT * size,
            right: x + width / 2.0,
            bottom: y + DESCENT * size,
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right + GAP
            && other.left < self.right + GAP
            && self.top < other.bottom + GAP
            && other.top < self.bottom + GAP
    }
}

/// The texts that are placed already.
#[derive(Debug, Default)]
pub(crate) struct Boxes(Vec<TextBox>);

impl Boxes {
    /// Takes the place, whatever has it already: for marks that texts may not cover.
    pub(crate) fn block(&mut self, mark: TextBox) {
        self.0.push(mark);
    }

    /// Takes the place, unless another text has it.
    pub(crate) fn take(&mut self, wanted: TextBox) -> bool {
        let is_free = !self.0.iter().any(|other| other.meets(&wanted));
        if is_free {
            self.0.push(wanted);
        }
        is_free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_place_is_refused() {
        let mut boxes = Boxes::default();
        assert!(boxes.take(TextBox::centred((10.0, 10.0), 10.0, 10.0)));
        assert!(!boxes.take(TextBox::centred((18.0, 12.0), 10.0, 10.0)));
        assert!(boxes.take(TextBox::centred((30.0, 10.0), 10.0, 10.0)));
        assert!(boxes.take(TextBox::centred((10.0, 24.0), 10.0, 10.0)));
    }
}
