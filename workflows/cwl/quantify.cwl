cwlVersion: v1.2
class: CommandLineTool
label: Quantify a cohort
doc: Counts files of all samples to the tables of the cohort, the gather step.
baseCommand: [nadsplice, quantify]
hints:
  SoftwareRequirement:
    packages:
      - package: nadsplice
  ResourceRequirement:
    coresMin: $(inputs.threads)
    ramMin: 3000
inputs:
  annotation:
    type: File
    doc: The one that samples were counted with.
    inputBinding: {prefix: --gtf}
  sheet:
    type: File
    doc: Sample sheet; it decides which samples there are, and their order.
    inputBinding: {prefix: --samples}
  counts:
    type: File[]
    inputBinding: {position: 1}
  reference:
    type: File?
    doc: Genome sequence.
    secondaryFiles: [.fai]
    inputBinding: {prefix: --reference}
  threads:
    type: int
    default: 1
    inputBinding: {prefix: --threads}
  options:
    type: string[]
    doc: Further options, for example [--novel].
    default: []
    inputBinding: {}
arguments:
  - prefix: --output
    valueFrom: quantified
outputs:
  quantified:
    type: Directory
    outputBinding: {glob: quantified}
