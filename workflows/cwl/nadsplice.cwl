cwlVersion: v1.2
class: Workflow
label: Alternative splicing of a cohort
doc: >
  Alignments to panel verdicts: each sample is counted, the cohort is quantified, contrasts are tested, the genes of
  NAD+ metabolism are judged, and a report is made.
requirements:
  ScatterFeatureRequirement: {}
inputs:
  annotation:
    type: File
    doc: GTF or GFF3, plain or gzip.
  sheet:
    type: File
    doc: Sample sheet (TSV or CSV) with sample, condition and covariates.
  samples:
    type: string[]
    doc: Names of the samples, as in the sheet.
  alignments:
    type: File[]
    doc: SAM, BAM or CRAM of each sample, in the order of the names.
  contrasts:
    type: string[]
    doc: factor:case:control. Differences are case minus control.
  reference:
    type: File?
    doc: Genome sequence.
    secondaryFiles: [.fai]
  gene_sets:
    type: File[]
    doc: Further gene sets (GMT).
    default: []
  count_options: {type: "string[]", default: []}
  quantify_options: {type: "string[]", default: []}
  diff_options: {type: "string[]", default: []}
  threads:
    type: int
    doc: Threads of each job.
    default: 2
steps:
  count:
    run: count.cwl
    scatter: [sample, alignments]
    scatterMethod: dotproduct
    in:
      annotation: annotation
      sample: samples
      alignments: alignments
      threads: threads
      options: count_options
    out: [counts]
  quantify:
    run: quantify.cwl
    in:
      annotation: annotation
      sheet: sheet
      counts: count/counts
      reference: reference
      threads: threads
      options: quantify_options
    out: [quantified]
  diff:
    run: diff.cwl
    in:
      quantified: quantify/quantified
      sheet: sheet
      contrasts: contrasts
      threads: threads
      options: diff_options
    out: [tested]
  enrich:
    run: enrich.cwl
    in:
      quantified: quantify/quantified
      tested: diff/tested
      gene_sets: gene_sets
      threads: threads
    out: [judged]
  report:
    run: report.cwl
    in:
      quantified: quantify/quantified
      tested: diff/tested
      judged: enrich/judged
      threads: threads
    out: [report, figures, multiqc]
outputs:
  counts:
    type: File[]
    outputSource: count/counts
  quantified:
    type: Directory
    outputSource: quantify/quantified
  tested:
    type: Directory
    outputSource: diff/tested
  judged:
    type: Directory
    outputSource: enrich/judged
  report:
    type: File
    outputSource: report/report
  figures:
    type: File[]
    outputSource: report/figures
  multiqc:
    type: Directory
    outputSource: report/multiqc
