//! Which keys a text offers: "press 1", "1 or 2", "press 1 for the desk, 2 for our
//! hours". What can mean anything else is not offered, and at most mentioned.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::call::Key;

use super::languages::{Language, beginning_with, digit};

/// A key that a text offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) key: Key,
    /// The bytes of the text that offer it, with the word in front where there is one.
    pub(super) at: Range<usize>,
    /// The word in front may ask for an entry as well, as in `enter 1`.
    pub(super) may_be_entry: bool,
}

/// The keys that a text offers, in its order: with the words of this language, or of all
/// of them.
pub(super) fn offers(text: &str, spoken: Option<&'static Language>) -> Vec<Offer> {
    let mut found = Vec::new();
    let is_spoken =
        |language: &Language| spoken.is_none_or(|spoken| std::ptr::eq(spoken, language));
    for (at, language) in beginnings(text).filter(|(_, language)| is_spoken(language)) {
        in_front(text, at, language, &mut found);
        behind(text, at, language, &mut found);
    }
    found.sort_by_key(|offer| (offer.at.end, offer.at.start));
    found.dedup_by_key(|offer| offer.at.end);
    found
}

/// Every key that a text names in any way: by its digit, its sign or a word, or
/// within a range of digits.
pub(super) fn mentioned(text: &str) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for (at, language) in beginnings(text) {
        keys.extend(word_of_key(text, at, language).map(|(key, _)| key));
    }
    let mut last: Option<(char, usize)> = None;
    for (at, c) in text.char_indices() {
        let Some((digit, end)) = lone_digit(text, at) else {
            keys.extend(Key::pressed(c).filter(|_| matches!(c, '*' | '#')));
            continue;
        };
        if let Some((first, from)) = last
            && is_range(&text[from..at])
        {
            keys.extend((first..=digit).filter_map(Key::pressed));
        }
        keys.extend(Key::pressed(digit));
        last = Some((digit, end));
    }
    keys
}

/// Every place at which a word for a key, or for pressing one, may begin, with the
/// languages that have a word with this first letter.
fn beginnings(text: &str) -> impl Iterator<Item = (usize, &'static Language)> {
    let mut before = ' ';
    let places = text.char_indices().filter(move |(_, c)| {
        let inside = c.is_ascii() && before.is_alphabetic();
        before = *c;
        !c.is_whitespace() && !inside
    });
    places.flat_map(|(at, c)| {
        let languages = beginning_with(c).iter();
        languages.map(move |language| (at, *language))
    })
}

/// `press 1`, and the keys that follow it.
fn in_front(text: &str, at: usize, language: &Language, found: &mut Vec<Offer>) {
    let pressing = language.before.iter().map(|word| (*word, false));
    let entering = language.entering.iter().map(|word| (*word, true));
    let mut words = pressing.chain(entering);
    let Some((end, may_be_entry)) = words
        .find_map(|(word, may_be_entry)| Some((word_at(text, at, word, language)?, may_be_entry)))
    else {
        return;
    };
    if is_denied(&text[..at], language) {
        return;
    }
    let mut start = skip_signs(text, end);
    while let Some(end) = any_word_at(text, start, language.between, language) {
        start = skip_signs(text, end);
    }
    let Some((key, end)) = key_at(text, start, language) else {
        return;
    };
    let unclear = may_be_entry && !is_purpose(text, end, language) && !is_over(text, end, language);
    if is_no_key(text, end, language) || unclear {
        return;
    }
    found.push(Offer {
        key,
        at: at..end,
        may_be_entry,
    });
    more(text, end, language, may_be_entry, found);
}

/// `, 2 for the desk` or `or 3` behind a key that was offered, in the same sentence.
fn more(text: &str, from: usize, language: &Language, may_be_entry: bool, found: &mut Vec<Offer>) {
    let stop = text[from..].find(['.', '!', '?', '。', '！', '？']);
    let stop = stop.map_or(text.len(), |end| from + end);
    let mut key_end = from;
    let mut at = from;
    while at < stop {
        let Some(end) = join_at(text, at, language) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let at_once = text[key_end..at].trim().is_empty();
        at = end;
        let Some((key, end)) = key_at(text, at, language) else {
            continue;
        };
        let is_key = is_purpose(text, end, language) || at_once && is_over(text, end, language);
        if is_key && !is_no_key(text, end, language) {
            found.push(Offer {
                key,
                at: at..end,
                may_be_entry,
            });
            key_end = end;
        }
        at = end;
    }
}

