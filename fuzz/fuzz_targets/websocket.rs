#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chat_server::fuzzing::websocket(bytes));
