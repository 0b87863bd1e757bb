//! A picture as SVG, which every browser shows: no other program is needed.

use std::fmt::Write as _;

use super::layout::{self, Area, Course, Placed, Way};
use super::{Box, Line, Look, Picture, Tone};

/// What is left free around the picture, in pixels.
const MARGIN: f64 = 24.0;
/// The height of the title above it.
const TITLE: f64 = 40.0;
/// The length of an arrow's head.
const HEAD: f64 = 8.0;

/// The picture as a whole SVG file.
pub fn svg(picture: &Picture) -> String {
    let placed = layout::place(picture);
    let title = layout::width(&picture.title, 17.0);
    let width = placed.width.max(title) + 2.0 * MARGIN;
    let height = placed.height + 2.0 * MARGIN + TITLE;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"Helvetica, Arial, sans-serif\" \
         text-anchor=\"middle\">\n<title>{0}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{MARGIN}\" y=\"{MARGIN}\" dy=\"10\" text-anchor=\"start\" font-size=\"17\" \
         font-weight=\"bold\" fill=\"#111827\">{0}</text>\n\
         <g transform=\"translate({MARGIN} {1})\">\n",
        escaped(&picture.title),
        MARGIN + TITLE
    );
    // Errors lie under everything, labels on top of all lines.
    for tone in [Tone::Error, Tone::Trouble, Tone::Way] {
        for (line, way) in drawn(picture, &placed).filter(|(line, _)| line.tone == tone) {
            path(line, way, &mut text);
        }
    }
    for (drawn, area) in picture.boxes.iter().zip(&placed.boxes) {
        state(drawn, *area, &mut text);
    }
    for (line, way) in drawn(picture, &placed) {
        label(line, way, &mut text);
    }
    text.push_str("</g>\n</svg>\n");
    text
}

fn drawn<'a>(
    picture: &'a Picture,
    placed: &'a Placed,
) -> impl Iterator<Item = (&'a Line, &'a Way)> {
    picture.lines.iter().zip(&placed.lines)
}

fn path(line: &Line, way: &Way, text: &mut String) {
    let colour = line.tone.colour();
    let (route, head) = match way.course {
        Course::Smooth => through(&way.points),
        Course::Loop => around(way),
        Course::Straight => straight(&way.points),
    };
    let dashes = match line.tone {
        Tone::Error => " stroke-dasharray=\"5 4\"",
        _ => "",
    };
    let _ = writeln!(
        text,
        "<path d=\"{route}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\"{dashes}/>\n\
         <path d=\"{head}\" fill=\"{colour}\"/>"
    );
}

/// How soon a line turns, as a part of its height: the more, the flatter it runs
/// between two points, and the closer lines come to each other there.
const BEND: f64 = 0.3;

/// A smooth line through all points, upright at each of them, and its head.
fn through(points: &[(f64, f64)]) -> (String, String) {
    let Some((first, rest)) = points.split_first() else {
        return (String::new(), String::new());
    };
    let mut route = format!("M{:.1} {:.1}", first.0, first.1);
    let mut from = *first;
    let mut head = String::new();
    for (at, &(x, y)) in rest.iter().enumerate() {
        let down = if y >= from.1 { 1.0 } else { -1.0 };
        let is_last = at + 1 == rest.len();
        let end = if is_last { y - down * (HEAD - 1.0) } else { y };
        let bend = (end - from.1) * BEND;
        let _ = write!(
            route,
            " C{:.1} {:.1} {x:.1} {:.1} {x:.1} {end:.1}",
            from.0,
            from.1 + bend,
            end - bend
        );
        if is_last {
            let back = y - down * HEAD;
            head = format!(
                "M{x:.1} {y:.1} L{:.1} {back:.1} L{:.1} {back:.1} Z",
                x - 4.0,
                x + 4.0
            );
        }
        from = (x, y);
    }
    (route, head)
}

/// A loop at the right side of a box, around its label.
fn around(way: &Way) -> (String, String) {
    let [(x, top), (_, bottom)] = way.points[..] else {
        return (String::new(), String::new());
    };
    let far = way.label_at.x + way.label_at.width / 2.0 + 10.0;
    let end = x + HEAD - 1.0;
    let route =
        format!("M{x:.1} {top:.1} C{far:.1} {top:.1} {far:.1} {bottom:.1} {end:.1} {bottom:.1}");
    let back = x + HEAD;
    let head = format!(
        "M{x:.1} {bottom:.1} L{back:.1} {:.1} L{back:.1} {:.1} Z",
        bottom - 4.0,
        bottom + 4.0
    );
    (route, head)
}

