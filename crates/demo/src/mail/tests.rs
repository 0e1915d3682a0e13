use super::{Catcher, Message};
use lettre::message::MultiPart;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::net::SocketAddr;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn catcher(folder: &Path) -> Catcher {
    let catcher = Catcher::bind(any_port(), any_port(), folder.to_owned()).unwrap();
    catcher.start().unwrap();
    catcher
}

/// A client that says what it is told and reads one answer each.
struct Talk(BufReader<TcpStream>);

impl Talk {
    async fn with(catcher: &Catcher) -> Self {
        let mut talk = Self(BufReader::new(TcpStream::connect(catcher.smtp_address()).await.unwrap()));
        assert!(talk.answer().await.starts_with("220 "));
        talk
    }

    async fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).await.unwrap();
    }

    async fn say(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes()).await;
        self.answer().await
    }

    async fn until_data(&mut self) {
        assert_eq!(self.say("EHLO test").await, format!("250 SIZE {}", 10 * 1024 * 1024));
        assert!(self.say("MAIL FROM:<a@example.test>").await.starts_with("250"));
        assert!(self.say("RCPT TO:<b@example.test>").await.starts_with("250"));
        assert!(self.say("DATA").await.starts_with("354"));
    }
}

async fn get(catcher: &Catcher, path: &str) -> String {
    exchange(catcher, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await
}

async fn exchange(catcher: &Catcher, request: &str) -> String {
    let address = catcher.web_url().replace("http://localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn letter(to: &str, subject: &str) -> lettre::Message {
    let parts = MultiPart::alternative_plain_html(
        "Confirm: http://localhost:8080/verify-email?token=abc_1. Thanks".to_owned(),
        "<p>Confirm <a href=\"http://localhost:8080/x\">here</a> <script>alert(1)</script></p>".to_owned(),
    );
    lettre::Message::builder()
        .from("Latchkey <no-reply@example.test>".parse().unwrap())
        .to(to.parse().unwrap())
        .subject(subject)
        .multipart(parts)
        .unwrap()
}

async fn deliver(catcher: &Catcher, letter: lettre::Message) -> Result<(), lettre::transport::smtp::Error> {
    let address = catcher.smtp_address();
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .build()
        .send(letter)
        .await
        .map(drop)
}

#[actix_web::test]
async fn a_mail_sent_by_lettre_arrives_whole() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    let (mail, sent) = tokio::join!(
        catcher.wait_for(|mail| mail.is_to("ÅSA@example.test") || mail.is_to("Bob@Example.test")),
        deliver(&catcher, letter("Bob <bob@example.test>", "Grüße, bitte bestätigen")),
    );
    sent.unwrap();
    assert_eq!(mail.to, ["bob@example.test"]);
    assert_eq!(mail.from, "no-reply@example.test");
    assert_eq!(mail.subject, "Grüße, bitte bestätigen");
    assert_eq!(mail.links(), ["http://localhost:8080/verify-email?token=abc_1"]);
    assert!(mail.html.as_ref().unwrap().contains("<a href=\"http://localhost:8080/x\">"));
    assert!(!mail.date.is_empty());
    catcher.stop().await;
}

#[actix_web::test]
async fn a_restarted_catcher_still_has_the_mails_and_counts_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = catcher(folder.path());
    deliver(&first, letter("bob@example.test", "one")).await.unwrap();
    first.stop().await;

    let second = catcher(folder.path());
    assert_eq!(second.messages().iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["one"]);
    assert_eq!(second.messages()[0].to, ["bob@example.test"]);
    deliver(&second, letter("bob@example.test", "two")).await.unwrap();
    assert_eq!(second.messages().iter().map(|mail| mail.id).collect::<Vec<_>>(), [1, 2]);
    second.stop().await;
}

