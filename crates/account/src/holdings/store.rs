//! The tables of the list, by statements that are made of it.

use super::{Erased, Holding, Kind, Told};
use crate::{AccountId, Tx};
use chrono::{DateTime, SecondsFormat};
use db::{Conn, Error, Result};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Map, Value};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// What a table tells, row by row.
pub(super) fn told(conn: &mut Conn, holding: &Holding, account: &AccountId) -> Result<Vec<Map<String, Value>>> {
    let Told::In { columns, .. } = holding.told else { return Ok(Vec::new()) };
    // The two databases have one function under two names.
    let function = match conn {
        Conn::Postgres(_) => "json_build_object",
        Conn::Sqlite(_) => "json_object",
    };
    let pairs: Vec<String> = columns.iter().map(|(name, expression, _)| format!("'{name}', {expression}")).collect();
    let (table, rows, pairs) = (holding.table, holding.rows, pairs.join(", "));
    let statement = format!("SELECT CAST({function}({pairs}) AS TEXT) AS line FROM {table} WHERE {rows}");
    let query = diesel::sql_query(statement).bind::<Text, _>(account.as_str());
    let mut told = Vec::new();
    for Line { line } in query.load::<Line>(conn)? {
        let row: Map<String, Value> =
            serde_json::from_str(&line).map_err(|e| Error::Corrupt(format!("{table} as JSON: {e}")))?;
        told.push(row.into_iter().map(|(name, value)| readable(columns, name, value)).collect());
    }
    Ok(told)
}

/// A value as people read it.
fn readable(columns: &[(&str, &str, Kind)], name: String, value: Value) -> (String, Value) {
    let kind = columns.iter().find(|(own, ..)| *own == name).map_or(Kind::Plain, |(_, _, kind)| *kind);
    let value = match (kind, &value) {
        (Kind::Instant, Value::Number(micros)) => micros
            .as_i64()
            .and_then(DateTime::from_timestamp_micros)
            .map_or(Value::Null, |at| at.to_rfc3339_opts(SecondsFormat::Secs, true).into()),
        (Kind::Flag, Value::Number(number)) => (number.as_i64() == Some(1)).into(),
        (Kind::Json, Value::String(text)) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    };
    (name, value)
}

/// Deletes or empties what a table holds about an account.
pub(super) fn erase(tx: &mut Tx<'_>, holding: &Holding, account: &AccountId) -> Result<()> {
    let (table, rows) = (holding.table, holding.rows);
    let statements = match holding.erased {
        Erased::Deleted => vec![format!("DELETE FROM {table} WHERE {rows}")],
        Erased::DeletedUnless(others) => vec![format!("DELETE FROM {table} WHERE ({rows}) AND NOT ({others})")],
        Erased::Emptied(steps) => {
            steps.iter().map(|(set, which)| format!("UPDATE {table} SET {set} WHERE {which}")).collect()
        }
    };
    for statement in statements {
        diesel::sql_query(statement).bind::<Text, _>(account.as_str()).execute(tx.conn)?;
    }
    Ok(())
}
