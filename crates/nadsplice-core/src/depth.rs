//! Run-length-coded depth along contigs.
//!
//! Two tracks are kept for each orientation of the fragments: the plain one, where a block `[s, e)` covers its
//! bases, and the boundary one, where the same block covers `[s + a, e - a + 1)` for a boundary overhang `a`. The
//! boundary track at position `b` is then the number of fragments that lie contiguously over the boundary between
//! the bases `b - 1` and `b` with at least `a` bases on either side, for any `b`, also one that is only found in
//! another sample.

mod profile;

pub use profile::DepthProfile;
use serde::{Deserialize, Serialize};

/// Depth along one contig: `(position, depth)` wherever the depth changes, as variable-length integers.
///
/// A change is the distance from the one before, times 4, plus 0 for a rise by 1, 1 for a fall by 1, 2 for a higher rise
/// and 3 for a deeper fall; after the last two the height less 2. So nearly all of them are one byte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepthTrack {
    #[serde(with = "one_piece")]
    bytes: Vec<u8>,
    runs: u64,
}

impl DepthTrack {
    /// The runs in genome order: 0-based start of the run and the depth from there to the next run's start. The
    /// depth before the first run and from the last one on is 0.
    pub fn runs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut depth = 0i64;
        self.changes().map_while(move |(position, change)| {
            depth += change;
            Some((position, u32::try_from(depth).ok()?))
        })
    }

    /// How many runs there are.
    pub fn len(&self) -> u64 {
        self.runs
    }

    /// Whether nothing was covered.
    pub fn is_empty(&self) -> bool {
        self.runs == 0
    }

    /// Where the depth changes, and by how much.
    fn changes(&self) -> Changes<'_> {
        Changes { rest: &self.bytes, position: 0 }
    }
}

/// The changes of a track in genome order.
#[derive(Clone, Debug)]
struct Changes<'a> {
    rest: &'a [u8],
    position: u32,
}

impl Iterator for Changes<'_> {
    type Item = (u32, i64);

    #[inline]
    fn next(&mut self) -> Option<(u32, i64)> {
        let head = read_varint(&mut self.rest)?;
        self.position = self.position.checked_add(u32::try_from(head >> 2).ok()?)?;
        let sign = 1 - (head & 1).cast_signed() * 2;
        let height = if head & 2 == 0 { 1 } else { read_varint(&mut self.rest)?.checked_add(2)? };
        Some((self.position, sign * i64::try_from(height).ok()?))
    }
}

/// Bytes as one piece, where a list would be written and read one by one. Postcard's encoding of both is the same.
mod one_piece {
    use std::fmt;

    use serde::{Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }

    struct Bytes;

    impl de::Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }
    }
}

#[inline]
fn push_varint(bytes: &mut Vec<u8>, value: u64) {
    // Nearly all are one byte.
    if value < 0x80 {
        bytes.push((value & 0x7f) as u8);
    } else {
        push_long_varint(bytes, value);
    }
}

fn push_long_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push((value & 0x7f) as u8);
}

#[inline]
fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Builds a [`DepthTrack`] from changes of depth that come in genome order.
#[derive(Debug, Default)]
pub struct DepthTrackBuilder {
    track: DepthTrack,
    last: u32,
}

impl DepthTrackBuilder {
    /// Adds a change of depth at a 0-based position, not before the last one; a change of 0 adds nothing.
    #[inline]
    pub fn push(&mut self, position: u32, change: i64) {
        if change != 0 {
            let (fall, height) = (u64::from(change < 0), change.unsigned_abs());
            let more = u64::from(height > 1) << 1;
            push_varint(&mut self.track.bytes, (u64::from(position - self.last) << 2) | more | fall);
            if more > 0 {
                push_varint(&mut self.track.bytes, height - 2);
            }
            self.track.runs += 1;
            self.last = position;
        }
    }

    /// The track.
    pub fn finish(mut self) -> DepthTrack {
        self.track.bytes.shrink_to_fit();
        self.track
    }
}

