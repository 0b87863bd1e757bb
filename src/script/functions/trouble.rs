//! Why one of our functions cannot do what it was asked.

use std::borrow::Cow;

use rhai::{Dynamic, EvalAltResult, Position};

use crate::script::fault::FaultKind;

/// A failure of a function, in words that hold no value.
#[derive(Debug, Clone)]
pub(in crate::script) struct Trouble {
    pub kind: FaultKind,
    pub message: Cow<'static, str>,
}

impl Trouble {
    pub fn failed(message: impl Into<Cow<'static, str>>) -> Self {
        Trouble {
            kind: FaultKind::Failed,
            message: message.into(),
        }
    }

    pub fn too_long() -> Self {
        Trouble {
            kind: FaultKind::Limit,
            message: "a text grows over 4 KiB".into(),
        }
    }

    pub fn too_many() -> Self {
        Trouble {
            kind: FaultKind::Limit,
            message: "a list or map grows over 256 entries".into(),
        }
    }

    pub fn needs(name: &str, wanted: &str, found: &str) -> Self {
        Trouble::failed(format!("`{name}` needs {wanted}, this is {found}"))
    }

    /// The engine fills in the place.
    pub fn into_rhai(self) -> Box<EvalAltResult> {
        let is_limit = self.kind == FaultKind::Limit;
        if is_limit {
            // Of the errors a script cannot catch, this one means the same.
            return EvalAltResult::ErrorDataTooLarge(String::new(), Position::NONE).into();
        }
        EvalAltResult::ErrorRuntime(Dynamic::from(self), Position::NONE).into()
    }
}
