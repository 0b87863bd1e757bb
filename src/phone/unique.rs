//! Ids as a platform gives them: unique, of the form of a UUID, and the same again for
//! the same session.

/// The id of the `number`th thing of its kind in a session, as a UUID.
pub fn id(session: &str, kind: &str, number: u32) -> String {
    let high = mix(hash(session.as_bytes(), 0), hash(kind.as_bytes(), number));
    let low = mix(high, u64::from(number) + 1);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff,
    )
}

/// FNV-1a, which is the same in every build.
fn hash(bytes: &[u8], number: u32) -> u64 {
    let all = bytes.iter().copied().chain(number.to_le_bytes());
    all.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The last step of splitmix64, which spreads every bit over all.
fn mix(a: u64, b: u64) -> u64 {
    let mut x = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_have_the_form_of_a_uuid_and_differ() {
        let one = id("session", "event", 0);
        let parts: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(one.as_bytes()[14], b'4');
        assert!(matches!(one.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        assert_eq!(one, id("session", "event", 0));
        let mut seen = HashSet::new();
        for session in ["a", "b", ""] {
            for kind in ["event", "leg"] {
                for number in 0..500 {
                    assert!(seen.insert(id(session, kind, number)), "{session} {number}");
                }
            }
        }
    }
}