#[actix_web::test]
async fn refusals_are_temporary_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    catcher.refuse_next(2);
    for _ in 0..2 {
        let refused = deliver(&catcher, letter("bob@example.test", "late")).await.unwrap_err();
        assert!(refused.is_transient(), "{refused}");
    }
    catcher.wait_until_refused().await;
    deliver(&catcher, letter("bob@example.test", "late")).await.unwrap();
    assert_eq!(catcher.messages().len(), 1);
}

#[actix_web::test]
async fn dots_are_unstuffed_and_only_cr_lf_dot_cr_lf_ends_a_mail() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    let mut talk = Talk::with(&catcher).await;
    talk.until_data().await;
    talk.send(b"Subject: Dots\r\n\r\n..a\r\n...\r\nb\n.\r\nc\n.\nMAIL FROM:<smuggled@example.test>\r\n.\r\n").await;
    assert!(talk.answer().await.starts_with("250"));
    assert!(talk.say("QUIT").await.starts_with("221"));
    let mail = &catcher.messages()[0];
    assert!(mail.raw.ends_with(b"\r\n\r\n.a\r\n..\r\nb\n.\r\nc\n.\nMAIL FROM:<smuggled@example.test>\r\n"));
}

#[actix_web::test]
async fn the_conversation_keeps_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    let mut talk = Talk::with(&catcher).await;
    for (line, code) in [
        ("MAIL FROM:<a@example.test>", "503"),
        ("HELO test", "250"),
        ("RCPT TO:<b@example.test>", "503"),
        ("DATA", "503"),
        ("MAIL FROM:<a@example.test> SIZE=99999999", "552"),
        ("mail from: <> BODY=8BITMIME", "250"),
        ("MAIL FROM:<a@example.test>", "503"),
        ("RCPT TO:nobody", "501"),
        ("RCPT TO:<no body@example.test>", "501"),
        ("DATA", "503"),
        ("STARTTLS", "502"),
        ("AUTH PLAIN AGEAYg==", "502"),
        ("NOOP", "250"),
        ("RSET", "250"),
        ("RCPT TO:<b@example.test>", "503"),
        ("\u{e9}", "502"),
        ("", "500"),
        ("QUIT", "221"),
    ] {
        let answer = talk.say(line).await;
        assert!(answer.starts_with(code), "{line:?}: {answer}");
    }
}

#[actix_web::test]
async fn several_mails_go_through_one_pipelined_connection() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    let mut talk = Talk::with(&catcher).await;
    talk.send(b"EHLO x\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\nRCPT TO:<c@example.test>\r\nDATA\r\nSubject: 1\r\n\r\n.\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\nDATA\r\nSubject: 2\r\n\r\n.\r\nQUIT\r\n").await;
    let mut codes = Vec::new();
    for _ in 0..10 {
        codes.push(talk.answer().await[..3].to_owned());
    }
    assert_eq!(codes, ["250", "250", "250", "250", "354", "250", "250", "250", "354", "250"]);
    assert_eq!(catcher.messages()[0].to, ["b@example.test", "c@example.test"]);
    assert_eq!(catcher.messages()[1].subject, "2");
}

#[actix_web::test]
async fn a_mail_of_more_than_10_mb_is_refused_and_the_next_one_taken() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    let mut talk = Talk::with(&catcher).await;
    talk.until_data().await;
    let line = [&[b'x'; 998][..], b"\r\n"].concat();
    for _ in 0..=(10 * 1024 * 1024 / 1000) {
        talk.send(&line).await;
    }
    talk.send(b".\r\n").await;
    assert!(talk.answer().await.starts_with("552"));
    talk.until_data().await;
    talk.send(b"Subject: small\r\n\r\n.\r\n").await;
    assert!(talk.answer().await.starts_with("250"));
    assert_eq!(catcher.messages().len(), 1);
}

