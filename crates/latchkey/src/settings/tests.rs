use std::ffi::OsString;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::keys::{self, KEYS, Key, Variable};
use super::load::merge;
use super::{
    Brand, Database, Fetch, Geo, Limits, Mail, Password, Registration, Secrets, Server, Settings, SignUp, Tokens, load,
};

const EXAMPLE: &str = include_str!("../../../../latchkey.example.toml");

fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// The settings of a file and an environment in which nothing is wrong.
fn good(file: &str, variables: &[(&str, &str)]) -> Settings {
    let (settings, problems) = merge("latchkey.toml", file, environment(variables));
    assert_eq!(problems, [], "{file} {variables:?}");
    settings.unwrap()
}

/// The lines an operator reads about a file and an environment.
fn bad(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let (_, problems) = merge("latchkey.toml", file, environment(variables));
    problems.iter().map(|problem| format!("{}: {}", problem.place, problem.advice)).collect()
}

#[test]
fn nothing_written_gives_the_defaults() {
    assert_eq!(good("", &[]), Settings::default());
}

#[test]
fn the_example_gives_the_defaults_as_it_stands_and_uncommented() {
    assert_eq!(good(EXAMPLE, &[]), Settings::default());
    let is_default =
        |line: &str| line.starts_with('#') && line[1..].starts_with(|first: char| first.is_ascii_lowercase());
    let uncommented: Vec<&str> = EXAMPLE.lines().map(|line| if is_default(line) { &line[1..] } else { line }).collect();
    let uncommented = uncommented.join("\n");
    assert_eq!(good(&uncommented, &[]), Settings::default());

    let (values, problems) = merge("example", &uncommented.replace("# e.g. ", ""), []);
    let about_tls = "tls_certificate is set, so write the address with https://";
    assert!(matches!(&problems[..], [one] if one.advice == about_tls), "{problems:?}");
    assert!(values.unwrap().brand.support_url.is_some());
}

#[test]
fn the_example_shows_every_key_and_no_other() {
    let mut shown = Vec::new();
    let mut section = "";
    for line in EXAMPLE.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some((name, _)) =
            line.strip_prefix("# e.g. ").or(line.strip_prefix('#')).and_then(|rest| rest.split_once(" = "))
            && !name.contains(' ')
        {
            shown.push(format!("{section}.{name}"));
        }
    }
    let mut known: Vec<String> = KEYS.iter().map(Key::path).collect();
    shown.sort();
    known.sort();
    assert_eq!(shown, known);
}

#[test]
fn the_list_of_keys_is_that_of_the_structs() {
    let sections: [(&str, &[&str]); 12] = [
        ("server", fields::<Server>()),
        ("database", fields::<Database>()),
        ("secrets", fields::<Secrets>()),
        ("mail", fields::<Mail>()),
        ("sign_up", fields::<SignUp>()),
        ("registration", fields::<Registration>()),
        ("limits", fields::<Limits>()),
        ("fetch", fields::<Fetch>()),
        ("password", fields::<Password>()),
        ("tokens", fields::<Tokens>()),
        ("geo", fields::<Geo>()),
        ("brand", fields::<Brand>()),
    ];
    assert_eq!(sections.map(|(name, _)| name).as_slice(), fields::<Settings>());
    let of_structs: Vec<String> = sections
        .iter()
        .flat_map(|(section, names)| names.iter().map(move |name| format!("{section}.{name}")))
        .collect();
    assert_eq!(KEYS.iter().map(Key::path).collect::<Vec<_>>(), of_structs);
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "[server]\nlisten = \"127.0.0.1:1000\"\n[sign_up]\nenabled = true";
    let settings = good(
        file,
        &[
            ("LATCHKEY_SERVER__LISTEN", "0.0.0.0:2000"),
            ("LATCHKEY_SIGN_UP__ENABLED", "false"),
            ("LATCHKEY_SERVER__TRUSTED_PROXIES", "10.0.0.7, 192.168.3.4/16,"),
            ("LATCHKEY_TOKENS__ACCESS_TOKEN_SECONDS", "5"),
            ("LATCHKEY_BRAND__NAME", ""),
            ("LATCHKEY_CONFIG", "elsewhere.toml"),
            ("LATCHKEY_SERVICE_HOST", "10.1.1.1"),
            ("LATCHKEY_PORT_8080_TCP", "tcp://10.1.1.1:8080"),
        ],
    );
    assert_eq!(settings.server.listen, "0.0.0.0:2000".parse().unwrap());
    assert!(!settings.sign_up.enabled);
    let proxies: Vec<String> = settings.server.trusted_proxies.iter().map(|network| network.0.to_string()).collect();
    assert_eq!(proxies, ["10.0.0.7/32", "192.168.0.0/16"]);
    assert_eq!(settings.tokens.access_token_seconds, 5);
    assert_eq!(settings.brand.name, "Latchkey");
}

#[test]
fn without_a_public_address_the_issuer_follows_the_port() {
    let settings = good("[server]\nlisten = \"127.0.0.1:9000\"", &[]);
    assert_eq!(settings.server.public_url.as_str(), "http://localhost:9000");
}

