//! One connection: its request, the judgement, the tunnel.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream, lookup_host},
    sync::Semaphore,
    time::timeout,
};

use super::Allowed;

/// A request is one line and a few headers.
const LONGEST_REQUEST: usize = 8 << 10;
const REQUEST_TIME: Duration = Duration::from_secs(10);
const CONNECT_TIME: Duration = Duration::from_secs(20);
/// Connections of one jail at one time; more wait.
const MOST: usize = 64;

/// Why there is no tunnel, as a status line says it.
type Refusal = &'static str;

const NOT_UNDERSTOOD: Refusal = "400 expected a CONNECT request";
const ONLY_CONNECT: Refusal = "405 expected CONNECT: this proxy passes TLS on and nothing else";
const NO_PASSWORD: Refusal = "407 expected the credentials of the environment";
const NOT_ALLOWED: Refusal = "403 expected a host of the plan's network, got another";
const NOT_PUBLIC: Refusal =
    "403 expected a public address, got one of this machine or its networks";
const UNREACHABLE: Refusal = "502 the host could not be reached";

pub(super) async fn serve(listener: TcpListener, allowed: Arc<Allowed>) {
    let places = Arc::new(Semaphore::new(MOST));
    // The tunnels end with the set, and the set with the task.
    let mut tunnels = tokio::task::JoinSet::new();
    loop {
        while tunnels.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let allowed = Arc::clone(&allowed);
                tunnels.spawn(async move {
                    let _ = pass(stream, &allowed).await;
                    drop(place);
                });
            }
            // Out of descriptors, for example; the next may have more luck.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn pass(mut inside: TcpStream, allowed: &Allowed) -> io::Result<()> {
    let answer = match timeout(REQUEST_TIME, request(&mut inside)).await {
        Ok(Ok(request)) => connect(&request, allowed).await,
        Ok(Err(_)) | Err(_) => Err(NOT_UNDERSTOOD),
    };
    match answer {
        Ok(mut outside) => {
            inside.write_all(b"HTTP/1.1 200 connected\r\n\r\n").await?;
            copy_bidirectional(&mut inside, &mut outside).await?;
        }
        Err(refusal) => {
            tracing::debug!(refusal, "the proxy refused a connection");
            let text =
                format!("HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            inside.write_all(text.as_bytes()).await?;
            inside.shutdown().await?;
        }
    }
    Ok(())
}

/// Up to the empty line. Nothing follows it before we answer; a client that sends more breaks its own tunnel.
async fn request(stream: &mut TcpStream) -> io::Result<String> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        if text.len() >= LONGEST_REQUEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        text.push(stream.read_u8().await?);
    }
    String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData.into())
}

async fn connect(request: &str, allowed: &Allowed) -> Result<TcpStream, Refusal> {
    let mut lines = request.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    if words.next() != Some("CONNECT") {
        return Err(ONLY_CONNECT);
    }
    let target = words.next().and_then(|target| target.rsplit_once(':'));
    let (name, port) = target.ok_or(NOT_UNDERSTOOD)?;
    let port: u16 = port.parse().map_err(|_| NOT_UNDERSTOOD)?;
    let credentials = lines.find_map(|line| {
        let (header, value) = line.split_once(':')?;
        let value = header
            .eq_ignore_ascii_case("proxy-authorization")
            .then_some(value.trim())?;
        value.strip_prefix("Basic ")
    });
    if !allowed.knows(credentials) {
        return Err(NO_PASSWORD);
    }
    if !allowed.allows(name, port) {
        return Err(NOT_ALLOWED);
    }
    let found = timeout(CONNECT_TIME, lookup_host((name, port))).await;
    let found: Vec<SocketAddr> = match found {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(_)) | Err(_) => return Err(UNREACHABLE),
    };
    let public: Vec<SocketAddr> = found
        .into_iter()
        .filter(|at| (allowed.is_public)(at.ip()))
        .collect();
    if public.is_empty() {
        return Err(NOT_PUBLIC);
    }
    // Connected by the address that was checked: asking for the name again could give another.
    let connected = timeout(CONNECT_TIME, TcpStream::connect(public.as_slice())).await;
    connected.map_err(|_| UNREACHABLE)?.map_err(|_| UNREACHABLE)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    /// What the proxy answers to one request, with any address public or only the public ones.
    async fn answer(request: &str, is_public: Option<fn(IpAddr) -> bool>, host: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut allowed = Allowed::new(&[host.to_owned()], false).unwrap();
        allowed.is_public = is_public.unwrap_or(allowed.is_public);
        let server = tokio::spawn(serve(listener, Arc::new(allowed)));
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = vec![0; 256];
        let length = stream.read(&mut bytes).await.unwrap();
        server.abort();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    #[tokio::test]
    async fn only_allowed_hosts_at_public_addresses_are_connected() {
        let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = peer.local_addr().unwrap().port();
        let ask = |host: &str| format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: x\r\n\r\n");
        let local = format!("localhost:{port}");
        let any: fn(IpAddr) -> bool = |_| true;
        assert!(
            answer(&ask("localhost"), Some(any), &local)
                .await
                .starts_with("HTTP/1.1 200")
        );
        assert!(
            answer(&ask("localhost"), None, &local)
                .await
                .starts_with("HTTP/1.1 403 expected a public")
        );
        assert!(
            answer(&ask("127.0.0.1"), Some(any), &local)
                .await
                .starts_with("HTTP/1.1 403 expected a host")
        );
        let get = "GET http://localhost/ HTTP/1.1\r\n\r\n";
        assert!(
            answer(get, Some(any), &local)
                .await
                .starts_with("HTTP/1.1 405")
        );
    }

    #[tokio::test]
    async fn an_endless_request_is_cut_off() {
        let endless = "CONNECT ".to_owned() + &"a".repeat(LONGEST_REQUEST);
        assert!(
            answer(&endless, None, "a.example")
                .await
                .starts_with("HTTP/1.1 400")
        );
    }
}
