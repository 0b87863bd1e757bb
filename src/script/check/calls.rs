//! Calls: is there such a function, and is it given what it takes?

use rhai::{Expr, FnCallExpr, Position};

use super::walk::Check;
use crate::script::functions::{self, MONEY, TABLE, VISITS};
use crate::script::names;
use crate::script::problem::ProblemKind;
use crate::script::source;

/// True for a function out of whose result its value cannot be told: what is masked, how
/// long something is, and whatever answers yes or no, as a comparison does.
pub(super) fn hides(function: &str) -> bool {
    matches!(
        function,
        "mask" | "len" | "luhn" | "is_empty" | "contains" | "starts_with" | "ends_with"
    )
}

impl Check<'_> {
    /// A call; as a method, `x.f(y)`, what is in front of the dot is the first value.
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position, method: bool) {
        let name = call.name.as_str();
        // Rhai makes `x in y` a call of `contains`, at the place of the `in`.
        let is_in = self.source.is_in(position) && call.args.len() == 2;
        if call.op_token.is_some() || is_in {
            self.operation(call, is_in, position);
            return;
        }
        if call.capture_parent_scope {
            let message = format!("`{name}!(…)` is not known here");
            let help = Some(format!("write `{name}(…)`"));
            self.problem(position, ProblemKind::Forbidden, message, help);
        }
        let given = call.args.len() + usize::from(method);
        if call.is_qualified() {
            self.file_function(call, given);
        } else {
            self.function(call, given, position, method);
        }
        // A state's name without quotes was told by `visits`, and is no variable too.
        let named = [VISITS, TABLE].contains(&name);
        let first = call.args.first();
        let is_state = |value: &&Expr| {
            let is_first = first.is_some_and(|first| std::ptr::eq(first, *value));
            named && is_first && matches!(value, Expr::Variable(..))
        };
        let values = |check: &mut Self| {
            let values = call.args.iter().filter(|value| !is_state(value));
            values.for_each(|value| check.expr(value, false));
        };
        let is_ours = !call.is_qualified();
        if is_ours && functions::find(name).is_some_and(|function| function.changes) {
            // What is put into a variable stays there, whatever its result is used for.
            self.show(values);
        } else if is_ours && hides(name) {
            self.hide(values);
        } else {
            values(self);
        }
    }

    fn function(&mut self, call: &FnCallExpr, given: usize, position: Position, method: bool) {
        let name = call.name.as_str();
        let own = self.around.own_file;
        if let Some(function) = functions::find(name) {
            self.count(name, function.takes, given, position);
            if !method {
                self.changed(name, call.args.first(), position);
            }
            if name == VISITS {
                self.visits(call, position, method);
            }
            if name == TABLE {
                self.table(call, position, method);
            }
            if name == MONEY {
                self.currency(call.args.last());
            }
        } else if let Some(takes) = own.and_then(|file| self.around.files.takes(file, name)) {
            if method {
                let message = format!("`{name}` cannot be called behind a dot");
                let help = Some(format!("write `{name}(…)` with all values in brackets"));
                self.problem(position, ProblemKind::UnknownFunction, message, help);
            } else {
                let takes = takes.to_vec();
                self.count(name, &takes, given, position);
            }
        } else if !self.has_told_enough() {
            let help = self.meant_function(name, method);
            let message = format!("there is no function `{name}`");
            self.problem(position, ProblemKind::UnknownFunction, message, help);
        }
    }

    /// `file::name(…)`.
    fn file_function(&mut self, call: &FnCallExpr, given: usize) {
        let (path, name) = (&call.namespace, call.name.as_str());
        let position = path.position();
        let file = path.to_string();
        let files = self.around.files;
        if !files.knows(&file) {
            let help = names::nearest(&file, files.names())
                .map(|near| format!("did you mean `{near}::{name}`?"))
                .or_else(|| {
                    Some(
                        "make that file, or write the name of one that is there in front of `::`"
                            .into(),
                    )
                });
            let message = format!("there is no file `scripts/{file}.rhai`");
            self.problem(position, ProblemKind::UnknownFunction, message, help);
        } else if files.is_broken(&file) {
            let message = format!("`scripts/{file}.rhai` has problems of its own");
            let help = Some("put that file right first".into());
            self.problem(position, ProblemKind::UnknownFunction, message, help);
            if let Some(problem) = self.notes.problems.last_mut() {
                problem.is_elsewhere = true;
            }
        } else if let Some(takes) = files.takes(&file, name) {
            let takes = takes.to_vec();
            let spot = self.source.spot(position);
            self.notes.calls.push((file.as_str().into(), spot));
            self.count(&format!("{file}::{name}"), &takes, given, position);
        } else {
            let there: Vec<&str> = files.functions(&file).collect();
            let help = match names::nearest(name, there.iter().copied()) {
                Some(near) => format!("did you mean `{file}::{near}`?"),
                None if there.is_empty() => format!("write it there: `fn {name}(x) {{ … }}`"),
                None => format!("the file has `{}`", there.join("`, `")),
            };
            let help = Some(help);
            let message = format!("there is no function `{name}` in `scripts/{file}.rhai`");
            self.problem(position, ProblemKind::UnknownFunction, message, help);
        }
    }

    fn count(&mut self, name: &str, takes: &[usize], given: usize, position: Position) {
        if takes.contains(&given) {
            return;
        }
        let counts: Vec<String> = takes.iter().map(usize::to_string).collect();
        let unit = if takes == [1] { "value" } else { "values" };
        let message = format!(
            "`{name}` takes {} {unit}, given {given}",
            counts.join(" or ")
        );
        let shape = |count: &usize| {
            let letters: Vec<String> = ('a'..='z').take(*count).map(String::from).collect();
            format!("`{name}({})`", letters.join(", "))
        };
        let shapes: Vec<String> = takes.iter().map(shape).collect();
        let help = format!("write it as {}", shapes.join(" or "));
        self.problem(position, ProblemKind::Arguments, message, Some(help));
    }

    /// States are known only when the file is saved, so their names stand there.
    fn visits(&mut self, call: &FnCallExpr, position: Position, method: bool) {
        if self.source.kind == source::Kind::File {
            let message = "a script file cannot ask how often a state was entered";
            let help = "pass the count as an argument: `file::name(visits(\"state\"))`";
            self.problem(position, ProblemKind::Forbidden, message, Some(help.into()));
            return;
        }
        match call.args.first() {
            Some(Expr::StringConstant(state, place)) if !method => {
                let spot = self.source.spot(*place);
                self.notes.visited.push((state.as_str().into(), spot));
            }
            _ => {
                let message = "`visits` needs the name of a state in quotes";
                let state = match call.args.first() {
                    Some(Expr::Variable(x, ..)) if !method => x.1.as_str(),
                    _ => "main",
                };
                let help = Some(format!("write `visits(\"{state}\")`"));
                self.problem(position, ProblemKind::Arguments, message, help);
            }
        }
    }

    /// Tables are known only when the file is saved, so their names stand there.
    fn table(&mut self, call: &FnCallExpr, position: Position, method: bool) {
        if self.source.kind == source::Kind::File {
            let message = "a script file cannot look into a table";
            let help = "pass the row as an argument: `file::name(table(\"name\", key))`";
            self.problem(position, ProblemKind::Forbidden, message, Some(help.into()));
            return;
        }
        match call.args.first() {
            Some(Expr::StringConstant(table, place)) if !method => {
                let spot = self.source.spot(*place);
                self.notes.tables.push((table.as_str().into(), spot));
            }
            _ => {
                let message = "`table` needs the name of a table in quotes";
                let help = Some(
                    "write `table(\"branches\", key)`, for `flows/tables/branches.csv`".into(),
                );
                self.problem(position, ProblemKind::Arguments, message, help);
            }
        }
    }

    /// A currency that stands there is looked at here; one that is computed, in the call.
    fn currency(&mut self, code: Option<&Expr>) {
        let Some(Expr::StringConstant(code, place)) = code else {
            return;
        };
        if functions::is_code(code) {
            return;
        }
        let near = names::nearest(&code.to_uppercase(), functions::codes());
        let help = match near {
            Some(near) => format!("did you mean `\"{near}\"`?"),
            None => "write its three letters: `money(x, \"SGD\")`".to_string(),
        };
        let message = format!("there is no currency `{code}`");
        self.problem(*place, ProblemKind::Arguments, message, Some(help));
    }

    fn meant_function(&self, name: &str, method: bool) -> Option<String> {
        let renamed = match name {
            "length" | "size" | "count" => Some("len"),
            "substring" | "substr" | "slice" | "mid" => Some("sub_string"),
            "upper" | "to_uppercase" | "upcase" => Some("to_upper"),
            "lower" | "to_lowercase" | "downcase" => Some("to_lower"),
            "int" | "parse_int" | "parse_float" | "float" | "num" => Some("number"),
            "str" | "string" | "text" => Some("to_string"),
            "includes" | "has" => Some("contains"),
            "ceil" => Some("ceiling"),
            "currency" | "price" => Some("money"),
            "say_as" | "spell_out" | "spell_digits" => Some("spell"),
            _ => None,
        };
        if let Some(renamed) = renamed {
            return Some(format!("did you mean `{renamed}`?"));
        }
        if let Some(file) = self.around.files.file_with(name).filter(|_| !method) {
            return Some(format!("did you mean `{file}::{name}`?"));
        }
        let own = self.around.own_file.into_iter();
        let own = own.flat_map(|file| self.around.files.functions(file));
        let known = functions::names().map(|name: &str| name);
        let near = names::nearest(name, known.chain(own))?;
        Some(format!("did you mean `{near}`?"))
    }
}
