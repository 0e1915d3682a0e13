//! Just enough of a browser's eye for our own pages: forms, their fields, links, elements by id.

/// A form of a page.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Its `id`.
    pub id: String,
    /// Where it posts to; empty: to the page itself.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Its fields as they stand: name and value.
    pub fields: Vec<(String, String)>,
    /// The ids of its submit buttons with the name and value that each sends.
    pub buttons: Vec<(String, String, String)>,
    /// The ids of all elements in it.
    pub ids: Vec<String>,
}

/// A start tag.
#[derive(Debug, Clone)]
pub struct Tag {
    /// Its name, in lower case; `/name` for an end tag.
    pub name: String,
    /// Its attributes, unescaped.
    pub attributes: Vec<(String, String)>,
    /// Where it ends in the text.
    pub end: usize,
}

impl Tag {
    /// An attribute's value; empty when it has none.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(n, _)| n == name)
    }
}

/// All tags of the text, in order.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|i| at + i) {
        let rest = &html[start + 1..];
        if rest.starts_with("!--") {
            at = start + rest.find("-->").map_or(rest.len(), |i| i + 4);
            continue;
        }
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/' || *c == '!').collect();
        let (attributes, length) = attributes(&rest[name.len()..]);
        at = start + 1 + name.len() + length;
        found.push(Tag { name: name.to_ascii_lowercase(), attributes, end: at });
    }
    found
}

fn attributes(text: &str) -> (Vec<(String, String)>, usize) {
    let mut list = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        if rest.is_empty() {
            return (list, at);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (list, text.len() - after.len());
        }
        let name: String = rest.chars().take_while(|c| !c.is_whitespace() && !"=>".contains(*c)).collect();
        at += name.len().max(1);
        let mut value = String::new();
        if let Some(after) = text[at..].strip_prefix('=') {
            if let Some(quoted) = after.strip_prefix('"') {
                let end = quoted.find('"').unwrap_or(quoted.len());
                value = unescape(&quoted[..end]);
                at += 2 + end + 1;
            } else {
                let end = after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len());
                value = unescape(&after[..end]);
                at += 1 + end;
            }
        }
        if !name.is_empty() && name != "/" {
            list.push((name.to_ascii_lowercase(), value));
        }
    }
}

/// The characters that stand for the entities which askama writes.
pub fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let text = text
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'");
    text.replace("&#38;", "&").replace("&amp;", "&")
}

/// All forms of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    let mut select: Option<(String, Option<String>)> = None;
    for tag in tags(html) {
        let get = |name: &str| tag.get(name).to_owned();
        if tag.name == "form" {
            let method = if tag.has("method") { get("method").to_ascii_lowercase() } else { "get".into() };
            forms.push(Form { id: get("id"), action: get("action"), method, ..Form::default() });
            open = true;
        }
        if tag.name == "/form" {
            open = false;
        }
        let Some(form) = forms.last_mut().filter(|_| open) else { continue };
        if tag.has("id") {
            form.ids.push(get("id"));
        }
        match tag.name.as_str() {
            "input" => match tag.get("type") {
                "submit" => form.buttons.push((get("id"), get("name"), get("value"))),
                "checkbox" | "radio" if !tag.has("checked") => {}
                "checkbox" | "radio" if !tag.has("value") => form.fields.push((get("name"), "on".into())),
                "file" => {}
                _ if tag.has("name") => form.fields.push((get("name"), get("value"))),
                _ => {}
            },
            "textarea" => {
                let rest = &html[tag.end..];
                let value = unescape(&rest[..rest.find("</textarea").unwrap_or(0)]);
                form.fields.push((get("name"), value.trim_start_matches('\n').to_owned()));
            }
            "button" if tag.get("type") != "button" => form.buttons.push((get("id"), get("name"), get("value"))),
            "select" => select = Some((get("name"), None)),
            "option" => {
                if let Some((_, value)) = &mut select
                    && (tag.has("selected") || value.is_none())
                {
                    let text = html[tag.end..].split('<').next().unwrap_or_default().trim();
                    *value = Some(if tag.has("value") { get("value") } else { unescape(text) });
                }
            }
            "/select" => {
                form.fields.extend(select.take().map(|(name, value)| (name, value.unwrap_or_default())));
            }
            _ => {}
        }
    }
    forms
}

/// The text of the element with this id, tags taken out, spaces folded. `None`: there is no such element.
pub fn text_of(html: &str, id: &str) -> Option<String> {
    let tag = tags(html).into_iter().find(|tag| tag.get("id") == id)?;
    let rest = &html[tag.end..];
    let close = format!("</{}", tag.name);
    let inner = &rest[..rest.find(&close).unwrap_or(rest.len())];
    Some(plain(inner))
}

/// The text without its tags, spaces folded.
pub fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    unescape(&out).split_whitespace().collect::<Vec<_>>().join(" ")
}
