//! What scripts may call, all of it ours: one table of functions and one of
//! operators. Rhai's own packages are not used, since several of their functions
//! build results past every limit before anybody looks.

mod compare;
mod list;
mod math;
mod operators;
mod speech;
mod text;
mod trouble;

use std::sync::{Arc, LazyLock};

use rhai::{
    Array, Dynamic, FuncRegistration, ImmutableString, Map, Module, NativeCallContext, RhaiFunc,
    Shared,
};

pub(super) use speech::{Listener, MONEY, codes, is_code, is_speech};
pub(super) use trouble::Trouble;

use super::engine::Run;

/// One function or operator. It gets as many values as it `takes`, of any kind.
pub(super) struct Function {
    pub name: &'static str,
    /// How many values it can be given.
    pub takes: &'static [usize],
    /// True where it changes its first value in place.
    pub changes: bool,
    run: Work,
}

type Work = fn(&NativeCallContext, &mut [&mut Dynamic]) -> Result<Dynamic, Trouble>;

const fn function(name: &'static str, takes: &'static [usize], run: Work) -> Function {
    Function {
        name,
        takes,
        changes: false,
        run,
    }
}

const fn changing(name: &'static str, takes: &'static [usize], run: Work) -> Function {
    Function {
        name,
        takes,
        changes: true,
        run,
    }
}

/// The largest text and the largest list or map that a script may hold.
pub(super) const MAX_TEXT: usize = 4 * 1024;
pub(super) const MAX_ITEMS: usize = 256;

/// How much of a text, and of a list or map, a function works through in the time of
/// one operation.
const BYTES_AN_OPERATION: u64 = 32;
const ITEMS_AN_OPERATION: u64 = 8;

/// The longest name of a field that a script may make, in bytes.
pub(super) const MAX_NAME: usize = 64;

/// The name of the one function that needs the call around the expression.
pub(super) const VISITS: &str = "visits";

/// The name of the one function that looks into tables.
pub(super) const TABLE: &str = "table";

/// Every function by name, for calls as `f(x)` and `x.f()`.
fn functions() -> impl Iterator<Item = &'static Function> {
    let own = [
        const { &function(VISITS, &[1], visits) },
        const { &function(TABLE, &[2], table) },
    ];
    own.into_iter()
        .chain(text::FUNCTIONS)
        .chain(list::FUNCTIONS)
        .chain(math::FUNCTIONS)
        .chain(speech::FUNCTIONS)
}

pub(super) fn find(name: &str) -> Option<&'static Function> {
    functions().find(|function| function.name == name)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    functions().map(|function| function.name)
}

/// True for an operator that scripts may use between or before values.
pub(super) fn is_operator(name: &str) -> bool {
    operators::OPERATORS
        .iter()
        .any(|operator| operator.name == name)
}

/// All of it as the engine wants it, built once and shared by every run.
pub(super) fn module() -> Shared<Module> {
    static MODULE: LazyLock<Shared<Module>> = LazyLock::new(|| {
        let mut module = Module::new();
        for function in functions().chain(operators::OPERATORS) {
            register(&mut module, function);
        }
        nothing_has_no_fields(&mut module);
        module
            .set_iterable::<std::ops::Range<i64>>()
            .set_iterable::<std::ops::RangeInclusive<i64>>()
            .set_iterable::<Array>();
        let id = std::any::TypeId::of::<ImmutableString>();
        module.set_iter(id, |text| {
            let text = text.into_immutable_string().unwrap_or_default();
            let mut at = 0;
            // Letter by letter: a loop that is left early has not paid for all of them.
            Box::new(std::iter::from_fn(move || {
                let next = text[at..].chars().next()?;
                at += next.len_utf8();
                Some(letter(next))
            }))
        });
        module.build_index();
        module.into()
    });
    MODULE.clone()
}

fn register(module: &mut Module, function: &'static Function) {
    let (run, changes) = (function.run, function.changes);
    for &count in function.takes {
        let types = vec![std::any::TypeId::of::<Dynamic>(); count];
        let native = RhaiFunc::Method {
            func: Arc::new(
                move |context: Option<NativeCallContext>, values: &mut [&mut Dynamic]| {
                    let context = context.expect("it is registered as wanting a context");
                    // What is changed in place is not walked through.
                    let walked = &values[usize::from(changes)..];
                    let before: u64 = walked.iter().map(|value| weight(value)).sum();
                    let result = run(&context, values).map_err(Trouble::into_rhai)?;
                    let work = before + weight(&result);
                    if work > 0 {
                        charge(&context, work);
                    }
                    Ok(result)
                },
            ),
            has_context: true,
            is_pure: !function.changes,
            is_volatile: true,
        };
        FuncRegistration::new(function.name)
            .in_global_namespace()
            .set_into_module_raw(module, types, native);
    }
}

