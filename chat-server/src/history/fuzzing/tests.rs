use proptest::prelude::*;

use super::open;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases / 2,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_damage_is_more_than_a_sentence(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        open(&bytes);
    }
}
