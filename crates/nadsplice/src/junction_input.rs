//! Junction tables of other programs in place of alignments and counts files.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use nadsplice_align::{
    JunctionMatrix, JunctionSample, JunctionTableError, KnownIntrons, is_counts_file, junction_file,
    read_junctions,
};
use nadsplice_core::SampleCounts;
use nadsplice_diff::Sample;

use crate::{annotation::LoadedAnnotation, cohort::check_tables_build};

/// Where a sample's counts come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Alignments that are counted first.
    Alignments(PathBuf),
    /// A counts file.
    Counts(PathBuf),
    /// A junction table of this one sample.
    Table(PathBuf),
    /// A junction table of many samples, which has this one under the id.
    Shared { path: PathBuf, id: String },
}

impl Source {
    /// Which sample of a table of several it is.
    pub(crate) fn table_id(&self) -> Option<&str> {
        match self {
            Self::Shared { id, .. } => Some(id),
            _ => None,
        }
    }

    /// What the sheet says of a sample: alignments, else counts, else a junction table. A file in the column `counts`
    /// may be a junction table, too.
    pub(crate) fn of(sample: &Sample) -> anyhow::Result<Self> {
        match &sample.alignments {
            Some(path) => Ok(Self::Alignments(path.clone())),
            None => Self::without_alignments(sample),
        }
    }

    /// The same for a command that does not count: alignments are passed over.
    pub(crate) fn without_alignments(sample: &Sample) -> anyhow::Result<Self> {
        let id = sample.table_id.as_ref().unwrap_or(&sample.name);
        if let Some(path) = &sample.counts {
            return Self::of_file(path, id);
        }
        match &sample.junctions {
            Some(path) => Ok(Self::of_table(path, id)?),
            None => bail!("sample `{}` has neither alignments nor counts nor junctions", sample.name),
        }
    }

    /// A counts file, or a junction table in its place.
    pub(crate) fn of_file(path: &Path, id: &str) -> anyhow::Result<Self> {
        if is_counts_file(path)? {
            return Ok(Self::Counts(path.to_owned()));
        }
        let found = match Self::of_table(path, id) {
            Ok(table) => return Ok(table),
            Err(JunctionTableError::OtherFile { found, .. }) => found,
            Err(JunctionTableError::Empty { .. }) => "it is empty".to_owned(),
            Err(other) => return Err(other.into()),
        };
        bail!(
            "`{}` is not a counts file of nadsplice, nor a junction table: {found}\n\
             hint: `nadsplice count` makes a counts file from alignments; junction tables are STAR's SJ.out.tab, BED12 \
             of regtools, Snaptron's junctions and recount3's .MM",
            path.display()
        )
    }

    fn of_table(path: &Path, id: &str) -> Result<Self, JunctionTableError> {
        Ok(if junction_file(path)?.has_many_samples() {
            Self::Shared { path: path.to_owned(), id: id.to_owned() }
        } else {
            Self::Table(path.to_owned())
        })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Alignments(path) | Self::Counts(path) | Self::Table(path) | Self::Shared { path, .. } => {
                path
            }
        }
    }

    /// The file of a junction table.
    pub(crate) fn table(&self) -> Option<&Path> {
        matches!(self, Self::Table(_) | Self::Shared { .. }).then(|| self.path())
    }
}

/// The name of the sample that a table of one sample is of, by the table's file name: what stands before STAR's
/// `SJ.out.tab`, or the folder's name where nothing does; otherwise the name without its endings.
pub(crate) fn sample_by_file_name(path: &Path) -> String {
    const ENDINGS: [&str; 7] = [".counts", ".junctions.bed", ".junc", ".bed", ".tab", ".tsv", ".txt"];
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let bare = [".gz", ".bgz"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    if let Some(prefix) = bare.strip_suffix("SJ.out.tab") {
        let prefix = prefix.trim_end_matches(['.', '_', '-']);
        if !prefix.is_empty() {
            return prefix.to_owned();
        }
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        return folder.to_string_lossy().into_owned();
    }
    ENDINGS.iter().find_map(|ending| bare.strip_suffix(ending)).unwrap_or(bare).to_owned()
}

/// What the junction tables of a cohort are read with. Tables of many samples are in memory, as far as the cohort needs
/// them; those of one sample are read when their sample's turn comes.
pub(crate) struct JunctionInputs<'a> {
    known: KnownIntrons<'a>,
    shared: BTreeMap<PathBuf, Shared>,
    any: bool,
    allow_build_mismatch: bool,
}

