//! The servers of a run, and how clients find them.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use tokio::task::JoinSet;

use super::cast::Cast;
use crate::plan::Plan;
use crate::random::Random;
use crate::recorder::Recorder;
use crate::server::{self, Server};
use crate::shim::Shim;
use crate::stage::Stage;
use crate::subject::{Node, Subject};
use crate::upstream::{Place, Upstream};

impl<S: Subject> Cast<S> {
    /// Starts the servers.
    pub(super) fn serve(
        &mut self,
        plan: &Plan,
        place: &Path,
        mut shim: Option<Shim>,
        log: &Recorder,
        tasks: &mut JoinSet<()>,
    ) {
        for (number, address) in self.places.iter().enumerate() {
            let node = self.stage.as_ref().map(|stage| Node {
                port: stage.nodes[number].number(),
                redis: stage.url.clone(),
                replicas: plan.setting.map_or(0, |setting| setting.replicas),
            });
            let subject = match node {
                Some(node) => self.subject.as_node(node),
                None => self.subject.clone(),
            };
            let (server, orders) = Server::new(
                subject,
                number,
                place,
                log.clone(),
                address.clone(),
                plan.arms.iter().cloned(),
                shim.take(),
            );
            tasks.spawn_local(server.run());
            self.servers.push(orders);
        }
    }

    /// Gives a server an order.
    pub(super) async fn tell(&self, node: usize, order: server::Order) {
        // A server that could not be started again has said so in the log.
        self.servers[node].send(order).await.unwrap_or(());
    }
}

/// Where clients are led to.
pub(super) fn upstream(stage: Option<&Stage>, places: &[Place], seed: u64) -> Upstream {
    match (stage, places) {
        (None, [only]) => Upstream::One(Rc::clone(only)),
        _ => Upstream::Several {
            front: stage.map(|stage| stage.front).expect("several have nginx"),
            nodes: places.to_vec(),
            random: Rc::new(RefCell::new(Random::new(seed, 300))),
        },
    }
}
