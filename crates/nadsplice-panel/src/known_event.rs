//! Splicing events that papers have described in NAD+, mTOR, insulin and muscle genes.

use std::sync::LazyLock;

use nadsplice_core::{EventKind, Interval, Strand};

use crate::{
    Error, GeneIdentity, known_genes,
    tsv::{Row, Tsv},
};

const KNOWN_EVENTS: &str = include_str!("../data/known_events.tsv");

static EVENTS: LazyLock<Vec<KnownEvent>> = LazyLock::new(|| {
    parse("known_events.tsv", KNOWN_EVENTS)
        .unwrap_or_else(|error| unreachable!("embedded table, checked by the tests: {error}"))
});

/// A genome build on which known events have coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Build {
    /// Human, hg38.
    Grch38,
    /// Human, hg19.
    Grch37,
    /// Mouse, mm10.
    Grcm38,
}

impl Build {
    /// All builds.
    pub const ALL: [Self; 3] = [Self::Grch38, Self::Grch37, Self::Grcm38];

    /// The official name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grch38 => "GRCh38",
            Self::Grch37 => "GRCh37",
            Self::Grcm38 => "GRCm38",
        }
    }

    /// The build that a name stands for: `GRCh38`, `hg38` or both, as in `GRCh38 (hg38)`, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Self::ALL.into_iter().find(|build| {
            let (official, ucsc) = match build {
                Self::Grch38 => ("grch38", "hg38"),
                Self::Grch37 => ("grch37", "hg19"),
                Self::Grcm38 => ("grcm38", "mm10"),
            };
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == official || word == ucsc)
        })
    }
}

/// Where the alternative part of an event lies on one build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLocus {
    /// The contig with `chr`.
    pub contig: String,
    /// The strand of the gene.
    pub strand: Strand,
    /// The alternative exons of SE and MSE, or the bases between the two acceptors of A3SS, in genome order, 0-based,
    /// half-open.
    pub parts: Vec<Interval>,
}

/// How far a known event's coordinates could be established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoordinateCheck {
    /// The exon of that number in RefSeq, of a length (or loss of residues) that the literature states.
    LengthAgrees,
    /// The exon of that number or kind in RefSeq; no stated length to compare with.
    Annotated,
    /// No human transcript of RefSeq has it, so it has no coordinates on the human builds.
    NotAnnotated,
    /// The source names the event, but not exactly enough to place it.
    NotGiven,
    /// The row stands for more than one event.
    Several,
    /// The source does not name the event.
    NotNamed,
}

impl CoordinateCheck {
    const ALL: [Self; 6] = [
        Self::LengthAgrees,
        Self::Annotated,
        Self::NotAnnotated,
        Self::NotGiven,
        Self::Several,
        Self::NotNamed,
    ];

    /// The word in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LengthAgrees => "length_agrees",
            Self::Annotated => "annotated",
            Self::NotAnnotated => "not_annotated",
            Self::NotGiven => "not_given",
            Self::Several => "several",
            Self::NotNamed => "not_named",
        }
    }
}

/// What was read for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The paper's abstract or introduction.
    Abstract,
    /// The paper's title.
    Title,
    /// Another text that states it.
    Secondary,
    /// Nothing: common knowledge of the field, to be checked before it is cited.
    Unverified,
}

impl Evidence {
    const ALL: [Self; 4] = [Self::Abstract, Self::Title, Self::Secondary, Self::Unverified];

    /// The word in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Abstract => "abstract",
            Self::Title => "title",
            Self::Secondary => "secondary",
            Self::Unverified => "unverified",
        }
    }
}

/// The form of an event that its name speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DescribedForm {
    /// The inclusion form.
    Inclusion,
    /// The skipping form.
    Skipping,
}

impl DescribedForm {
    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inclusion => "inclusion",
            Self::Skipping => "skipping",
        }
    }
}

