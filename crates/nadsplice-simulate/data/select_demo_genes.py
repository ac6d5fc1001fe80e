#!/usr/bin/env python3
"""Chooses the genes of the demonstration cohort and writes `demo_genes.tsv` and `demo_plan.tsv`.

Inputs: a GTF of RefSeq transcripts on GRCh38 (UCSC `refGene` coordinates), the NAD+ panel (columns `symbol`,
`chrom`, `start`, `end`) and gene sets (GMT). Nothing but exon coordinates and gene symbols is taken from them. The
choice is a function of the inputs: every arbitrary pick goes by the SHA-256 of a name.

    ./select_demo_genes.py --gtf refseq_hg38.gtf.gz --panel panel.tsv --gmt sets.gmt
"""

import argparse
import collections
import gzip
import hashlib
import pathlib
import re

STANDARD = {f"chr{n}" for n in [*range(1, 23), "X", "Y"]}
# Symbols that this RefSeq release still carries under their former names.
FORMER = {
    "KYAT1": "CCBL1", "KYAT3": "CCBL2", "NAPRT": "NAPRT1", "NADK2": "NADKD1",
    "NOCT": "CCRN4L", "ADPRS": "ADPRHL2", "NAXD": "CARKD", "NAXE": "APOA1BP",
}
PLANTED = "WP_AMP_ACTIVATED_PROTEIN_KINASE_SIGNALING__WP1403"
AMPK = [
    PLANTED,
    "REACTOME_ENERGY_DEPENDENT_REGULATION_OF_MTOR_BY_LKB1_AMPK__R_HSA_380972",
    "REACTOME_AMPK_INHIBITS_CHREBP_TRANSCRIPTIONAL_ACTIVATION_ACTIVITY__R_HSA_163680",
    "REACTOME_ACTIVATION_OF_PPARGC1A_PGC_1ALPHA_BY_PHOSPHORYLATION__R_HSA_2151209",
]
MTOR = [
    "REACTOME_MTOR_SIGNALLING__R_HSA_165159",
    "REACTOME_MTORC1_MEDIATED_SIGNALLING__R_HSA_166208",
    "REACTOME_AMINO_ACIDS_REGULATE_MTORC1__R_HSA_9639288",
    "WP_TARGET_OF_RAPAMYCIN_SIGNALING__WP1471",
    "GO_TORC1_COMPLEX__GO0031931",
    "GO_TORC2_COMPLEX__GO0031932",
]
# Genes of neither list with splicing events that muscle research knows.
EXTRA = ["INSR", "ATP2A1", "BIN1", "TNNT3", "LDB3", "MEF2C"]
# Panel genes whose planned event changes, with PSI in (young, old).
PANEL_CHANGED = {
    "SIRT1": (0.85, 0.45), "NADK": (0.65, 0.25), "PARP2": (0.30, 0.70), "NQO1": (0.80, 0.40),
    "NMRK1": (0.25, 0.60), "NT5E": (0.70, 0.35),
}
EXTRA_CHANGED = {"INSR": (0.75, 0.35), "BIN1": (0.30, 0.65)}
# How many unrelated genes have a target event of each kind, and how many of them change.
UNRELATED = {"SE": 210, "A5SS": 40, "A3SS": 45, "RI": 35, "MSE": 30, "MXE": 12, "AFE": 38, "ALE": 20}
UNRELATED_CHANGED = 16
PREFERENCE = ["SE", "A3SS", "A5SS", "MSE", "MXE", "RI", "AFE", "ALE"]
LOW = {"CD38": 8}


def digest(*words):
    return int.from_bytes(hashlib.sha256("\t".join(words).encode()).digest()[:8], "big")


def uniform(*words):
    return digest(*words) / 2**64


