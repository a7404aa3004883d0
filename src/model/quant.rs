//! The names that users give to number formats.

use candle_core::quantized::GgmlDType;

use crate::{Error, Form, Result, source::Stored};

/// Formats to quantise to while loading, under every spelling that mistral.rs takes for them.
const FORMATS: &[(&[&str], GgmlDType)] = &[
    (&["q2k", "2"], GgmlDType::Q2K),
    (&["q3k", "3"], GgmlDType::Q3K),
    (&["q4_0"], GgmlDType::Q4_0),
    (&["q4_1"], GgmlDType::Q4_1),
    (&["q4k", "4"], GgmlDType::Q4K),
    (&["q5_0"], GgmlDType::Q5_0),
    (&["q5_1"], GgmlDType::Q5_1),
    (&["q5k", "5"], GgmlDType::Q5K),
    (&["q6k", "6"], GgmlDType::Q6K),
    (&["q8_0", "8"], GgmlDType::Q8_0),
];

/// Names that exist elsewhere and that we know we do not have.
const ELSEWHERE: &[&str] = &[
    "q8_1", "q8k", "hqq8", "hqq4", "fp8", "afq8", "afq6", "afq4", "afq3", "afq2", "f8q8", "mxfp4",
];

const DTYPES: &[(&str, Option<Stored>)] = &[
    ("auto", None),
    ("f32", Some(Stored::F32)),
    ("float32", Some(Stored::F32)),
    ("f16", Some(Stored::F16)),
    ("float16", Some(Stored::F16)),
    ("bf16", Some(Stored::Bf16)),
    ("bfloat16", Some(Stored::Bf16)),
];

/// The form that a `dtype` and an `in_situ_quant` ask for together; the latter wins.
pub fn form(dtype: Option<&str>, quant: Option<&str>) -> Result<Form> {
    if let Some(name) = quant {
        return quantised(name).map(Form::Quantised);
    }
    let name = dtype.unwrap_or("auto").to_lowercase();
    let known = || {
        let names: Vec<&str> = DTYPES.iter().map(|(n, _)| *n).collect();
        names.join(", ")
    };
    let found = DTYPES.iter().find(|(n, _)| *n == name);
    let (_, stored) = found.ok_or_else(|| Error::UnsupportedDtypeName {
        name: name.clone(),
        known: known(),
    })?;
    Ok(stored.map_or(Form::Stored, Form::Dense))
}

fn quantised(name: &str) -> Result<GgmlDType> {
    let plain = name.to_lowercase();
    // Q4_K is GGUF's spelling of Q4K.
    let plain = plain
        .strip_suffix("_k")
        .map_or(plain.clone(), |stem| format!("{stem}k"));
    let row = FORMATS
        .iter()
        .find(|(names, _)| names.contains(&plain.as_str()));
    row.map(|(_, kind)| *kind).ok_or_else(|| {
        let known: Vec<&str> = FORMATS.iter().map(|(names, _)| names[0]).collect();
        Error::UnsupportedQuant {
            name: name.to_owned(),
            known: known.join(", ").to_uppercase(),
            elsewhere: ELSEWHERE.contains(&plain.as_str()),
        }
    })
}

#[cfg(test)]
mod tests {
    use candle_core::quantized::GgmlDType;

    use super::form;
    use crate::{Form, source::Stored};

    #[test]
    fn formats_are_found_under_all_their_spellings() {
        for name in ["Q4K", "q4_k", "4"] {
            assert_eq!(
                form(None, Some(name)).unwrap(),
                Form::Quantised(GgmlDType::Q4K)
            );
        }
        assert_eq!(form(Some("BF16"), None).unwrap(), Form::Dense(Stored::Bf16));
        assert_eq!(form(Some("auto"), None).unwrap(), Form::Stored);
    }

    #[test]
    fn formats_that_only_others_have_are_told_from_mistakes() {
        let elsewhere = form(None, Some("HQQ4")).unwrap_err();
        assert_eq!(
            ferrule_types::Fault::kind(&elsewhere),
            ferrule_types::Kind::Unsupported
        );
        let mistake = form(None, Some("Q9")).unwrap_err();
        assert_eq!(
            ferrule_types::Fault::kind(&mistake),
            ferrule_types::Kind::InvalidInput
        );
        assert!(mistake.to_string().contains("Q4K"), "{mistake}");
    }
}
