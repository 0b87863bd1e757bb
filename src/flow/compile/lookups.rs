//! Look-ups: what is asked, whether it may be, and where each answer leads.

use crate::call::Method;
use crate::flow::code::Code;
use crate::flow::document::{HttpDoc, StateDoc, TextDoc, VarType};
use crate::flow::lookup::{HeaderPiece, Http, MAX_WITHIN_MS, Request, StatusCase, USUAL_WITHIN_MS};
use crate::flow::project::Unlisted;
use crate::flow::source::{Located, Span};
use crate::flow::state::{Kind, Speech, Target};
use crate::flow::suggest::did_you_mean;
use crate::flow::text::{Part, Piece, Template, Text, pieces};
use crate::flow::variable::VarId;

use super::Compiler;
use super::expressions::Purpose;
use super::texts::{Heard, described};

/// What is written in front of a value of the environment.
const ENV: &str = "env.";

/// Headers that the program writes itself.
const OWN_HEADERS: [&str; 8] = [
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "te",
    "transfer-encoding",
];

const EXAMPLE: &str = "write it as in `http: GET https://crm.example.com/orders`";

/// It is heard or sent, and no secret may be in it.
const SENT: Purpose = Purpose::Show {
    secret_entry: false,
};

/// How the caller waits for a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    InSilence,
    AndHearsSo,
    /// There is no caller any more.
    Nobody,
}

