//! Where everything stands: boxes in rows from top to bottom, lines around them, a
//! place of its own for each label.

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, layout};

use super::{Box, Line, Look, Picture, outline};

/// Heights of what stands in a box, in pixels.
pub const WORD: f64 = 13.0;
pub const NAME: f64 = 18.0;
pub const ABOUT: f64 = 15.0;
/// The height of one line of a label.
pub const LABEL: f64 = 14.0;

/// The longest line of a label, in characters.
const LABEL_LINE: usize = 26;
/// How far the lines at one side of a box stand apart, where there is room.
const PORT: f64 = 26.0;

/// A picture with places, all in pixels from the upper left.
#[derive(Debug)]
pub struct Placed {
    pub width: f64,
    pub height: f64,
    pub boxes: Vec<Area>,
    pub lines: Vec<Way>,
}

/// A rectangle by its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A line with the place of its label.
#[derive(Debug)]
pub struct Way {
    /// From the edge of one box to that of the other.
    pub points: Vec<(f64, f64)>,
    /// What stands beside it, a line each, and where.
    pub label: Vec<String>,
    pub label_at: Area,
    pub course: Course,
}

/// How a line runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Smoothly, from one box down or up to another.
    Smooth,
    /// Back to the box from which it starts.
    Loop,
    /// By corners, and at the end to the right.
    Straight,
}

/// Finds a place for everything in a picture.
pub fn place(picture: &Picture) -> Placed {
    // The time of the layout grows much faster than the picture.
    if let Some(placed) = outline::place(picture) {
        return placed;
    }
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(GraphOptions {
        directed: true,
        multigraph: true,
        compound: false,
    });
    for (at, drawn) in picture.boxes.iter().enumerate() {
        let (width, height) = size(drawn);
        let label = NodeLabel {
            width,
            height,
            ..NodeLabel::default()
        };
        graph.set_node(id(at), Some(label));
    }
    let labels: Vec<Vec<String>> = picture.lines.iter().map(label_lines).collect();
    for (line, label) in picture.lines.iter().zip(&labels) {
        let (width, height) = label_size(label);
        let edge = EdgeLabel {
            width,
            height,
            labelpos: dagre::layout::types::LabelPos::Center,
            weight: if line.from < line.to { 2 } else { 1 },
            ..EdgeLabel::default()
        };
        graph.set_edge(id(line.from), id(line.to), Some(edge), None);
    }
    let options = LayoutOptions {
        nodesep: 34.0,
        edgesep: 18.0,
        ranksep: 60.0,
        ..LayoutOptions::default()
    };
    layout(&mut graph, Some(options));
    read(picture, &graph, labels)
}

/// What came out of the layout, with the lines led to the sides of their boxes.
fn read(
    picture: &Picture,
    graph: &Graph<NodeLabel, EdgeLabel>,
    labels: Vec<Vec<String>>,
) -> Placed {
    let boxes: Vec<Area> = picture
        .boxes
        .iter()
        .enumerate()
        .map(|(at, drawn)| {
            let node = graph.node(&id(at));
            let (width, height) = size(drawn);
            Area {
                x: node.and_then(|node| node.x).unwrap_or_default(),
                y: node.and_then(|node| node.y).unwrap_or_default(),
                width,
                height,
            }
        })
        .collect();
    let mut lines = Vec::new();
    for (line, label) in picture.lines.iter().zip(labels) {
        let edge = graph.edge(&id(line.from), &id(line.to), None);
        let all: Vec<(f64, f64)> = edge
            .map(|edge| edge.points.iter().map(|point| (point.x, point.y)).collect())
            .unwrap_or_default();
        // The first and the last lie on the edges of the boxes, and are found anew.
        let inner = all.get(1..all.len().saturating_sub(1)).unwrap_or_default();
        let (width, height) = label_size(&label);
        let middle = inner.get(inner.len() / 2).copied().unwrap_or_default();
        let label_at = Area {
            x: edge.and_then(|edge| edge.x).unwrap_or(middle.0),
            y: edge.and_then(|edge| edge.y).unwrap_or(middle.1),
            width,
            height,
        };
        lines.push(Way {
            points: inner.to_vec(),
            label,
            label_at,
            course: match line.from == line.to {
                true => Course::Loop,
                false => Course::Smooth,
            },
        });
    }
    lead_to_sides(picture, &boxes, &mut lines);
    framed(boxes, lines)
}

