//! What the platform's codes mean, and what to do about them: those of the API's answers,
//! those of a session that went wrong later, and those of HTTP.

use std::fmt;

/// One code, in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    pub code: i32,
    pub meaning: &'static str,
    /// What to do; empty where there is nothing to be done.
    pub advice: &'static str,
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.advice {
            "" => f.write_str(self.meaning),
            advice => write!(f, "{}; {advice}", self.meaning),
        }
    }
}

/// A status code of the API, or an error code of a session: the documentation mixes the
/// two now and then, so both are known everywhere.
pub fn status(code: i32) -> Option<&'static Meaning> {
    STATUS.iter().find(|known| known.code == code)
}

/// A status of HTTP.
pub fn http(status: u16) -> Option<&'static Meaning> {
    let family = match status {
        300..=399 => 300,
        500..=599 => 500,
        other => i32::from(other),
    };
    HTTP.iter().find(|known| known.code == family)
}

const fn is(code: i32, meaning: &'static str, advice: &'static str) -> Meaning {
    Meaning {
        code,
        meaning,
        advice,
    }
}

/// From the platform's documentation: the status codes of its answers, then the error
/// codes of sessions.
pub const STATUS: &[Meaning] = &[
    is(1, "the call is created", ""),
    is(
        1001,
        "the webhook is not valid",
        "its address is a whole one that begins with `https://`",
    ),
    is(
        -1001,
        "the body is no valid JSON",
        "if `ringflow` wrote it, this is a fault of it",
    ),
    is(
        -1002,
        "there is no such voice or language",
        "`ringflow voices` lists the voices there are",
    ),
    is(
        -1003,
        "`minDigits` stands without a valid `maxDigits`",
        "give the greatest number of digits too",
    ),
    is(
        -1004,
        "no webhook of the type VCA is set, so the call could not go on",
        "`ringflow webhooks set URL` sets all",
    ),
    is(
        -1005,
        "`digitTimeout` stands without `overallTimeout`",
        "give the overall time too",
    ),
    is(
        -1006,
        "`overallTimeout` is not greater than `digitTimeout`",
        "wait longer in all than for one digit",
    ),
    is(
        -1007,
        "there is no such action",
        "the platform knows say, playFile, sayAndCapture, makeCall and hangup",
    ),
    is(
        -1008,
        "`completeOnHash` is false without a valid `maxDigits`",
        "give the greatest number of digits too",
    ),
    is(
        -1009,
        "an entry is missing or invalid",
        "the message names its place",
    ),
    is(
        -1010,
        "an action is there more often than allowed",
        "a callflow has at most two `makeCall`",
    ),
    is(
        -1011,
        "a call goes to several destinations",
        "name one number",
    ),
    is(
        -1012,
        "`hangup` is used wrongly",
        "it is the last action, and stands once",
    ),
    is(
        -1013,
        "the first action of a call that is started must be `makeCall`",
        "",
    ),
    is(
        -1014,
        "this number may not be called from",
        "call from a number of the account; `ringflow numbers` lists them",
    ),
    is(
        -1015,
        "`validUntil` has passed",
        "give the call more time, and see that the clock of this machine is right",
    ),
    is(
        -1016,
        "a text holds characters that are not accepted",
        "leave `<`, `>`, `&` and control characters out",
    ),
    is(
        -1017,
        "the destination is no phone number",
        "write it with its country code, such as `+6591234567`",
    ),
    is(
        -1018,
        "a scenario stands together with other actions",
        "send the one or the other",
    ),
    is(-1019, "the name of the scenario is empty", "name it"),
    is(
        -1020,
        "there is no such scenario",
        "see how its name is written in the account",
    ),
    is(
        -2001,
        "something broke inside the platform",
        "try again later, and tell the platform's support",
    ),
    is(
        -2002,
        "the platform could not connect",
        "see that the server can be reached from outside; `ringflow doctor` looks",
    ),
    is(
        -2003,
        "a callflow was invalid, as a bad answer to a webhook is",
        "see the server's log of that call",
    ),
    is(
        -2004,
        "the platform does not reach that country or network",
        "ask the platform's support for coverage",
    ),
    is(
        -2005,
        "a text could not be spoken",
        "see that its voice speaks its language; `ringflow voices` lists them",
    ),
    is(
        -2006,
        "an audio file could not be fetched",
        "see that its address can be reached, and is a .mp3 or .wav under 5 MB",
    ),
    is(
        -2007,
        "the call was not made before its time was over",
        "give it more time with `--valid-for`",
    ),
    is(
        -2008,
        "this number is not on the list of those that may be called from",
        "ask the platform's support to add it",
    ),
    is(
        -2009,
        "the parameters of the scenario are invalid",
        "see them in the account",
    ),
    is(
        -2010,
        "too many calls at once for the account's trunk",
        "start fewer at a time",
    ),
    is(
        -9999,
        "something went wrong that the platform has no word for",
        "try again later, and tell the platform's support",
    ),
];

/// 300 and 500 stand for all of their hundred.
const HTTP: &[Meaning] = &[
    is(
        300,
        "it leads to another address, where the key is not sent",
        "write the right address as `--api`",
    ),
    is(400, "the request is not understood", ""),
    is(
        401,
        "the key is missing or wrong",
        "check `--api-key` (`RINGFLOW_API_KEY`)",
    ),
    is(
        403,
        "the key may not do this",
        "check that it belongs to `--subaccount`, and what it is allowed to do",
    ),
    is(
        404,
        "there is no such subaccount, or nothing of that name in it",
        "check `--subaccount` (`RINGFLOW_SUBACCOUNT`)",
    ),
    is(422, "what was sent is not valid", ""),
    is(429, "too many requests at once", "ask less often"),
    is(500, "the platform cannot do it just now", "try again later"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_documentation_is_known_once() {
        let refusals = -1020..=-1001;
        let sessions = -2010..=-2001;
        for code in refusals.chain(sessions).chain([1, -9999]) {
            let count = STATUS.iter().filter(|known| known.code == code).count();
            assert_eq!(count, 1, "{code}");
        }
        for known in STATUS.iter().chain(HTTP) {
            assert!(!known.meaning.is_empty() && !known.meaning.ends_with('.'));
            assert!(!known.advice.ends_with('.'));
        }
        for status in [301, 401, 403, 404, 502] {
            assert!(http(status).is_some(), "{status}");
        }
        assert_eq!((status(-7), http(418)), (None, None));
    }
}
