//! The words that no library has: how a clock is told, and how signs are called. The
//! facts behind them, as which half of the day an hour is in, are those of CLDR.

use icu_locale_core::Locale;

/// A language in which everything can be said.
pub(super) struct Language {
    /// Its column in the table of currencies.
    pub code: &'static str,
    /// What stands before a number below zero, with the space behind it if any.
    pub minus: &'static str,
    /// Between a number and its unit.
    pub gap: &'static str,
    /// Between the units of a sum of money.
    pub and: &'static str,
    pub clock: Clock,
    /// How [`SIGNS`] are called, in their order.
    pub signs: [&'static str; SIGNS.len()],
}

/// The signs in numbers, addresses and codes that callers must hear.
pub(super) const SIGNS: [char; 7] = ['+', '@', '.', '_', '/', '#', '*'];

/// How the time is told. In its patterns `{H}` is the hour of 24, `{h}` of 12, `{m}` the
/// minute, `{mm}` the minute in two digits and `{part}` the part of the day.
pub(super) struct Clock {
    pub full_hour: &'static str,
    pub with_minutes: &'static str,
    /// Parts of the day, each from an hour on; empty where hours are counted to 24.
    pub parts: &'static [(i8, &'static str)],
    /// Noon and midnight, where the pattern would leave in doubt which is meant.
    pub noon: Option<&'static str>,
    pub midnight: Option<&'static str>,
}

const NO_PARTS: Clock = Clock {
    full_hour: "{H}",
    with_minutes: "{H}:{mm}",
    parts: &[],
    noon: None,
    midnight: None,
};

const LANGUAGES: &[Language] = &[
    Language {
        code: "en",
        minus: "minus ",
        gap: " ",
        and: " and ",
        clock: Clock {
            full_hour: "{h} {part}",
            with_minutes: "{h}:{mm} {part}",
            parts: &[(0, "am"), (12, "pm")],
            noon: Some("12 noon"),
            midnight: Some("12 midnight"),
        },
        signs: ["plus", "at", "dot", "underscore", "slash", "hash", "star"],
    },
    Language {
        code: "zh",
        minus: "负",
        gap: "",
        and: "",
        clock: Clock {
            full_hour: "{H}点",
            // With the zero, as in 三点零五分.
            with_minutes: "{H}点{mm}分",
            ..NO_PARTS
        },
        signs: ["加", "艾特", "点", "下划线", "斜杠", "井号", "星号"],
    },
    Language {
        code: "zh-Hant",
        minus: "負",
        gap: "",
        and: "",
        clock: Clock {
            full_hour: "{H}點",
            with_minutes: "{H}點{mm}分",
            ..NO_PARTS
        },
        signs: ["加", "小老鼠", "點", "底線", "斜線", "井字", "米字"],
    },
    Language {
        code: "ms",
        minus: "negatif ",
        gap: " ",
        and: " dan ",
        clock: Clock {
            full_hour: "pukul {h} {part}",
            with_minutes: "pukul {h}:{mm} {part}",
            parts: &[
                (0, "tengah malam"),
                (1, "pagi"),
                (12, "tengah hari"),
                (14, "petang"),
                (19, "malam"),
            ],
            noon: None,
            midnight: None,
        },
        signs: [
            "tambah",
            "alias",
            "titik",
            "garis bawah",
            "garis miring",
            "tanda pagar",
            "bintang",
        ],
    },
    Language {
        code: "id",
        minus: "minus ",
        gap: " ",
        and: " ",
        clock: Clock {
            full_hour: "pukul {H}",
            // Written it is 15.05, which a voice reads as a number with decimals.
            with_minutes: "pukul {H} lewat {m} menit",
            ..NO_PARTS
        },
        signs: [
            "plus",
            "at",
            "titik",
            "garis bawah",
            "garis miring",
            "pagar",
            "bintang",
        ],
    },
    Language {
        code: "th",
        minus: "ลบ ",
        gap: " ",
        and: " ",
        clock: Clock {
            full_hour: "{H} นาฬิกา",
            with_minutes: "{H} นาฬิกา {m} นาที",
            ..NO_PARTS
        },
        signs: ["บวก", "แอท", "จุด", "ขีดล่าง", "ทับ", "สี่เหลี่ยม", "ดอกจัน"],
    },
    Language {
        code: "vi",
        minus: "âm ",
        gap: " ",
        and: " ",
        clock: Clock {
            full_hour: "{H} giờ",
            with_minutes: "{H} giờ {m} phút",
            ..NO_PARTS
        },
        signs: [
            "cộng",
            "a còng",
            "chấm",
            "gạch dưới",
            "gạch chéo",
            "thăng",
            "sao",
        ],
    },
    Language {
        code: "fil",
        minus: "minus ",
        gap: " ",
        and: " at ",
        clock: Clock {
            full_hour: "{h} {part}",
            with_minutes: "{h}:{mm} {part}",
            parts: &[
                (0, "ng hatinggabi"),
                (1, "ng madaling-araw"),
                (6, "ng umaga"),
                (12, "ng tanghali"),
                (13, "ng hapon"),
                (18, "ng gabi"),
            ],
            noon: None,
            midnight: None,
        },
        signs: [
            "plus",
            "at",
            "tuldok",
            "underscore",
            "slash",
            "hash",
            "asterisk",
        ],
    },
    Language {
        code: "ja",
        minus: "マイナス",
        gap: "",
        and: "",
        clock: Clock {
            full_hour: "{H}時",
            with_minutes: "{H}時{m}分",
            ..NO_PARTS
        },
        signs: [
            "プラス",
            "アットマーク",
            "ドット",
            "アンダーバー",
            "スラッシュ",
            "シャープ",
            "アスタリスク",
        ],
    },
];

/// The language of a locale, if it is one of ours.
pub(super) fn find(locale: &Locale) -> Option<&'static Language> {
    let code = match locale.id.language.as_str() {
        "zh" if is_traditional(locale) => "zh-Hant",
        code => code,
    };
    LANGUAGES.iter().find(|language| language.code == code)
}

/// Whether Chinese is written with the traditional signs.
fn is_traditional(locale: &Locale) -> bool {
    match (locale.id.script, locale.id.region) {
        (Some(script), _) => script.as_str() == "Hant",
        (None, Some(region)) => matches!(region.as_str(), "TW" | "HK" | "MO"),
        (None, None) => false,
    }
}
