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
const LEFT: f64 = 150.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 62.0;
const BAR: f64 = 11.0;

/// Of a title that the lines of the axis run through.
const HALO: &str = "font-weight='600' stroke='#fff' stroke-width='4' paint-order='stroke'";

/// Costs that stand at the axis, in times the limit's; its ends are the first and the last.
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
    let beside_limit = |measured: &&Measured| measured.row.reference == "limit";
    let (mut bars, mut y, mut title) = (String::new(), TOP, "");
    for group in measured.iter().filter(beside_limit).flat_map(groups) {
        if group.title != title {
            y += 24.0;
            text(&mut bars, 16.0, y - 5.0, HALO, group.title);
            title = group.title;
        }
        y = draw(&mut bars, &group, y) + 5.0;
    }
    let height = y + 30.0;
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height:.0}' font-family='system-ui, sans-serif' font-size='11' fill='#222'>\n\
         <rect width='100%' height='100%' fill='#fff'/>\n"
    );
    let heading = "Cost in times that of a bare loop of writes (1); shorter is better";
    text(
        &mut svg,
        16.0,
        24.0,
        "font-size='16' font-weight='600'",
        heading,
    );
    legend(&mut svg, servers);
    for tick in TICKS {
        let (x, end) = (place(*tick), height - 24.0);
        let colour = if (tick - 1.0).abs() < 1e-6 {
            "#222"
        } else {
            "#ddd"
        };
        writeln!(svg, "<path d='M{x:.1} {TOP}V{end:.1}' stroke='{colour}'/>").unwrap();
        text(
            &mut svg,
            x,
            end + 14.0,
            "text-anchor='middle'",
            &tick.to_string(),
        );
    }
    svg + &bars + "</svg>\n"
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
        bar(svg, x, 38.0, 10.0, colour);
        text(svg, x + 15.0, 47.0, "", server);
        x += 36.0 + server.len() as f64 * 6.5;
    }
    mark(svg, x + 4.0, 36.0);
    text(svg, x + 12.0, 47.0, "", "goal");
}

/// Draws a group at `y`; gives where it ends.
fn draw(svg: &mut String, group: &Group<'_>, mut y: f64) -> f64 {
    text(svg, LEFT - 8.0, y + 9.0, "text-anchor='end'", group.figure);
    let top = y;
    for (cost, colour) in group.costs.iter().zip(COLOURS) {
        let Some(cost) = *cost else { continue };
        bar(svg, LEFT, y, place(cost) - LEFT, colour);
        let label = number(cost);
        text(svg, place(cost) + 4.0, y + 8.5, "font-size='9'", &label);
        y += BAR;
    }
    if let Some(goal) = group.goal {
        mark(svg, place(goal), top - 1.0);
    }
    y
}

fn text(svg: &mut String, x: f64, y: f64, style: &str, text: &str) {
    writeln!(svg, "<text x='{x:.1}' y='{y:.1}' {style}>{text}</text>").unwrap();
}

fn bar(svg: &mut String, x: f64, y: f64, width: f64, colour: &str) {
    let height = BAR - 1.0;
    writeln!(
        svg,
        "<rect x='{x:.1}' y='{y:.1}' width='{width:.1}' height='{height}' fill='{colour}'/>"
    )
    .unwrap();
}

fn mark(svg: &mut String, x: f64, y: f64) {
    writeln!(
        svg,
        "<path d='M{x:.1} {y:.1}v{:.1}' stroke='#d02020' stroke-width='2'/>",
        BAR + 1.0
    )
    .unwrap();
}

/// Where a cost stands on the axis, which is logarithmic.
fn place(cost: f64) -> f64 {
    let (low, high) = (TICKS[0], TICKS[TICKS.len() - 1]);
    let share = (cost.clamp(low, high) / low).ln() / (high / low).ln();
    LEFT + share * (WIDTH - LEFT - RIGHT)
}
