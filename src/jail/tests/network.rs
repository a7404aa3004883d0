use std::net::TcpListener;

use super::{answers, fixture, holds};
use crate::{Network, Plan, plan::Without};

fn plan(tries: &[&str], network: Network, without: Option<Without>) -> Plan {
    let mut plan = fixture("look.py", tries);
    plan.network = network;
    plan.without = without;
    plan
}

/// A service of the machine, on its loopback.
fn service() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let wish = format!("connect:{}", listener.local_addr().unwrap());
    (listener, wish)
}

#[tokio::test]
async fn the_default_network_reaches_this_machine_and_the_report_says_so() {
    let (_service, wish) = service();
    let (got, report) = answers(&plan(&[&wish], Network::Full, None)).await;
    assert_eq!(got[&wish], "ok");
    assert_eq!(holds(&report, "network"), None);
}

#[tokio::test]
async fn without_a_network_nothing_is_reached() {
    let (_service, wish) = service();
    for (without, by) in [
        (None, "network namespace"),
        (Some(Without::Namespaces), "seccomp"),
    ] {
        let (got, report) = answers(&plan(
            &[&wish, "connect:1.1.1.1:443"],
            Network::None,
            without,
        ))
        .await;
        for answer in got.as_object().unwrap().values() {
            assert!(!answer.as_str().unwrap().starts_with("ok"), "{got}");
        }
        assert_eq!(holds(&report, "network").as_deref(), Some(by));
    }
}

#[tokio::test]
async fn a_loopback_of_its_own_is_not_the_machine_s() {
    let (_service, wish) = service();
    let script = "import socket; s = socket.create_server(('127.0.0.1', 0)); \
                  socket.create_connection(s.getsockname(), timeout=3); print('\"ok\"')";
    let mut own = Plan::new(super::python(), ["-c", script]);
    own.network = Network::Loopback;
    assert_eq!(answers(&own).await.0, "ok");
    let (got, _) = answers(&plan(&[&wish], Network::Loopback, None)).await;
    assert_eq!(got[&wish], "ECONNREFUSED");
    // Where there can be none of its own, it has none.
    let (got, report) = answers(&plan(
        &[&wish],
        Network::Loopback,
        Some(Without::Namespaces),
    ))
    .await;
    assert_eq!(got[&wish], "EPERM");
    assert_eq!(holds(&report, "network").as_deref(), Some("seccomp"));
}

#[tokio::test]
async fn named_hosts_are_reached_through_the_proxy_alone() {
    let (_service, direct) = service();
    for (without, by) in [
        (None, "network namespace, proxy"),
        (Some(Without::Namespaces), "Landlock, seccomp, proxy"),
    ] {
        let hosts = Network::Hosts(vec![
            "localhost".to_owned(),
            "no-such-host.invalid".to_owned(),
        ]);
        let tries = [
            direct.as_str(),
            "connect:1.1.1.1:443",
            "proxy:example.org:443",
            "proxy:localhost:443",
            "proxy:no-such-host.invalid:443",
        ];
        let (got, report) = answers(&plan(&tries, hosts, without)).await;
        assert!(!got[&direct].as_str().unwrap().starts_with("ok"), "{got}");
        assert!(
            !got["connect:1.1.1.1:443"]
                .as_str()
                .unwrap()
                .starts_with("ok"),
            "{got}"
        );
        let refused = |wish: &str, words: &str| {
            let answer = got[wish].as_str().unwrap();
            assert!(answer.contains(words), "{wish}: {answer}");
        };
        refused("proxy:example.org:443", "403 expected a host of the plan");
        refused("proxy:localhost:443", "403 expected a public address");
        refused("proxy:no-such-host.invalid:443", "502");
        assert_eq!(holds(&report, "network").as_deref(), Some(by));
    }
}

#[tokio::test]
async fn no_datagrams_pass_by_the_proxy_where_there_is_no_namespace() {
    let script = "import socket, json\n\
                  out = {}\n\
                  for name, kind, number in [('udp', socket.SOCK_DGRAM, 0), ('raw', socket.SOCK_RAW, 17), ('mptcp', socket.SOCK_STREAM, 262)]:\n\
                  \x20   for family in (socket.AF_INET, socket.AF_INET6):\n\
                  \x20       try: socket.socket(family, kind, number); out[f'{name}{family}'] = 'ok'\n\
                  \x20       except OSError as e: out[f'{name}{family}'] = str(e.errno)\n\
                  s = socket.socket()\n\
                  try: s.sendto(b'x', socket.MSG_FASTOPEN, ('127.0.0.1', 9)); out['fast'] = 'ok'\n\
                  except OSError as e: out['fast'] = str(e.errno)\n\
                  print(json.dumps(out))";
    let mut plan = Plan::new(super::python(), ["-c", script]);
    plan.network = Network::Hosts(vec!["a.example".to_owned()]);
    plan.without = Some(Without::Namespaces);
    let (got, _) = answers(&plan).await;
    assert_eq!(got.as_object().unwrap().len(), 7);
    for (kind, answer) in got.as_object().unwrap() {
        assert_eq!(answer, "1", "{kind}: {got}");
    }
}
