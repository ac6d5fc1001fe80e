//! One section of a counts file, and its entry in the directory.

use std::io;

use serde::{Serialize, de::DeserializeOwned};
use zstd::bulk::Decompressor;

/// Higher levels take several times as long for files that are hardly smaller.
const COMPRESSION_LEVEL: i32 = 1;

/// Bytes of an entry in the directory.
pub(super) const ENTRY_BYTES: usize = 52;

/// An entry of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// 0, or the number of a contig and 1.
    pub(super) number: u32,
    /// Bytes of the content.
    content: u64,
    /// Bytes in the file.
    pub(super) stored: u64,
    /// BLAKE3 of the content.
    hash: [u8; 32],
}

impl Section {
    /// The entry of a value, and its bytes in the file.
    pub(super) fn encode(number: u32, value: &impl Serialize) -> io::Result<(Self, Vec<u8>)> {
        let content = postcard::to_stdvec(value).map_err(io::Error::other)?;
        let bytes = zstd::bulk::compress(&content, COMPRESSION_LEVEL)?;
        let section = Self {
            number,
            content: content.len() as u64,
            stored: bytes.len() as u64,
            hash: *blake3::hash(&content).as_bytes(),
        };
        Ok((section, bytes))
    }

    pub(super) fn to_bytes(self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..4].copy_from_slice(&self.number.to_le_bytes());
        bytes[4..12].copy_from_slice(&self.content.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.stored.to_le_bytes());
        bytes[20..].copy_from_slice(&self.hash);
        bytes
    }

    /// The entry that these bytes are; nothing where there are too few.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            number: u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?),
            content: u64::from_le_bytes(bytes.get(4..12)?.try_into().ok()?),
            stored: u64::from_le_bytes(bytes.get(12..20)?.try_into().ok()?),
            hash: bytes.get(20..ENTRY_BYTES)?.try_into().ok()?,
        })
    }

    /// The value of a section as it is in the file; nothing where that is not what was written.
    pub(super) fn decode<T: DeserializeOwned>(
        &self,
        stored: &[u8],
        decompressor: &mut Decompressor<'_>,
    ) -> Option<T> {
        let content = decompressor.decompress(stored, usize::try_from(self.content).ok()?).ok()?;
        if *blake3::hash(&content).as_bytes() != self.hash {
            return None;
        }
        postcard::from_bytes(&content).ok()
    }
}
