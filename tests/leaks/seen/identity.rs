//! Who somebody is and what was said already: codes by text message, revoked tokens, calls that must not be made twice,
//! threads of letters.

use crate::{
    service::{Leak, Model, Row, Service, StdMap, Truth},
    sim::{HOUR, Life, Load, MINUTE, Sim, leaky},
};

pub(super) static MODELS: [Model; 5] = [
    Model::of::<Codes<true>>(),
    Model::of::<Codes<false>>(),
    Model::of::<MailThreads>(),
    Model::of::<Revoked>(),
    Model::of::<Idempotency>(),
];

/// Codes that were sent by text message, until they are typed in. They are valid for five minutes, which is looked at
/// when somebody types one.
#[mapkeeper::tracked]
#[derive(Default)]
struct Codes<const BUGGY: bool> {
    #[map]
    sent: StdMap<u64, (u32, u64)>,
}

enum Code {
    Asked,
    Typed(u64),
    Minute,
}

const LOGINS: Load = Load::per_hour(5_000.0).daily(0.8).bursts(480.0, 15.0, 3.0);
const TYPING: Life = Life::log_normal(20.0, 0.8);

impl<const BUGGY: bool> Service for Codes<BUGGY> {
    type Event = Code;
    const NAME: &'static str = if BUGGY {
        "code-never-typed"
    } else {
        "code-expires"
    };
    const ROW: Row = if BUGGY {
        Row::Timeout
    } else {
        Row::Healthy("window")
    };
    const TRUTH: Truth = if BUGGY {
        Truth::Leaks(Leak::of("Codes.sent", 0.12))
    } else {
        Truth::Healthy { at_most: 3_000 }
    };

    fn open(sim: &mut Sim<Code>) -> Self {
        sim.arrive(&LOGINS, Code::Asked);
        sim.round(MINUTE, Code::Minute);
        Self::default()
    }

    fn handle(&mut self, event: Code, sim: &mut Sim<Code>) {
        match event {
            Code::Asked => {
                let (user, code) = (sim.id(), sim.below(1_000_000) as u32);
                leaky!(self.sent.insert(user, (code, sim.now() + 5 * MINUTE)));
                if sim.chance(0.12) {
                    sim.lose(usize::from(BUGGY));
                } else {
                    let takes = sim.draw(&TYPING);
                    sim.after(takes, Code::Typed(user));
                }
                sim.arrive(&LOGINS, Code::Asked);
            }
            Code::Typed(user) => drop(self.sent.remove(&user)),
            Code::Minute => {
                let now = sim.now();
                if !BUGGY {
                    self.sent.retain(|_, (_, valid_until)| *valid_until > now);
                }
                sim.round(MINUTE, Code::Minute);
            }
        }
    }

    fn held(&self) -> usize {
        self.sent.len()
    }
}

/// The thread that each letter belongs to, for the answers that may come. There is no end to that.
#[mapkeeper::tracked]
#[derive(Default)]
struct MailThreads {
    #[map]
    by_letter: StdMap<String, u64>,
}

const LETTERS: Load = Load::per_hour(2_000.0).daily(0.9);

impl Service for MailThreads {
    type Event = ();
    const NAME: &'static str = "letters-by-id";
    const ROW: Row = Row::NeverRemoved;
    const TRUTH: Truth = Truth::Leaks(Leak::of("MailThreads.by_letter", 1.0));

    fn open(sim: &mut Sim<()>) -> Self {
        sim.arrive(&LETTERS, ());
        Self::default()
    }

    fn handle(&mut self, (): (), sim: &mut Sim<()>) {
        let letter = sim.id();
        let answers = format!("<{}@mail.example>", letter - sim.below(2_000));
        let thread = self.by_letter.get(&answers).copied().unwrap_or(letter);
        let name = format!("<{letter}@mail.example>");
        leaky!(self.by_letter.insert(name, thread));
        sim.lose(1);
        sim.arrive(&LETTERS, ());
    }

    fn held(&self) -> usize {
        self.by_letter.len()
    }
}

/// Tokens of those who logged out: remembered until they would have expired, eight hours after they were made.
#[mapkeeper::tracked]
#[derive(Default)]
struct Revoked {
    #[map]
    tokens: StdMap<u128, u64>,
}

enum Session {
    LogsOut,
    Sweep,
}

const LOGOUTS: Load = Load::per_hour(1_200.0).daily(0.5);

impl Service for Revoked {
    type Event = Session;
    const NAME: &'static str = "tokens-revoked";
    const ROW: Row = Row::Healthy("window");
    const TRUTH: Truth = Truth::Healthy { at_most: 15_000 };

    fn open(sim: &mut Sim<Session>) -> Self {
        sim.arrive(&LOGOUTS, Session::LogsOut);
        sim.round(10 * MINUTE, Session::Sweep);
        Self::default()
    }

    fn handle(&mut self, event: Session, sim: &mut Sim<Session>) {
        match event {
            Session::LogsOut => {
                let used_for = sim.draw(&Life::log_normal(1_800.0, 1.2)).min(8 * HOUR);
                let token = u128::from(sim.id()) << 64;
                let expires = sim.now() + 8 * HOUR - used_for;
                self.tokens.insert(token, expires);
                sim.arrive(&LOGOUTS, Session::LogsOut);
            }
            Session::Sweep => {
                let now = sim.now();
                self.tokens.retain(|_, expires| *expires > now);
                // It sweeps for as long as there is something left to do.
                if self.tokens.is_empty() {
                    sim.round(10 * MINUTE, Session::Sweep);
                } else {
                    sim.after(10 * MINUTE, Session::Sweep);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.tokens.len()
    }
}

/// Answers to calls that must not be made twice, each kept for a day; so it is declared.
#[mapkeeper::tracked]
#[derive(Default)]
struct Idempotency {
    #[map(max_age = "25h")]
    answers: StdMap<u64, [u8; 24]>,
}

enum Charge {
    Call,
    Expires(u64),
}

const CHARGES: Load = Load::per_hour(4_000.0).daily(0.7);

impl Service for Idempotency {
    type Event = Charge;
    const NAME: &'static str = "answers-of-a-day";
    const ROW: Row = Row::Healthy("window");
    const TRUTH: Truth = Truth::Healthy { at_most: 130_000 };

    fn open(sim: &mut Sim<Charge>) -> Self {
        sim.arrive(&CHARGES, Charge::Call);
        Self::default()
    }

    fn handle(&mut self, event: Charge, sim: &mut Sim<Charge>) {
        match event {
            Charge::Call => {
                let id = sim.id();
                self.answers.insert(id, [1; 24]);
                sim.after(24 * HOUR, Charge::Expires(id));
                sim.arrive(&CHARGES, Charge::Call);
            }
            Charge::Expires(id) => drop(self.answers.remove(&id)),
        }
    }

    fn held(&self) -> usize {
        self.answers.len()
    }
}
