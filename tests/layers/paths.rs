//! All paths of a source file, however they are written.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Item, Meta, Token, UseTree, Visibility};

/// The crate by its own name, as `main` and tests know it.
const SELF: &str = "ringflow";

/// A file of `src`, parsed.
pub struct File {
    /// Below `src`.
    pub path: String,
    /// The module it is.
    pub module: Vec<String>,
    syntax: syn::File,
}

/// What a path leads to.
#[derive(Debug, Clone)]
pub enum Named {
    /// Something of ours, from the root of the crate on.
    Inside(Vec<String>),
    /// Something of another crate, its name included.
    Outside { path: Vec<String>, is_public: bool },
    /// A way of naming things that hides what is named.
    Odd(String),
}

#[derive(Debug)]
pub struct Found {
    pub what: Named,
    /// In code that is built for tests alone.
    pub is_test: bool,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        let mut module: Vec<String> = path
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
            module.pop();
        }
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        File {
            path: path.to_owned(),
            module,
            syntax,
        }
    }

    pub fn is_root(&self) -> bool {
        self.module.is_empty()
    }

    pub fn room(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// Modules in files of their own that are built for tests alone.
    pub fn test_modules(&self) -> Vec<Vec<String>> {
        let is_test = |item: &Item| match item {
            Item::Mod(module) if module.content.is_none() && is_for_tests(&module.attrs) => {
                Some(module.ident.to_string())
            }
            _ => None,
        };
        let names = self.syntax.items.iter().filter_map(is_test);
        names
            .map(|name| [self.module.clone(), vec![name]].concat())
            .collect()
    }

    /// Everything that is named in the file.
    pub fn found(&self) -> Vec<Found> {
        let mut seeker = Seeker {
            module: self.module.clone(),
            is_test: false,
            found: Vec::new(),
        };
        seeker.visit_file(&self.syntax);
        seeker.found
    }

    /// What the root of the crate hands out under which name.
    pub fn root_items(&self) -> Vec<Result<(String, Named), String>> {
        let mut items = Vec::new();
        for item in &self.syntax.items {
            match item {
                Item::Mod(module) if module.content.is_none() => {}
                Item::Use(item) => {
                    for leaf in leaves(&item.tree) {
                        items.push(match leaf.name {
                            Some(name) => Ok((name, at_root(leaf.path))),
                            None => Err("the root hands out all of something".to_owned()),
                        });
                    }
                }
                _ => items.push(Err("the root holds more than rooms".to_owned())),
            }
        }
        items
    }
}

/// Where a path of the root leads: there, rooms are in reach by their bare names.
fn at_root(mut path: Vec<String>) -> Named {
    if matches!(path[0].as_str(), "crate" | "self") {
        path.remove(0);
        return Named::Inside(path);
    }
    match super::rules::ROOMS.contains(&path[0].as_str()) {
        true => Named::Inside(path),
        false => Named::Outside {
            path,
            is_public: false,
        },
    }
}

struct Seeker {
    module: Vec<String>,
    is_test: bool,
    found: Vec<Found>,
}

impl Seeker {
    fn add(&mut self, what: Named) {
        let is_test = self.is_test;
        self.found.push(Found { what, is_test });
    }

    fn odd(&mut self, message: &str) {
        self.add(Named::Odd(message.to_owned()));
    }

    /// Takes a path as it is written. `None` where it begins with a name of the file.
    fn named(&self, path: &[String], is_public: bool) -> Option<Named> {
        let mut at = self.module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" | SELF => {
                at.clear();
                rest = &rest[1..];
            }
            "self" | "super" => {}
            _ => {
                let path = path.to_vec();
                return Some(Named::Outside { path, is_public });
            }
        }
        while let Some(step @ ("self" | "super")) = rest.first().map(String::as_str) {
            if step == "super" {
                at.pop();
            }
            rest = &rest[1..];
        }
        at.extend(rest.iter().cloned());
        Some(Named::Inside(at))
    }

    /// A path in code: one name alone is no import, but for those of attributes.
    fn path(&mut self, path: &[String]) {
        if path.len() > 1
            && let Some(named) = self.named(path, false)
        {
            self.add(named);
        }
    }

    fn tokens(&mut self, tokens: impl FnOnce(Scan) -> syn::Result<Vec<Vec<String>>>) {
        match tokens(scan) {
            Ok(paths) => paths.iter().for_each(|path| self.path(path)),
            Err(error) => self.odd(&format!("tokens that cannot be read: {error}")),
        }
    }

    fn within(&mut self, attrs: &[Attribute], go_on: impl FnOnce(&mut Self)) {
        let before = self.is_test;
        self.is_test |= is_for_tests(attrs);
        go_on(self);
        self.is_test = before;
    }
}

