cwlVersion: v1.2
class: CommandLineTool
label: Judge the panel and test gene sets
doc: Tested events to verdicts on the genes of NAD+ metabolism and to gene-set tests.
baseCommand: [nadsplice, enrich]
hints:
  SoftwareRequirement:
    packages:
      - package: nadsplice
  ResourceRequirement:
    coresMin: $(inputs.threads)
    ramMin: 3000
inputs:
  quantified:
    type: Directory
    inputBinding: {prefix: --quant}
  tested:
    type: Directory
    inputBinding: {prefix: --diff}
  gene_sets:
    type:
      type: array
      items: File
      inputBinding: {prefix: --gmt}
    doc: Further gene sets (GMT).
    default: []
  threads:
    type: int
    default: 1
    inputBinding: {prefix: --threads}
arguments:
  - prefix: --output
    valueFrom: judged
outputs:
  judged:
    type: Directory
    outputBinding: {glob: judged}
