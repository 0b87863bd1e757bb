//! Whether there are colours: on a terminal, for those who want them.

use std::ffi::OsStr;
use std::io::IsTerminal;

use crate::settings::ColorSetting;

/// Whether to use colours on this output. Unless it is asked for one or the other, only a
/// terminal has them, and none where `NO_COLOR` is set: it stands for all programs.
pub fn has_colors(setting: ColorSetting, output: &impl IsTerminal) -> bool {
    let wanted = are_wanted(std::env::var_os("NO_COLOR").as_deref());
    setting.on(output.is_terminal() && wanted)
}

/// Whatever it is set to, it counts, unless that is nothing.
fn are_wanted(no_color: Option<&OsStr>) -> bool {
    no_color.is_none_or(OsStr::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_of_those_who_want_them() {
        // https://no-color.org: set, and not empty.
        assert!(are_wanted(None) && are_wanted(Some(OsStr::new(""))));
        assert!(!are_wanted(Some(OsStr::new("1"))) && !are_wanted(Some(OsStr::new("0"))));
        assert!(ColorSetting::Auto.on(true) && !ColorSetting::Auto.on(false));
        assert!(ColorSetting::Always.on(false) && !ColorSetting::Never.on(true));
    }
}
