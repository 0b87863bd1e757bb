//! A report is drawn up of all that was measured.

use std::collections::BTreeMap;

use super::figures::Figures;
use super::process::Usage;
use super::report::{
    CallsReport, GeneratorReport, Latency, Plan, PlanReport, Report, RequestsReport, ServerReport,
    WrongReport,
};
use super::run::Lasted;
use super::schedule::{Arrivals, Spacing};
use super::spread::{Spread, curve};
use super::verdict;
use crate::platform::drive::{Faults, Pace};

impl Report {
    /// What came of a plan. `generator` is what this process used, and how many cores there
    /// are; `server` what that of the target used, or why that cannot be seen.
    pub fn new(
        plan: &Plan,
        begun_at: String,
        figures: &Figures,
        lasted: Lasted,
        (generator, cores): (Option<Usage>, usize),
        server: Result<Usage, String>,
    ) -> Self {
        let all = lasted.all.as_secs_f64().max(1e-9);
        let loaded = lasted.loaded.as_secs_f64().max(1e-9);
        let mut from_due = figures.from_due.clone();
        let mut interval = None;
        if let Arrivals::Closed { .. } = plan.arrivals
            && let Some(gap) = figures.usual_gap_us().filter(|gap| *gap > 0)
        {
            from_due = from_due.clone_correct(gap);
            interval = Some(gap);
        }
        let cpu = generator.as_ref().map(|usage| usage.cpu.as_secs_f64());
        let mut report = Report {
            target: plan.target.clone(),
            begun_at,
            plan: PlanReport::of(plan),
            is_fit: true,
            warnings: Vec::new(),
            loaded_seconds: lasted.loaded.as_secs_f64(),
            took_seconds: lasted.all.as_secs_f64(),
            calls: CallsReport {
                started: figures.started,
                started_per_second: figures.started as f64 / loaded,
                started_late: figures.late_starts,
                ended: figures.ended,
                at_once_most: figures.most_up,
                cut: lasted.cut,
                endless: figures.endless,
                broken: lasted.broken,
                expectations_unmet: figures.unmet,
                endings: figures.endings.clone(),
            },
            requests: RequestsReport {
                sent: figures.requests,
                turns: figures.turns,
                turns_per_second: lasted.turns as f64 / loaded,
                statuses: figures.statuses.clone(),
                unanswered: figures.unanswered.clone(),
            },
            wrong_answers: WrongReport {
                total: figures.wrong_answers,
                by_kind: figures.wrong.clone(),
                examples: figures.examples.clone(),
            },
            latency: Latency {
                from_due: Spread::of(&from_due),
                from_sent: Spread::of(&figures.from_sent),
                how: how(plan.arrivals, interval),
                expected_interval_us: interval,
            },
            generator: GeneratorReport {
                lag: Spread::of(&figures.lag),
                late_turns: figures.late_turns,
                cpu_seconds: cpu,
                cores_used: cpu.map(|cpu| cpu / all),
                cores,
            },
            server: ServerReport::of(server, figures.requests, all),
            saves: None,
            over_time: figures.moments(),
            percentiles: curve(&from_due, &figures.from_sent),
        };
        verdict::judge(&mut report);
        report
    }
}

/// What is measured, in words.
fn how(arrivals: Arrivals, interval: Option<u64>) -> String {
    match (arrivals, interval) {
        (Arrivals::Open { .. }, _) => "open loop: from when each webhook was due, which for the \
            first one of a call is its scheduled beginning, and else what its caller does after \
            the answer before"
            .to_owned(),
        (Arrivals::Closed { .. }, Some(us)) => format!(
            "closed loop, corrected for coordinated omission: as if each caller who waited had \
             gone on asking every {:.2} ms, the median between two webhooks of a call",
            us as f64 / 1000.0
        ),
        (Arrivals::Closed { .. }, None) => {
            "closed loop, not corrected: no call had two webhooks".to_owned()
        }
    }
}

impl PlanReport {
    fn of(plan: &Plan) -> Self {
        let (loop_kind, rate, spacing, at_once) = match plan.arrivals {
            Arrivals::Open { rate, spacing } => {
                let spacing = match spacing {
                    Spacing::Random => "random",
                    Spacing::Even => "even",
                };
                ("open", Some(rate), Some(spacing), None)
            }
            Arrivals::Closed { at_once } => ("closed", None, None, Some(at_once)),
        };
        PlanReport {
            loop_kind,
            calls_per_second: rate,
            spacing,
            at_once_callers: at_once,
            duration_seconds: plan.duration.as_secs_f64(),
            ramp_seconds: plan.ramp.as_secs_f64(),
            drain_seconds: plan.drain.as_secs_f64(),
            pace: match plan.pace {
                Pace::Real => "real".to_owned(),
                Pace::Fast => "fast".to_owned(),
                Pace::Times(times) => format!("x{times}"),
            },
            seed: plan.seed,
            numbers: plan.numbers.iter().cloned().collect(),
            callers: plan.callers.clone(),
            faults: shares(&plan.faults),
        }
    }
}

