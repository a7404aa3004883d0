use std::time::{Duration, Instant};

use ferrule_types::AskedBy;

use super::{Launch, LaunchPolicy, found};

fn rule(args: Vec<String>) -> String {
    let launch = Launch::stdio("s", "npm", args, AskedBy::Operator);
    let begun = Instant::now();
    let verdict = LaunchPolicy::default().judge(&launch, &found("npm"));
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "took {:?}",
        begun.elapsed()
    );
    assert!(verdict.ruling().reason.len() < 1000, "a reason stays short");
    verdict.ruling().rule.clone()
}

#[test]
fn more_arguments_than_any_server_needs_are_refused_at_once() {
    assert_eq!(rule(vec!["x".to_owned(); 100_000]), "launch.args.length");
    assert_eq!(rule(vec!["x".repeat(200_000)]), "launch.args.length");
    assert_eq!(rule(vec!["x".repeat(100_000); 20]), "launch.args.length");
}

#[test]
fn the_most_arguments_that_pass_are_judged_in_time() {
    assert_eq!(
        rule([vec!["exec".to_owned()], vec!["-y".to_owned(); 4_000]].concat()),
        "launch.npm.shell"
    );
    assert_eq!(
        rule(vec!["exec".to_owned(), format!("-{}", "y".repeat(100_000))]),
        "launch.npm.shell"
    );
}
