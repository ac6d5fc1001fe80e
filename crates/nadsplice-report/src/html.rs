//! Writes HTML in which text cannot become markup: what is not a literal of this crate is escaped.

use crate::svg::{Drawing, escape};

/// A page, or a part of one, under construction.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup that is written in this crate. Only literals fit, so that nothing from a table can.
    pub(crate) fn markup(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Style rules, which may not be escaped; none of them comes from a table.
    pub(crate) fn style(&mut self, rules: &str) {
        self.0.push_str(rules);
    }

    /// Text; escaped.
    pub(crate) fn text(&mut self, text: &str) {
        self.0.push_str(&escape(text));
    }

    /// An element with attributes (escaped; empty ones are left out) and what `content` writes into it.
    pub(crate) fn element(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.0.push_str(&escape(value));
            self.0.push('"');
        }
        self.0.push('>');
        content(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
    }

    /// An element that holds text alone.
    pub(crate) fn leaf(&mut self, tag: &'static str, attributes: &[(&'static str, &str)], text: &str) {
        self.element(tag, attributes, |html| html.text(text));
    }

    /// Text in which names of files and commands stand between backticks.
    pub(crate) fn prose(&mut self, text: &str) {
        for (at, part) in text.split('`').enumerate() {
            if at % 2 == 0 { self.text(part) } else { self.leaf("code", &[], part) }
        }
    }

    /// A paragraph of text.
    pub(crate) fn paragraph(&mut self, text: &str) {
        self.element("p", &[], |html| html.prose(text));
        self.markup("\n");
    }

    /// A paragraph of small print.
    pub(crate) fn note(&mut self, text: &str) {
        self.element("p", &[("class", "note")], |html| html.prose(text));
        self.markup("\n");
    }

    /// A drawing with a caption under it (none where it is empty).
    pub(crate) fn figure(&mut self, drawing: &Drawing, caption: &str) {
        // Too broad for a phone to show whole: it scrolls there.
        let class = if drawing.width() > 480.0 { "broad" } else { "" };
        self.element("figure", &[("class", class)], |html| {
            html.drawing(drawing);
            if !caption.is_empty() {
                html.element("figcaption", &[], |html| html.prose(caption));
            }
        });
        self.markup("\n");
    }

    /// A drawing alone.
    pub(crate) fn drawing(&mut self, drawing: &Drawing) {
        self.0.push_str(&drawing.inline());
    }

    /// A table of text cells that scrolls sideways where the page is too narrow for it.
    pub(crate) fn table(&mut self, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        self.element("div", &[("class", "wide")], |html| {
            html.element("table", &[], |html| {
                html.element("thead", &[], |html| {
                    html.element("tr", &[], |html| {
                        for name in header {
                            html.leaf("th", &[("scope", "col")], name);
                        }
                    });
                });
                html.element("tbody", &[], |html| {
                    for row in rows {
                        html.element("tr", &[], |html| {
                            for cell in &row {
                                html.cell(cell);
                            }
                        });
                        html.markup("\n");
                    }
                });
            });
        });
        self.markup("\n");
    }

    /// A table cell; numbers are set flush right.
    pub(crate) fn cell(&mut self, text: &str) {
        let is_number = text.trim_end_matches('%').parse::<f64>().is_ok();
        self.leaf("td", if is_number { &[("class", "n")] } else { &[] }, text);
    }

    /// What was written.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_cannot_become_markup() {
        let odd = "<script>alert(1)</script>\"' onload=x";
        let mut html = Html::default();
        html.leaf("p", &[("id", odd)], odd);
        html.table(&[odd], [vec![odd.to_owned()]]);
        let text = html.into_text();
        assert!(!text.contains("<script"), "{text}");
        assert!(text.contains("id=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x\""), "{text}");
    }
}
