//! Figures drawn with characters.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// At most `width` of the values: each stands for as many, and is the last of them.
fn thinned(values: &[u64], width: usize) -> Vec<u64> {
    let step = values.len().div_ceil(width.max(1)).max(1);
    let mut last: Vec<u64> = values.iter().rev().step_by(step).copied().collect();
    last.reverse();
    last
}

/// One line: a bar for each value, the last one to the right; the highest fills the line.
pub(crate) fn spark(values: &[u64], width: usize) -> String {
    bars(values, width, 1).remove(0)
}

/// `height` lines of `width` characters, the top one first.
pub(crate) fn bars(values: &[u64], width: usize, height: usize) -> Vec<String> {
    let values = thinned(values, width);
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let steps = BARS.len() * height;
    // What is not nothing is seen.
    let levels: Vec<usize> = values
        .iter()
        .map(|value| {
            let level = (*value as f64 / most as f64 * steps as f64).round() as usize;
            if *value > 0 { level.max(1) } else { 0 }
        })
        .collect();
    let before = " ".repeat(width - values.len().min(width));
    let line = |row: usize| -> String {
        let below = BARS.len() * (height - 1 - row);
        let bar = |level: &usize| match level.saturating_sub(below) {
            0 => ' ',
            level => BARS[level.min(BARS.len()) - 1],
        };
        before.chars().chain(levels.iter().map(bar)).collect()
    };
    (0..height).map(line).collect()
}

/// What figures were at `width` moments from the first to the last time, of points that are known at uneven times.
pub(crate) fn at_even_times(points: &[(u64, u64)], width: usize) -> Vec<u64> {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let span = u128::from(last.saturating_sub(*first));
    let steps = width.saturating_sub(1).max(1) as u128;
    let mut values = Vec::with_capacity(width);
    let mut known = points.iter().peekable();
    let mut value = 0;
    for step in 0..width as u128 {
        while let Some((at, now)) = known.peek() {
            if u128::from(at.saturating_sub(*first)) * steps > span * step {
                break;
            }
            value = *now;
            known.next();
        }
        values.push(value);
    }
    values
}

/// A bar to the right, of a part from 0 to 1 of `width` characters.
pub(crate) fn bar(part: f64, width: usize) -> String {
    const PARTS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
    let eighths = (part.clamp(0.0, 1.0) * (width * 8) as f64).round() as usize;
    let eighths = if part > 0.0 { eighths.max(1) } else { 0 };
    let mut text = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        text.push(PARTS[eighths % 8 - 1]);
    }
    text
}
