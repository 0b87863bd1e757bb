//! One picture of an SVG: a frame with its axes, and lines in it.

use std::fmt::Write as _;

/// Where a frame lies, in the units of the picture.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// A frame of times in µs, on a scale of powers of ten, over something from 0 to 1.
pub struct Frame {
    place: Place,
    /// The powers of ten of the lowest and the highest time shown.
    powers: (i32, i32),
    svg: String,
}

impl Frame {
    /// A frame that is high enough for times between these, in µs.
    pub fn new(place: Place, title: &str, least_us: u64, most_us: u64) -> Self {
        let power = |us: u64| (us.max(1) as f64).log10();
        let low = power(least_us).floor() as i32;
        let high = (power(most_us).ceil() as i32).max(low + 1);
        let mut frame = Frame {
            place,
            powers: (low, high),
            svg: String::new(),
        };
        frame.text(place.left, place.top - 12.0, "start", "title", title);
        for power in low..=high {
            let y = frame.y(10f64.powi(power));
            frame.line((place.left, y), (place.left + place.width, y), "grid");
            let label = label(power);
            frame.text(place.left - 8.0, y + 4.0, "end", "tick", &label);
        }
        frame
    }

    /// A mark of the lower axis, at this share of the width.
    pub fn mark(&mut self, share: f64, label: &str) {
        let Place { top, height, .. } = self.place;
        let x = self.x(share);
        self.line((x, top), (x, top + height), "grid");
        self.text(x, top + height + 18.0, "middle", "tick", label);
    }

    /// What the lower axis is.
    pub fn below(&mut self, text: &str) {
        let Place {
            left,
            top,
            width,
            height,
        } = self.place;
        let (x, y) = (left + width / 2.0, top + height + 38.0);
        self.text(x, y, "middle", "tick", text);
    }

    /// A line through these points, each a share of the width and a time in µs.
    pub fn curve(&mut self, class: &str, points: impl Iterator<Item = (f64, u64)>) {
        let mut path = String::new();
        for (share, us) in points {
            let (x, y) = (self.x(share), self.y(us as f64));
            let _ = write!(path, " {x:.1},{y:.1}");
        }
        let _ = writeln!(
            self.svg,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            path.trim_start()
        );
    }

    /// A mark at the upper edge, at this share of the width.
    pub fn flag(&mut self, share: f64, width: f64) {
        let (x, top) = (self.x(share), self.place.top);
        let _ = writeln!(
            self.svg,
            "<rect class=\"wrong\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"6\"/>",
            (width * self.place.width).max(2.0)
        );
    }

    /// What each line is, from the left, above the frame.
    pub fn legend(&mut self, names: &[(&str, &str)]) {
        let Place {
            left, top, width, ..
        } = self.place;
        let mut x = left + width;
        for (class, name) in names.iter().rev() {
            self.text(x, top - 12.0, "end", "tick", name);
            // Letters of this size are about so wide.
            x -= 6.6 * name.chars().count() as f64 + 6.0;
            self.line((x - 18.0, top - 16.0), (x, top - 16.0), class);
            x -= 34.0;
        }
    }

    pub fn into_svg(self) -> String {
        self.svg
    }

    fn x(&self, share: f64) -> f64 {
        self.place.left + share.clamp(0.0, 1.0) * self.place.width
    }

    fn y(&self, us: f64) -> f64 {
        let (low, high) = (f64::from(self.powers.0), f64::from(self.powers.1));
        let share = (us.max(1.0).log10() - low) / (high - low);
        self.place.top + self.place.height * (1.0 - share.clamp(0.0, 1.0))
    }

    fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) {
        let _ = writeln!(
            self.svg,
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, class: &str, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.svg,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }
}

/// A power of ten of µs.
fn label(power: i32) -> String {
    match power {
        ..3 => format!("{} µs", 10u64.pow(power.max(0) as u32)),
        3..6 => format!("{} ms", 10u64.pow(power as u32 - 3)),
        _ => format!("{} s", 10u64.pow(power as u32 - 6)),
    }
}

/// Text as it may stand in XML.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // No other letter below the space may stand there.
            letter if letter < ' ' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
