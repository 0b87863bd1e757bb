//! What a user sees on the command line, held against the texts in `tests/cli`.

#[test]
fn the_command_line_says_what_it_should() {
    let cases = trycmd::TestCases::new();
    // Help is as wide as the terminal, up to a bound.
    cases.env("COLUMNS", "100").case("tests/cli/*.trycmd");
    cases.run();
}

#[test]
fn there_are_texts_to_hold_it_against() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    let files = std::fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert!(names.filter(|name| name.ends_with(".trycmd")).count() >= 3);
}
