use proptest::prelude::*;

use super::client;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_server_breaks_the_screen(bytes in prop::collection::vec(any::<u8>(), 0..1_500)) {
        client(&bytes);
    }
}
