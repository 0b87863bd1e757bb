//! How a call ended.

/// How a call ended, as its summary says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// In one word and small letters, as in `no_answer`.
    pub outcome: String,
    /// For how many seconds it was up; `None` where the summary does not say.
    pub seconds: Option<u32>,
}
