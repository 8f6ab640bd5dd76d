//! Threads at work at the same time: each on a processor of its own. A system that lets two of them take turns on one, as it does
//! if others keep the second one busy, would measure maps that nobody shares.

use std::thread;

/// Runs `work` on each of `parts` in a thread of its own, and hands over what each made of it.
pub(crate) fn each<P: Sync, R: Send>(parts: &[P], work: impl Fn(&P) -> R + Sync) -> Vec<R> {
    // Of a system that names none, it is as the system likes.
    let mut cores = core_affinity::get_core_ids()
        .unwrap_or_default()
        .into_iter();
    thread::scope(|threads| {
        let work = &work;
        let threads: Vec<_> = parts
            .iter()
            .map(|part| {
                let core = cores.next();
                threads.spawn(move || {
                    core.map(core_affinity::set_for_current);
                    work(part)
                })
            })
            .collect();
        let done = threads.into_iter().map(|thread| thread.join());
        done.map(|done| done.expect("no map panics")).collect()
    })
}
