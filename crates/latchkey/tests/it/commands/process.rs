//! The built executable as a child process.

use db::testing::TestDatabase;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a child may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The executable.
pub fn latchkey(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LATCHKEY_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(folder).env("LATCHKEY_LOG", "error").stdin(Stdio::null());
    command
}

/// What a command that ends by itself came to.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs a command to its end.
pub fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let output = latchkey(folder, arguments).envs(environment.iter().copied()).output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A child that serves. It is killed with this value.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    seen: String,
}

impl Process {
    pub fn start(command: Command) -> Self {
        Self::start_logging(command, Stdio::inherit())
    }

    /// Starts it with its log, standard error, going to `log`.
    pub fn start_logging(mut command: Command, log: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let out = child.stdout.take().expect("it is piped");
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, seen: String::new() }
    }

    /// The first line, printed from now on, that contains `part`.
    #[track_caller]
    pub fn line(&mut self, part: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push_str(&line);
                    self.seen.push('\n');
                    if line.contains(part) {
                        return line;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("no line with {part:?} came; these did:\n{}", self.seen)
                }
            }
        }
    }

    /// All that it printed so far, as far as [`Process::line`] read it.
    pub fn seen(&self) -> &str {
        &self.seen
    }

    /// Sends a signal by name: TERM, INT, KILL.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits for its end.
    pub fn end(mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        // The output ends when the process does.
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.seen.push_str(&line);
        }
        self.child.wait().expect("it can be waited for")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An installation for `serve`: a folder, an empty database, a key file, a free port.
pub struct Installation {
    pub folder: tempfile::TempDir,
    pub database: TestDatabase,
    pub port: u16,
    pub url: String,
}

impl Installation {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = TestDatabase::create_empty();
        std::fs::write(folder.path().join("latchkey.key"), [42; 32]).expect("a key file");
        let port = free_port();
        let this = Self { folder, database, port, url: format!("http://localhost:{port}") };
        this.settings("");
        this
    }

    /// Writes `latchkey.toml`, `more` added at its end.
    pub fn settings(&self, more: &str) {
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:{}\"\npublic_url = \"{}\"\n[database]\nurl = \"{}\"\n[secrets]\nkey_file = \
             \"latchkey.key\"\n[password]\nmemory_kib = 8\niterations = 1\n{more}",
            self.port,
            self.url,
            self.database.url_text(),
        );
        std::fs::write(self.folder.path().join("latchkey.toml"), text).expect("a settings file");
    }

    pub fn serve(&self) -> Process {
        let mut process = Process::start(latchkey(self.folder.path(), &["serve"]));
        process.line("Listening on");
        process
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        run(self.folder.path(), arguments, &[])
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a free port").port()
}

/// What a file holds.
pub fn read(path: &Path) -> String {
    let mut text = String::new();
    std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)).expect("a file");
    text
}
