//! The three products and what is in them.

/// One of the demo's products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// An issue tracker.
    Tracker,
    /// A wiki.
    Wiki,
    /// A service desk.
    Desk,
}

impl Product {
    /// All three, in the order of their ports.
    pub const ALL: [Self; 3] = [Self::Tracker, Self::Wiki, Self::Desk];

    /// The name that people see.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tracker => "Tracker",
            Self::Wiki => "Wiki",
            Self::Desk => "Desk",
        }
    }

    /// The name in cookies and element ids; also what the demo uses as client identifier.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Tracker => "tracker",
            Self::Wiki => "wiki",
            Self::Desk => "desk",
        }
    }

    pub(super) fn tagline(self) -> &'static str {
        match self {
            Self::Tracker => "Know what is next. Issues, who has them and how far they are.",
            Self::Wiki => "What the team knows, written down where everyone finds it.",
            Self::Desk => "Every question of a customer, answered and not forgotten.",
        }
    }

    /// The heading of the first page, and of the list.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Tracker => "Issues",
            Self::Wiki => "Pages",
            Self::Desk => "Requests",
        }
    }

    /// The first part of the paths of its entries.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Tracker => "issues",
            Self::Wiki => "pages",
            Self::Desk => "requests",
        }
    }

    /// The drawing in a 24 by 24 box, of strokes.
    pub(super) fn drawing(self) -> &'static str {
        match self {
            Self::Tracker => {
                r#"<path d="m4 6 1.5 1.5L8 5M4 12l1.5 1.5L8 11M4 18l1.5 1.5L8 17M12 6.5h8M12 12.5h8M12 18.5h8"/>"#
            }
            Self::Wiki => {
                r#"<path d="M12 6.5C10 5 7 4.5 4 5v13c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.5V5c-3-.5-6 0-8 1.5zM12 6.5v13"/>"#
            }
            Self::Desk => r#"<path d="M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5"/>"#,
        }
    }

    /// The colour of its icon file, where style sheets do not reach.
    pub(super) fn colour(self) -> &'static str {
        match self {
            Self::Tracker => "#3b5bdb",
            Self::Wiki => "#0b7a63",
            Self::Desk => "#a8420f",
        }
    }

    pub(super) fn entries(self) -> &'static [Entry] {
        match self {
            Self::Tracker => ISSUES,
            Self::Wiki => PAGES,
            Self::Desk => REQUESTS,
        }
    }

    pub(super) fn entry(self, slug: &str) -> Option<&'static Entry> {
        self.entries().iter().find(|entry| entry.slug == slug)
    }
}

/// An issue, a page or a request.
pub(super) struct Entry {
    /// The last part of its path.
    pub(super) slug: &'static str,
    pub(super) title: &'static str,
    /// How far it is; empty for pages.
    pub(super) state: &'static str,
    pub(super) tone: Tone,
    /// Who has it, or wrote it; `None` is the reader.
    pub(super) who: Option<&'static str>,
    pub(super) when: &'static str,
    pub(super) text: &'static [&'static str],
    pub(super) comments: &'static [(&'static str, &'static str)],
}

/// How a state is coloured, beside its words.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Waiting,
    Moving,
    Done,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Moving => "moving",
            Self::Done => "done",
        }
    }
}

