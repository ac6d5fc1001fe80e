//! A small cohort of two groups that many tests share.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use nadsplice_core::EventKind;
use nadsplice_simulate::{Cohort, CohortSpec, Library, SampleFile, gtf_text, write_sample};

use crate::{
    cohort::{Genes, cohort},
    data::{Entry, write_sheet},
    program::{Called, run},
    scratch::scratch,
};

/// The contrast of the toy cohort.
pub(crate) const CONTRAST: [&str; 2] = ["--contrast", "condition:old:young"];
/// Its samples with their groups.
pub(crate) const SAMPLES: [(&str, &str); 4] =
    [("old_1", "old"), ("old_2", "old"), ("young_1", "young"), ("young_2", "young")];
/// Names of its first genes, of which a panel knows some.
const NAMES: [&str; 5] = ["SIRT1", "NADK", "CD38", "NAMPT", "PARP1"];
const GROUPS: [&str; 2] = ["young", "old"];
const FRAGMENTS: u64 = 20_000;

/// Two samples in each of two groups, reverse-stranded 2x100.
pub(crate) struct Toy {
    pub(crate) folder: PathBuf,
    pub(crate) gtf: PathBuf,
    pub(crate) genes: Genes,
    pub(crate) sheet: PathBuf,
    spec: CohortSpec,
}

impl Toy {
    /// The alignments of a sample.
    pub(crate) fn bam(&self, sample: &str) -> PathBuf {
        self.folder.join(format!("{sample}.bam"))
    }

    /// The sheet's rows.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        SAMPLES.iter().map(|&(name, group)| (name.to_owned(), self.bam(name), group)).collect()
    }

    /// Writes a sheet in which one sample has other alignments.
    pub(crate) fn sheet_with(&self, path: &Path, sample: &str, alignments: &Path) {
        let mut entries = self.entries();
        alignments.clone_into(&mut entries.iter_mut().find(|e| e.0 == sample).unwrap().1);
        write_sheet(path, &entries);
    }

    /// Writes a sample's alignments once more, in the format of the path's extension.
    pub(crate) fn write_as(&self, sample: &str, path: &Path) {
        let cohort = Cohort::new(&self.genes.annotation, &self.spec).unwrap();
        let number = cohort.samples().iter().position(|s| s.name == sample).unwrap();
        let drawn = &cohort.samples()[number];
        let file = SampleFile {
            path,
            contigs: cohort.contigs(),
            seed: self.spec.seed,
            sample: u32::try_from(number).unwrap(),
            fragments: drawn.fragments,
            extra_threads: 0,
            compression_level: None,
        };
        write_sample(&file, &drawn.library, cohort.molecules(), &drawn.abundances).unwrap();
    }
}

/// The toy cohort.
pub(crate) fn toy() -> &'static Toy {
    static TOY: OnceLock<Toy> = OnceLock::new();
    TOY.get_or_init(|| {
        let folder = scratch("toy");
        let mut events = Vec::new();
        for length in (30..=240).step_by(30) {
            events.extend(EventKind::ALL.map(|kind| (kind, length, 300 - length)));
        }
        let genes = Genes::new(&events, &NAMES);
        let gtf = folder.join("genes.gtf");
        fs::write(&gtf, gtf_text(&genes.annotation)).unwrap();
        // Every fourth event changes.
        let psi = |gene: usize| if gene.is_multiple_of(4) { vec![0.3, 0.8] } else { vec![0.6, 0.6] };
        let specs = genes.specs(|gene, _| (1.0, psi(gene)));
        let samples: Vec<(String, usize)> = SAMPLES
            .iter()
            .map(|&(name, group)| (name.to_owned(), GROUPS.iter().position(|&g| g == group).unwrap()))
            .collect();
        let spec = cohort(7, Library::default(), &GROUPS, &samples, FRAGMENTS, specs);
        Cohort::new(&genes.annotation, &spec).unwrap().write(&folder, 2).unwrap();
        let toy = Toy { sheet: folder.join("sheet.tsv"), gtf, genes, spec, folder };
        write_sheet(&toy.sheet, &toy.entries());
        toy
    })
}

/// The folder of results of `run` on the toy cohort.
pub(crate) fn toy_results() -> &'static Path {
    static RESULTS: OnceLock<PathBuf> = OnceLock::new();
    RESULTS.get_or_init(|| {
        let toy = toy();
        let results = toy.folder.join("results");
        Called::of(run(&toy.sheet, &toy.gtf, &results).args(CONTRAST)).succeeded();
        results
    })
}
