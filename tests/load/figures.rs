//! What is told of a load: complete, in order, and readable.

use serde_json::Value;

use crate::program::{Served, run, shipped};

/// Loads a server that is right, and gives what was written.
fn load(args: &[&str]) -> (tempfile::TempDir, Value, String) {
    let (project, out) = (shipped(), tempfile::tempdir().unwrap());
    let served = Served::start(project.path());
    let target = format!("http://{}", served.address());
    let (dir, to) = (
        project.path().to_str().unwrap(),
        out.path().to_str().unwrap(),
    );
    let fixed = [
        "load", "--target", &target, "--dir", dir, "--out", to, "--pace", "fast",
    ];
    let ended = run(&[&fixed, args].concat());
    let told = String::from_utf8(ended.stdout).unwrap();
    let errors = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(0), "{told}{errors}");
    let json = std::fs::read(out.path().join("load.json")).unwrap();
    (out, serde_json::from_slice(&json).unwrap(), told)
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn is_in_order(spread: &Value) {
    let names = ["min_us", "p50_us", "p90_us", "p99_us", "p999_us", "max_us"];
    let times = names.map(|name| number(&spread[name]));
    assert!(times.is_sorted(), "{spread}");
    assert!(times[5] > 0.0, "{spread}");
}

#[test]
fn an_open_loop_is_told_in_full() {
    let args = [
        "--rate",
        "100",
        "--spacing",
        "even",
        "--duration",
        "500ms",
        "--ramp",
        "100ms",
    ];
    let (out, json, told) = load(&args);
    // Half of them during the ramp.
    assert_eq!(json["calls"]["started"], 45);
    assert_eq!(json["calls"]["ended"], 45);
    assert_eq!(json["calls"]["cut"], 0);
    assert_eq!(json["wrong_answers"]["total"], 0, "{told}");
    let turns = &json["requests"]["turns"];
    assert!(number(turns) > 90.0, "{told}");
    let statuses = json["requests"]["statuses"].as_object().unwrap();
    assert_eq!(statuses.keys().collect::<Vec<_>>(), ["200"]);
    assert_eq!(json["requests"]["sent"], statuses["200"]);
    for spread in ["from_due", "from_sent"] {
        is_in_order(&json["latency"][spread]);
        assert_eq!(json["latency"][spread]["count"], *turns);
    }
    assert_eq!(json["plan"]["loop_kind"], "open");
    assert_eq!(json["plan"]["numbers"].as_object().unwrap().len(), 2);

    let over_time = json["over_time"].as_array().unwrap();
    let of_parts: f64 = over_time.iter().map(|part| number(&part["turns"])).sum();
    assert_eq!(of_parts, number(turns));
    let curve = json["percentiles"].as_array().unwrap();
    let of_curve: Vec<f64> = curve
        .iter()
        .map(|point| number(&point["from_due_us"]))
        .collect();
    assert!(of_curve.len() > 10 && of_curve.is_sorted(), "{of_curve:?}");

    let server = &json["server"];
    if cfg!(target_os = "linux") {
        assert_eq!(server["pids"].as_array().unwrap().len(), 1, "{server}");
        let memory = ["memory_begin_bytes", "memory_most_bytes"].map(|name| number(&server[name]));
        assert!(memory[0] > 1e6 && memory.is_sorted(), "{server}");
    } else {
        assert!(server["unseen"].is_string(), "{server}");
    }

    assert!(
        told.contains("45 started") && told.contains("from due"),
        "{told}"
    );
    let report = std::fs::read_to_string(out.path().join("report.md")).unwrap();
    assert!(
        report.contains("45 started") && report.contains("(latency.svg)"),
        "{report}"
    );
    let svg = std::fs::read_to_string(out.path().join("latency.svg")).unwrap();
    is_svg(&svg);
    for words in ["Latency over time", "Latency by percentile", "polyline"] {
        assert!(svg.contains(words), "{svg}");
    }
    let is_fit = json["is_fit"].as_bool().unwrap();
    assert_eq!(svg.contains(">UNFIT · "), !is_fit, "{svg}");
    assert_eq!(report.contains("**Unfit"), !is_fit, "{report}");
}

#[test]
fn a_closed_loop_keeps_its_callers_busy_and_says_how_it_is_corrected() {
    let (_, json, told) = load(&["--at-once", "5", "--duration", "300ms"]);
    assert_eq!(json["calls"]["at_once_most"], 5);
    assert!(number(&json["calls"]["started"]) > 5.0, "{told}");
    let latency = &json["latency"];
    is_in_order(&latency["from_due"]);
    assert!(number(&latency["expected_interval_us"]) > 0.0);
    let how = latency["how"].as_str().unwrap();
    assert!(how.contains("closed loop, corrected"), "{how}");
    let corrected = number(&latency["from_due"]["count"]);
    assert!(
        corrected >= number(&latency["from_sent"]["count"]),
        "{latency}"
    );
}

/// Every element is closed by its own name, and nothing stands where it must not.
fn is_svg(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text.trim();
    assert!(rest.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    while let Some(begin) = rest.find('<') {
        let (words, tag) = rest.split_at(begin);
        let style = open.last() == Some(&"style");
        assert!(style || !words.contains(['&', '>']), "{words}");
        let (tag, behind) = tag[1..].split_once('>').unwrap();
        assert!(
            !tag.contains('<') && tag.matches('"').count() % 2 == 0,
            "{tag}"
        );
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap()),
        }
        rest = behind;
    }
    assert!(open.is_empty() && rest.is_empty(), "{open:?} {rest}");
}
