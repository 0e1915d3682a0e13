//! Specimens: each page in each of its states, rendered without a database. The gallery of the demo shows them, tests
//! look them over. A crate with pages offers `pub fn specimens() -> Vec<Specimen>`.

use std::collections::HashSet;

use askama::Template;

/// One state of one page.
#[derive(Debug, Clone)]
pub struct Specimen {
    /// Page and state, as `login/password-wrong`: lower-case letters, digits, `-` and `/`.
    pub name: &'static str,
    /// The whole document.
    pub html: String,
}

impl Specimen {
    /// Renders a page as a specimen.
    ///
    /// # Panics
    /// When the template fails, which a test of the specimens then shows.
    pub fn new(name: &'static str, page: &impl Template) -> Self {
        Self { name, html: page.render().expect("our templates call nothing that can fail") }
    }

    /// What a page must not lack, as sentences: an empty answer is a good page. A crate's test asserts so for each
    /// of its specimens. Looks at tags and attributes only, so it can be wrong about odd markup, not about ours.
    pub fn faults(&self) -> Vec<String> {
        let tags = tags(&self.html);
        let mut faults = Vec::new();
        let mut ids = HashSet::new();
        for tag in &tags {
            if let Some(id) = tag.attribute("id")
                && !ids.insert(id)
            {
                faults.push(format!("the id {id} is there twice"));
            }
            if tag.attribute("style").is_some() || tag.name == "style" {
                faults.push(format!("inline style in <{}>", tag.text));
            }
            if tag.name == "script" && tag.attribute("src").is_none() && tag.attribute("nonce").is_none() {
                faults.push("inline script".to_owned());
            }
            if tag.attributes().any(|(name, _)| name.starts_with("on")) {
                faults.push(format!("inline handler in <{}>", tag.text));
            }
            if tag.name == "img" && tag.attribute("alt").is_none() {
                faults.push(format!("a picture without alt: <{}>", tag.text));
            }
        }
        faults.extend(form_faults(&tags));
        for (name, least) in [("h1", 1), ("main", 1), ("title", 1)] {
            let count = tags.iter().filter(|tag| tag.name == name).count();
            if count != least {
                faults.push(format!("{count} <{name}> instead of {least}"));
            }
        }
        if !tags.iter().any(|tag| tag.name == "html" && tag.attribute("lang").is_some_and(|lang| !lang.is_empty())) {
            faults.push("no language".to_owned());
        }
        for reference in tags.iter().flat_map(|tag| tag.references()) {
            if !ids.contains(reference) {
                faults.push(format!("something refers to #{reference}, which is not there"));
            }
        }
        faults
    }
}

/// Labels of inputs, CSRF inputs of forms.
fn form_faults(tags: &[Tag<'_>]) -> Vec<String> {
    let labelled: HashSet<_> =
        tags.iter().filter(|tag| tag.name == "label").filter_map(|t| t.attribute("for")).collect();
    let mut faults = Vec::new();
    let mut open_post: Option<(&str, bool)> = None;
    for tag in tags {
        match tag.name {
            // A form to another site (the answer of a `form_post`) must not carry our token away.
            "form" if tag.attribute("action").is_some_and(|action| action.contains("://")) => {}
            "form" if tag.attribute("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) => {
                open_post = Some((tag.text, false));
            }
            "/form" => {
                if let Some((form, false)) = open_post.take() {
                    faults.push(format!("a form without csrf: <{form}>"));
                }
            }
            "input" | "select" | "textarea" => {
                if tag.attribute("name") == Some("csrf") {
                    open_post = open_post.map(|(form, _)| (form, true));
                }
                let needs_label = !matches!(tag.attribute("type"), Some("hidden" | "submit"));
                let has_label = tag.attribute("id").is_some_and(|id| labelled.contains(id))
                    || tag.attribute("aria-label").is_some();
                if needs_label && !has_label {
                    faults.push(format!("an input without label: <{}>", tag.text));
                }
            }
            _ => {}
        }
    }
    faults
}

/// An opening tag's (or closing tag's, as `/name`) inside.
struct Tag<'a> {
    name: &'a str,
    text: &'a str,
}

impl<'a> Tag<'a> {
    fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut rest = self.text[self.name.len()..].trim_start();
        std::iter::from_fn(move || {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let value = match after.strip_prefix("=\"") {
                Some(quoted) => {
                    let end = quoted.find('"').unwrap_or(quoted.len());
                    rest = quoted[end..].strip_prefix('"').unwrap_or("");
                    &quoted[..end]
                }
                None => {
                    rest = after.trim_start_matches('=');
                    ""
                }
            };
            (!name.is_empty()).then_some((name, value))
        })
    }

    fn attribute(&self, wanted: &str) -> Option<&'a str> {
        self.attributes().find(|(name, _)| *name == wanted).map(|(_, value)| value)
    }

    /// Ids in the same document that this tag points at.
    fn references(&self) -> Vec<&'a str> {
        let names = ["for", "aria-describedby", "aria-labelledby", "aria-controls", "data-for", "data-copy"];
        let mut found: Vec<_> =
            names.iter().filter_map(|name| self.attribute(name)).flat_map(str::split_whitespace).collect();
        if self.name == "a" {
            found.extend(self.attribute("href").and_then(|href| href.strip_prefix('#')));
        }
        found
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if rest.starts_with('!') {
            continue;
        }
        let mut quoted = false;
        let end = rest.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let Some(end) = end else { break };
        let text = &rest[..end];
        let name = text.split(|c: char| c.is_whitespace()).next().unwrap_or(text);
        found.push(Tag { name, text });
        rest = &rest[end..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_page_is_told_what_it_lacks() {
        let html = r##"<html><title>x</title><main><h1 style="color:red">a</h1><script>1</script><a href="#gone">b</a>
            <form method="post" action="/x"><input id="a" name="a"><p id="a" onclick="x"></p></form><img src="x">"##;
        let faults = Specimen { name: "bad", html: html.to_owned() }.faults().join("\n");
        for expected in [
            "twice",
            "inline style",
            "inline script",
            "inline handler",
            "without alt",
            "without csrf",
            "without label",
            "no language",
            "#gone",
        ] {
            assert!(faults.contains(expected), "{expected} in {faults}");
        }
    }
}
