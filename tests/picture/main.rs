//! Pictures of flows: every state and every way is in them, the same flow gives the
//! same picture, and no text of a flow breaks out of the format.
//!
//! With `RINGFLOW_BLESS=1` the pictures beside this file are written anew.

mod large;
mod verb;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ringflow::flow::{
    Build, Edge, Flow, Look, Picture, SourceFile, Target, Tone, build, dot, mermaid, svg,
};
use ringflow::live::read_project;

fn shipped() -> Build {
    let (files, errors) = read_project(".".as_ref());
    assert!(errors.is_empty());
    build(&files)
}

/// The shipped flows, and the good ones that use everything.
fn all() -> Vec<Arc<Flow>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let room = if name.ends_with(".rhai") {
            "scripts"
        } else if name.ends_with(".csv") {
            "flows/tables"
        } else {
            "flows"
        };
        let text = fs::read_to_string(&path).expect("it can be read");
        let path = match name.rsplit_once('.') {
            Some((_, lang @ ("en" | "zh-Hans"))) => format!("flows/prompts/{lang}.yaml"),
            _ => format!("{room}/{name}"),
        };
        files.push(SourceFile::new(&path, &text));
    }
    let good = build(&files);
    let flows: Vec<_> = [shipped(), good]
        .iter()
        .flat_map(|build| build.catalog.flows().to_vec())
        .collect();
    assert!(flows.len() >= 19);
    flows
}

fn flow(states: &str) -> Arc<Flow> {
    let text = format!("flow: a\nnumbers: [+6561115000]\nvoice: en-US-BenjaminRUS\n{states}");
    let build = build(&[SourceFile::new("flows/a.yaml", &text)]);
    let lines: Vec<_> = build.diagnostics.iter().map(|d| d.line()).collect();
    assert!(!build.has_errors(), "{lines:#?}");
    build.catalog.flows()[0].clone()
}

#[test]
fn a_picture_is_what_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/picture");
    let bless = std::env::var_os("RINGFLOW_BLESS").is_some();
    let mut count = 0;
    for name in ["restaurant", "masking"] {
        let build = shipped();
        let picture = Picture::of(build.catalog.named(name).expect("it is shipped"));
        for (ending, drawn) in [("mmd", mermaid(&picture)), ("dot", dot(&picture))] {
            let path = folder.join(format!("{name}.{ending}"));
            if bless {
                fs::write(&path, &drawn).expect("it can be written");
            }
            let kept = fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(kept, drawn, "{}", path.display());
            count += 1;
        }
    }
    assert_eq!(count, 4);
}

#[test]
fn every_state_and_every_way_is_drawn() {
    for flow in all() {
        let picture = Picture::of(&flow);
        for (id, drawn) in flow.state_ids().zip(&picture.boxes) {
            assert_eq!(&*flow.state(id).name, drawn.name);
            assert!(drawn.look.is_state());
        }
        let reaches = |from: usize, target: Target, tones: &[Tone]| {
            picture.lines.iter().any(|line| {
                let there = match target {
                    Target::State(id) | Target::Again(id) => line.to == usize::from(id.0),
                    Target::Hangup => picture.boxes[line.to].look == Look::Hangup,
                    Target::Return(_) => picture.boxes[line.to].look == Look::Return,
                };
                line.from == from && there && tones.contains(&line.tone)
            })
        };
        let sign = picture
            .boxes
            .iter()
            .position(|drawn| drawn.look == Look::Error);
        let any = [Tone::Way, Tone::Trouble, Tone::Error];
        for id in flow.state_ids() {
            for (edge, target) in flow.state(id).edges() {
                let from = usize::from(id.0);
                let drawn = if edge == Edge::OnError {
                    let usual = sign.is_some_and(|sign| reaches(sign, target, &[Tone::Error]));
                    usual || reaches(from, target, &any)
                } else {
                    reaches(from, target, &[Tone::Way, Tone::Trouble])
                };
                assert!(
                    drawn,
                    "{}: {edge:?} of {}",
                    flow.name(),
                    flow.state(id).name
                );
            }
        }
        let start = picture
            .boxes
            .iter()
            .position(|drawn| drawn.look == Look::Start);
        let start = start.expect("there is a start");
        assert!(reaches(start, Target::State(flow.start()), &[Tone::Way]));
        // Between two boxes there is one line.
        let pairs: BTreeSet<_> = picture.lines.iter().map(|l| (l.from, l.to)).collect();
        assert_eq!(pairs.len(), picture.lines.len());
    }
}

#[test]
fn all_that_is_in_a_picture_is_in_each_way_to_write_it() {
    for flow in all() {
        let picture = Picture::of(&flow);
        let (mermaid, dot, svg) = (mermaid(&picture), dot(&picture), svg(&picture));
        for (at, drawn) in picture.boxes.iter().enumerate() {
            let id = format!("  s{at}");
            assert!(mermaid.lines().any(|line| line.starts_with(&id)), "{id}");
            assert!(dot.contains(&format!("{id} [label=")), "{id}");
            assert!(
                svg.contains(&format!(">{}</text>", drawn.name)),
                "{}",
                drawn.name
            );
        }
        let arrows = |text: &str, arrow: &str| text.matches(arrow).count();
        let lines = picture.lines.len();
        assert_eq!(arrows(&mermaid, " -->") + arrows(&mermaid, " -.->"), lines);
        assert_eq!(arrows(&dot, " -> "), lines);
        assert_eq!(arrows(&svg, "fill=\"none\""), lines);
        let dashed = picture.lines.iter().filter(|line| line.tone == Tone::Error);
        let dashed = dashed.count();
        assert!(dashed >= 1);
        assert_eq!(arrows(&mermaid, " -.->"), dashed);
        assert_eq!(arrows(&svg, "stroke-dasharray=\"5 4\""), dashed);
    }
}

