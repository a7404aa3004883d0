//! The inside of a network namespace: a loopback, and the one socket on it that leads out.
//!
//! A socket belongs to the namespace in which it was made, whoever holds it. So the child makes the proxy's
//! listening socket inside, hands it to the parent, and the parent accepts on it and connects outside: the jail
//! needs no route, and there is no forwarding process.
//!
//! The child's half runs between fork and exec: see the invariant in `raw`.

use std::{
    io, mem,
    net::TcpListener,
    os::{
        fd::{AsRawFd as _, FromRawFd as _},
        unix::net::UnixStream,
    },
    ptr,
};

use super::raw::{self, Answer};

/// Nobody else is in a new namespace, so any port is free.
pub(super) const PROXY_PORT: u16 = 3128;

pub(super) fn bring_up() -> Answer {
    /// `struct ifreq`: a name of sixteen bytes, then here the flags.
    #[repr(C)]
    struct Request {
        name: [u8; 16],
        flags: u16,
        rest: [u8; 22],
    }
    let mut request = Request {
        name: *b"lo\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        flags: (libc::IFF_UP | libc::IFF_RUNNING) as u16,
        rest: [0; 22],
    };
    let fd = socket(libc::SOCK_DGRAM)?;
    let request = ptr::from_mut(&mut request) as usize;
    let answer = raw::call(
        libc::SYS_ioctl,
        [fd as usize, libc::SIOCSIFFLAGS as usize, request, 0, 0, 0],
    );
    raw::close(fd);
    answer.map(drop)
}

fn socket(kind: libc::c_int) -> Answer<libc::c_int> {
    let kind = (kind | libc::SOCK_CLOEXEC) as usize;
    raw::call(libc::SYS_socket, [libc::AF_INET as usize, kind, 0, 0, 0, 0]).map(|fd| fd as i32)
}

/// Listens inside and hands the socket to whoever reads `to`.
pub(super) fn offer_listener(to: libc::c_int) -> Answer {
    const WAITING: usize = 64;
    let fd = socket(libc::SOCK_STREAM)?;
    let address = libc::sockaddr_in {
        sin_family: libc::AF_INET as u16,
        sin_port: PROXY_PORT.to_be(),
        sin_addr: libc::in_addr {
            s_addr: u32::from_ne_bytes([127, 0, 0, 1]),
        },
        sin_zero: [0; 8],
    };
    let at = ptr::from_ref(&address) as usize;
    let length = size_of::<libc::sockaddr_in>();
    raw::call(libc::SYS_bind, [fd as usize, at, length, 0, 0, 0])?;
    raw::call(libc::SYS_listen, [fd as usize, WAITING, 0, 0, 0, 0])?;
    let answer = send(to, fd);
    raw::close(fd);
    answer
}

/// A control message with one descriptor: `struct cmsghdr`, then the number.
#[repr(C)]
struct Rights {
    length: usize,
    level: libc::c_int,
    kind: libc::c_int,
    fd: libc::c_int,
    rest: libc::c_int,
}

impl Rights {
    const LENGTH: usize = mem::offset_of!(Rights, rest);

    fn of(fd: libc::c_int) -> Self {
        Rights {
            length: Rights::LENGTH,
            level: libc::SOL_SOCKET,
            kind: libc::SCM_RIGHTS,
            fd,
            rest: 0,
        }
    }
}

/// `struct msghdr` around one byte and the rights.
fn message(byte: &mut libc::iovec, rights: &mut Rights) -> libc::msghdr {
    // SAFETY: all zero is a message without anything; padding differs between C libraries.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = byte;
    message.msg_iovlen = 1;
    message.msg_control = ptr::from_mut(rights).cast();
    message.msg_controllen = size_of::<Rights>() as _;
    message
}

fn send(to: libc::c_int, fd: libc::c_int) -> Answer {
    let mut content = [0_u8; 1];
    let mut byte = libc::iovec {
        iov_base: content.as_mut_ptr().cast(),
        iov_len: 1,
    };
    let mut rights = Rights::of(fd);
    let message = message(&mut byte, &mut rights);
    let message = ptr::from_ref(&message) as usize;
    raw::call(libc::SYS_sendmsg, [to as usize, message, 0, 0, 0, 0]).map(drop)
}

/// The parent's half: the socket that the child offered.
pub(super) fn accept_listener(from: &UnixStream) -> io::Result<TcpListener> {
    let mut content = [0_u8; 1];
    let mut byte = libc::iovec {
        iov_base: content.as_mut_ptr().cast(),
        iov_len: 1,
    };
    let mut rights = Rights::of(-1);
    let mut message = message(&mut byte, &mut rights);
    let flags = libc::MSG_CMSG_CLOEXEC | libc::MSG_DONTWAIT;
    // SAFETY: the message points at places that live until the call returns.
    let got = unsafe { libc::recvmsg(from.as_raw_fd(), &raw mut message, flags) };
    if got < 0 {
        return Err(io::Error::last_os_error());
    }
    let is_one = rights.kind == libc::SCM_RIGHTS && rights.length == Rights::LENGTH;
    if !is_one || rights.fd < 0 || message.msg_controllen == 0 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { TcpListener::from_raw_fd(rights.fd) })
}
