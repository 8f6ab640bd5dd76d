//! The HTTP client of the exporters: a socket for each request, without TLS.

use std::{
    io::{Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

/// Posts requests, and waits no longer than this for anything.
///
/// It blocks where it is polled: in the SDK, that is the thread of a reader or of a batch processor.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub Duration);

impl Client {
    fn send(self, request: &Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let host = request
            .uri()
            .authority()
            .ok_or("the endpoint has no host")?;
        let mut addresses = host.as_str().to_socket_addrs()?;
        let address = addresses.next().ok_or("the endpoint's host is unknown")?;
        let mut stream = TcpStream::connect_timeout(&address, self.0)?;
        stream.set_read_timeout(Some(self.0))?;
        stream.set_write_timeout(Some(self.0))?;
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n",
            request.method(),
            request.uri().path(),
            request.body().len()
        );
        for (name, value) in request.headers() {
            head.push_str(&format!("{name}: {}\r\n", value.to_str()?));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(request.body())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or("the answer has no end of its head")?;
        let head = std::str::from_utf8(&answer[..end])?;
        let status = head.split(' ').nth(1).ok_or("the answer has no status")?;
        let body = Bytes::copy_from_slice(&answer[end + 4..]);
        Ok(Response::builder()
            .status(status.parse::<u16>()?)
            .body(body)?)
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.send(&request)
    }
}