const ISSUES: &[Entry] = &[
    Entry {
        slug: "5",
        title: "Offer the timetable as a calendar feed",
        state: "In progress",
        tone: Tone::Moving,
        who: None,
        when: "today",
        text: &[
            "Riders want to subscribe to a stop in their own calendar and see the next departures there.",
            "A feed per stop and line is enough for now. Times come from the planner, not from the live data.",
        ],
        comments: &[
            ("Mira Holm", "The planner's export has all we need. Stops without a name should be left out."),
            ("Jonas Weber", "I can test it with the three calendars that people here use."),
        ],
    },
    Entry {
        slug: "4",
        title: "The map forgets its zoom after a search",
        state: "To do",
        tone: Tone::Waiting,
        who: None,
        when: "yesterday",
        text: &["Search for a stop, go back: the map shows the whole city again. It should be where it was."],
        comments: &[("Ada Brandt", "Happens on phones only, as far as I can see.")],
    },
    Entry {
        slug: "3",
        title: "Say in words what the delay colours mean",
        state: "To do",
        tone: Tone::Waiting,
        who: Some("Mira Holm"),
        when: "Monday",
        text: &[
            "Red and amber are hard to tell apart for one rider in twelve. A short word beside the minutes helps all.",
        ],
        comments: &[(
            "Jonas Weber",
            "\u{201c}late\u{201d} and \u{201c}a little late\u{201d} fit even on the small boards.",
        )],
    },
    Entry {
        slug: "2",
        title: "Print view for the stop posters",
        state: "In progress",
        tone: Tone::Moving,
        who: Some("Jonas Weber"),
        when: "last week",
        text: &["One page per stop, A3, black on white, with the line numbers large enough to read from two metres."],
        comments: &[],
    },
    Entry {
        slug: "1",
        title: "Move the planner to the new server",
        state: "Done",
        tone: Tone::Done,
        who: Some("Ada Brandt"),
        when: "last month",
        text: &["Moved on a Sunday night; the old one is off."],
        comments: &[("Mira Holm", "Searches take a third of the time. Thank you.")],
    },
];

const PAGES: &[Entry] = &[
    Entry {
        slug: "welcome",
        title: "Welcome to the team",
        state: "",
        tone: Tone::Done,
        who: Some("Mira Holm"),
        when: "today",
        text: &[
            "We make the timetables, maps and boards of a city's buses and trams. This wiki holds what is worth \
             knowing twice.",
            "What there is to do stands in Tracker. What riders and drivers ask us comes in through Desk. One account \
             opens all three: log in here, and the others know you.",
            "Something on a page is wrong? Mend it. Something is missing? Begin it; others will add to it.",
        ],
        comments: &[],
    },
    Entry {
        slug: "releases",
        title: "How we release",
        state: "",
        tone: Tone::Done,
        who: Some("Ada Brandt"),
        when: "Monday",
        text: &[
            "A release goes out on Tuesday morning, when everyone is there to look at it. Nothing goes out on a Friday.",
            "Whoever releases writes three sentences for the riders: what is new, what is mended, what to do if it \
             does not work.",
        ],
        comments: &[],
    },
    Entry {
        slug: "glossary",
        title: "Glossary",
        state: "",
        tone: Tone::Done,
        who: Some("Jonas Weber"),
        when: "last week",
        text: &[
            "Headway: the time between two vehicles of a line at one stop.",
            "Layover: the pause at the end of a line, which gives back lost minutes.",
            "Board: the display at a stop. It shows at most four departures.",
        ],
        comments: &[],
    },
];

const REQUESTS: &[Entry] = &[
    Entry {
        slug: "3",
        title: "The board at Harbour Square shows yesterday",
        state: "Waiting for us",
        tone: Tone::Waiting,
        who: None,
        when: "just now",
        text: &["It is Tuesday, and the board says Monday. The times look right, though."],
        comments: &[("Rosa Lind, rider", "A photo is attached to my first mail.")],
    },
    Entry {
        slug: "2",
        title: "May I use your map in a school book?",
        state: "Waiting for them",
        tone: Tone::Moving,
        who: Some("Mira Holm"),
        when: "yesterday",
        text: &["We print 2,000 copies a year and would name you beside the picture."],
        comments: &[("Mira Holm", "Gladly. How large will it be printed? We can send one that fits.")],
    },
    Entry {
        slug: "1",
        title: "Lost umbrella on line 4",
        state: "Answered",
        tone: Tone::Done,
        who: Some("Jonas Weber"),
        when: "Friday",
        text: &["Green, with a wooden handle, on Friday around eight."],
        comments: &[("Jonas Weber", "It is at the lost property office, number 118. Open until six.")],
    },
];
