//! `nadsplice gather`: the shards of a cohort to its tables.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use nadsplice_table::{EventRow, OutputFile, Table};

use crate::{
    cli::GlobalArgs,
    quantification::{NO_EVENTS, Shards, table_names},
};

/// Put the shards of `quantify --shard` together: the tables of the whole cohort, byte for byte.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice quantify --shard 1/2 --gtf genes.gtf.gz --samples samples.tsv -o shard1 counts/*.counts\n  nadsplice quantify --shard 2/2 --gtf genes.gtf.gz --samples samples.tsv -o shard2 counts/*.counts\n  nadsplice gather -o results shard1 shard2"
)]
pub(crate) struct GatherArgs {
    /// Folder for the tables.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// Folders of all shards, in any order.
    #[arg(value_name = "SHARD", required = true)]
    shards: Vec<PathBuf>,
}

pub(crate) fn execute(args: &GatherArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let shards = Shards::read(&args.shards)?;
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    let names = table_names(shards.rmats);
    for name in &names.by_place {
        let bytes = concatenate(&shards.folders, name, &args.output)?;
        if *name == EventRow::FILE && bytes == 0 {
            bail!(NO_EVENTS);
        }
    }
    for name in &names.whole {
        concatenate(&shards.folders[..1], name, &args.output)?;
    }
    global.messages().step(format!(
        "{} shards put together in `{}`",
        shards.folders.len(),
        args.output.display()
    ));
    Ok(())
}

/// Writes the rows of all folders' tables of a name under one header. Returns the bytes of the rows.
fn concatenate(folders: &[&Path], name: &str, output: &Path) -> anyhow::Result<u64> {
    let mut file = OutputFile::create(&output.join(name))?;
    let mut header: Option<Vec<u8>> = None;
    let mut bytes = 0;
    for folder in folders {
        let path = folder.join(name);
        let could_not = || format!("could not read `{}`", path.display());
        let mut table = BufReader::new(File::open(&path).with_context(could_not)?);
        let mut first = Vec::new();
        table.read_until(b'\n', &mut first).with_context(could_not)?;
        match &header {
            None => {
                file.append(&first)?;
                header = Some(first);
            }
            Some(header) if *header != first => {
                bail!("`{}` has other columns than its first shard", path.display())
            }
            Some(_) => {}
        }
        loop {
            let block = table.fill_buf().with_context(could_not)?;
            if block.is_empty() {
                break;
            }
            file.append(block)?;
            let length = block.len();
            table.consume(length);
            bytes += length as u64;
        }
    }
    file.finish()?;
    Ok(bytes)
}
