//! Events that share splice sites and so are not independent evidence.

use std::collections::HashMap;

/// Numbers the sets of events that are linked by splice sites of a common gene, from 1, in the order of their first
/// event; an event that shares no site has no number. `events` are ids (`KIND:chrom:coordinates:strand`) with the ids of
/// their genes. Events that share a junction share its sites; sets are joined through the events in between.
pub fn overlap_groups<'a>(events: impl IntoIterator<Item = (&'a str, &'a [String])>) -> Vec<Option<u32>> {
    let mut sets = Sets::default();
    let mut first_with: HashMap<(&str, Site<'_>), usize> = HashMap::new();
    for (event, (id, genes)) in events.into_iter().enumerate() {
        sets.0.push(event);
        for site in sites(id) {
            for gene in genes {
                let first = *first_with.entry((gene, site)).or_insert(event);
                sets.join(first, event);
            }
        }
    }
    let roots: Vec<usize> = (0..sets.0.len()).map(|event| sets.root(event)).collect();
    let mut sizes = vec![0u32; roots.len()];
    for &root in &roots {
        sizes[root] += 1;
    }
    let mut numbers: HashMap<usize, u32> = HashMap::new();
    let mut next = 0;
    roots
        .into_iter()
        .map(|root| {
            (sizes[root] > 1).then(|| {
                *numbers.entry(root).or_insert_with(|| {
                    next += 1;
                    next
                })
            })
        })
        .collect()
}

/// A splice site: contig, side of the intron, position as it stands in event ids.
type Site<'a> = (&'a str, bool, u32);

/// The splice sites of an event by its id; none of an id of another form.
fn sites(id: &str) -> Vec<Site<'_>> {
    let Some((rest, _strand)) = id.rsplit_once(':') else { return Vec::new() };
    let mut head = rest;
    let mut introns: Vec<(u32, u32)> = Vec::new();
    // From the right: contig names may hold `:` and `-`, and one that looks like an intron is never the last part
    // before the kind's name.
    while let Some((before, part)) = head.rsplit_once(':') {
        let Some(intron) = intron(part).filter(|_| before.contains(':')) else { break };
        introns.push(intron);
        head = before;
    }
    let Some((_kind, contig)) = head.split_once(':') else { return Vec::new() };
    introns.iter().flat_map(|&(left, right)| [(contig, false, left), (contig, true, right)]).collect()
}

fn intron(part: &str) -> Option<(u32, u32)> {
    let (left, right) = part.split_once('-')?;
    Some((left.parse().ok()?, right.parse().ok()?))
}

/// Disjoint sets; each event points at its set's first event, at last.
#[derive(Default)]
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, mut event: usize) -> usize {
        while self.0[event] != event {
            self.0[event] = self.0[self.0[event]];
            event = self.0[event];
        }
        event
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_linked_by_splice_sites_of_one_gene() {
        let events = [
            ("SE:chr1:200-301:400-501:+", "A"),
            ("RI:chr1:900-1001:+", "A"),
            ("A5SS:chr1:250-501:200-501:+", "A"),
            ("SE:chr1:200-301:400-501:-", "B"),
            ("MXE:chr1:700-751:800-1001:700-761:810-1001:+", "A"),
            ("SE:chr2:200-301:400-501:+", "A"),
            ("RI:HLA:1-2:900-1001:+", "A"),
            ("A3SS:chr1:900-1031:900-1011:+", "A"),
        ];
        let genes: Vec<Vec<String>> = events.iter().map(|e| vec![e.1.to_owned()]).collect();
        let groups = overlap_groups(events.iter().map(|e| e.0).zip(genes.iter().map(Vec::as_slice)));
        // The retained intron ends where the mutually exclusive exons do and begins where the acceptors' intron does.
        assert_eq!(groups, [Some(1), Some(2), Some(1), None, Some(2), None, None, Some(2)]);
    }
}