/// How many operations a value is worth to a function that walks through it. The
/// engine counts a call as one, however long its values are.
fn weight(value: &Dynamic) -> u64 {
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return text.len() as u64 / BYTES_AN_OPERATION;
    }
    entries(value) / ITEMS_AN_OPERATION
}

/// The entries of a list or map, with all inside it.
fn entries(value: &Dynamic) -> u64 {
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(|item| 1 + entries(item)).sum();
    }
    match value.read_lock::<Map>() {
        Some(fields) => fields.values().map(|item| 1 + entries(item)).sum(),
        None => 0,
    }
}

/// Adds to the work of the run.
fn charge(context: &NativeCallContext, operations: u64) {
    if let Some(run) = context.tag().and_then(|tag| tag.read_lock::<Run>()) {
        run.meter.add(operations);
    }
}

/// `()` answers every field and every place with `()`, so that a path whose
/// beginning is missing gives nothing instead of failing.
fn nothing_has_no_fields(module: &mut Module) {
    FuncRegistration::new_index_getter()
        .in_global_namespace()
        .set_into_module(module, |_: &mut (), _: ImmutableString| Dynamic::UNIT);
    FuncRegistration::new_index_getter()
        .in_global_namespace()
        .set_into_module(module, |_: &mut (), _: i64| Dynamic::UNIT);
}

/// How often a state was entered. The counts of the states that an expression
/// names are put beside it before it runs, as the tag of the engine.
fn visits(context: &NativeCallContext, values: &mut [&mut Dynamic]) -> Result<Dynamic, Trouble> {
    let state = text_of(values[0]).ok_or_else(|| Trouble::failed("`visits` needs a name"))?;
    let run = context.tag().and_then(|tag| tag.read_lock::<Run>());
    let count = run.and_then(|run| run.visits.get(&*state).copied());
    Ok(Dynamic::from_int(count.unwrap_or(0).into()))
}

/// A row of a table, made into a map here and not before. It costs as much as it is
/// long, whatever the table's size.
fn table(context: &NativeCallContext, values: &mut [&mut Dynamic]) -> Result<Dynamic, Trouble> {
    let name = text_of(values[0]).ok_or_else(|| Trouble::failed("`table` needs a name"))?;
    let is_key = values[1].is_int() || values[1].is_float() || text_of(values[1]).is_some();
    if !is_key {
        let found = kind_of(values[1]);
        return Err(Trouble::needs(
            "table",
            "a text or a number as its key",
            found,
        ));
    }
    let key = shown(values[1])?;
    let run = context.tag().and_then(|tag| tag.read_lock::<Run>());
    let rows = run.and_then(|run| run.rows.clone());
    let row = rows.map(|rows| rows.row(&name, &key)).unwrap_or_default();
    if let crate::call::Value::Map(cells) = &row {
        let bytes = cells.values().map(|cell| match cell {
            crate::call::Value::Text(text) => text.len(),
            _ => 0,
        });
        charge(context, bytes.sum::<usize>() as u64 / BYTES_AN_OPERATION);
    }
    Ok(super::value::into_rhai(&row))
}

fn letter(letter: char) -> Dynamic {
    Dynamic::from(ImmutableString::from(&*letter.encode_utf8(&mut [0; 4])))
}

/// The text of a text, of a single letter, and of nothing, which is the empty one.
fn text_of(value: &Dynamic) -> Option<ImmutableString> {
    if value.is_unit() {
        return Some(ImmutableString::new());
    }
    if let Ok(letter) = value.as_char() {
        return Some(letter.to_string().into());
    }
    value
        .read_lock::<ImmutableString>()
        .map(|text| text.clone())
}

/// Account numbers from an answer may have come as numbers.
fn text_or_number(name: &str, value: &Dynamic) -> Result<String, Trouble> {
    match text_of(value) {
        Some(text) => Ok(text.to_string()),
        None if value.is_int() => shown(value),
        None => Err(Trouble::needs(name, "a text", kind_of(value))),
    }
}

/// The word for a value's kind, as it stands in a message.
fn kind_of(value: &Dynamic) -> &'static str {
    match () {
        () if value.is_unit() => "nothing",
        () if value.is_bool() => "true or false",
        () if value.is_int() || value.is_float() => "a number",
        () if value.is_string() || value.is_char() => "a text",
        () if value.is_array() => "a list",
        () if value.is_map() => "a map",
        () => "something else",
    }
}

/// A text as a result, where it is not too long.
fn text_result(text: String) -> Result<Dynamic, Trouble> {
    if text.len() > MAX_TEXT {
        return Err(Trouble::too_long());
    }
    Ok(Dynamic::from(ImmutableString::from(text)))
}

/// What a value looks like inside a text: numbers without a needless point,
/// nothing as nothing.
fn shown(value: &Dynamic) -> Result<String, Trouble> {
    if let Some(text) = text_of(value) {
        return Ok(text.to_string());
    }
    match super::value::from_rhai(value) {
        Ok(value) => Ok(value.to_string()),
        Err(_) => Err(Trouble::too_long()),
    }
}
