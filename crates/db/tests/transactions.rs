//! What every caller leans on: writes that do not lose each other, single winners, refusals that are remembered.

use db::testing::TestDatabase;
use db::{Database, Error, schema::installation};
use diesel::prelude::*;
use std::sync::Arc;

fn put(db: &Database, name: &'static str, value: &str) {
    let value = value.to_owned();
    db.write_blocking(move |c| {
        diesel::insert_into(installation::table)
            .values((installation::name.eq(name), installation::value.eq(&value)))
            .execute(c)?;
        Ok(())
    })
    .unwrap();
}

fn get(db: &Database, name: &'static str) -> Option<String> {
    db.read_blocking(move |c| Ok(installation::table.find(name).select(installation::value).first(c).optional()?))
        .unwrap()
}

#[test]
fn concurrent_read_then_write_loses_nothing() {
    let test = TestDatabase::create();
    let db = test.open();
    put(&db, "count", "0");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    db.write_blocking(|c| {
                        let now: String = installation::table.find("count").select(installation::value).first(c)?;
                        let next = (now.parse::<i64>().unwrap() + 1).to_string();
                        diesel::update(installation::table.find("count"))
                            .set(installation::value.eq(next))
                            .execute(c)?;
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
    });
    assert_eq!(get(&db, "count").as_deref(), Some("100"));
}

#[test]
fn a_conditional_update_has_one_winner() {
    let test = TestDatabase::create();
    let db = test.open();
    for round in 0..10 {
        put(&db, Box::leak(format!("code{round}").into_boxed_str()), "unspent");
        let name = format!("code{round}");
        let winners: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| {
                    let (db, name) = (db.clone(), name.clone());
                    scope.spawn(move || {
                        db.write_blocking(move |c| {
                            let spent = diesel::update(
                                installation::table.find(&name).filter(installation::value.eq("unspent")),
                            )
                            .set(installation::value.eq("spent"))
                            .execute(c)?;
                            Ok(spent)
                        })
                        .unwrap()
                    })
                })
                .collect();
            tries.into_iter().map(|t| t.join().unwrap()).sum()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn an_error_or_a_panic_rolls_back_and_hurts_nobody_else() {
    let test = TestDatabase::create();
    let db = test.open();
    let failed: db::Result<()> = db.write_blocking(|c| {
        diesel::insert_into(installation::table)
            .values((installation::name.eq("a"), installation::value.eq("1")))
            .execute(c)?;
        Err(Error::Contention)
    });
    assert!(matches!(failed, Err(Error::Contention)));
    let panicked: db::Result<()> = db.write_blocking(|c| {
        diesel::insert_into(installation::table)
            .values((installation::name.eq("b"), installation::value.eq("1")))
            .execute(c)?;
        panic!("on purpose");
    });
    assert!(matches!(panicked, Err(Error::Panicked)));
    put(&db, "c", "1");
    assert_eq!((get(&db, "a"), get(&db, "b"), get(&db, "c")), (None, None, Some("1".into())));
}

/// On SQLite those that wait behind the first are one commit.
#[test]
fn a_write_that_fails_takes_none_along_that_waited_beside_it() {
    let test = TestDatabase::create();
    let db = test.open();
    let (started, has_started) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            db.write_blocking(move |_| {
                started.send(()).unwrap();
                let _ = may_go_on.recv();
                Ok(())
            })
            .unwrap();
        });
        has_started.recv().unwrap();
        let waiting: Vec<_> = ["a", "fails", "b", "panics", "c"]
            .map(|name| {
                let db = db.clone();
                scope.spawn(move || {
                    db.write_blocking(move |c| {
                        diesel::insert_into(installation::table)
                            .values((installation::name.eq(name), installation::value.eq("1")))
                            .execute(c)?;
                        match name {
                            "fails" => Err(Error::Contention),
                            "panics" => panic!("on purpose"),
                            _ => Ok(()),
                        }
                    })
                    .is_ok()
                })
            })
            .into();
        go_on.send(()).unwrap();
        let done: Vec<bool> = waiting.into_iter().map(|it| it.join().unwrap()).collect();
        assert_eq!(done, [true, false, true, false, true]);
    });
    let kept = ["a", "fails", "b", "panics", "c"].map(|name| get(&db, name).is_some());
    assert_eq!(kept, [true, false, true, false, true]);
}

/// A peer locks itself up when more requests come than it has connections; ours wait in line.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_clients_share_a_pool_of_two() {
    let test = TestDatabase::create();
    let db = Arc::new(test.open_with_pool(2));
    tokio::task::block_in_place(|| put(&db, "count", "0"));
    let clients: Vec<_> = (0..64)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(|c| {
                    let now: String = installation::table.find("count").select(installation::value).first(c)?;
                    let next = (now.parse::<i64>().unwrap() + 1).to_string();
                    diesel::update(installation::table.find("count")).set(installation::value.eq(next)).execute(c)?;
                    Ok(())
                })
                .await
                .unwrap();
                db.read(|c| Ok(installation::table.find("count").select(installation::value).first::<String>(c)?))
                    .await
                    .unwrap();
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    assert_eq!(tokio::task::block_in_place(|| get(&db, "count")).as_deref(), Some("64"));
}

#[test]
fn several_nodes_may_migrate_at_once() {
    let test = TestDatabase::create_empty();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| test.open().migrate().unwrap());
        }
    });
    let pending = test.open().pending_migrations().unwrap();
    assert!(pending.missing.is_empty() && pending.unknown.is_empty());
}