/// A splicing event from the literature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEvent {
    /// Human symbol, or what the row is about where that is not one gene.
    pub gene: String,
    /// Ensembl gene id without version, of rows about one gene.
    pub ensembl_id: Option<String>,
    /// The kind, where it is one.
    pub kind: Option<EventKind>,
    /// What it is called; exon numbers as in the paper.
    pub event: String,
    /// What it does, of the form that the name speaks of.
    pub effect: String,
    /// That form; nothing where the name speaks of both, or of no single event.
    pub form: Option<DescribedForm>,
    /// Whether and how its coordinates were established.
    pub coordinates: CoordinateCheck,
    /// Its place on each build where that is known.
    pub loci: Vec<(Build, KnownLocus)>,
    /// What to cite.
    pub citation: String,
    /// `doi:`, `pmid:` or `pmcid:` of that, where it is known.
    pub reference: Option<String>,
    /// What was read of it.
    pub evidence: Evidence,
    /// Where the coordinates are from, or what the row rests on beside the citation.
    pub source: String,
    /// SPDX licence of the row's words.
    pub licence: String,
}

impl KnownEvent {
    /// Names and ids of its gene; nothing for rows about several.
    pub fn identity(&self) -> Option<GeneIdentity> {
        let ensembl_id = self.ensembl_id.clone()?;
        let known =
            known_genes::by_name(&self.gene).filter(|gene| gene.ensembl_id.as_ref() == Some(&ensembl_id));
        Some(known.cloned().unwrap_or_else(|| GeneIdentity {
            ensembl_id: Some(ensembl_id),
            ..GeneIdentity::recognise(&self.gene)
        }))
    }

    /// Its place on a build.
    pub fn locus(&self, build: Build) -> Option<&KnownLocus> {
        self.loci.iter().find(|(at, _)| *at == build).map(|(_, locus)| locus)
    }
}

/// All 33 known events, in the order of the embedded table. Some have coordinates on no build, and say why
/// ([`KnownEvent::coordinates`]).
pub fn known_events() -> &'static [KnownEvent] {
    &EVENTS
}

fn parse(path: &str, text: &str) -> Result<Vec<KnownEvent>, Error> {
    let table = Tsv::parse(path, text)?;
    table.rows().iter().map(|row| known_event(&table, row)).collect()
}

fn known_event(table: &Tsv<'_>, row: &Row<'_>) -> Result<KnownEvent, Error> {
    let optional = |name: &'static str| row.get(table.column(name));
    let required = |name| table.required(row, name).map(str::to_owned);
    let wrong = |column, value: &str, expected| Error::Value {
        path: table.path().to_owned(),
        line: row.line,
        column,
        value: value.to_owned(),
        expected,
    };
    let kind = match optional("kind") {
        None => None,
        Some(word) => Some(word.parse().map_err(|_| wrong("kind", word, "an event kind"))?),
    };
    let check = table.required(row, "coordinates")?;
    let coordinates = CoordinateCheck::ALL
        .into_iter()
        .find(|word| word.name() == check)
        .ok_or_else(|| wrong("coordinates", check, "a word for the check of coordinates"))?;
    let level = table.required(row, "evidence")?;
    let evidence = Evidence::ALL
        .into_iter()
        .find(|word| word.name() == level)
        .ok_or_else(|| wrong("evidence", level, "abstract, title, secondary or unverified"))?;
    let form = match optional("form") {
        None => None,
        Some("inclusion") => Some(DescribedForm::Inclusion),
        Some("skipping") => Some(DescribedForm::Skipping),
        Some(word) => return Err(wrong("form", word, "inclusion or skipping")),
    };
    let mut loci = Vec::new();
    if let (Some(contig), Some(strand), Some(starts), Some(ends)) =
        (optional("contig"), optional("strand"), optional("start0"), optional("end"))
    {
        let bounds = starts.split(',').zip(ends.split(','));
        let locus = locus(contig, strand, bounds);
        loci.push((
            Build::Grch38,
            locus.ok_or_else(|| wrong("start0", starts, "positions in genome order"))?,
        ));
    }
    for (build, column) in [(Build::Grch37, "grch37"), (Build::Grcm38, "grcm38")] {
        if let Some(text) = optional(column) {
            let place = || {
                let mut fields = text.splitn(3, ':');
                let (contig, strand, parts) = (fields.next()?, fields.next()?, fields.next()?);
                locus(contig, strand, parts.split(',').filter_map(|part| part.split_once('-')))
            };
            loci.push((build, place().ok_or_else(|| wrong(column, text, "chrom:strand:start0-end,..."))?));
        }
    }
    Ok(KnownEvent {
        gene: required("gene")?,
        ensembl_id: optional("ensembl_id").map(str::to_owned),
        kind,
        event: required("event")?,
        effect: required("effect")?,
        form,
        coordinates,
        loci,
        citation: required("citation")?,
        reference: optional("reference").map(str::to_owned),
        evidence,
        source: required("source")?,
        licence: required("licence")?,
    })
}

