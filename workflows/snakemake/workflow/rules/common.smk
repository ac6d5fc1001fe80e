import csv
import shlex
from pathlib import Path

from snakemake.utils import validate

validate(config, "../schemas/config.schema.yaml")

OUTDIR = config["outdir"].rstrip("/")
LOGS = f"{OUTDIR}/logs"
BENCHMARKS = f"{OUTDIR}/benchmarks"


def read_sheet(path):
    """Rows of the sample sheet, by sample; TSV or CSV, as its first line has it."""
    with open(path, encoding="utf-8-sig", newline="") as sheet:
        lines = [line for line in sheet if line.strip()]
    delimiter = "\t" if lines and "\t" in lines[0] else ","
    samples = {}
    for row in csv.DictReader(lines, delimiter=delimiter):
        row = {name.strip(): (cell or "").strip() for name, cell in row.items() if name}
        validate(row, "../schemas/samples.schema.yaml")
        if row["sample"] in samples:
            raise WorkflowError(f"{path}: sample {row['sample']} stands there twice")
        samples[row["sample"]] = row
    if not samples:
        raise WorkflowError(f"{path}: there is no sample")
    return samples


SAMPLES = read_sheet(config["samples"])


wildcard_constraints:
    sample="|".join(re.escape(sample) for sample in SAMPLES),
    shard=r"\d+",


def beside_sheet(path):
    """A path of the sheet: relative to the sheet."""
    return str(Path(config["samples"]).parent / path)


def alignments(wildcards):
    return beside_sheet(SAMPLES[wildcards.sample]["bam"])


def counts_files():
    """The counts file of every sample: one that the sheet names, or one to be made."""
    return [
        (
            f"{OUTDIR}/counts/{sample}.counts"
            if row.get("bam")
            else beside_sheet(row["counts"])
        )
        for sample, row in SAMPLES.items()
    ]


def tables(*names):
    return [f"{OUTDIR}/{name}.tsv" for name in names]


QUANTIFIED = tables(
    "samples",
    "inclusion_counts",
    "skipping_counts",
    "inclusion_lengths",
    "skipping_lengths",
    "psi_low",
    "psi_high",
    "gene_counts",
    "gene_tpm",
    "clusters",
    "cluster_usage",
    "consequences",
    "missing_samples",
)
TESTED = tables(
    "contrast_samples",
    "diagnostics",
    "gene_expression",
    "sample_checks",
    "sample_pca",
)


def targets():
    """What is asked for: tables of the cohort, and of the tests where a contrast is named."""
    wanted = tables("events")
    if config["contrasts"]:
        wanted += tables("nad_panel")
    if config["report"]:
        wanted.append(f"{OUTDIR}/report.html")
    return wanted


def write_counts_sheet(path, missing):
    """The sample sheet with counts files in place of alignments, without the samples that are missing."""
    with open(missing) as table:
        left_out = {row["sample"] for row in csv.DictReader(table, delimiter="\t")}
    counts = dict(zip(SAMPLES, counts_files()))
    paths = {"bam", "genome_bam", "counts"}
    columns = [name for name in next(iter(SAMPLES.values())) if name not in paths]
    with open(path, "w", newline="") as sheet:
        writer = csv.writer(sheet, delimiter="\t", lineterminator="\n")
        writer.writerow([*columns, "counts"])
        for sample, row in SAMPLES.items():
            if sample not in left_out:
                cells = [row[name] for name in columns]
                writer.writerow([*cells, Path(counts[sample]).resolve()])


def options(name, values):
    """An option of the command line for each value."""
    values = [values] if isinstance(values, str) else values
    return " ".join(f"{name} {shlex.quote(value)}" for value in values if value)


def design():
    return " ".join(
        [
            options("--contrast", config["contrasts"]),
            options("--covariate", config["covariates"]),
            options("--pair", config["pair"]),
        ]
    )


# Memory and time of the jobs. Each attempt asks for more.


def count_memory(wildcards, input, attempt):
    """Megabytes: annotation and catalogue, then what grows with the places that are expressed."""
    return int(attempt * (600 + 0.1 * input.size_mb))


def count_minutes(wildcards, input, attempt):
    """Minutes: the annotation, then 20 MB of alignments a second and thread at worst."""
    return int(attempt * (10 + input.size_mb / 600))


def quantify_memory(wildcards, input, threads, attempt):
    """Megabytes: annotation and catalogue, and each thread has the counts of a sample in memory."""
    counts = sum(Path(path).stat().st_size for path in counts_files()) / 1e6
    return int(attempt * (1000 + 8 * threads * counts / len(SAMPLES)))


def cohort_memory(wildcards, attempt):
    """Megabytes: whole tables are read, a number for each event or junction and sample."""
    return int(attempt * (1500 + 4 * len(SAMPLES)))


def cohort_minutes(wildcards, attempt):
    return int(attempt * (20 + 0.1 * len(SAMPLES)))
