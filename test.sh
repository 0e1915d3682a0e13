#!/usr/bin/env bash
# Every test of Latchkey, from a cold clone: formatting, lints, then all tests with SQLite, then all of them once
# more with PostgreSQL. The last line says "N passed, N failed"; the exit code is 0 when nothing failed.
#
# Needs cargo. What else is missing it installs on Debian and its kin when run as root, and names otherwise:
# a C compiler, make, perl, a PostgreSQL server's programs, chromium and chromedriver, Node.js 18 or later with npm.
# From npm's registry it installs what crates/latchkey/tests/node/package-lock.json names, into that folder.
#
# Environment, all optional:
#   CARGO_TARGET_DIR   where cargo builds
#   CHROMEDRIVER       the chromedriver that the browser tests start (otherwise the one on PATH)
#   POSTGRES_BIN       the directory of initdb and pg_ctl (otherwise PATH, then /usr/lib/postgresql/*/bin)
# The tests read LATCHKEY_TEST_DATABASE: the address of a PostgreSQL server in which they may make databases. Unset,
# they use SQLite. This script sets it by itself, to a server of its own that is gone afterwards.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec </dev/null
PATH="$PATH:/usr/sbin:/sbin" # runuser, where an ordinary path lacks them

passed=0
failed=0
work=""
postgres_bin=""
as_owner=() # the command prefix that runs PostgreSQL's programs, which refuse to run as root

say() { printf '\n== %s\n' "$*"; }

finish() {
    local status=$?
    trap - EXIT
    if [ -n "$work" ]; then
        if [ -f "$work/cluster/postmaster.pid" ]; then
            "${as_owner[@]}" "$postgres_bin/pg_ctl" --pgdata "$work/cluster" --mode immediate --silent stop || true
        fi
        rm -rf "$work"
    fi
    # Something stopped the script before it could count: that is a failure too.
    if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$failed" -eq 0 ] && [ "$passed" -eq 0 ]; then failed=1; fi
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && exit 0 || exit 1
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- what has to be there -------------------------------------------------------------------------------------------

find_postgres() {
    local directory
    for directory in "${POSTGRES_BIN:-}" "$(dirname "$(command -v initdb 2>/dev/null || echo /none/x)")" \
        $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
        if [ -n "$directory" ] && [ -x "$directory/initdb" ] && [ -x "$directory/pg_ctl" ]; then
            echo "$directory"
            return
        fi
    done
}

# Debian 12 has version 18, the oldest on which the client libraries run.
find_node() {
    command -v npm >/dev/null 2>&1 || return 0
    if [ "$(node --version 2>/dev/null | sed 's/^v//; s/\..*//')" -ge 18 ] 2>/dev/null; then command -v node; fi
}

find_chromedriver() { command -v "${CHROMEDRIVER:-chromedriver}" 2>/dev/null || true; }

find_chromium() {
    command -v chromium 2>/dev/null || command -v chromium-browser 2>/dev/null || command -v google-chrome 2>/dev/null || true
}

# Prints, a line each, the Debian packages of what is missing.
missing_packages() {
    { command -v cc && command -v make; } >/dev/null 2>&1 || echo build-essential
    command -v perl >/dev/null 2>&1 || echo perl
    [ -n "$(find_postgres)" ] || echo postgresql
    [ -n "$(find_chromium)" ] || echo chromium
    [ -n "$(find_chromedriver)" ] || echo chromium-driver
    [ -n "$(find_node)" ] || echo nodejs npm
}

if ! command -v cargo >/dev/null 2>&1; then
    if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    else
        echo "cargo is missing: install Rust from https://rustup.rs" >&2
        exit 1
    fi
fi

missing="$(missing_packages)"
if [ -n "$missing" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing" $missing
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends $missing
    missing="$(missing_packages)"
fi
if [ -n "$missing" ]; then
    echo "Missing on this machine, by the names of Debian's packages:" $missing >&2
    echo "Install them, or run this script as root on Debian or Ubuntu, where it does so itself." >&2
    case " $missing " in *nodejs*) echo "Of Node.js it has to be version 18 or later, with npm." >&2 ;; esac
    exit 1
fi

CHROMEDRIVER="$(find_chromedriver)"
export CHROMEDRIVER
postgres_bin="$(find_postgres)"

say "client libraries from npm, for Node.js $(node --version)"
if ! (cd crates/latchkey/tests/node && npm ci --no-audit --no-fund --ignore-scripts); then
    echo "npm ci failed in crates/latchkey/tests/node: it needs the npm registry, or a cache that has its packages." >&2
    exit 1
fi

# ---- a PostgreSQL server of our own ---------------------------------------------------------------------------------

start_postgres() {
    work="$(mktemp -d "${TMPDIR:-/tmp}/latchkey-test.XXXXXX")"
    local password user attempt port
    password="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
    (umask 077 && printf '%s\n' "$password" >"$work/password")
    if [ "$(id -u)" -eq 0 ]; then
        user=postgres
        id "$user" >/dev/null 2>&1 || user=nobody
        chown -R "$user" "$work"
        as_owner=(runuser -u "$user" --)
    else
        as_owner=(env)
    fi
    # fsync and its kin guard against loss of power; this cluster is thrown away.
    (cd "$work" && "${as_owner[@]}" "$postgres_bin/initdb" --pgdata "$work/cluster" --username postgres \
        --auth scram-sha-256 --pwfile "$work/password" --encoding UTF8 --locale C.UTF-8 --no-sync >"$work/initdb.log" 2>&1) ||
        { cat "$work/initdb.log" >&2; return 1; }
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 12000))
        if (cd "$work" && "${as_owner[@]}" "$postgres_bin/pg_ctl" --pgdata "$work/cluster" --log "$work/cluster/log" --silent --wait \
            --options "-p $port -k '$work' -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off \
                -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off" start >/dev/null 2>&1); then
            LATCHKEY_TEST_DATABASE="postgres://postgres:$password@127.0.0.1:$port/postgres"
            return 0
        fi
    done
    cat "$work/cluster/log" >&2
    return 1
}