impl Compiler<'_> {
    pub(super) fn http(&mut self, index: usize, doc: &StateDoc, http: &HttpDoc) -> Kind {
        let then = self.then(index, doc);
        let cases = self.statuses(index, doc);
        let otherwise = match self.otherwise(index, doc) {
            Some(target) => target,
            None => self.missing(
                doc,
                "otherwise",
                "say where to go when no answer comes in time or it is a bad one: add `otherwise:` with a state's name, or `{say: …, then: hangup}`",
            ),
        };
        let save = http.save.as_ref().and_then(|name| self.id_of(&name.value));
        if let (Some(var), Some(name)) = (save, &http.save) {
            self.check_kept(var, name);
        }
        let while_waiting = http
            .while_waiting
            .as_ref()
            .and_then(|text| self.waiting_words(doc, text));
        let waits = match http.while_waiting {
            Some(_) => Waits::AndHearsSo,
            None => Waits::InSilence,
        };
        let request = self.request(http, waits);
        let Some(request) = request else {
            self.holes = true;
            return Kind::Plain { then };
        };
        Kind::Http(Box::new(Http {
            request,
            save,
            while_waiting,
            then,
            cases,
            otherwise,
        }))
    }

    fn statuses(&mut self, index: usize, doc: &StateDoc) -> Vec<(StatusCase, Target)> {
        let mut cases = Vec::new();
        for (name, target) in &doc.cases {
            let target = self.target(target, index);
            let word = name.value.as_str();
            match StatusCase::read(word) {
                Some(case) => cases.push((case, target)),
                None => {
                    let help = match word.chars().next() {
                        _ if word.eq_ignore_ascii_case("2xx") => {
                            "a status from 200 to 299 goes to `then`; a single one of them can be a case, such as `202`"
                        }
                        Some('3') if word.len() == 3 => {
                            "a server that sends elsewhere is followed on its own host; else the call goes to `otherwise`"
                        }
                        _ => {
                            "write a status such as `404`, or `4xx` or `5xx`; no answer at all is `otherwise`"
                        }
                    };
                    let message = format!("`{word}` is no status that a case can take");
                    self.findings
                        .add(Code::UnknownCase, name.at, message)
                        .help(help);
                }
            }
        }
        cases
    }

    /// What a server answers is a map or a list.
    fn check_kept(&mut self, var: VarId, name: &Located<String>) {
        let kind = self.variables[usize::from(var.0)].kind;
        if matches!(kind, None | Some(VarType::Map | VarType::List)) {
            return;
        }
        let (holds, _) = described(kind);
        let word = &name.value;
        self.findings
            .add(
                Code::BadType,
                name.at,
                format!("an answer is a map or a list, and `{word}` holds {holds}"),
            )
            .help(format!(
                "declare `{word}: map` under `vars`, or save under another name"
            ));
    }

    /// What is said while the answer is waited for: at once, so in one piece.
    fn waiting_words(&mut self, doc: &StateDoc, written: &TextDoc) -> Option<Speech> {
        let voices = self.voices(doc);
        let text = self.text(written, Heard::Say)?;
        if let Text::Spoken(pieces) = &text
            && pieces.len() > 1
        {
            self.findings
                .add(
                    Code::TextLimit,
                    written.at,
                    "what is said while an answer is waited for is more than 3000 characters",
                )
                .help("shorten it: it is said again until the answer is there");
            return None;
        }
        Some(Speech {
            text,
            voices,
            speed: self.speed(doc),
            repetition: self.repetition(doc),
        })
    }

    pub(super) fn request(&mut self, http: &HttpDoc, waits: Waits) -> Option<Request> {
        let asked = http.request.as_ref().and_then(|text| self.asked(text));
        let headers = self.headers(&http.headers);
        let body = match &http.json {
            None => None,
            // A secret may be sent to a server that the project allows, in here alone.
            Some(json) => match self.assigned_value(json, Purpose::Hold) {
                Some(body) => Some(body),
                None => return None,
            },
        };
        let (method, url) = asked?;
        if let Some(json) = &http.json
            && matches!(method, Method::Get | Method::Head)
        {
            let word = method.word();
            self.findings
                .add(
                    Code::MisplacedKey,
                    json.at(),
                    format!("a `{word}` sends no body, and `json` is one"),
                )
                .help("write `POST` or `PUT` in front of the address, or put the values into it, as in `?id=${id}`");
        }
        let retries = http.retries.as_ref();
        if let Some(retries) = retries.filter(|retries| retries.value > 0)
            && method.changes_something()
        {
            let word = method.word();
            self.findings
                .add(
                    Code::MisplacedKey,
                    retries.at,
                    format!("a `{word}` may change something, so it is not tried again"),
                )
                .help(match waits {
                    Waits::Nobody => "take `retries` out",
                    _ => "take `retries` out: `otherwise` says what happens when no answer comes",
                });
        }
        Some(Request {
            method,
            url,
            headers: headers?,
            body,
            within_ms: self.within_ms(http, waits),
            retries: retries.map_or(0, |retries| retries.value),
        })
    }

    fn within_ms(&mut self, http: &HttpDoc, waits: Waits) -> u32 {
        let Some(within) = &http.within_ms else {
            return USUAL_WITHIN_MS;
        };
        if within.value > MAX_WITHIN_MS && waits == Waits::InSilence {
            self.findings
                .add(
                    Code::BadValue,
                    within.at,
                    "a caller would hear nothing for longer than `2500ms`",
                )
                .help("add `while_waiting:` with a text that is said meanwhile, or wait for `2500ms` at most");
        }
        within.value
    }

    /// Method and address. Everything up to the end of the host stands as it is written.
    fn asked(&mut self, text: &TextDoc) -> Option<(Method, Template)> {
        let written = &text.value.text;
        let start = written.len() - written.trim_start().len();
        let word = written[start..]
            .split_whitespace()
            .next()
            .unwrap_or_default();
        let (method, from) = if is_scheme(word) {
            (Method::Get, start)
        } else {
            let method = self.method(text, start..start + word.len())?;
            let rest = &written[start + word.len()..];
            let gap = rest.len() - rest.trim_start().len();
            (method, start + word.len() + gap)
        };
        let url = &written[from..];
        if !is_scheme(url) {
            let at = self.span_of(
                text,
                from.min(written.len().saturating_sub(1))..written.len(),
            );
            let message = "an address begins with `https://`, as it is written";
            self.findings.add(Code::BadValue, at, message).help(EXAMPLE);
            return None;
        }
        if let Some(gap) = literal_blank(url) {
            let at = self.span_of(text, from + gap..from + gap + 1);
            self.findings
                .add(Code::BadValue, at, "an address has no space in it")
                .help("write `%20` for a space, or put a value in, as in `?name=${name}`");
            return None;
        }
        self.check_host(text, from, url)?;
        let mut template = self.template(text, SENT)?;
        // The method stands in front of the address.
        if let Some(Part::Literal(first)) = template.parts.first_mut() {
            *first = first.trim_start()[from - start..].into();
        }
        if let Some(Part::Literal(last)) = template.parts.last_mut() {
            *last = last.trim_end().into();
        }
        template.is_address = true;
        Some((method, template))
    }

    fn method(&mut self, text: &TextDoc, range: std::ops::Range<usize>) -> Option<Method> {
        let word = &text.value.text[range.clone()];
        let known = Method::ALL.into_iter().find(|method| method.word() == word);
        if known.is_some() {
            return known;
        }
        let at = self.span_of(text, range.clone());
        let upper = word.to_ascii_uppercase();
        let words = Method::ALL.map(Method::word);
        let help = match words.contains(&upper.as_str()) {
            true => format!("write `{upper}`, in capitals"),
            false => did_you_mean(&upper, words, "the methods are"),
        };
        self.findings
            .add(Code::BadValue, at, format!("`{word}` is no method of HTTP"))
            .help(help);
        None
    }

    /// The host stands as it is written, is encrypted, and is one that the project allows.
    fn check_host(&mut self, text: &TextDoc, from: usize, url: &str) -> Option<()> {
        let rest_at = url.find("://").map_or(0, |at| at + 3);
        let rest = &url[rest_at..];
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let host = &rest[..end];
        let at = self.span_of(text, from + rest_at..from + rest_at + end.max(1));
        if host.contains("${") {
            self.findings
                .add(Code::BadValue, at, "the host of an address is not computed")
                .help("write it out, and put values behind it: where a caller could choose the host, a caller could choose who is asked");
            return None;
        }
        if host.contains('@') {
            self.findings
                .add(
                    Code::BadValue,
                    at,
                    "a name and password stand in no address",
                )
                .help("send them as a header, as in `authorization: Basic ${env.CRM_LOGIN}`");
            return None;
        }
        if host.is_empty() || host.starts_with(':') {
            self.findings
                .add(Code::BadValue, at, "the address has no host")
                .help(EXAMPLE);
            return None;
        }
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        self.check_allowed(at, scheme, host);
        Some(())
    }

    fn check_allowed(&mut self, at: Span, scheme: &str, host: &str) {
        // Then nobody knows what is allowed, and that was told.
        if self.project.is_unread() {
            return;
        }
        let (message, help) = match self.project.refuses(scheme, host) {
            None => return,
            Some(Unlisted::Scheme) => (
                "a look-up is encrypted, unless the project allows less".to_owned(),
                format!(
                    "write `https://{host}`, or add `insecure: true` under `lookups` in `ringflow.yaml`"
                ),
            ),
            Some(Unlisted::Host) => {
                let known = self.project.hosts();
                let add = match known.is_empty() {
                    true => format!(
                        "write `lookups: {{hosts: [{host}]}}` into `ringflow.yaml`, beside the folders of the project"
                    ),
                    false => {
                        let mut all: Vec<String> = known.iter().map(ToString::to_string).collect();
                        all.push(host.to_owned());
                        format!(
                            "write `hosts: [{}]` under `lookups` in `ringflow.yaml`",
                            all.join(", ")
                        )
                    }
                };
                (
                    format!("the project does not allow look-ups at `{host}`"),
                    add,
                )
            }
        };
        self.findings.add(Code::NotAllowed, at, message).help(help);
    }

    fn headers(
        &mut self,
        headers: &[(Located<String>, TextDoc)],
    ) -> Option<Vec<(Box<str>, Vec<HeaderPiece>)>> {
        let mut whole = Some(Vec::new());
        for (name, text) in headers {
            let word = name.value.as_str();
            let good = !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
            if !good {
                self.findings
                    .add(
                        Code::BadName,
                        name.at,
                        format!("`{word}` cannot name a header"),
                    )
                    .help("use letters, digits and `-`, as in `x-api-key`");
            } else if OWN_HEADERS.iter().any(|own| word.eq_ignore_ascii_case(own)) {
                self.findings
                    .add(
                        Code::ReservedName,
                        name.at,
                        format!("the header `{word}` is written by the program"),
                    )
                    .help("take it out");
            }
            let pieces = self.header(text);
            match (&mut whole, pieces) {
                (Some(all), Some(pieces)) => all.push((word.into(), pieces)),
                _ => whole = None,
            }
        }
        whole
    }

    /// The value of a header. Values of the environment stay names: only who makes the
    /// look-up knows them.
    fn header(&mut self, text: &TextDoc) -> Option<Vec<HeaderPiece>> {
        let written = &text.value.text;
        let Ok(cut) = pieces(written) else {
            // It is told where the text is made a template.
            self.template(text, SENT);
            return None;
        };
        let mut parts = Some(Vec::new());
        for piece in cut {
            let part = match piece {
                Piece::Literal(literal) => self.header_literal(text, &literal),
                Piece::Value(range) => {
                    let source = written[range.clone()].trim();
                    match source.strip_prefix(ENV) {
                        Some(name) => {
                            let at = self.span_of(text, range);
                            self.env(at, name)
                        }
                        None => self.expression(text, range, SENT).map(HeaderPiece::Value),
                    }
                }
            };
            match (&mut parts, part) {
                (Some(all), Some(part)) => all.push(part),
                _ => parts = None,
            }
        }
        parts
    }

    fn header_literal(&mut self, text: &TextDoc, literal: &str) -> Option<HeaderPiece> {
        let line = literal.trim_end_matches('\n');
        if line.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
            return Some(HeaderPiece::Text(line.into()));
        }
        self.findings
            .add(
                Code::BadValue,
                text.at,
                "a header is one line of letters, digits and signs without accents",
            )
            .help("write it on one line; a value with other letters can be sent in `json`");
        None
    }

    fn env(&mut self, at: Span, name: &str) -> Option<HeaderPiece> {
        let good = name
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !good {
            self.findings
                .add(
                    Code::BadValue,
                    at,
                    "behind `env.` stands the name of one variable of the environment",
                )
                .help("write it alone, as in `${env.CRM_TOKEN}`");
            return None;
        }
        if !self.project.is_unread() && !self.project.names_env(name) {
            let help = match name.starts_with("RINGFLOW_") {
                true => {
                    "the settings of the program are for nobody else: give the value another name"
                        .to_owned()
                }
                false => {
                    let known = self.project.env().iter().map(|name| &**name);
                    let all: Vec<&str> = known.chain([name]).collect();
                    format!(
                        "write `env: [{}]` into `ringflow.yaml`, beside the folders of the project",
                        all.join(", ")
                    )
                }
            };
            let message = format!("the project does not allow to send `{name}` of the environment");
            self.findings.add(Code::NotAllowed, at, message).help(help);
        }
        Some(HeaderPiece::Env(name.into()))
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Where a blank stands in an address that is in none of its values.
fn literal_blank(url: &str) -> Option<usize> {
    let url = url.trim_end();
    let mut values: Vec<std::ops::Range<usize>> = Vec::new();
    if let Ok(cut) = pieces(url) {
        values.extend(cut.into_iter().filter_map(|piece| match piece {
            Piece::Value(range) => Some(range),
            Piece::Literal(_) => None,
        }));
    }
    url.char_indices()
        .find(|(at, c)| c.is_whitespace() && !values.iter().any(|range| range.contains(at)))
        .map(|(at, _)| at)
}
