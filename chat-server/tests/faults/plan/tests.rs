//! What follows from a seed.

use std::collections::BTreeSet;

use crate::plan::{Act, Kind, LOAD_MS, Plan, Setting, Trouble};
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

#[test]
fn six_runs_of_several_servers_have_every_kind_that_one_server_cannot_have() {
    let only_several = &Kind::OF_SEVERAL[..12];
    let drawn = (1..=6).flat_map(|seed| Plan::of_several(seed, Setting::SEVERAL).kinds);
    let drawn: BTreeSet<Kind> = drawn.collect();
    for kind in only_several {
        assert!(drawn.contains(kind), "{}", kind.name());
    }
    for seed in 1..100 {
        let plan = Plan::of_several(seed, Setting::SEVERAL);
        assert_eq!(plan, Plan::of_several(seed, Setting::SEVERAL));
        assert_eq!(plan.kinds.len() == 1, seed % 3 == 0, "{seed}");
        assert!(plan.steps.is_sorted_by_key(|step| step.at_ms));
        assert!(!plan.shim && plan.arms.is_empty());
    }
}

#[test]
fn every_server_has_its_turn() {
    let steps = (1..100).flat_map(|seed| Plan::of_several(seed, Setting::SEVERAL).steps);
    let killed = steps.filter_map(|step| match step.act {
        Act::Kill { node, .. } => Some(node),
        _ => None,
    });
    assert_eq!(killed.collect::<BTreeSet<_>>(), BTreeSet::from([0, 1, 2]));
}

#[test]
fn a_lag_comes_alone() {
    let plan = Plan::of_lag(3, Setting::SEVERAL);
    let troubles = plan.steps.iter().filter_map(|step| match step.act {
        Act::Say { .. } | Act::Type { .. } => None,
        other => Some(other),
    });
    let troubles: Vec<Act> = troubles.collect();
    assert!(matches!(troubles[..], [Act::Around(Trouble::Lag { .. })]));
    assert!(plan.setting.unwrap().keeps_tail());
    assert!(!Setting::WITHOUT_REPLICAS.keeps_tail());
}
