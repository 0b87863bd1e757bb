//! The lines of a picture: every way out of every state, those between the same two
//! boxes as one.

use std::collections::BTreeMap;

use crate::flow::resolved::Flow;
use crate::flow::state::{Edge, Kind, State, StateId, Target};

use super::{Box, Line, Look, Tone, words};

/// The lines of a flow. Signs that they need, for the start, the ends and errors, are
/// put behind the boxes of the states.
pub fn of(flow: &Flow, boxes: &mut Vec<Box>) -> Vec<Line> {
    let mut drawn = Drawn {
        boxes,
        lines: Vec::new(),
        ends: BTreeMap::new(),
        flow,
    };
    let start = drawn.sign(Look::Start);
    drawn.add(start, usize::from(flow.start().0), String::new(), Tone::Way);
    for id in flow.state_ids() {
        drawn.ways(flow, id);
    }
    drawn.errors(flow);
    drawn.lines
}

struct Drawn<'a> {
    boxes: &'a mut Vec<Box>,
    lines: Vec<Line>,
    /// The end beside each box whose calls end there: one end for all would draw lines
    /// across the whole picture.
    ends: BTreeMap<(usize, String), usize>,
    flow: &'a Flow,
}

impl Drawn<'_> {
    fn sign(&mut self, look: Look) -> usize {
        self.named(look, look.word().to_owned())
    }

    fn named(&mut self, look: Look, name: String) -> usize {
        self.boxes.push(Box {
            look,
            name,
            about: Vec::new(),
        });
        self.boxes.len() - 1
    }

    /// The box to which a target leads from this one.
    fn end_of(&mut self, from: usize, target: Target) -> usize {
        let (look, name) = match target {
            Target::State(id) | Target::Again(id) => return usize::from(id.0),
            Target::Hangup => (Look::Hangup, Look::Hangup.word().to_owned()),
            Target::Return(label) => {
                let word = Look::Return.word();
                let label = self.flow.label(label);
                let name = label.map(|label| format!("{word} {label}"));
                (Look::Return, name.unwrap_or_else(|| word.to_owned()))
            }
        };
        match self.ends.get(&(from, name.clone())) {
            Some(end) => *end,
            None => {
                let end = self.named(look, name.clone());
                self.ends.insert((from, name), end);
                end
            }
        }
    }

    fn add(&mut self, from: usize, to: usize, label: String, tone: Tone) {
        let label = (!label.is_empty()).then_some(label);
        let line = self.lines.iter_mut();
        let mut same = line.filter(|line| line.from == from && line.to == to);
        match same.next() {
            Some(line) => {
                line.labels
                    .extend(label.filter(|label| !line.labels.contains(label)));
                line.tone = line.tone.min(tone);
            }
            None => self.lines.push(Line {
                from,
                to,
                labels: label.into_iter().collect(),
                tone,
            }),
        }
    }

    /// Every way out of a state but those of errors.
    fn ways(&mut self, flow: &Flow, id: StateId) {
        let state = flow.state(id);
        let from = usize::from(id.0);
        // What is meant to happen comes first, also where lines are joined.
        for wanted in [Tone::Way, Tone::Trouble] {
            for (edge, target) in together(state) {
                let failed = edge == Edge::Otherwise && matches!(state.kind, Kind::Run(_));
                let tone = if failed { Tone::Trouble } else { tone(edge) };
                if tone != wanted {
                    continue;
                }
                let mut label = words::edge(state, edge);
                if matches!(target, Target::Again(_)) {
                    label = format!("{label} (again)").trim().to_owned();
                }
                let to = self.end_of(from, target);
                self.add(from, to, label, wanted);
            }
        }
    }

    /// Where errors lead: the target that most states have is drawn once, and from a
    /// state of its own only where it is another one and no line goes there already.
    fn errors(&mut self, flow: &Flow) {
        let mut counts: Vec<(Target, usize)> = Vec::new();
        for state in flow.states() {
            match counts
                .iter_mut()
                .find(|(target, _)| *target == state.on_error)
            {
                Some((_, count)) => *count += 1,
                None => counts.push((state.on_error, 1)),
            }
        }
        // Of equals the first one.
        let most = counts.iter().rev().max_by_key(|(_, count)| *count);
        let Some(usual) = most.map(|(target, _)| *target) else {
            return;
        };
        for id in flow.state_ids() {
            let target = flow.state(id).on_error;
            let from = usize::from(id.0);
            if target == usual {
                continue;
            }
            let to = self.end_of(from, target);
            let is_drawn = |line: &Line| line.from == from && line.to == to;
            if !self.lines.iter().any(is_drawn) {
                self.add(from, to, "on error".to_owned(), Tone::Error);
            }
        }
        let sign = self.sign(Look::Error);
        let to = self.end_of(sign, usual);
        self.add(sign, to, String::new(), Tone::Error);
    }
}

