//! `--regions`: which parts of the genome are counted.

use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;
use nadsplice_core::{Annotation, ContigId, Contigs, Gene, GeneId, Interval, Regions, Transcript};
use nadsplice_panel::Panel;

use crate::{messages::Messages, quantification::panel_genes};

/// The word for the genes of the panel.
const PANEL: &str = "panel";
/// Bases beside each gene: reads reach past the ends that an annotation has, and mates that lie there need not be
/// looked for.
const MARGIN: u32 = 1_000;
const BED_HINT: &str = "hint: a line of a BED file is a contig, a 0-based start and an end, between tabs";
/// Names that a message lists.
const SHOWN: usize = 5;

/// Parts of the genome.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Regions")]
pub(crate) struct RegionArgs {
    /// Count in parts of the genome only, and read of a BAM with an index only what they need: `panel` for the genes of
    /// the NAD+ panel, a region as in samtools (`chr1`, `chr1:1,000-2,000`, `chr1:1000-`, 1-based), or a BED file. May be
    /// repeated. A gene that a region touches is counted as a whole, with 1,000 bases on either side.
    #[arg(long, value_name = "panel|REGION|BED")]
    pub(crate) regions: Vec<String>,
}

impl RegionArgs {
    /// The regions with the whole of the genes that they touch; nothing where the whole genome is asked for.
    pub(crate) fn resolve(
        &self,
        annotation: &Annotation,
        panel: &Panel,
        messages: Messages,
    ) -> anyhow::Result<Option<Regions>> {
        if self.regions.is_empty() {
            return Ok(None);
        }
        let mut asked: Vec<(ContigId, Interval)> = Vec::new();
        for text in &self.regions {
            asked.extend(found(text, annotation, panel, messages)?);
        }
        let regions = with_genes(&Regions::new(asked), annotation);
        let inside = annotation.genes().filter(|(id, _)| is_inside(&regions, annotation, *id)).count();
        let plural = if inside == 1 { "" } else { "s" };
        messages.step(format!("counting in {}: {inside} gene{plural}", described(&regions)));
        messages.detail(format!("regions: {}", names(&regions, annotation).join(" ")));
        Ok(Some(regions))
    }
}

/// How many there are and how large they are.
pub(crate) fn described(regions: &Regions) -> String {
    let number = regions.iter().count();
    let regions_of = format!("{number} region{}", if number == 1 { "" } else { "s" });
    // How long a contig is only alignments know.
    match regions.iter().filter(|(_, interval)| interval.end() == u32::MAX).count() {
        0 => format!("{regions_of} of {:.3} Mb", regions.bases() as f64 / 1e6),
        open => format!("{regions_of}, {open} of them to the contig's end"),
    }
}

/// What of the genome was counted.
pub(crate) fn extent(regions: Option<&Regions>) -> String {
    regions.map_or_else(|| "the whole genome".to_owned(), described)
}

/// All regions as samtools writes them, 1-based and closed.
pub(crate) fn names(regions: &Regions, annotation: &Annotation) -> Vec<String> {
    regions
        .iter()
        .map(|(contig, interval)| {
            let name = annotation.contigs.name(contig);
            match (interval.start(), interval.end()) {
                (0, u32::MAX) => name.to_owned(),
                (start, u32::MAX) => format!("{name}:{}-", u64::from(start) + 1),
                _ => format!("{name}:{interval}"),
            }
        })
        .collect()
}

/// Whether all of a gene lies in the regions.
pub(crate) fn is_inside(regions: &Regions, annotation: &Annotation, gene: GeneId) -> bool {
    let gene = annotation.gene(gene);
    spans(gene).all(|span| regions.enclose(gene.contig, span))
}

/// Where the transcripts of a gene lie. Some annotations give one gene to copies that are far from each other; what lies
/// between them is none of its.
fn spans(gene: &Gene) -> impl Iterator<Item = Interval> + '_ {
    gene.transcripts.iter().filter_map(Transcript::span)
}

/// Regions with the whole of every gene that they touch, and a margin around each.
fn with_genes(asked: &Regions, annotation: &Annotation) -> Regions {
    let wide = |span: Interval| {
        Interval::new(span.start().saturating_sub(MARGIN), span.end().saturating_add(MARGIN))
    };
    let touched = annotation
        .genes
        .iter()
        .filter(|gene| spans(gene).any(|span| asked.overlap(gene.contig, span)))
        .flat_map(|gene| spans(gene).filter_map(wide).map(|span| (gene.contig, span)));
    Regions::new(asked.iter().chain(touched))
}

