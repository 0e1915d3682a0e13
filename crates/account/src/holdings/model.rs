//! How the list is written.

/// A table that holds something about people.
#[derive(Debug, Clone, Copy)]
pub struct Holding {
    /// Its name.
    pub table: &'static str,
    /// Which of its rows are about the account `$1`, as a condition in SQL that both databases understand.
    pub rows: &'static str,
    /// What of it an export tells.
    pub told: Told,
    /// What becomes of it when the account is erased.
    pub erased: Erased,
}

/// What of a table an export tells.
#[derive(Debug, Clone, Copy)]
pub enum Told {
    /// A file of its own.
    In {
        /// The file.
        file: &'static str,
        /// What stands in it, for the person who reads it.
        about: &'static str,
        /// What is told of each row: the name, an expression in SQL, and how its value reads.
        columns: &'static [(&'static str, &'static str, Kind)],
        /// Columns that are not told, each with the reason.
        left_out: &'static [(&'static str, &'static str)],
    },
    /// Nothing, for this reason.
    Not(&'static str),
}

/// How a value reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As it is: text, a number.
    Plain,
    /// Microseconds, told as RFC 3339.
    Instant,
    /// Yes or no.
    Flag,
    /// JSON in a text.
    Json,
}

/// What becomes of a table's rows about an account that is erased.
#[derive(Debug, Clone, Copy)]
pub enum Erased {
    /// They go.
    Deleted,
    /// They go, apart from those that are about somebody else too.
    DeletedUnless(&'static str),
    /// They stay, without what tells about the person: what is set, and in which rows.
    Emptied(&'static [(&'static str, &'static str)]),
}
