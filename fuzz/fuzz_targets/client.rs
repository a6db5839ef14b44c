#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chat_tui::fuzzing::client(bytes));
