//! Random flows that are sound. What happens by itself leads forward only, so no flow
//! goes round for ever; each state leads to the next, so all are reached; the last
//! one ends the call. Keys and faults lead anywhere.

use std::sync::Arc;

use ringflow::flow::SourceFile;

use super::dice::Dice;
use super::yaml::Node;

pub const TOOLS: &str = r#"
fn shout(x) { `${x}`.to_upper() + "!" }
fn long() { "x".repeat(800) }
fn markup() { "<b>A & B</b>" }
fn spin() { let n = 0; while true { n += 1; } n }
fn work() { let n = 0; while n < 1000 { n += 1; } n }
fn even(x) { number(x) % 2 == 0 }
fn pick(n) { if n > 3 { "a" } else { "b" } }
fn desk() { "+6561110009" }
fn abroad() { "+12125550100" }
fn tell(x) { throw x }
fn hold(x) { #{all: [x, `It is ${x}.`], part: x} }
"#;

pub const PROJECT: &str = "lookups: {hosts: [crm.example.com], insecure: true}\nenv: [CRM_TOKEN]\n";
/// What random flows run. Its labels, its faults and the flow that it runs in turn depend
/// on what it is given and on the caller.
pub const INNER: &str = r#"flow: inner
voice: en-US-Two
start: main
vars: {n: number, t: {type: text, default: none}, pin: secret digits}
defaults: {give_up: return b, tries: 2}
states:
  main:
    choose:
      - {if: n > 6, then: ask}
      - {if: n < 2, then: odd}
    otherwise: keys
  keys:
    say: Now ${n}.
    menu: [Press one of many keys., Once more.]
    keys: {1: return a, 2: deeper, 3: repeat, 4: hangup, 5: ask, 6: return, 7: odd, 8: main}
  ask:
    ask: Digits above ${n}.
    digits: 1-4
    save: pin
    valid: number(pin) > n
    confirm: Is ${n} right?
    then: done
  done:
    set: {result: "${t}"}
    then: return a
  odd:
    set: {result: "${1 % (n - n)}"}
    say: Never heard.
    on_error: deeper
    then: return
  deeper:
    run: innermost
    with: {n: "${n + 1}"}
    save: result
    cases: {c: done}
    then: return
"#;

pub const INNERMOST: &str = r#"flow: innermost
voice: en-US-Two
vars: {n: number}
states:
  check:
    set: {half: "${10 % (n - 5)}"}
    then: ask
  ask:
    say: Deep down at ${half}.
    ask: Once more, ${n} of them.
    digits: 2
    save: result
    keys: {1: return c}
    give_up: return
    then: return c
"#;

const SHORT: &[&str] = &[
    "Hello.",
    "Press 1 for more.",
    "Please hold",
    "您好，请按 1。",
    "It costs $${5} today.",
    "Anything: else # too, 'quoted' and \"so\"",
];

/// What can be put into a text. The last few fail, or may.
const SHOWN: &[&str] = &[
    "t",
    "n",
    "f",
    "d",
    "l",
    "m.x",
    "m.none.at_all",
    "e",
    "u",
    "input",
    "mask(s)",
    "mask(v_hidden)",
    "v_same",
    "v_ends",
    "lang",
    "caller.number",
    "dialled.number",
    "leg.outcome",
    "leg.seconds",
    "now.date",
    "session.direction",
    "lang",
    "visits(\"s0\")",
    "tools::shout(t)",
    "tools::long()",
    "tools::long()",
    "tools::markup()",
    "tools::work()",
    "#{a: \"}\"}.a",
    "n / (n - n)",
    "1 % (n - n)",
];

const CONDITIONS: &[&str] = &[
    "n > 2",
    "f",
    "!f && n < 5",
    "input == \"1\"",
    "m.none.at_all",
    "leg.outcome == \"busy\"",
    "visits(\"s0\") > 1",
    "s != \"\"",
    "v_hidden == s && !v_hidden.is_empty()",
    "tools::tell(s)",
    "tools::even(d)",
    "t",
    "tools::spin()",
];

const LABELS: &[&str] = &[
    "if n > 3 { \"a\" } else { \"b\" }",
    "tools::pick(n)",
    "input",
    "let x = n + 1;\nif x > 4 { \"a\" }\nelse { \"b\" }",
    "t",
    "1 % (n - n)",
];

const CHECKS: &[&str] = &[
    "input != \"0000\"",
    "luhn(input)",
    "input.len() > 2",
    "tools::even(input)",
    "n",
    "1 % (n - n) == 1",
    "tools::spin()",
    "n > 0",
    "input != \"11\"",
    "tools::tell(input)",
];

/// Variables that `set` alone declares, each with what stands for it in a flow that never
/// sets it.
const UNDECLARED: [(&str, &str); 3] = [("v_hidden", "s"), ("v_same", "f"), ("v_ends", "t")];

/// A whole flow as YAML.
pub fn flow(tape: &[u16]) -> String {
    project(tape).0
}

/// The flow with what it is made of, as files.
pub fn files(tape: &[u16]) -> Vec<Arc<SourceFile>> {
    let (flow, en, ms) = project(tape);
    let mut files = vec![
        SourceFile::new("flows/random.yaml", &flow),
        SourceFile::new("flows/inner.yaml", INNER),
        SourceFile::new("flows/innermost.yaml", INNERMOST),
        SourceFile::new("scripts/tools.rhai", TOOLS),
        SourceFile::new("ringflow.yaml", PROJECT),
    ];
    if !en.is_empty() {
        files.push(SourceFile::new("flows/prompts/en.yaml", &en));
        files.push(SourceFile::new("flows/prompts/ms.yaml", &ms));
    }
    files
}

/// The flow, and its prompts in both languages where it has two.
fn project(tape: &[u16]) -> (String, String, String) {
    let mut dice = Dice::new(tape);
    let count = 2 + dice.below(6);
    let mut writer = Writer {
        is_bilingual: dice.one_in(3),
        prompts: Vec::new(),
        inherits_give_up: dice.below(3) > 0,
        inherits_otherwise: dice.one_in(3),
        dice,
        count,
        at: 0,
        asks: false,
        placed: false,
    };
    let written = writer.file().write();
    let is_set = |name: &str| {
        written.contains(&format!("{name}:")) || written.contains(&format!("{name}\":"))
    };
    let unset: Vec<_> = UNDECLARED
        .iter()
        .filter(|(name, _)| !is_set(name))
        .collect();
    let set = |text: String| {
        let unset = unset.iter();
        unset.fold(text, |text, (name, other)| text.replace(name, other))
    };
    let prompts = |at: fn(&[Node; 2]) -> &Node| {
        let texts = writer.prompts.iter().enumerate();
        let texts = texts.map(|(number, texts)| (format!("p{number}"), at(texts).clone()));
        match writer.prompts.is_empty() {
            true => String::new(),
            false => set(Node::Map(texts.collect()).write()),
        }
    };
    let (en, ms) = (prompts(|texts| &texts[0]), prompts(|texts| &texts[1]));
    (set(written.clone()), en, ms)
}

struct Writer<'a> {
    dice: Dice<'a>,
    count: usize,
    /// The state that is being written.
    at: usize,
    /// Whether `repeat` means something here.
    asks: bool,
    /// Inside a state that is written in place, which can hold no other.
    placed: bool,
    inherits_give_up: bool,
    inherits_otherwise: bool,
    /// It has two languages, and every text is a prompt.
    is_bilingual: bool,
    /// What each prompt says in the first and in the second language.
    prompts: Vec<[Node; 2]>,
}

