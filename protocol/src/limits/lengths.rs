//! What is right by the contract and still too long for one server.

use super::Limits;
use crate::names::{MessageText, NameError, TextError, Topic, graphemes};

impl Limits {
    /// Whether this server takes a text of this length.
    pub fn allow_text(&self, text: &MessageText) -> Result<(), TextError> {
        allow_bytes(text.as_str(), self.text_bytes)
    }

    /// Whether this server takes a topic of this length.
    pub fn allow_topic(&self, topic: &Topic) -> Result<(), TextError> {
        allow_bytes(topic.as_str(), self.topic_bytes)
    }

    /// Whether this server takes a nick or room name of this length.
    pub fn allow_name(&self, name: &str) -> Result<(), NameError> {
        let (bytes, graphemes) = (name.len(), graphemes(name));
        if bytes > self.name_bytes {
            let limit = self.name_bytes;
            Err(NameError::TooManyBytes { bytes, limit })
        } else if graphemes > self.name_graphemes {
            let limit = self.name_graphemes;
            Err(NameError::TooManyGraphemes { graphemes, limit })
        } else {
            Ok(())
        }
    }
}

const fn allow_bytes(text: &str, limit: usize) -> Result<(), TextError> {
    let bytes = text.len();
    if bytes > limit {
        Err(TextError::TooLong { bytes, limit })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_passes_and_one_more_does_not() {
        let limits = Limits {
            text_bytes: 300,
            topic_bytes: 32,
            name_bytes: 32,
            name_graphemes: 8,
            ..Limits::default()
        };
        let text = |length| MessageText::new("x".repeat(length)).unwrap();
        assert_eq!(limits.allow_text(&text(300)), Ok(()));
        let (bytes, limit) = (301, 300);
        let too_long = Err(TextError::TooLong { bytes, limit });
        assert_eq!(limits.allow_text(&text(301)), too_long);
        let topic = |length| Topic::new("x".repeat(length)).unwrap();
        assert_eq!(limits.allow_topic(&topic(32)), Ok(()));
        assert!(limits.allow_topic(&topic(33)).is_err());
        assert_eq!(limits.allow_name("가나다라마바사아"), Ok(()));
        let (graphemes, limit) = (9, 8);
        assert_eq!(
            limits.allow_name("가나다라마바사아자"),
            Err(NameError::TooManyGraphemes { graphemes, limit })
        );
        let limits = Limits {
            name_graphemes: 32,
            ..limits
        };
        assert_eq!(limits.allow_name(&"x".repeat(32)), Ok(()));
        let (bytes, limit) = (33, 32);
        assert_eq!(
            limits.allow_name("가나다라마바사아자차카"),
            Err(NameError::TooManyBytes { bytes, limit })
        );
    }
}
