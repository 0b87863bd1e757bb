//! How a bridged leg ended.

/// How one dialled leg ended, read from its final SIP status (RFC 3261).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LegOutcome {
    /// A conversation took place.
    Completed,
    Busy,
    NoAnswer,
    /// The caller gave up while the other side rang.
    Cancelled,
    Failed,
}

impl LegOutcome {
    /// Reads a final SIP status: 200 completed, 486 and 600 busy, 408 and 480 no
    /// answer, 487 cancelled, every other one failed.
    pub fn from_sip(code: u16) -> Self {
        match code {
            200 => LegOutcome::Completed,
            486 | 600 => LegOutcome::Busy,
            408 | 480 => LegOutcome::NoAnswer,
            487 => LegOutcome::Cancelled,
            _ => LegOutcome::Failed,
        }
    }

    /// The word scripts and flow files use for it.
    pub fn word(self) -> &'static str {
        match self {
            LegOutcome::Completed => "completed",
            LegOutcome::Busy => "busy",
            LegOutcome::NoAnswer => "no_answer",
            LegOutcome::Cancelled => "cancelled",
            LegOutcome::Failed => "failed",
        }
    }
}

/// The last transfer of a call, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferOutcome {
    pub outcome: LegOutcome,
    /// The final SIP status of the leg; 0 where the platform told none.
    pub sip_code: u16,
    /// How long the leg was up, in seconds.
    pub seconds: u32,
}
