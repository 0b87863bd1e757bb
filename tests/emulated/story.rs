//! The same seed tells the same story, and faults tell no other one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringflow::phone::{Ending, Heard, Rules, ShownLeg};
use ringflow::platform::drive::{
    Ended, Faults, Habits, Manner, Pace, Session, Single, Walker, Watch, run,
};

use crate::calls::{habits, line, numbers, rules};
use crate::server::Server;

/// What happened in a session, as whoever was in it knows it.
type Story = (u64, Ending, u32, Vec<Heard>);

#[derive(Default)]
struct Stories(Mutex<Vec<Story>>);

impl Watch for Stories {
    fn ended(&self, ended: &Ended) {
        assert_eq!(ended.wrong, [], "{}", ended.number);
        let story = (ended.number, ended.ending, ended.turns, ended.heard.clone());
        self.0.lock().unwrap().push(story);
    }
}

/// What came of so many calls: what was heard, and what other servers were asked.
async fn stories(
    seed: u64,
    calls: usize,
    faults: Faults,
    shown: &[ShownLeg],
) -> (Vec<Story>, Vec<String>) {
    let server = Server::start().await;
    let mut numbers = numbers(&server);
    // The bank speaks until it has found what it looks for, which takes the time it takes.
    numbers.retain(|number| number != "+6561115790");
    let stories = Arc::new(Stories::default());
    let manner = Manner {
        faults,
        watch: Arc::clone(&stories) as Arc<dyn Watch>,
        keeps_heard: true,
        ..Manner::new(Arc::new(Single(Arc::clone(&server.delivery))), Pace::Fast)
    };
    // Whether somebody who leaves while we think has left before is a race.
    let habits = Arc::new(Habits {
        leaves: 0.0,
        ..habits()
    });
    run(
        std::iter::repeat_n(Duration::ZERO, calls),
        50,
        |number| {
            let to = &numbers[number as usize % numbers.len()];
            let walker = Walker::new(seed, number, Arc::clone(&habits));
            let rules = Rules {
                bridge_shows: shown[number as usize % shown.len()],
                ..rules(number)
            };
            Session::new(line(number, to, rules), Box::new(walker))
        },
        Arc::new(manner),
    )
    .await;
    let mut stories = std::mem::take(&mut *stories.0.lock().unwrap());
    stories.sort_by_key(|story| story.0);
    let mut asked = server.asked.lock().unwrap().clone();
    asked.sort();
    (stories, asked)
}

/// Legs that tell how a bridge has ended.
const ALL: [ShownLeg; 2] = [ShownLeg::B, ShownLeg::AWithOutcomeOfB];

fn all(seed: u64) -> Faults {
    Faults {
        seed,
        duplicates: 0.2,
        late_duplicates: 0.2,
        new_event_ids: 0.2,
        reordered: 0.2,
        lost_answers: 0.1,
        slow_bodies: 0.05,
        cut_bodies: 0.05,
        delays: 0.02,
        missing_summaries: 0.0,
        digit_shapes: 1.0,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_tells_the_same_story_and_another_one_does_not() {
    let (one, _) = stories(5, 100, all(5), &ALL).await;
    let (again, _) = stories(5, 100, all(5), &ALL).await;
    assert_same(&one, &again);
    let (other, _) = stories(6, 100, all(6), &ALL).await;
    assert_ne!(one, other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_change_nothing_that_callers_hear_or_other_servers_are_asked() {
    let (plain, asked) = stories(7, 300, Faults::NONE, &ALL).await;
    let (faulty, asked_too) = stories(7, 300, all(8), &ALL).await;
    assert_same(&plain, &faulty);
    assert!(asked.len() > 20, "{asked:?}");
    assert_eq!(asked, asked_too);
}

/// Where nothing but a status tells how a bridge has ended, it has to come in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses_that_come_again_change_nothing_where_they_alone_tell_of_a_bridge() {
    let faults = Faults {
        reordered: 0.0,
        ..all(9)
    };
    let (plain, _) = stories(9, 300, Faults::NONE, &[ShownLeg::A]).await;
    let (faulty, _) = stories(9, 300, faults, &[ShownLeg::A]).await;
    assert_same(&plain, &faulty);
}

fn assert_same(one: &[Story], other: &[Story]) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other);
    }
}
