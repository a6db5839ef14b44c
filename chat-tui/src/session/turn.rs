//! What one input may use: the time, and the list of what is to be done.

use std::time::Duration;

use protocol::request::Request;

use super::{Command, News, Now, Output, Record};
use protocol::error::{ErrorCode, Refusal};

/// One call of `Session::handle`.
pub(super) struct Turn<'a> {
    pub(super) now: Now,
    pub(super) out: &'a mut Vec<Output>,
}

impl Turn<'_> {
    pub(super) fn tell(&mut self, news: News) {
        self.out.push(Output::News(news));
    }

    pub(super) fn transmit(&mut self, request: Request) {
        self.out.push(Output::Transmit(request));
    }

    pub(super) fn save(&mut self, record: Record) {
        self.out.push(Output::Save(record));
    }

    pub(super) fn refuse(&mut self, command: Command, refusal: Refusal) {
        self.tell(News::Refused { command, refusal });
    }

    pub(super) fn refuse_with(&mut self, command: Command, code: ErrorCode, message: &str) {
        self.refuse(command, Refusal::new(code, message));
    }

    pub(super) const fn elapsed(&self) -> Duration {
        self.now.elapsed
    }
}
