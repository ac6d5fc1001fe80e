//! The ninth column: `key "value";` of GTF and `key=value;` of GFF3.

use std::{borrow::Cow, sync::LazyLock};

use memchr::{memchr, memmem::Finder};
use nadsplice_core::PrincipalTag;

use crate::read::Format;

/// Which of the two formats the attributes of a row have, if they show it.
pub(crate) fn detect(attributes: &[u8]) -> Option<Format> {
    attributes.split(|&b| b == b';').find_map(|attribute| {
        let attribute = attribute.trim_ascii();
        let key_end = attribute.iter().position(|&b| b == b'=' || b.is_ascii_whitespace())?;
        match attribute[key_end..].trim_ascii_start().first() {
            Some(b'=') => Some(Format::Gff3),
            _ => Some(Format::Gtf),
        }
    })
}

/// The attributes of a GTF row, in their order; quotes are taken off, keys without value left out.
///
/// A `;` inside quotes belongs to the value, `\"` does not end it; a value without quotes ends at the next `;`.
/// Between key and value `=` will do as well as a blank.
pub(crate) struct GtfAttributes<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for GtfAttributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.0.iter().position(|b| !matches!(b, b' ' | b'\t' | b';'))?;
            let text = &self.0[start..];
            let key_end =
                text.iter().position(|b| matches!(b, b' ' | b'\t' | b'=' | b';')).unwrap_or(text.len());
            let (key, rest) = text.split_at(key_end);
            let gap = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'=')).unwrap_or(rest.len());
            let rest = &rest[gap..];
            self.0 = rest;
            match rest.first() {
                None => return None,
                Some(b';') => {}
                Some(b'"') => {
                    if let Some(end) = closing_quote(&rest[1..]) {
                        self.0 = &rest[end + 2..];
                        return Some((key, &rest[1..=end]));
                    }
                    // The closing quote is missing: the value ends like one without quotes.
                    return Some((key, self.unquoted(&rest[1..])));
                }
                Some(_) => return Some((key, self.unquoted(rest))),
            }
        }
    }
}

impl<'a> GtfAttributes<'a> {
    fn unquoted(&mut self, text: &'a [u8]) -> &'a [u8] {
        let (value, rest) = text.split_at(memchr(b';', text).unwrap_or(text.len()));
        self.0 = rest;
        value.trim_ascii_end()
    }
}

fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr(b'"', &text[from..])?;
        if at == 0 || text[at - 1] != b'\\' {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The attributes of a GFF3 row, in their order, not yet percent-decoded; quotes around a value are taken off.
pub(crate) fn gff3_attributes(attributes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    attributes.split(|&b| b == b';').filter_map(|attribute| {
        let (key, value) = attribute.split_at(memchr(b'=', attribute)?);
        Some((key.trim_ascii(), unquote(value[1..].trim_ascii())))
    })
}

fn unquote(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] => inner,
        _ => value,
    }
}

/// A GFF3 value with `%2C` and the like decoded; what is no such code stays as it is.
pub(crate) fn percent_decode(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'%', value).is_none() {
        return Cow::Borrowed(value);
    }
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&first, tail)) = rest.split_first() {
        let code = match tail {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        if let Some((high, low)) = code {
            decoded.push(16 * high + low);
            rest = &tail[2..];
        } else {
            decoded.push(first);
            rest = tail;
        }
    }
    Cow::Owned(decoded)
}

/// The value of the first of these keys that has a non-empty one, whatever the order of the attributes.
pub(crate) fn first_of<'a>(
    attributes: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    keys: &[&[u8]],
) -> Option<&'a [u8]> {
    let mut best: Option<(usize, &[u8])> = None;
    for (key, value) in attributes.filter(|(_, value)| !value.is_empty()) {
        let Some(rank) = keys.iter().position(|k| key.eq_ignore_ascii_case(k)) else { continue };
        if best.is_none_or(|(known, _)| rank < known) {
            best = Some((rank, value));
        }
        if rank == 0 {
            break;
        }
    }
    best.map(|(_, value)| value)
}

