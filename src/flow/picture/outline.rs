//! A large picture, as an outline: one state below the other, each indented behind the
//! one that leads to it on the shortest way from the start. Every other line is a stub, a
//! short arrow at its box with the name of the state it leads to. So some hundred states
//! can be read from top to bottom, and no line crosses another.

use std::collections::VecDeque;

use super::layout::{self, Area, Course, LABEL, Placed, Way};
use super::{Line, Picture};

/// A picture with more states than this is large.
const LARGE: usize = 40;
/// How far boxes are apart, and stubs.
const APART: f64 = 14.0;
const STUBS_APART: f64 = LABEL + 5.0;
/// How long a stub is, and what is free beside the label of a line to a box.
const STUB: f64 = 18.0;
/// Where in its box a line to the boxes below begins.
const TRUNK: f64 = 14.0;

/// The outline of a picture; `None` for one that is not large.
pub fn place(picture: &Picture) -> Option<Placed> {
    let states = picture.boxes.iter().filter(|drawn| drawn.look.is_state());
    if states.count() <= LARGE {
        return None;
    }
    let led = led(picture);
    let labels: Vec<Vec<String>> = picture
        .lines
        .iter()
        .zip(&led)
        .map(|(line, is_led)| match is_led {
            true => layout::label_lines(line),
            false => vec![stub_label(picture, line)],
        })
        .collect();
    let boxes = boxes(picture, &led, &labels);
    let lines = lines(picture, &led, labels, &boxes);
    Some(layout::framed(boxes, lines))
}

/// For each line whether it is the one by which a box is come to first from the start.
fn led(picture: &Picture) -> Vec<bool> {
    let mut ways = vec![Vec::new(); picture.boxes.len()];
    let mut is_led_to = vec![false; picture.boxes.len()];
    for (nth, line) in picture.lines.iter().enumerate() {
        ways[line.from].push((line.to, nth));
        is_led_to[line.to] |= line.from != line.to;
    }
    let mut led = vec![false; picture.lines.len()];
    let mut seen = vec![false; picture.boxes.len()];
    // What nothing leads to first, of which one is the start; then what is left.
    let tops = (0..seen.len()).filter(|at| !is_led_to[*at]);
    for top in tops.chain(0..seen.len()) {
        let mut open = VecDeque::from([(top, None)]);
        while let Some((at, line)) = open.pop_front() {
            if !std::mem::replace(&mut seen[at], true) {
                line.into_iter().for_each(|line: usize| led[line] = true);
                open.extend(ways[at].iter().map(|(to, nth)| (*to, Some(*nth))));
            }
        }
    }
    led
}

fn boxes(picture: &Picture, led: &[bool], labels: &[Vec<String>]) -> Vec<Area> {
    let mut below = vec![Vec::new(); picture.boxes.len()];
    let mut stubs = vec![0.0; picture.boxes.len()];
    let mut is_top = vec![true; picture.boxes.len()];
    for ((line, is_led), label) in picture.lines.iter().zip(led).zip(labels) {
        if *is_led {
            below[line.from].push((line.to, layout::label_size(label)));
            is_top[line.to] = false;
        } else {
            stubs[line.from] += STUBS_APART;
        }
    }
    let nowhere = Area {
        x: 0.0,
        y: 0.0,
        width: 0.0,
        height: 0.0,
    };
    let mut boxes = vec![nowhere; picture.boxes.len()];
    // What comes next is at the end. The start is a sign, and signs stand last.
    let tops = (0..boxes.len()).filter(|at| is_top[*at]);
    let mut open: Vec<_> = tops.map(|at| (at, 0.0, 0.0)).collect();
    open.sort_by_key(|(at, ..)| picture.boxes[*at].look == super::Look::Start);
    let mut top = 0.0;
    while let Some((at, left, label)) = open.pop() {
        let (width, height) = layout::size(&picture.boxes[at]);
        let room = height.max(stubs[at]).max(label);
        boxes[at] = Area {
            x: left + width / 2.0,
            y: top + room / 2.0,
            width,
            height,
        };
        top += room + APART;
        let widest = below[at].iter().map(|(_, size)| size.0).fold(0.0, f64::max);
        let inner = left + TRUNK + widest + 2.0 * STUB;
        let below = below[at].iter().rev();
        open.extend(below.map(|(to, size)| (*to, inner, size.1)));
    }
    boxes
}

fn lines(picture: &Picture, led: &[bool], labels: Vec<Vec<String>>, boxes: &[Area]) -> Vec<Way> {
    let mut stubs = vec![0.0; boxes.len()];
    for (line, _) in picture
        .lines
        .iter()
        .zip(led)
        .filter(|(_, is_led)| !**is_led)
    {
        stubs[line.from] += 1.0;
    }
    let mut placed = vec![0.0; boxes.len()];
    let mut ways = Vec::new();
    for ((line, is_led), label) in picture.lines.iter().zip(led).zip(labels) {
        let (width, height) = layout::label_size(&label);
        let (from, to) = (boxes[line.from], boxes[line.to]);
        let (points, x, y) = if *is_led {
            let trunk = from.x - from.width / 2.0 + TRUNK;
            let end = to.x - to.width / 2.0;
            let points = vec![(trunk, from.y), (trunk, to.y), (end, to.y)];
            (points, end - STUB - width / 2.0, to.y)
        } else {
            let right = from.x + from.width / 2.0;
            let nth = placed[line.from] - (stubs[line.from] - 1.0) / 2.0;
            placed[line.from] += 1.0;
            let y = from.y + nth * STUBS_APART;
            let points = vec![(right - TRUNK, y), (right + STUB, y)];
            (points, right + STUB + width / 2.0, y)
        };
        ways.push(Way {
            points,
            label,
            label_at: Area {
                x,
                y,
                width,
                height,
            },
            course: Course::Straight,
        });
    }
    ways
}

/// What takes a stub, and where it goes.
fn stub_label(picture: &Picture, line: &Line) -> String {
    let to = &picture.boxes[line.to].name;
    match line.labels.as_slice() {
        [] => to.clone(),
        labels => format!("{}: {to}", labels.join(", ")),
    }
}
