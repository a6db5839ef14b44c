use proptest::prelude::*;

use super::requests;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_requests_break_the_engine(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        requests(&bytes);
    }
}
