use super::{RULES, fixture};
use crate::launch::command::rule_of;

#[test]
fn every_line_of_every_table_is_judged_as_it_says() {
    let cases = fixture::all();
    assert!(cases.len() > 250, "only {} lines", cases.len());
    let mut wrong = Vec::new();
    for (file, case) in &cases {
        let told = case.disagreements();
        if !told.is_empty() {
            wrong.push(format!(
                "{file}: {:?} ({}): {}",
                case.run,
                case.why,
                told.join("; ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} lines:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_runtime_has_a_table_with_both_verdicts() {
    let cases = fixture::all();
    for rule in RULES {
        let of_rule = || {
            cases
                .iter()
                .filter(|(file, _)| file == rule.name)
                .map(|(_, case)| case)
        };
        let path = format!("tests/fixtures/guard/launch/{}.json", rule.name);
        assert!(
            of_rule().any(fixture::Case::is_denied),
            "{path} has no refused launch"
        );
        assert!(
            of_rule().any(|case| !case.is_denied()),
            "{path} has no allowed launch"
        );
    }
}

#[test]
fn every_program_of_every_row_is_found_by_its_names_and_by_no_other_row() {
    for rule in RULES {
        for name in rule.names {
            for spelling in [
                (*name).to_owned(),
                format!("{name}.exe"),
                name.to_uppercase(),
            ] {
                let found = rule_of(&spelling).unwrap_or_else(|| panic!("{spelling} has no row"));
                assert!(
                    std::ptr::eq(found, *rule),
                    "{spelling} is of {}",
                    found.name
                );
            }
        }
    }
}

#[test]
fn no_refusal_shows_what_an_argument_carries() {
    let secret = "hunter2-s3cr3t";
    for line in [
        format!("node --eval={secret}"),
        format!("node -e {secret}"),
        format!("python -c{secret}"),
        format!("python -Ic {secret}"),
        format!("npx --registry=https://u:{secret}@r.example x"),
        format!("uvx --from git+https://u:{secret}@r.example/x x"),
        format!("npx -y https://r.example/x.tgz?token={secret}"),
        format!("docker run --env-file={secret} image"),
        format!("npx --//r.example/:_authToken={secret} x"),
    ] {
        let (launch, facts) = super::words(&line);
        let verdict = super::LaunchPolicy::default().judge(&launch, &facts);
        assert!(matches!(verdict, ferrule_types::Verdict::Deny(_)), "{line}");
        assert!(
            !format!("{verdict:?}").contains(secret),
            "{line}: {verdict:?}"
        );
        assert!(!format!("{launch:?}").contains(secret), "{line}");
    }
}
