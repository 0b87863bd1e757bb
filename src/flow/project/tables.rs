//! Every key of `ringflow.yaml`: what it means and what stands behind it. The reader
//! knows the keys from here, and the schema for editors is made of it.

/// One key of the file of a project.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    /// For people, in Markdown.
    pub doc: &'static str,
    pub shape: Shape,
}

/// What stands behind a key.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// These keys.
    Keys(&'static [Key]),
    /// One host or several.
    Hosts,
    /// `true` or `false`.
    Flag,
    /// One name of a variable of the environment, or several.
    Names,
    /// A whole number from 1 to [`MAX_COUNT`].
    Count,
}

/// The most transfers in a minute that can be written.
pub const MAX_COUNT: u32 = 1_000_000;

const fn key(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, doc, shape }
}

/// Keys of the file itself.
pub const FILE: &[Key] = &[
    key(
        "lookups",
        Shape::Keys(LOOKUPS),
        "What look-ups may reach. Without it, they reach nothing.",
    ),
    key(
        "env",
        Shape::Names,
        "The variables of the environment that look-ups may send in a header, as in `[CRM_TOKEN]`. Their values are read when the server starts and are never shown. None begins with `RINGFLOW_`.",
    ),
    key(
        "transfers",
        Shape::Keys(TRANSFERS),
        "How many transfers may begin in a minute; without it, any number.",
    ),
];

/// Keys of `lookups`.
pub const LOOKUPS: &[Key] = &[
    key(
        "hosts",
        Shape::Hosts,
        "The hosts that look-ups may ask, each written whole, as in `crm.example.com`. One with another port than the usual one has it behind a `:`, as in `crm.example.com:8443`.",
    ),
    key(
        "insecure",
        Shape::Flag,
        "`true` allows look-ups over `http`, without encryption; else they are `https`.",
    ),
    key(
        "private",
        Shape::Flag,
        "`true` allows addresses of this machine and of private networks. Without it, a host whose name leads to one is not asked, whatever list it is on.",
    ),
];

/// Keys of `transfers`.
pub const TRANSFERS: &[Key] = &[
    key(
        "per_minute",
        Shape::Count,
        "The most transfers that all calls of one server together begin in a minute.",
    ),
    key(
        "per_number",
        Shape::Count,
        "The most transfers to one and the same number that begin in a minute.",
    ),
];

/// The names of these keys.
pub fn names(keys: &'static [Key]) -> impl Iterator<Item = &'static str> + Clone {
    keys.iter().map(|key| key.name)
}

/// True for every word that is a key somewhere in the file.
pub fn is_key(word: &str) -> bool {
    [FILE, LOOKUPS, TRANSFERS]
        .iter()
        .any(|keys| names(keys).any(|name| name == word))
}
