//! What was measured, as a picture: how many times the limit's cost each server has, for each piece of work.

use std::fmt::Write as _;

use crate::report::{Measured, number};
use crate::rows::Goal;

/// The figures that are drawn, where the limit stands beside them.
const DRAWN: &[&str] = &[
    "deliveries a second",
    "CPU a delivery",
    "memory a connection",
    "CPU a join",
];

/// One colour a server, told apart by people who see few colours too; ours first.
const COLOURS: &[&str] = &["#1b4f8f", "#e69f00", "#56b4e9", "#8a8a8a", "#cc79a7"];

const WIDTH: f64 = 900.0;
const LEFT: f64 = 300.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 78.0;
const BAR: f64 = 11.0;
const GAP: f64 = 14.0;

/// Costs at the ends of the axis, in times the limit's.
const AXIS: (f64, f64) = (0.5, 200.0);

const TICKS: &[f64] = &[0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];

/// One figure of one piece of work.
struct Group<'a> {
    title: &'a str,
    figure: &'a str,
    /// By server; nothing where one did not take part.
    costs: Vec<Option<f64>>,
    goal: Option<f64>,
}

/// The picture; `servers` are ours and the others, in the order of the table.
pub(crate) fn svg(measured: &[Measured], servers: &[&str]) -> String {
    let groups: Vec<Group<'_>> = measured
        .iter()
        .filter(|measured| measured.row.reference == "limit")
        .flat_map(groups)
        .collect();
    let bars: usize = groups
        .iter()
        .map(|group| group.costs.iter().flatten().count())
        .sum();
    let height = TOP + bars as f64 * BAR + groups.len() as f64 * GAP + 30.0;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0}" font-family="system-ui, sans-serif" font-size="11" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
<text x="16" y="24" font-size="16" font-weight="600">Cost in times the limit's (1: a bare loop of writes; shorter is better)</text>
"##
    );
    legend(&mut svg, servers);
    for tick in TICKS {
        let x = place(*tick);
        let (colour, dash) = if (tick - 1.0).abs() < 1e-6 {
            ("#222", "none")
        } else {
            ("#ddd", "2 3")
        };
        writeln!(
            svg,
            r#"<path d="M{x:.1} {:.1}V{:.1}" stroke="{colour}" stroke-dasharray="{dash}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{tick}</text>"#,
            TOP - 8.0, height - 24.0, height - 10.0
        )
        .unwrap();
    }
    let mut y = TOP;
    let mut title = "";
    for group in &groups {
        draw(&mut svg, group, group.title != title, y);
        title = group.title;
        y += group.costs.iter().flatten().count() as f64 * BAR + GAP;
    }
    svg + "</svg>\n"
}

fn groups(measured: &Measured) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    for (at, figure) in measured.row.figures.iter().enumerate() {
        if !DRAWN.contains(&figure.what) {
            continue;
        }
        let reference = measured.reference[at];
        let more_is_better = figure.what == "deliveries a second";
        let cost = |value: f64| {
            let ratio = value / reference;
            if more_is_better { 1.0 / ratio } else { ratio }
        };
        let others = measured
            .peers
            .iter()
            .map(|peer| peer.as_ref().map(|values| cost(values[at])));
        groups.push(Group {
            title: &measured.row.title,
            figure: figure.what,
            costs: std::iter::once(Some(cost(measured.ours[at])))
                .chain(others)
                .collect(),
            goal: match figure.goal {
                Goal::None => None,
                Goal::AtMost(most) => Some(most / reference),
                Goal::RatioAtMost(most) => Some(most),
                Goal::RatioAtLeast(least) => Some(1.0 / least),
            },
        });
    }
    groups
}

fn legend(svg: &mut String, servers: &[&str]) {
    let mut x = 16.0;
    for (server, colour) in servers.iter().zip(COLOURS) {
        writeln!(
            svg,
            r#"<rect x="{x:.0}" y="38" width="10" height="10" fill="{colour}"/><text x="{:.0}" y="47">{server}</text>"#,
            x + 15.0
        )
        .unwrap();
        x += 36.0 + server.len() as f64 * 6.5;
    }
    writeln!(svg, r##"<path d="M{:.0} 36v14" stroke="#d02020" stroke-width="2"/><text x="{:.0}" y="47">goal</text>"##, x + 4.0, x + 12.0)
        .unwrap();
}

fn draw(svg: &mut String, group: &Group<'_>, is_new: bool, mut y: f64) {
    if is_new {
        writeln!(
            svg,
            r#"<text x="16" y="{:.1}" font-weight="600">{}</text>"#,
            y - 2.0,
            group.title
        )
        .unwrap();
    }
    writeln!(
        svg,
        r#"<text x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
        LEFT - 8.0,
        y + 9.0,
        group.figure
    )
    .unwrap();
    let begin = place(AXIS.0);
    for (cost, colour) in group.costs.iter().zip(COLOURS) {
        let Some(cost) = *cost else { continue };
        let end = place(cost);
        writeln!(
            svg,
            r#"<rect x="{begin:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{colour}"/><text x="{:.1}" y="{:.1}" font-size="9">{}</text>"#,
            end - begin, BAR - 1.0, end + 4.0, y + 8.5, number(cost)
        )
        .unwrap();
        y += BAR;
    }
    if let Some(goal) = group.goal {
        let top = y - group.costs.iter().flatten().count() as f64 * BAR;
        writeln!(
            svg,
            r##"<path d="M{:.1} {:.1}v{BAR}" stroke="#d02020" stroke-width="2"/>"##,
            place(goal),
            top - 0.5
        )
        .unwrap();
    }
}

/// Where a cost stands on the axis, which is logarithmic.
fn place(cost: f64) -> f64 {
    let (low, high) = AXIS;
    let share = (cost.clamp(low, high) / low).ln() / (high / low).ln();
    LEFT + share * (WIDTH - LEFT - RIGHT)
}
