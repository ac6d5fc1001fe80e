//! Run-length-coded depth along contigs.
//!
//! Two tracks are kept for each orientation of the fragments: the plain one, where a block `[s, e)` covers its
//! bases, and the boundary one, where the same block covers `[s + a, e - a + 1)` for a boundary overhang `a`. The
//! boundary track at position `b` is then the number of fragments that lie contiguously over the boundary between
//! the bases `b - 1` and `b` with at least `a` bases on either side, for any `b`, also one that is only found in
//! another sample.

use serde::{Deserialize, Serialize};

/// Depth along one contig: `(position, depth)` wherever the depth changes, as variable-length integers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepthTrack {
    bytes: Vec<u8>,
    runs: u64,
}

impl DepthTrack {
    /// The runs in genome order: 0-based start of the run and the depth from there to the next run's start. The
    /// depth before the first run and from the last one on is 0.
    pub fn runs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut rest = self.bytes.as_slice();
        let mut position = 0u32;
        let mut depth = 0i64;
        std::iter::from_fn(move || {
            let step = read_varint(&mut rest)?;
            let change = read_varint(&mut rest)?;
            position += u32::try_from(step).ok()?;
            depth += unzigzag(change);
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
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push((value & 0x7f) as u8);
}

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

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
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
            push_varint(&mut self.track.bytes, u64::from(position - self.last));
            push_varint(&mut self.track.bytes, zigzag(change));
            self.track.runs += 1;
            self.last = position;
        }
    }

    /// The track.
    pub fn finish(self) -> DepthTrack {
        self.track
    }
}

/// The four tracks of one contig. Index 0 holds fragments on the reverse strand under a forward-stranded protocol,
/// index 1 those on the forward strand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContigDepth {
    /// Depth of contiguous blocks.
    pub plain: [DepthTrack; 2],
    /// Fragments over the boundary before each position.
    pub boundary: [DepthTrack; 2],
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
