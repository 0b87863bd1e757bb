//! A call of which nothing but the token is left between any two webhooks: what must be
//! heard then, and how it must go on.
//!
//! The conversation is the same up to the first state that reads what is lost and
//! cannot be computed again without the caller: a variable, the last entry, or an entry
//! that is being confirmed. There the call goes
//! to the state that collects it, or to the beginning where nothing does, and says
//! something. From then on its memory is spared, the caller answers each question as
//! in the first run, and the call comes back to where it was.
//!
//! What a call that has been in a sub-flow loses depends on all flows that wait. Of such
//! a call the same is held, but for where it has to go back: it goes where the machine
//! sends it, hears something there, and comes back.

use std::collections::HashMap;

use crate::flow::{Assignee, At, Edge, Flow, Kind, PartId, Reads, Span, StateId, VarSet};
use crate::machine::{Awaits, Passage, Way, entered};
use crate::phone::{Doing, Heard};

use super::delivery::Answering;
use super::document::Leg;
use super::engine::Traced;
use super::hold::Unmet;
use super::play::Play;
use super::talk::{Acts, Talk, Turn};
use super::words::difference;

/// How often a caller answers until the call is taken to go round.
const MOST_ANSWERS: usize = 200;

/// Where a call leaves the way of the first run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Loss {
    turn: usize,
    /// The state that reads what is lost.
    state: At,
    /// The state in which the call goes on.
    back: At,
}

/// Runs a call without memory, and holds it against the first run.
pub fn check<A: Answering>(
    play: &mut Play<'_>,
    talk: &mut Talk<'_, A>,
    flow: &Flow,
    first: (&[Turn], &[Heard]),
    at: Span,
) -> Result<(), Unmet> {
    let (turns, heard) = first;
    let walked = play.walk(talk, |talk| met_loss(&talk.turns).is_none());
    let met = met_loss(&talk.turns);
    let expected = expected_loss(flow, turns, &talk.turns);
    let name = |at: At| flow.shown_state(at);
    let unmet = |what: String| {
        Err(Unmet {
            at,
            what,
            place: None,
        })
    };
    let until = match (expected, met) {
        (_, Some(met)) if is_nested(turns) || is_nested(&talk.turns) => {
            let turn = turns.get(met.turn);
            turn.map_or(heard.len(), |turn| turn.heard_before)
        }
        (None, None) => {
            walked?;
            heard.len()
        }
        (expected, Some(met)) if expected == Some(met) => turns[met.turn].heard_before,
        (None, Some(met)) => {
            return unmet(format!(
                "`{}` reads nothing that is lost, and the call goes back to `{}`",
                name(met.state),
                name(met.back)
            ));
        }
        (Some(loss), met) => {
            walked?;
            let went = met.map_or("goes on without it".to_owned(), |met| {
                format!("goes from `{}` to `{}`", name(met.state), name(met.back))
            });
            return unmet(format!(
                "`{}` reads what is lost and `{}` collects it, but the call {went}",
                name(loss.state),
                name(loss.back)
            ));
        }
    };
    let mine = match met {
        None => talk.heard.len(),
        Some(met) => talk.turns[met.turn].heard_before,
    };
    if let Some(what) = difference(&heard[..until], &talk.heard[..mine]) {
        return unmet(what);
    }
    match met {
        None => Ok(()),
        Some(loss) => go_on(talk, flow, turns, loss).or_else(unmet),
    }
}

/// Lets the caller answer as before until the call is where it was.
fn go_on<A: Answering>(
    talk: &mut Talk<'_, A>,
    flow: &Flow,
    first: &[Turn],
    loss: Loss,
) -> Result<(), String> {
    let answers = answers(first, loss.turn);
    let name = |at: At| flow.shown_state(at);
    talk.settle();
    let said = talk.heard[talk.turns[loss.turn].heard_before..].iter();
    if said.filter(|heard| **heard != Heard::HungUp).count() == 0 {
        return Err(format!(
            "the caller hears nothing where the call goes back to `{}`",
            name(loss.back)
        ));
    }
    // Where a state collects by itself what it reads, and nothing was being confirmed, the
    // call is there already.
    let before = loss.turn.checked_sub(1).map(|before| &first[before].traced);
    let confirmed = before.is_some_and(|before| before.awaits == Awaits::Confirmation);
    if loss.back == loss.state && !confirmed {
        return Ok(());
    }
    for _ in 0..MOST_ANSWERS {
        if talk.turns[loss.turn..]
            .iter()
            .any(|turn| is_back(turn, loss))
        {
            return Ok(());
        }
        if let Some(broken) = &talk.broken {
            return Err(format!(
                "where the call goes back to `{}`: {broken}",
                name(loss.back)
            ));
        }
        let session = talk.answering.engine().session();
        let place = session.map(|session| (session.at(), session.awaits()));
        let acts = place.and_then(|place| answers.get(&place));
        match talk.line.doing() {
            Doing::Listening => match acts {
                Some(acts) if !acts.pressed.is_empty() => {
                    let keys = acts.pressed.clone();
                    talk.press(&keys);
                    talk.settle();
                }
                _ => talk.silence(),
            },
            Doing::Ringing(_) => {
                let leg = acts.and_then(|acts| acts.leg);
                talk.leg(leg.unwrap_or(Leg::NoAnswer));
            }
            _ => break,
        }
    }
    Err(format!(
        "the call goes back to `{}`, and a caller who answers there as before never comes to `{}` again",
        name(loss.back),
        name(loss.state)
    ))
}

