//! Tables of what passes and what does not, and properties that hold for any string.

mod confusables;
mod nick_tables;
mod properties;
mod real_nicks;
mod room_tables;
mod text_tables;