#[test]
fn a_key_that_does_not_exist_names_the_one_that_was_meant() {
    assert_eq!(
        bad("[server]\npublic_uri = \"x\"", &[]),
        ["server.public_uri: there is no such key; did you mean server.public_url?"]
    );
    assert_eq!(
        bad("[token]\naccess_token_seconds = 5", &[]),
        ["token.access_token_seconds: there is no such key; did you mean tokens.access_token_seconds?"]
    );
    assert_eq!(
        bad("listen = \"127.0.0.1:1\"", &[]),
        ["listen: stands outside every section; write it as listen under [server]"]
    );
    assert_eq!(bad("[dns]", &[]), ["[dns]: there is no such section; take it out"]);
    assert_eq!(
        bad("", &[("LATCHKEY_SERVER__LISTENS", "x"), ("LATCHKEY_SERVER_LISTEN", "x")]),
        [
            "LATCHKEY_SERVER__LISTENS: there is no such key; did you mean LATCHKEY_SERVER__LISTEN?",
            "LATCHKEY_SERVER_LISTEN: there is no such key; did you mean LATCHKEY_SERVER__LISTEN?",
        ]
    );
    assert_eq!(keys::classify("LATCHKEY_TEST_DATABASE"), Variable::Other);
}

#[test]
fn every_wrong_value_says_what_to_write() {
    let cases = [
        ("server", "public_url = \"https://id.example.com/\"", "write \"https://id.example.com\""),
        ("server", "public_url = \"https://id.example.com/auth\"", "write \"https://id.example.com\", without a path"),
        ("server", "public_url = \"https://ID.example.com\"", "write \"https://id.example.com\""),
        ("server", "public_url = \"https://id.example.com:443\"", "write \"https://id.example.com\""),
        ("server", "public_url = \"http://id.example.com:81\"", "write \"https://id.example.com:81\""),
        ("server", "public_url = \"https://a:b@id.example.com\"", "write only scheme, host and port"),
        ("server", "public_url = \"id.example.com\"", "write one such as \"https://id.example.com\""),
        ("server", "listen = \"8080\"", "write address and port, such as"),
        ("server", "listen = 8080", "write a text in quotes"),
        ("server", "ops_listen = \"127.0.0.1:8080\"", "write another port"),
        ("server", "tls_certificate = \"a.pem\"", "name the file of its private key"),
        ("server", "tls_key = \"a.pem\"", "name the file of the certificate chain"),
        ("server", "trusted_proxies = [\"proxy\"]", "write addresses such as"),
        ("server", "trusted_proxies = [\"0.0.0.0/0\"]", "write only your proxies"),
        ("server", "trusted_proxies = \"10.0.0.7\"", "write a list such as"),
        ("database", "url = \"mysql://x\"", "write \"sqlite://FILE\" or \"postgres://"),
        ("database", "url = \"sqlite::memory:\"", "write \"sqlite://FILE\" or"),
        ("database", "url = \"sqlite://\"", "write \"sqlite://latchkey.db\""),
        ("database", "url = \"postgres://db/latchkey\"", "is required with PostgreSQL"),
        ("database", "pool_size = 0", "write a whole number from 1 to 1000"),
        ("mail", "url = \"mail.example.com\"", "write \"smtps://USER:PASSWORD@HOST\""),
        ("mail", "url = \"https://mail.example.com\"", "write \"smtps://"),
        ("mail", "url = \"smtp://mail.example.com?tls=maybe\"", "?tls=none"),
        ("mail", "url = \"smtps://mail.example.com?tls=none\"", "TLS from the start"),
        ("mail", "url = \"file://relative\"", "\"file:///DIRECTORY\""),
        ("mail", "from = \"nobody\"", "write one sender"),
        ("mail", "from = \"a@example.com, b@example.com\"", "write one sender"),
        ("sign_up", "enabled = \"yes\"", "write true or false"),
        ("registration", "mode = \"on\"", "write \"token\", \"open\" or \"closed\""),
        ("password", "memory_kib = 7", "write a whole number from 8 to 1048576"),
        ("password", "memory_kib = 8\nparallelism = 2", "at least 8 KiB for each unit"),
        ("password", "iterations = 0", "write a whole number from 1 to 64"),
        ("tokens", "access_token_seconds = 0", "write a whole number from 1 to"),
        ("tokens", "authorization_code_seconds = 601", "write a whole number from 1 to 600"),
        ("tokens", "session_absolute_seconds = 10", "write at most that number"),
        ("brand", "name = \" \"", "write a name of 1 to 64 characters"),
        ("brand", "support_url = \"javascript:alert(1)\"", "write \"https://help.example.com\""),
    ];
    for (section, line, expected) in cases {
        let problems = bad(&format!("[{section}]\n{line}"), &[]);
        assert!(matches!(&problems[..], [one] if one.contains(expected)), "{line}: {problems:?}");
        let is_there = problems[0].starts_with(section) || problems[0].starts_with("secrets.key_file");
        assert!(is_there, "{line}: {problems:?}");
    }
}

