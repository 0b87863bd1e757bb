//! The project in which a PIN is keyed in, as a secret and openly.

use tempfile::TempDir;

use crate::program::project;

/// In no number, port or time that could be printed for another reason.
pub const PIN: &str = "83519274";
pub const NUMBER: &str = "+6561115790";

/// `KIND` is `secret ` or nothing; what is said of the PIN follows it.
const FLOW: &str = "\
flow: vault
numbers: [+6561115790]
voice: en-US-BenjaminRUS
vars: {pin: KINDdigits, other: KINDdigits, held: KINDmap}
defaults: {give_up: bye, on_error: after}
states:
  welcome: {menu: Welcome. Press 1., tries: 9, keys: {1: strict}}
  strict:
    ask: A PIN that no script takes.
    digits: 8
    tries: 2
    save: other
    valid: tools::throws(other)
    give_up: main
    then: main
  main:
    ask: Your PIN please.
    digits: 8
    tries: 9
    save: pin
    valid: pin != \"00000000\"
    confirm: You entered SAID. Press 1.
    keys: {0: bye}
    then: compute
  compute:
    set:
      copy: ${pin}
      held: {pin: '${pin}', list: ['${copy}', x]}
      words: It is ${copy}.
      same: ${held.pin == copy}
    then: fails
  fails:
    set: {never: '${tools::throws(held)}'}
    say: This is never said. ${same}
    on_error: looks
    then: looks
  looks:
    set: {row: '${tools::made(held, pin)}'}
    then: fails_again
  fails_again: {choose: 'number(row.pin) % 0 == 1', otherwise: after, on_error: after}
  after: {menu: 'SPELLED Press 1.', tries: 9, keys: {1: bye}}
  bye: {say: Goodbye., then: hangup}
";

const TOOLS: &str = "\
fn throws(x) { throw `it is ${x}`; }
fn made(held, pin) { #{pin: pin, all: [held, pin.split(\"\")]} }
";

const TESTS: &str = "\
flow: vault
scenarios:
  - name: it holds
    faults: true
    call: [press: 1, press: 83519274, press: 83519274, press: 83519274, press: 1, hears: Press 1]
  - name: a PIN of 83519274 is spelled
    faults: true
    call:
      - press: 1
      - press: 83519274
      - press: 83519274
      - press: 83519274#
      - hears: You entered 8 3 5 1 9 2 7 4
  - name: it is not reached
    faults: true
    call: [hears: Not this., press: 1, press: 83519274]
  - name: a script that fails
    call: [press: 1, press: 83519274, hung_up: true]
  - name: a variable
    faults: true
    call:
      - press: 1
      - press: 83519274
      - press: 83519274
      - press: 83519274
      - press: 1
      - vars: {copy: 83519275}
  - name: what is never heard
    faults: true
    never: {hears: /83519274|Goodbye/}
    call: [press: 1, press: 83519274, press: 83519274, press: 83519274, press: 1, press: 1]
";

/// A project.
pub struct Vault {
    pub dir: TempDir,
}

impl Vault {
    /// Its PIN is a secret.
    pub fn secret() -> Self {
        Vault::with("secret ", "${mask(pin)}", "")
    }

    /// Its PIN is none, and is said.
    pub fn open() -> Self {
        Vault::with("", "${pin}", "${words}")
    }

    fn with(kind: &str, said: &str, spelled: &str) -> Self {
        let flow = FLOW.replace("KIND", kind).replace("SAID", said);
        let flow = flow.replace("SPELLED", spelled);
        let dir = project(&[
            ("flows/vault.yaml", &flow),
            ("flows/vault.test.yaml", TESTS),
            ("scripts/tools.rhai", TOOLS),
            ("typed.txt", &TYPED.join("\n")),
        ]);
        Vault { dir }
    }

    pub fn path(&self) -> &str {
        self.dir.path().to_str().unwrap()
    }

    /// The files in which the PIN stands as the test has written it.
    pub const OWN: [&'static str; 2] = ["flows/vault.test.yaml", "typed.txt"];
}

/// What is typed into the phone.
pub const TYPED: [&str; 16] = [
    "1",
    "83519274",
    "8351 9274#",
    "x83519274",
    "83519274x",
    "test83519274",
    "83519274",
    "9",
    "1",
    "dup",
    "restart",
    "1",
    "83519274",
    "hangup",
    "83519274",
    "quit",
];