def read_gtf(path):
    """{gene: (contig, strand, [(transcript, exons)])}, 0-based; each gene at its first locus only."""
    transcripts = collections.OrderedDict()
    with gzip.open(path, "rt") as lines:
        for line in lines:
            field = line.rstrip("\n").split("\t")
            if field[2] == "exon" and field[0] in STANDARD:
                gene, transcript = re.match(r'gene_id "([^"]*)"; transcript_id "([^"]*)"', field[8]).groups()
                key = (gene, transcript, field[0], field[6])
                transcripts.setdefault(key, []).append((int(field[3]) - 1, int(field[4])))
    genes, loci = collections.OrderedDict(), collections.defaultdict(set)
    for (gene, transcript, contig, strand), exons in transcripts.items():
        loci[gene].add((contig, strand))
        entry = genes.setdefault(gene, (contig, strand, []))
        if entry[:2] == (contig, strand):
            entry[2].append((transcript, sorted(exons)))
    return genes, {gene for gene, places in loci.items() if len(places) > 1}


def length(exons):
    return sum(end - start for start, end in exons)


def events(transcripts, strand):
    """{(kind, inclusion exons, skipping exons): (transcript with inclusion, transcript with skipping)}."""
    found, exact, adjacent, triples, ends = {}, {}, {}, {}, {}
    for name, exons in transcripts:
        for exon in exons:
            exact.setdefault(exon, name)
        for pair in zip(exons, exons[1:]):
            adjacent.setdefault(pair, name)
        for triple in zip(exons, exons[1:], exons[2:]):
            triples.setdefault(triple, name)
        if len(exons) > 2:
            ends.setdefault(("left", exons[0], exons[1]), name)
            ends.setdefault(("right", exons[-1], exons[-2]), name)

    def add(kind, inclusion, skipping, with_inclusion, with_skipping):
        found.setdefault((kind, inclusion, skipping), (with_inclusion, with_skipping))

    for name, exons in transcripts:
        for i in range(len(exons)):
            for j in range(i + 2, min(len(exons), i + 8)):
                flanks = (exons[i], exons[j])
                if flanks in adjacent:
                    kind = "SE" if j == i + 2 else "MSE"
                    add(kind, tuple(exons[i : j + 1]), flanks, name, adjacent[flanks])
    for (a, b), name in adjacent.items():
        for (c, d), other in adjacent.items():
            if b == d and a[0] == c[0] and a[1] > c[1]:
                add("A5SS" if strand == "+" else "A3SS", (a, b), (c, d), name, other)
            if a == c and b[1] == d[1] and b[0] < d[0]:
                add("A3SS" if strand == "+" else "A5SS", (a, b), (c, d), name, other)
        whole = (a[0], b[1])
        if whole in exact:
            add("RI", (whole,), (a, b), exact[whole], name)
    for (u, e, d), name in triples.items():
        for (u2, f, d2), other in triples.items():
            if u == u2 and d == d2 and e[1] < f[0]:
                if any(e in exons and f in exons for _, exons in transcripts):
                    continue
                if strand == "+":
                    add("MXE", (u, e, d), (u, f, d), name, other)
                else:
                    add("MXE", (u, f, d), (u, e, d), other, name)
    for (side, a, b), name in ends.items():
        for (side2, c, d), other in ends.items():
            if side == side2 == "left" and b == d and a[1] < c[0]:
                # The left-most alternative is the distal one at either end of a gene.
                add("AFE" if strand == "+" else "ALE", (a, b), (c, b), name, other)
            if side == side2 == "right" and b == d and a[0] > c[1]:
                add("ALE" if strand == "+" else "AFE", (b, a), (b, c), name, other)
    return found


def usable(event):
    """Whether reads of 100 bases can tell the forms apart."""
    kind, inclusion, skipping = event
    if kind == "SE":
        return 15 <= length([inclusion[1]]) <= 600
    if kind == "MSE":
        return length(inclusion[1:-1]) <= 800
    if kind in ("A5SS", "A3SS"):
        return 3 <= abs(length(inclusion) - length(skipping)) <= 400 and min(map(length, ([e] for e in skipping))) >= 25
    if kind == "RI":
        return 80 <= skipping[1][0] - skipping[0][1] <= 1500
    if kind == "MXE":
        return max(length([inclusion[1]]), length([skipping[1]])) <= 400
    return min(length([exon]) for exon in (*inclusion, *skipping)) >= 60