/// Gives each line a place at the side of each of its boxes, in the order in which
/// the lines leave, so that they neither cross nor touch there.
fn lead_to_sides(picture: &Picture, boxes: &[Area], lines: &mut [Way]) {
    // Per box and side (above, below) the ends of lines, each with where it heads.
    let mut sides: Vec<[Vec<(f64, usize, bool)>; 2]> = vec![Default::default(); boxes.len()];
    for (at, (line, way)) in picture.lines.iter().zip(lines.iter()).enumerate() {
        if way.course == Course::Loop {
            continue;
        }
        for (drawn, near, is_start) in [
            (line.from, way.points.first(), true),
            (line.to, way.points.last(), false),
        ] {
            let other = boxes[if is_start { line.to } else { line.from }];
            let near = near.copied().unwrap_or((other.x, other.y));
            let side = usize::from(near.1 > boxes[drawn].y);
            sides[drawn][side].push((near.0, at, is_start));
        }
    }
    let mut ends: Vec<[(f64, f64); 2]> = vec![Default::default(); lines.len()];
    for (area, sides) in boxes.iter().zip(&mut sides) {
        for (side, found) in sides.iter_mut().enumerate() {
            found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let gaps = found.len().saturating_sub(1) as f64;
            let apart = PORT.min(area.width * 0.7 / gaps.max(1.0));
            let y = if side == 0 {
                area.y - area.height / 2.0
            } else {
                area.y + area.height / 2.0
            };
            for (nth, (_, line, is_start)) in found.iter().enumerate() {
                let x = area.x + (nth as f64 - gaps / 2.0) * apart;
                ends[*line][usize::from(!is_start)] = (x, y);
            }
        }
    }
    for ((line, way), [start, end]) in picture.lines.iter().zip(lines).zip(ends) {
        if way.course == Course::Loop {
            let area = boxes[line.from];
            let right = area.x + area.width / 2.0;
            way.points = vec![
                (right, area.y - area.height / 5.0),
                (right, area.y + area.height / 5.0),
            ];
        } else {
            way.points.insert(0, start);
            way.points.push(end);
        }
    }
}

/// Moves everything so that the upper left is 0, and measures it.
pub fn framed(mut boxes: Vec<Area>, mut lines: Vec<Way>) -> Placed {
    let (mut left, mut top) = (f64::MAX, f64::MAX);
    let (mut right, mut bottom) = (f64::MIN, f64::MIN);
    let mut see = |x: f64, y: f64, width: f64, height: f64| {
        left = left.min(x - width / 2.0);
        right = right.max(x + width / 2.0);
        top = top.min(y - height / 2.0);
        bottom = bottom.max(y + height / 2.0);
    };
    for area in &boxes {
        see(area.x, area.y, area.width, area.height);
    }
    for way in &lines {
        for (x, y) in &way.points {
            see(*x, *y, 0.0, 0.0);
        }
        let label = way.label_at;
        let room = match way.course {
            Course::Loop => 24.0,
            _ => 0.0,
        };
        see(label.x, label.y, label.width + room, label.height);
    }
    for area in boxes
        .iter_mut()
        .chain(lines.iter_mut().map(|way| &mut way.label_at))
    {
        area.x -= left;
        area.y -= top;
    }
    for point in lines.iter_mut().flat_map(|way| &mut way.points) {
        point.0 -= left;
        point.1 -= top;
    }
    Placed {
        width: right - left,
        height: bottom - top,
        boxes,
        lines,
    }
}

fn id(at: usize) -> String {
    format!("s{at}")
}

/// How large a box has to be for what stands in it.
pub fn size(drawn: &Box) -> (f64, f64) {
    if !drawn.look.is_state() {
        return (width(&drawn.name, 11.0) + 22.0, 22.0);
    }
    let about = drawn.about.iter().map(|line| width(line, 11.5));
    let widest = about.fold(width(&drawn.name, 14.0) * 1.16, f64::max);
    let sides = match drawn.look {
        Look::Ask | Look::Choose | Look::Hours | Look::Split | Look::Http | Look::Transfer => 44.0,
        _ => 26.0,
    };
    let height = WORD + NAME + ABOUT * drawn.about.len() as f64 + 16.0;
    ((widest + sides).max(84.0), height)
}

/// The labels of a line, as many on each line of text as there is room for.
pub fn label_lines(line: &Line) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for label in &line.labels {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 2 + label.chars().count() <= LABEL_LINE => {
                last.push_str(", ");
                last.push_str(label);
            }
            _ => lines.push(label.clone()),
        }
    }
    lines
}

pub fn label_size(label: &[String]) -> (f64, f64) {
    let widest = label
        .iter()
        .map(|line| width(line, 11.0))
        .fold(0.0, f64::max);
    if label.is_empty() {
        return (0.0, 0.0);
    }
    (widest + 10.0, LABEL * label.len() as f64 + 4.0)
}

/// About how wide a text is in a sans-serif face of this size, in pixels.
pub fn width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.29,
            'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' => 0.36,
            'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 0.92,
            'A'..='Z' | '&' | '+' | '=' | '<' | '>' => 0.7,
            c if u32::from(c) >= 0x1100 => 1.05,
            _ => 0.58,
        })
        .sum();
    em * size
}
