//! YAML as a tree, and as text in block style.

/// A value of a flow file.
#[derive(Debug, Clone)]
pub enum Node {
    /// In double quotes.
    Text(String),
    /// Under `|`.
    Block(String),
    /// As it stands.
    Word(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub fn text(text: impl Into<String>) -> Self {
        Node::Text(text.into())
    }

    pub fn word(word: impl ToString) -> Self {
        Node::Word(word.to_string())
    }

    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>) -> Self {
        let entries = entries.into_iter();
        Node::Map(entries.map(|(key, node)| (key.into(), node)).collect())
    }

    pub fn write(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text, 0);
        text
    }

    fn write_to(&self, out: &mut String, indent: usize) {
        let pad = " ".repeat(indent);
        match self {
            Node::Text(text) => {
                // Quotes of JSON are quotes of YAML too.
                let quoted = serde_json::to_string(text).unwrap();
                out.push_str(&format!(" {quoted}\n"));
            }
            Node::Block(text) => {
                out.push_str(" |\n");
                for line in text.lines() {
                    out.push_str(&format!("{pad}{line}\n"));
                }
            }
            Node::Word(word) => out.push_str(&format!(" {word}\n")),
            Node::List(items) if items.is_empty() => out.push_str(" []\n"),
            Node::Map(entries) if entries.is_empty() => out.push_str(" {}\n"),
            Node::List(items) => {
                if indent > 0 {
                    out.push('\n');
                }
                for item in items {
                    out.push_str(&format!("{pad}-"));
                    item.write_to(out, indent + 2);
                }
            }
            Node::Map(entries) => {
                if indent > 0 {
                    out.push('\n');
                }
                for (key, node) in entries {
                    out.push_str(&format!("{pad}{key}:"));
                    node.write_to(out, indent + 2);
                }
            }
        }
    }
}
