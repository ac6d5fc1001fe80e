mod support;
use std::collections::BTreeMap;
use nadsplice_core::*;
use nadsplice_events::*;
use support::*;
fn run(name: &str, gtf: &std::path::Path, bams: &[std::path::PathBuf]) {
    let file = by_locus(gtf);
    let a = &file.annotation;
    let p = CountParameters::default();
    let mut ev = CohortEvidence::new(a, NovelOptions::default());
    let samples: Vec<_> = bams.iter().map(|b| counted(b, a, file.content_hash, &p)).collect();
    for s in &samples { println!("{} {:?} {:?}", s.sample, s.strand.call(), s.strand); ev.add(s, s.strand.call().unwrap_or(LibraryStrandedness::Unstranded)).unwrap(); }
    let js = ev.junctions();
    let mut n: BTreeMap<(Novelty,bool), usize> = BTreeMap::new();
    for j in &js { *n.entry((j.novelty, j.passes)).or_default() += 1; }
    println!("{name} junctions {n:?}");
    let cat = Catalogue::with_novel(&ev);
    let plan = CountingPlan::new(&cat, a);
    let counts: Vec<_> = samples.iter().map(|s| plan.quantify(s, s.strand.call().unwrap_or(LibraryStrandedness::Unstranded), EvidenceKind::Junctions).unwrap()).collect();
    let mut n: BTreeMap<(EventKind,Novelty), usize> = BTreeMap::new();
    for (k, e) in cat.events.iter().enumerate() { *n.entry((e.kind, cat.novelty[k])).or_default() += 1;
        if cat.novelty[k] != Novelty::Annotated {
            let i: Vec<_> = counts.iter().map(|c| c.inclusion[k]).collect(); let s: Vec<_> = counts.iter().map(|c| c.skipping[k]).collect();
            println!("{} {} {i:?} {s:?} {:?}", e.id(a.contigs.name(e.contig)), cat.novelty[k], e.genes.iter().map(|&g| a.gene(g).label()).collect::<Vec<_>>());
        } }
    println!("{name} events {n:?}");
    let cl = Clusters::from_junctions(ev.cluster_members(), &ClusterOptions::default());
    println!("{name} clusters {} members {} retained {} largest {:?}", cl.len(), cl.clusters.iter().map(|c| c.members.len()).sum::<usize>(), cl.clusters.iter().flat_map(|c|&c.members).filter(|m| m.kind==MemberKind::RetainedIntron).count(), cl.clusters.iter().map(|c| c.members.len()).max());
}
#[test]
fn explore() {
    let data = data().unwrap();
    let b = |p: &str| data.join(p);
    run("proactiv", &b("proactiv/gencode.v34.annotation.subset.gtf.gz"), &[b("proactiv/SGNEx_A549_Illumina_replicate1-run1_genome_subset.bam"), b("proactiv/SGNEx_MCF7_Illumina_replicate2-run1_genome_subset.bam")]);
    run("cd44", &b("annotation/derived_refseq_hg38.gtf.gz"), &[b("cd44_tumour/accepted_hits.uniq.bam")]);
    run("parathyroid", &b("annotation/Ensembl_GRCh37_chr1.gtf.gz"), &[b("parathyroid/SRR479052.bam")]);
    run("airway+refseq", &b("annotation/derived_refseq_hg19.gtf.gz"), &["SRR1039508","SRR1039509","SRR1039512","SRR1039513","SRR1039516","SRR1039517","SRR1039520","SRR1039521"].map(|n| b(&format!("airway/{n}_subset.bam"))));
}
