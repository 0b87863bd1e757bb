//! What is said when the program breaks.

use std::process::Command;

use tracing_subscriber::EnvFilter;

const PIN: &str = "864297";
const CHILD: &str = "HOSTILE_PANICS";

/// In a process of its own, since the hook is the whole process's.
#[test]
fn a_panic_is_told_without_its_message() {
    if std::env::var_os(CHILD).is_some() {
        return break_here();
    }
    let this = std::env::current_exe().unwrap();
    let output = Command::new(this)
        .args([
            "--exact",
            "--nocapture",
            "hostile::panics::a_panic_is_told_without_its_message",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8(told).unwrap();
    assert!(
        told.contains("the program broke here") && told.contains("panics.rs"),
        "{told}"
    );
    assert!(!told.contains(PIN), "{told}");
}

fn break_here() {
    let filter = EnvFilter::new("trace");
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    ringflow::app::keep_quiet();
    let broken = std::panic::catch_unwind(|| {
        let digits = std::hint::black_box(PIN);
        assert_eq!(digits, "1234", "the caller pressed {digits}");
    });
    assert!(broken.is_err());
}
