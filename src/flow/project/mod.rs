//! What a project allows as a whole: the file `ringflow.yaml` beside its folders. A
//! project without one allows nothing that reaches outside.

mod host;
mod read;
mod schema;
pub mod tables;
mod upon;

pub use host::{BadHost, Host};
pub use schema::project_schema;
pub use tables::MAX_COUNT as MAX_TRANSFERS;
pub use upon::ReadProject;

/// The file of a project that says what it allows.
pub const PROJECT_FILE: &str = "ringflow.yaml";
/// The same with an ending under which it is not read, and is told so.
pub const MISNAMED: &str = "ringflow.yml";

/// The files in the folder of a project itself that are read.
pub const PROJECT_FILES: [&str; 2] = [PROJECT_FILE, MISNAMED];

/// True for the file that says what a project allows, also where it has the wrong ending.
pub fn is_project_path(path: &str) -> bool {
    PROJECT_FILES.contains(&path)
}

/// What a project allows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Project {
    hosts: Vec<Host>,
    insecure: bool,
    private: bool,
    env: Vec<Box<str>>,
    per_minute: Option<u32>,
    per_number: Option<u32>,
    is_unread: bool,
}

/// Why an address is not to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// It is no `https`, and the project does not allow less.
    Scheme,
    /// The host, or its port, is not on the list.
    Host,
}

impl Project {
    /// The project of which the file has errors and none was good before: nothing is
    /// allowed, and what that keeps from working is no fault of a flow.
    pub fn unread() -> Self {
        Project {
            is_unread: true,
            ..Project::default()
        }
    }

    /// True where nobody knows what the project allows, as its file has errors.
    pub fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// The hosts that look-ups may ask.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// What keeps look-ups from this address, if anything does. The host is as in an
    /// address, with a port where it is not the scheme's own.
    pub fn refuses(&self, scheme: &str, host: &str) -> Option<Unlisted> {
        let is_secure = scheme.eq_ignore_ascii_case("https");
        let is_plain = scheme.eq_ignore_ascii_case("http");
        if !(is_secure || is_plain && self.insecure) {
            return Some(Unlisted::Scheme);
        }
        let usual = if is_secure { 443 } else { 80 };
        let asked = Host::parse(host).ok();
        let is_listed = asked.is_some_and(|asked| {
            let mut hosts = self.hosts.iter();
            hosts.any(|host| host.is_same(&asked, usual))
        });
        (!is_listed).then_some(Unlisted::Host)
    }

    /// Look-ups may go over plain `http`.
    pub fn is_insecure(&self) -> bool {
        self.insecure
    }

    /// Look-ups may reach addresses of this machine and of private networks.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// The variables of the environment whose values may be sent with look-ups.
    pub fn env(&self) -> &[Box<str>] {
        &self.env
    }

    pub fn names_env(&self, name: &str) -> bool {
        self.env.iter().any(|known| **known == *name)
    }

    /// The most transfers that all calls of a process together begin in one minute.
    pub fn transfers_per_minute(&self) -> Option<u32> {
        self.per_minute
    }

    /// The most transfers to one number in one minute.
    pub fn transfers_per_number(&self) -> Option<u32> {
        self.per_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(hosts: &[&str], insecure: bool) -> Project {
        Project {
            hosts: hosts
                .iter()
                .map(|host| Host::parse(host).unwrap())
                .collect(),
            insecure,
            ..Project::default()
        }
    }

    #[test]
    fn a_host_is_meant_as_it_is_written() {
        let project = project(&["crm.example.com", "10.0.0.7:8443"], false);
        for host in ["crm.example.com", "CRM.Example.Com", "crm.example.com:443"] {
            assert_eq!(project.refuses("https", host), None, "{host}");
        }
        assert_eq!(project.refuses("https", "10.0.0.7:8443"), None);
        for host in [
            "crm.example.com:8443",
            "crm.example.com:80",
            "a.crm.example.com",
            "crm.example.com.evil.example",
            "example.com",
            "10.0.0.7",
            "me@crm.example.com",
            "",
        ] {
            let refused = project.refuses("https", host);
            assert_eq!(refused, Some(Unlisted::Host), "{host}");
        }
    }

    #[test]
    fn only_who_allows_it_is_asked_without_encryption() {
        let strict = project(&["crm.example.com"], false);
        assert_eq!(
            strict.refuses("http", "crm.example.com"),
            Some(Unlisted::Scheme)
        );
        let loose = project(&["crm.example.com"], true);
        assert_eq!(loose.refuses("http", "crm.example.com"), None);
        assert_eq!(loose.refuses("HTTP", "crm.example.com:80"), None);
        assert_eq!(
            loose.refuses("http", "crm.example.com:443"),
            Some(Unlisted::Host)
        );
        for scheme in ["ftp", "file", "", "httpss"] {
            let refused = loose.refuses(scheme, "crm.example.com");
            assert_eq!(refused, Some(Unlisted::Scheme), "{scheme}");
        }
    }

    #[test]
    fn a_project_without_a_file_allows_nothing() {
        let none = Project::default();
        assert_eq!(
            none.refuses("https", "crm.example.com"),
            Some(Unlisted::Host)
        );
        assert!(!none.names_env("PATH") && !none.is_private() && !none.is_insecure());
        assert!(!none.is_unread() && Project::unread().is_unread());
    }
}
