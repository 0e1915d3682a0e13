use super::{Circumstances, Letterhead, Mail, SecondStep};
use crate::testing::START;

fn head() -> Letterhead {
    Letterhead {
        brand_name: "Example ID".to_owned(),
        public_url: "https://id.example.test".to_owned(),
        support_url: Some("mailto:help@example.test".to_owned()),
    }
}

/// One of each kind.
fn every_mail() -> Vec<Mail> {
    let circumstances = Circumstances {
        at: START,
        address: Some("203.0.113.7".parse().unwrap()),
        browser: Some("Firefox on Linux".to_owned()),
    };
    let link = "https://id.example.test/page?token=abc&x=1".to_owned();
    vec![
        Mail::VerifyEmail { name: "Alice <Example>".to_owned(), link: link.clone(), code: "012345".to_owned() },
        Mail::VerifyEmail { name: "Alice Example".to_owned(), link: link.clone(), code: "012345".to_owned() },
        Mail::AccountExists {
            login_link: "https://id.example.test/login".to_owned(),
            recover_link: "https://id.example.test/recover".to_owned(),
            circumstances: circumstances.clone(),
        },
        Mail::LoginAttack { failures: 20, circumstances: circumstances.clone() },
        Mail::Recovery { link: link.clone(), circumstances: circumstances.clone() },
        Mail::PasswordChanged { circumstances: circumstances.clone() },
        Mail::EmailChangeConfirm { link: link.clone(), circumstances: circumstances.clone() },
        Mail::EmailChangeTaken { circumstances: Circumstances { at: START, address: None, browser: None } },
        Mail::EmailChanged {
            new_address: "new@example.test".to_owned(),
            undo_link: link.clone(),
            circumstances: circumstances.clone(),
        },
        Mail::SecondStepAdded {
            step: SecondStep::App("Phone".to_owned()),
            first: true,
            circumstances: circumstances.clone(),
        },
        Mail::SecondStepAdded {
            step: SecondStep::Passkey("Blue key".to_owned()),
            first: false,
            circumstances: circumstances.clone(),
        },
        Mail::SecondStepChanged {
            step: SecondStep::App("New phone".to_owned()),
            before: "Phone".to_owned(),
            replaced: true,
            circumstances: circumstances.clone(),
        },
        Mail::SecondStepChanged {
            step: SecondStep::App("Work phone".to_owned()),
            before: "Phone".to_owned(),
            replaced: false,
            circumstances: circumstances.clone(),
        },
        Mail::SecondStepRemoved {
            step: SecondStep::App("Phone".to_owned()),
            last: true,
            circumstances: circumstances.clone(),
        },
        Mail::SecondStepRemoved {
            step: SecondStep::Passkey("Blue key".to_owned()),
            last: false,
            circumstances: circumstances.clone(),
        },
        Mail::RecoveryCodesMade { circumstances: circumstances.clone() },
        Mail::RecoveryCodeUsed { left: 2, circumstances: circumstances.clone() },
        Mail::RecoveryCodeUsed { left: 0, circumstances: circumstances.clone() },
        Mail::PasskeySuspended { name: "Blue <key>".to_owned(), circumstances: circumstances.clone() },
        Mail::ExportReady { link: link.clone(), until: START },
        Mail::ClosedByOwner { login_link: link.clone(), circumstances: circumstances.clone() },
        Mail::OpenedByOwner { circumstances: circumstances.clone() },
        Mail::DeletionAsked { erase_at: START, login_link: link.clone(), circumstances: circumstances.clone() },
        Mail::DeletionCancelled { by_operator: false, circumstances: circumstances.clone() },
        Mail::DeletionCancelled {
            by_operator: true,
            circumstances: Circumstances { at: START, address: None, browser: None },
        },
        Mail::DeletionTomorrow { erase_at: START, login_link: link.clone() },
        Mail::AccountErased { at: START },
        Mail::SecondStepResetAsked {
            ready_at: START.plus_seconds(7 * 86400),
            cancel_link: link.clone(),
            circumstances: circumstances.clone(),
        },
        Mail::SecondStepResetSoon { ready_at: START.plus_seconds(7 * 86400), cancel_link: link.clone() },
        Mail::SecondStepResetReady { link: link.clone(), cancel_link: link.clone() },
        Mail::SecondStepResetCancelled { circumstances: circumstances.clone() },
        Mail::SecondStepsReset { by_operator: true, at: START },
        Mail::SecondStepsReset { by_operator: false, at: START },
        Mail::NewDevice { circumstances: circumstances.clone() },
        Mail::AccountLocked { link: link.clone(), circumstances: circumstances.clone() },
        Mail::OperatorInvitation { link },
        Mail::AccountDeactivated { at: START },
        Mail::AccountReactivated { at: START },
        Mail::SecondStepAttack { failures: 5, circumstances: circumstances.clone() },
        Mail::LoginCode { code: "012345".to_owned(), circumstances: circumstances.clone() },
        Mail::AddressConfirm {
            link: "https://id.example.test/page?token=abc&x=1".to_owned(),
            circumstances: circumstances.clone(),
        },
        Mail::AddressTaken { circumstances: circumstances.clone() },
        Mail::AddressAdded { address: "new@example.test".to_owned(), circumstances: circumstances.clone() },
        Mail::AddressRemoved { address: "old@example.test".to_owned(), circumstances: circumstances.clone() },
        Mail::ApiTokenMade { name: "Backup <script>".to_owned(), circumstances },
    ]
}