type Entries = Vec<(String, Node)>;

fn put(entries: &mut Entries, key: &str, node: Node) {
    entries.push((key.to_owned(), node));
}

/// The file, its variables and defaults.
impl Writer<'_> {
    fn file(&mut self) -> Node {
        let mut file = Entries::new();
        put(&mut file, "flow", Node::word("random"));
        let numbers = [Node::word("+6561115777"), Node::text("*")];
        put(&mut file, "numbers", Node::List(numbers.to_vec()));
        if self.is_bilingual {
            let voice = |code: &str| Node::map([("voice", Node::word(code))]);
            let languages = [("en", voice("en-US-One")), ("ms", voice("ms-MY-Three"))];
            put(&mut file, "languages", Node::map(languages));
        } else {
            put(&mut file, "voice", Node::word("en-US-One"));
        }
        if self.dice.one_in(2) {
            put(&mut file, "start", Node::word("s0"));
            put(&mut file, "zone", Node::word("Asia/Singapore"));
        }
        let prefixes = [Node::word("+6561"), Node::text("65 8")];
        put(&mut file, "allow_dial", Node::List(prefixes.to_vec()));
        put(&mut file, "hours", hours());
        put(&mut file, "vars", variables());
        let defaults = self.defaults();
        put(&mut file, "defaults", defaults);
        let mut states = Entries::new();
        for at in 0..self.count {
            self.at = at;
            let state = self.state();
            put(&mut states, &format!("s{at}"), state);
        }
        self.at = self.count;
        let bye = [("say", self.speech()), ("then", Node::word("hangup"))];
        put(&mut states, "bye", Node::map(bye));
        put(&mut file, "states", Node::Map(states));
        Node::Map(file)
    }

    fn defaults(&mut self) -> Node {
        let mut defaults = Entries::new();
        self.at = self.count - 1;
        // A state that stands in the defaults does not inherit itself.
        let give_up = std::mem::take(&mut self.inherits_give_up);
        let otherwise = std::mem::take(&mut self.inherits_otherwise);
        if give_up {
            let give_up = self.onward();
            put(&mut defaults, "give_up", give_up);
        }
        if otherwise {
            let otherwise = self.onward();
            put(&mut defaults, "otherwise", otherwise);
        }
        if self.dice.one_in(3) {
            let on_error = self.onward();
            put(&mut defaults, "on_error", on_error);
        }
        if self.dice.below(4) > 0 {
            let mut keys = Entries::new();
            for key in ["9", "8", "star", "hash"] {
                if self.dice.one_in(2) {
                    self.asks = true;
                    let target = self.anywhere();
                    // In a state of the defaults there is nothing to repeat.
                    put(&mut keys, key, without_repeat(target));
                    self.asks = false;
                }
            }
            if !keys.is_empty() {
                put(&mut defaults, "keys", Node::Map(keys));
            }
        }
        if self.dice.one_in(3) {
            let patience = 1 + self.dice.below(12);
            put(&mut defaults, "patience", Node::word(patience));
        }
        self.inherits_give_up = give_up;
        self.inherits_otherwise = otherwise;
        self.manner(&mut defaults);
        if self.dice.one_in(2) {
            self.rules(&mut defaults, &["no_input", "no_match", "invalid"]);
        }
        if defaults.is_empty() {
            put(&mut defaults, "tries", Node::word(3));
        }
        Node::Map(defaults)
    }

    /// How something is said.
    fn manner(&mut self, entries: &mut Entries) {
        if self.dice.one_in(6) {
            let speed = self.dice.pick(&["0.5", "0.85", "1.25", "2.0"]);
            put(entries, "speed", Node::word(speed));
        }
        if self.dice.one_in(6) {
            let repetition = 1 + self.dice.below(3);
            put(entries, "repetition", Node::word(repetition));
        }
    }

    /// Tries, wait and wordings.
    fn rules(&mut self, entries: &mut Entries, failures: &[&str]) {
        if self.dice.one_in(2) {
            let tries = 1 + self.dice.below(4);
            put(entries, "tries", Node::word(tries));
        }
        if self.dice.one_in(3) {
            let wait = self.dice.pick(&["500ms", "1500ms", "5s", "0.5m", "1m"]);
            put(entries, "wait", Node::word(wait));
        }
        for failure in failures {
            if self.dice.one_in(2) {
                let wordings = self.texts(Heard::Wording);
                put(entries, failure, wordings);
            }
        }
    }
}