#[test]
fn the_same_flow_gives_the_same_picture() {
    for _ in 0..3 {
        let (one, two) = (all(), all());
        for (one, two) in one.iter().zip(&two) {
            assert_eq!(svg(&Picture::of(one)), svg(&Picture::of(two)));
        }
    }
}

#[test]
fn no_text_of_a_flow_breaks_out() {
    let flow = flow(
        "allow_dial: [+65]\nvars: {x: text}\nstates:\n  \
         main:\n    choose: '`\"]|<b>--> ${x}` + x'\n    cases:\n      \
         '\"]; evil --> s1; [\"': hangup\n      '<script>alert(1)</script>': bye\n      \
         '\\\" } evil [': hangup\n    otherwise: bye\n  \
         bye:\n    say: \"Press \\\"1\\\" | then } ] ) ; %% end `x` 'y' # \\\\ 100%\"\n    then: hangup\n",
    );
    let picture = Picture::of(&flow);
    let text = svg(&picture);
    balanced(&text);
    assert!(!text.contains("<script") && text.contains("&lt;script&gt;"));
    for line in mermaid(&picture)
        .lines()
        .filter(|line| line.contains("evil"))
    {
        // What a text holds stands between the two quotes of its label.
        assert_eq!(line.matches('"').count(), 2, "{line}");
        let inner = line.split('"').nth(1).unwrap_or_default();
        assert!(!inner.contains(['<', '>', '[', ']', '|', '`']), "{line}");
    }
    for line in dot(&picture).lines().filter(|line| line.contains("evil")) {
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(bare.matches('"').count() % 2, 0, "{line}");
        let outside: String = bare.split('"').step_by(2).collect();
        assert!(!outside.contains("evil"), "{line}");
    }
}

/// Every tag is closed in its order, every attribute is in quotes, and nothing but the
/// five named signs stands behind a `&`.
fn balanced(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a `>` stands alone");
        let end = start + rest[start..].find('>').expect("the tag ends");
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<'), "{tag}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap_or_default());
        }
        rest = &rest[end + 1..];
    }
    assert_eq!(open, [""; 0]);
    for part in svg.split('&').skip(1) {
        let name = part.split(';').next().unwrap_or_default();
        assert!(["lt", "gt", "amp", "quot"].contains(&name), "&{name}");
    }
}

#[test]
fn every_svg_is_whole_and_nothing_in_it_overlaps() {
    for flow in all() {
        let text = svg(&Picture::of(&flow));
        balanced(&text);
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
        assert!(
            !text.contains("NaN") && !text.contains("inf"),
            "{}",
            flow.name()
        );
        let areas = rectangles(&text);
        for (i, a) in areas.iter().enumerate() {
            for b in &areas[i + 1..] {
                assert!(apart(a, b), "{}: {a:?} and {b:?}", flow.name());
            }
        }
    }
}

#[test]
fn a_label_ends_where_its_expression_does() {
    let text = r#"
flow: a
numbers: [+6561115777]
voice: en-US-BenjaminRUS
states:
  first:
    choose: '"a\"]|b"'
    cases: {'a"]|b': hangup}
    otherwise: hangup
"#;
    let built = build(&[SourceFile::new("flows/a.yaml", text)]);
    assert!(!built.has_errors(), "{:?}", built.diagnostics);
    let picture = Picture::of(&built.catalog.flows()[0]);
    let about: Vec<&String> = picture.boxes.iter().flat_map(|one| &one.about).collect();
    assert_eq!(about, [r#""a\"]|b""#]);
}

fn apart(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] + a[2] <= b[0] + 0.5
        || b[0] + b[2] <= a[0] + 0.5
        || a[1] + a[3] <= b[1] + 0.5
        || b[1] + b[3] <= a[1] + 0.5
}

/// Left, top, width and height of all boxes and labels.
fn rectangles(svg: &str) -> Vec<[f64; 4]> {
    let mut areas = Vec::new();
    for line in svg.lines() {
        let value = |name: &str| -> Option<f64> {
            let rest = line.split_once(&format!(" {name}=\""))?.1;
            rest.split('"').next()?.parse().ok()
        };
        if line.starts_with("<rect x=") {
            let found = ["x", "y", "width", "height"].map(value);
            areas.push(found.map(|number| number.expect("a number")));
        } else if let Some(rest) = line.strip_prefix("<polygon points=\"") {
            let points = rest.split('"').next().unwrap_or_default();
            let (mut xs, mut ys) = (Vec::new(), Vec::new());
            for point in points.split(' ') {
                let (x, y) = point.split_once(',').expect("two numbers");
                xs.push(x.parse::<f64>().expect("a number"));
                ys.push(y.parse::<f64>().expect("a number"));
            }
            let least = |all: &[f64]| all.iter().copied().fold(f64::MAX, f64::min);
            let most = |all: &[f64]| all.iter().copied().fold(f64::MIN, f64::max);
            let (left, top) = (least(&xs), least(&ys));
            areas.push([left, top, most(&xs) - left, most(&ys) - top]);
        }
    }
    areas
}
