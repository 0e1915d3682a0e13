use super::form::ClientForm;
use super::specimens::sample;
use account::Timestamp;
use oidc::client::{Client, Record, Source, validate};

#[test]
fn a_client_that_is_edited_and_saved_unchanged_stays_the_same() {
    let client = sample(Source::Console);
    let mut base = client.record.metadata.clone();
    base.extra.insert("client_name#de".into(), "Fährte".into());
    base.software_version = Some("7".into());
    base.subject_type = Some("pairwise".into());
    let record = Record { metadata: base.clone(), ..client.record.clone() };
    let form = ClientForm::of(&Client::parse(record).unwrap());
    assert!(form.advanced.contains("Fährte") && !form.advanced.contains("redirect_uris"));
    let wish = form.registration(false).unwrap();
    let saved = validate(wish, Source::Console, Some(&client.record), Timestamp::from_seconds(1)).unwrap().client;
    assert_eq!(saved.record.metadata, base);
    assert_eq!((saved.client_id.as_str(), saved.first_party), ("tracker", true));
}

#[test]
fn a_chosen_id_wins_over_the_suggested_one() {
    let form = ClientForm { client_name: "T".into(), ..ClientForm::fresh() };
    let id = |form: &ClientForm| form.registration(true).unwrap().client_id.unwrap();
    assert_eq!(id(&form), form.suggested_id);
    assert_eq!(id(&ClientForm { client_id: " tracker ".into(), ..form }), "tracker");
}

#[test]
fn what_cannot_be_read_is_said_beside_its_field() {
    let form = ClientForm { jwks: "{".into(), default_max_age: "soon".into(), ..ClientForm::fresh() };
    let errors = form.registration(true).unwrap_err();
    assert!(errors.has("client_name") && errors.has("jwks") && errors.has("default_max_age"));
    assert!(ClientForm::more_is_open(&errors));
}

#[test]
fn further_metadata_is_an_object_of_known_fields_that_the_form_does_not_show() {
    let errors = |advanced: &str| {
        let form = ClientForm { client_name: "T".into(), advanced: advanced.into(), ..ClientForm::fresh() };
        form.registration(true).err().map(|errors| errors.of("advanced").to_owned()).unwrap_or_default()
    };
    for (typed, said) in [
        ("{", "This is not JSON: line 1, column 1."),
        ("[]", "Write a JSON object"),
        ("{\"scope\": \"openid\"}", "scope: it has a field of its own"),
        ("{\"colour\": \"blue\"}", "colour: there is no such field"),
        ("{\"request_uris\": \"x\"}", "request_uris: invalid type"),
        ("{\"client_name#de\": 1}", "client_name#de: write a text"),
        ("{\"subject_type\": \"pairwise\", \"client_name#de\": \"T\"}", ""),
        ("  ", ""),
    ] {
        assert!(errors(typed).starts_with(said), "{typed}: {}", errors(typed));
    }
}

#[test]
fn response_types_with_tokens_bring_their_grant_type() {
    let advanced = "{\"response_types\": [\"code\", \"code id_token\"]}".to_owned();
    let form = ClientForm { client_name: "T".into(), advanced, ..ClientForm::fresh() };
    let metadata = form.registration(true).unwrap().metadata;
    assert_eq!(metadata.grant_types.unwrap(), ["authorization_code", "refresh_token", "implicit"]);
    assert_eq!(metadata.response_types.unwrap(), ["code", "code id_token"]);
}
