//! Bases and qualities.

use nadsplice_core::Interval;
use rand::RngExt;

use crate::random::{Purpose, stream};

/// Bases of one word of the genome's hash.
const WORD: u32 = 32;

/// The four bases that each byte stands for, two bits a base.
const FOUR_BASES: [[u8; 4]; 256] = {
    let letters = *b"ACGT";
    let mut table = [[0; 4]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut base = 0;
        while base < 4 {
            table[byte][base] = letters[(byte >> (2 * base)) & 3];
            base += 1;
        }
        byte += 1;
    }
    table
};

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).
const fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Appends the bases of a block of contig `tid`. They are a function of the position alone.
pub(crate) fn push_bases(tid: u32, block: Interval, bases: &mut Vec<u8>) {
    let mut at = block.start();
    while at < block.end() {
        let word = at / WORD;
        let bits = mix(u64::from(tid) << 32 | u64::from(word)).to_le_bytes();
        let letters = bits.map(|byte| FOUR_BASES[usize::from(byte)]);
        // 32 bases below the end of a `u32` position cannot overflow: the block ends beyond them.
        let to = block.end().min((word * WORD).saturating_add(WORD));
        let from = (at % WORD) as usize;
        bases.extend_from_slice(&letters.as_flattened()[from..from + (to - at) as usize]);
        at = to;
    }
}

/// Qualities of all reads: one long tape, from which each read takes a stretch of its own.
///
/// Four levels as instruments of the 2020s report them (2, 11, 25, 37), about 95% at the highest, in runs: after
/// compression a read costs about as much as a real one.
#[derive(Debug)]
pub(crate) struct Qualities {
    tape: Vec<u8>,
}

impl Qualities {
    const TAPE: usize = 1 << 20;

    /// A tape for reads of at most `read_length` bases.
    pub(crate) fn new(read_length: u32) -> Self {
        let mut rng = stream(0, Purpose::Qualities, 0, 0);
        let mut level = 37;
        let tape = (0..Self::TAPE + read_length as usize)
            .map(|_| {
                let roll: u8 = rng.random();
                level = match (level, roll) {
                    (25 | 11, 0..=159) => 37,
                    (37, 0..=4) | (11, 160..=207) => 25,
                    (37, 5..=7) | (25, 160..=191) | (2, 0..=99) => 11,
                    (11, 208..=210) => 2,
                    (same, _) => same,
                };
                level
            })
            .collect();
        Self { tape }
    }

    /// Qualities of a read of `length` bases, chosen by any number that is its own.
    pub(crate) fn of_read(&self, read: u64, length: usize) -> &[u8] {
        // The upper 20 bits are a place on the tape.
        let start = usize::try_from(mix(read) >> 44).unwrap_or(0);
        &self.tape[start..start + length]
    }
}

/// Appends the name of a fragment: instrument, run, flow cell, lane, tile, x, y, a different one for each number
/// below 2^32, in an order that looks random after sorting by place, as in real files.
pub(crate) fn push_name(fragment: u32, name: &mut Vec<u8>) {
    // Multiplication by an odd number permutes the 32-bit numbers.
    let scattered = fragment.wrapping_mul(2_654_435_761);
    let [tile, xy @ ..] = scattered.to_be_bytes();
    let xy = u32::from_be_bytes([0, xy[0], xy[1], xy[2]]);
    name.extend_from_slice(b"SIM:1:NADSPLICE:1:");
    for (number, end) in
        [(1101 + u32::from(tile), b':'), (1000 + (xy >> 12), b':'), (1000 + (xy & 0xfff), b' ')]
    {
        // All have four digits.
        name.extend([1000, 100, 10, 1].map(|unit| b'0' + (number / unit % 10) as u8));
        if end == b':' {
            name.push(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn bases(tid: u32, start: u32, end: u32) -> Vec<u8> {
        let mut bases = Vec::new();
        push_bases(tid, Interval::new(start, end).unwrap(), &mut bases);
        bases
    }

    #[test]
    fn overlapping_reads_agree() {
        let whole = bases(3, 1_000, 1_200);
        assert_eq!(whole.len(), 200);
        assert_eq!(bases(3, 1_037, 1_137), whole[37..137]);
        assert_ne!(bases(4, 1_000, 1_200), whole);
        let top = bases(0, u32::MAX - 40, u32::MAX);
        assert_eq!(top.len(), 40);
    }

    #[test]
    fn bases_are_balanced() {
        let drawn = bases(0, 0, 100_000);
        let mut counts = [0; 256];
        for &base in &drawn {
            counts[usize::from(base)] += 1;
        }
        for letter in *b"ACGT" {
            let n = counts[usize::from(letter)];
            assert!((24_500..25_500).contains(&n), "{n}");
        }
    }

    #[test]
    fn qualities_are_mostly_high() {
        let qualities = Qualities::new(150);
        let high = qualities.tape.iter().map(|&q| f64::from(u8::from(q == 37))).sum::<f64>();
        let high = high / qualities.tape.len() as f64;
        assert!((0.94..0.96).contains(&high), "{high}");
        assert_eq!(qualities.of_read(u64::MAX, 150).len(), 150);
    }

    #[test]
    fn names_are_unique() {
        let mut seen = HashSet::new();
        for fragment in (0..50_000).chain(u32::MAX - 1_000..=u32::MAX) {
            let mut name = Vec::new();
            push_name(fragment, &mut name);
            assert_eq!(name.len(), "SIM:1:NADSPLICE:1:1101:1000:1000".len());
            assert!(seen.insert(name));
        }
    }
}