def target(gene, transcripts, strand, order=PREFERENCE):
    """The event to plan: the first kind of the order that has a usable one, in its shortest transcripts."""
    sizes = {name: length(exons) for name, exons in transcripts}
    found = events(transcripts, strand)
    for kind in order:
        candidates = [(event, pair) for event, pair in found.items() if event[0] == kind and usable(event)]
        if candidates:
            return min(candidates, key=lambda c: (sizes[c[1][0]] + sizes[c[1][1]], c[0]))
    return None


def choose(gene, transcripts, chosen, at_most):
    """The transcripts to keep: the event's own, then the first ones of the annotation."""
    first = list(chosen[1]) if chosen else []
    rest = sorted((name for name, _ in transcripts if name not in first), key=lambda n: (not n.startswith("NM_"), digest(n)))
    keep = set((list(dict.fromkeys(first)) + rest)[:at_most])
    return [(name, exons) for name, exons in transcripts if name in keep]


def expected_fragments(gene, transcripts, chosen, informative):
    """Fragments per sample that bring about `informative` of them over one junction of the target event."""
    if not chosen:
        return round(80 + 50 * uniform("expression", gene))
    sizes = [length(exons) for name, exons in transcripts if name in chosen[1]]
    mean = max(sum(sizes) / len(sizes) - 249, 100)
    # 2x100 reads with 8 bases of overhang see a junction from 2 x 85 starts.
    spread = 0.6 + 1.4 * uniform("expression", gene) ** 2
    return round(min(max(informative * spread * mean / 170, 40), 700))


