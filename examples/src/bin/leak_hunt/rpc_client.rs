//! A payment provider's client. All calls share one connection; each waits in a table until the
//! answer with its id comes in.

use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::sync::oneshot;

use crate::{
    hunt::{Case, InUse, hunt},
    simulated::Hours,
};

const TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CallId(u64);

#[derive(Debug)]
enum Answer {
    Authorized,
    Declined,
}

#[derive(Debug)]
struct Call {
    cents: u32,
    caller: oneshot::Sender<Answer>,
}

#[mapkeeper::tracked]
#[derive(Debug, Default)]
struct RpcClient {
    /// Calls on the wire, by the id that their answer will carry.
    #[map]
    pending: FxHashMap<CallId, Call>,
    last_id: u64,
    /// Money that was authorized when nobody waited for it any more.
    to_refund: u64,
    /// Release 3.2. Before it, a call that timed out stayed: its answer might come yet, and the
    /// money would have to be refunded. Some answers never come.
    settles_timeouts: bool,
}

impl RpcClient {
    fn authorize(&mut self, cents: u32) -> (CallId, oneshot::Receiver<Answer>) {
        self.last_id += 1;
        let id = CallId(self.last_id);
        let (caller, answer) = oneshot::channel();
        self.pending.insert(id, Call { cents, caller });
        (id, answer)
    }

    /// An answer came in.
    fn on_answer(&mut self, id: CallId, answer: Answer) {
        let Some(call) = self.pending.remove(&id) else {
            return;
        };
        if let Err(Answer::Authorized) = call.caller.send(answer) {
            self.to_refund += u64::from(call.cents);
        }
    }

    /// The caller has waited for [`TIMEOUT`] and gave up.
    fn on_timeout(&mut self, id: CallId) {
        if self.settles_timeouts {
            self.pending.remove(&id);
        }
    }

    /// Forgets the calls whose caller is gone.
    fn purge(&mut self) -> usize {
        let before = self.pending.len();
        self.pending.retain(|_, call| !call.caller.is_closed());
        before - self.pending.len()
    }
}

pub(crate) const CASE: Case = Case {
    name: "rpc-client",
    leak: "the timeout path forgets",
    service: "A payment provider's client: each call waits in a table until the answer with its id comes.",
    fix: "release 3.2 removes calls that time out",
    map: "RpcClient.pending",
    file: "rpc_client.rs",
    source: include_str!("rpc_client.rs"),
    insertion: "self.pending.insert(id",
    hunt: hunt::<Checkout>,
};

/// A shop's checkout: half of its payments are answered within 0.2 s, a few too late, and one in
/// fifty never.
struct Checkout {
    client: RpcClient,
    waiting: FxHashMap<CallId, oneshot::Receiver<Answer>>,
}

const PAYMENTS_PER_HOUR: f64 = 40_000.0;
const NEVER_ANSWERED: f64 = 0.02;

pub(crate) enum Payment {
    Due,
    Answered(CallId),
    TimedOut(CallId),
}

impl InUse for Checkout {
    type Event = Payment;

    fn opens(hours: &mut Hours<Payment>) -> Self {
        hours.arrives(PAYMENTS_PER_HOUR, Payment::Due);
        Self {
            client: RpcClient::default(),
            waiting: FxHashMap::default(),
        }
    }

    fn happens(&mut self, event: Payment, hours: &mut Hours<Payment>) {
        match event {
            Payment::Due => {
                let (id, answer) = self.client.authorize(1 + hours.below(20_000));
                self.waiting.insert(id, answer);
                let takes = hours.takes(0.2, 1.2);
                let lost = hours.chance(NEVER_ANSWERED);
                if !lost {
                    hours.after(takes, Payment::Answered(id));
                }
                if lost || takes > TIMEOUT {
                    hours.after(TIMEOUT, Payment::TimedOut(id));
                }
                hours.arrives(PAYMENTS_PER_HOUR, Payment::Due);
            }
            Payment::Answered(id) => {
                let answer = if hours.chance(0.05) {
                    Answer::Declined
                } else {
                    Answer::Authorized
                };
                self.client.on_answer(id, answer);
                self.waiting.remove(&id);
            }
            Payment::TimedOut(id) => {
                self.waiting.remove(&id);
                self.client.on_timeout(id);
            }
        }
    }

    fn fix(&mut self) -> usize {
        self.client.settles_timeouts = true;
        self.client.purge()
    }
}
