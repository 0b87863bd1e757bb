//! What goes wrong between a platform and a server, by chance that can be had again.

/// How often what goes wrong; each a share of 0 to 1 of the webhooks that it can happen to.
/// What happens to a webhook depends on the seed, the session's number and the webhook's
/// place in it alone, so with [`Pace::Fast`](super::Pace::Fast) and the same callers the
/// same happens again.
///
/// None of it is the server's fault, and whatever happens three things hold: the caller
/// hears what would have been heard without it; an event that comes again gets the answer
/// that it got, byte for byte; and no session is left over.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    pub seed: u64,
    /// The same event twice at once. Both get the same answer.
    pub duplicates: f64,
    /// The same event once more, one to three turns later or behind the summary. Of the
    /// latest two events it gets the answer that it got. An older one gets that or one given
    /// since, and the call does not go on for it. Behind the summary, or where the last
    /// answer has hung up, `hangup` alone is right too.
    pub late_duplicates: f64,
    /// An event once more under another id, at once or later, of those that can be told to be
    /// old all the same: they hold a token, or tell of an arrival. It gets an answer given for
    /// that event or since, and the call does not go on for it.
    pub new_event_ids: f64,
    /// Out of order: a status comes behind the turn that follows it, the webhook of the turn
    /// before beside the present one, and the summary of a caller who hangs up while we
    /// think in front of what we think about. What holds is that of a late duplicate.
    pub reordered: f64,
    /// The server has answered and the platform has not got it: the event comes again, and
    /// gets the same answer.
    pub lost_answers: f64,
    /// The body of a request comes in drops. It is answered like any other.
    pub slow_bodies: f64,
    /// The connection breaks in the middle of the body, and then the event comes again, whole.
    /// Of the first half nothing is known afterwards.
    pub cut_bodies: f64,
    /// A webhook goes out up to 50 ms late.
    pub delays: f64,
    /// The summary never comes. The session is closed when its time is over.
    pub missing_summaries: f64,
    /// This share of the sessions shows what was keyed in in one of the four shapes by
    /// chance, and the others in that of their line's rules.
    pub digit_shapes: f64,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Faults = Faults {
        seed: 0,
        duplicates: 0.0,
        late_duplicates: 0.0,
        new_event_ids: 0.0,
        reordered: 0.0,
        lost_answers: 0.0,
        slow_bodies: 0.0,
        cut_bodies: 0.0,
        delays: 0.0,
        missing_summaries: 0.0,
        digit_shapes: 0.0,
    };
}
