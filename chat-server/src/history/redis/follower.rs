//! How others make use of who follows.

use protocol::position::Address;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;

use super::following::ToFollowing;
use crate::record::Found;

/// Follows on behalf of others.
#[derive(Clone)]
pub(super) struct Follower(pub(super) Sender<ToFollowing>);

impl Follower {
    /// A room is about to be joined. What comes back is waited for before the join is read.
    pub(super) async fn prepare(&self, room: Address) -> oneshot::Receiver<()> {
        let (ready, is_ready) = oneshot::channel();
        self.tell(ToFollowing::Prepare(room, ready)).await;
        is_ready
    }

    /// The answer to a join.
    pub(super) async fn joined(&self, room: Address, found: Found) {
        self.tell(ToFollowing::Joined(room, found)).await;
    }

    /// Nobody here wants anything of a room.
    pub(super) async fn unloaded(&self, room: Address) {
        self.tell(ToFollowing::Unloaded(room)).await;
    }

    async fn tell(&self, what: ToFollowing) {
        if self.0.send(what).await.is_err() {
            tracing::debug!("nobody follows any more");
        }
    }
}
