//! Flow files that are half written or mangled: nothing panics, and next to nothing
//! that was cut off goes live.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use ringflow::flow::{Build, SourceFile, build};

fn shipped(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).expect("the file is shipped")
}

fn built(flow: &str) -> Build {
    let flow = SourceFile::new("flows/a.yaml", flow);
    let build = build(&[flow]);
    // What is found must also be shown, wherever it points.
    for found in &build.diagnostics {
        let _ = (found.render(false), found.line(), found.line_column());
        let help = found.help.as_deref().unwrap_or_default();
        assert!(!help.is_empty(), "no help: {}", found.line());
    }
    build
}

/// A file cut at every byte, as a careless save or copy leaves it. What still compiles
/// is counted: the cuts inside the last words, and those that lose nothing.
#[test]
fn a_flow_cut_short_does_not_go_live() {
    for path in ["flows/restaurant.yaml", "flows/account.yaml"] {
        let text = shipped(path);
        let mut live = Vec::new();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            if !built(&text[..end]).has_errors() {
                live.push(end);
            }
        }
        let share = live.len() as f64 / text.len() as f64;
        println!("{path}: {} of {} cuts compile", live.len(), text.len());
        for end in &live {
            println!("  {:?}", &text[end.saturating_sub(40)..*end]);
        }
        assert!(share < 0.02, "{path}: {live:?}");
    }
}

/// Pieces of which flow files are made, good and bad ones.
fn piece() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        Just("  "),
        Just("\n"),
        Just("\n  "),
        Just("\n    "),
        Just("\t"),
        Just(": "),
        Just(":"),
        Just("- "),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(", "),
        Just("\""),
        Just("'"),
        Just("|\n"),
        Just(">\n"),
        Just(" #"),
        Just("&"),
        Just("*"),
        Just("!"),
        Just("${"),
        Just("$${"),
        Just("%"),
        Just("@"),
        Just("é"),
        Just("\u{1F642}"),
        Just("\u{0}"),
        Just("\r\n"),
        Just("---\n"),
        Just("\\"),
        Just("states"),
        Just("menu"),
        Just("ask"),
        Just("say"),
        Just("set"),
        Just("choose"),
        Just("if"),
        Just("then"),
        Just("otherwise"),
        Just("transfer"),
        Just("keys"),
        Just("cases"),
        Just("digits"),
        Just("save"),
        Just("give_up"),
        Just("hangup"),
        Just("repeat"),
        Just("vars"),
        Just("secret digits"),
        Just("numbers"),
        Just("voice"),
        Just("en-US-BenjaminRUS"),
        Just("1"),
        Just("+6561110001"),
        Just("visits(\"main\") > 1"),
        Just("input"),
        Just("5s"),
        Just("main"),
    ];
    words.prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_at_all_makes_it_panic(text in "\\PC{0,200}") {
        built(&text);
    }

    #[test]
    fn no_heap_of_words_makes_it_panic(words in prop::collection::vec(piece(), 0..60)) {
        built(&words.concat());
    }

    #[test]
    fn no_mangled_flow_makes_it_panic(
        which in 0..2_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, piece()), 1..6),
    ) {
        let path = ["flows/restaurant.yaml", "flows/account.yaml"][which];
        let mut text: Vec<char> = shipped(path).chars().collect();
        for (place, gone, new) in changes {
            let at = place.index(text.len() + 1);
            let end = (at + gone).min(text.len());
            text.splice(at..end, new.chars());
        }
        built(&text.iter().collect::<String>());
    }

    #[test]
    fn no_mangled_script_makes_it_panic(
        place in any::<prop::sample::Index>(), gone in 0..8_usize, new in piece(),
    ) {
        let mut text: Vec<char> = shipped("scripts/masking.rhai").chars().collect();
        let at = place.index(text.len() + 1);
        let end = (at + gone).min(text.len());
        text.splice(at..end, new.chars());
        let text: String = text.iter().collect();
        let files: [Arc<SourceFile>; 2] = [
            SourceFile::new("flows/masking.yaml", &shipped("flows/masking.yaml")),
            SourceFile::new("scripts/masking.rhai", &text),
        ];
        for found in build(&files).diagnostics {
            found.render(false);
        }
    }
}
/// One character that is missing is one fault, and is told as one. The few where it is
/// not are lines that became part of another.
#[test]
fn one_lost_character_is_one_finding() {
    let text = shipped("flows/account.yaml");
    let mut several = Vec::new();
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        let mut damaged = text.clone();
        damaged.remove(at);
        let found = built(&damaged).diagnostics;
        if found.len() > 1 {
            several.push(found.iter().map(|found| found.line()).collect::<Vec<_>>());
        }
    }
    assert!(several.len() <= 3, "{several:#?}");
}
