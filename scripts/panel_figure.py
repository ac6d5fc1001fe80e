#!/usr/bin/env python3
"""Draws the panel of a results folder as SVG: scripts/panel_figure.py RESULTS > panel.svg

One row a gene: the core genes of the panel, then all other genes that are `changed` or `unchanged`. A dot is
delta PSI of the event on which the verdict rests, a line its 95% interval. Genes without a tested event say why.
Needs nothing but Python's standard library.
"""

import csv
import re
import sys
from html import escape
from pathlib import Path

VERDICTS = {
    "changed": "#c2410c",
    "unchanged": "#1d6fb8",
    "inconclusive": "#8a8f98",
    "constitutive": "#3b7d4f",
    "not testable": "#b6bac1",
}
# Verdicts whose colour is too light for text.
FAINT = ("inconclusive", "not testable")
WIDTH = 940
TOP, ROW = 104, 20
GENE_X, ROLE_X, EVENT_X = 16, 96, 246
PLOT = (330, 700)
READS_X, VERDICT_X = 790, 812
LIMIT = 0.7


def number(cell):
    return None if cell == "NA" else float(cell)


def read(results):
    with open(Path(results) / "nad_panel.tsv", encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def shown(rows):
    """Core genes in the panel's order, then the others with a clear verdict; of the first contrast."""
    contrast = rows[0]["contrast"]
    rows = [row for row in rows if row["contrast"] == contrast]
    clear = ("changed", "unchanged")
    core = [row for row in rows if row["core"] == "yes"]
    others = [row for row in rows if row["core"] == "no" and row["verdict"] in clear]
    others.sort(key=lambda row: clear.index(row["verdict"]))
    return contrast, rows, core, others


def x_of(delta):
    left, right = PLOT
    delta = max(-LIMIT, min(LIMIT, delta))
    return (left + right) / 2 + delta / LIMIT * (right - left) / 2


def text(x, y, content, size=12, anchor="start", fill="#20242a", weight="normal"):
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
        f'font-weight="{weight}">{escape(content)}</text>'
    )


def line(x1, y1, x2, y2, colour, width=1, dash=""):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
    )


def why(row):
    """The reason of a gene without a tested event, in a few words."""
    if row["verdict"] == "constitutive":
        return "no alternative form annotated or found"
    if row["n_events"] not in ("0", "NA"):
        untested = "its event" if row["n_events"] == "1" else f"none of its {row['n_events']} events"
        return f"{untested} could {'not ' if row['n_events'] == '1' else ''}be tested"
    scarce = re.search(r"(\d+) on the least covered", row["reason"])
    if scarce:
        return f"{scarce[1]} reads on its least covered junction"
    return re.split("[,:(]", row["reason"])[0].strip()


def gene_row(row, y):
    colour = VERDICTS[row["verdict"]]
    role = row["role"].split(":")[-1]
    kind = "" if row["best_event"] == "NA" else row["best_event"].split(":")[0]
    parts = [
        text(GENE_X, y + 4, row["gene_name"], weight="bold"),
        text(ROLE_X, y + 4, role, 11, fill="#5b6270"),
        text(EVENT_X, y + 4, kind, 11, fill="#5b6270"),
        text(VERDICT_X, y + 4, row["verdict"], fill="#5b6270" if row["verdict"] in FAINT else colour),
    ]
    delta, low, high = (number(row[column]) for column in ("delta_psi", "ci_low", "ci_high"))
    if row["median_reads"] != "NA":
        parts.append(text(READS_X, y + 4, f"{float(row['median_reads']):.0f}", 11, "end", "#5b6270"))
    if delta is None:
        parts.append(text(EVENT_X, y + 4, why(row), 11, fill="#5b6270"))
        return parts
    if low is not None and high is not None:
        parts.append(line(x_of(low), y, x_of(high), y, colour, 2))
    parts.append(f'<circle cx="{x_of(delta):.1f}" cy="{y:g}" r="4.5" fill="{colour}"/>')
    return parts


def summary(rows, y):
    """A bar of all verdicts of the panel."""
    left, right = GENE_X, WIDTH - GENE_X
    parts, x = [], left
    for verdict, colour in VERDICTS.items():
        count = sum(row["verdict"] == verdict for row in rows)
        width = (right - left) * count / len(rows)
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="10" fill="{colour}"/>')
        x += width
    x = left
    for verdict, colour in VERDICTS.items():
        count = sum(row["verdict"] == verdict for row in rows)
        parts.append(f'<rect x="{x}" y="{y + 18}" width="10" height="10" fill="{colour}"/>')
        label = f"{count} {verdict}"
        parts.append(text(x + 15, y + 27, label, 12))
        x += 150
    return parts


def draw(rows):
    contrast, panel, core, others = shown(rows)
    case, control = contrast.split(":")[1:3]
    height = TOP + 44 + ROW * (len(core) + len(others)) + 62
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="Helvetica, Arial, \'DejaVu Sans\', sans-serif" role="img" '
        f'aria-label="Verdicts on {len(panel)} panel genes, {escape(case)} against {escape(control)}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        text(GENE_X, 26, f"{len(panel)} panel genes, {case} against {control}", 16, weight="bold"),
        *summary(panel, 42),
    ]
    y = TOP + 12
    for x, label, anchor in (
        (GENE_X, "gene", "start"),
        (ROLE_X, "role", "start"),
        (EVENT_X, "event", "start"),
        (sum(PLOT) / 2, f"delta PSI, {case} - {control}, 95% interval", "middle"),
        (READS_X, "median reads", "end"),
        (VERDICT_X, "verdict", "start"),
    ):
        out.append(text(x, y, label, 11, anchor, "#5b6270"))
    top = y + 10
    bottom = top + ROW * (len(core) + len(others)) + (14 if others else 0)
    out.append(f'<rect x="{x_of(-0.1):.1f}" y="{top}" width="{x_of(0.1) - x_of(-0.1):.1f}" '
               f'height="{bottom - top}" fill="#eef1f5"/>')
    out.append(line(x_of(0), top, x_of(0), bottom, "#9aa1ac"))
    y = top + ROW / 2
    for row in core:
        out += gene_row(row, y)
        y += ROW
    if others:
        out.append(line(GENE_X, y - 3, WIDTH - GENE_X, y - 3, "#d5d9df", 1, "3 3"))
        y += 14
    for row in others:
        out += gene_row(row, y)
        y += ROW
    for tick in (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6):
        out.append(line(x_of(tick), bottom, x_of(tick), bottom + 5, "#5b6270"))
        out.append(text(x_of(tick), bottom + 18, f"{tick:+.1f}" if tick else "0", 11, "middle", "#5b6270"))
    out.append(text(GENE_X, bottom + 42, "Above the dashed line the core of the panel, below it other genes with a "
                    "clear verdict. Shaded: +-0.1.", 11, fill="#5b6270"))
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: scripts/panel_figure.py RESULTS > panel.svg")
    sys.stdout.write(draw(read(sys.argv[1])))


main()