/// The four tracks of one contig: a plain and a boundary one for each orientation.
///
/// Nearly every change of a boundary track is one of the plain track that is moved by the overhang. What is kept of it
/// is the difference: where mates meet, where blocks are short, and where a block ends as another begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContigDepth {
    plain: [DepthTrack; 2],
    /// Changes of the boundary tracks less those of the plain ones that are moved.
    differences: [DepthTrack; 2],
    /// Aligned bases on either side of a boundary.
    overhang: u32,
}

impl ContigDepth {
    /// From tracks of whole blocks and of blocks that are shortened by the overhang. Index 0 holds fragments on the
    /// reverse strand under a forward-stranded protocol, index 1 those on the forward strand.
    pub fn new(plain: [DepthTrack; 2], boundary: &[DepthTrack; 2], overhang: u32) -> Self {
        let differences = [0, 1].map(|sense| {
            let mut builder = DepthTrackBuilder::default();
            let negated = moved(&plain[sense], overhang).map(|(position, change)| (position, -change));
            for (position, change) in Sum::of(negated, boundary[sense].changes()) {
                builder.push(position, change);
            }
            builder.finish()
        });
        Self { plain, differences, overhang }
    }

    /// From tracks of whole blocks and what [`Self::new`] makes of both: the changes of the boundary tracks less those
    /// of the whole blocks that are moved, rises by the overhang to the right and falls by one base less to the left.
    /// With other differences the boundary tracks are wrong. Orientations as in [`Self::new`].
    pub fn with_differences(plain: [DepthTrack; 2], differences: [DepthTrack; 2], overhang: u32) -> Self {
        Self { plain, differences, overhang }
    }

    /// Depth of contiguous blocks of fragments on the forward strand (`sense`) or the reverse one: runs as in
    /// [`DepthTrack::runs`].
    pub fn plain(&self, sense: bool) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.plain[usize::from(sense)].runs()
    }

    /// Fragments over the boundary before each position, in the same way.
    pub fn boundary(&self, sense: bool) -> impl Iterator<Item = (u32, u32)> + '_ {
        let sense = usize::from(sense);
        let mut depth = 0i64;
        let changes = Sum::of(moved(&self.plain[sense], self.overhang), self.differences[sense].changes());
        changes.map_while(move |(position, change)| {
            depth += change;
            Some((position, u32::try_from(depth).ok()?))
        })
    }

    /// Aligned bases that a fragment has on either side of a boundary that it lies over.
    pub const fn overhang(&self) -> u32 {
        self.overhang
    }

    /// Whether nothing was covered.
    pub fn is_empty(&self) -> bool {
        self.plain.iter().chain(&self.differences).all(DepthTrack::is_empty)
    }
}

/// The changes of a track of blocks, as they would be if every block were shortened by the overhang.
fn moved(track: &DepthTrack, overhang: u32) -> impl Iterator<Item = (u32, i64)> {
    let rises = track.changes().filter(|change| change.1 > 0);
    let falls = track.changes().filter(|change| change.1 < 0);
    Sum::of(
        rises.map(move |(position, change)| (position.saturating_add(overhang), change)),
        falls.map(move |(position, change)| (position.saturating_add(1).saturating_sub(overhang), change)),
    )
}

/// Two lists of changes as one; changes at one position are added, and left out where they cancel each other.
struct Sum<A, B> {
    one: A,
    other: B,
    next: [Option<(u32, i64)>; 2],
}

impl<A: Iterator<Item = (u32, i64)>, B: Iterator<Item = (u32, i64)>> Sum<A, B> {
    fn of(mut one: A, mut other: B) -> Self {
        let next = [one.next(), other.next()];
        Self { one, other, next }
    }
}

impl<A: Iterator<Item = (u32, i64)>, B: Iterator<Item = (u32, i64)>> Iterator for Sum<A, B> {
    type Item = (u32, i64);

