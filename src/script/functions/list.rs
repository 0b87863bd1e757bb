//! Lists and maps. Nothing counts as the empty list, except where a list is to be
//! changed in place.

use rhai::{Array, Dynamic, Map, NativeCallContext};

use super::compare::{equal, order};
use super::{
    Function, MAX_ITEMS, MAX_NAME, Trouble, changing, charge, function, kind_of, shown, text_of,
    text_result,
};

pub(super) const FUNCTIONS: &[Function] = &[
    changing("push", &[2], |_, v| {
        let item = v[1].clone();
        with_list("push", v[0], |list| {
            if list.len() >= MAX_ITEMS {
                return Err(Trouble::too_many());
            }
            list.push(item);
            Ok(Dynamic::UNIT)
        })
    }),
    changing("pop", &[1], |_, v| {
        with_list("pop", v[0], |list| Ok(list.pop().unwrap_or(Dynamic::UNIT)))
    }),
    changing("put", &[3], put),
    function("first", &[1], |_, v| {
        Ok(list_of("first", v[0])?
            .first()
            .cloned()
            .unwrap_or(Dynamic::UNIT))
    }),
    function("last", &[1], |_, v| {
        Ok(list_of("last", v[0])?
            .last()
            .cloned()
            .unwrap_or(Dynamic::UNIT))
    }),
    function("reverse", &[1], |_, v| {
        let mut list = list_of("reverse", v[0])?;
        list.reverse();
        Ok(Dynamic::from_array(list))
    }),
    function("sort", &[1], |context, v| {
        let list = list_of("sort", v[0])?;
        // Each item is compared with several others.
        charge(context, list.len() as u64);
        sort(list)
    }),
    function("join", &[2], |_, v| {
        let between =
            text_of(v[1]).ok_or_else(|| Trouble::needs("join", "a text", kind_of(v[1])))?;
        let mut text = String::new();
        for (i, item) in list_of("join", v[0])?.iter().enumerate() {
            if i > 0 {
                text.push_str(&between);
            }
            text.push_str(&shown(item)?);
            if text.len() > super::MAX_TEXT {
                return Err(Trouble::too_long());
            }
        }
        text_result(text)
    }),
    function("keys", &[1], |_, v| {
        let keys = map_of("keys", v[0])?.into_keys();
        Ok(Dynamic::from_array(
            keys.map(|key| key.to_string().into()).collect(),
        ))
    }),
    function("values", &[1], |_, v| {
        let values = map_of("values", v[0])?.into_values();
        Ok(Dynamic::from_array(values.collect()))
    }),
];

/// True where the list has an item that equals `wanted`.
pub(super) fn position(list: &[Dynamic], wanted: &Dynamic) -> Result<Option<usize>, Trouble> {
    for (i, item) in list.iter().enumerate() {
        if equal(item, wanted)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn list_of(name: &str, value: &Dynamic) -> Result<Array, Trouble> {
    if value.is_unit() {
        return Ok(Array::new());
    }
    match value.read_lock::<Array>() {
        Some(list) => Ok(list.clone()),
        None => Err(Trouble::needs(name, "a list", kind_of(value))),
    }
}

fn map_of(name: &str, value: &Dynamic) -> Result<Map, Trouble> {
    if value.is_unit() {
        return Ok(Map::new());
    }
    match value.read_lock::<Map>() {
        Some(map) => Ok(map.clone()),
        None => Err(Trouble::needs(name, "a map", kind_of(value))),
    }
}

fn with_list(
    name: &str,
    value: &mut Dynamic,
    change: impl FnOnce(&mut Array) -> Result<Dynamic, Trouble>,
) -> Result<Dynamic, Trouble> {
    let found = kind_of(value);
    match value.write_lock::<Array>() {
        Some(mut list) => change(&mut list),
        None => Err(Trouble::needs(name, "a list", found)),
    }
}

/// Sets a field of a map, or an item that a list has.
fn put(_: &NativeCallContext, values: &mut [&mut Dynamic]) -> Result<Dynamic, Trouble> {
    let [target, place, value] = values else {
        return Err(Trouble::failed("`put` takes 3 values"));
    };
    if let Some(mut map) = target.write_lock::<Map>() {
        let name = text_of(place)
            .ok_or_else(|| Trouble::needs("put", "a text as name", kind_of(place)))?;
        if name.len() > MAX_NAME {
            return Err(Trouble::too_long());
        }
        map.insert(name.as_str().into(), value.clone());
        return Ok(Dynamic::UNIT);
    }
    let place = place.as_int().ok();
    let place = place.and_then(|place| usize::try_from(place).ok());
    with_list("put", target, |list| {
        let item = place.and_then(|place| list.get_mut(place));
        *item.ok_or_else(|| Trouble::failed("the list has nothing at this place"))? = value.clone();
        Ok(Dynamic::UNIT)
    })
}

fn sort(mut list: Array) -> Result<Dynamic, Trouble> {
    let mut trouble = None;
    list.sort_by(|a, b| match order(a, b) {
        Ok(order) => order.unwrap_or(std::cmp::Ordering::Equal),
        Err(found) => {
            trouble = Some(found);
            std::cmp::Ordering::Equal
        }
    });
    match trouble {
        None => Ok(Dynamic::from_array(list)),
        Some(trouble) => Err(trouble),
    }
}
