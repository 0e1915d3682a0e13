//! The list of every key there is: the only place where a name is looked up, a spelling corrected or a bound read.

/// What a key holds, and so how its text in the environment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text: an address, a name, a path.
    Text,
    /// `true` or `false`.
    Switch,
    /// A whole number between the two, both allowed.
    Number(u32, u32),
    /// Several texts; in the environment separated by commas.
    List,
}

/// One key of one section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The section, `server` for example.
    pub section: &'static str,
    /// The name within the section.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

const fn key(section: &'static str, name: &'static str, kind: Kind) -> Key {
    Key { section, name, kind }
}

/// Ten years; a longer life is a slip of the finger.
const LONGEST: u32 = 10 * 366 * 24 * 60 * 60;

/// Every key, in the order of the example file.
pub const KEYS: &[Key] = &[
    key("server", "public_url", Kind::Text),
    key("server", "listen", Kind::Text),
    key("server", "ops_listen", Kind::Text),
    key("server", "tls_certificate", Kind::Text),
    key("server", "tls_key", Kind::Text),
    key("server", "trusted_proxies", Kind::List),
    key("database", "url", Kind::Text),
    key("database", "pool_size", Kind::Number(1, 1_000)),
    key("secrets", "key_file", Kind::Text),
    key("mail", "url", Kind::Text),
    key("mail", "from", Kind::Text),
    key("sign_up", "enabled", Kind::Switch),
    key("registration", "mode", Kind::Text),
    key("registration", "allow_implicit", Kind::Switch),
    key("limits", "throttle", Kind::Switch),
    key("fetch", "allow_private_networks", Kind::Switch),
    key("fetch", "extra_ca_file", Kind::Text),
    // RFC 9106 §3.1 allows far more; beyond 1 GiB or 64 passes one log-in would hold a core for seconds.
    key("password", "memory_kib", Kind::Number(8, 1_048_576)),
    key("password", "iterations", Kind::Number(1, 64)),
    key("password", "parallelism", Kind::Number(1, 16)),
    key("password", "breached_file", Kind::Text),
    key("tokens", "access_token_seconds", Kind::Number(1, LONGEST)),
    key("tokens", "id_token_seconds", Kind::Number(1, LONGEST)),
    key("tokens", "authorization_code_seconds", Kind::Number(1, 600)),
    key("tokens", "refresh_token_seconds", Kind::Number(1, LONGEST)),
    key("tokens", "refresh_grace_seconds", Kind::Number(0, 3_600)),
    key("tokens", "session_idle_seconds", Kind::Number(1, LONGEST)),
    key("tokens", "session_absolute_seconds", Kind::Number(1, LONGEST)),
    key("geo", "database_file", Kind::Text),
    key("brand", "name", Kind::Text),
    key("brand", "logo_file", Kind::Text),
    key("brand", "support_url", Kind::Text),
];

/// What every override in the environment begins with.
const PREFIX: &str = "LATCHKEY_";

impl Key {
    /// The key as people write it in a sentence: `server.listen`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The variable that overrides it: `LATCHKEY_SERVER__LISTEN`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}__{}", self.section, self.name).to_uppercase()
    }
}

/// The key of that section and name.
pub fn find(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.section == section && key.name == name)
}

/// The key that was most likely meant by an unknown `section.name`.
///
/// The same name in another section is the first guess; otherwise the fewest letters to change decide.
pub fn nearest(section: &str, name: &str) -> &'static Key {
    let written = format!("{section}.{name}").to_lowercase();
    KEYS.iter()
        .min_by_key(|key| if key.name == name { 0 } else { distance(&written, &key.path()) })
        .expect("the list of keys is not empty")
}

/// What a variable of the environment is to the settings.
#[derive(Debug, PartialEq, Eq)]
pub enum Variable {
    /// None of our keys: `LATCHKEY_CONFIG`, `PATH`, what an orchestrator sets for a service of our name.
    Other,
    /// It overrides this key.
    Overrides(&'static Key),
    /// It looks like an override and matches no key; most likely this one was meant.
    Unknown(&'static Key),
}

/// Sorts a variable by its name. Keys need the two underscores; a known key written with one is a slip worth naming.
pub fn classify(variable: &str) -> Variable {
    let Some(rest) = variable.strip_prefix(PREFIX) else { return Variable::Other };
    if let Some(key) = KEYS.iter().find(|key| key.variable() == variable) {
        return Variable::Overrides(key);
    }
    if let Some((section, name)) = rest.split_once("__") {
        return Variable::Unknown(nearest(&section.to_lowercase(), &name.to_lowercase()));
    }
    match KEYS.iter().find(|key| key.variable().replace("__", "_") == variable) {
        Some(key) => Variable::Unknown(key),
        None => Variable::Other,
    }
}

/// Letters to insert, remove or replace to get from one text to the other (Levenshtein).
pub fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for column in 0..to.len() {
            let replaced = diagonal + usize::from(letter != to[column]);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