struct Shared {
    /// Sorted.
    ids: Vec<String>,
    table: JunctionMatrix,
}

impl<'a> JunctionInputs<'a> {
    /// Prepares the junction tables among the sources of samples. Alignments and junction tables in one cohort are
    /// refused: what differs between the two ways of counting would pass for a difference between samples.
    pub(crate) fn open(
        loaded: &'a LoadedAnnotation,
        sources: &[(&str, Source)],
        allow_build_mismatch: bool,
    ) -> anyhow::Result<Self> {
        let tables: Vec<&str> = sources.iter().filter(|s| s.1.table().is_some()).map(|s| s.0).collect();
        let others: Vec<&str> = sources.iter().filter(|s| s.1.table().is_none()).map(|s| s.0).collect();
        if let (Some(table), Some(other)) = (tables.first(), others.first()) {
            bail!(
                "{} of {} samples are junction tables (first: `{table}`), the others alignments or counts files \
                 (first: `{other}`)\n\
                 hint: one cohort is of one kind; the two count differently, which would pass for a difference between \
                 samples",
                tables.len(),
                sources.len(),
            );
        }
        let mut own: BTreeMap<&Path, &str> = BTreeMap::new();
        let mut wanted: BTreeMap<&PathBuf, BTreeSet<&String>> = BTreeMap::new();
        for (name, source) in sources {
            match source {
                Source::Table(path) => {
                    if let Some(first) = own.insert(path, name) {
                        bail!(
                            "`{}` is the junction table of sample `{first}` and of sample `{name}`",
                            path.display()
                        );
                    }
                }
                Source::Shared { path, id } => {
                    if !wanted.entry(path).or_default().insert(id) {
                        bail!(
                            "two samples of the sheet have the id `{id}` in `{}` (one is `{name}`)",
                            path.display()
                        );
                    }
                }
                Source::Alignments(_) | Source::Counts(_) => {}
            }
        }
        let known = KnownIntrons::new(&loaded.annotation, loaded.content_hash);
        let mut shared = BTreeMap::new();
        for (path, ids) in wanted {
            let ids: Vec<String> = ids.into_iter().cloned().collect();
            let table = JunctionMatrix::read(path, &ids, &known)?;
            shared.insert(path.clone(), Shared { ids, table });
        }
        Ok(Self { known, shared, any: !tables.is_empty(), allow_build_mismatch })
    }

    /// Whether the cohort's samples are junction tables.
    pub(crate) const fn any(&self) -> bool {
        self.any
    }

    /// The counts of a sample that has a junction table, with what there is to say about them.
    pub(crate) fn read(&self, name: &str, source: &Source) -> anyhow::Result<(SampleCounts, Vec<String>)> {
        let could_not = || format!("could not use the junctions of sample `{name}`");
        let JunctionSample { counts, unmatched } = match source {
            Source::Table(path) => read_junctions(path, name, &self.known),
            Source::Shared { path, id } => {
                let found = self.shared.get(path).and_then(|s| Some((s, s.ids.binary_search(id).ok()?)));
                let (shared, position) =
                    found.with_context(|| format!("junction table `{}` was not read", path.display()))?;
                shared.table.sample(position, name, &self.known)
            }
            Source::Alignments(path) | Source::Counts(path) => {
                bail!("`{}` is no junction table", path.display())
            }
        }
        .with_context(could_not)?;
        if !self.allow_build_mismatch {
            check_tables_build(&counts, source.path()).with_context(could_not)?;
        }
        let mut warnings = Vec::new();
        if unmatched.junctions > 0 {
            warnings.push(format!(
                "sample `{name}`: {} reads over {} junctions lie on {} contigs that the annotation does not have (first: \
                 `{}`)",
                unmatched.reads,
                unmatched.junctions,
                unmatched.contigs.len(),
                unmatched.contigs.first().map_or("", String::as_str),
            ));
        }
        Ok((counts, warnings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_named_as_star_names_its_files() {
        let name = |path| sample_by_file_name(Path::new(path));
        assert_eq!(name("a/old_1.SJ.out.tab"), "old_1");
        assert_eq!(name("a/old_1_SJ.out.tab.gz"), "old_1");
        assert_eq!(name("a/old_1SJ.out.tab"), "old_1");
        assert_eq!(name("runs/old_1/SJ.out.tab"), "old_1");
        assert_eq!(name("x/old.1.junctions.bed.gz"), "old.1");
        assert_eq!(name("old_1.junc"), "old_1");
    }
}
