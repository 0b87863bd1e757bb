//! The words with which prompts offer keys, language by language. A language that is
//! not here has no key found in its texts, and so no warning.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::call::Key;

/// How one language tells callers to press a key.
pub(super) struct Language {
    /// Words in front of the key, as in `press 1`.
    pub(super) before: &'static [&'static str],
    /// Words in front of the key that may as well ask for an entry, as in `enter 1`.
    pub(super) entering: &'static [&'static str],
    /// What stands behind the key, as in `1を押`.
    pub(super) after: &'static [&'static str],
    /// What may stand between such a word and the key, as in `press the 1`.
    pub(super) between: &'static [&'static str],
    /// What stands between one key and the next, as in `1 or 2`.
    pub(super) or: &'static [&'static str],
    /// What begins the purpose of a key, as in `2 for the desk`.
    pub(super) purpose: &'static [&'static str],
    /// What makes a count of the number in front of it, or a part of an entry.
    pub(super) counted: &'static [&'static str],
    /// What in front of a word takes its meaning away, as in `do not press` and `then
    /// press the hash key`.
    pub(super) not: &'static [&'static str],
    /// The digits in words, from 0.
    pub(super) numbers: &'static [&'static [&'static str]; 10],
    pub(super) star: &'static [&'static str],
    pub(super) hash: &'static [&'static str],
    /// Its words are not told apart by spaces.
    pub(super) unspaced: bool,
}

const NONE: Language = Language {
    before: &[],
    entering: &[],
    after: &[],
    between: &[],
    or: &[],
    purpose: &[],
    counted: &[],
    not: &[],
    numbers: &[&[]; 10],
    star: &[],
    hash: &[],
    unspaced: false,
};

pub(super) static LANGUAGES: &[Language] = &[
    ENGLISH, MALAY, CHINESE, THAI, VIETNAMESE, TAGALOG, JAPANESE, KOREAN, HINDI, TAMIL, GERMAN,
    FRENCH, SPANISH, PORTUGUESE,
];

const ENGLISH: Language = Language {
    before: &["press", "pressing", "dial", "push"],
    entering: &["enter", "key in", "select", "choose"],
    between: &[
        "the", "key", "number", "digit", "button", "either", "option",
    ],
    or: &["or", "and", "else", "otherwise"],
    purpose: &["for", "to", "if", "when", "in order"],
    counted: &[
        "digits",
        "digit",
        "numbers",
        "characters",
        "times",
        "more",
        "of",
        "followed",
        "then",
        "and then",
        "before",
        "minute",
        "minutes",
        "second",
        "seconds",
        "hours",
    ],
    not: &["not", "don't", "don’t", "never", "without", "then"],
    numbers: &[
        &["zero"],
        &["one"],
        &["two"],
        &["three"],
        &["four"],
        &["five"],
        &["six"],
        &["seven"],
        &["eight"],
        &["nine"],
    ],
    star: &["star", "asterisk"],
    hash: &["hash", "pound"],
    ..NONE
};

/// Malay and Indonesian.
const MALAY: Language = Language {
    before: &["tekan", "tekanlah", "dail", "picit"],
    entering: &["masukkan", "pilih"],
    between: &[
        "angka", "nombor", "nomor", "kekunci", "butang", "tombol", "kunci",
    ],
    or: &["atau", "dan"],
    purpose: &["untuk", "bagi", "jika", "kalau"],
    counted: &["digit", "angka", "kali"],
    not: &["jangan", "kemudian", "lalu"],
    numbers: &[
        &["sifar", "kosong", "nol"],
        &["satu"],
        &["dua"],
        &["tiga"],
        &["empat"],
        &["lima"],
        &["enam"],
        &["tujuh"],
        &["lapan", "delapan"],
        &["sembilan"],
    ],
    star: &["bintang"],
    hash: &["pagar"],
    ..NONE
};

const CHINESE: Language = Language {
    before: &["按下", "按", "撥", "拨"],
    between: &["数字", "數字", "键", "鍵"],
    or: &["或者", "或", "和"],
    purpose: &["查询", "查詢", "转", "轉"],
    counted: &["位", "下", "次", "秒", "个", "個"],
    not: &["不要", "别", "勿", "然后", "然後", "再"],
    numbers: &[
        &["零"],
        &["一"],
        &["二"],
        &["三"],
        &["四"],
        &["五"],
        &["六"],
        &["七"],
        &["八"],
        &["九"],
    ],
    star: &["星号", "星號", "星"],
    hash: &["井号", "井號", "井"],
    unspaced: true,
    ..NONE
};

