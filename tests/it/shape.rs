//! What the sources look like: how long, how named, how begun, and what stands where.
//!
//! The facts are the paths and the text of the files; no rule parses Rust. This does not know which
//! crate depends on which: see `layers`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

/// A source file longer than this has more than one idea in it. Aim at half.
const LONGEST: usize = 600;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "manager"];

/// The words that a header says about what its module leaves to others.
const DOES_NOT_KNOW: &str = "does not know";

/// This file spells out what it forbids, so the rules about words pass it by.
const THIS_FILE: &str = "tests/it/shape.rs";

/// A word that belongs in some places only.
struct Reserved {
    /// The words; one of them on a line of code is a find.
    words: &'static [&'static str],
    /// Looked for below this.
    inside: &'static str,
    /// Allowed below these.
    except: &'static [&'static str],
    instead: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved {
        words: &["todo!", "unimplemented!", "#[ignore", "#[should_panic"],
        inside: "",
        except: &[],
        instead: "finish it, or take it out; a test that needs a GPU or the network has a target of its own",
    },
    Reserved {
        words: &[
            "cfg(feature",
            "cfg!(feature",
            "cfg_attr(feature",
            "(not(feature",
            "(any(feature",
            "(all(feature",
        ],
        inside: "",
        except: &["src/lib.rs", "src/model/"],
        instead: "decide at run time; features only switch whole crates, in the façade and in `model`",
    },
    Reserved {
        words: &["runtime::Builder", "Runtime::new(", "#[tokio::main"],
        inside: "src/",
        except: &["src/lib.rs", "src/runtime.rs"],
        instead: "take a handle; the façade makes the only runtime",
    },
    Reserved {
        words: &["py.detach(", "allow_threads("],
        inside: "src/",
        except: &["src/python/release.rs"],
        instead: "use `py.wait(..)`, which also watches Ctrl-C, or `py.promise(..)`",
    },
    Reserved {
        words: &[
            "async fn",
            "async move",
            ".await",
            "std::fs",
            "std::net",
            "std::process",
            "std::env",
            "println!",
        ],
        inside: "src/parse/",
        except: &["src/parse/tests"],
        instead: "`parse` computes and never waits: let the caller read, and hand in the text",
    },
    Reserved {
        words: &[
            ".await",
            "std::fs",
            "std::net",
            "std::process",
            "SystemTime::now",
            "Instant::now",
        ],
        inside: "src/guard/",
        except: &["src/guard/door.rs", "src/guard/tests"],
        instead: "a rule judges facts that are handed to it: the caller looks, the door waits",
    },
];

/// One source file: its path from the root, with `/` on every system, and its text.
struct Source {
    path: String,
    text: String,
}

#[test]
fn no_source_file_is_too_long() -> Result<()> {
    none(sources()?.iter().filter_map(too_long))
}

#[test]
fn no_module_has_a_name_that_says_nothing() -> Result<()> {
    none(sources()?.iter().filter_map(empty_name))
}

#[test]
fn every_crate_and_folder_module_says_what_it_does_not_know() -> Result<()> {
    none(sources()?.iter().filter_map(poor_header))
}

#[test]
fn words_that_belong_in_one_place_stand_in_no_other() -> Result<()> {
    none(sources()?.iter().flat_map(misplaced_words))
}

