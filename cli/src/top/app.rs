//! What is on the screen and what keys do to it; it asks nothing and draws nothing.

use std::time::{Duration, Instant};

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{
    data::{OneSite, Seen, Suspect, Wanted, Which},
    poller::News,
};

/// How long it is said that the program was restarted.
const TOLD_FOR: Duration = Duration::from_secs(15);

/// A line of the first screen that can be opened: by what it is called, for lines move.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pick {
    /// A suspect's fingerprint.
    Suspect(String),
    /// A map's id.
    Map(String),
}

/// What is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Screen {
    All,
    Site,
    /// The suspect with this fingerprint.
    Suspect(String),
}

/// What a key asks of those around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    Nothing,
    /// Something else is wanted now.
    Ask,
    Quit,
    /// Ctrl-C.
    Interrupt,
}

pub(crate) struct App {
    pub(crate) address: String,
    pub(crate) seen: Seen,
    pub(crate) wanted: Wanted,
    pub(crate) screen: Screen,
    pub(crate) pick: Option<Pick>,
    /// Lines that the particulars are scrolled by.
    pub(crate) scroll: usize,
    pub(crate) is_typing: bool,
    pub(crate) is_paused: bool,
    pub(crate) shows_help: bool,
    /// Since when there has been no answer, and why.
    pub(crate) lost: Option<(Instant, String)>,
    restarted: Option<Instant>,
    /// Lines of the particulars, and of the room for them, when they were last drawn.
    pub(crate) lines: usize,
    pub(crate) room: usize,
}

impl App {
    pub(crate) fn new(address: &str, seen: Seen, wanted: Wanted) -> Self {
        let mut app = Self {
            address: address.to_owned(),
            seen,
            wanted,
            screen: Screen::All,
            pick: None,
            scroll: 0,
            is_typing: false,
            is_paused: false,
            shows_help: false,
            lost: None,
            restarted: None,
            lines: 0,
            room: 1,
        };
        app.pick = app.picks().into_iter().next();
        app
    }

    /// Takes what the inspector said; while paused, only what was asked for since.
    pub(crate) fn news(&mut self, news: News, now: Instant) {
        let seen = match news {
            Ok(seen) => *seen,
            Err(fault) => {
                let since = self.lost.take().map_or(now, |(since, _)| since);
                self.lost = Some((since, fault.to_string()));
                return;
            }
        };
        self.lost = None;
        let (was, is) = (&self.seen.summary, &seen.summary);
        if was.process != is.process || is.at_ms < was.at_ms {
            self.restarted = Some(now);
        }
        if self.is_paused {
            if seen.site.is_some() {
                self.seen.site = seen.site;
            }
            return;
        }
        let places = self.picks();
        self.seen = seen;
        self.keep_pick(&places);
    }

    /// Whether the program was restarted a moment ago.
    pub(crate) fn was_restarted(&self, now: Instant) -> bool {
        let since = self.restarted.map(|at| now.saturating_duration_since(at));
        since.is_some_and(|since| since < TOLD_FOR)
    }

    /// What stands on the first screen, from top to bottom.
    pub(crate) fn picks(&self) -> Vec<Pick> {
        let suspects = self.suspects();
        let suspects = suspects.map(|suspect| Pick::Suspect(suspect.fingerprint.clone()));
        let maps = self.seen.rows.items.iter();
        suspects
            .chain(maps.map(|row| Pick::Map(row.id.clone())))
            .collect()
    }

    /// Those whose map passes the filter.
    pub(crate) fn suspects(&self) -> impl Iterator<Item = &Suspect> {
        let filter = self.wanted.filter.to_lowercase();
        self.seen.suspects.items.iter().filter(move |suspect| {
            let name = format!("{}::{}", suspect.module, suspect.site);
            name.to_lowercase().contains(&filter)
        })
    }