#[actix_web::test]
async fn only_the_last_500_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = Catcher::bind(any_port(), any_port(), folder.path().to_owned()).unwrap();
    for number in 0..510 {
        let data = format!("Subject: {number}\r\n\r\n");
        catcher.mailbox.deliver("a@example.test", &["b@example.test".to_owned()], data.as_bytes()).unwrap();
    }
    assert_eq!(catcher.messages().len(), 500);
    assert_eq!(catcher.messages()[0].subject, "10");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 500);
}

#[actix_web::test]
async fn the_pages_show_mails_and_run_nothing_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    assert!(get(&catcher, "/").await.contains("No mail yet"));
    deliver(&catcher, letter("bob@example.test", "<b>Hello</b>")).await.unwrap();

    let list = get(&catcher, "/").await;
    assert!(list.contains("&#60;b&#62;Hello") && list.contains("href=\"/messages/1\""), "{list}");
    let shown = get(&catcher, "/messages/1").await;
    assert!(
        shown
            .contains("<a href=\"http://localhost:8080/verify-email?token=abc_1\" target=\"_blank\" rel=\"noopener\">"),
        "{shown}"
    );
    assert!(!shown.contains("alert(1)"));
    let html = get(&catcher, "/messages/1/html").await;
    assert!(html.contains("content-security-policy: sandbox allow-popups"), "{html}");
    assert!(html.contains("<base target=\"_blank\">"));
    assert!(get(&catcher, "/messages/1/source").await.contains("text/plain"));
    assert!(get(&catcher, "/messages/9").await.starts_with("HTTP/1.1 404"));
}

#[actix_web::test]
async fn the_json_interface_lists_by_recipient() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    deliver(&catcher, letter("bob@example.test", "one")).await.unwrap();
    deliver(&catcher, letter("eve@example.test", "two")).await.unwrap();
    let body = |answer: String| -> serde_json::Value {
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let all = body(get(&catcher, "/api/messages").await);
    assert_eq!((all[0]["subject"].as_str(), all[1]["subject"].as_str()), (Some("two"), Some("one")));
    let bobs = body(get(&catcher, "/api/messages?to=BOB@example.test").await);
    assert_eq!(bobs.as_array().unwrap().len(), 1);
    let one = body(get(&catcher, "/api/messages/1").await);
    assert!(one["text"].as_str().unwrap().contains("/verify-email?token="));
}

#[actix_web::test]
async fn foreign_sites_neither_read_nor_delete() {
    let folder = tempfile::tempdir().unwrap();
    let catcher = catcher(folder.path());
    deliver(&catcher, letter("bob@example.test", "one")).await.unwrap();

    let rebound = exchange(&catcher, "GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n").await;
    assert!(rebound.starts_with("HTTP/1.1 404"), "{rebound}");
    let post = |origin: &str| {
        format!(
            "POST /delete-all HTTP/1.1\r\nHost: localhost:8025\r\nOrigin: {origin}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
    };
    assert!(exchange(&catcher, &post("http://localhost:8081")).await.starts_with("HTTP/1.1 403"));
    assert_eq!(catcher.messages().len(), 1);
    assert!(exchange(&catcher, &post("http://localhost:8025")).await.starts_with("HTTP/1.1 303"));
    assert_eq!(catcher.messages().len(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_port_in_use_or_open_to_the_network_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let holder = std::net::TcpListener::bind(any_port()).unwrap();
    let busy = holder.local_addr().unwrap();
    let error = Catcher::bind(any_port(), busy, folder.path().to_owned()).err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&busy.to_string()), "{error}");
    let open = Catcher::bind(SocketAddr::from(([0, 0, 0, 0], 0)), any_port(), folder.path().to_owned()).err().unwrap();
    assert_eq!(open.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn any_bytes_make_a_message() {
    for raw in [&b""[..], b"\xff\xfe\x00", b"no header", b"http:// https://", b"\r\n\r\nhttp://a http://[::1]/x)."] {
        let message = Message::parse(1, Message::with_envelope("a@b.test", &[], raw));
        assert_eq!(message.pieces().iter().map(|piece| piece.text).collect::<String>(), message.text);
    }
}