#[test]
fn the_code_map_names_every_folder_of_src_and_no_other() -> Result<()> {
    let map = fs::read_to_string(root().join("src/README.md"))?;
    let mut folders = Vec::new();
    for entry in fs::read_dir(root().join("src"))? {
        let entry = entry?;
        // An empty folder is what git leaves behind when a branch takes a crate away.
        if entry.path().join("Cargo.toml").exists() {
            folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    none(map_problems(&map, &folders))
}

#[test]
fn every_test_that_the_code_map_names_exists() -> Result<()> {
    let map = fs::read_to_string(root().join("src/README.md"))?;
    none(lost_tests("src/README.md", &map, &sources()?))
}

#[test]
fn every_test_that_security_md_names_exists() -> Result<()> {
    let claims = fs::read_to_string(root().join("SECURITY.md"))?;
    none(lost_tests("SECURITY.md", &claims, &sources()?))
}

fn too_long(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > LONGEST).then(|| {
        format!(
            "{}: {lines} lines, and {LONGEST} are allowed: give its second idea a file",
            source.path
        )
    })
}

fn empty_name(source: &Source) -> Option<String> {
    let names = source
        .path
        .split('/')
        .map(|part| part.split('.').next().unwrap_or(part));
    let name = names.into_iter().find(|name| EMPTY_NAMES.contains(name))?;
    Some(format!(
        "{}: `{name}` says nothing: name it after what it holds",
        source.path
    ))
}

fn poor_header(source: &Source) -> Option<String> {
    let file = source.path.rsplit('/').next()?;
    let is_test = source.path.contains("/tests/");
    if is_test || !source.path.starts_with("src/") || !["lib.rs", "mod.rs"].contains(&file) {
        return None;
    }
    let header: Vec<&str> = source
        .text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .collect();
    let path = &source.path;
    if header.is_empty() {
        return Some(format!(
            "{path}: open with `//!`: what it is, how data enters and leaves, what it {DOES_NOT_KNOW}"
        ));
    }
    // The words may be parted by the end of a line.
    let said = header
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    (!said.contains(DOES_NOT_KNOW)).then(|| {
        format!("{path}: its header lacks what it leaves to others: \"it {DOES_NOT_KNOW} …\"")
    })
}

fn misplaced_words(source: &Source) -> Vec<String> {
    let path = source.path.as_str();
    if path == THIS_FILE || !is_kind(Path::new(path), "rs") {
        return Vec::new();
    }
    let applies = |rule: &&Reserved| {
        path.starts_with(rule.inside) && !rule.except.iter().any(|place| path.starts_with(place))
    };
    let mut problems = Vec::new();
    for rule in RESERVED.iter().filter(applies) {
        for (at, line) in source.text.lines().enumerate() {
            let code = !line.trim_start().starts_with("//");
            if let Some(word) = rule.words.iter().find(|word| code && line.contains(**word)) {
                problems.push(format!("{path}:{}: `{word}`: {}", at + 1, rule.instead));
            }
        }
    }
    problems
}

/// A folder's line in the map begins with its name and a slash.
fn map_problems(map: &str, folders: &[String]) -> Vec<String> {
    let line_of = |folder: &str| {
        map.lines().find(|line| {
            line.trim_start()
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with("/ "))
        })
    };
    let mut problems = Vec::new();
    for folder in folders {
        match line_of(folder) {
            None => problems.push(format!(
                "src/README.md: add a line for `{folder}/` to the map"
            )),
            Some(line) if line.contains("to come") => {
                problems.push(format!(
                    "src/README.md: `{folder}/` has come: take \"to come\" off its line"
                ));
            }
            Some(_) => {}
        }
    }
    problems
}

/// A test is named in backticks, and is known by being a sentence.
fn lost_tests(page: &str, map: &str, sources: &[Source]) -> Vec<String> {
    let quoted = map.split('`').skip(1).step_by(2);
    let sentences = quoted.filter(|words| words.matches('_').count() > 3);
    let lost = sentences.filter(|name| {
        let heads = [format!("fn {name}()"), format!("def {name}(")];
        let has = |source: &Source| heads.iter().any(|head| source.text.contains(head));
        !sources.iter().any(has)
    });
    lost.map(|name| format!("{page}: there is no test `{name}`: name the one that holds it now"))
        .collect()
}

fn none(problems: impl IntoIterator<Item = String>) -> Result<()> {
    let problems: Vec<String> = problems.into_iter().collect();
    ensure!(problems.is_empty(), "\n{}", problems.join("\n"));
    Ok(())
}

fn is_kind(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|its| its == extension)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust and Python source of the repository.
fn sources() -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in paths()? {
        let ours = is_kind(&path, "rs") || is_kind(&path, "py");
        // A file may be known to git and gone from the folder.
        if let Some(text) = ours
            .then(|| fs::read_to_string(root().join(&path)).ok())
            .flatten()
        {
            let path = path.to_string_lossy().replace('\\', "/");
            sources.push(Source { path, text });
        }
    }
    ensure!(
        sources.len() > 10,
        "found only {} sources below {}",
        sources.len(),
        root().display()
    );
    Ok(sources)
}

