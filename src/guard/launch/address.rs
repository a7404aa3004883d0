use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far away an address is, and thereby who may be sent there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Anybody on the internet.
    Public,
    /// This machine.
    Loopback,
    /// The local network, shared address space (carrier, VPN) included.
    Private,
    /// This cable.
    LinkLocal,
    /// Where a cloud tells a machine its secrets.
    Metadata,
    /// No one host: unspecified, multicast, broadcast, reserved, documentation.
    Nowhere,
}

impl Reach {
    /// For messages.
    pub fn word(self) -> &'static str {
        match self {
            Reach::Public => "a public",
            Reach::Loopback => "a loopback",
            Reach::Private => "a private",
            Reach::LinkLocal => "a link-local",
            Reach::Metadata => "a cloud metadata",
            Reach::Nowhere => "an unspecified or reserved",
        }
    }
}

/// Cloud services that answer whoever asks from the machine itself (AWS, GCP, Azure, Alibaba, Oracle, ECS, EKS).
/// One of them has a public address.
const METADATA: &[[u8; 4]] = &[
    [169, 254, 169, 254],
    [169, 254, 170, 2],
    [169, 254, 170, 23],
    [100, 100, 100, 200],
    [168, 63, 129, 16],
    [192, 0, 0, 192],
];
const METADATA_V6: &[Ipv6Addr] = &[
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0023),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
];

/// Where an address leads. An IPv6 address that carries an IPv4 one leads where that one leads.
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => match carried(address) {
            Some(inner) => reach_v4(inner),
            None => reach_v6(address),
        },
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let [a, b, c, _] = address.octets();
    if METADATA.contains(&address.octets()) {
        return Reach::Metadata;
    }
    match (a, b, c) {
        (127, ..) => Reach::Loopback,
        (10, ..) | (192, 168, _) | (172, 16..=31, _) | (100, 64..=127, _) => Reach::Private,
        (169, 254, _) => Reach::LinkLocal,
        // This network, protocol assignments, documentation, 6to4 relays, benchmarks, multicast and beyond.
        (0 | 224.., ..)
        | (192, 0, 0 | 2)
        | (192, 88, 99)
        | (198, 18 | 19, _)
        | (198, 51, 100)
        | (203, 0, 113) => Reach::Nowhere,
        _ => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    let [first, second, ..] = address.segments();
    if METADATA_V6.contains(&address) {
        Reach::Metadata
    } else if address.is_loopback() {
        Reach::Loopback
    } else if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0 {
        Reach::Private
    } else if first & 0xffc0 == 0xfe80 {
        Reach::LinkLocal
    } else if first & 0xe000 != 0x2000 || (first == 0x2001 && second == 0x0db8) || first == 0x3fff {
        // Only 2000::/3 is given out, less documentation.
        Reach::Nowhere
    } else {
        Reach::Public
    }
}

/// The IPv4 address inside: mapped, compatible, 6to4, NAT64, Teredo (whose client is written inverted).
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let from = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0 | 0xffff, 0 | 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => from(high, low),
        [0x2001, 0, _, _, _, _, high, low] => from(!high, !low),
        _ => None,
    }
}