fn shares(faults: &Faults) -> BTreeMap<&'static str, f64> {
    let Faults {
        seed: _,
        duplicates,
        late_duplicates,
        new_event_ids,
        reordered,
        lost_answers,
        slow_bodies,
        cut_bodies,
        delays,
        missing_summaries,
        digit_shapes,
    } = *faults;
    let all = [
        ("duplicates", duplicates),
        ("late_duplicates", late_duplicates),
        ("new_event_ids", new_event_ids),
        ("reordered", reordered),
        ("lost_answers", lost_answers),
        ("slow_bodies", slow_bodies),
        ("cut_bodies", cut_bodies),
        ("delays", delays),
        ("missing_summaries", missing_summaries),
        ("digit_shapes", digit_shapes),
    ];
    all.into_iter().filter(|(_, share)| *share > 0.0).collect()
}

impl ServerReport {
    fn of(server: Result<Usage, String>, requests: u64, seconds: f64) -> Self {
        match server {
            Err(why) => ServerReport {
                unseen: Some(why),
                ..ServerReport::default()
            },
            Ok(usage) => {
                let cpu = usage.cpu.as_secs_f64();
                ServerReport {
                    pids: usage.pids,
                    cpu_seconds: Some(cpu),
                    cores_used: Some(cpu / seconds),
                    // Less than a few ticks of its clock say nothing.
                    requests_per_cpu_second: (cpu >= 0.1).then(|| requests as f64 / cpu),
                    memory_begin_bytes: Some(usage.memory_begin),
                    memory_most_bytes: Some(usage.memory_most),
                    memory_end_bytes: Some(usage.memory_end),
                    unseen: None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::platform::drive::{Kind, TurnTaken};

    /// A load of a hundred calls of one webhook, of which so many go out so late, in ms.
    fn report(late: u64, late_ms: u64, arrivals: Arrivals) -> Report {
        let begun = Instant::now();
        let duration = Duration::from_secs(1);
        let mut figures = Figures::new(begun, duration);
        for number in 0..100 {
            let due = begun + Duration::from_millis(number * 10);
            let lag = Duration::from_millis(if number < late { late_ms } else { 1 });
            figures.starts(due, due + lag);
            figures.turn(&TurnTaken {
                number: number / 2,
                kind: Kind::Vca,
                is_again: false,
                due,
                sent: due + lag,
                over: due + lag + Duration::from_millis(2),
                status: Some(200),
                wrong: None,
            });
        }
        let plan = Plan {
            target: "http://127.0.0.1:1/webhooks".to_owned(),
            arrivals,
            duration,
            ramp: Duration::ZERO,
            drain: Duration::ZERO,
            pace: Pace::Times(2.5),
            faults: Faults::NONE,
            seed: 1,
            numbers: vec![("+6561110001".to_owned(), 1.0)],
            callers: Vec::new(),
        };
        let lasted = Lasted {
            loaded: duration,
            all: duration,
            turns: 100,
            cut: 0,
            broken: 0,
        };
        let used = |cpu_ms| Usage {
            pids: vec![7],
            cpu: Duration::from_millis(cpu_ms),
            memory_begin: 1,
            memory_most: 3,
            memory_end: 2,
        };
        let generator = (Some(used(500)), 1);
        Report::new(
            &plan,
            String::new(),
            &figures,
            lasted,
            generator,
            Ok(used(200)),
        )
    }

    const OPEN: Arrivals = Arrivals::Open {
        rate: 100.0,
        spacing: Spacing::Even,
    };

    #[test]
    fn a_generator_that_was_late_says_so_and_one_that_was_not_does_not() {
        for (late, late_ms, is_fit) in [(0, 0, true), (1, 50, true), (5, 9, true), (5, 50, false)] {
            let report = report(late, late_ms, OPEN);
            assert_eq!(
                report.is_fit, is_fit,
                "{late} by {late_ms} ms: {:?}",
                report.warnings
            );
            let told = report
                .warnings
                .iter()
                .filter(|told| told.contains("could not keep up"));
            // Of the calls, and of their webhooks.
            assert_eq!(told.count(), if is_fit { 0 } else { 2 });
            assert!(report.is_good(), "it is no fault of the server's");
        }
    }

    #[test]
    fn what_a_server_used_is_held_against_what_it_did() {
        let report = report(0, 0, OPEN);
        assert_eq!(report.server.requests_per_cpu_second, Some(500.0));
        assert_eq!(report.server.memory_most_bytes, Some(3));
        assert_eq!(report.generator.cores_used, Some(0.5));
        assert_eq!(report.plan.pace, "x2.5");
        assert_eq!(report.latency.expected_interval_us, None);
    }

    #[test]
    fn a_closed_loop_tells_the_interval_of_its_correction() {
        let report = report(0, 0, Arrivals::Closed { at_once: 50 });
        let interval = report.latency.expected_interval_us.unwrap();
        assert!(interval.abs_diff(10_000) < 10, "{interval}");
        assert!(
            report.latency.how.contains("every 10.0"),
            "{}",
            report.latency.how
        );
    }
}
