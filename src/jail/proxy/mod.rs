//! The way out to named hosts: a proxy that knows one verb, CONNECT.
//!
//! In comes a listening socket (our loopback's, or one made inside a network namespace) and the list of hosts;
//! out go connections to those hosts and to nobody else. A name is resolved once, here, and the address that was
//! checked is the one that is connected to. Private, loopback, link-local and metadata addresses are refused,
//! whatever name led there.
//!
//! It does not know what is said through it: TLS goes from end to end. So a host that serves others' names under
//! its own (a CDN) can be asked for those.

mod address;
mod allow;
mod door;

use std::{net::TcpListener, sync::Arc};

pub(crate) use allow::Allowed;

use crate::{Error, Result};

/// A proxy at work. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub(crate) fn open(listener: TcpListener, allowed: Allowed) -> Result<Self> {
        let doing = || Error::start("open the proxy");
        listener.set_nonblocking(true).map_err(doing())?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(doing())?;
        let task = tokio::spawn(door::serve(listener, Arc::new(allowed)));
        Ok(Proxy { task })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}
