//! Test files: what can be written in one, and what cannot.

use super::{marked, tests, yaml};

const GOOD: &str = r##"
flow: bank
from: +6591234567
at: 2026-03-02T10:00:00+08:00
scenarios:
  - name: a gold customer whose desk is busy reaches an agent
    call:
      - hears: <choose_language>
      - press: 1
      - press: 79927398#
      - press: "#"
      - dialled: +6561115900
      - leg: busy
      - leg: {answered: 42s}
      - wait: 20s
      - vars: {tier: gold, n: 3}
      - hears: /good ?bye/
      - hung_up: true
    states: [welcome, open_check]
    strict: true
    vars: {tier: gold}
  - name: silence gives up politely
    from: anonymous
    call: [press: 1, silence: true, hears: did not hear, hangs_up: true]
    never: [{hears: press}, {dialled: +6561115777}]
    split: {offer: new}
    survives: [duplicates, restarts]
    because: what was set is lost
"##;

#[test]
fn a_test_file_is_valid_and_every_slip_in_it_is_marked() {
    let validator = tests();
    let value = yaml::read(GOOD).expect("it is YAML");
    assert_eq!(marked(&validator, &value), [""; 0]);
    for (from, to) in [
        ("flow: bank", "flwo: bank"),
        ("    call:\n      - hears", "    cal:\n      - hears"),
        ("- press: 1\n", "- pres: 1\n"),
        ("- press: 1\n", "- press: one\n"),
        ("- press: 1\n", "- press: 1\n        hears: more\n"),
        ("- press: 1\n", "- silence\n"),
        ("- hung_up: true", "- hung_up: maybe"),
        ("leg: busy", "leg: engaged"),
        ("{answered: 42s}", "{answered: 42}"),
        ("wait: 20s", "wait: 20"),
        ("dialled: +6561115900", "dialled: agent"),
        ("strict: true", "strict: sometimes"),
        ("never: [{hears: press}", "never: [{heard: press}"),
        ("survives: [duplicates", "survives: [duplicate"),
        ("split: {offer: new}", "split: offer"),
        ("at: 2026-03-02T10:00:00+08:00", "at: Monday"),
        ("scenarios:", "scenario:"),
    ] {
        let broken = GOOD.replacen(from, to, 1);
        assert_ne!(broken, GOOD, "{from}");
        let value = yaml::read(&broken).unwrap_or_else(|error| panic!("{to}: {error}"));
        assert!(!marked(&validator, &value).is_empty(), "{to} is not marked");
    }
}