fn found(
    text: &str,
    annotation: &Annotation,
    panel: &Panel,
    messages: Messages,
) -> anyhow::Result<Vec<(ContigId, Interval)>> {
    if text == PANEL {
        let genes = panel_genes(panel, annotation);
        let spans: Vec<_> = annotation
            .genes()
            .filter(|(id, _)| genes.contains(id))
            .flat_map(|(_, gene)| spans(gene).map(|span| (gene.contig, span)))
            .collect();
        if spans.is_empty() {
            bail!(
                "--regions {PANEL}: none of the {} genes of the panel is in the annotation\n\
                 hint: the embedded panel is of human genes, found by Ensembl id, Entrez id and symbol",
                panel.genes().len()
            );
        }
        return Ok(spans);
    }
    if let Some(region) = region(text, &annotation.contigs)? {
        return Ok(vec![region]);
    }
    let path = Path::new(text);
    if path.is_file() {
        return bed(path, &annotation.contigs, messages)
            .with_context(|| format!("could not use regions `{text}`"));
    }
    let contigs: Vec<&str> = annotation.contigs.names().iter().take(SHOWN).map(String::as_str).collect();
    bail!(
        "--regions `{text}` is neither `{PANEL}`, nor on a contig of the annotation (which has {}), nor a BED file\n\
         hint: a region is written `chr1:1,000-2,000`, 1-based with both ends",
        contigs.join(", ")
    )
}

/// A region as samtools reads it; nothing where it does not begin with a contig.
fn region(text: &str, contigs: &Contigs) -> anyhow::Result<Option<(ContigId, Interval)>> {
    let whole = contigs.resolve(text).and_then(|id| Some((id, Interval::new(0, u32::MAX)?)));
    let Some((contig, range)) =
        text.rsplit_once(':').and_then(|(name, range)| Some((contigs.resolve(name)?, range)))
    else {
        return Ok(whole);
    };
    if whole.is_some() {
        bail!(
            "--regions `{text}` is the name of a contig and also a region of another one\n\
             hint: name it in a BED file"
        );
    }
    let range = range.replace(',', "");
    let (first, last) = range.split_once('-').unwrap_or((&range, ""));
    let number = |text: &str, none: u32| if text.is_empty() { Some(none) } else { text.parse().ok() };
    let interval = match (number(first, 1), number(last, u32::MAX)) {
        (Some(first @ 1..), Some(last)) if !range.is_empty() => Interval::new(first - 1, last),
        _ => None,
    };
    let Some(interval) = interval else {
        bail!(
            "--regions `{text}` is no region\n\
             hint: a region is written `chr1:1,000-2,000`, 1-based with both ends; `chr1:1000` and `chr1:1000-` reach \
             to the contig's end"
        );
    };
    Ok(Some((contig, interval)))
}

