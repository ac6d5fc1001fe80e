//! STAR's list of junctions to insert into its index (`--sjdbFileChrStartEnd`).

use std::{io::Write, path::Path};

use nadsplice_core::Strand;
use nadsplice_table::{JUNCTIONS, OutputFile, SampleColumns};

const FILE: &str = "sjdb.tab";

/// Writes every junction that a read of the cohort crosses: contig, first and last base of the intron (1-based),
/// strand. STAR takes `.` for an unknown strand and looks at the motif.
pub(crate) fn export(results: &Path, output: &Path) -> anyhow::Result<()> {
    let junctions = JUNCTIONS.read::<u32>(results, SampleColumns::All)?;
    let mut file = OutputFile::create(&output.join(FILE))?;
    for (k, junction) in junctions.leads().iter().enumerate() {
        if junctions.row(k).iter().flatten().any(|&n| n > 0) {
            let strand = Strand::symbol_of(junction.strand);
            writeln!(file, "{}\t{}\t{}\t{strand}", junction.chrom, junction.start0 + 1, junction.end)?;
        }
    }
    Ok(file.finish()?)
}
