use super::*;

const NOTHING: Means = Means { password: true, apps: false, passkeys: false, recovery_codes: false };

#[test]
fn what_is_demanded_depends_on_means_and_circumstances() {
    use Method::{AppCode, MailedCode, Passkey, RecoveryCode};
    let app = Means { apps: true, ..NOTHING };
    let app_and_paper = Means { recovery_codes: true, ..app };
    let everything = Means { passkeys: true, ..app_and_paper };
    let paper = Means { recovery_codes: true, ..NOTHING };
    let plain = Circumstances::default();
    let remembered = Circumstances { remembered: true, ..plain };
    let renewed = Circumstances { no_sparing: true, ..remembered };
    let suspicious = Circumstances { suspicious: true, ..plain };
    for (means, circumstances, expected) in [
        (NOTHING, plain, vec![]),
        (NOTHING, renewed, vec![]),
        (NOTHING, suspicious, vec![MailedCode]),
        (paper, plain, vec![]),
        (paper, suspicious, vec![MailedCode]),
        (app, plain, vec![AppCode]),
        (app, suspicious, vec![AppCode]),
        (app, remembered, vec![]),
        (app, renewed, vec![AppCode]),
        (app, Circumstances { suspicious: true, ..remembered }, vec![]),
        (app_and_paper, plain, vec![AppCode, RecoveryCode]),
        (everything, plain, vec![Passkey, AppCode, RecoveryCode]),
        (Means { apps: false, ..everything }, plain, vec![Passkey, RecoveryCode]),
    ] {
        let demand = means.demand(circumstances);
        let methods = if let Demand::Proof(methods) = demand { methods } else { Vec::new() };
        assert_eq!(methods, expected, "{means:?} {circumstances:?}");
    }
}

#[test]
fn what_can_be_reached_depends_on_means() {
    for (means, expected) in [
        (NOTHING, Acr::Password),
        (Means { recovery_codes: true, ..NOTHING }, Acr::Password),
        (Means { apps: true, ..NOTHING }, Acr::TwoStep),
        (Means { apps: true, password: false, ..NOTHING }, Acr::Password),
        (Means { passkeys: true, ..NOTHING }, Acr::PhishingResistant),
    ] {
        assert_eq!(means.reachable(), expected, "{means:?}");
    }
}