/// The regions of a BED file: contig, 0-based start, end, and whatever follows.
fn bed(path: &Path, contigs: &Contigs, messages: Messages) -> anyhow::Result<Vec<(ContigId, Interval)>> {
    let bytes = std::fs::read(path)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bail!("it is compressed\nhint: `gzip -dc` it");
    }
    let text = String::from_utf8(bytes).ok().context("it is no text")?;
    let (mut regions, mut unknown) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let is_header = ["#", "track", "browser"].iter().any(|word| line.starts_with(word));
        if is_header || line.trim().is_empty() {
            continue;
        }
        let mut fields = line.split_whitespace();
        let (Some(name), Some(start), Some(end)) = (fields.next(), fields.next(), fields.next()) else {
            bail!("line {number}: expected contig, start and end, found `{line}`\n{BED_HINT}");
        };
        let interval = start.parse().ok().zip(end.parse().ok()).and_then(|(s, e)| Interval::new(s, e));
        let Some(interval) = interval else {
            bail!(
                "line {number}: expected a 0-based start below an end, found `{start}` and `{end}`\n{BED_HINT}"
            );
        };
        match contigs.resolve(name) {
            Some(contig) => regions.push((contig, interval)),
            None => unknown.push(name.to_owned()),
        }
    }
    if regions.is_empty() {
        match unknown.first() {
            Some(name) => {
                let known: Vec<&str> = contigs.names().iter().take(SHOWN).map(String::as_str).collect();
                bail!(
                    "no contig of it is in the annotation: the first is `{name}`, the annotation has {}\n\
                     hint: take the annotation that the regions were made for",
                    known.join(", ")
                )
            }
            None => bail!("it has no region\n{BED_HINT}"),
        }
    }
    if let Some(name) = unknown.first() {
        messages.warn(format!(
            "`{}`: {} of {} regions are on contigs that the annotation does not have (first: `{name}`)",
            path.display(),
            unknown.len(),
            unknown.len() + regions.len(),
        ));
    }
    Ok(regions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contigs(names: &[&str]) -> Contigs {
        let mut contigs = Contigs::default();
        for name in names {
            contigs.intern(name);
        }
        contigs
    }

    fn at(text: &str, names: &[&str]) -> Option<(u32, u32, u32)> {
        let found = region(text, &contigs(names)).unwrap();
        found.map(|(id, interval)| (id.0, interval.start(), interval.end()))
    }

    #[test]
    fn regions_are_read_as_samtools_reads_them() {
        let names = ["chr1", "chr2", "HLA:1"];
        assert_eq!(at("chr2:1,001-2,000", &names), Some((1, 1000, 2000)));
        assert_eq!(at("2:1001-2000", &names), Some((1, 1000, 2000)), "without `chr`");
        assert_eq!(at("chr1", &names), Some((0, 0, u32::MAX)));
        for open in ["chr1:501", "chr1:501-"] {
            assert_eq!(at(open, &names), Some((0, 500, u32::MAX)), "{open}");
        }
        assert_eq!(at("chr1:-500", &names), Some((0, 0, 500)));
        assert_eq!(at("HLA:1", &names), Some((2, 0, u32::MAX)));
        assert_eq!(at("HLA:1:5-9", &names), Some((2, 4, 9)));
        assert_eq!(at("chr3:5-9", &names), None);
        for wrong in ["chr1:0-5", "chr1:9-5", "chr1:x-5", "chr1:", "chr1:5-6-7", "chr1:1-5000000000"] {
            assert!(region(wrong, &contigs(&names)).is_err(), "{wrong}");
        }
        assert!(region("HLA:1", &contigs(&["HLA", "HLA:1"])).is_err(), "two meanings");
    }

    #[test]
    fn a_region_to_the_end_of_a_contig_has_no_length() {
        let regions = |intervals: &[(u32, u32)]| {
            Regions::new(intervals.iter().map(|&(s, e)| (ContigId(0), Interval::new(s, e).unwrap())))
        };
        assert_eq!(described(&regions(&[(0, 500), (1_000, 2_500)])), "2 regions of 0.002 Mb");
        let open = regions(&[(0, 500), (1_000, u32::MAX)]);
        assert_eq!(described(&open), "2 regions, 1 of them to the contig's end");
    }

    #[test]
    fn a_gene_that_is_touched_is_inside_as_a_whole() {
        let mut annotation = Annotation::default();
        let contig = annotation.contigs.intern("chr1");
        for (k, (start, end)) in [(5_000, 9_000), (9_500, 20_000), (300, 400)].into_iter().enumerate() {
            let exons = vec![Interval::new(start, end).unwrap()];
            let transcripts = vec![Transcript { id: format!("T{k}"), exons, cds: Vec::new() }];
            annotation.genes.push(Gene {
                id: format!("G{k}"),
                name: None,
                contig,
                strand: None,
                transcripts,
            });
        }
        let asked = Regions::new([(contig, Interval::new(8_999, 9_200).unwrap())]);
        let wide = with_genes(&asked, &annotation);
        assert_eq!(names(&wide, &annotation), ["chr1:4001-10000"]);
        let inside = |gene| is_inside(&wide, &annotation, GeneId(gene));
        assert!(inside(0) && !inside(1) && !inside(2));
        let asked = Regions::new([(contig, Interval::new(399, 400).unwrap())]);
        assert_eq!(names(&with_genes(&asked, &annotation), &annotation), ["chr1:1-1400"]);
    }
}
