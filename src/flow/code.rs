//! The name of every kind of finding. A code never changes its meaning.

use super::diagnostic::Severity;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal $severity:ident,)*) => {
        /// What kind of finding this is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as people read and type it.
            pub fn word(self) -> &'static str {
                match self { $(Code::$name => $word,)* }
            }

            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    // The file as YAML.
    /// The file is not valid YAML.
    YamlSyntax = "yaml-syntax" Error,
    /// YAML's `&`, `*` and `!` marks, which flows do not use.
    YamlMark = "yaml-mark" Error,
    /// A text that YAML ended at ` #` or at a comma.
    TextCut = "text-cut" Error,
    /// A line that YAML took for a comment.
    LostLine = "lost-line" Error,
    /// A key without a value.
    EmptyValue = "empty-value" Error,
    /// The same key twice in one place.
    DuplicateKey = "duplicate-key" Error,
    /// The file is empty or holds something that is no flow.
    NotAFlow = "not-a-flow" Error,

    // The shape of the document.
    UnknownKey = "unknown-key" Error,
    /// A key that exists, and belongs to another kind of state.
    MisplacedKey = "misplaced-key" Error,
    MissingKey = "missing-key" Error,
    WrongShape = "wrong-shape" Error,
    TwoKinds = "two-kinds" Error,
    BadName = "bad-name" Error,
    ReservedName = "reserved-name" Error,
    BadValue = "bad-value" Error,
    BadNumber = "bad-number" Error,
    BadType = "bad-type" Error,
    /// What is no host in the list of a project.
    BadHost = "bad-host" Error,
    DuplicateNumber = "duplicate-number" Error,
    DuplicateFlow = "duplicate-flow" Error,
    /// A test file or a `run` for a flow that does not exist, or has errors.
    UnknownFlow = "unknown-flow" Error,
    /// A sub-flow that runs, by others or at once, the flow that runs it.
    RunsItself = "runs-itself" Error,
    /// More states, variables or dials than there may be.
    TooMany = "too-many" Error,
    NestedState = "nested-state" Error,

    // The graph.
    UnknownTarget = "unknown-target" Error,
    MissingTarget = "missing-target" Error,
    MisplacedRepeat = "misplaced-repeat" Error,
    /// `return` in a flow that answers numbers of its own.
    MisplacedReturn = "misplaced-return" Error,
    UnknownCase = "unknown-case" Error,
    /// A case for a label that the sub-flow never gives back.
    UnusedCase = "unused-case" Warning,
    Unreachable = "unreachable" Error,
    NoEnd = "no-end" Error,
    EndlessLoop = "endless-loop" Error,
    SilentLoop = "silent-loop" Error,
    /// The first state is also a target, and `start` does not say that it is meant.
    UnclearStart = "unclear-start" Warning,
    ThirdDial = "third-dial" Warning,
    /// A transfer to a number that a flow of the project answers.
    OwnNumber = "own-number" Warning,

    // Texts and what the platform takes.
    MissingVoice = "missing-voice" Error,
    TextLimit = "text-limit" Error,
    TextCharacter = "text-character" Error,
    RecordingPrompt = "recording-prompt" Error,
    OpenDial = "open-dial" Error,
    UnclosedValue = "unclosed-value" Error,

    // Languages and prompts.
    UnknownLanguage = "unknown-language" Error,
    /// A voice whose code says another language than the one it is for.
    VoiceLanguage = "voice-language" Warning,
    /// A voice that is not in the platform's list.
    UnknownVoice = "unknown-voice" Warning,
    /// A prompt that is not there, in all languages or in one, or has faults of its own.
    UnknownPrompt = "unknown-prompt" Error,
    /// A list where one text is said.
    PromptList = "prompt-list" Error,
    /// A text of its own where each language needs one.
    OneText = "one-text" Error,
    UnusedPrompt = "unused-prompt" Warning,
    /// A text that is said in every language of the flow as it stands.
    SameInAll = "same-in-all" Warning,

    // Expressions and scripts.
    ScriptSyntax = "script-syntax" Error,
    UnknownFunction = "unknown-function" Error,
    UnknownVariable = "unknown-variable" Error,
    FunctionArguments = "function-arguments" Error,
    ScriptForbidden = "script-forbidden" Error,
    ScriptSize = "script-size" Error,
    TextWithNumber = "text-with-number" Error,
    UnknownLabel = "unknown-label" Error,
    UnknownState = "unknown-state" Error,
    UnknownHours = "unknown-hours" Error,
    SecretSpoken = "secret-spoken" Error,
    /// A case that spells what a secret label may be.
    SecretLabel = "secret-label" Error,
    /// A variable that is only ever text, set from what looks like a number.
    NumberAsText = "number-as-text" Warning,

    // Look-ups.
    /// A host, a scheme or a value of the environment that the project does not allow.
    NotAllowed = "not-allowed" Error,

    // Tables.
    /// A table file that cannot be read as rows with the same cells.
    BadTable = "bad-table" Error,
    /// A cell that is not of its column's type, or too large.
    BadCell = "bad-cell" Error,
    /// Two rows with one key.
    DuplicateRow = "duplicate-row" Error,
    UnknownTable = "unknown-table" Error,
    UnknownColumn = "unknown-column" Error,
    UnusedTable = "unused-table" Warning,

    // The design of a flow that runs.
    /// A text offers a key that does nothing where it is heard.
    OfferedKeyMissing = "offered-key-missing" Warning,
    /// A key that nothing which callers hear offers.
    KeyNotOffered = "key-not-offered" Warning,
    /// A menu of more than five options.
    ManyOptions = "many-options" Warning,
    /// Nothing leads to a person, and who cannot answer is hung up on without a word.
    NoPerson = "no-person" Warning,
    /// Digits that callers are asked for and nothing uses.
    UnusedEntry = "unused-entry" Warning,
    /// Zeros or a `+` in front of what is kept as a number.
    LostZeros = "lost-zeros" Warning,
    /// Opening hours that no state asks for.
    UnusedHours = "unused-hours" Warning,
    /// Spans of one day that overlap.
    OverlappingHours = "overlapping-hours" Warning,
    /// Opening hours, and nothing says in which time zone.
    MissingZone = "missing-zone" Warning,
    /// A text in a list in brackets that a comma made two of.
    TornText = "torn-text" Warning,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_code_has_a_word_of_its_own() {
        let words: HashSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