/// Hours that are open and closed at any time, by their week and by exceptions.
fn hours() -> Node {
    let lines = |lines: &[&str]| Node::List(lines.iter().map(|line| Node::text(*line)).collect());
    let with = |zone: &str, open: Node, holiday: Node| {
        let except = Node::map([("holiday", holiday)]);
        Node::map([
            ("zone", Node::word(zone)),
            ("open", open),
            ("except", except),
        ])
    };
    let dates = || lines(&["2026-03-02", "2026-03-03"]);
    let open = Node::map([("on_dates", dates()), ("open", Node::text("00:00-13:00"))]);
    Node::map([
        (
            "office",
            with(
                "Europe/London",
                lines(&["mon-fri 9:00-18:00", "sat 22:00-06:00"]),
                open,
            ),
        ),
        (
            "night",
            with("Asia/Singapore", lines(&["daily 20:00-06:00"]), dates()),
        ),
        (
            "always",
            with(
                "UTC",
                lines(&["daily 00:00-24:00"]),
                Node::word("2030-01-01"),
            ),
        ),
    ])
}

fn variables() -> Node {
    let with =
        |kind: &str, default: Node| Node::map([("type", Node::word(kind)), ("default", default)]);
    let list = Node::List(vec![Node::word("a"), Node::word("b")]);
    Node::map([
        ("t", with("text", Node::text("Mei <Co> & \u{7}Sons"))),
        ("n", with("number", Node::word(3))),
        ("f", Node::word("flag")),
        ("d", Node::word("digits")),
        ("l", with("list", list)),
        ("m", with("map", Node::map([("x", Node::word("y"))]))),
        ("s", Node::word("secret digits")),
        ("e", Node::word("text")),
        ("u", Node::word("number")),
    ])
}

