//! The plot of a load: latency over time, and the curve of percentiles.

use super::amounts::rate;
use super::frame::{Frame, Place, escaped};
use crate::platform::load::{Moment, Report};

const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 720.0;
const LEFT: f64 = 80.0;
const INNER: f64 = WIDTH - LEFT - 30.0;

const STYLE: &str = "\
text{font-family:system-ui,sans-serif;fill:#334155}
.head{font-size:15px;font-weight:600}.title{font-size:14px;font-weight:600}.tick{font-size:12px}
.grid{stroke:#e2e8f0;stroke-width:1}.wrong{fill:#dc2626}
polyline{fill:none;stroke-width:2;stroke-linejoin:round}
.p50{stroke:#0ea5e9}.p99{stroke:#f59e0b}.max{stroke:#94a3b8}
.due{stroke:#7c3aed}.sent{stroke:#10b981}
line.p50,line.p99,line.max,line.due,line.sent{stroke-width:2}";

/// A line by its class, and the time of a part that it goes through.
type Line = (&'static str, fn(&Moment) -> u64);

/// The plot as an SVG file.
pub fn svg(report: &Report) -> String {
    // A plot is shown by itself too.
    let unfit = if report.is_fit { "" } else { "UNFIT · " };
    let title = escaped(&format!(
        "{unfit}{} · {} turns/s · {} wrong answers",
        report.target,
        rate(report.requests.turns_per_second),
        report.wrong_answers.total
    ));
    let body = match report.percentiles.is_empty() {
        true => "<text class=\"title\" x=\"80\" y=\"90\">No call was answered.</text>\n".to_owned(),
        false => over_time(report) + &percentiles(report),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\">\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text class=\"head\" x=\"{LEFT}\" y=\"30\">{title}</text>\n{body}</svg>\n"
    )
}

/// Percentiles of what was due in each part of the time.
fn over_time(report: &Report) -> String {
    let moments = &report.over_time;
    let part = match moments.as_slice() {
        [first, second, ..] => second.at_seconds - first.at_seconds,
        _ => report.took_seconds.max(0.001),
    };
    let all = (part * moments.len() as f64).max(0.001);
    let answered: Vec<&Moment> = moments.iter().filter(|moment| moment.turns > 0).collect();
    let least = answered.iter().map(|moment| moment.p50_us).min();
    let most = answered.iter().map(|moment| moment.max_us).max();
    let place = Place {
        left: LEFT,
        top: 80.0,
        width: INNER,
        height: 230.0,
    };
    let (least, most) = (least.unwrap_or(1), most.unwrap_or(1));
    let mut frame = Frame::new(place, "Latency over time, from due", least, most);
    for mark in marks(all) {
        frame.mark(mark / all, &format!("{mark}"));
    }
    frame.below("seconds since the beginning");
    // In the middle of each part.
    let at = |moment: &Moment| (moment.at_seconds + part / 2.0) / all;
    let lines: [Line; 3] = [
        ("max", |moment| moment.max_us),
        ("p99", |moment| moment.p99_us),
        ("p50", |moment| moment.p50_us),
    ];
    for (class, time) in lines {
        frame.curve(
            class,
            answered.iter().map(|moment| (at(moment), time(moment))),
        );
    }
    for moment in moments.iter().filter(|moment| moment.wrong_answers > 0) {
        frame.flag(moment.at_seconds / all, part / all);
    }
    frame.legend(&[("p50", "p50"), ("p99", "p99"), ("max", "longest")]);
    frame.into_svg()
}

/// Percentiles on a scale on which each nine more is as wide as the one before.
fn percentiles(report: &Report) -> String {
    let points = &report.percentiles;
    let least = points
        .iter()
        .map(|point| point.from_sent_us.min(point.from_due_us))
        .min();
    let most = points
        .iter()
        .map(|point| point.from_sent_us.max(point.from_due_us))
        .max();
    let place = Place {
        left: LEFT,
        top: 420.0,
        width: INNER,
        height: 230.0,
    };
    let title = "Latency by percentile";
    let mut frame = Frame::new(place, title, least.unwrap_or(1), most.unwrap_or(1));
    let nines = |percentile: f64| -(1.0 - percentile / 100.0).max(1e-12).log10();
    // The longest one is drawn a little behind the last percentile that is known.
    let known = points
        .iter()
        .rev()
        .nth(1)
        .map_or(1.0, |point| nines(point.percentile));
    let widest = (known * 1.05).max(1.0);
    let share = |percentile: f64| (nines(percentile) / widest).min(1.0);
    for percentile in [0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999] {
        if nines(percentile) <= widest {
            frame.mark(share(percentile), &format!("{percentile} %"));
        }
    }
    frame.below("of all took no longer");
    let sent = points
        .iter()
        .map(|point| (share(point.percentile), point.from_sent_us));
    frame.curve("sent", sent);
    let due = points
        .iter()
        .map(|point| (share(point.percentile), point.from_due_us));
    frame.curve("due", due);
    frame.legend(&[("due", "from due"), ("sent", "from sent (uncorrected)")]);
    frame.into_svg()
}

/// Round numbers of seconds, about ten of them.
fn marks(all: f64) -> Vec<f64> {
    let steps = [
        0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0,
    ];
    let step = steps.into_iter().find(|step| all / step <= 12.0);
    let step = step.unwrap_or(all / 10.0);
    let count = (all / step).floor() as u32;
    (0..=count)
        .map(|mark| (f64::from(mark) * step * 10.0).round() / 10.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_of_time_has_round_marks() {
        assert_eq!(
            marks(1.0),
            [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
        );
        assert_eq!(marks(30.0), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert!(marks(100_000.0).len() < 15);
    }

    #[test]
    fn what_is_not_xml_is_written_as_it_may_stand_there() {
        assert_eq!(
            escaped("http://a/?b=<c>&\"d\"\n"),
            "http://a/?b=&lt;c&gt;&amp;&quot;d&quot; "
        );
    }
}