/// A line by corners, and its head, which points to the right.
fn straight(points: &[(f64, f64)]) -> (String, String) {
    let Some((&(x, y), before)) = points.split_last() else {
        return (String::new(), String::new());
    };
    let back = x - HEAD;
    let corners: Vec<String> = before
        .iter()
        .map(|(x, y)| format!("{x:.1} {y:.1}"))
        .collect();
    let route = format!("M{} L{:.1} {y:.1}", corners.join(" L"), back + 1.0);
    let head = format!(
        "M{x:.1} {y:.1} L{back:.1} {:.1} L{back:.1} {:.1} Z",
        y - 4.0,
        y + 4.0
    );
    (route, head)
}

fn label(line: &Line, way: &Way, text: &mut String) {
    if way.label.is_empty() {
        return;
    }
    let area = way.label_at;
    let _ = writeln!(
        text,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\" fill=\"#ffffff\"/>",
        area.x - area.width / 2.0,
        area.y - area.height / 2.0,
        area.width,
        area.height
    );
    let first = area.y - area.height / 2.0 + 2.0 + layout::LABEL - 3.5;
    let colour = line.tone.colour();
    for (nth, words) in way.label.iter().enumerate() {
        let y = first + layout::LABEL * nth as f64;
        let _ = writeln!(
            text,
            "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"11\" fill=\"{colour}\">{}</text>",
            area.x,
            escaped(words)
        );
    }
}

fn state(drawn: &Box, area: Area, text: &mut String) {
    let (fill, edge) = drawn.look.colours();
    let dashes = match drawn.look {
        Look::Error => " stroke-dasharray=\"4 3\"",
        _ => "",
    };
    let style = format!("fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"1.3\"{dashes}");
    let _ = writeln!(text, "{}", outline(drawn.look, area, &style));
    let mut write = |y: f64, size: f64, colour: &str, bold: bool, words: &str| {
        let weight = if bold { " font-weight=\"bold\"" } else { "" };
        let _ = writeln!(
            text,
            "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"{size}\"{weight} fill=\"{colour}\">{}</text>",
            area.x,
            escaped(words)
        );
    };
    if !drawn.look.is_state() {
        let colour = match drawn.look {
            Look::Start => "#ffffff",
            Look::Hangup | Look::Return => edge,
            _ => "#6b7280",
        };
        write(area.y + 4.0, 11.0, colour, false, &drawn.name);
        return;
    }
    let mut y = area.y - area.height / 2.0 + 8.0 + 9.0;
    write(y, 10.0, edge, false, drawn.look.word());
    y += layout::NAME - 1.0;
    write(y, 14.0, "#111827", true, &drawn.name);
    for line in &drawn.about {
        y += layout::ABOUT;
        write(y, 11.5, "#4b5563", false, line);
    }
}

/// The outline of a box: each kind has a shape of its own.
fn outline(look: Look, area: Area, style: &str) -> String {
    let (left, top) = (area.x - area.width / 2.0, area.y - area.height / 2.0);
    let (right, bottom) = (left + area.width, top + area.height);
    let polygon = |points: &[(f64, f64)]| {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        format!("<polygon points=\"{}\" {style}/>", points.join(" "))
    };
    let rect = |round: f64| {
        format!(
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{round:.1}\" {style}/>",
            area.width, area.height
        )
    };
    match look {
        Look::Say => rect(7.0),
        Look::Transfer => rect((area.height / 2.0).min(26.0)),
        Look::Start | Look::Hangup | Look::Return | Look::Error => rect(area.height / 2.0),
        Look::Menu => polygon(&[
            (left + 9.0, top),
            (right - 9.0, top),
            (right, top + 9.0),
            (right, bottom - 9.0),
            (right - 9.0, bottom),
            (left + 9.0, bottom),
            (left, bottom - 9.0),
            (left, top + 9.0),
        ]),
        Look::Ask => polygon(&[
            (left + 14.0, top),
            (right, top),
            (right - 14.0, bottom),
            (left, bottom),
        ]),
        Look::Http => rect(0.0),
        // With a second edge inside, as the sub-routines of flow charts.
        Look::Run => rect(2.0),
        Look::Choose | Look::Hours | Look::Split => polygon(&[
            (left + 16.0, top),
            (right - 16.0, top),
            (right, area.y),
            (right - 16.0, bottom),
            (left + 16.0, bottom),
            (left, area.y),
        ]),
    }
}

/// A text in which no sign means anything to XML; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}