    /// The suspect whose particulars are shown, as long as it is one.
    pub(crate) fn suspect(&self) -> Option<&Suspect> {
        let Screen::Suspect(fingerprint) = &self.screen else {
            return None;
        };
        let mut all = self.seen.suspects.items.iter();
        all.find(|suspect| suspect.fingerprint == *fingerprint)
    }

    /// The suspect that is picked, or the first one of the map that is.
    pub(crate) fn suspect_picked(&self) -> Option<&Suspect> {
        match self.pick.as_ref()? {
            Pick::Suspect(fingerprint) => self.suspects().find(|of| of.fingerprint == *fingerprint),
            Pick::Map(id) => {
                let map = self.map(id)?;
                self.suspects()
                    .find(|of| (&of.site, &of.module) == (&map.site, &map.module))
            }
        }
    }

    /// The map whose particulars are shown, once they are here.
    pub(crate) fn site(&self) -> Option<&OneSite> {
        let which = self.wanted.site.as_ref()?;
        // What comes first after a key may be that of before.
        self.seen
            .site
            .as_ref()
            .filter(|one| (&one.site.site, &one.site.module) == (&which.site, &which.module))
    }

    /// The line that was picked may be gone: then the one in its place is.
    fn keep_pick(&mut self, places: &[Pick]) {
        let picks = self.picks();
        let is_there = self.pick.as_ref().is_some_and(|pick| picks.contains(pick));
        if !is_there {
            let place = places.iter().position(|of| Some(of) == self.pick.as_ref());
            let place = place.unwrap_or(0).min(picks.len().saturating_sub(1));
            self.pick = picks.into_iter().nth(place);
        }
    }