/// `1を押`: the word stands behind its key.
fn behind(text: &str, at: usize, language: &Language, found: &mut Vec<Offer>) {
    let before = text[..at].trim_end();
    let key = language.after.iter().find_map(|word| {
        begins(&text[at..], word)?;
        let digit = before.chars().next_back().filter(|c| digit(*c).is_some());
        let digit = digit.and_then(|c| lone_digit(text, before.len() - c.len_utf8()));
        let by_digit = digit.and_then(|(c, _)| Some((Key::pressed(c)?, 1)));
        by_digit.or_else(|| {
            let mut words = language.key_words();
            words.find_map(|(key, word)| before.ends_with(word).then_some((key, word.len())))
        })
    });
    if let Some((key, len)) = key {
        let mut start = before.len() - len;
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        found.push(Offer {
            key,
            at: start..before.len(),
            may_be_entry: false,
        });
    }
}

/// The key that is named at this place, and where its name ends.
fn key_at(text: &str, at: usize, language: &Language) -> Option<(Key, usize)> {
    if let Some((digit, end)) = lone_digit(text, at) {
        return Some((Key::pressed(digit)?, end));
    }
    let c = text[at..].chars().next()?;
    if matches!(c, '*' | '#') {
        return Some((Key::pressed(c)?, at + 1));
    }
    word_of_key(text, at, language)
}

/// The word for a key that stands at this place, and where it ends.
fn word_of_key(text: &str, at: usize, language: &Language) -> Option<(Key, usize)> {
    language
        .key_words()
        .filter_map(|(key, word)| Some((key, word_at(text, at, word, language)?)))
        .max_by_key(|(_, end)| *end)
}

/// A digit that is no part of a longer number, and where it ends.
fn lone_digit(text: &str, at: usize) -> Option<(char, usize)> {
    let c = text[at..].chars().next()?;
    let value = digit(c)?;
    let end = at + c.len_utf8();
    let before = text[..at].chars().next_back();
    let mut behind = text[end..].chars();
    let next = behind.next();
    let inside = |c: Option<char>| c.is_some_and(|c| digit(c).is_some());
    let decimal = |c: Option<char>| matches!(c, Some('.' | ':'));
    let in_front = text[..at].chars().rev().nth(1);
    let part_of_a_word = before.is_some_and(|c| matches!(c, '$' | '+') || c.is_ascii_alphabetic())
        || next.is_some_and(|c| c == '%' || c.is_ascii_alphabetic());
    let part_of_a_number = inside(before)
        || inside(next)
        || decimal(before) && inside(in_front)
        || decimal(next) && inside(behind.next());
    (!part_of_a_word && !part_of_a_number).then_some((value, end))
}

/// True where the purpose of a key follows, as in `1 for the desk`.
fn is_purpose(text: &str, end: usize, language: &Language) -> bool {
    let next = text.len() - text[end..].trim_start().len();
    any_word_at(text, next, language.purpose, language).is_some()
}

/// True where nothing more is said of a key, or another one follows.
fn is_over(text: &str, end: usize, language: &Language) -> bool {
    let rest = text[end..].trim_start();
    let next = text.len() - rest.len();
    !rest.starts_with(char::is_alphanumeric)
        || any_word_at(text, next, language.or, language).is_some()
}

/// True where the number that ends here counts something, or begins a range or an
/// entry.
fn is_no_key(text: &str, end: usize, language: &Language) -> bool {
    let rest = &text[end..];
    let next = end + rest.len() - rest.trim_start_matches([' ', '\n', '-', ',']).len();
    if any_word_at(text, next, language.counted, language).is_some() {
        return true;
    }
    let number = rest.find(|c: char| digit(c).is_some());
    number.is_some_and(|from| is_range(&rest[..from]) || rest[..from].trim().is_empty())
}

