//! A session's log as numbers and two texts: what crosses into JavaScript in less than half the time that JSON takes. The
//! other side is `www/plugin/session-report.js`.

use super::{Event, Party};
use std::borrow::Cow;

/// More different kinds and parties than these are not looked for: the log stays linear however it is made.
const LOOKED_FOR: usize = 32;

/// Events as numbers. A text is its length in UTF-16 units: below zero when it stands in `wide`, which holds the texts
/// with anything but ASCII, so that the others cost a browser nothing to decode; NaN when there is none.
#[derive(Clone, Debug, Default)]
pub struct Log<'a> {
    /// Per event: time, kind, by, to, body, data, files; see [`Log::add`].
    pub numbers: Vec<f64>,
    /// The texts in ASCII.
    pub narrow: String,
    /// The others.
    pub wide: String,
    /// Kinds of events, by place.
    pub kinds: Vec<Cow<'a, str>>,
    /// Parties, by place.
    pub parties: Vec<Party<'a>>,
}

impl<'a> Log<'a> {
    /// Adds an event: when, kind, by, to (places, -1 for nobody), body, how many data and files, then their texts and sizes.
    pub fn add(&mut self, event: &Event<'a>) {
        let kind = place(&mut self.kinds, &event.kind);
        let [by, to] = [&event.by, &event.to].map(|party| party.as_ref().map_or(-1.0, |party| place(&mut self.parties, party)));
        self.numbers.extend([event.at.map_or(f64::NAN, |at| at as f64), kind, by, to]);
        match &event.body {
            Some(text) => self.text(text),
            None => self.numbers.push(f64::NAN),
        }
        self.numbers.extend([event.data.len() as f64, event.files.len() as f64]);
        for (name, value) in &event.data {
            self.text(name);
            self.text(value);
        }
        for (name, size) in &event.files {
            self.text(name);
            self.numbers.push(size.map_or(f64::NAN, |size| size as f64));
        }
    }

    fn text(&mut self, text: &str) {
        if text.is_ascii() {
            self.narrow.push_str(text);
            self.numbers.push(text.len() as f64);
        } else {
            self.wide.push_str(text);
            let units: usize = text.chars().map(char::len_utf16).sum();
            self.numbers.push(-(units as f64));
        }
    }
}

/// The place of an item in the list, to which it is added when it is new.
fn place<T: PartialEq + Clone>(list: &mut Vec<T>, item: &T) -> f64 {
    let known = list.iter().take(LOOKED_FOR).position(|known| known == item);
    known.unwrap_or_else(|| {
        list.push(item.clone());
        list.len() - 1
    }) as f64
}
