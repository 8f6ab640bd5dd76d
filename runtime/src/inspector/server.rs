//! A thread that serves: it takes connections, a bounded number of them, and gives none of them for ever.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{sleep, timeout},
};

/// Connections at a time; who comes beyond that is turned away.
const CONNECTIONS: usize = 64;
/// In which a request's line and headers have to come.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// After which a connection ends, whatever goes on: a page that listens to events makes a new one.
const CONNECTED: Duration = Duration::from_secs(600);
/// Bytes of a request's line and headers, and of what waits to be sent.
const BUFFER: usize = 16 * 1024;
const HEADERS: usize = 64;

/// The thread, until it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) local_addr: SocketAddr,
    /// Dropped to stop it.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(listener: TcpListener, router: Router) -> io::Result<Self> {
        let local_addr = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(1)
            .thread_name("mapkeeper-report")
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("mapkeeper-inspector".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = accept(listener, router) => {}
                        _ = stopped => {}
                    }
                });
                // Nobody waits for a report that is being made.
                runtime.shutdown_background();
            })?;
        Ok(Self {
            local_addr,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // It panics for no request.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, router: Router) {
    /// When no connection can be had (no file descriptor is left), a while later one can.
    const LATER: Duration = Duration::from_millis(100);
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((connection, _)) = listener.accept().await else {
            sleep(LATER).await;
            continue;
        };
        if let Ok(place) = Arc::clone(&room).try_acquire_owned() {
            tokio::spawn(serve(connection, router.clone(), place));
        }
    }
}

/// One connection, which has a place for as long.
async fn serve(connection: TcpStream, router: Router, _place: OwnedSemaphorePermit) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(BUFFER)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(connection), TowerToHyperService::new(router));
    // Who breaks off is gone: there is nobody to tell.
    let _ = timeout(CONNECTED, connection).await;
}