/// What stands between the two ends of a range.
fn is_range(between: &str) -> bool {
    let marks = [
        "-",
        "–",
        "~",
        "～",
        "to",
        "through",
        "bis",
        "hingga",
        "sampai",
        "到",
        "至",
        "ถึง",
        "đến",
        "から",
        "à",
        "a",
        "al",
    ];
    marks.contains(&between.trim())
}

/// True where what stands before takes the meaning away, as in `do not press`.
fn is_denied(before: &str, language: &Language) -> bool {
    let before = before.trim_end();
    language.not.iter().any(|word| {
        let from = before.len().checked_sub(word.len());
        from.and_then(|from| before.get(from..))
            .is_some_and(|last| begins(last, word).is_some())
    })
}

/// Where what joins two keys ends: signs, words such as "or", and both.
fn join_at(text: &str, at: usize, language: &Language) -> Option<usize> {
    let mut end = at;
    loop {
        let rest = &text[end..];
        let signs = rest.len()
            - rest
                .trim_start_matches([',', ';', '/', '、', '，', '；'])
                .len();
        let word = any_word_at(text, end, language.or, language);
        let next = if signs > 0 {
            end + signs
        } else if let Some(word) = word {
            word
        } else {
            return (end > at).then_some(end);
        };
        let rest = &text[next..];
        end = next + rest.len() - rest.trim_start().len();
    }
}

fn any_word_at(text: &str, at: usize, words: &[&str], language: &Language) -> Option<usize> {
    words
        .iter()
        .find_map(|word| word_at(text, at, word, language))
}

/// Where a word ends that stands here, as a whole word where the language has such.
fn word_at(text: &str, at: usize, word: &str, language: &Language) -> Option<usize> {
    let end = at + begins(&text[at..], word)?;
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let whole = !letter(text[..at].chars().next_back()) && !letter(text[end..].chars().next());
    (whole || language.unspaced).then_some(end)
}

/// The bytes of the text that are this word, in whatever case.
fn begins(text: &str, word: &str) -> Option<usize> {
    let mut chars = text.chars();
    for wanted in word.chars() {
        let c = chars.next()?;
        if c != wanted && c.to_lowercase().next() != Some(wanted) {
            return None;
        }
    }
    Some(text.len() - chars.as_str().len())
}

