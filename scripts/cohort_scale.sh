#!/usr/bin/env bash
# Time, memory and disk of a cohort by its number of samples: scripts/cohort_scale.sh GTF FOLDER [N...]
#
# Simulates libraries over the annotation, half of them of either group, and for each N (10, 100 and 1000 by default)
# measures `run` on the first N, and its steps on the counts that it left. Prints samples, command, seconds of wall
# clock, seconds of CPU, peak resident megabytes, and megabytes of what the command wrote. FRAGMENTS are those of a
# library (300000), THREADS those of each call (2). NADSPLICE names the program, otherwise it is built. Needs GNU time.
# Libraries that FOLDER has are taken up again; 1000 of 50000 fragments of 2 x 100 bases take 8 GB.
set -euo pipefail

gtf=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
shift 2
sizes=("$@")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(10 100 1000)
threads=${THREADS:-2}
# Libraries that are simulated at once, half of them in each group: a call keeps the truth of all its samples.
batch=100

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -z ${NADSPLICE:-} ]]; then
    cargo build --release --locked --quiet
    NADSPLICE=$PWD/target/release/nadsplice
fi

# The sheet of the first samples: sheet N
sheet() {
    local number seed name
    printf 'sample\tbam\tcondition\n'
    for ((k = 0; k < $1; k++)); do
        number=$((k % batch / 2 + 1)) seed=$((k / batch + 1)) name=control
        if ((k % 2)); then name=case; fi
        printf '%s_%s_%s\t%s\t%s\n' "$name" "$seed" "$number" "libraries/$seed/${name}_$number.bam" "$name"
    done
}

# Measures a call and prints its row: measure SAMPLES COMMAND OUTPUT WORD...
measure() {
    local size=$1 command=$2 output=$3
    shift 3
    env time -f '%e %U %S %M' -o "$folder/time" "$NADSPLICE" "$@"
    awk -v size="$size" -v command="$command" -v disk="$(du -sm "$output" | cut -f 1)" 'END {
        printf "%d\t%s\t%.1f\t%.1f\t%.0f\t%d\n", size, command, $1, $2 + $3, $4 / 1024, disk }' "$folder/time"
}

printf 'samples\tcommand\twall_s\tcpu_s\tpeak_mb\tdisk_mb\n'
for size in "${sizes[@]}"; do
    for ((seed = 1; seed <= (size + batch - 1) / batch; seed++)); do
        if [[ -e $folder/libraries/$seed/samples.tsv ]]; then continue; fi
        "$NADSPLICE" simulate --quiet --threads "$threads" --gtf "$gtf" --samples-per-group "$((batch / 2))" \
            --fragments "${FRAGMENTS:-300000}" --unspliced 0.02 --seed "$seed" --outdir "$folder/libraries/$seed"
    done
    samples=$folder/samples_$size.tsv results=$folder/results_$size counted=$folder/counts_$size.tsv
    sheet "$size" >"$samples"
    common=(--quiet --threads "$threads")
    measure "$size" run "$results" run "${common[@]}" --gtf "$gtf" --samples "$samples" \
        --contrast condition:case:control --outdir "$results"
    awk -F '\t' -v counts="$results/counts" 'NR == 1 { print "sample\tcounts\tcondition"; next }
        { print $1 "\t" counts "/" $1 ".counts\t" $3 }' "$samples" >"$counted"
    for option in "" --novel; do
        # shellcheck disable=SC2086 # no option is no word
        measure "$size" "quantify${option:+ $option}" "$folder/quantified" quantify "${common[@]}" --gtf "$gtf" \
            --samples "$counted" --output "$folder/quantified" $option
    done
    measure "$size" diff "$folder/tested" diff "${common[@]}" --quant "$results" --samples "$samples" \
        --contrast condition:case:control --output "$folder/tested"
    measure "$size" enrich "$folder/judged" enrich "${common[@]}" --quant "$results" --diff "$folder/tested" \
        --output "$folder/judged"
    measure "$size" 'plot data' "$results/figures/data" plot data "${common[@]}" --results "$results" \
        --samples "$counted" --gtf "$gtf"
    measure "$size" report "$results/figures" report "${common[@]}" "$results"
done
