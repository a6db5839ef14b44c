//! What follows from a seed.

use std::collections::BTreeSet;

use crate::plan::{Act, Kind, LOAD_MS, Plan};
use crate::subject::Promises;

const ALL: Promises = Promises::ALL;

#[test]
fn a_seed_is_one_schedule() {
    assert_eq!(Plan::new(17, ALL), Plan::new(17, ALL));
    assert_ne!(Plan::new(17, ALL).steps, Plan::new(18, ALL).steps);
    for seed in 1..100 {
        let plan = Plan::new(seed, ALL);
        assert!(plan.steps.iter().all(|step| step.at_ms <= LOAD_MS));
        assert!(plan.steps.is_sorted_by_key(|step| step.at_ms));
    }
}

#[test]
fn a_dozen_runs_have_every_kind_of_fault() {
    let drawn = (1..=12).flat_map(|seed| Plan::new(seed, ALL).kinds);
    let drawn: BTreeSet<Kind> = drawn.collect();
    assert_eq!(drawn, BTreeSet::from(Kind::ALL));
}

#[test]
fn each_third_run_has_one_kind_alone() {
    for seed in 1..100 {
        let kinds = Plan::new(seed, ALL).kinds.len();
        assert_eq!(kinds == 1, seed % 3 == 0, "{seed}");
    }
}

#[test]
fn a_system_without_points_is_not_told_to_die_at_one() {
    let without = Promises {
        points: false,
        ..ALL
    };
    for seed in 1..100 {
        let plan = Plan::new(seed, without);
        assert!(plan.arms.is_empty() && !plan.old, "{plan}");
    }
}

#[test]
fn a_lying_disk_meets_a_power_failure() {
    let plan = Plan::with_lying_disk(3, ALL);
    let is_power = |act: &Act| matches!(act, Act::Power { .. });
    assert!(plan.lies && plan.shim && plan.steps.iter().any(|step| is_power(&step.act)));
}