    #[inline]
    fn next(&mut self) -> Option<(u32, i64)> {
        loop {
            let at = match self.next {
                [Some((a, _)), Some((b, _))] => a.min(b),
                [Some((at, _)), None] | [None, Some((at, _))] => at,
                [None, None] => return None,
            };
            let mut sum = 0;
            // Positions that are moved to the edge of the contig can meet.
            while let Some((_, change)) = self.next[0].filter(|next| next.0 == at) {
                sum += change;
                self.next[0] = self.one.next();
            }
            while let Some((_, change)) = self.next[1].filter(|next| next.0 == at) {
                sum += change;
                self.next[1] = self.other.next();
            }
            if sum != 0 {
                return Some((at, sum));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Interval;

    #[test]
    fn runs_come_back() {
        let mut builder = DepthTrackBuilder::default();
        for (position, change) in [(5, 300), (1_000_000, -299), (1_000_001, 0), (4_000_000_000, -1)] {
            builder.push(position, change);
        }
        let track = builder.finish();
        assert_eq!(track.runs().collect::<Vec<_>>(), [(5, 300), (1_000_000, 1), (4_000_000_000, 0)]);
        assert_eq!(track.len(), 3);
    }

    fn track(blocks: &[(u32, u32)]) -> DepthTrack {
        let mut changes: Vec<(u32, i64)> = blocks.iter().flat_map(|&(s, e)| [(s, 1), (e, -1)]).collect();
        changes.sort_unstable();
        let mut builder = DepthTrackBuilder::default();
        for same in changes.chunk_by(|a, b| a.0 == b.0) {
            builder.push(same[0].0, same.iter().map(|c| c.1).sum());
        }
        builder.finish()
    }

    #[test]
    fn a_boundary_track_of_long_blocks_differs_in_nothing() {
        let blocks = [(10, 60), (15, 65), (300, 400)];
        let shortened = blocks.map(|(start, end)| (start + 8, end - 8 + 1));
        let none = [track(&[]), track(&[])];
        let depth = ContigDepth::new([track(&[]), track(&blocks)], &[track(&[]), track(&shortened)], 8);
        assert_eq!(depth.differences, none);
        assert!(!depth.is_empty() && ContigDepth::new(none.clone(), &none, 8).is_empty());
    }

    proptest! {
        #[test]
        fn both_tracks_come_back(
            plain in proptest::collection::vec((0u32..200, 1u32..40), 0..20),
            boundary in proptest::collection::vec((0u32..200, 1u32..40), 0..20),
            overhang in 0u32..12,
            shift in prop_oneof![Just(0), Just(u32::MAX - 240)],
        ) {
            let of = |blocks: &[(u32, u32)]| {
                track(&blocks.iter().map(|&(s, l)| (s + shift, s + l + shift)).collect::<Vec<_>>())
            };
            let (plain, boundary) = (of(&plain), of(&boundary));
            let depth = ContigDepth::new(
                [track(&[]), plain.clone()],
                &[track(&[]), boundary.clone()],
                overhang,
            );
            let at = |runs: &[(u32, u32)], position| {
                runs.iter().take_while(|&&(start, _)| start <= position).last().map_or(0, |run| run.1)
            };
            let runs = [&plain, &boundary].map(|track| track.runs().collect::<Vec<_>>());
            prop_assert_eq!(depth.plain(true).collect::<Vec<_>>(), runs[0].clone());
            prop_assert_eq!(depth.boundary(true).collect::<Vec<_>>(), runs[1].clone());
            prop_assert_eq!(depth.plain(false).count() + depth.boundary(false).count(), 0);
            let profile = depth.profile(true);
            for position in shift..shift + 239 {
                prop_assert_eq!(profile.boundary_at(position), at(&runs[1], position), "at {}", position);
                let (crossed, next) = profile.boundary_run(position);
                prop_assert!(next > position);
                prop_assert!((position..next.min(shift + 239)).all(|p| at(&runs[1], p) == crossed), "at {}", position);
                let base = Interval::new(position, position + 1).unwrap();
                let found: Vec<_> = profile.within(base).collect();
                prop_assert_eq!(found, [(base, at(&runs[0], position))]);
            }
        }
    }
}
