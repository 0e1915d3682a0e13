//! The colours of `static/css/1-tokens.css` keep their contrast (WCAG 2.2, 1.4.3 and 1.4.11) in both schemes.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../../static/css/1-tokens.css");

fn colours(block: &str) -> HashMap<&str, [u8; 3]> {
    let mut found = HashMap::new();
    for line in block.lines() {
        let Some((name, value)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": #")) else {
            continue;
        };
        let value = u32::from_str_radix(value.trim_end_matches(';'), 16).expect("a colour of six digits");
        let [_, red, green, blue] = value.to_be_bytes();
        found.insert(name, [red, green, blue]);
    }
    found
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn ratio(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn text_and_edges_stand_out_in_both_schemes() {
    let (light, dark) = TOKENS.split_once("@media (prefers-color-scheme: dark)").expect("a dark scheme");
    let text = [
        ("text", "ground surface sunken accent-tint danger-tint warning-tint success-tint"),
        ("muted", "ground surface sunken"),
        ("accent", "ground surface sunken accent-tint"),
        ("accent-strong", "ground surface sunken accent-tint"),
        ("on-accent", "accent accent-strong"),
        ("danger", "ground surface danger-tint"),
        ("on-danger", "danger danger-strong"),
        ("warning", "surface sunken warning-tint"),
        ("success", "surface success-tint"),
    ];
    for (scheme, block) in [("light", light), ("dark", dark)] {
        let colours = colours(block);
        for (front, backs) in text {
            for back in backs.split(' ') {
                let ratio = ratio(colours[front], colours[back]);
                assert!(ratio >= 4.5, "{scheme}: {front} on {back} is {ratio:.2}");
            }
        }
        for back in ["ground", "surface"] {
            let ratio = ratio(colours["edge"], colours[back]);
            assert!(ratio >= 3.0, "{scheme}: edge on {back} is {ratio:.2}");
        }
    }
}
