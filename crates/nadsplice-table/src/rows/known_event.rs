use nadsplice_core::{EventKind, Interval};

use crate::{
    cell::{Fixed, Integer, Intervals, Kind, List, Name, Probability, Text},
    row::row,
};

row! {
    /// One splicing event, or group of events, that papers describe, in one contrast.
    struct KnownEventRow in "known_events.tsv" {
        /// The comparison, `factor:case:control`. All differences are case minus control.
        contrast: String as Name,
        /// Human symbol of the gene, or what the row is about where that is not one gene.
        gene_name: String as Name,
        /// Ids of the gene in the annotation; none where it has no such gene.
        gene_id: Vec<String> as List,
        /// What the event is called; exon numbers as in the paper.
        event: String as Name,
        /// What it does, by the paper, in the form that the name speaks of.
        effect: String as Text,
        /// Kind of the event, where it is one.
        kind: Option<EventKind> as Kind,
        /// The form that name and effect speak of: `inclusion` or `skipping`.
        form: Option<String> as Name,
        /// The genome build of the annotation's coordinates, told by its splice sites: `GRCh38`, `GRCh37` or
        /// `GRCm38`; none where they are of another build.
        build: Option<String> as Name,
        /// Contig of the event on that build, with `chr`; none where its coordinates were not established.
        chrom: Option<String> as Name,
        /// The alternative exons (of A3SS the bases between the two acceptors) on that build.
        parts: Vec<Interval> as Intervals,
        /// How the event was found in the run: `exact` (events of the same kind with the same alternative part),
        /// `junctions` (no such event, but fragments on its junctions) or `none`.
        found: String as Name,
        /// The exact events of the run, whatever their flanking exons.
        event_id: Vec<String> as List,
        /// Events of the run that share one end of the alternative part, or have the exon as one of two mutually
        /// exclusive ones.
        similar_events: Vec<String> as List,
        /// The event of which the following columns speak: the exact one with most fragments in both groups
        /// together.
        measured_event: Option<String> as Name,
        /// Share of the inclusion form in the case group, from 0 to 1, as in `differential.tsv`; where the event was
        /// found in junctions only, their fragments pooled over the group (the two sides of an exon averaged).
        psi_case: Option<f64> as Fixed<6>,
        /// The same in the control group.
        psi_control: Option<f64> as Fixed<6>,
        /// `psi_case` minus `psi_control`.
        delta_psi: Option<f64> as Fixed<6>,
        /// Lower end of its 95% confidence interval.
        ci_low: Option<f64> as Fixed<6>,
        /// Upper end of its 95% confidence interval.
        ci_high: Option<f64> as Fixed<6>,
        /// Change of the form that the name speaks of, case minus control: `delta_psi`, or its negative for the
        /// skipping form.
        form_change: Option<f64> as Fixed<6>,
        /// False discovery rate of the event over all tested events of the contrast.
        q_value: Option<f64> as Probability,
        /// Fragments of both forms in the case group.
        reads_case: Option<u64> as Integer,
        /// Fragments of both forms in the control group.
        reads_control: Option<u64> as Integer,
        /// `ok` for a tested event, else as in `differential.tsv`, or `not_tested` where the run has no such event.
        status: String as Name,
        /// Why it was not found, or not tested, in words.
        reason: String as Text,
        /// What to cite for name and effect.
        citation: String as Name,
        /// `doi:`, `pmid:` or `pmcid:` of that.
        reference: Option<String> as Name,
        /// What was read of it: `abstract`, `title`, `secondary` (another text that states it) or `unverified`
        /// (common knowledge of the field, to be checked before it is cited).
        evidence: String as Name,
    }
}
