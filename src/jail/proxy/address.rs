//! Which addresses are somebody's public ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether a connection to `address` leaves this machine and its networks. What is not known to, does not.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = matches!(
        (a, b, c),
        (0 | 127 | 240..=255, _, _) // this network, loopback, reserved and broadcast
            | (100, 64..=127, _)    // carriers' own, where some clouds keep their metadata
            | (192, 0, 0 | 2)       // protocol assignments, documentation
            | (192, 88, 99)         // relays
            | (198, 18 | 19, _)     // benchmarks
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !(reserved || address.is_private() || address.is_link_local() || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, ..] = address.segments();
    // Addresses that carry another one inside are that one.
    if (a, b, c, d, e, f) == (0x64, 0xff9b, 0, 0, 0, 0) {
        let [.., w, x, y, z] = address.octets();
        return is_public_v4(Ipv4Addr::new(w, x, y, z));
    }
    let is_global = a & 0xe000 == 0x2000;
    let tunnel = a == 0x2002 || (a, b) == (0x2001, 0);
    let documentation = (a, b) == (0x2001, 0xdb8) || a == 0x3fff;
    is_global && !tunnel && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_its_networks_are_not_public() {
        for own in [
            "0.0.0.0",
            "10.1.2.3",
            "100.100.100.200",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(own.parse().unwrap()), "{own}");
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "192.169.0.1",
            "8.8.8.8",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
