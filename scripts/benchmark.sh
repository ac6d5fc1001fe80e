#!/usr/bin/env bash
# Counting against readers that only decompress or count lines: scripts/benchmark.sh GTF BAM [RUNS]
#
# Prints for each command the median over RUNS (5) of its CPU seconds, wall seconds and peak megabytes, and its CPU in
# relation to `samtools view -c`. The commands take turns, so that a busy machine slows all alike. NADSPLICE names the
# program, otherwise it is built. Needs samtools and GNU time; featureCounts and regtools are run where they are.
# Files to measure on come from `nadsplice simulate`, or real records from scripts/tile_bam.sh.
set -euo pipefail

gtf=$(realpath "$1")
bam=$(realpath "$2")
runs=${3:-5}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -z ${NADSPLICE:-} ]]; then
    cargo build --release --locked --quiet
    NADSPLICE=$PWD/target/release/nadsplice
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

names=() commands=()
add() {
    names+=("$1")
    commands+=("$2")
}
add "samtools view -c" "samtools view -c '$bam'"
add "samtools view -@2 -c" "samtools view -@2 -c '$bam'"
add "bgzip -dc" "bgzip -dc '$bam'"
for threads in 1 2 8; do
    add "count, $threads threads" "rm -f '$folder/a.counts'
        '$NADSPLICE' count --quiet --threads $threads --gtf '$gtf' --sample a -o '$folder/a.counts' '$bam'"
done
if command -v featureCounts >/dev/null; then
    add "featureCounts" "featureCounts -p --countReadPairs -a '$gtf' -o '$folder/features' '$bam'"
fi
if command -v regtools >/dev/null; then
    add "regtools" "regtools junctions extract -s XS -o '$folder/junctions.bed' '$bam'"
fi

for ((run = 0; run < runs; run++)); do
    for k in "${!commands[@]}"; do
        env time -f '%U %S %e %M' -o "$folder/time" bash -c "${commands[k]}" >/dev/null 2>"$folder/messages" ||
            { cat "$folder/messages" >&2; exit 1; }
        tail -n 1 "$folder/time" >>"$folder/$k"
    done
done

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
printf 'command\tcpu_s\twall_s\tpeak_mb\tcpu_ratio\n'
for k in "${!commands[@]}"; do
    cpu=$(awk '{ print $1 + $2 }' "$folder/$k" | median)
    wall=$(awk '{ print $3 }' "$folder/$k" | median)
    peak=$(awk '{ print $4 / 1024 }' "$folder/$k" | median)
    [[ $k -gt 0 ]] || least=$cpu
    awk -v name="${names[k]}" -v cpu="$cpu" -v wall="$wall" -v peak="$peak" -v least="$least" \
        'BEGIN { printf "%s\t%.2f\t%.2f\t%.0f\t%.2f\n", name, cpu, wall, peak, cpu / least }'
done
