//! Each page of this room in each of its states.

use super::SECTION;
use super::edit::EditPage;
use super::form::{ClientForm, errors_of};
use super::list::{ListPage, Row, summary};
use super::remove::DeletePage;
use super::secret::{ConfirmPage, SecretPage};
use super::show::{ClientView, Connect, ShowPage};
use crate::guard::sections;
use account::Timestamp;
use oidc::client::{Client, ClientMetadata, Registration, Source, validate};
use web::components::sample_person;
use web::page::{FormErrors, Notice, Page};
use web::specimen::Specimen;

const PATH: &str = "/admin/clients/tracker";

/// The specimens of this room.
pub fn specimens() -> Vec<Specimen> {
    let tracker = sample(Source::Console);
    let many: Vec<Row> = (0..6).map(|n| Row { disabled: n == 3, ..Row::of(&sample(source(n))) }).collect();
    let shown = |disabled: bool| {
        let notices = if disabled { vec![] } else { vec![Notice::success("The client is saved.")] };
        ShowPage {
            page: Page { notices, ..page("Tracker") },
            path: PATH.into(),
            client: ClientView { disabled, ..ClientView::of(&tracker) },
            connect: Connect::of(&tracker, "https://login.example.test"),
        }
    };
    let dynamic = sample(Source::Dynamic);
    let by_itself = |unverified: bool| ShowPage {
        page: page("Tracker"),
        path: PATH.into(),
        client: ClientView {
            unverified,
            further: "{\n  \"response_types\": [\n    \"code\",\n    \"id_token\"\n  ]\n}".into(),
            ..ClientView::of(&dynamic)
        },
        connect: Connect::of(&dynamic, "https://login.example.test"),
    };
    let edit = |editing: Option<&str>, form, errors| {
        EditPage::new(
            page(if editing.is_some() { "Edit Tracker" } else { "Register a client" }),
            form,
            editing.map(str::to_owned),
            errors,
        )
    };
    let secret = |replaced| {
        SecretPage::new(
            page(if replaced { "The new secret" } else { "The client is registered" }),
            &tracker,
            "6w6ElTi1qSg4vQ0J2yGc7yXr5bq0sLhWm3n8Zk1d9fU",
            replaced,
        )
    };
    vec![
        Specimen::new("console/clients", &list(many, false)),
        Specimen::new("console/clients-empty", &list(Vec::new(), false)),
        Specimen::new("console/clients-none-fits", &list(Vec::new(), true)),
        Specimen::new("console/client", &shown(false)),
        Specimen::new("console/client-switched-off", &shown(true)),
        Specimen::new("console/client-not-verified", &by_itself(true)),
        Specimen::new("console/client-verified", &by_itself(false)),
        Specimen::new("console/client-register", &edit(None, ClientForm::fresh(), FormErrors::none())),
        Specimen::new("console/client-register-refused", &edit(None, mistaken(), mistakes())),
        Specimen::new("console/client-edit", &edit(Some("tracker"), ClientForm::of(&tracker), FormErrors::none())),
        Specimen::new("console/client-secret", &secret(false)),
        Specimen::new("console/client-secret-replaced", &secret(true)),
        Specimen::new(
            "console/client-new-secret",
            &ConfirmPage { page: page("Make a new secret?"), path: PATH.into(), name: "Tracker".into() },
        ),
        Specimen::new(
            "console/client-delete",
            &DeletePage { page: page("Delete Tracker?"), path: PATH.into(), name: "Tracker".into(), disabled: false },
        ),
    ]
}

fn page(title: &str) -> Page {
    Page {
        csrf: "specimen".into(),
        person: Some(sample_person()),
        is_operator: true,
        sections: sections(SECTION),
        ..Page::new(title, "Latchkey")
    }
}

fn list(rows: Vec<Row>, filtered: bool) -> ListPage {
    let q = if filtered { "trackr".to_owned() } else { String::new() };
    let summary = summary(rows.len());
    let next_href = if rows.is_empty() { String::new() } else { format!("{SECTION}?after=tracker") };
    ListPage {
        page: page("Clients"),
        q,
        state: String::new(),
        source: String::new(),
        filtered,
        rows,
        summary,
        first_href: String::new(),
        next_href,
    }
}

fn source(n: usize) -> Source {
    [Source::Console, Source::Apply, Source::Dynamic][n % 3]
}

pub(super) fn sample(source: Source) -> Client {
    let metadata = ClientMetadata {
        client_name: Some("Tracker".into()),
        redirect_uris: Some(vec!["https://tracker.example.test/callback".into()]),
        post_logout_redirect_uris: Some(vec!["https://tracker.example.test/".into()]),
        policy_uri: Some("https://tracker.example.test/privacy".into()),
        contacts: Some(vec!["team@tracker.example.test".into()]),
        ..ClientMetadata::default()
    };
    let wish = Registration {
        client_id: source.is_operator().then(|| "tracker".to_owned()),
        first_party: source == Source::Console,
        metadata,
        ..Registration::default()
    };
    let at = Timestamp::from_seconds(1_767_225_600);
    validate(wish, source, None, at).expect("the sample is a valid client").client
}

fn mistaken() -> ClientForm {
    ClientForm {
        client_name: "Tracker".into(),
        redirect_uris: "http://tracker.example.test/callback".into(),
        default_max_age: "3600".into(),
        client_id: "my tracker".into(),
        ..ClientForm::fresh()
    }
}

fn mistakes() -> FormErrors {
    let wish = mistaken().registration(true).expect("the form itself can be read");
    match validate(wish, Source::Console, None, Timestamp::from_seconds(0)) {
        Ok(_) => FormErrors::none(),
        Err(problems) => errors_of(&problems),
    }
}
