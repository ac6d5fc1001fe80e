//! The written forms of intervals, strands and kinds.

pub(super) mod interval {
    use nadsplice_core::Interval;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    pub(crate) fn serialize<S: Serializer>(value: &Interval, serializer: S) -> Result<S::Ok, S::Error> {
        (value.start(), value.end()).serialize(serializer)
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Interval, D::Error> {
        let (start, end) = <(u32, u32)>::deserialize(deserializer)?;
        Interval::try_new(start, end).map_err(D::Error::custom)
    }
}

pub(super) mod intervals {
    use nadsplice_core::Interval;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(values: &[Interval], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|v| (v.start(), v.end())))
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<Interval>, D::Error> {
        Vec::<(u32, u32)>::deserialize(deserializer)?
            .into_iter()
            .map(|(start, end)| Interval::try_new(start, end).map_err(D::Error::custom))
            .collect()
    }
}

pub(super) mod strand {
    use nadsplice_core::Strand;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    pub(crate) fn serialize<S: Serializer>(value: &Option<Strand>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_char(Strand::symbol_of(*value))
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<Strand>, D::Error> {
        match char::deserialize(deserializer)? {
            '+' => Ok(Some(Strand::Forward)),
            '-' => Ok(Some(Strand::Reverse)),
            '.' => Ok(None),
            other => Err(D::Error::custom(format!("unknown strand `{other}` (expected +, - or .)"))),
        }
    }
}

pub(super) mod kind {
    use nadsplice_core::EventKind;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    pub(crate) fn serialize<S: Serializer>(value: &EventKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.name())
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<EventKind, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
