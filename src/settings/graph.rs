//! `ringflow graph`

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct GraphSettings {
    /// The name of the flow; may be left out where there is but one
    pub flow: Option<String>,

    /// The project: the folder that holds `flows` and `scripts`
    #[arg(long, value_name = "DIR", default_value = ".", env = "RINGFLOW_DIR")]
    pub dir: PathBuf,

    #[command(flatten)]
    pub format: GraphFormat,
}

/// How the picture is written; Mermaid where nothing is said.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub struct GraphFormat {
    /// Write Mermaid, which many wikis and code hosts show as a picture (the default)
    #[arg(long)]
    pub mermaid: bool,

    /// Write DOT, for Graphviz
    #[arg(long)]
    pub dot: bool,

    /// Write SVG, which every browser shows
    #[arg(long)]
    pub svg: bool,
}
