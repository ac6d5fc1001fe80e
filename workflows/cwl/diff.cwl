cwlVersion: v1.2
class: CommandLineTool
label: Test differences
doc: Tables of a cohort and contrasts to a tested row for each event.
baseCommand: [nadsplice, diff]
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
  sheet:
    type: File
    inputBinding: {prefix: --samples}
  contrasts:
    type:
      type: array
      items: string
      inputBinding: {prefix: --contrast}
    doc: factor:case:control.
  threads:
    type: int
    default: 1
    inputBinding: {prefix: --threads}
  options:
    type: string[]
    doc: Further options, for example [--covariate, sex].
    default: []
    inputBinding: {}
arguments:
  - prefix: --output
    valueFrom: tested
outputs:
  tested:
    type: Directory
    outputBinding: {glob: tested}