    pub(crate) fn key(&mut self, key: KeyEvent) -> Then {
        if key.kind == KeyEventKind::Release {
            return Then::Nothing;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c') => Then::Interrupt,
                _ => Then::Nothing,
            };
        }
        if self.is_typing {
            return self.typed(key.code);
        }
        if self.shows_help {
            self.shows_help = false;
            return match key.code {
                KeyCode::Char('q') => Then::Quit,
                _ => Then::Nothing,
            };
        }
        match key.code {
            KeyCode::Char('q') => return Then::Quit,
            KeyCode::Char('?') | KeyCode::F(1) => self.shows_help = true,
            KeyCode::Char('p' | ' ') => return self.pause(),
            KeyCode::Up | KeyCode::Char('k') => self.step(-1),
            KeyCode::Down | KeyCode::Char('j') => self.step(1),
            KeyCode::PageUp => self.step(-(self.room as isize)),
            KeyCode::PageDown => self.step(self.room as isize),
            KeyCode::Home | KeyCode::Char('g') => self.step(isize::MIN),
            KeyCode::End | KeyCode::Char('G') => self.step(isize::MAX),
            KeyCode::Esc | KeyCode::Backspace | KeyCode::Left | KeyCode::Char('h') => {
                return self.back();
            }
            KeyCode::Enter | KeyCode::Right | KeyCode::Char('l') => return self.open(),
            _ if self.screen == Screen::All => return self.on_all(key.code),
            _ => {}
        }
        Then::Nothing
    }

    /// Keys of the first screen alone.
    fn on_all(&mut self, key: KeyCode) -> Then {
        match key {
            KeyCode::Tab => self.other_list(),
            KeyCode::Char('/') => self.is_typing = true,
            KeyCode::Char('s' | '>') => return self.sort_by(self.wanted.sort.next()),
            KeyCode::Char('S' | '<') => return self.sort_by(self.wanted.sort.previous()),
            KeyCode::Char('r') => {
                self.wanted.ascending = !self.wanted.ascending;
                return self.sorted();
            }
            _ => {}
        }
        Then::Nothing
    }

    fn sort_by(&mut self, sort: super::sort::Sort) -> Then {
        self.wanted.sort = sort;
        self.wanted.ascending = sort.is_ascending_first();
        self.sorted()
    }

    /// At once, as far as the rows are here.
    fn sorted(&mut self) -> Then {
        let Wanted {
            sort, ascending, ..
        } = self.wanted;
        sort.apply(&mut self.seen.rows.items, ascending);
        Then::Ask
    }

    fn typed(&mut self, key: KeyCode) -> Then {
        let filter = &mut self.wanted.filter;
        match key {
            KeyCode::Enter => self.is_typing = false,
            KeyCode::Esc => {
                self.is_typing = false;
                filter.clear();
                return Then::Ask;
            }
            KeyCode::Backspace => {
                filter.pop();
                return Then::Ask;
            }
            KeyCode::Char(c) if filter.len() < 64 && !c.is_control() => {
                filter.push(c);
                return Then::Ask;
            }
            _ => {}
        }
        Then::Nothing
    }

    fn pause(&mut self) -> Then {
        self.is_paused = !self.is_paused;
        if self.is_paused {
            Then::Nothing
        } else {
            Then::Ask
        }
    }

    fn step(&mut self, by: isize) {
        if self.screen == Screen::All {
            let picks = self.picks();
            let at = picks.iter().position(|of| Some(of) == self.pick.as_ref());
            let last = picks.len().saturating_sub(1);
            let to = at.unwrap_or(0).saturating_add_signed(by).min(last);
            self.pick = picks.into_iter().nth(to);
        } else {
            let last = self.lines.saturating_sub(self.room);
            self.scroll = self.scroll.min(last).saturating_add_signed(by).min(last);
        }
    }

    /// From suspects to maps, or back.
    fn other_list(&mut self) {
        let on_suspects = matches!(self.pick, Some(Pick::Suspect(_)));
        let is_other = |pick: &Pick| matches!(pick, Pick::Map(_)) == on_suspects;
        if let Some(other) = self.picks().into_iter().find(is_other) {
            self.pick = Some(other);
        }
    }

    /// Opens what is picked; of a suspect, its map.
    fn open(&mut self) -> Then {
        let (screen, site) = match (&self.screen, &self.pick) {
            (Screen::All, Some(Pick::Map(id))) => (Screen::Site, self.map(id)),
            (Screen::All, Some(Pick::Suspect(fingerprint))) => {
                let screen = Screen::Suspect(fingerprint.clone());
                (screen, self.map_of(fingerprint))
            }
            (Screen::Suspect(_), _) => (Screen::Site, self.wanted.site.clone()),
            _ => return Then::Nothing,
        };
        self.screen = screen;
        self.scroll = 0;
        if self.wanted.site != site {
            self.seen.site = None;
            self.wanted.site = site;
        }
        Then::Ask
    }

    fn back(&mut self) -> Then {
        self.scroll = 0;
        match (&self.screen, &self.pick) {
            (Screen::All, _) if self.wanted.filter.is_empty() => return Then::Nothing,
            (Screen::All, _) => self.wanted.filter.clear(),
            (Screen::Site, Some(Pick::Suspect(fingerprint))) => {
                self.screen = Screen::Suspect(fingerprint.clone());
                return Then::Nothing;
            }
            _ => {
                self.screen = Screen::All;
                self.wanted.site = None;
            }
        }
        Then::Ask
    }

    fn map(&self, id: &str) -> Option<Which> {
        let row = self.seen.rows.items.iter().find(|row| row.id == id)?;
        Some(Which {
            site: row.site.clone(),
            module: row.module.clone(),
            id: Some(row.id.clone()),
        })
    }

    /// The map of a suspect, which need not be among the rows.
    fn map_of(&self, fingerprint: &str) -> Option<Which> {
        let suspect = self.suspects().find(|of| of.fingerprint == fingerprint)?;
        let mut which = Which {
            site: suspect.site.clone(),
            module: suspect.module.clone(),
            id: None,
        };
        let row = self.seen.rows.items.iter().find(|row| which.is_in(row));
        which.id = row.map(|row| row.id.clone());
        Some(which)
    }
}
