//! Fields, levels, and the rule.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A field whose visibility is chosen: one claim, or several that tell the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The whole name and its parts.
    Name,
    /// The picture.
    Picture,
    /// The e-mail address.
    Email,
    /// Nickname and user name.
    Nickname,
    /// Gender.
    Gender,
    /// Date of birth.
    Birthdate,
    /// Language and time zone.
    Locale,
    /// Pages on the web.
    Website,
    /// Phone number.
    Phone,
    /// Postal address.
    Address,
}

impl Field {
    /// All, in the order of the page.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::Picture,
        Self::Email,
        Self::Nickname,
        Self::Gender,
        Self::Birthdate,
        Self::Locale,
        Self::Website,
        Self::Phone,
        Self::Address,
    ];

    /// The name in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Picture => "picture",
            Self::Email => "email",
            Self::Nickname => "nickname",
            Self::Gender => "gender",
            Self::Birthdate => "birthdate",
            Self::Locale => "locale",
            Self::Website => "website",
            Self::Phone => "phone",
            Self::Address => "address",
        }
    }

    /// Reads [`Field::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }

    /// The claims (OpenID Connect Core §5.1) that tell it.
    pub fn claims(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name", "given_name", "middle_name", "family_name"],
            Self::Picture => &["picture"],
            Self::Email => &["email", "email_verified"],
            Self::Nickname => &["nickname", "preferred_username"],
            Self::Gender => &["gender"],
            Self::Birthdate => &["birthdate"],
            Self::Locale => &["locale", "zoneinfo"],
            Self::Website => &["website", "profile"],
            Self::Phone => &["phone_number", "phone_number_verified"],
            Self::Address => &["address"],
        }
    }

    /// The field that a claim tells, whatever language it is in (`name#de`). `None`: it tells nothing that can be hidden
    /// (`sub`, `updated_at`).
    pub fn of_claim(claim: &str) -> Option<Self> {
        let plain = claim.split('#').next().unwrap_or_default();
        Self::ALL.into_iter().find(|field| field.claims().contains(&plain))
    }
}

/// Who sees a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Every product that asks for it and may have it.
    #[default]
    Anyone,
    /// People and products of the organisation that manages the account.
    Organisation,
    /// Its owner alone (and whoever runs the installation).
    OnlyMe,
}

impl Level {
    /// The value in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Organisation => "organisation",
            Self::OnlyMe => "only_me",
        }
    }

    /// Reads [`Level::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Anyone, Self::Organisation, Self::OnlyMe].into_iter().find(|level| level.as_str() == text)
    }

    /// The levels that mean something for an account. Only an organisation that manages it makes the one in the middle.
    pub fn offered(is_managed: bool) -> &'static [Self] {
        if is_managed { &[Self::Anyone, Self::Organisation, Self::OnlyMe] } else { &[Self::Anyone, Self::OnlyMe] }
    }
}

/// In whose name a claim is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Any product.
    Anyone,
    /// A product of the organisation that manages the account.
    SameOrganisation,
}

/// Who sees what of one account. Fields that it does not name are for anyone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visibility(BTreeMap<Field, Level>);

impl Visibility {
    /// Who sees a field.
    pub fn level(&self, field: Field) -> Level {
        self.0.get(&field).copied().unwrap_or_default()
    }

    /// Gives a field a level.
    pub fn set(&mut self, field: Field, level: Level) {
        if level == Level::Anyone {
            self.0.remove(&field);
        } else {
            self.0.insert(field, level);
        }
    }

    /// The fields that somebody cannot see.
    pub fn hidden(&self) -> impl Iterator<Item = Field> + '_ {
        self.0.keys().copied()
    }

    /// The rule: whether a claim is told to whoever asks. All that makes claims of a person asks here.
    pub fn shows(&self, claim: &str, asker: Asker) -> bool {
        match Field::of_claim(claim).map_or(Level::Anyone, |field| self.level(field)) {
            Level::Anyone => true,
            Level::Organisation => asker == Asker::SameOrganisation,
            Level::OnlyMe => false,
        }
    }

    /// Reads the column. A field that we do not know is left out, a level that we do not know is the narrowest.
    ///
    /// Returns `None` for what is no JSON object.
    pub fn read(text: &str) -> Option<Self> {
        let kept: Map<String, Value> = serde_json::from_str(text).ok()?;
        let level = |value: &Value| value.as_str().and_then(Level::parse).unwrap_or(Level::OnlyMe);
        let mut read = Self::default();
        for (name, value) in &kept {
            if let Some(field) = Field::parse(name) {
                read.set(field, level(value));
            }
        }
        Some(read)
    }

    /// The column's text.
    pub(super) fn to_text(&self) -> String {
        let named = |(field, level): (&Field, &Level)| (field.as_str().to_owned(), Value::from(level.as_str()));
        Value::Object(self.0.iter().map(named).collect()).to_string()
    }
}
