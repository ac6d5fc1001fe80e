cwlVersion: v1.2
class: CommandLineTool
label: Make the report
doc: Tables of a cohort and of its tests to a report and files for MultiQC.
baseCommand: [nadsplice, report]
requirements:
  # The report is made of one folder that has all tables.
  InitialWorkDirRequirement:
    listing:
      - $(inputs.quantified.listing)
      - $(inputs.tested.listing)
      - $(inputs.judged.listing)
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
    loadListing: shallow_listing
  tested:
    type: Directory
    loadListing: shallow_listing
  judged:
    type: Directory
    loadListing: shallow_listing
  threads:
    type: int
    default: 1
    inputBinding: {prefix: --threads}
arguments:
  - prefix: --results
    valueFrom: .
outputs:
  report:
    type: File
    outputBinding: {glob: report.html}
  figures:
    type: File[]
    outputBinding: {glob: figures/*.svg}
  multiqc:
    type: Directory
    outputBinding: {glob: multiqc}