/// True where the call has come to where it left the way, with all that is read there.
fn is_back(turn: &Turn, loss: Loss) -> bool {
    if loss.back == loss.state {
        return turn.traced.awaits == Awaits::Confirmation && turn.traced.state == loss.state;
    }
    let path = &turn.traced.path;
    let behind = path.iter().rposition(is_way_back).map_or(0, |at| at + 1);
    entered(&path[behind..]).any(|state| state == loss.state)
}

fn is_way_back(passage: &Passage) -> bool {
    passage.way == Way::Back
}

/// What the caller and the other side did in each state of a run: the last thing in front
/// of the turn in which the call has left the way, as it led there, whatever went wrong
/// before it or was tried after it. Where a state was asked behind that turn alone, the
/// last thing there.
fn answers(turns: &[Turn], left: usize) -> HashMap<(At, Awaits), Acts> {
    let acts = |pair: &[Turn]| {
        let waited = &pair[0].traced;
        ((waited.state, waited.awaits), pair[1].acts.clone())
    };
    let mut answers: HashMap<_, _> = turns[left..].windows(2).map(acts).collect();
    answers.extend(turns[..=left].windows(2).map(acts));
    answers
}

/// Where a run without memory has left the way.
fn met_loss(turns: &[Turn]) -> Option<Loss> {
    (0..turns.len()).find_map(|turn| loss_met_in(turns, turn))
}

fn loss_met_in(turns: &[Turn], turn: usize) -> Option<Loss> {
    let now = &turns[turn].traced;
    let mut ways_back = now.path.iter().filter(|passage| is_way_back(passage));
    if let Some(passage) = ways_back.next() {
        let at = |state| At {
            part: passage.part,
            state,
        };
        let mut loss = Loss {
            turn,
            state: at(passage.from),
            back: at(passage.to?),
        };
        // Out of a sub-flow, and from there to what collects what was given to it.
        for further in ways_back {
            let from = At {
                part: further.part,
                state: further.from,
            };
            if from == loss.back {
                loss.back.state = further.to?;
            }
        }
        return Some(loss);
    }
    let before = &turns.get(turn.checked_sub(1)?)?.traced;
    confirms(turn, before.awaits, before.state).or_else(|| gives_up(turn, before))
}

/// True where the last of these turns has left the way because something is lost.
pub fn leaves_the_way(turns: &[Turn]) -> bool {
    let last = turns.len().checked_sub(1);
    last.and_then(|last| loss_met_in(turns, last)).is_some()
}

/// The turn in which a run without memory came to be another than the first: where it left
/// the way or should have, or else where something else was heard.
pub fn turn_of_loss(
    flow: &Flow,
    first: (&[Turn], &[Heard]),
    without: (&[Turn], &[Heard]),
) -> usize {
    let (turns, heard) = without;
    let last = turns.len().saturating_sub(1);
    let loss = met_loss(turns).or_else(|| expected_loss(flow, first.0, turns));
    let way = loss.map_or(last, |loss| loss.turn);
    let pairs = first.1.iter().zip(heard);
    let same = pairs.take_while(|(first, without)| first == without);
    let same = same.count();
    // What is heard first of a turn comes behind its webhook.
    let other = turns.iter().rposition(|turn| turn.heard_before <= same);
    match other {
        Some(other) if same < heard.len() => way.min(other),
        _ => way,
    }
}

/// An entry that is being confirmed is lost, and is asked for again in the same state.
fn confirms(turn: usize, awaits: Awaits, state: At) -> Option<Loss> {
    (awaits == Awaits::Confirmation).then_some(Loss {
        turn,
        state,
        back: state,
    })
}

