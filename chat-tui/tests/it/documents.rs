//! The documents say of the real program what it has.

use std::process::Command;

use crate::flags::check_flags;
use crate::line::PROGRAM;

#[test]
fn they_name_every_flag_of_the_client_and_no_other() {
    let help = |arguments: &[&str]| {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let all = [
        help(&["--help"]),
        help(&["key", "--help"]),
        help(&["config", "--help"]),
    ];
    check_flags("chat-tui", &all.concat());
}
