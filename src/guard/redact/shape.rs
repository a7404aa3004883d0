//! Secrets that tell themselves by how they begin. To grow: one row, and a line in the fixture.

/// A known beginning and what must come behind it.
pub(super) struct Shape {
    pub begins: &'static str,
    /// So many characters at least behind the beginning.
    pub at_least: usize,
    pub of: Of,
}

/// The characters of a secret.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// `A-Z a-z 0-9 _ -`.
    Word,
    /// The same and `.`: tokens of several parts.
    Dotted,
    /// `A-Z 0-9`.
    Capital,
}

use Of::{Capital, Dotted, Word};

const fn shape(begins: &'static str, at_least: usize, of: Of) -> Shape {
    Shape {
        begins,
        at_least,
        of,
    }
}

pub(super) const ALL: &[Shape] = &[
    // OpenAI, Anthropic and those who copied them; Stripe has `_` for `-`.
    shape("sk-", 16, Word),
    shape("sk_live_", 16, Word),
    shape("sk_test_", 16, Word),
    shape("rk_live_", 16, Word),
    shape("whsec_", 16, Word),
    // GitHub, GitLab.
    shape("ghp_", 20, Word),
    shape("gho_", 20, Word),
    shape("ghu_", 20, Word),
    shape("ghs_", 20, Word),
    shape("ghr_", 20, Word),
    shape("github_pat_", 20, Word),
    shape("glpat-", 16, Word),
    // Slack.
    shape("xoxa-", 10, Word),
    shape("xoxb-", 10, Word),
    shape("xoxe-", 10, Word),
    shape("xoxp-", 10, Word),
    shape("xoxr-", 10, Word),
    shape("xoxs-", 10, Word),
    shape("xapp-", 10, Word),
    // Amazon, Google.
    shape("AKIA", 16, Capital),
    shape("ASIA", 16, Capital),
    shape("AIza", 30, Word),
    shape("ya29.", 16, Dotted),
    shape("GOCSPX-", 20, Word),
    // Registries and hosts.
    shape("hf_", 20, Word),
    shape("npm_", 30, Word),
    shape("pypi-", 40, Word),
    shape("dop_v1_", 32, Word),
    shape("shpat_", 20, Word),
    shape("SG.", 30, Dotted),
    shape("lin_api_", 20, Word),
    shape("AGE-SECRET-KEY-", 20, Word),
    // Models and search.
    shape("xai-", 40, Word),
    shape("gsk_", 32, Word),
    shape("r8_", 32, Word),
    shape("tvly-", 20, Word),
    shape("pplx-", 32, Word),
    shape("nvapi-", 32, Word),
    shape("lsv2_pt_", 32, Word),
    shape("pcsk_", 32, Word),
    // Further hosts.
    shape("rk_test_", 16, Word),
    shape("shpss_", 20, Word),
    shape("xoxc-", 10, Word),
    shape("xoxd-", 10, Word),
    shape("glrt-", 16, Word),
    shape("dckr_pat_", 20, Word),
    shape("figd_", 32, Word),
    shape("ntn_", 32, Word),
    shape("sntrys_", 20, Word),
    shape("sbp_", 32, Word),
    shape("sb_secret_", 20, Word),
    shape("hvs.", 20, Word),
    shape("ATATT3", 20, Word),
    shape("PMAK-", 24, Word),
    // `{"` in base64: the head of a JWT.
    shape("eyJ", 20, Dotted),
];

impl Of {
    pub(super) fn has(self, byte: u8) -> bool {
        match self {
            Word => byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-',
            Dotted => Word.has(byte) || byte == b'.',
            Capital => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        }
    }
}

/// The bytes with which a shape begins: most words of most texts are passed over by a look at this table.
static FIRST: [bool; 256] = {
    let mut first = [false; 256];
    let mut row = 0;
    while row < ALL.len() {
        first[ALL[row].begins.as_bytes()[0] as usize] = true;
        row += 1;
    }
    first
};

/// The length of a secret that `rest` begins with. A beginning that is none costs no more than a row's `at_least`, so a
/// text full of them is still read in linear time.
pub(super) fn known(rest: &[u8]) -> Option<usize> {
    if !rest.first().is_some_and(|byte| FIRST[usize::from(*byte)]) {
        return None;
    }
    ALL.iter().find_map(|shape| {
        let behind = rest.strip_prefix(shape.begins.as_bytes())?;
        let enough = behind.len() >= shape.at_least
            && behind[..shape.at_least]
                .iter()
                .all(|byte| shape.of.has(*byte));
        if !enough {
            return None;
        }
        let run = behind
            .iter()
            .take_while(|byte| shape.of.has(**byte))
            .count();
        Some(shape.begins.len() + run)
    })
}

/// Whether a value looks drawn at random: letters and digits, and not short.
pub(super) fn looks_random(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    value.len() >= 8 && digits > 0 && letters > 0
}
