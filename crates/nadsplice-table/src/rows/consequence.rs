use crate::{
    cell::{Integer, List, Name, Text, YesNo},
    row::row,
};

row! {
    /// One form of one event: what it makes of the protein.
    struct ConsequenceRow in "consequences.tsv" {
        /// The event, as in `events.tsv`.
        event_id: String as Name,
        /// Names of the genes that share the event.
        gene_name: Vec<String> as List,
        /// `inclusion` or `skipping`.
        form: String as Name,
        /// Where the bases lie that one form has and the other has not: `cds`, `5utr`, `3utr`, `non_coding` (the
        /// transcripts with the event have no CDS) or `unknown`. The same for both forms.
        region: String as Name,
        /// Whether both forms are read in one frame after these bases: `kept`, `broken`, `not_applicable` (outside
        /// the CDS, or the CDS ends within them) or `unknown`. The same for both forms.
        frame: String as Name,
        /// What the following columns rest on: `annotated` (a transcript that is the other form's but for the
        /// event), `annotated_other` (one that may differ elsewhere too), `exchanged` (the other form's transcript
        /// with this form put in its place) or `none`.
        basis: String as Name,
        /// That transcript; for `exchanged` the one in which the form was put.
        transcript: Option<String> as Name,
        /// Whether the annotated transcripts with this form code for a protein: `coding` (one with a complete CDS),
        /// `incomplete`, `non_coding`, `no_transcript` or `unknown`.
        coding: String as Name,
        /// Where the stop codon is, against that of the transcript in which the forms are compared: `same`,
        /// `premature`, `later`, `elsewhere` (another last exon), `absent` (the frame is open to the end) or
        /// `unknown`.
        stop: String as Name,
        /// Decay by the 50-nt rule: `predicted` when more than 50 bases lie between stop codon and last junction,
        /// `not_predicted` or `unknown`.
        nmd: String as Name,
        /// Where decay is predicted, why the form may escape it: `near_start` (stop codon fewer than 150 bases from
        /// the start), `long_exon` (stop codon in an exon of more than 400 bases), both, `none` or `unknown`.
        nmd_exceptions: Option<String> as Name,
        /// Whether the start codon of the transcript in which the forms are compared is gone or torn apart.
        start_lost: Option<bool> as YesNo,
        /// The same of its stop codon; one that is there but no longer read, in a broken frame, is not lost.
        stop_lost: Option<bool> as YesNo,
        /// Amino acids of this form.
        residues: Option<u32> as Integer,
        /// Amino acids that this form has more (less, where negative) than the other one; only where the two
        /// transcripts differ by the event alone.
        residues_change: Option<i64> as Integer,
        /// How the row was come by where no annotated transcript shows it, and why something is unknown.
        reason: String as Text,
        /// All annotated transcripts that have this form, sorted.
        transcripts: Vec<String> as List,
    }
}