/// Whether [`principal_tag`] may find one in this ninth column; most rows have none, and are not split for it.
pub(crate) fn may_be_principal(attributes: &[u8]) -> bool {
    static WORDS: LazyLock<[Finder<'_>; 2]> =
        LazyLock::new(|| [&b"Select"[..], b"canonical"].map(Finder::new));
    WORDS.iter().any(|word| word.find(attributes).is_some()) || memchr(b'%', attributes).is_some()
}

/// The mark by which a row's `tag`s single out its transcript: `MANE_Select` and `Ensembl_canonical` (Ensembl, GENCODE),
/// `MANE Select` and `RefSeq Select` (RefSeq). GTF repeats the key, GFF3 joins the tags with commas.
pub(crate) fn principal_tag<'a>(
    attributes: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Option<PrincipalTag> {
    let tags =
        attributes.filter(|(key, _)| *key == b"tag").flat_map(|(_, value)| value.split(|&b| b == b','));
    tags.filter_map(|tag| match &*percent_decode(tag.trim_ascii()) {
        b"MANE_Select" | b"MANE Select" => Some(PrincipalTag::ManeSelect),
        b"Ensembl_canonical" | b"RefSeq Select" => Some(PrincipalTag::Canonical),
        _ => None,
    })
    .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gtf(text: &str) -> Vec<(&str, &str)> {
        GtfAttributes(text.as_bytes())
            .map(|(k, v)| (str::from_utf8(k).unwrap(), str::from_utf8(v).unwrap()))
            .collect()
    }

    #[test]
    fn gtf_attributes_of_every_habit_are_split() {
        for (text, expected) in [
            (r#"gene_id "G"; transcript_id "T";"#, vec![("gene_id", "G"), ("transcript_id", "T")]),
            (r#"gene_id "G"; transcript_id "T""#, vec![("gene_id", "G"), ("transcript_id", "T")]),
            ("gene_id G; transcript_id T", vec![("gene_id", "G"), ("transcript_id", "T")]),
            (r#"gene_id "G" transcript_id "T""#, vec![("gene_id", "G"), ("transcript_id", "T")]),
            (r#"gene_id="G";transcript_id=T"#, vec![("gene_id", "G"), ("transcript_id", "T")]),
            (r#"note "a; b"; gene_id "G""#, vec![("note", "a; b"), ("gene_id", "G")]),
            (r#"note "a \"b\""; gene_id "G""#, vec![("note", r#"a \"b\""#), ("gene_id", "G")]),
            (r#"gene_id "G"; transcript_id """#, vec![("gene_id", "G"), ("transcript_id", "")]),
            (
                "gene_id\t\"G\";;  exon_number 2 ; flag; level 1",
                vec![("gene_id", "G"), ("exon_number", "2"), ("level", "1")],
            ),
            (r#"gene_id "G; level 1"#, vec![("gene_id", "G"), ("level", "1")]),
            ("", vec![]),
            (" ; ;", vec![]),
            ("gene_id", vec![]),
            ("=", vec![]),
        ] {
            assert_eq!(gtf(text), expected, "{text}");
        }
    }

    #[test]
    fn gff3_attributes_are_split_and_decoded() {
        let pairs: Vec<_> = gff3_attributes(br#"ID=gene:G ; Name="a b";flag;Parent=t%2C1,t2;"#).collect();
        assert_eq!(
            pairs,
            [(&b"ID"[..], &b"gene:G"[..]), (&b"Name"[..], &b"a b"[..]), (&b"Parent"[..], &b"t%2C1,t2"[..])]
        );
        assert_eq!(&*percent_decode(b"t%2C1"), b"t,1");
        assert_eq!(&*percent_decode(b"100%, %zz %4"), b"100%, %zz %4");
    }

    #[test]
    fn the_format_is_seen_in_the_first_attribute_that_shows_it() {
        assert_eq!(detect(br#"gene_id "a=b""#), Some(Format::Gtf));
        assert_eq!(detect(b"partial;ID=x;Note=a b"), Some(Format::Gff3));
        assert_eq!(detect(b"ID = x"), Some(Format::Gff3));
        assert_eq!(detect(b"g1"), None);
        assert_eq!(detect(b"."), None);
    }

    #[test]
    fn keys_are_ranked_not_the_order_in_the_row() {
        let text = br#"ref_gene_name "r"; gene "g"; gene_name """#;
        let keys: [&[u8]; 3] = [b"gene_name", b"gene", b"ref_gene_name"];
        assert_eq!(first_of(GtfAttributes(text), &keys), Some(&b"g"[..]));
    }

    #[test]
    fn tags_of_every_habit_single_out_a_transcript() {
        for (text, expected) in [
            (
                r#"gene_id "G"; tag "basic"; tag "Ensembl_canonical"; tag "MANE_Select";"#,
                Some(PrincipalTag::ManeSelect),
            ),
            (r#"gene_id "G"; tag "basic"; tag "Ensembl_canonical";"#, Some(PrincipalTag::Canonical)),
            (r#"gene_id "G"; tag "RefSeq Select"; "#, Some(PrincipalTag::Canonical)),
            (r#"gene_id "G"; tag "MANE_S%65lect"; "#, Some(PrincipalTag::ManeSelect)),
            (r#"gene_id "G"; tag "CCDS"; tag "MANE_Plus_Clinical";"#, None),
            (r#"gene_id "MANE_Select";"#, None),
        ] {
            assert_eq!(principal_tag(GtfAttributes(text.as_bytes())), expected, "{text}");
            assert!(expected.is_none() || may_be_principal(text.as_bytes()), "{text}");
        }
        for (text, expected) in [
            ("ID=transcript:T;tag=basic,Ensembl_canonical,MANE_Select", Some(PrincipalTag::ManeSelect)),
            ("ID=rna-NM_1;tag=MANE Select", Some(PrincipalTag::ManeSelect)),
            ("ID=rna-NM_1;tag=RefSeq%20Select", Some(PrincipalTag::Canonical)),
            ("ID=rna-NM_1;tag=basic", None),
        ] {
            assert_eq!(principal_tag(gff3_attributes(text.as_bytes())), expected, "{text}");
        }
    }
}
