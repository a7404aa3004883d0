//! Names of fields that hold secrets, told by their words and not by letters in a row: `authToken` and `x-api-key`
//! do, `author`, `max_tokens` and `keyboard` do not.

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// A word that has other uses: `key`, `token`. In prose its value must look like a secret.
    Perhaps,
    Yes,
}

/// Words that name a secret wherever they stand.
const STRONG: &[&str] = &[
    "authorization",
    "bearer",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "creds",
    "cvc",
    "cvv",
    "jwt",
    "otp",
    "passcode",
    "passphrase",
    "passwd",
    "passwort",
    "password",
    "passwords",
    "pwd",
    "secret",
    "secrets",
    "sid",
    "totp",
];

/// Words that name a secret unless one of [`HARMLESS`] stands beside them.
const WEAK: &[&str] = &[
    "auth", "cred", "key", "keys", "oauth", "pass", "pw", "session", "token", "tokens",
];

/// Neighbours that make a weak word speak of something else: counts, kinds, databases, text.
const HARMLESS: &[&str] = &[
    "bos",
    "budget",
    "cached",
    "column",
    "completion",
    "count",
    "duration",
    "eos",
    "foreign",
    "generated",
    "ids",
    "input",
    "kind",
    "length",
    "limit",
    "max",
    "maximum",
    "method",
    "min",
    "minimum",
    "mode",
    "num",
    "number",
    "output",
    "pad",
    "partition",
    "per",
    "primary",
    "prompt",
    "public",
    "reasoning",
    "remaining",
    "size",
    "sort",
    "special",
    "stop",
    "timeout",
    "total",
    "ttl",
    "type",
    "unk",
    "usage",
    "used",
];

/// Letters in a row that tell a secret within one word, where nobody set the words apart.
const WITHIN: &[&str] = &[
    "accesskey",
    "apikey",
    "appkey",
    "authkey",
    "clientkey",
    "credential",
    "encryptionkey",
    "gpgkey",
    "hmackey",
    "licensekey",
    "masterkey",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "sessionid",
    "sessionkey",
    "sessid",
    "sharedkey",
    "signingkey",
    "sshkey",
    "storagekey",
];

/// Words that hold such letters and mean something else.
const OTHERWISE: &[&str] = &["secretary", "secretaries", "secretion", "passwordless"];

/// Whole names that no word of theirs gives away.
const WHOLE: &[&str] = &["sig", "xamzsignature", "xgoogsignature"];

/// No name is longer; of one that is, the end counts.
const LONGEST: usize = 128;

/// Whether a field of this name holds a secret.
pub fn is_secret(name: &str) -> bool {
    sure(name).is_some()
}

pub(super) fn sure(name: &str) -> Option<Sure> {
    let words = split(tail(name));
    let joined = words.concat();
    if WHOLE.contains(&joined.as_str()) || words.iter().any(|word| strong(word)) {
        return Some(Sure::Yes);
    }
    // `pass_word`: parted where the word is not.
    if words.len() > 1 && WITHIN.iter().any(|part| joined.ends_with(part)) {
        return Some(Sure::Yes);
    }
    let weak = words.iter().any(|word| WEAK.contains(&word.as_str()));
    let harmless = words.iter().any(|word| HARMLESS.contains(&word.as_str()));
    if !weak || harmless {
        return None;
    }
    Some(if words.len() > 1 {
        Sure::Yes
    } else {
        Sure::Perhaps
    })
}

fn strong(word: &str) -> bool {
    STRONG.contains(&word) || within(word)
}

fn within(word: &str) -> bool {
    let ends = |end: &str| word.len() > end.len() && word.ends_with(end);
    let tells = WITHIN.iter().any(|part| word.contains(part))
        || ends("token")
        || ends("cookie")
        || ends("auth");
    tells && !OTHERWISE.iter().any(|other| word.contains(other))
}

fn tail(name: &str) -> &str {
    let mut from = name.len().saturating_sub(LONGEST);
    while !name.is_char_boundary(from) {
        from += 1;
    }
    &name[from..]
}

/// The words of a name in lower case: parted by what is no letter, by digits, and by `camelCase`.
fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, &c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(at + 1).copied();
        if !c.is_alphabetic() || begins_word(before, c, after) {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `authToken` begins one at `T`, `APIKey` at `K`.
fn begins_word(before: Option<char>, c: char, after: Option<char>) -> bool {
    c.is_uppercase()
        && before.is_some_and(|before| {
            before.is_lowercase()
                || (before.is_uppercase() && after.is_some_and(char::is_lowercase))
        })
}
