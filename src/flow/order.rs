//! In which order flows are compiled: each behind those that it runs, and where some
//! run each other, on which way.

use std::collections::{HashMap, VecDeque};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// One flow file's turn.
#[derive(Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its place in the list.
    pub index: usize,
    /// The flows it runs that run it in turn, each with the way round: "`a` → `b` → `a`".
    pub rings: Vec<(String, String)>,
}

/// What is known of a file: its flow's name, where it can be read, and the flows it runs.
pub type Named<'a> = (Option<&'a str>, &'a [Box<str>]);

/// The order of these files. Of several with one name it is for the first.
pub fn of(files: &[Named<'_>]) -> Vec<Turn> {
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (index, (name, _)) in files.iter().enumerate() {
        if let Some(name) = name {
            by_name.entry(name).or_insert(index);
        }
    }
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<NodeIndex> = (0..files.len()).map(|at| graph.add_node(at)).collect();
    for (index, (_, runs)) in files.iter().enumerate() {
        for run in runs.iter().filter_map(|run| by_name.get(&**run)) {
            graph.update_edge(nodes[index], nodes[*run], ());
        }
    }
    let mut turns = Vec::new();
    // A knot comes behind those to which it leads.
    for mut knot in tarjan_scc(&graph) {
        knot.sort();
        for node in &knot {
            let runs = graph.neighbors(*node).filter(|run| knot.contains(run));
            let rings = runs.filter_map(|run| {
                let name = files[graph[run]].0?.to_owned();
                Some((name, way_round(&graph, files, *node, run)))
            });
            turns.push(Turn {
                index: graph[*node],
                rings: rings.collect(),
            });
        }
    }
    turns
}

/// The way from a flow by one that it runs back to itself.
fn way_round(
    graph: &DiGraph<usize, ()>,
    files: &[Named<'_>],
    from: NodeIndex,
    by: NodeIndex,
) -> String {
    let mut came_from: HashMap<NodeIndex, NodeIndex> = HashMap::new();
    let mut open = VecDeque::from([by]);
    while let Some(node) = open.pop_front() {
        for next in graph.neighbors(node) {
            if next != by && !came_from.contains_key(&next) {
                came_from.insert(next, node);
                open.push_back(next);
            }
        }
    }
    let mut way = vec![from];
    let mut at = from;
    while at != by {
        match came_from.get(&at) {
            Some(before) => at = *before,
            None => break,
        }
        way.push(at);
    }
    way.push(from);
    way.dedup();
    if way.len() == 1 {
        way.push(from);
    }
    way.reverse();
    let names = way.iter().map(|node| {
        let name = files[graph[*node]].0.unwrap_or_default();
        format!("`{name}`")
    });
    names.collect::<Vec<_>>().join(" → ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_comes_behind_those_it_runs_and_a_ring_is_named() {
        let runs = |names: &[&str]| {
            names
                .iter()
                .map(|name| Box::from(*name))
                .collect::<Vec<_>>()
        };
        let (a, b, c) = (runs(&["b", "nowhere"]), runs(&["c"]), runs(&["b", "c"]));
        let files: Vec<Named<'_>> = vec![(Some("a"), &a), (Some("b"), &b), (Some("c"), &c)];
        let turns = of(&files);
        assert_eq!(turns.last().map(|turn| turn.index), Some(0));
        assert!(turns[2].rings.is_empty());
        let ring_of = |index: usize| {
            let turn = turns.iter().find(|turn| turn.index == index).unwrap();
            let mut ways: Vec<&str> = turn.rings.iter().map(|(_, way)| way.as_str()).collect();
            ways.sort_unstable();
            ways
        };
        assert_eq!(ring_of(1), ["`b` → `c` → `b`"]);
        assert_eq!(ring_of(2), ["`c` → `b` → `c`", "`c` → `c`"]);
    }
}
