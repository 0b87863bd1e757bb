//! What the processes use that answer at an address, where this machine shows it.

use std::time::Duration;

/// What processes have used over some time.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    pub pids: Vec<i32>,
    /// The time of all their cores.
    pub cpu: Duration,
    /// What they held in memory, in bytes: when it began, at the most, and now.
    pub memory_begin: u64,
    pub memory_most: u64,
    pub memory_end: u64,
}

/// Processes that are looked at from time to time.
#[derive(Debug, Clone)]
pub struct Watched {
    pids: Vec<i32>,
    begin: Seen,
    most: u64,
}

/// What processes have used since their own beginnings.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    cpu: Duration,
    memory: u64,
}

impl Watched {
    /// This process itself.
    ///
    /// # Errors
    /// In one line, why it cannot be seen.
    pub fn own() -> Result<Self, String> {
        Self::of(vec![system::own()?])
    }

    /// These processes.
    ///
    /// # Errors
    /// In one line, why one of them cannot be seen.
    pub fn of(pids: Vec<i32>) -> Result<Self, String> {
        let begin = system::seen(&pids)?;
        Ok(Watched {
            pids,
            most: begin.memory,
            begin,
        })
    }

    /// The processes that listen at this address, if that is on this machine: a server and
    /// its workers.
    ///
    /// # Errors
    /// In one line, why they cannot be seen.
    pub fn listening_at(url: &str) -> Result<Self, String> {
        let url: reqwest::Url = url.parse().map_err(|_| format!("`{url}` is no address"))?;
        let port = url.port_or_known_default();
        let (Some(host), Some(port)) = (url.host_str(), port) else {
            return Err(format!("`{url}` names no port"));
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if !is_here(host, port) {
            return Err(format!("`{host}` is not this machine"));
        }
        Self::of(system::listening(port)?)
    }

    /// Looks at what they hold in memory just now.
    pub fn look(&mut self) {
        if let Ok(seen) = system::seen(&self.pids) {
            self.most = self.most.max(seen.memory);
        }
    }

    /// What they have used since they were looked at first.
    ///
    /// # Errors
    /// In one line, where they are gone.
    pub fn usage(mut self) -> Result<Usage, String> {
        let end = system::seen(&self.pids)?;
        self.most = self.most.max(end.memory);
        Ok(Usage {
            pids: self.pids,
            cpu: end.cpu.saturating_sub(self.begin.cpu),
            memory_begin: self.begin.memory,
            memory_most: self.most,
            memory_end: end.memory,
        })
    }
}

/// An address of this machine: one that can be listened at.
fn is_here(host: &str, port: u16) -> bool {
    use std::net::{ToSocketAddrs, UdpSocket};
    let found = (host, port).to_socket_addrs();
    found.is_ok_and(|mut addresses| {
        addresses.any(|address| UdpSocket::bind((address.ip(), 0)).is_ok())
    })
}

#[cfg(target_os = "linux")]
mod system {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use procfs::net::{TcpState, tcp, tcp6};
    use procfs::process::{FDTarget, Process, all_processes};

    use super::Seen;

    /// The processes that hold a socket which listens at this port.
    pub fn listening(port: u16) -> Result<Vec<i32>, String> {
        // Without one of the two families a system has no such file.
        let sockets = tcp().into_iter().chain(tcp6()).flatten();
        let sockets: BTreeSet<u64> = sockets
            .filter(|entry| entry.state == TcpState::Listen && entry.local_address.port() == port)
            .map(|entry| entry.inode)
            .collect();
        let processes = all_processes().map_err(|error| unreadable(&error))?;
        let holds = |process: &Process| {
            // Those of other users do not show what they hold.
            process.fd().is_ok_and(|mut all| {
                all.any(|one| {
                    one.is_ok_and(|one| {
                        matches!(one.target, FDTarget::Socket(inode) if sockets.contains(&inode))
                    })
                })
            })
        };
        let found = processes.flatten().filter(holds);
        let pids: Vec<i32> = found.map(|process| process.pid()).collect();
        match (pids.is_empty(), sockets.is_empty()) {
            (false, _) => Ok(pids),
            (true, true) => Err(format!("nothing listens at port {port} of this machine")),
            (true, false) => Err(format!(
                "what listens at port {port} is another user's or in another container; name \
                 it with `--pid`"
            )),
        }
    }

    pub fn own() -> Result<i32, String> {
        let own = Process::myself().map_err(|error| unreadable(&error))?;
        Ok(own.pid())
    }

    pub fn seen(pids: &[i32]) -> Result<Seen, String> {
        let ticks = procfs::ticks_per_second().max(1);
        let mut all = Seen {
            cpu: Duration::ZERO,
            memory: 0,
        };
        for pid in pids {
            let gone = |_| format!("process {pid} cannot be seen, or is gone");
            let process = Process::new(*pid).map_err(gone)?;
            let stat = process.stat().map_err(gone)?;
            all.cpu += Duration::from_millis((stat.utime + stat.stime) * 1000 / ticks);
            all.memory += stat.rss * procfs::page_size();
        }
        Ok(all)
    }

    fn unreadable(error: &procfs::ProcError) -> String {
        format!("the processes of this machine cannot be seen: {error}")
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Seen;

    const UNSEEN: &str = "what a process uses is seen on Linux alone";

    pub fn listening(_: u16) -> Result<Vec<i32>, String> {
        Err(UNSEEN.to_owned())
    }

    pub fn own() -> Result<i32, String> {
        Err(UNSEEN.to_owned())
    }

    pub fn seen(_: &[i32]) -> Result<Seen, String> {
        Err(UNSEEN.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn who_listens_is_found_by_the_port_and_what_it_uses_is_seen() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let mut watched = Watched::listening_at(&url).unwrap();
        assert_eq!(watched.pids, [std::process::id() as i32]);
        let held = vec![1u8; 64 << 20];
        watched.look();
        drop(held);
        let usage = watched.usage().unwrap();
        let grown = usage.memory_most - usage.memory_begin;
        assert!(grown > 32 << 20, "{usage:?}");
        drop(listener);
        let error = Watched::listening_at(&url).unwrap_err();
        assert!(error.contains("nothing listens"), "{error}");
    }

    #[test]
    fn another_machine_is_none_of_ours() {
        let error = Watched::listening_at("http://192.0.2.1:8080/").unwrap_err();
        assert_eq!(error, "`192.0.2.1` is not this machine");
    }
}
