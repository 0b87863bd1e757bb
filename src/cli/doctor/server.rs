//! A server that runs for this project on this machine.

use std::path::Path;

use super::finding::Finding;
use crate::app;
use crate::platform::Operator;

pub async fn running(dir: &Path) -> Finding {
    let none = |told: String| {
        Finding::warning("server", told)
            .do_this(format!("start one with `ringflow serve {}`", dir.display()))
    };
    let (address, token) = match app::admin::left(dir) {
        Ok(Some(left)) => left,
        Ok(None) => return none("no server runs here".to_owned()),
        Err(error) => return Finding::fault("server", format!("{error:#}")),
    };
    let asked = match Operator::at(&address, &token) {
        Ok(operator) => operator.get("/flows").await,
        Err(why) => Err(why),
    };
    match asked {
        Ok(Some(answer)) if answer.status == 200 => Finding::ok(
            "server",
            format!("a server runs here; operators ask at {address}"),
        ),
        // Another server, of a later start, may listen there.
        Ok(Some(_) | None) => none("the server that was started here runs no more".to_owned()),
        Err(why) => Finding::fault("server", why).do_this("see its log"),
    }
}
