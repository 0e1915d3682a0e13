use super::form::ClientForm;
use super::specimens::sample;
use account::Timestamp;
use oidc::client::{ClientMetadata, Source, validate};

#[test]
fn a_client_that_is_edited_and_saved_unchanged_stays_the_same() {
    let client = sample(Source::Console);
    let form = ClientForm::of(&client);
    let mut base = client.record.metadata.clone();
    base.extra.insert("client_name#de".into(), "Fährte".into());
    base.software_version = Some("7".into());
    let wish = form.registration(base.clone(), false).unwrap();
    let saved = validate(wish, Source::Console, Some(&client.record), Timestamp::from_seconds(1)).unwrap().client;
    assert_eq!(saved.record.metadata, base);
    assert_eq!((saved.client_id.as_str(), saved.first_party), ("tracker", true));
}

#[test]
fn a_chosen_id_wins_over_the_suggested_one() {
    let form = ClientForm { client_name: "T".into(), ..ClientForm::fresh() };
    let id = |form: &ClientForm| form.registration(ClientMetadata::default(), true).unwrap().client_id.unwrap();
    assert_eq!(id(&form), form.suggested_id);
    assert_eq!(id(&ClientForm { client_id: " tracker ".into(), ..form }), "tracker");
}

#[test]
fn what_cannot_be_read_is_said_beside_its_field() {
    let form = ClientForm { jwks: "{".into(), default_max_age: "soon".into(), ..ClientForm::fresh() };
    let errors = form.registration(ClientMetadata::default(), true).unwrap_err();
    assert!(errors.has("client_name") && errors.has("jwks") && errors.has("default_max_age"));
    assert!(ClientForm::more_is_open(&errors));
}
