//! Tags of a BAM record (SAM specification, section 4.2.4), where they lie.

/// Type and value of a tag; a value of type `B` includes its element type and count.
pub(super) type Tag<'a> = (u8, &'a [u8]);

/// The first tag of this name; nothing where the tags are damaged before it.
#[inline(always)]
pub(super) fn tag(tags: &[u8], name: [u8; 2]) -> Option<Tag<'_>> {
    first_tags(tags, [name])[0]
}

/// The first tags of these names.
#[inline(always)]
pub(super) fn first_tags<const N: usize>(tags: &[u8], names: [[u8; 2]; N]) -> [Option<Tag<'_>>; N] {
    let mut found = [None; N];
    let mut missing = N;
    let mut rest = tags;
    while let Some((name, tag, behind)) = next_tag(rest) {
        // Most tags are none of these.
        if names.contains(&name) {
            for (found, _) in
                found.iter_mut().zip(names).filter(|(found, wanted)| found.is_none() && *wanted == name)
            {
                *found = Some(tag);
                missing -= 1;
            }
            if missing == 0 {
                break;
            }
        }
        rest = behind;
    }
    found
}

/// Bytes of a value, by its type; 0 where they depend on the value, and for what is no type.
const SIZES: [u8; 256] = {
    let mut sizes = [0; 256];
    let (mut k, known) = (
        0,
        [(b'A', 1), (b'c', 1), (b'C', 1), (b's', 2), (b'S', 2), (b'i', 4), (b'I', 4), (b'f', 4), (b'd', 8)],
    );
    while k < known.len() {
        sizes[known[k].0 as usize] = known[k].1;
        k += 1;
    }
    sizes
};

/// The name of the tag that begins here, the tag, and what follows; nothing at the end, and where it is damaged.
#[inline(always)]
fn next_tag(tags: &[u8]) -> Option<([u8; 2], Tag<'_>, &[u8])> {
    let (&[a, b, kind], value) = tags.split_first_chunk::<3>()?;
    let length = match (SIZES[usize::from(kind)], kind) {
        (0, b'Z' | b'H') => memchr::memchr(0, value)? + 1,
        (0, b'B') => {
            let (&[element, counts @ ..], _) = value.split_first_chunk::<5>()?;
            let size = match element {
                b'A' | b'd' => 0,
                _ => usize::from(SIZES[usize::from(element)]),
            };
            if size == 0 {
                return None;
            }
            size * u32::from_le_bytes(counts) as usize + 5
        }
        (0, _) => return None,
        (size, _) => size.into(),
    };
    let (value, rest) = value.split_at_checked(length)?;
    Some(([a, b], (kind, value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_tags_end_the_search() {
        assert_eq!(tag(b"NHC\x01", *b"NH"), Some((b'C', &[1][..])));
        assert_eq!(tag(b"XXZabcNHC\x01", *b"NH"), None, "a text without its end");
        assert_eq!(tag(b"XX?NHC\x01", *b"NH"), None, "an unknown type");
        assert_eq!(tag(b"NHi\x01", *b"NH"), None, "cut short");
        assert_eq!(tag(b"XXBi\xff\xff\xff\xffNHC\x01", *b"NH"), None, "longer than the record");
    }
}
