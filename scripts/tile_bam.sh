#!/usr/bin/env bash
# A large BAM of real records, for benchmarks: scripts/tile_bam.sh GTF BASES COPIES PREFIX BAM...
#
# Lays COPIES of the records of small, indexed BAMs of one region behind one another on one contig, BASES apart, with
# names of their own, and the annotation with them; writes PREFIX.bam with its index and PREFIX.gtf.gz. The region must
# be shorter than BASES, and all copies must end before base 536,870,911, the last that a .bai index has. Every copy
# must give the same counts. Needs samtools.
set -euo pipefail

gtf=$1 bases=$2 copies=$3 prefix=$4
shift 4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for bam in "$@"; do samtools view "$bam"; done | sort -k3,3 -k4,4n >"$folder/records.sam"
contig=$(cut -f 3 "$folder/records.sam" | sort -u)
if [[ $contig == *$'\n'* ]]; then
    echo "the records lie on more than one contig" >&2
    exit 1
fi
{
    printf '@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:%s\tLN:536870911\n' "$contig"
    for ((copy = 0; copy < copies; copy++)); do
        awk -F '\t' -v OFS='\t' -v copy="$copy" -v by="$((copy * bases))" \
            '{ $1 = copy "." $1; $4 += by; if ($7 == "=") $8 += by; print }' "$folder/records.sam"
    done
} | samtools view -b -o "$prefix.bam" -
samtools index "$prefix.bam"

for ((copy = 0; copy < copies; copy++)); do
    awk -F '\t' -v OFS='\t' -v contig="$contig" -v copy="$copy" -v by="$((copy * bases))" \
        '!/^#/ && $1 == contig { $4 += by; $5 += by; gsub(/_id "/, "&" copy "."); print }' "$gtf"
done | gzip >"$prefix.gtf.gz"
