//! Random captures and who answers them; and smaller ones that show the same.

use super::captures::{Ask, Case, Open, length};
use super::dice::Dice;

/// The case of this number, always the same.
pub fn case(number: u64) -> Case {
    let mut dice = Dice::new(number ^ 0x00ca_9000);
    let open = Open {
        from_start: dice.one_in(2),
        reports_enough: dice.one_in(2),
        barge_in: dice.one_in(2),
        keeps_keys: dice.one_in(2),
        keeps_hash: dice.one_in(2),
        shape: dice.below(4),
    };
    let asks = (0..dice.pick(&[1, 1, 2])).map(|_| (dice.pick(&[0, 1, 40, 700]), ask(&mut dice)));
    let asks: Vec<_> = asks.collect();
    let keys = keys(&mut dice, &asks);
    Case { open, asks, keys }
}

fn ask(dice: &mut Dice) -> Ask {
    let max_digits = dice.pick(&[
        None,
        Some(1),
        Some(1),
        Some(2),
        Some(3),
        Some(4),
        Some(6),
        Some(25),
    ]);
    let overall_timeout =
        dice.pick(&[None, Some(1), Some(500), Some(1000), Some(3000), Some(5000)]);
    let optional = |dice: &mut Dice| dice.one_in(3).then(|| dice.between(1, 30) as usize);
    Ask {
        prompt: dice.between(1, 40) as usize,
        speed: dice.pick(&[None, None, Some(0.5), Some(1.0), Some(1.25), Some(2.0)]),
        min_digits: max_digits
            .filter(|_| !dice.one_in(3))
            .map(|most: usize| dice.between(1, most.min(5) as i64) as usize),
        max_digits,
        digit_timeout: overall_timeout
            .filter(|overall| *overall > 1 && !dice.one_in(3))
            .map(|overall| dice.pick(&[overall - 1, overall / 2, 1, 200, 400])),
        overall_timeout,
        complete_on_hash: match max_digits {
            None => dice.pick(&[None, Some(true)]),
            Some(_) => dice.pick(&[None, Some(true), Some(false)]),
        },
        tries: dice.pick(&[None, Some(1), Some(2), Some(4)]),
        success: optional(dice),
        failure: optional(dice),
    }
}

/// Keys at times where something else happens, just before and just after them.
fn keys(dice: &mut Dice, asks: &[(i64, Ask)]) -> Vec<(i64, char)> {
    let mut gaps = vec![0, 1, 100, 150, 150, 250, 600];
    for (wait, ask) in asks {
        let prompt = length(ask.prompt, ask.speed.unwrap_or(1.0));
        let overall = ask.overall_timeout.unwrap_or(30_000);
        let pause = ask.digit_timeout.unwrap_or(overall);
        let failure = ask
            .failure
            .map_or(0, |text| length(text, ask.speed.unwrap_or(1.0)));
        let times = [
            pause,
            overall,
            prompt,
            *wait,
            prompt + 10,
            prompt + 10,
            prompt + pause,
            prompt + overall,
            prompt + pause + failure,
        ];
        gaps.extend(times.iter().flat_map(|time| [time - 1, *time, time + 1]));
    }
    // A quick hand, and one that never presses `#`: only so do 25 digits come together.
    let is_quick = dice.one_in(4);
    let symbols: &[char] = match dice.one_in(4) {
        true => &['0', '5', '*'],
        false => &['#', '#', '*', '0', '1', '2', '3', '4', '9'],
    };
    let mut now = 0;
    let keys = (0..dice.pick(&[0, 1, 1, 2, 2, 3, 4, 5, 6, 9, 30])).map(|_| {
        now += match is_quick || dice.one_in(2) {
            true => dice.pick(&[100, 150, 150, 250]),
            false => dice.pick(&gaps).max(0),
        };
        (now, dice.pick(symbols))
    });
    keys.collect()
}

/// The case without all that does not matter for `shows`.
pub fn smallest(case: &Case, shows: impl Fn(&Case) -> bool) -> Case {
    let mut case = case.clone();
    while let Some(smaller) = smaller(&case).into_iter().find(&shows) {
        case = smaller;
    }
    case
}

fn smaller(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    let mut with = |changes: &dyn Fn(&mut Case)| {
        let mut other = case.clone();
        changes(&mut other);
        if other != *case {
            all.push(other);
        }
    };
    for at in 0..case.keys.len() {
        with(&|case| {
            case.keys.remove(at);
        });
    }
    if case.asks.len() > 1 {
        with(&|case| case.asks.truncate(1));
    }
    for at in 0..case.asks.len() {
        with(&|case| case.asks[at].0 = 0);
        let changes: [fn(&mut Ask); 7] = [
            |ask| ask.prompt = 1,
            |ask| ask.speed = None,
            |ask| ask.tries = Some(1),
            |ask| ask.success = None,
            |ask| ask.failure = None,
            |ask| ask.digit_timeout = None,
            |ask| ask.min_digits = None,
        ];
        for change in changes {
            with(&|case| change(&mut case.asks[at].1));
        }
    }
    all
}