fn without_repeat(target: Node) -> Node {
    match target {
        Node::Map(entries) => Node::Map(
            entries
                .into_iter()
                .map(|(key, node)| match node {
                    Node::Word(word) if word == "repeat" => (key, Node::word("bye")),
                    Node::Map(inner) => (key, without_repeat(Node::Map(inner))),
                    node => (key, node),
                })
                .collect(),
        ),
        target => target,
    }
}

/// Targets.
impl Writer<'_> {
    fn name(&self, index: usize) -> String {
        match index < self.count {
            true => format!("s{index}"),
            false => "bye".to_owned(),
        }
    }

    fn next(&self) -> Node {
        Node::word(self.name(self.at + 1))
    }

    /// Where a call may go by itself.
    fn onward(&mut self) -> Node {
        let last = self.count - self.at.min(self.count - 1);
        let further = self.at + 1 + self.dice.below(last);
        let name = Node::word(self.name(further));
        match self.dice.below(6) {
            0 | 1 => name,
            2 => Node::word("hangup"),
            _ => self.place(name.clone(), name),
        }
    }

    /// Where a call may go when somebody decides it.
    fn anywhere(&mut self) -> Node {
        let any = self.dice.below(self.count + 1);
        let name = Node::word(self.name(any));
        let back = match self.asks && self.dice.one_in(2) {
            true => Node::word("repeat"),
            false => name.clone(),
        };
        match self.dice.below(8) {
            0..=2 => name,
            3 | 4 => back,
            5 => Node::word("hangup"),
            _ => self.place(name, back),
        }
    }

    /// The next state, at times behind one in its place.
    fn then(&mut self, next: Node) -> Node {
        match self.dice.one_in(4) {
            true => self.place(next.clone(), next),
            false => next,
        }
    }

    /// A state in a target's place, or the target where that cannot be.
    fn place(&mut self, name: Node, then: Node) -> Node {
        if self.placed {
            return name;
        }
        self.placed = true;
        let mut entries = Entries::new();
        let kind = self.dice.below(5);
        match kind {
            0 | 1 => put(&mut entries, "say", self.speech()),
            2 => put(&mut entries, "set", self.set()),
            3 => {
                let asks = std::mem::replace(&mut self.asks, true);
                self.asking(&mut entries, "ask", name);
                self.entry(&mut entries);
                self.asks = asks;
            }
            _ => self.transfer(&mut entries, name),
        }
        put(&mut entries, "then", then);
        if kind < 4 {
            self.manner(&mut entries);
        }
        self.placed = false;
        Node::Map(entries)
    }
}

