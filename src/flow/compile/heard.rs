//! What a caller would hear where a call has nowhere to go.

use crate::flow::document::{Document, KindDoc, StateDoc, TargetDoc};
use crate::flow::source::Span;

/// Who comes to the target that stands here, and what they would hear there.
pub fn at_a_target(document: &Document, at: Span) -> Option<String> {
    let stands_here = |target: &TargetDoc| matches!(target, TargetDoc::Name(name) if name.at == at);
    let here = |target: &Option<TargetDoc>| target.as_ref().is_some_and(stands_here);
    let mut states = document.states.iter();
    states.find_map(|state| {
        let keys = match &state.kind {
            KindDoc::Menu(asking) | KindDoc::Ask(asking, _) => asking.keys.as_slice(),
            _ => &[],
        };
        let pressed = keys.iter().find(|(_, target)| stands_here(target));
        if let Some((key, _)) = pressed {
            let name = key.value.name();
            let shown = shown(state);
            return Some(nothing(&format!("who presses {name} at `{shown}`")));
        }
        ["then", "otherwise", "give_up"]
            .into_iter()
            .zip([&state.then, &state.otherwise, &state.give_up])
            .find(|(_, target)| here(target))
            .and_then(|(key, _)| without(state, key))
    })
}

/// What a caller would hear where this state has no such target.
pub fn without(state: &StateDoc, key: &str) -> Option<String> {
    let name = shown(state);
    let who = match (key, &state.kind) {
        ("then", KindDoc::Plain) => {
            return Some(format!(
                "a caller would hear nothing more behind `{name}`, and the line go dead"
            ));
        }
        ("then", KindDoc::Ask(..)) => format!("who answers `{name}`"),
        ("then", KindDoc::Transfer { .. }) => format!("whose conversation in `{name}` is over"),
        ("then", KindDoc::Run(_)) => format!("who comes back from the flow in `{name}`"),
        ("otherwise", KindDoc::Transfer { .. }) => format!("whom nobody answers in `{name}`"),
        ("then", KindDoc::Hours(_)) => format!("who comes to `{name}` while it is open"),
        ("otherwise", KindDoc::Hours(_)) => format!("who comes to `{name}` while it is closed"),
        ("give_up", _) => format!("who cannot answer `{name}`"),
        _ => return None,
    };
    Some(nothing(&who))
}

fn nothing(who: &str) -> String {
    format!("a caller {who} would hear the line go dead")
}

fn shown(state: &StateDoc) -> &str {
    state.name.value.split('.').next().unwrap_or_default()
}
