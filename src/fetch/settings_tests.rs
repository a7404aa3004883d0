use super::*;

fn settings(variables: &[(&str, &str)]) -> Result<Settings> {
    Settings::from_lookup(&|name| {
        variables
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| OsString::from(value))
    })
}

#[test]
fn the_cache_folder_is_where_the_hubs_own_tools_put_it() {
    for (variables, expected) in [
        (&[("HOME", "/u")][..], "/u/.cache/huggingface/hub"),
        (
            &[("HOME", "/u"), ("XDG_CACHE_HOME", "/x")],
            "/x/huggingface/hub",
        ),
        (
            &[("HOME", "/u"), ("XDG_CACHE_HOME", "/x"), ("HF_HOME", "/h")],
            "/h/hub",
        ),
        (
            &[("HF_HOME", "/h"), ("HUGGINGFACE_HUB_CACHE", "/old")],
            "/old",
        ),
        (
            &[
                ("HF_HOME", "/h"),
                ("HUGGINGFACE_HUB_CACHE", "/old"),
                ("HF_HUB_CACHE", "/new"),
            ],
            "/new",
        ),
        (&[("HOME", "/u"), ("HF_HOME", "~/models")], "/u/models/hub"),
        (
            &[("HOME", "/u"), ("HF_HOME", "")],
            "/u/.cache/huggingface/hub",
        ),
    ] {
        assert_eq!(
            settings(variables).unwrap().cache(),
            Path::new(expected),
            "{variables:?}"
        );
    }
    assert!(matches!(settings(&[]), Err(Error::NoCacheFolder)));
}

#[test]
fn a_token_variable_wins_over_a_token_file() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join("token"), "hf_file\n").unwrap();
    std::fs::write(folder.path().join("other"), "hf_other\n").unwrap();
    let other = format!("{home}/other");
    for (variables, expected) in [
        (&[("HF_HOME", home)][..], Some("hf_file")),
        (
            &[("HF_HOME", home), ("HF_TOKEN_PATH", &other)],
            Some("hf_other"),
        ),
        (
            &[("HF_HOME", home), ("HUGGING_FACE_HUB_TOKEN", "hf_old")],
            Some("hf_old"),
        ),
        (
            &[
                ("HF_HOME", home),
                ("HUGGING_FACE_HUB_TOKEN", "hf_old"),
                ("HF_TOKEN", "hf_new"),
            ],
            Some("hf_new"),
        ),
        (&[("HF_HOME", "/nowhere")], None),
    ] {
        let token = settings(variables).unwrap().token().unwrap();
        assert_eq!(
            token.as_ref().map(Secret::expose),
            expected,
            "{variables:?}"
        );
    }
}

#[test]
fn another_token_source_replaces_the_environments_and_cache_brings_it_back() {
    let none = |_: &str| None;
    let settings = settings(&[("HOME", "/u"), ("HF_TOKEN", "hf_env")]).unwrap();
    let other = settings
        .with_token(TokenSource::parse("literal:hf_mine").unwrap(), &none)
        .unwrap();
    assert_eq!(other.token().unwrap().unwrap().expose(), "hf_mine");
    let none_at_all = other.with_token(TokenSource::None, &none).unwrap();
    assert_eq!(none_at_all.token().unwrap(), None);
    let back = none_at_all.with_token(TokenSource::Cache, &none).unwrap();
    assert_eq!(back.token().unwrap().unwrap().expose(), "hf_env");
    assert!(!format!("{back:?}").contains("hf_env"));
}

#[test]
fn the_offline_switch_takes_the_usual_words_and_no_others() {
    for (name, word, expected) in [
        ("HF_HUB_OFFLINE", "1", true),
        ("HF_HUB_OFFLINE", "YES", true),
        ("HF_HUB_OFFLINE", "True", true),
        ("TRANSFORMERS_OFFLINE", "on", true),
        ("HF_HUB_OFFLINE", "0", false),
        ("HF_HUB_OFFLINE", "", false),
    ] {
        assert_eq!(
            settings(&[("HOME", "/u"), (name, word)]).unwrap().offline(),
            expected,
            "{word}"
        );
    }
    let error = settings(&[("HOME", "/u"), ("HF_HUB_OFFLINE", "ja")])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("HF_HUB_OFFLINE") && error.contains("ja"),
        "{error}"
    );
}

#[test]
fn an_endpoint_is_an_http_address() {
    let endpoint = |text: &str| settings(&[("HOME", "/u"), ("HF_ENDPOINT", text)]);
    assert_eq!(endpoint("").unwrap().endpoint(), "https://huggingface.co");
    assert_eq!(
        endpoint("http://127.0.0.1:80/hub/").unwrap().endpoint(),
        "http://127.0.0.1/hub"
    );
    for bad in [
        "huggingface.co",
        "ftp://x",
        "https://u:p@x",
        "https://",
        "http://x?y",
    ] {
        assert!(
            matches!(
                endpoint(bad),
                Err(Error::BadSetting {
                    name: "HF_ENDPOINT",
                    ..
                })
            ),
            "{bad}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let error = Settings::from_lookup(&|name| match name {
        "HOME" => Some("/u".into()),
        "HF_TOKEN" => Some(OsString::from_vec(vec![0xff])),
        _ => None,
    });
    assert!(matches!(error, Err(Error::NotUtf8 { name }) if name == "HF_TOKEN"));
}