fn tone(edge: Edge) -> Tone {
    match edge {
        Edge::GiveUp | Edge::Failure(_) => Tone::Trouble,
        Edge::Busy | Edge::NoAnswer | Edge::Failed => Tone::Trouble,
        Edge::OnError => Tone::Error,
        _ => Tone::Way,
    }
}

/// The ways out of a state, where a transfer that leads to one place in all its
/// failures has one way for them.
fn together(state: &State) -> Vec<(Edge, Target)> {
    let mut edges = state.edges();
    let of = |edges: &[(Edge, Target)], wanted: Edge| {
        edges
            .iter()
            .find(|(edge, _)| *edge == wanted)
            .map(|(_, target)| *target)
    };
    let failed = of(&edges, Edge::Failed);
    let alike = failed.is_some()
        && of(&edges, Edge::Busy) == failed
        && of(&edges, Edge::NoAnswer) == failed;
    if alike {
        edges.retain(|(edge, _)| !matches!(edge, Edge::Busy | Edge::NoAnswer));
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::super::Picture;
    use crate::flow::{SourceFile, build};

    fn picture(states: &str) -> Picture {
        let text = format!("flow: a\nvoice: en-US-BenjaminRUS\nstates:\n{states}");
        let build = build(&[SourceFile::new("flows/a.yaml", &text)]);
        let lines: Vec<_> = build.diagnostics.iter().map(|d| d.line()).collect();
        assert!(!build.has_errors(), "{lines:#?}");
        Picture::of(&build.catalog.flows()[0])
    }

    #[test]
    fn the_lines_of_a_split_tell_the_share_of_each_side() {
        let picture = picture(
            "  main:\n    split: {new: 1, old: 2}\n    cases: {new: bye, old: hangup}\n  bye: {say: Goodbye., then: hangup}\n",
        );
        let labels: Vec<&String> = picture.lines.iter().flat_map(|line| &line.labels).collect();
        assert_eq!(labels, ["new 33.3%", "old 66.7%"]);
        assert_eq!(picture.boxes[0].look.word(), "split");
    }

    #[test]
    fn lines_between_the_same_boxes_are_one_and_an_error_is_drawn_once() {
        let picture = picture(
            "  main:\n    menu: Press 1, 2 or 3.\n    keys: {1: bye, 2: bye, 3: desk, star: repeat}\n    give_up: bye\n  \
             desk:\n    transfer: +6561110001\n    then: hangup\n    otherwise: bye\n    on_error: main\n  \
             bye:\n    say: Goodbye.\n    then: hangup\n",
        );
        let shown: Vec<String> = picture
            .lines
            .iter()
            .map(|line| {
                let name = |at: usize| &picture.boxes[at].name;
                let labels = line.labels.join("/");
                format!(
                    "{} > {} {labels} {:?}",
                    name(line.from),
                    name(line.to),
                    line.tone
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "start > main  Way",
                "main > bye 1/2/give up Way",
                "main > desk 3 Way",
                "main > main * (again) Way",
                "desk > hang up then Way",
                "desk > bye otherwise Trouble",
                "bye > hang up  Way",
                "desk > main on error Error",
                "error anywhere > bye  Error",
            ]
        );
    }
}
