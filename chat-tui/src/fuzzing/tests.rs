use proptest::prelude::*;

use super::{client, lines};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_server_breaks_the_screen(bytes in prop::collection::vec(any::<u8>(), 0..1_500)) {
        client(&bytes);
    }

    #[test]
    fn t40_no_server_breaks_what_is_said_line_by_line(bytes in prop::collection::vec(any::<u8>(), 0..1_500)) {
        lines(&bytes);
    }
}