/// States.
impl Writer<'_> {
    fn state(&mut self) -> Node {
        let mut state = Entries::new();
        let kind = self.dice.below(15);
        if self.dice.one_in(3) || kind == 1 {
            put(&mut state, "set", self.set());
        }
        if self.dice.one_in(2) || kind == 0 {
            put(&mut state, "say", self.speech());
        }
        if self.is_bilingual && self.dice.one_in(3) {
            let both = [["en", "ms"], ["ms", "en"]][self.dice.below(2)];
            put(
                &mut state,
                "lang",
                Node::List(both.map(Node::word).to_vec()),
            );
        } else if self.dice.one_in(6) {
            put(&mut state, "voice", Node::word("ms-MY-Two"));
        }
        self.manner(&mut state);
        let next = self.next();
        self.asks = (2..=7).contains(&kind);
        match kind {
            0 | 1 => {
                let then = self.then(next);
                put(&mut state, "then", then);
            }
            2..=4 => {
                let onward = self.onward();
                self.asking(&mut state, "menu", onward);
            }
            5..=7 => {
                let onward = self.onward();
                self.asking(&mut state, "ask", onward);
                self.entry(&mut state);
                let then = self.then(next);
                put(&mut state, "then", then);
            }
            8 | 9 => {
                let onward = self.onward();
                self.transfer(&mut state, onward);
                let then = self.then(next);
                put(&mut state, "then", then);
            }
            10 => self.choose(&mut state, next),
            12 => self.by_hours(&mut state, next),
            11 => self.http(&mut state, next),
            _ => match self.dice.below(4) {
                0 => self.label(&mut state, next),
                1 => self.split(&mut state, next),
                _ => self.run(&mut state, next),
            },
        }
        if self.dice.one_in(3) {
            let target = self.anywhere();
            put(&mut state, "on_error", target);
        }
        self.asks = false;
        Node::Map(state)
    }

    fn set(&mut self) -> Node {
        let text = |text: &str| Node::text(text);
        let list = Node::List(vec![text("a"), text("${n}"), text("n is ${n}")]);
        let map = Node::map([("x", text("${t}")), ("y", text("b"))]);
        let choices: [(&str, Node); 24] = [
            ("t", text("plain")),
            ("t", text("${n} and ${input}")),
            ("n", text("${n + 1}")),
            ("n", text("${input}")),
            ("f", text("${n > 2}")),
            ("f", text("yes")),
            ("d", text("${input}")),
            ("d", text("0042")),
            ("l", list),
            ("l", text("${[n, t]}")),
            ("m", map),
            ("m", text("${#{x: n}}")),
            ("s", text("${d}")),
            ("u", text("${l.len()}")),
            ("e", text("")),
            ("free", text("${m}")),
            ("n", text("${t}")),
            ("v_hidden", text("${s}")),
            ("v_hidden", text("It is ${s}.")),
            ("v_hidden", text("${tools::hold(s).all.len() + s}")),
            ("v_hidden", text("${tools::tell(tools::hold(s))}")),
            ("v_same", text("${s == d}")),
            ("v_ends", text("${mask(s)}")),
            ("s", text("${v_hidden}")),
        ];
        let mut set = Entries::new();
        for _ in 0..1 + self.dice.below(3) {
            let (name, value) = choices[self.dice.below(choices.len())].clone();
            if set.iter().all(|(other, _)| other != name) {
                put(&mut set, name, value);
            }
        }
        if self.is_bilingual && self.dice.one_in(2) {
            // The last is none of its languages most often.
            let lang = self.dice.pick(&["en", "ms", "ms", "${t}"]);
            put(&mut set, "lang", Node::text(lang));
        }
        Node::Map(set)
    }

    fn asking(&mut self, state: &mut Entries, kind: &str, give_up: Node) {
        let prompts = self.texts(Heard::Prompt);
        put(state, kind, prompts);
        let mut keys = Entries::new();
        if kind == "menu" {
            put(&mut keys, "1", self.next());
        }
        let more: &[&str] = match kind {
            "menu" => &["2", "3", "0", "star", "hash"],
            _ => &["0", "7", "star"],
        };
        for key in more {
            if self.dice.one_in(2) {
                let target = self.anywhere();
                put(&mut keys, key, target);
            }
        }
        if !keys.is_empty() {
            put(state, "keys", Node::Map(keys));
        }
        if !self.inherits_give_up || self.dice.one_in(2) {
            put(state, "give_up", give_up);
        }
        let failures: &[&str] = match kind {
            "menu" => &["no_input", "no_match"],
            _ => &["no_input", "no_match", "invalid"],
        };
        self.rules(state, failures);
        let mut cases = Entries::new();
        for failure in failures {
            if self.dice.one_in(2) {
                let target = match *failure {
                    "no_input" => self.onward(),
                    _ => self.anywhere(),
                };
                put(&mut cases, failure, target);
            }
        }
        if !cases.is_empty() {
            put(state, "cases", Node::Map(cases));
        }
    }

    fn entry(&mut self, state: &mut Entries) {
        let digits = self.dice.pick(&["4", "2-6", "1", "1-25", "25", "8"]);
        put(state, "digits", Node::word(digits));
        let fresh = format!("v{}", self.at);
        let save = self.dice.pick(&["", "d", "s", "t", "n", fresh.as_str()]);
        if !save.is_empty() {
            put(state, "save", Node::word(save));
        }
        if self.dice.one_in(2) {
            let check = self.dice.pick(CHECKS);
            put(state, "valid", Node::text(check));
        }
        if self.dice.one_in(2) {
            let confirm = match save {
                "s" => "That ends in ${mask(s)}. Right?".to_owned(),
                "" => "You entered ${input}. Right?".to_owned(),
                save => format!("You entered ${{{save}}}. Right?"),
            };
            let confirm = self.said(|_| Node::text(confirm.clone()));
            put(state, "confirm", confirm);
        }
    }

    fn transfer(&mut self, state: &mut Entries, otherwise: Node) {
        let numbers = [
            "+6561110001",
            "+65 6111 0002",
            "+65${d}",
            "${tools::desk()}",
            "${tools::abroad()}",
            "${t}",
        ];
        let first = Node::text(self.dice.pick(&numbers));
        let transfer = match self.dice.one_in(2) {
            true => Node::List(vec![first, Node::text(self.dice.pick(&numbers))]),
            false => first,
        };
        put(state, "transfer", transfer);
        if self.dice.one_in(3) {
            let from = self
                .dice
                .pick(&["+6561115999", "${t}", "+65${\"61115888\"}"]);
            put(state, "from", Node::text(from));
        }
        let mut cases = Entries::new();
        for outcome in ["busy", "no_answer", "failed"] {
            if self.dice.one_in(3) {
                let target = self.onward();
                put(&mut cases, outcome, target);
            }
        }
        if !self.inherits_otherwise || self.dice.one_in(2) {
            put(state, "otherwise", otherwise);
        }
        if !cases.is_empty() {
            put(state, "cases", Node::Map(cases));
        }
    }

    fn choose(&mut self, state: &mut Entries, next: Node) {
        let arms = (0..1 + self.dice.below(3))
            .map(|_| {
                let condition = Node::text(self.dice.pick(CONDITIONS));
                Node::map([("if", condition), ("then", self.onward())])
            })
            .collect();
        put(state, "choose", Node::List(arms));
        put(state, "otherwise", next);
    }

    fn http(&mut self, state: &mut Entries, next: Node) {
        let method = self.dice.pick(&["GET", "HEAD", "POST", "PUT", "DELETE"]);
        let url = self.dice.pick(&[
            "https://crm.example.com/a",
            "https://crm.example.com/b/${input}?n=${n}",
            "http://crm.example.com/${t}",
            "https://crm.example.com/${tools::shout(t)}",
            "https://crm.example.com/${1 % (n - n)}",
        ]);
        put(state, "http", Node::text(format!("{method} {url}")));
        if self.dice.one_in(3) {
            let headers = [
                ("authorization", Node::text("Bearer ${env.CRM_TOKEN}")),
                (
                    "x-name",
                    Node::text(self.dice.pick(&["${d}", "${caller.number}", "${t}"])),
                ),
            ];
            put(state, "headers", Node::map(headers));
        }
        if !matches!(method, "GET" | "HEAD") && self.dice.one_in(2) {
            let list = Node::List(vec![Node::text("${l}"), Node::text("n is ${n}")]);
            let json = [
                ("pin", Node::text("${s}")),
                ("n", Node::text("${n}")),
                ("all", list),
            ];
            put(state, "json", Node::map(json));
        }
        let save = self.dice.pick(&["", "m", "free", "found"]);
        if !save.is_empty() {
            put(state, "save", Node::word(save));
        }
        if self.dice.one_in(2) {
            let words = self.said(|writer| {
                Node::text(writer.dice.pick(&[
                    "One moment.",
                    "${e}",
                    "Please hold, ${t}.",
                    "https://example.com/music.mp3",
                ]))
            });
            put(state, "while_waiting", words);
            put(state, "within", Node::word(self.dice.pick(&["2s", "30s"])));
        }
        let mut cases = Entries::new();
        for case in ["404", "4xx", "5xx", "204"] {
            if self.dice.one_in(3) {
                let target = self.onward();
                put(&mut cases, case, target);
            }
        }
        if !cases.is_empty() {
            put(state, "cases", Node::Map(cases));
        }
        let otherwise = self.onward();
        put(state, "otherwise", otherwise);
        put(state, "then", next);
    }

    fn split(&mut self, state: &mut Entries, next: Node) {
        let count = 1 + self.dice.below(3);
        let mut weights = Entries::new();
        let mut cases = Entries::new();
        for label in ["new", "old", "3"].into_iter().take(count) {
            // The first has one above 0.
            let least = usize::from(weights.is_empty());
            let weight = least + self.dice.below(100);
            put(&mut weights, label, Node::word(weight));
            let target = match cases.is_empty() {
                true => next.clone(),
                false => self.onward(),
            };
            put(&mut cases, label, target);
        }
        put(state, "split", Node::Map(weights));
        put(state, "cases", Node::Map(cases));
    }

    fn run(&mut self, state: &mut Entries, next: Node) {
        put(state, "run", Node::word("inner"));
        let mut with = Entries::new();
        let given = self
            .dice
            .pick(&["${n}", "${n + 3}", "${d}", "7", "${1 % (n - n)}"]);
        put(&mut with, "n", Node::text(given));
        if self.dice.one_in(2) {
            put(&mut with, "t", Node::text("${t} and ${input}"));
        }
        put(state, "with", Node::Map(with));
        if self.dice.one_in(2) {
            let save = self.dice.pick(&["t", "e", "n"]);
            put(state, "save", Node::word(save));
        }
        if self.dice.one_in(2) {
            let mut cases = Entries::new();
            for label in ["a", "b"] {
                let target = self.onward();
                put(&mut cases, label, target);
            }
            put(state, "cases", Node::Map(cases));
        }
        if self.dice.one_in(3) {
            let otherwise = self.onward();
            put(state, "otherwise", otherwise);
        }
        let then = self.then(next);
        put(state, "then", then);
    }

    fn by_hours(&mut self, state: &mut Entries, next: Node) {
        let hours = self.dice.pick(&["office", "night", "always"]);
        put(state, "hours", Node::word(hours));
        let then = self.then(next);
        put(state, "then", then);
        let closed = self.onward();
        put(state, "otherwise", closed);
        if self.dice.one_in(2) {
            let case = self.onward();
            put(state, "cases", Node::map([("holiday", case)]));
        }
    }

    fn label(&mut self, state: &mut Entries, next: Node) {
        let label = self.dice.pick(LABELS);
        let label = match label.contains('\n') {
            true => Node::Block(label.to_owned()),
            false => Node::text(label),
        };
        put(state, "choose", label);
        let mut cases = Entries::new();
        for case in ["a", "b", "1", "Mei and Sons"] {
            let target = self.onward();
            put(&mut cases, case, target);
        }
        put(state, "cases", Node::Map(cases));
        put(state, "otherwise", next);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Say,
    Prompt,
    Wording,
}