const THAI: Language = Language {
    before: &["กด"],
    between: &["หมายเลข", "ปุ่ม", "เลข"],
    or: &["หรือ", "และ"],
    purpose: &["เพื่อ", "สำหรับ"],
    counted: &["หลัก"],
    not: &["อย่า"],
    numbers: &[
        &["ศูนย์"],
        &["หนึ่ง"],
        &["สอง"],
        &["สาม"],
        &["สี่"],
        &["ห้า"],
        &["หก"],
        &["เจ็ด"],
        &["แปด"],
        &["เก้า"],
    ],
    star: &["ดอกจัน"],
    hash: &["สี่เหลี่ยม"],
    unspaced: true,
    ..NONE
};

const VIETNAMESE: Language = Language {
    before: &["bấm", "nhấn", "ấn"],
    entering: &["nhập", "chọn"],
    between: &["phím", "số", "nút"],
    or: &["hoặc", "hay", "và"],
    purpose: &["để", "nếu"],
    counted: &["chữ", "số", "lần"],
    not: &["đừng", "không", "rồi"],
    numbers: &[
        &["không"],
        &["một"],
        &["hai"],
        &["ba"],
        &["bốn"],
        &["năm"],
        &["sáu"],
        &["bảy"],
        &["tám"],
        &["chín"],
    ],
    star: &["sao"],
    hash: &["thăng"],
    ..NONE
};

const TAGALOG: Language = Language {
    before: &["pindutin", "pumindot", "i-press", "i-dial"],
    entering: &["ilagay", "piliin"],
    between: &["po", "ang", "ng", "numero", "numerong", "number"],
    or: &["o", "at"],
    purpose: &["para", "kung", "upang"],
    counted: &["digit", "na", "beses"],
    not: &["huwag"],
    numbers: &[
        &["sero", "zero"],
        &["isa", "one"],
        &["dalawa", "two"],
        &["tatlo", "three"],
        &["apat", "four"],
        &["lima", "five"],
        &["anim", "six"],
        &["pito", "seven"],
        &["walo", "eight"],
        &["siyam", "nine"],
    ],
    star: &["star", "asterisk"],
    hash: &["hash", "pound"],
    ..NONE
};

const JAPANESE: Language = Language {
    after: &["を押", "番を押", "のボタンを押", "キーを押", "をダイヤル"],
    not: &[],
    numbers: CHINESE.numbers,
    star: &["米印", "アスタリスク"],
    hash: &["シャープ"],
    unspaced: true,
    ..NONE
};

const KOREAN: Language = Language {
    after: &[
        "번을 누르",
        "번을 눌러",
        "을 누르",
        "을 눌러",
        "를 누르",
        "를 눌러",
    ],
    star: &["별표"],
    hash: &["우물정자", "우물정"],
    unspaced: true,
    ..NONE
};

const HINDI: Language = Language {
    after: &["दबा", "को दबा"],
    numbers: &[
        &["शून्य"],
        &["एक"],
        &["दो"],
        &["तीन"],
        &["चार"],
        &["पांच", "पाँच"],
        &["छह", "छः"],
        &["सात"],
        &["आठ"],
        &["नौ"],
    ],
    star: &["स्टार"],
    hash: &["हैश"],
    unspaced: true,
    ..NONE
};

const TAMIL: Language = Language {
    after: &["ஐ அழுத்த", "அழுத்த", "-ஐ அழுத்த"],
    unspaced: true,
    ..NONE
};

const GERMAN: Language = Language {
    before: &["drücken", "drücke"],
    entering: &["wählen", "tippen"],
    between: &["sie", "bitte", "die", "auf", "taste", "zahl", "ziffer"],
    or: &["oder", "und"],
    purpose: &["für", "um", "wenn"],
    counted: &["ziffern", "stellen", "mal"],
    not: &["nicht"],
    numbers: &[
        &["null"],
        &["eins"],
        &["zwei", "zwo"],
        &["drei"],
        &["vier"],
        &["fünf"],
        &["sechs"],
        &["sieben"],
        &["acht"],
        &["neun"],
    ],
    star: &["stern", "sterntaste"],
    hash: &["raute", "rautetaste"],
    ..NONE
};

