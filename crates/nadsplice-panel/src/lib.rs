//! The embedded NAD+ panel and AMPK/mTOR gene sets with their sources; verdicts; enrichment.
//!
//! Genes come in with the names of other people's tables. [`GeneIdentity`] holds what is known of one,
//! [`GeneIndex`] finds it among the genes of a run. [`Panel`] lists the genes that get a verdict each
//! ([`verdicts`]); [`GeneSet`]s, embedded ([`focus_sets`]) or from a file ([`read_gmt`]), are tested as wholes
//! ([`over_representation()`], [`rank_enrichment()`]). [`known_events`] are those that papers have described, found in a run by
//! [`match_known`]. [`marker_genes`] tell what a sample is. What the embedded tables owe to whom is in [`attributions`].

mod attribution;
mod error;
mod gene_index;
mod gene_set;
mod gmt;
mod identity;
mod known_event;
mod known_genes;
mod known_junctions;
mod known_match;
mod marker;
mod over_representation;
mod panel;
mod rank_enrichment;
mod ranking;
mod redundancy;
mod set_members;
mod set_test;
mod tsv;
mod verdict;

pub use attribution::{Attribution, Licence, attributions};
pub use error::Error;
pub use gene_index::{GeneIndex, Match, MatchedBy};
pub use gene_set::{FOCUS_COLLECTION, GeneSet, Provenance, focus_sets};
pub use gmt::{EmptySet, GmtFile, read_gmt};
pub use identity::GeneIdentity;
pub use known_event::{
    Build, CoordinateCheck, DescribedForm, Evidence, KnownEvent, KnownLocus, known_events,
};
pub use known_junctions::{KnownJunctions, KnownParts, RunJunction, known_junctions};
pub use known_match::{Agreement, EventPlace, KnownMatch, match_known};
pub use marker::{MarkerGene, MarkerRole, marker_genes};
pub use over_representation::over_representation;
pub use panel::{Locus, Panel, PanelGene};
pub use rank_enrichment::{GeneScores, along, rank_enrichment};
pub use ranking::{RankingFile, read_ranking};
pub use set_members::{CollectionMembers, ResolvedSets};
pub use set_test::{GeneResult, SetRow, SetScore, SetStatus, SetTest, SetTestCuts};
pub use verdict::{
    EventEvidence, GeneEvidence, JunctionEvidence, JunctionFragments, PanelRow, UsageBound, Verdict,
    VerdictCuts, verdicts,
};
