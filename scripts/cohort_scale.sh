#!/usr/bin/env bash
# Time and memory of `nadsplice quantify` by the number of samples: scripts/cohort_scale.sh GTF FOLDER [N...]
#
# Simulates ten libraries over the annotation, counts them under N names in rotation (10, 100 and 1000 by default), and
# prints for each N and kind of call: samples, option, seconds of wall clock, seconds of CPU, peak resident megabytes.
# FRAGMENTS are those of a library (300000), THREADS those of each call (2). NADSPLICE names the program, otherwise it
# is built. Needs GNU time. Counts files that FOLDER has are taken up again.
set -euo pipefail

gtf=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
shift 2
sizes=("$@")
[[ ${#sizes[@]} -gt 0 ]] || sizes=(10 100 1000)
threads=${THREADS:-2}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -z ${NADSPLICE:-} ]]; then
    cargo build --release --locked --quiet
    NADSPLICE=$PWD/target/release/nadsplice
fi

if [[ ! -e $folder/libraries/samples.tsv ]]; then
    "$NADSPLICE" simulate --quiet --threads "$threads" --gtf "$gtf" --samples-per-group 5 \
        --fragments "${FRAGMENTS:-300000}" --unspliced 0.02 --outdir "$folder/libraries"
fi
mkdir -p "$folder/linked"
mapfile -t libraries < <(cd "$folder/libraries" && ls -- *.bam)

printf 'samples\toption\twall_s\tcpu_s\tpeak_mb\n'
for size in "${sizes[@]}"; do
    sheet=$folder/samples_$size.tsv
    printf 'sample\tbam\tcondition\n' >"$sheet"
    for ((k = 0; k < size; k++)); do
        library=${libraries[k % ${#libraries[@]}]}
        name=$(printf 's%04d' "$k")
        # A sheet has each file once.
        ln -f "$folder/libraries/$library" "$folder/linked/$name.bam"
        printf '%s\t%s\t%s\n' "$name" "$folder/linked/$name.bam" "$((k % 2))" >>"$sheet"
    done
    "$NADSPLICE" run --quiet --threads "$threads" --gtf "$gtf" --samples "$sheet" --outdir "$folder/counted"
    awk -F '\t' -v counts="$folder/counted/counts" 'NR == 1 { print "sample\tcounts\tcondition"; next }
        { print $1 "\t" counts "/" $1 ".counts\t" $3 }' "$sheet" >"$folder/counts_$size.tsv"
    for option in "" --novel; do
        # shellcheck disable=SC2086 # no option is no word
        env time -f '%e %U %S %M' -o "$folder/time" "$NADSPLICE" quantify --quiet --threads "$threads" \
            --gtf "$gtf" --samples "$folder/counts_$size.tsv" --output "$folder/tables" $option
        awk -v size="$size" -v option="${option:-none}" 'END {
            printf "%d\t%s\t%.1f\t%.1f\t%.0f\n", size, option, $1, $2 + $3, $4 / 1024 }' "$folder/time"
    done
done
