cwlVersion: v1.2
class: CommandLineTool
label: Count one sample
doc: Alignments of one sample to its counts file, the scatter step of a cohort.
baseCommand: [nadsplice, count]
hints:
  SoftwareRequirement:
    packages:
      - package: nadsplice
  ResourceRequirement:
    coresMin: $(inputs.threads)
    # Megabytes. What grows is the number of places that are expressed.
    ramMin: 2000
inputs:
  annotation:
    type: File
    doc: GTF or GFF3, plain or gzip.
    inputBinding: {prefix: --gtf}
  sample:
    type: string
    doc: Name of the sample, as in the sheet.
    inputBinding: {prefix: --sample}
  alignments:
    type: File
    doc: SAM, BAM or CRAM.
    inputBinding: {position: 1}
  threads:
    type: int
    default: 1
    inputBinding: {prefix: --threads}
  options:
    type: string[]
    doc: Further options, for example [--min-overhang, "6"].
    default: []
    inputBinding: {}
arguments:
  - prefix: --output
    valueFrom: $(inputs.sample).counts
outputs:
  counts:
    type: File
    outputBinding: {glob: $(inputs.sample).counts}