#[test]
fn right_values_are_taken() {
    let lines = [
        "[server]\npublic_url = \"http://127.0.0.1:8080\"",
        "[server]\npublic_url = \"http://[::1]:8080\"",
        "[server]\npublic_url = \"https://id.example.com:8443\"",
        "[server]\npublic_url = \"https://a.example\"\ntls_certificate = \"c.pem\"\ntls_key = \"k.pem\"",
        "[database]\nurl = \"sqlite:///var/lib/latch key/l?x.db\"",
        "[database]\nurl = \"postgresql://u:p@a:1,b:2/db?sslmode=verify-full\"\n[secrets]\nkey_file = \"k\"",
        "[mail]\nurl = \"smtp://127.0.0.1:1025\"",
        "[mail]\nurl = \"file:///var/mail\"\nfrom = \"A B <a@b.example>\"",
        "[brand]\nsupport_url = \"mailto:help@example.com\"",
    ];
    for text in lines {
        good(text, &[]);
    }
}

#[test]
fn everything_wrong_is_told_at_once() {
    let file = "[server]\npublic_url = \"http://id.example.com\"\nlistn = \"x\"\n[tokens]\nid_token_seconds = -1";
    let problems = bad(file, &[("LATCHKEY_DATABASE__POOL_SIZE", "many"), ("LATCHKEY_MAIL__URL", "x")]);
    let places: Vec<&str> = problems.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        [
            "server.listn",
            "LATCHKEY_DATABASE__POOL_SIZE",
            "server.public_url",
            "tokens.id_token_seconds",
            "LATCHKEY_MAIL__URL"
        ]
    );
}

#[test]
fn passwords_in_addresses_are_never_printed() {
    let variables = [
        ("LATCHKEY_DATABASE__URL", "postgres://u:hunter2@db/l"),
        ("LATCHKEY_MAIL__URL", "smtps://u:hunter2@mail.example.com"),
        ("LATCHKEY_SECRETS__KEY_FILE", "k"),
    ];
    let settings = good("", &variables);
    assert!(!format!("{settings:?}").contains("hunter2"));
    assert_eq!(settings.database.url.expose(), "postgres://u:hunter2@db/l");
    assert_eq!(settings.mail.url.unwrap().expose().password(), Some("hunter2"));

    for file in [
        "[database]\nurl = \"postgre://u:hunter2@db/l\"",
        "[database]\nurl = [\"postgres://u:hunter2@db/l\"]",
        "[mail]\nurl = \"smtps://u:hunter2@\"",
        "[mail]\nurl = \"smtps://u:hunter2@mail\n",
        "[mail]\nurl = smtps://u:hunter2@mail",
    ] {
        let problems = bad(file, &[]);
        assert!(!problems.is_empty() && !problems.concat().contains("hunter2"), "{problems:?}");
    }
}

#[test]
fn the_sender_is_made_from_brand_and_host() {
    let text = "[server]\npublic_url = \"https://id.example.com\"\n[brand]\nname = \"The \\\"A\\\" Team\"";
    assert_eq!(good(text, &[]).mail_from().as_str(), "\"The \\\"A\\\" Team\" <noreply@id.example.com>");
    let address = good("[server]\npublic_url = \"http://127.0.0.1:8080\"", &[]);
    assert_eq!(address.mail_from().as_str(), "\"Latchkey\" <noreply@localhost>");
}

#[test]
fn weak_choices_are_warned_about() {
    let weak = "[registration]\nmode = \"open\"\n[limits]\nthrottle = false\n[password]\nmemory_kib = 64\n[mail]\nurl = \"smtp://localhost\"";
    assert_eq!(good(weak, &[]).warnings().len(), 3);
    assert_eq!(good("[mail]\nurl = \"smtp://localhost\"", &[]).warnings(), [""; 0]);
}

#[test]
fn a_named_file_has_to_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.toml");
    let refused = load(Some(&path), []).unwrap_err().to_string();
    assert!(refused.starts_with("one thing in the settings is wrong:\n  "), "{refused}");
    assert!(refused.contains("other.toml: cannot be read"), "{refused}");

    std::fs::write(&path, "[brand]\nname = \"Example\"").unwrap();
    assert_eq!(load(Some(&path), []).unwrap().brand.name, "Example");

    std::fs::write(&path, "[brand]\nlogo_file = \"/nonexistent/logo.svg\"\n[tokens]\n").unwrap();
    let refused = load(Some(&path), []).unwrap_err().to_string();
    assert!(refused.contains("brand.logo_file: \"/nonexistent/logo.svg\" cannot be read"), "{refused}");
}

/// The names of a struct's fields, as its `Deserialize` announces them.
fn fields<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    struct Announced<'a>(&'a mut &'static [&'static str]);
    impl<'de> Deserializer<'de> for Announced<'_> {
        type Error = de::value::Error;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            fields: &'static [&'static str],
            _visitor: V,
        ) -> Result<V::Value, Self::Error> {
            *self.0 = fields;
            Err(de::Error::custom("only the names were wanted"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
            Err(de::Error::custom("not a struct"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }
    let mut names: &'static [&'static str] = &[];
    let _ = T::deserialize(Announced(&mut names));
    names
}
