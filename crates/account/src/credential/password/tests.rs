use super::*;
use crate::account::{DisplayName, NewAccount, create};
use crate::email::Email;
use crate::testing::TestAccounts;
use crate::{AccountId, Actor};
use std::io::Write as _;

fn cheap() -> Passwords {
    Passwords::new(Costs::lowest(), None)
}

fn hints() -> Hints {
    Hints::new("alice.wonder@example.test", "Alice Wonder", "Latchkey")
}

fn typed(text: &str) -> Password {
    Password::typed(text)
}

#[tokio::test]
async fn a_password_matches_its_own_hash_from_any_keyboard_and_no_other() {
    let passwords = cheap();
    let phc = passwords.hash(typed("Zoe\u{308} likes tea")).await.unwrap();
    assert!(phc.0.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", phc.0);
    let verify = |text: &str| passwords.verify(typed(text), Some(phc.clone()));
    assert!(verify("Zo\u{eb} likes tea").await.unwrap().matches);
    assert!(!verify("Zoe likes tea").await.unwrap().matches);
    assert!(!verify("").await.unwrap().matches);
    assert_ne!(passwords.hash(typed("Zoe\u{308} likes tea")).await.unwrap(), phc, "each hash has its own salt");
}

#[tokio::test]
async fn nothing_matches_where_there_is_no_hash() {
    let passwords = cheap();
    for phc in [None, Some(Phc(String::new())), Some(Phc("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA".into()))] {
        let verdict = passwords.verify(typed("correct horse battery"), phc).await.unwrap();
        assert_eq!(verdict, Verdict { matches: false, needs_rehash: false });
    }
}

#[tokio::test]
async fn a_hash_of_other_costs_matches_and_asks_to_be_made_anew() {
    let phc = cheap().hash_blocking(&typed("correct horse battery"));
    let dearer = Passwords::new(Costs::new(64, 2, 2).unwrap(), None);
    let verdict = dearer.verify(typed("correct horse battery"), Some(phc.clone())).await.unwrap();
    assert_eq!(verdict, Verdict { matches: true, needs_rehash: true });
    assert!(!dearer.verify(typed("wrong"), Some(phc)).await.unwrap().needs_rehash);
    let phc = dearer.hash(typed("correct horse battery")).await.unwrap();
    let verdict = dearer.verify(typed("correct horse battery"), Some(phc)).await.unwrap();
    assert_eq!(verdict, Verdict { matches: true, needs_rehash: false });
    assert!(Costs::new(7, 1, 1).is_err() && Costs::new(64, 0, 1).is_err());
}

#[tokio::test]
async fn a_password_is_never_cut() {
    let passwords = cheap();
    let long = "x9#".repeat(85);
    let phc = passwords.hash(typed(&format!("{long}a"))).await.unwrap();
    assert!(passwords.verify(typed(&format!("{long}a")), Some(phc.clone())).await.unwrap().matches);
    assert!(!passwords.verify(typed(&format!("{long}b")), Some(phc)).await.unwrap().matches);
}

#[tokio::test]
async fn new_passwords_have_8_to_256_characters_after_composition() {
    let passwords = cheap();
    let choose = async |text: &str| passwords.choose(typed(text), hints()).await.unwrap().map(|_| ());
    let words = "plinth gumbo weather ".repeat(20);
    assert_eq!(choose("").await, Err(Refusal::TooShort));
    // Seven characters in fourteen code points.
    assert_eq!(choose(&"o\u{308}".repeat(7)).await, Err(Refusal::TooShort));
    assert_eq!(choose("q7#Kz!0v").await, Ok(()));
    assert_eq!(choose(&words[..256]).await, Ok(()));
    assert_eq!(choose(&words[..257]).await, Err(Refusal::TooLong));
    assert_eq!(choose("漢字仮名交じり文の合言葉").await, Ok(()));
}

#[tokio::test]
async fn weak_passwords_are_refused_with_what_to_do() {
    let passwords = cheap();
    for weak in ["password", "12345678", "qwertyuiop", "aaaaaaaaaaaa", "alicewonder", "latchkey1", "P@ssw0rd"] {
        let refusal = passwords.choose(typed(weak), hints()).await.unwrap().expect_err(weak);
        assert!(matches!(refusal, Refusal::TooWeak(_)), "{weak}: {refusal}");
        assert!(refusal.to_string().contains("words"), "{weak}: {refusal}");
        let strength = passwords.strength(typed(weak), hints()).await.unwrap();
        assert_eq!((strength.score, strength.text), (1, refusal.to_string()));
    }
    let strength = passwords.strength(typed("correct horse battery staple"), hints()).await.unwrap();
    assert_eq!(strength.score, 4);
    assert_eq!(passwords.strength(typed("short"), hints()).await.unwrap().score, 0);
}

fn sha1(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn file_of(lines: &[String], ending: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{}", lines.join(ending)).unwrap();
    file
}

#[test]
fn the_list_of_breached_passwords_is_found_in_from_its_first_line_to_its_last() {
    let mut lines: Vec<String> = (0..1000).map(|n| sha1(&format!("leaked {n}"))).collect();
    lines.sort();
    for line in lines.iter_mut().step_by(3) {
        line.push_str(":1234");
    }
    for ending in ["\n", "\r\n"] {
        let file = file_of(&lines, ending);
        let list = BreachedList::open(file.path()).unwrap();
        for n in 0..1000 {
            assert!(list.contains(&typed(&format!("leaked {n}"))), "{n}");
            assert!(!list.contains(&typed(&format!("unknown {n}"))), "{n}");
        }
    }
    let empty = file_of(&[], "\n");
    assert!(!BreachedList::open(empty.path()).unwrap().contains(&typed("leaked 1")));
}

#[test]
fn a_file_that_is_no_sorted_list_of_hashes_is_refused_at_start() {
    let plain: Vec<String> = (0..100).map(|n| format!("leaked {n}")).collect();
    assert!(matches!(BreachedList::open(file_of(&plain, "\n").path()), Err(BreachedListProblem::Form(_))));
    let mut lines: Vec<String> = (0..1000).map(|n| sha1(&format!("leaked {n}"))).collect();
    lines.sort();
    lines.reverse();
    assert!(matches!(BreachedList::open(file_of(&lines, "\n").path()), Err(BreachedListProblem::Order(_))));
    let nowhere = std::path::Path::new("/nowhere/list");
    assert!(matches!(BreachedList::open(nowhere), Err(BreachedListProblem::Unreadable(_))));
}

#[tokio::test]
async fn breached_passwords_are_refused() {
    let file = file_of(&[sha1("plinth gumbo weather")], "\n");
    let passwords = Passwords::new(Costs::lowest(), Some(BreachedList::open(file.path()).unwrap()));
    let choose = async |text: &str| passwords.choose(typed(text), hints()).await.unwrap().map(|_| ());
    assert_eq!(choose("plinth gumbo weather").await, Err(Refusal::Breached));
    assert_eq!(choose("plinth gumbo weathers").await, Ok(()));
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_empties_again() {
    let hasher = Hasher::new(Costs::lowest());
    // Each job waits until the sender is gone.
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Arc::new(std::sync::Mutex::new(gate));
    let threads = std::thread::available_parallelism().unwrap().get();
    let mut waiting = Vec::new();
    let mut refused = 0;
    for _ in 0..threads * 60 {
        let gate = gate.clone();
        let mut job = Box::pin(hasher.run(move |_| {
            let _ = gate.lock().unwrap().recv();
        }));
        // Polled once, it is in the queue or refused.
        match std::future::poll_fn(|cx| std::task::Poll::Ready(job.as_mut().poll(cx))).await {
            std::task::Poll::Ready(outcome) => refused += usize::from(outcome == Err(Busy)),
            std::task::Poll::Pending => waiting.push(job),
        }
    }
    assert!(refused > 0 && waiting.len() >= threads * 48, "{refused} {}", waiting.len());
    drop(open);
    for job in waiting {
        job.await.unwrap();
    }
    hasher.run(|_| ()).await.unwrap();
}

#[tokio::test]
async fn a_panic_costs_its_own_caller_only() {
    let hasher = Hasher::new(Costs::lowest());
    for _ in 0..8 {
        assert_eq!(hasher.run(|_| panic!("on purpose")).await, Err::<(), _>(Busy));
    }
    assert_eq!(hasher.run(|_| 7).await, Ok(7));
}

fn account(t: &TestAccounts) -> AccountId {
    let new = NewAccount::of_person(Email::parse("a@example.test").unwrap(), DisplayName::parse("A").unwrap());
    t.accounts.write_blocking(&Actor::system(), move |tx| create(tx, &new)).unwrap().unwrap().id
}

#[test]
fn of_changes_on_one_verified_password_one_succeeds() {
    let t = TestAccounts::create();
    let id = account(&t);
    let first = t.accounts.passwords.hash_blocking(&typed("first password"));
    assert_eq!(t.accounts.db.read_blocking(|c| find(c, &id)).unwrap(), None);
    for phc in [Phc("to be replaced".into()), first.clone()] {
        let id = id.clone();
        t.accounts.write_blocking(&Actor::system(), move |tx| put(tx, &id, &phc)).unwrap();
    }
    let changed: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|n| {
                let (id, first, accounts) = (id.clone(), first.clone(), &t.accounts);
                let new = Phc(format!("new {n}"));
                scope.spawn(move || {
                    let change = move |tx: &mut crate::Tx<'_>| replace_if_unchanged(tx, &id, &first, &new);
                    usize::from(accounts.write_blocking(&Actor::system(), change).unwrap())
                })
            })
            .collect();
        tries.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(changed, 1);
    assert!(t.accounts.db.read_blocking(|c| find(c, &id)).unwrap().unwrap().0.starts_with("new "));
}
