//! Pairs of UTS 39 against the key of nicks.

use super::super::*;

/// Pairs whose capitals look alike where the small forms do not, so that one place in the key cannot
/// do for both; and three that the skeleton of UTS 39 itself tells apart.
const TOLD_APART: [char; 9] = ['Г', 'Փ', 'Մ', 'Ռ', 'Ի', 'Պ', 'Ő', '郞', '隸'];

#[test]
fn confusable_nicks_collide() {
    let (mut collided, mut refused) = (0, 0);
    for line in include_str!("../../../tests/data/confusables.txt").lines() {
        let Some((source, rest)) = line.split_once(" ;").filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let character =
            |hex: &str| char::from_u32(u32::from_str_radix(hex.trim(), 16).unwrap()).unwrap();
        let source = character(source);
        let target = character(rest.split(';').next().unwrap());
        let nicks = (
            Nick::new(&source.to_string()),
            Nick::new(&target.to_string()),
        );
        if let (Ok(source_nick), Ok(target_nick)) = nicks {
            let collide = source_nick.skeleton() == target_nick.skeleton();
            assert_eq!(collide, !TOLD_APART.contains(&source), "{source} {target}");
            collided += usize::from(collide);
        } else {
            refused += 1;
        }
    }
    assert_eq!((collided, refused), (145, 28));
}
