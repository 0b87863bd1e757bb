//! Whether the figures are the server's, or the generator's own.

use super::report::Report;

/// The share of what was late from which on the generator could not keep up.
const MOST_LATE: f64 = 0.01;
/// The share of all cores from which on it had no time left.
const MOST_BUSY: f64 = 0.9;

/// Says what is wrong with a result, and whether it is unfit for that.
pub(super) fn judge(report: &mut Report) {
    let mut unfit = Vec::new();
    let share = |some: u64, all: u64| some as f64 / all.max(1) as f64;
    let (calls, turns) = (&report.calls, report.requests.turns);
    if share(calls.started_late, calls.started) > MOST_LATE {
        unfit.push(format!(
            "the generator could not keep up: {} of {} calls began more than 10 ms late",
            calls.started_late, calls.started
        ));
    }
    let late = report.generator.late_turns;
    if share(late, turns) > MOST_LATE {
        unfit.push(format!(
            "the generator could not keep up: {late} of {turns} webhooks went out more than \
             10 ms late"
        ));
    }
    let cores = report.generator.cores;
    if let Some(used) = report.generator.cores_used
        && used > MOST_BUSY * cores as f64
    {
        unfit.push(format!(
            "the generator was busy on {used:.1} of {cores} cores and had no time left"
        ));
    }
    let without_files: u64 = report
        .requests
        .unanswered
        .iter()
        .filter(|(why, _)| why.contains("too many open files") || why.contains("cannot assign"))
        .map(|(_, count)| count)
        .sum();
    if without_files > 0 {
        unfit.push(format!(
            "the generator had no connection left for {without_files} webhooks; allow it more \
             open files, as with `ulimit -n`"
        ));
    }
    if report.calls.broken > 0 {
        unfit.push(format!(
            "something of the generator's broke in {} calls",
            report.calls.broken
        ));
    }
    if turns == 0 {
        unfit.push("no call has got as far as a webhook that waits".to_owned());
    }
    report.is_fit = unfit.is_empty();
    report.warnings = unfit;
    let unanswered: u64 = report.requests.unanswered.values().sum();
    if unanswered > 0 {
        report.warnings.push(format!(
            "{unanswered} webhooks got no answer; they count with the time until that was known"
        ));
    }
    if report.calls.cut > 0 {
        report.warnings.push(format!(
            "{} calls were still up when they were not waited for any more; a longer `--drain` \
             or a faster `--pace` has them come to their ends",
            report.calls.cut
        ));
    }
}
