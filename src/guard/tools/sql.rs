//! What a statement does, told by its words. It is no parser: where it cannot be sure it says the graver thing.

use super::risk::{Class, Risk};

const WORDS: &[(&str, Class)] = &[
    ("delete", Class::Deletes),
    ("drop", Class::Deletes),
    ("truncate", Class::Deletes),
    ("alter", Class::Writes),
    ("create", Class::Writes),
    ("grant", Class::Writes),
    ("insert", Class::Writes),
    ("merge", Class::Writes),
    ("replace", Class::Writes),
    ("revoke", Class::Writes),
    ("update", Class::Writes),
    ("upsert", Class::Writes),
    ("into", Class::Writes),
    // Ways out of the database.
    ("attach", Class::RunsCode),
    ("dumpfile", Class::RunsCode),
    ("load_extension", Class::RunsCode),
    ("load_file", Class::RunsCode),
    ("lo_export", Class::RunsCode),
    ("lo_import", Class::RunsCode),
    ("outfile", Class::RunsCode),
    ("pg_read_file", Class::RunsCode),
    ("pg_ls_dir", Class::RunsCode),
    ("program", Class::RunsCode),
    ("xp_cmdshell", Class::RunsCode),
    ("dblink", Class::SendsOut),
];

/// What the statement does; `Reads` alone where nothing else is said.
pub fn risk(statement: &str) -> Risk {
    let text = without_literals(statement);
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let told = words.filter_map(|word| {
        WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
    });
    let risk = told.fold(Risk::default(), |risk, (_, class)| {
        risk.and(Risk::of(&[*class]))
    });
    if risk.is_none() {
        Risk::of(&[Class::Reads])
    } else {
        risk
    }
}

/// A plain question may speak of deleting. Quotes are only believed where nothing can hide behind them: no second
/// statement, no comment, no escape, and each of them closed.
fn without_literals(statement: &str) -> String {
    let plain = !statement
        .trim_end()
        .trim_end_matches(';')
        .contains([';', '\\', '$'])
        && !statement.contains("--")
        && !statement.contains("/*")
        && statement.matches('\'').count().is_multiple_of(2);
    if !plain {
        return statement.to_owned();
    }
    statement
        .split('\'')
        .step_by(2)
        .collect::<Vec<_>>()
        .join(" ")
}
