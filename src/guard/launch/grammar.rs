//! How a program's flags are read. *In*: arguments and a table of flags. *Out*: findings in the trial, and where the
//! first argument stands that is no flag. It does not know: any program. It is stricter than any of them: a flag
//! that could be read in two ways is judged in both.

use super::{
    harm::{self, Harm},
    trial::Trial,
};

/// A row of a grammar.
#[derive(Debug)]
pub(super) struct Flag {
    /// Every spelling, dashes included.
    pub names: &'static [&'static str],
    pub takes: Takes,
    pub says: Says,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// `=true` and `=false` at most.
    Switch,
    /// Attached, behind `=`, or the next argument.
    Value,
    /// Behind `=`, never the next argument.
    Maybe,
}

/// Judges a flag by its value, a part of the arguments.
pub(super) type Judge = for<'a> fn(&mut Trial<'a>, &Found<'a>);

/// What a flag means for the launch.
#[derive(Debug)]
pub(super) enum Says {
    Fine,
    Harms(&'static Harm),
    /// Its value decides.
    Judged(Judge),
    /// The program tells about itself and ends.
    Tells,
    /// What follows belongs to another program: `-m module` of Python.
    Ends(Judge),
}

/// A program's flags, and how it reads them.
#[derive(Debug)]
pub(super) struct Grammar {
    pub flags: &'static [&'static [Flag]],
    /// `-abc` is `-a -b -c`, and `-cVALUE` is `-c VALUE`.
    pub clusters: bool,
    /// `--cal` may be `--call`, and `-call` too.
    pub abbreviates: bool,
}

/// A flag as it stood in the arguments.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// Of the argument with the flag.
    pub index: usize,
    /// Of the argument with the value.
    pub at: usize,
    pub name: &'static str,
    /// Empty if there is none.
    pub value: &'a str,
}

/// Where reading a program's flags came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Walked {
    /// The first argument that is no flag.
    Word(usize),
    /// There is none.
    End,
    /// A flag has settled what runs, or that nothing does.
    Settled,
}

impl Flag {
    pub const fn fine(takes: Takes, names: &'static [&'static str]) -> Self {
        Flag {
            names,
            takes,
            says: Says::Fine,
        }
    }

    pub const fn harms(harm: &'static Harm, takes: Takes, names: &'static [&'static str]) -> Self {
        Flag {
            names,
            takes,
            says: Says::Harms(harm),
        }
    }

    pub const fn judged(judge: Judge, names: &'static [&'static str]) -> Self {
        Flag {
            names,
            takes: Takes::Value,
            says: Says::Judged(judge),
        }
    }

    pub const fn tells(names: &'static [&'static str]) -> Self {
        Flag {
            names,
            takes: Takes::Nothing,
            says: Says::Tells,
        }
    }
}

/// What the flags of one argument came to.
#[derive(Default)]
struct Read {
    /// The next argument was a value.
    took_next: bool,
    settled: bool,
    /// The program only tells about itself, unless a later flag says otherwise.
    told: bool,
}

impl Grammar {
    /// Reads flags from argument `from` up to the first that is none.
    pub fn walk(&self, trial: &mut Trial, from: usize) -> Walked {
        let mut index = from;
        let mut told = false;
        while let Some(argument) = trial.args.get(index) {
            match argument.as_str() {
                "--" if index + 1 < trial.args.len() => return Walked::Word(index + 1),
                "--" => break,
                "-" => {
                    trial.refuse(index, "-", &harm::STDIN);
                    return Walked::Settled;
                }
                word if !word.starts_with('-') => return Walked::Word(index),
                flag => {
                    let read = self.read(trial, index, flag);
                    if read.settled {
                        return Walked::Settled;
                    }
                    told |= read.told;
                    index += 1 + usize::from(read.took_next);
                }
            }
        }
        if told { Walked::Settled } else { Walked::End }
    }

    /// Reads flags wherever they stand, up to `--`; gives back the arguments that are none.
    pub fn words(&self, trial: &mut Trial, from: usize) -> Vec<usize> {
        let mut words = Vec::new();
        let mut next = from;
        while let Walked::Word(at) = self.walk(trial, next) {
            if at > next && trial.args[at - 1] == "--" {
                words.extend(at..trial.args.len());
                break;
            }
            words.push(at);
            next = at + 1;
        }
        words
    }