const FRENCH: Language = Language {
    before: &["appuyez", "tapez"],
    entering: &["faites", "composez"],
    between: &["sur", "la", "le", "touche", "chiffre"],
    or: &["ou", "et"],
    purpose: &["pour", "si", "afin"],
    counted: &["chiffres", "fois"],
    not: &["pas", "n'", "ne"],
    numbers: &[
        &["zéro"],
        &["un"],
        &["deux"],
        &["trois"],
        &["quatre"],
        &["cinq"],
        &["six"],
        &["sept"],
        &["huit"],
        &["neuf"],
    ],
    star: &["étoile"],
    hash: &["dièse"],
    ..NONE
};

const SPANISH: Language = Language {
    before: &["pulse", "oprima", "presione"],
    entering: &["marque"],
    between: &["el", "la", "tecla", "número"],
    or: &["o", "y"],
    purpose: &["para", "si"],
    counted: &["dígitos", "veces"],
    not: &["no"],
    numbers: &[
        &["cero"],
        &["uno"],
        &["dos"],
        &["tres"],
        &["cuatro"],
        &["cinco"],
        &["seis"],
        &["siete"],
        &["ocho"],
        &["nueve"],
    ],
    star: &["asterisco", "estrella"],
    hash: &["almohadilla", "numeral"],
    ..NONE
};

const PORTUGUESE: Language = Language {
    before: &["prima", "pressione", "tecle"],
    entering: &["digite", "marque"],
    between: &["o", "a", "tecla", "número"],
    or: &["ou", "e"],
    purpose: &["para", "se"],
    counted: &["dígitos", "vezes"],
    not: &["não"],
    numbers: &[
        &["zero"],
        &["um"],
        &["dois"],
        &["três"],
        &["quatro"],
        &["cinco"],
        &["seis"],
        &["sete"],
        &["oito"],
        &["nove"],
    ],
    star: &["asterisco", "estrela"],
    hash: &["cardinal", "sustenido"],
    ..NONE
};

impl Language {
    /// Its words for the keys, each with the key.
    pub(super) fn key_words(&self) -> impl Iterator<Item = (Key, &'static str)> {
        let digits = self.numbers.iter().zip('0'..='9').flat_map(|(words, c)| {
            let key = Key::pressed(c);
            words.iter().filter_map(move |word| Some((key?, *word)))
        });
        let star = self.star.iter().map(|word| (Key::STAR, *word));
        let hash = self.hash.iter().map(|word| (Key::HASH, *word));
        digits.chain(star).chain(hash)
    }
}

/// The languages that have a word for a key, or for pressing one, which begins with this
/// letter. A text has many places at which a word begins, and few such words.
pub(super) fn beginning_with(c: char) -> &'static [&'static Language] {
    static BY_LETTER: LazyLock<HashMap<char, Vec<&'static Language>>> = LazyLock::new(|| {
        let mut by_letter: HashMap<char, Vec<&'static Language>> = HashMap::new();
        for language in LANGUAGES {
            let pressing = [language.before, language.entering, language.after];
            let pressing = pressing.into_iter().flatten().copied();
            let words = pressing.chain(language.key_words().map(|(_, word)| word));
            let letters: BTreeSet<char> = words.filter_map(|word| word.chars().next()).collect();
            for letter in letters {
                by_letter.entry(letter).or_default().push(language);
            }
        }
        by_letter
    });
    let lower = c.to_lowercase().next().unwrap_or(c);
    BY_LETTER.get(&lower).map(Vec::as_slice).unwrap_or_default()
}

/// The digit that a character is, in whatever script.
pub(super) fn digit(c: char) -> Option<char> {
    let zeros = ['0', '０', '๐', '०', '௦', '٠'];
    let value = zeros.iter().find_map(|zero| {
        let value = (c as u32).checked_sub(*zero as u32)?;
        (value < 10).then_some(value)
    })?;
    char::from_digit(value, 10)
}

/// True for the language of a voice, as in `en`, whose words stand here.
pub(super) fn is_known(language: &str) -> bool {
    spoken(language).is_some()
}

/// The words of a language with this name, as in `ms` or `zh-Hant`.
pub(super) fn spoken(name: &str) -> Option<&'static Language> {
    const NAMES: [&[&str]; 14] = [
        &["en"],
        &["ms", "id"],
        &["zh", "cmn", "yue"],
        &["th"],
        &["vi"],
        &["fil", "tl"],
        &["ja"],
        &["ko"],
        &["hi"],
        &["ta"],
        &["de"],
        &["fr"],
        &["es"],
        &["pt"],
    ];
    let first = name.split(['-', '_']).next().unwrap_or_default();
    let first = first.to_ascii_lowercase();
    let at = NAMES.iter().position(|names| names.contains(&&*first))?;
    LANGUAGES.get(at)
}