impl<'ast> Visit<'ast> for Seeker {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.within(&item.attrs, |seeker| {
            seeker.module.push(item.ident.to_string());
            visit::visit_item_mod(seeker, item);
            seeker.module.pop();
        });
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.within(&item.attrs, |seeker| visit::visit_item_fn(seeker, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.within(&item.attrs, |seeker| visit::visit_item_impl(seeker, item));
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.within(&item.attrs, |seeker| {
            for leaf in leaves(&item.tree) {
                let Some(named) = seeker.named(&leaf.path, is_public) else {
                    continue;
                };
                match named {
                    Named::Inside(path) if path.is_empty() => {
                        seeker.odd("the root of the crate is imported as a whole");
                    }
                    named => seeker.add(named),
                }
            }
        });
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        if item.ident == "self" {
            self.odd("the crate is given another name");
        }
        let path = vec![item.ident.to_string()];
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.add(Named::Outside { path, is_public });
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(&written(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("include") {
            self.odd("another file is included");
        }
        self.tokens(|scan| scan.parse2(call.tokens.clone()));
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let path = written(attribute.path());
        if path == ["path"] {
            self.odd("a module lies at another path");
        }
        // An attribute that a crate's derive reads has the crate's name.
        if path.len() == 1 {
            let is_public = false;
            self.add(Named::Outside { path, is_public });
        }
        if let Meta::List(list) = &attribute.meta {
            self.tokens(|scan| scan.parse2(list.tokens.clone()));
        }
        visit::visit_attribute(self, attribute);
    }
}

fn written(path: &syn::Path) -> Vec<String> {
    let segments = path.segments.iter();
    segments.map(|part| plain(&part.ident)).collect()
}

fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

/// One import: what it names, and under which name. A glob has none.
struct Leaf {
    path: Vec<String>,
    name: Option<String>,
}

fn leaves(tree: &UseTree) -> Vec<Leaf> {
    fn walk(tree: &UseTree, before: &[String], leaves: &mut Vec<Leaf>) {
        let with = |name: &Ident| {
            let mut path = before.to_vec();
            // In `web::{self}` it is the room that is named.
            if name != "self" || before.is_empty() {
                path.push(plain(name));
            }
            path
        };
        match tree {
            UseTree::Path(part) => walk(&part.tree, &with(&part.ident), leaves),
            UseTree::Group(group) => {
                for item in &group.items {
                    walk(item, before, leaves);
                }
            }
            UseTree::Name(name) => {
                let path = with(&name.ident);
                let name = path.last().cloned();
                leaves.push(Leaf { path, name });
            }
            UseTree::Rename(rename) => leaves.push(Leaf {
                path: with(&rename.ident),
                name: Some(plain(&rename.rename)),
            }),
            UseTree::Glob(_) => leaves.push(Leaf {
                path: before.to_vec(),
                name: None,
            }),
        }
    }
    let mut found = Vec::new();
    walk(tree, &[], &mut found);
    found
}

fn is_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<Ident>()
                    .is_ok_and(|name| name == "test"))
    })
}

type Scan = fn(ParseStream) -> syn::Result<Vec<Vec<String>>>;

/// All paths in a row of tokens, those in groups behind `::` included.
fn scan(input: ParseStream) -> syn::Result<Vec<Vec<String>>> {
    let mut found = Vec::new();
    walk(input, &[], &mut found)?;
    Ok(found)
}

fn walk(input: ParseStream, before: &[String], found: &mut Vec<Vec<String>>) -> syn::Result<()> {
    while !input.is_empty() {
        if input.peek(syn::token::Paren) {
            let inner;
            syn::parenthesized!(inner in input);
            walk(&inner, &[], found)?;
        } else if input.peek(syn::token::Bracket) {
            let inner;
            syn::bracketed!(inner in input);
            walk(&inner, &[], found)?;
        } else if input.peek(syn::token::Brace) {
            let inner;
            syn::braced!(inner in input);
            walk(&inner, before, found)?;
        } else if input.peek(syn::Lit) {
            // `true` and `false` are literals too, and none of them is a path.
            input.parse::<syn::Lit>()?;
        } else if input.peek(Ident::peek_any) {
            path_in(input, before, found)?;
        } else {
            any_token(input)?;
        }
    }
    Ok(())
}

/// A path that begins here, up to its end or to the group behind it.
fn path_in(input: ParseStream, before: &[String], found: &mut Vec<Vec<String>>) -> syn::Result<()> {
    let mut path = before.to_vec();
    path.push(plain(&input.call(Ident::parse_any)?));
    while input.peek(Token![::]) {
        input.parse::<Token![::]>()?;
        if input.peek(Ident::peek_any) {
            path.push(plain(&input.call(Ident::parse_any)?));
        } else if input.peek(syn::token::Brace) {
            let inner;
            syn::braced!(inner in input);
            found.push(path.clone());
            return walk(&inner, &path, found);
        } else {
            break;
        }
    }
    found.push(path);
    Ok(())
}

fn any_token(input: ParseStream) -> syn::Result<()> {
    input.step(|cursor| {
        let (_, rest) = cursor
            .token_tree()
            .ok_or_else(|| cursor.error("a token was expected"))?;
        Ok(((), rest))
    })
}