/// Each of them under the name of its kind, the second of a kind under `kind-2`.
fn named() -> Vec<(String, Mail)> {
    let mails = every_mail();
    let name = |index: usize| {
        let kind = mails[index].kind();
        match mails[..index].iter().filter(|earlier| earlier.kind() == kind).count() {
            0 => kind.to_owned(),
            before => format!("{kind}-{}", before + 1),
        }
    };
    let names: Vec<String> = (0..mails.len()).map(name).collect();
    names.into_iter().zip(mails).collect()
}

#[test]
fn every_mail_in_words() {
    for (name, mail) in named() {
        let rendered = mail.letter(&head()).render(&head());
        insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {}\n\n{}", rendered.subject, rendered.text));
        insta::assert_snapshot!(format!("{name}.html"), rendered.html);
    }
}

#[test]
fn a_queued_mail_is_read_back_as_it_was_written() {
    // The stored form outlives an upgrade: a changed snapshot needs code that still reads the old form.
    for (name, mail) in named() {
        let text = serde_json::to_string(&mail).unwrap();
        insta::assert_snapshot!(format!("{name}.stored"), text);
        assert!(serde_json::from_str::<Mail>(&text).unwrap() == mail);
        assert!(text.contains(&format!("\"kind\":\"{}\"", mail.kind())));
    }
}

#[test]
fn a_mail_loads_nothing_and_runs_nothing() {
    for mail in every_mail() {
        let html = mail.letter(&head()).render(&head()).html;
        for forbidden in ["<img", "<script", "<link", "<iframe", "url(", "@import", "src=", "<table", "<form"] {
            assert!(!html.contains(forbidden), "{forbidden} in {}", mail.kind());
        }
    }
}

#[test]
fn words_of_strangers_are_escaped_in_html() {
    let mail = Mail::EmailChanged {
        new_address: "<script>@example.test".to_owned(),
        undo_link: "https://id.example.test/\"onclick=\"x".to_owned(),
        circumstances: Circumstances { at: START, address: None, browser: Some("<b>".to_owned()) },
    };
    let html = mail.letter(&head()).render(&head()).html;
    assert!(!html.contains("<script>") && !html.contains("\"onclick") && !html.contains("<b>"));
}

#[test]
fn no_secret_prints() {
    for mail in every_mail() {
        assert_eq!(format!("{mail:?}"), format!("Mail({})", mail.kind()));
    }
}