fn locus<'t>(
    contig: &str,
    strand: &str,
    bounds: impl Iterator<Item = (&'t str, &'t str)>,
) -> Option<KnownLocus> {
    let strand = match strand {
        "+" => Strand::Forward,
        "-" => Strand::Reverse,
        _ => return None,
    };
    let parts: Option<Vec<Interval>> =
        bounds.map(|(start, end)| Interval::new(start.parse().ok()?, end.parse().ok()?)).collect();
    let parts = parts.filter(|parts| !parts.is_empty() && parts.is_sorted())?;
    Some(KnownLocus { contig: contig.to_owned(), strand, parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_is_whole() {
        let events = parse("known_events.tsv", KNOWN_EVENTS).unwrap();
        assert_eq!(events.len(), 33);
        for event in &events {
            let placed =
                matches!(event.coordinates, CoordinateCheck::LengthAgrees | CoordinateCheck::Annotated);
            assert_eq!(event.locus(Build::Grch38).is_some(), placed, "{}", event.event);
            assert_eq!(event.locus(Build::Grch37).is_some(), placed, "{}", event.event);
            assert!(event.effect.split_whitespace().count() <= 8, "{}", event.effect);
            for (_, locus) in &event.loci {
                assert!(event.kind.is_some() && event.ensembl_id.is_some());
                assert_eq!(locus.parts.len() > 1, event.kind == Some(EventKind::Mse));
                // The tandem acceptor alone has no form that its name speaks of.
                assert_eq!(event.form.is_none(), event.event.starts_with("tandem"), "{}", event.event);
                assert!(event.identity().is_some_and(|identity| identity.label() == event.gene));
            }
        }
        let placed = |build| events.iter().filter(|event| event.locus(build).is_some()).count();
        assert_eq!(Build::ALL.map(placed), [13, 13, 12]);
    }

    #[test]
    fn lengths_that_papers_state_are_there() {
        let bases = |gene: &str, name: &str| -> u32 {
            let mut events = known_events().iter().filter(|e| e.gene == gene && e.event.starts_with(name));
            let event = events.next().unwrap();
            let lengths = event.loci.iter().map(|(_, l)| l.parts.iter().map(|p| p.len()).sum());
            let lengths: Vec<u32> = lengths.collect();
            lengths[0]
        };
        assert_eq!(bases("RPTOR", "exons 14-17"), 474);
        assert_eq!(bases("RYR1", "exon 70"), 15);
        assert_eq!(bases("INSR", "exon 11"), 36);
        assert_eq!(bases("ATP2A1", "exon 22"), 42);
        assert_eq!(bases("SIRT1", "exon 8"), 558);
        assert_eq!(bases("TSC2", "tandem"), 3);
    }

    #[test]
    fn builds_go_by_either_name() {
        assert_eq!(Build::from_name("GRCh38 (hg38)"), Some(Build::Grch38));
        assert_eq!(Build::from_name("HG19"), Some(Build::Grch37));
        assert_eq!(Build::from_name("GRCm38.p6"), Some(Build::Grcm38));
        assert_eq!(Build::from_name("GRCm39 (mm39)"), None);
    }

    #[test]
    fn a_bad_row_is_named() {
        let header = "gene\tevent\teffect\tcoordinates\tevidence\tcitation\tsource\tlicence\tgrch37\n";
        let message = |row: &str| parse("k.tsv", &format!("{header}{row}\n")).unwrap_err().to_string();
        assert_eq!(
            message("G\te\tf\tannotated\tabstract\tc\ts\tl\tchr1:+:9-9"),
            "k.tsv, line 2: `grch37` is `chr1:+:9-9` (expected chrom:strand:start0-end,...)"
        );
        assert!(message("G\te\tf\tsomehow\tabstract\tc\ts\tl").contains("`coordinates` is `somehow`"));
    }
}
