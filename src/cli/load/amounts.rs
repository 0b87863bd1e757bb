//! Amounts as people read them.

/// `12345` as `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time in µs, in ms with three figures that count.
pub fn ms(us: u64) -> String {
    let ms = us as f64 / 1000.0;
    match us {
        0..10_000 => format!("{ms:.2} ms"),
        10_000..100_000 => format!("{ms:.1} ms"),
        _ => format!("{} ms", count(ms.round() as u64)),
    }
}

/// A number with as many places as its size deserves.
pub fn rate(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.2}"),
        ..100.0 => format!("{number:.1}"),
        _ => count(number.round() as u64),
    }
}

/// Memory, in MB.
pub fn mb(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_as_exact_as_they_deserve() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(ms(414), "0.41 ms");
        assert_eq!(ms(12_340), "12.3 ms");
        assert_eq!(ms(5_001_000), "5,001 ms");
        assert_eq!(rate(0.5), "0.50");
        assert_eq!(rate(12_345.6), "12,346");
        assert_eq!(mb(21_400_000), "21.4 MB");
    }
}