/// Behind white space and quotes.
fn skip_signs(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let skipped = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '“' | '‘' | '„' | '「');
    text.len() - rest.trim_start_matches(skipped).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(text: &str) -> String {
        let offers = offers(text, None);
        let names: Vec<&str> = offers.iter().map(|offer| offer.key.name()).collect();
        names.join(" ")
    }

    #[test]
    fn keys_are_found_in_the_words_of_prompts() {
        let table = [
            ("For the desk, press 1. For our hours, press 2.", "1 2"),
            (
                "Press 1 for sales, 2 for support, or 3 for billing.",
                "1 2 3",
            ),
            ("Press 1 or 2.", "1 2"),
            ("Press 1, 2 or 3", "1 2 3"),
            ("If that is right, press 1, else 2.", "1 2"),
            ("Press 1 to keep it, or 2 to change it.", "1 2"),
            (
                "Press 1 to speak to an agent now,\n2 to be called tomorrow, 3 if it is solved.",
                "1 2 3",
            ),
            ("press the star key, or press the hash key", "star hash"),
            ("Press star, or pound.", "star hash"),
            ("PRESS ONE FOR YES AND TWO FOR NO", "1 2"),
            ("Press * or #.", "star hash"),
            ("To speak to us, dial 0.", "0"),
            ("Press \"1\" now.", "1"),
            ("Press the number 4, please.", "4"),
            ("Enter 1 for the desk.", "1"),
            ("For sales press 1;for support press 2", "1 2"),
            // Other languages.
            (
                "Tekan 1 untuk jualan, 2 untuk bantuan atau tekan bintang.",
                "1 2 star",
            ),
            ("Sila tekan angka 3.", "3"),
            ("查询余额请按1，人工服务请按0，返回请按星号键。", "1 0 star"),
            ("总机请按 3。", "3"),
            ("按一", "1"),
            ("กด 1 เพื่อภาษาไทย กดหมายเลข ๒", "1 2"),
            ("Bấm phím 1 để gặp nhân viên, nhấn 2.", "1 2"),
            (
                "Pindutin po ang 1 para sa benta, o 2 para sa tulong.",
                "1 2",
            ),
            ("予約は1を、変更は２を押してください。", "2"),
            (
                "予約は1を押してください。変更は2番を押してください。",
                "1 2",
            ),
            ("상담원 연결은 0번을 눌러 주세요.", "0"),
            ("हिंदी के लिए 2 दबाएं।", "2"),
            ("தமிழுக்கு 4 ஐ அழுத்தவும்.", "4"),
            (
                "Für die Ärzte drücken Sie bitte die 1 oder die Sterntaste.",
                "1",
            ),
            ("Pour le service client, appuyez sur la touche 2.", "2"),
            ("Para español, oprima el dos.", "2"),
            ("Para português, digite 3.", "3"),
        ];
        for (text, keys) in table {
            assert_eq!(offered(text), keys, "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_not_offered() {
        for text in [
            "Please enter the 6 digits of your card.",
            "Please enter your 8 digit account number.",
            "Please enter 4 digits.",
            "Enter 6-8 digits",
            "We are open from 9 to 5. Press any key.",
            "Press a key from 1 to 4.",
            "Please do not press 1.",
            "Dial 1800 555 1234.",
            "Dial 1 800 555 1234.",
            "You pressed 4.",
            "The express 1 bus is late.",
            "Hit 9.5 points",
            "Choose 2 more.",
            "Enter 0 followed by your number.",
            "Press 1-4.",
            "Jangan tekan 1.",
            "Choose 1 of 3 dishes.",
            "Select 2 seats.",
            "In an emergency, hang up and dial 911, or dial 9 1 1.",
            "Please enter your card number, then press the hash key.",
            "请按一下。",
            "Digite 4 dígitos.",
            "Wählen Sie 2 Tage.",
            "Dial your party's extension, or 0 for the operator.",
            "",
        ] {
            assert_eq!(offered(text), "", "{text}");
        }
        assert_eq!(offered("Press 1 for our hours, 9 to 5."), "1");
        assert_eq!(offered("Press 1 for a table for 2, 3 or 4 persons."), "1");
        assert_eq!(offered("Press 1 to wait, 5 minutes at most."), "1");
        assert_eq!(
            offered("Press 1 for terminal 1 or 2 for terminal 2."),
            "1 2"
        );
        assert_eq!(
            offered("Press 1 to be called within 2 hours, or 2 to wait."),
            "1 2"
        );
        assert_eq!(offered("Press 1 if it is about flight 7, 8 or 9."), "1");
        assert_eq!(
            offered("Press 1 for new orders, and 2 to 4 for others."),
            "1"
        );
        assert_eq!(offered("Press 1. Room 2 for guests."), "1");
    }

    #[test]
    fn an_offer_stands_where_its_words_are() {
        let text = "Hello. Press 1 for é, 2 for the desk.";
        let places: Vec<&str> = offers(text, None)
            .iter()
            .map(|offer| &text[offer.at.clone()])
            .collect();
        assert_eq!(places, ["Press 1", "2"]);
    }

    #[test]
    fn a_key_is_mentioned_by_its_digit_its_sign_or_a_word() {
        let named = |text: &str| {
            let keys = mentioned(text);
            let names: Vec<&str> = keys.iter().map(|key| key.name()).collect();
            names.join(" ")
        };
        assert_eq!(named("Sales: one; support 2, or *."), "1 2 star");
        assert_eq!(named("Any key from 2 to 4"), "2 3 4");
        assert_eq!(named("Rate us 1-3, or the hash key"), "1 2 3 hash");
        assert_eq!(named("Call 1800 or room 25"), "");
    }
}
