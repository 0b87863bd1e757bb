//! Which addresses of the internet a look-up may reach: a name on the list of hosts can
//! lead anywhere, and whoever holds it may lead it into our own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Out in the internet.
    Public,
    /// This machine, or a network that is somebody's own: for projects that allow it.
    Private,
    /// No server of anybody's: what is on the same wire, where clouds keep the keys of
    /// their machines, many at once, or none at all.
    Never,
}

impl Reach {
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_ip4(address),
            IpAddr::V6(address) => of_ip6(address),
        }
    }
}

fn of_ip4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        [0, ..] | [169, 254, ..] | [224..=255, ..] => Reach::Never,
        _ if address.is_loopback() || address.is_private() => Reach::Private,
        // Shared by the customers of one network, for its own protocols, and for tests of
        // its speed.
        [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] => {
            Reach::Private
        }
        _ => Reach::Public,
    }
}

fn of_ip6(address: Ipv6Addr) -> Reach {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        of_ip4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Private,
        // An address of the older kind, written as one of the newer.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => embedded(high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] => embedded(high, low),
        // Translated on the way, or packed into the older kind.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x64, 0xff9b, 1, ..] => Reach::Never,
        [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0, ..] => Reach::Never,
        // A cloud keeps the keys of its machines there.
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254] => Reach::Never,
        [0xfc00..=0xfdff, ..] => Reach::Private,
        [0xfe80..=0xfebf | 0xff00..=0xffff, ..] => Reach::Never,
        [0xfec0..=0xfeff, ..] => Reach::Private,
        [0x100, 0, 0, 0, ..] => Reach::Never,
        _ => Reach::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(address: &str) -> Reach {
        Reach::of(address.parse().unwrap())
    }

    #[test]
    fn addresses_lie_where_they_lie_however_they_are_written() {
        let cases: [(Reach, &[&str]); 3] = [
            (
                Reach::Public,
                &[
                    "8.8.8.8",
                    "100.63.255.255",
                    "100.128.0.1",
                    "172.15.0.1",
                    "172.32.0.1",
                    "192.0.1.1",
                    "198.17.0.1",
                    "2606:4700::1111",
                    "::ffff:8.8.8.8",
                    "64:ff9b::8.8.8.8",
                    "2002:808:808::1",
                ],
            ),
            (
                Reach::Private,
                &[
                    "127.0.0.1",
                    "127.9.9.9",
                    "10.1.2.3",
                    "172.16.0.1",
                    "172.31.255.255",
                    "192.168.1.1",
                    "100.64.0.1",
                    "100.127.255.255",
                    "192.0.0.1",
                    "198.18.0.1",
                    "::1",
                    "::ffff:127.0.0.1",
                    "::ffff:10.0.0.1",
                    "::10.0.0.1",
                    "::ffff:0:10.0.0.1",
                    "64:ff9b::10.0.0.1",
                    "2002:a00:1::1",
                    "2002:7f00:1::",
                    "fc00::1",
                    "fd12:3456::1",
                    "fec0::1",
                ],
            ),
            (
                Reach::Never,
                &[
                    "0.0.0.0",
                    "0.1.2.3",
                    "169.254.169.254",
                    "224.0.0.1",
                    "239.1.1.1",
                    "240.0.0.1",
                    "255.255.255.255",
                    "::",
                    "::ffff:169.254.169.254",
                    "::169.254.169.254",
                    "64:ff9b::169.254.169.254",
                    "64:ff9b:1::8.8.8.8",
                    "2002:a9fe:a9fe::1",
                    "2001:0:1::1",
                    "fe80::1",
                    "ff02::1",
                    "fd00:ec2::254",
                    "100::1",
                ],
            ),
        ];
        for (expected, addresses) in cases {
            for address in addresses {
                assert_eq!(reach(address), expected, "{address}");
            }
        }
    }
}