/// What may have changed something was being looked up and cannot be asked for again, as
/// what was asked is lost: the call goes on as if no answer had come.
fn gives_up(turn: usize, before: &Traced) -> Option<Loss> {
    let state = before.flow.state_at(before.state);
    let Kind::Http(http) = &state.kind else {
        return None;
    };
    let reads = state.reads_inside;
    let is_lost = !before.known.and(reads.vars).is_empty() || reads.input;
    let gives_up =
        before.awaits == Awaits::Answer && http.request.method.changes_something() && is_lost;
    gives_up.then_some(Loss {
        turn,
        state: before.state,
        back: before.state,
    })
}

/// Where a run without memory has to leave the way of this one, which had it.
fn expected_loss(flow: &Flow, turns: &[Turn], without: &[Turn]) -> Option<Loss> {
    if is_nested(turns) || is_nested(without) {
        return None;
    }
    (1..turns.len()).find_map(|turn| {
        let other = without.get(turn);
        if other.is_some_and(|other| !other.forgot) {
            return None;
        }
        let path = other.map_or(&[][..], |turn| &turn.traced.path);
        loss_in(flow, turn, (&turns[turn - 1], &turns[turn]), path)
    })
}

/// True where the call has been in a sub-flow.
fn is_nested(turns: &[Turn]) -> bool {
    let mut passages = turns.iter().flat_map(|turn| &turn.traced.path);
    passages.any(|passage| passage.part != PartId::ROOT)
}

/// What a turn reads that its beginning does not have, and that the same turn without
/// memory, which took this path, did not compute again.
fn loss_in(
    flow: &Flow,
    turn: usize,
    (before, now): (&Turn, &Turn),
    path: &[Passage],
) -> Option<Loss> {
    let waited = &before.traced;
    if let Some(loss) = confirms(turn, waited.awaits, waited.state) {
        return Some(loss);
    }
    if let Some(loss) = gives_up(turn, waited) {
        return Some(loss);
    }
    let mut lost = Lost {
        vars: waited.known,
        input: true,
        path,
    };
    let here = waited.state.state;
    let state = flow.state(here);
    let reads = match (&state.kind, waited.awaits) {
        (Kind::Ask(_, entry), Awaits::Keys) => entry.reads,
        // The keys of a menu are judged without a look at anything.
        (Kind::Menu(_), Awaits::Keys) => Reads::default(),
        (_, Awaits::Leg) => Reads::default(),
        _ => state.reads_inside,
    };
    if lost.misses(here, reads) {
        return Some(lost.loss(flow, turn, here, reads));
    }
    for passage in &now.traced.path {
        lost.learn(flow, passage);
        let Some(to) = passage.to else { continue };
        let state = flow.state(to);
        if lost.misses(to, state.reads_on_entry) {
            return Some(lost.loss(flow, turn, to, state.reads_on_entry));
        }
        for line in &state.set {
            if let Assignee::Variable(var) = line.to {
                lost.vars.remove(var);
            }
        }
    }
    // The call stays where it was, or says again what it has said: with what is in it.
    let stays = now.traced.state == waited.state && entered(&now.traced.path).count() == 0;
    if stays && !now.traced.ended && lost.misses(here, state.reads_inside) {
        return Some(lost.loss(flow, turn, here, state.reads_inside));
    }
    None
}

/// What a call does not have any more.
struct Lost<'a> {
    vars: VarSet,
    input: bool,
    /// The path of the turn without memory.
    path: &'a [Passage],
}

impl Lost<'_> {
    /// True where a state does not have what it reads, and it was not computed there.
    fn misses(&mut self, state: StateId, reads: Reads) -> bool {
        let lacks =
            |lost: &Self| !lost.vars.and(reads.vars).is_empty() || (reads.input && lost.input);
        if !lacks(self) {
            return false;
        }
        for passage in self.path {
            if let Way::Again(var) = passage.way
                && passage.from == state
            {
                self.vars.remove(var);
            }
        }
        lacks(self)
    }

    /// What is keyed in is known again.
    fn learn(&mut self, flow: &Flow, passage: &Passage) {
        match (passage.way, &flow.state(passage.from).kind) {
            (Way::Out(Edge::Key(_)), _) => self.input = false,
            (Way::Out(Edge::Then), Kind::Http(http)) => {
                http.save.into_iter().for_each(|var| self.vars.remove(var));
            }
            (Way::Out(Edge::Then), Kind::Ask(_, entry)) => {
                self.input = false;
                entry.save.into_iter().for_each(|var| self.vars.remove(var));
            }
            _ => {}
        }
    }

    fn loss(&self, flow: &Flow, turn: usize, state: StateId, reads: Reads) -> Loss {
        let back = flow.way_back(state, reads, |var| self.vars.contains(var), self.input);
        let at = |state| At {
            part: PartId::ROOT,
            state,
        };
        Loss {
            turn,
            state: at(state),
            back: at(back.unwrap_or(flow.start())),
        }
    }
}
