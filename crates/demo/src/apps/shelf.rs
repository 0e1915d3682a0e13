//! Things kept for a while under a secret name: sessions, log-ins and log-outs on their way.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};

/// Keeps at most so many things, each for at most so long. The oldest goes first.
pub(super) struct Shelf<V> {
    most: usize,
    lifetime: TimeDelta,
    things: HashMap<String, Thing<V>>,
    /// The names by age.
    order: BTreeMap<u64, String>,
    next: u64,
}

struct Thing<V> {
    number: u64,
    until: DateTime<Utc>,
    value: V,
}

impl<V> Shelf<V> {
    pub(super) fn new(most: usize, lifetime: TimeDelta) -> Self {
        Self { most, lifetime, things: HashMap::new(), order: BTreeMap::new(), next: 0 }
    }

    /// Keeps `value` under `name`.
    pub(super) fn put(&mut self, name: String, value: V, now: DateTime<Utc>) {
        self.remove(&name);
        while let Some((_, oldest)) = self.order.first_key_value() {
            let is_over = self.things.get(oldest).is_none_or(|thing| thing.until <= now);
            if !is_over && self.things.len() < self.most {
                break;
            }
            let oldest = oldest.clone();
            self.remove(&oldest);
        }
        let number = self.next;
        self.next += 1;
        self.order.insert(number, name.clone());
        self.things.insert(name, Thing { number, until: now + self.lifetime, value });
    }

    /// Looks.
    pub(super) fn get(&self, name: &str, now: DateTime<Utc>) -> Option<&V> {
        self.things.get(name).filter(|thing| thing.until > now).map(|thing| &thing.value)
    }

    /// Takes away what is there and passes `may`: once.
    pub(super) fn take_if(&mut self, name: &str, now: DateTime<Utc>, may: impl Fn(&V) -> bool) -> Option<V> {
        self.get(name, now).filter(|value| may(value))?;
        self.remove(name)
    }

    /// Takes away everything that `goes`; how many that were.
    pub(super) fn remove_all(&mut self, goes: impl Fn(&V) -> bool) -> usize {
        let gone = self.things.iter().filter(|(_, thing)| goes(&thing.value)).map(|(name, _)| name.clone());
        let gone: Vec<String> = gone.collect();
        for name in &gone {
            self.remove(name);
        }
        gone.len()
    }

    fn remove(&mut self, name: &str) -> Option<V> {
        let thing = self.things.remove(name)?;
        self.order.remove(&thing.number);
        Some(thing.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_nothing_outlives_its_time() {
        let now = DateTime::UNIX_EPOCH;
        let mut shelf = Shelf::new(2, TimeDelta::minutes(10));
        for (minute, name) in ["a", "b", "c"].into_iter().enumerate() {
            shelf.put(name.to_owned(), minute, now + TimeDelta::minutes(minute as i64));
        }
        assert_eq!(shelf.get("a", now), None);
        assert_eq!(shelf.get("b", now), Some(&1));
        assert_eq!(shelf.get("b", now + TimeDelta::minutes(11)), None);
        assert_eq!(shelf.take_if("c", now, |_| false), None);
        assert_eq!(shelf.take_if("c", now, |_| true), Some(2));
        assert_eq!(shelf.take_if("c", now, |_| true), None);
        shelf.put("d".to_owned(), 3, now + TimeDelta::minutes(30));
        assert_eq!((shelf.things.len(), shelf.order.len()), (1, 1));
        assert_eq!((shelf.remove_all(|value| *value == 4), shelf.remove_all(|value| *value == 3)), (0, 1));
        assert_eq!((shelf.things.len(), shelf.order.len()), (0, 0));
    }
}