# ---- the checks and the tests ---------------------------------------------------------------------------------------

# A check has no tests to count: failed, it counts as one failure, and the next one runs all the same.
check() {
    say "$*"
    "$@" || { failed=$((failed + 1)); echo "FAILED: $*"; }
}

# Runs cargo test and adds up its "test result" lines. A run that ends badly without a failed test (it did not
# compile, a test process died) is one failure.
count() {
    say "$*"
    local log status=0 good bad
    log="$work/tests.log"
    "$@" 2>&1 | tee "$log" || status=$?
    good="$(awk '/^test result: / { for (i = 2; i <= NF; i++) if ($i ~ /^passed/) sum += $(i - 1) } END { print sum + 0 }' "$log")"
    bad="$(awk '/^test result: / { for (i = 2; i <= NF; i++) if ($i ~ /^failed/) sum += $(i - 1) } END { print sum + 0 }' "$log")"
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$good" -eq 0 ] && [ "$bad" -eq 0 ]; then
        echo "no test ran"
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

say "PostgreSQL from $postgres_bin, chromedriver $CHROMEDRIVER"
unset LATCHKEY_TEST_DATABASE
start_postgres
address="$LATCHKEY_TEST_DATABASE"
unset LATCHKEY_TEST_DATABASE

check cargo fmt --all -- --check
check cargo clippy --workspace --all-targets --locked -- -D warnings

say "all tests, the database being SQLite"
count cargo test --workspace --locked --no-fail-fast

# The same selection of crates again: another one would choose other features and build much of the tree anew. Those that
# know no database take a second or two.
say "all tests, the database being PostgreSQL"
export LATCHKEY_TEST_DATABASE="$address"
count cargo test --workspace --locked --no-fail-fast
