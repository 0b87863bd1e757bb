//! Values as they are typed.

use std::net::SocketAddr;
use std::time::Duration;

/// An address to listen at.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write an IP address and a port, such as `127.0.0.1:8080`".to_owned())
}

/// Reads a duration with its unit: `1500ms`, `5s`, `2m`, `4h`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let scale = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    let ms = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(scale));
    match ms {
        Some(ms) if scale > 0 => Ok(Duration::from_millis(ms)),
        _ => Err("write a number and its unit, such as `5s`, `2m` or `4h`".to_owned()),
    }
}

/// A name and a value.
pub fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err("write a name and its value, such as `day=today`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("4h"), Ok(Duration::from_secs(4 * 3600)));
        for bad in ["", "5", "s", "5 s", "5d", "99999999999999999999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
