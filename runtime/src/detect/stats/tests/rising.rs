//! How sure it is that figures rise, against all orders they can have.

use super::*;

/// How much more often a later figure is greater than less.
fn score(figures: &[f64]) -> i64 {
    let mut score = 0;
    for later in 1..figures.len() {
        for earlier in 0..later {
            let rise = figures[later] - figures[earlier];
            score += i64::from(rise > 0.0) - i64::from(rise < 0.0);
        }
    }
    score
}

/// Every order of the figures, one for each call (Heap's algorithm).
fn in_every_order(figures: &mut [f64], n: usize, see: &mut dyn FnMut(&[f64])) {
    if n <= 1 {
        return see(figures);
    }
    for i in 0..n {
        in_every_order(figures, n - 1, see);
        let other = if n.is_multiple_of(2) { i } else { 0 };
        figures.swap(other, n - 1);
    }
}

/// For each score that eight figures can have: the share of orders with that score or a greater one, and one such order.
fn exact_distribution(mut figures: [f64; 8]) -> Vec<(i64, f64, Vec<f64>)> {
    let mut of_score = std::collections::BTreeMap::new();
    let mut orders = 0;
    in_every_order(&mut figures, 8, &mut |order| {
        orders += 1;
        let entry = of_score.entry(score(order)).or_insert((0, order.to_vec()));
        entry.0 += 1;
    });
    assert_eq!(orders, 40_320);
    let mut above = 0;
    let mut distribution: Vec<(i64, f64, Vec<f64>)> = of_score
        .into_iter()
        .rev()
        .map(|(score, (count, order))| {
            above += count;
            (score, f64::from(above) / 40_320.0, order)
        })
        .collect();
    distribution.reverse();
    distribution
}

#[test]
fn a_rise_by_chance_is_as_likely_as_among_all_orders() {
    let distribution = exact_distribution([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    assert_eq!(distribution.len(), 29);
    for (score, exact, order) in distribution {
        let found = rises(&order).unwrap();
        near(found, exact, 0.0065);
        // Where it matters it is not surer than it may be.
        assert!(exact > 0.02 || found > exact, "{score}: {found} < {exact}");
    }
}

#[test]
fn a_rise_among_equal_figures_is_as_likely_as_among_all_orders() {
    for figures in [
        [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0],
        [1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0],
    ] {
        for (score, exact, order) in exact_distribution(figures) {
            let found = rises(&order).unwrap();
            near(found, exact, 0.009);
            assert!(exact > 0.02 || found > exact, "{score}: {found} < {exact}");
        }
    }
}

#[test]
fn a_worked_example_with_equal_figures_has_its_published_certainty() {
    // J. Little's example by hand (mathcs.holycross.edu/~little/Montserrat/MannKendallByHand.txt): S = 54, Z = 2.9058.
    let figures = [
        12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7,
    ];
    assert_eq!(score(&figures), 54);
    near(rises(&figures).unwrap(), normal_above(2.9058), 2e-6);
    near(rises(&figures).unwrap(), 0.0018, 0.00005);
}

#[test]
fn nothing_is_said_of_the_rise_of_too_few_figures() {
    assert_eq!(rises(&[]), None);
    assert_eq!(rises(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), None);
}

#[test]
fn equal_figures_do_not_rise() {
    assert_eq!(rises(&[4.0; 64]), Some(0.5));
    assert!(rises(&[4.0; 8]).unwrap() > 0.4);
}

#[test]
fn what_falls_does_not_rise() {
    let falling: Vec<f64> = (0..20).rev().map(f64::from).collect();
    let rising: Vec<f64> = (0..20).map(f64::from).collect();
    assert!(rises(&falling).unwrap() > 1.0 - 1e-7);
    assert!(rises(&rising).unwrap() < 1e-7);
}
