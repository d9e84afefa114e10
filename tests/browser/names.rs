//! Names mean the same in the browser and in the proxy, although each has tables of its own.

use halo_remote_support::browser::nfkc;
use unicode_normalization::UnicodeNormalization;
use wasm_bindgen_test::wasm_bindgen_test;

/// Every character at once; a separator that normalisation leaves alone keeps them apart.
fn normalised(normalise: impl Fn(&str) -> String) -> Vec<String> {
    let all: String = ('\u{1}'..=char::MAX).filter(|c| *c != '\u{2}').flat_map(|c| ['\u{2}', c]).collect();
    normalise(&all).split('\u{2}').skip(1).map(str::to_owned).collect()
}

#[wasm_bindgen_test]
fn browser_and_proxy_normalise_alike_as_far_as_both_know_a_character() {
    let browser = normalised(nfkc);
    let proxy = normalised(|text| text.nfkc().collect());
    assert_eq!(browser.len(), proxy.len());
    let all: Vec<char> = ('\u{1}'..=char::MAX).filter(|c| *c != '\u{2}').collect();
    let mut mapped = 0;
    for (c, (there, here)) in all.into_iter().zip(browser.into_iter().zip(proxy)) {
        let own = c.to_string();
        // The older tables leave a character alone that they do not know yet; nobody makes another of it.
        assert!(there == here || there == own || here == own, "{c:?} is {there:?} in the browser and {here:?} in the proxy");
        mapped += usize::from(there == here && there != own);
    }
    assert!(mapped > 4000, "{mapped} characters were told apart");
}