/// Texts.
impl Writer<'_> {
    /// Something that is said: a prompt, where there are two languages.
    fn said(&mut self, mut text: impl FnMut(&mut Self) -> Node) -> Node {
        if !self.is_bilingual {
            return text(self);
        }
        let both = [text(self), text(self)];
        self.prompts.push(both);
        Node::text(format!("<p{}>", self.prompts.len() - 1))
    }

    /// What is said: a text or a recording.
    fn speech(&mut self) -> Node {
        self.said(|writer| match writer.dice.below(10) {
            0 => Node::word("https://example.com/a.mp3"),
            1 => Node::text("https://example.com/${input}/${t}.wav"),
            _ => writer.text(Heard::Say),
        })
    }

    /// One text, or a list of them.
    fn texts(&mut self, heard: Heard) -> Node {
        self.said(|writer| match writer.dice.below(4) {
            0 => Node::List(
                (0..2 + writer.dice.below(2))
                    .map(|_| writer.text(heard))
                    .collect(),
            ),
            _ => writer.text(heard),
        })
    }

    fn text(&mut self, heard: Heard) -> Node {
        let mut parts: Vec<String> = Vec::new();
        let mut long = false;
        for _ in 0..1 + self.dice.below(3) {
            parts.push(match self.dice.below(20) {
                0 if !long => {
                    long = true;
                    "One sentence of many. ".repeat(70 + self.dice.below(60))
                }
                1 if !long && heard != Heard::Wording => {
                    long = true;
                    let unbroken = "y".repeat(3100);
                    let words = "many words without an end ".repeat(140);
                    let sentences = "One sentence of many. ".repeat(150);
                    [unbroken, words, sentences][self.dice.below(3)].clone()
                }
                2..=7 => format!("${{{}}}", self.dice.pick(SHOWN)),
                _ => self.dice.pick(SHORT).to_owned(),
            });
        }
        let text = parts.join(" ");
        match self.dice.one_in(4) && !text.contains('\n') {
            true => Node::Block(text),
            false => Node::text(text),
        }
    }
}
