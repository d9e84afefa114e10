//! Dates, spans, numbers and plurals by the browser's `Intl`, in the reader's language and time zone.

use crate::{
    rules::{wording::Language, words::UnixSeconds},
    views::panel::Intl,
};
use js_sys::{
    Array, Date, Function,
    Intl::{DateTimeFormat, NumberFormat, PluralRules, RelativeTimeFormat},
    JsString, Object, Reflect,
};
use wasm_bindgen::JsValue;

/// The browser's.
pub const INTL: Intl = Intl { moment, ago, span, number, plural, without_case };

/// In capitals, as `ß` and `ss` are the same there.
fn without_case(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { JsString::from(text).to_upper_case().into() }
}

/// The reader's own region when the browser speaks the language, so that a British reader finds 14:05 and not 2:05 PM.
fn locale(language: Language) -> Array {
    let own = web_sys::window().and_then(|window| window.navigator().language());
    let own = own.filter(|own| own.split('-').next() == Some(language.tag()));
    Array::of1(&own.as_deref().unwrap_or(language.tag()).into())
}

fn options(pairs: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in pairs {
        // Fails for frozen objects only.
        _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    options
}

fn text(value: Result<JsValue, JsValue>) -> String {
    value.ok().and_then(|value| value.as_string()).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "dates fit a double")]
fn date(at: UnixSeconds) -> Date {
    Date::new(&JsValue::from_f64(at as f64 * 1000.0))
}

fn format(format: &Function, value: &JsValue) -> String {
    text(format.call1(&JsValue::UNDEFINED, value))
}

/// The hour alone is enough for today; tomorrow and yesterday have names.
fn moment(at: UnixSeconds, now: UnixSeconds, language: Language) -> String {
    let (at, now) = (date(at), date(now));
    let written = |pairs: &[(&str, &str)]| format(&DateTimeFormat::new(&locale(language), &options(pairs)).format(), &at);
    let midnight = |date: &Date| {
        let day = Date::new(&JsValue::from_f64(date.get_time()));
        day.set_hours(0);
        day.set_minutes(0);
        day.set_seconds(0);
        day.set_milliseconds(0);
        day.get_time()
    };
    // Days with a change of clocks have 23 or 25 hours.
    let days = ((midnight(&at) - midnight(&now)) / 86_400_000.0).round();
    let hour = [("hour", "2-digit"), ("minute", "2-digit")];
    if days == 0.0 {
        return written(&hour);
    }
    if days.abs() < 1.5 {
        return format!("{}, {}", relative(days, "day", language), written(&hour));
    }
    written(&[("dateStyle", "medium"), ("timeStyle", "short")])
}

fn relative(value: f64, unit: &str, language: Language) -> String {
    let names = options(&[("numeric", "auto"), ("style", "short")]);
    RelativeTimeFormat::new(&locale(language), &names).format(value, unit).into()
}

#[expect(clippy::cast_precision_loss, reason = "ages fit a double")]
fn ago(seconds: i64, language: Language) -> String {
    let seconds = seconds.max(0);
    let (value, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    relative(-(value as f64), unit, language)
}

#[expect(clippy::cast_precision_loss, reason = "spans fit a double")]
fn span(seconds: u64, language: Language) -> String {
    let (value, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..7200 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    let unit = options(&[("style", "unit"), ("unit", unit), ("unitDisplay", "short")]);
    format(&NumberFormat::new(&locale(language), &unit).format(), &JsValue::from_f64(value as f64))
}

#[expect(clippy::cast_precision_loss, reason = "counts fit a double")]
fn number(value: u64, language: Language) -> String {
    format(&NumberFormat::new(&locale(language), &Object::new()).format(), &JsValue::from_f64(value as f64))
}

#[expect(clippy::cast_precision_loss, reason = "counts fit a double")]
fn plural(value: u64, language: Language) -> &'static str {
    let category: String = PluralRules::new(&locale(language), &Object::new()).select(value as f64).into();
    // English and German have no other category for whole numbers.
    if category == "one" { "one" } else { "other" }
}
