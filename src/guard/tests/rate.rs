use super::*;

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn key(name: &str) -> ToolKey {
    ToolKey::split(name)
}

fn caller(key: &ToolKey) -> Caller<'_> {
    Caller {
        key,
        principal: "me",
        session: Some("one"),
    }
}

const NONE: Limits = Limits {
    per_tool: 0,
    per_server: 0,
    per_session: 0,
    per_principal: 0,
    all: 0,
};

#[test]
fn a_window_of_a_minute_slides_over_the_calls() {
    let (rates, key) = (Rates::default(), key("s__t"));
    let limits = Limits {
        per_tool: 2,
        ..NONE
    };
    let admit = |seconds| rates.admit(&limits, &caller(&key), at(seconds));
    assert!(admit(0.0).is_ok());
    assert!(admit(30.0).is_ok());
    let ruling = admit(59.9).unwrap_err();
    assert_eq!(ruling.rule, "rate.tool");
    assert!(
        ruling
            .reason
            .starts_with("Rate limit exceeded for tool 's__t': max 2 calls per minute"),
        "{ruling}"
    );
    assert!(admit(60.0).is_ok());
    assert!(admit(61.0).is_err());
    assert!(admit(90.0).is_ok());
}

#[test]
fn a_call_that_is_refused_costs_nothing() {
    let (rates, key) = (Rates::default(), key("s__t"));
    let limits = Limits {
        per_tool: 1,
        all: 5,
        ..NONE
    };
    assert!(rates.admit(&limits, &caller(&key), at(0.0)).is_ok());
    for second in 1..50 {
        assert!(
            rates
                .admit(&limits, &caller(&key), at(f64::from(second)))
                .is_err()
        );
    }
    let other = ToolKey::split("s__u");
    assert!(rates.admit(&limits, &caller(&other), at(50.0)).is_ok());
    assert!(rates.admit(&limits, &caller(&key), at(60.0)).is_ok());
}

#[test]
fn asking_whether_there_is_room_takes_none() {
    let (rates, key) = (Rates::default(), key("s__t"));
    let limits = Limits {
        per_tool: 1,
        ..NONE
    };
    for _ in 0..5 {
        assert!(rates.check(&limits, &caller(&key), at(0.0)).is_ok());
    }
    assert!(rates.admit(&limits, &caller(&key), at(0.0)).is_ok());
    assert!(rates.check(&limits, &caller(&key), at(0.0)).is_err());
}

#[test]
fn zero_is_no_limit() {
    let (rates, key) = (Rates::default(), key("s__t"));
    for _ in 0..1000 {
        assert!(rates.admit(&NONE, &caller(&key), at(0.0)).is_ok());
    }
}

#[test]
fn each_limit_counts_what_it_is_named_for() {
    let one = |limits: Limits, first: (&str, &str, &str), second: (&str, &str, &str)| {
        let rates = Rates::default();
        let mut answers = [first, second].map(|(tool, principal, session)| {
            let key = key(tool);
            let caller = Caller {
                key: &key,
                principal,
                session: Some(session),
            };
            rates
                .admit(&limits, &caller, at(0.0))
                .map_err(|ruling| ruling.rule)
                .err()
        });
        answers[1].take()
    };
    let limits = [
        (
            Limits {
                per_server: 1,
                ..NONE
            },
            "rate.server",
            ("a__x", "p", "1"),
            ("a__y", "q", "2"),
            ("b__x", "p", "1"),
        ),
        (
            Limits {
                per_session: 1,
                ..NONE
            },
            "rate.session",
            ("a__x", "p", "1"),
            ("b__y", "p", "1"),
            ("a__x", "p", "2"),
        ),
        (
            Limits {
                per_session: 1,
                ..NONE
            },
            "rate.session",
            ("a__x", "p", "1"),
            ("b__y", "p", "1"),
            ("a__x", "q", "1"),
        ),
        (
            Limits {
                per_principal: 1,
                ..NONE
            },
            "rate.principal",
            ("a__x", "p", "1"),
            ("b__y", "p", "2"),
            ("a__x", "q", "1"),
        ),
        (
            Limits {
                per_tool: 1,
                ..NONE
            },
            "rate.tool",
            ("a__x", "p", "1"),
            ("a__x", "q", "2"),
            ("b__x", "p", "1"),
        ),
    ];
    for (limits, rule, first, same, other) in limits {
        assert_eq!(one(limits, first, same).as_deref(), Some(rule));
        assert_eq!(one(limits, first, other), None, "{rule}");
    }
    let all = Limits { all: 1, ..NONE };
    assert_eq!(
        one(all, ("a__x", "p", "1"), ("b__y", "q", "2")).as_deref(),
        Some("rate.all")
    );
}

#[test]
fn a_caller_who_changes_names_gets_no_fresh_count_for_ever() {
    let (rates, key) = (Rates::default(), key("s__t"));
    let limits = Limits {
        per_session: 1,
        ..NONE
    };
    let admit = |name: &str, seconds| {
        let caller = Caller {
            key: &key,
            principal: "me",
            session: Some(name),
        };
        rates.admit(&limits, &caller, at(seconds))
    };
    for name in 0..MOST_BUCKETS {
        assert!(admit(&name.to_string(), 0.0).is_ok());
    }
    assert_eq!(admit("another", 1.0).unwrap_err().rule, "rate.callers");
    assert!(admit("another", 61.0).is_ok());
}
