use nadsplice_core::Interval;

use super::*;
use crate::{
    figure_data::{FigureData, Group, LocusJunction},
    toy::{CONTRAST, crossing_texts, data},
};

const SKIPPED: &str = "SE:chr1:1150-4001:4009-9001:-";
const RETAINED: &str = "RI:chr1:9120-9401:-";
const UNTESTED: &str = "A3SS:chr1:1150-9001:1150-9005:-";

fn drawn(data: &FigureData, event: &str, options: &SashimiOptions) -> String {
    sashimi(&data.sashimi_of_event(event, Some(CONTRAST)).unwrap(), options).standalone()
}

/// The numbers at the arcs, in the order in which they are drawn.
fn numbers(svg: &str) -> Vec<String> {
    let bold_or_muted = |element: &&str| element.contains("font-size=\"10.5\"") && element.contains("middle");
    svg.split("<text")
        .filter(bold_or_muted)
        .filter(|element| element.contains("font-weight") || element.contains("f-muted"))
        .map(|element| element.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_small_figure_looks_as_it_did() {
    insta::assert_snapshot!(drawn(&data(), SKIPPED, &SashimiOptions::default()));
}

#[test]
fn arcs_have_the_means_or_sums_of_the_counts() {
    let mean = drawn(&data(), SKIPPED, &SashimiOptions::default());
    // Short arcs first, over the coverage and then below it, group by group.
    assert_eq!(numbers(&mean), ["27.5", "27", "6", "10", "9.5", "25.5"]);
    let sum =
        drawn(&data(), SKIPPED, &SashimiOptions { counts: ArcCounts::Sum, ..SashimiOptions::default() });
    assert_eq!(numbers(&sum), ["55", "54", "12", "20", "19", "51"]);
    let each = SashimiOptions { tracks: TrackOf::Sample, ..SashimiOptions::default() };
    let each = numbers(&drawn(&data(), SKIPPED, &each));
    let expected = ["30", "28", "0", "5", "25", "26", "0", "7", "8", "9", "1", "20", "12", "10", "0", "31"];
    assert_eq!(each, expected);
}

#[test]
fn the_title_of_an_arc_has_every_sample_s_count() {
    let svg = drawn(&data(), SKIPPED, &SashimiOptions::default());
    assert!(svg.contains("<title>chr1:1151-9000 (-), annotated: 12 fragments (o1 5, o2 7)</title>"), "{svg}");
    assert!(svg.contains("<title>chr1:1151-9000 (-), annotated: 51 fragments (y1 20, y2 31)</title>"));
}

#[test]
fn texts_never_lie_over_each_other() {
    let mut wide = data();
    // Many junctions with the same sites, and long names.
    for k in 1..30 {
        wide.loci[0].junctions.push(LocusJunction {
            intron: Interval::new(1150, 4000 + 160 * k).unwrap(),
            strand: None,
            annotated: false,
            counts: vec![1000 + k; 4],
        });
    }
    wide.loci[0].transcripts[0].id = "A_TRANSCRIPT_WITH_A_VERY_LONG_NAME_THAT_NOBODY_READS.1".to_owned();
    wide.header.groupings[0].groups[0].name = "a group with a long name".to_owned();
    for data in [data(), wide] {
        for event in [SKIPPED, RETAINED, UNTESTED] {
            for tracks in [TrackOf::Group, TrackOf::Sample] {
                for width in [420.0, 960.0, 2000.0] {
                    let options = SashimiOptions { tracks, width, ..SashimiOptions::default() };
                    let svg = drawn(&data, event, &options);
                    assert_eq!(crossing_texts(&svg), Vec::<String>::new(), "{event} at {width}");
                }
            }
        }
    }
}

#[test]
fn the_forms_are_told_apart() {
    let svg = drawn(&data(), SKIPPED, &SashimiOptions::default());
    assert_eq!(svg.matches("class=\"s-series2\"><title>chr1").count(), 4, "two arcs in each group: {svg}");
    assert_eq!(svg.matches("class=\"s-series1\"><title>chr1").count(), 2);
    // The intron of an event that is kept is skipped by one junction, and kept by none.
    let svg = drawn(&data(), RETAINED, &SashimiOptions::default());
    assert_eq!(svg.matches("class=\"s-series2\"><title>chr1").count(), 0);
    assert_eq!(svg.matches("class=\"s-series1\"><title>chr1").count(), 2);
}

#[test]
fn names_are_text_and_not_markup() {
    let odd = "<script>alert('x')</script>&\"";
    let mut data = data();
    data.loci[0].gene_name = odd.to_owned();
    data.loci[0].chrom = odd.to_owned();
    data.loci[0].transcripts[0].id = odd.to_owned();
    data.loci[0].events[0].event_id = odd.to_owned();
    data.header.samples[0] = odd.to_owned();
    data.header.groupings[0].groups[0].name = odd.to_owned();
    let svg = drawn(&data, odd, &SashimiOptions::default());
    assert!(!svg.contains("<script"), "{svg}");
    assert!(svg.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"));
}

#[test]
fn one_sample_no_sample_and_missing_numbers_are_drawn() {
    let mut small = data();
    small.header.groupings[0].groups = vec![
        Group { name: "one".to_owned(), samples: vec![2] },
        Group { name: "none".to_owned(), samples: Vec::new() },
    ];
    for event in [SKIPPED, RETAINED, UNTESTED] {
        let svg = drawn(&small, event, &SashimiOptions::default());
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(svg.contains("one (n = 1") && svg.contains("none (n = 0"));
    }
    let untested = drawn(&data(), UNTESTED, &SashimiOptions::default());
    assert!(untested.contains("not tested: coverage"));
    // A junction that no sample shows has its arc.
    let mut empty = data();
    empty.loci[0].junctions.clear();
    empty.loci[0].depth.clear();
    let svg = drawn(&empty, SKIPPED, &SashimiOptions::default());
    assert!(svg.contains("no coverage: the counts are of junctions only"));
    assert_eq!(numbers(&svg), ["0"; 6]);
    assert_eq!(crossing_texts(&svg), Vec::<String>::new());
}

#[test]
fn weak_junctions_are_counted_and_not_drawn() {
    let view = |min_count| {
        let data = data();
        let grouping = data.grouping(None).unwrap();
        let (header, locus) = (data.header, data.loci[0].clone());
        let data = SashimiData { header, locus, grouping, focus: Focus::Gene };
        let options = SashimiOptions { min_count, ..SashimiOptions::default() };
        sashimi(&data, &options).standalone()
    };
    assert!(view(None).contains("1 junction below 1 is not drawn"), "{}", view(None));
    assert!(!view(Some(0.5)).contains("not drawn"));
    assert!(
        view(Some(20.0)).contains("below 20 are not drawn")
            || view(Some(20.0)).contains("below 20 is not drawn")
    );
}

#[test]
fn tracks_share_an_axis_on_request() {
    let svg = |same_scale| {
        let options = SashimiOptions { same_scale, ..SashimiOptions::default() };
        drawn(&data(), SKIPPED, &options)
    };
    assert_ne!(svg(true), svg(false));
}