/// The repository's files: those that git knows or would take, else, in an unpacked archive, all.
fn paths() -> Result<Vec<PathBuf>> {
    let git = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output();
    if let Ok(answer) = git
        && answer.status.success()
        && !answer.stdout.is_empty()
    {
        let names = answer
            .stdout
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty());
        return Ok(names
            .map(|name| String::from_utf8_lossy(name).into_owned().into())
            .collect());
    }
    let mut found = Vec::new();
    walk(Path::new(""), &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(root().join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let built =
            name.starts_with('.') || ["target", "dist", "__pycache__"].contains(&name.as_str());
        let path = folder.join(&name);
        if entry.file_type()?.is_dir() && !built {
            walk(&path, found)?;
        } else if entry.file_type()?.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

// The rules themselves, on samples that break them.

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[track_caller]
fn says(problem: Option<String>, words: &str) {
    let problem = problem.unwrap_or_default();
    assert!(
        problem.contains(words),
        "{problem:?} does not say {words:?}"
    );
}

#[test]
fn a_long_file_is_told() {
    says(
        too_long(&source("a.rs", &"x\n".repeat(LONGEST + 1))),
        "601 lines",
    );
    assert_eq!(too_long(&source("a.rs", &"x\n".repeat(LONGEST))), None);
}

#[test]
fn an_empty_name_is_told_for_files_and_for_folders() {
    says(
        empty_name(&source("src/parse/utils.rs", "")),
        "`utils` says nothing",
    );
    says(
        empty_name(&source("tests/common/mod.rs", "")),
        "`common` says nothing",
    );
    says(
        empty_name(&source("python/ferrule/helpers.py", "")),
        "`helpers` says nothing",
    );
    assert_eq!(empty_name(&source("src/parse/commonmark.rs", "")), None);
}

#[test]
fn a_missing_or_poor_header_is_told_where_one_is_wanted() {
    says(
        poor_header(&source("src/parse/lib.rs", "mod a;\n")),
        "open with `//!`",
    );
    says(
        poor_header(&source(
            "src/parse/syntax/mod.rs",
            "//! Syntaxes.\nmod a;\n",
        )),
        "its header lacks",
    );
    let good = "//! Syntaxes. It does\n//! not know models.\nmod a;\n";
    assert_eq!(poor_header(&source("src/parse/syntax/mod.rs", good)), None);
    assert_eq!(poor_header(&source("src/parse/json.rs", "")), None);
    assert_eq!(poor_header(&source("tests/support/mod.rs", "")), None);
}

#[test]
fn misplaced_words_are_told_with_their_line() {
    let told = |path, text| misplaced_words(&source(path, text));
    for (path, text, words) in [
        (
            "src/a.rs",
            "fn f() {\n    todo!()\n}",
            "src/a.rs:2: `todo!`",
        ),
        ("tests/it/a.rs", "#[ignore = \"slow\"]", "`#[ignore`"),
        (
            "tests/it/a.rs",
            "#[should_panic(expected = \"a\")]",
            "`#[should_panic`",
        ),
        (
            "src/engine/a.rs",
            "#[cfg(feature = \"cuda\")]",
            "decide at run time",
        ),
        (
            "src/engine/a.rs",
            "#[cfg(not(feature = \"cuda\"))]",
            "decide at run time",
        ),
        ("src/mcp/a.rs", "let r = Runtime::new()?;", "take a handle"),
        ("src/python/engine.rs", "py.detach(|| 1)", "py.wait"),
        (
            "src/parse/a.rs",
            "let text = std::fs::read_to_string(path);",
            "`parse` computes",
        ),
        (
            "src/guard/rule.rs",
            "let now = SystemTime::now();",
            "a rule judges facts",
        ),
    ] {
        let problems = told(path, text);
        assert!(
            problems.len() == 1 && problems[0].contains(words),
            "{path}: {problems:?}"
        );
    }
    for (path, text) in [
        ("src/model/device.rs", "#[cfg(feature = \"cuda\")]"),
        (
            "src/lib.rs",
            "let runtime = runtime::Builder::new_multi_thread();",
        ),
        ("src/guard/door.rs", "inner.call().await"),
        ("src/engine/a.rs", "// todo! is forbidden"),
        ("examples/a.py", "todo!"),
    ] {
        assert_eq!(told(path, text), Vec::<String>::new());
    }
}

#[test]
fn a_folder_without_its_line_in_the_map_is_told() {
    let map = "src/\n  types/   the words\n  agent/   one turn (to come)\n";
    let told = |folder: &str| map_problems(map, &[folder.to_owned()]).pop();
    assert_eq!(told("types"), None);
    says(told("parse"), "add a line for `parse/`");
    says(told("type"), "add a line for `type/`");
    says(told("agent"), "`agent/` has come");
}

#[test]
fn a_test_that_the_map_names_and_nobody_has_is_told() {
    let sources = [source(
        "src/a.rs",
        "fn a_full_cache_preempts_the_youngest() {}",
    )];
    let told =
        |name: &str| lost_tests("PAGE.md", &format!("held by `{name}` and `x_y`"), &sources).pop();
    assert_eq!(told("a_full_cache_preempts_the_youngest"), None);
    says(
        told("a_full_cache_preempts_the_oldest"),
        "no test `a_full_cache_preempts_the_oldest`",
    );
}
