//! What the hunt prints: a heading and a story for each case; progress on a terminal only.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::hunt::{Case, Hunt};

/// How far a hunt is, on stderr; drawn on a terminal only.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(case: &Case) -> Self {
        let style =
            ProgressStyle::with_template("{prefix:14} {msg}").expect("the template is valid");
        let bar = ProgressBar::new_spinner()
            .with_style(style)
            .with_prefix(case.name);
        Self(bar)
    }

    /// The service has been running for so long.
    pub(crate) fn at(&self, time: Duration) {
        self.0.set_message(clock(time));
        self.0.tick();
    }

    pub(crate) fn finish(self) {
        self.0.finish_and_clear();
    }
}

pub(crate) fn heading(case: &Case) -> String {
    let title = format!("{}: {}", case.name, case.leak);
    let rule = "=".repeat(title.chars().count());
    format!("{title}\n{rule}\n{}\n", case.service)
}

/// When it was found, what mapkeeper says of it, when it was fixed and when the suspect went.
pub(crate) fn story(case: &Case, hunt: &Hunt) -> String {
    let Some(found) = &hunt.found else {
        return "nothing was suspected\n".to_owned();
    };
    let mut text = format!(
        "{}  suspected: {} holds {} of {} entries\n\n{}\n",
        clock(found.after),
        case.map,
        HumanCount(found.held),
        HumanCount(found.inserted),
        found.suspect
    );
    if let Some(fixed) = &hunt.fixed {
        text += &format!(
            "{}  fixed: {}; {} entries purged\n",
            clock(fixed.after),
            case.fix,
            HumanCount(fixed.purged as u64)
        );
        text += &match fixed.gone {
            Some(gone) => format!(
                "{}  suspect gone, and not back until {}\n",
                clock(gone),
                clock(fixed.quiet_until)
            ),
            None => format!("{}  still suspected\n", clock(fixed.quiet_until)),
        };
    }
    text
}

/// `3 h 05 min`.
fn clock(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    format!("{:2} h {:02} min", minutes / 60, minutes % 60)
}
