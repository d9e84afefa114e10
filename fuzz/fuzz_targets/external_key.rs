#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| remote_support_fuzz::external_key(bytes));