    /// Reads one argument that begins with a dash.
    fn read<'a>(&self, trial: &mut Trial<'a>, index: usize, argument: &'a str) -> Read {
        if !argument.starts_with("--") && self.clusters {
            return self.read_cluster(trial, index, argument);
        }
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument, None),
        };
        if let Some((flag, spelling)) = self.find(name) {
            return weigh(trial, index, flag, spelling, value);
        }
        match self.attached(argument) {
            Some((flag, spelling, value)) => weigh(trial, index, flag, spelling, Some(value)),
            None => unknown(trial, index, name),
        }
    }

    /// Reads `-abc`, and `-abVALUE` where `b` takes a value.
    fn read_cluster<'a>(&self, trial: &mut Trial<'a>, index: usize, argument: &'a str) -> Read {
        let word = argument.split_once('=').map_or(argument, |(name, _)| name);
        if let Some((_, long)) = self
            .find(word)
            .filter(|_| self.abbreviates && word.len() > 2)
        {
            // Two readings, one of them harmful: neither is asked.
            if let Some((
                Flag {
                    says: Says::Harms(harm),
                    ..
                },
                _,
            )) = self.find(word)
            {
                trial.refuse(index, long, harm);
            }
            return unknown(trial, index, word);
        }
        let mut told = false;
        let letters = &argument[1..];
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            let Some((flag, spelling)) = self.short(letter) else {
                return unknown(trial, index, &argument[..1 + at + letter.len_utf8()]);
            };
            let takes_rest = flag.takes == Takes::Value;
            // Such a program takes `-py` for `-p -y`, not for a value of `-p`.
            let ambiguous = self.abbreviates && takes_rest && !matches!(flag.says, Says::Harms(_));
            if ambiguous && !rest.is_empty() && !rest.starts_with('=') {
                return unknown(trial, index, &argument[..1 + at + letter.len_utf8()]);
            }
            let value = match rest.strip_prefix('=') {
                Some(value) => Some(value),
                None if takes_rest && !rest.is_empty() => Some(rest),
                None => None,
            };
            let ends = value.is_some();
            let read = weigh(trial, index, flag, spelling, value);
            told |= read.told;
            if ends || read.took_next || read.settled {
                return read;
            }
        }
        Read {
            told,
            ..Read::default()
        }
    }

    fn rows(&self) -> impl Iterator<Item = (&'static Flag, &'static str)> {
        let flags = self.flags.iter().flat_map(|group| group.iter());
        flags.flat_map(|flag| flag.names.iter().map(move |name| (flag, *name)))
    }

    /// The row of a flag by its whole name; where names may be cut short, a harmful one that begins so.
    /// A harmless one has to be written out, since a cut one may mean another.
    fn find(&self, name: &str) -> Option<(&'static Flag, &'static str)> {
        let name = if name.starts_with("--") {
            name.replace('_', "-")
        } else {
            name.to_owned()
        };
        if let Some(row) = self.rows().find(|(_, known)| *known == name) {
            return Some(row);
        }
        let long = format!("--{}", name.trim_start_matches('-'));
        if !self.abbreviates || long.len() < 4 {
            return None;
        }
        let mut begin = self.rows().filter(|(_, known)| known.starts_with(&long));
        begin.find(|(flag, _)| matches!(flag.says, Says::Harms(_)))
    }

    fn short(&self, letter: char) -> Option<(&'static Flag, &'static str)> {
        self.rows().find(|(_, known)| {
            known.strip_prefix('-').is_some_and(|name| {
                let mut letters = name.chars();
                letters.next() == Some(letter) && letters.next().is_none()
            })
        })
    }

    /// `-rFILE` of a program that says it does not read flags so: refused with the flag's own reason all the same.
    fn attached<'a>(&self, argument: &'a str) -> Option<(&'static Flag, &'static str, &'a str)> {
        let letter = argument.strip_prefix('-')?.chars().next()?;
        let (flag, name) = self.short(letter)?;
        let value = &argument[1 + letter.len_utf8()..];
        (flag.takes == Takes::Value && matches!(flag.says, Says::Harms(_)))
            .then_some((flag, name, value))
    }
}

/// What one flag with its value means.
fn weigh<'a>(
    trial: &mut Trial<'a>,
    index: usize,
    flag: &'static Flag,
    name: &'static str,
    attached: Option<&'a str>,
) -> Read {
    let took_next = flag.takes == Takes::Value && attached.is_none();
    let at = index + usize::from(took_next);
    let value = match attached {
        Some(value) => value,
        // What looks like a flag is one to some programs and a value to others.
        None if took_next => match trial.args.get(at) {
            Some(value) if !value.starts_with('-') || value == "-" => value,
            _ => {
                // The harm of the flag itself is the better reason.
                if let Says::Harms(harm) = flag.says {
                    trial.refuse(index, name, harm);
                }
                trial.refuse(index, name, &harm::MISSING);
                ""
            }
        },
        None => "",
    };
    let found = Found {
        index,
        at,
        name,
        value,
    };
    let off = flag.takes == Takes::Switch && matches!(value, "false" | "0");
    let settled = match &flag.says {
        Says::Fine | Says::Tells => false,
        Says::Harms(_) if off => false,
        Says::Harms(harm) => {
            trial.refuse(index, name, harm);
            false
        }
        Says::Judged(judge) => {
            judge(trial, &found);
            false
        }
        Says::Ends(judge) => {
            judge(trial, &found);
            true
        }
    };
    Read {
        took_next,
        settled,
        told: matches!(flag.says, Says::Tells),
    }
}

fn unknown(trial: &mut Trial, index: usize, name: &str) -> Read {
    trial.refuse(index, name, &harm::FLAG);
    Read::default()
}
