//! Where those who connect find a server.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use super::random::Random;

/// Of so many connections in a hundred nginx chooses the server; the others go to one of them directly.
const BY_NGINX_PERCENT: u64 = 50;

/// Where one server listens now; nothing while it is down.
pub(crate) type Place = Rc<Cell<Option<SocketAddr>>>;

/// Where the next connection goes.
#[derive(Clone, Debug)]
pub(crate) enum Upstream {
    /// To the only server.
    One(Place),
    /// Now here, now there, so that who comes back finds another server than before.
    Several {
        /// nginx.
        front: SocketAddr,
        /// The servers themselves.
        nodes: Vec<Place>,
        /// Chooses.
        random: Rc<RefCell<Random>>,
    },
}

impl Upstream {
    /// The address for one connection; nothing where nobody is there.
    pub(crate) fn get(&self) -> Option<SocketAddr> {
        match self {
            Self::One(place) => place.get(),
            Self::Several {
                front,
                nodes,
                random,
            } => {
                let mut random = random.borrow_mut();
                if random.chance(BY_NGINX_PERCENT) {
                    return Some(*front);
                }
                let up: Vec<SocketAddr> = nodes.iter().filter_map(|place| place.get()).collect();
                (!up.is_empty()).then(|| random.pick(&up))
            }
        }
    }
}