def text(exons):
    return ",".join(f"{start}-{end}" for start, end in exons)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("gtf", "panel", "gmt"):
        options.add_argument(f"--{name}", required=True, type=pathlib.Path)
    options.add_argument("--outdir", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    args = options.parse_args()

    genes, scattered = read_gtf(args.gtf)
    sets = {f[0]: f[2:] for f in (line.rstrip("\n").split("\t") for line in args.gmt.open())}
    themed = {gene for members in sets.values() for gene in members}
    panel = {}
    header, *rows = (line.split("\t") for line in args.panel.read_text().splitlines())
    for row in rows:
        field = dict(zip(header, row))
        panel[field["symbol"]] = (field["chrom"], int(field["start"]), int(field["end"]))

    selected = collections.OrderedDict()

    def select(symbol, group, at_most):
        name = symbol if symbol in genes else FORMER.get(symbol)
        if name not in genes or symbol in selected:
            return
        contig, strand, transcripts = genes[name]
        if symbol in panel:
            place, start, end = panel[symbol]
            spans = [exons for _, exons in transcripts if exons[0][0] < end and exons[-1][1] > start]
            assert contig == place and spans, f"{symbol}: {contig} is not {place}:{start}-{end}"
        chosen = target(symbol, transcripts, strand)
        selected[symbol] = (group, contig, strand, choose(symbol, transcripts, chosen, at_most), chosen)

    for symbol in panel:
        select(symbol, "panel", 4)
    for name in AMPK:
        for symbol in sets[name]:
            select(symbol, "ampk", 3)
    for name in MTOR:
        for symbol in sets[name]:
            select(symbol, "mtor", 3)
    for symbol in EXTRA:
        select(symbol, "extra", 4)

    occupied = collections.defaultdict(list)
    for group, contig, strand, transcripts, _ in selected.values():
        occupied[contig].append((min(e[0][0] for _, e in transcripts), max(e[-1][1] for _, e in transcripts)))
    quota = dict(UNRELATED)
    for symbol in sorted(genes, key=lambda gene: digest("unrelated", gene)):
        contig, strand, transcripts = genes[symbol]
        coding = [(name, exons) for name, exons in transcripts if name.startswith("NM_")]
        if (symbol in selected or symbol in themed or symbol in scattered or symbol in FORMER.values()
                or symbol.startswith("LOC") or len(coding) < 2 or len(coding) > 8):
            continue
        # The rarest kinds first, so that each quota is met.
        order = [k for k in sorted(quota, key=lambda k: UNRELATED[k]) if quota[k] > 0]
        chosen = target(symbol, coding, strand, order)
        if not chosen:
            continue
        kept = choose(symbol, coding, chosen, 3)
        if not all(700 <= length(exons) <= 2600 and 4 <= len(exons) <= 30 for name, exons in kept):
            continue
        start, end = min(e[0][0] for _, e in kept), max(e[-1][1] for _, e in kept)
        if any(start < e and s < end for s, e in occupied[contig]):
            continue
        occupied[contig].append((start, end))
        quota[chosen[0][0]] -= 1
        selected[symbol] = ("unrelated", contig, strand, kept, chosen)
        if not any(quota.values()):
            break

    plan = {}
    in_mtor = {gene for name in MTOR for gene in sets[name]}
    planted = [g for g, s in selected.items() if g in sets[PLANTED] and s[4] and g not in in_mtor and g not in panel and g not in EXTRA_CHANGED]
    planted = set(sorted(planted, key=lambda g: digest("planted", g))[:20])
    unrelated = [g for g, s in selected.items() if s[0] == "unrelated"]
    background = set(sorted(unrelated, key=lambda g: digest("changed", g))[:UNRELATED_CHANGED])
    for symbol, (group, contig, strand, transcripts, chosen) in selected.items():
        informative = {"panel": 16, "extra": 18, "ampk": 18, "mtor": 13, "unrelated": 12}[group]
        if symbol in PANEL_CHANGED:
            informative = 32
        fragments = LOW.get(symbol) or expected_fragments(symbol, transcripts, chosen, informative)
        if not chosen:
            plan[symbol] = ("no_event", fragments, None, None)
            continue
        young = round(0.2 + 0.6 * uniform("psi", symbol), 2)
        if symbol in LOW:
            plan[symbol] = ("low_coverage", fragments, 0.7, 0.7)
        elif symbol in PANEL_CHANGED:
            plan[symbol] = ("panel_changed", fragments, *PANEL_CHANGED[symbol])
        elif symbol in planted or symbol in background or symbol in EXTRA_CHANGED:
            step = round(0.32 + 0.13 * uniform("step", symbol), 2)
            old = round(young - step if young > 0.5 else young + step, 2)
            young, old = EXTRA_CHANGED.get(symbol, (young, old))
            plan[symbol] = ("set_changed" if symbol in sets[PLANTED] else "background_changed", fragments, young, old)
        else:
            plan[symbol] = ("unchanged", fragments, young, young)

    rank = {f"chr{n}": i for i, n in enumerate([*range(1, 23), "X", "Y"])}
    order = sorted(selected, key=lambda g: (rank[selected[g][1]], min(e[0][0] for _, e in selected[g][3]), g))
    with (args.outdir / "demo_genes.tsv").open("w", newline="\n") as out:
        print("gene_name", "transcript_id", "chrom", "strand", "exons0", sep="\t", file=out)
        for symbol in order:
            _, contig, strand, transcripts, _ = selected[symbol]
            for name, exons in transcripts:
                print(symbol, name, contig, strand, text(exons), sep="\t", file=out)
    with (args.outdir / "demo_plan.tsv").open("w", newline="\n") as out:
        print("gene_name", "group", "role", "fragments", "psi_young", "psi_old", "kind", "inclusion0", "skipping0", sep="\t", file=out)
        for symbol in order:
            role, fragments, young, old = plan[symbol]
            chosen = selected[symbol][4]
            last = (f"{young:.2f}", f"{old:.2f}", chosen[0][0], text(chosen[0][1]), text(chosen[0][2])) if chosen else ("NA",) * 5
            print(symbol, selected[symbol][0], role, fragments, *last, sep="\t", file=out)

    count = collections.Counter((selected[g][0], plan[g][0]) for g in order)
    for key, number in sorted(count.items()):
        print(*key, number)
    print("planted set:", sum(g in selected for g in sets[PLANTED]), "genes present,",
          sum(1 for g in sets[PLANTED] if g in selected and selected[g][4]), "with an event,", sum(p[0] == "set_changed" for p in plan.values()), "changed")
    print("genes", len(order), "transcripts", sum(len(s[3]) for s in selected.values()),
          "fragments per sample", sum(p[1] for p in plan.values()), "unmet quota", {k: v for k, v in quota.items() if v})


if __name__ == "__main__":
    main()
