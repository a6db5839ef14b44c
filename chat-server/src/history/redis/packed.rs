//! Texts in one: what scripts tell in one message. Each text with its length before it, as in `5:hello`.

/// The texts, or nothing where these bytes are none.
pub(super) fn unpack(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut texts = Vec::new();
    while !bytes.is_empty() {
        let colon = bytes.iter().position(|byte| *byte == b':')?;
        let (length, rest) = bytes.split_at_checked(colon)?;
        let length: usize = str::from_utf8(length).ok()?.parse().ok()?;
        let (text, rest) = rest.get(1..)?.split_at_checked(length)?;
        texts.push(text);
        bytes = rest;
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_out_as_they_went_in() {
        let texts = unpack("5:hello0:6:가나2:1:".as_bytes()).unwrap();
        assert_eq!(texts, ["hello", "", "가나", "1:"].map(str::as_bytes));
        assert_eq!(unpack(b"").unwrap().len(), 0);
    }

    #[test]
    fn what_is_no_list_is_nothing() {
        for wrong in [
            "5:hell",
            "hello",
            "-1:",
            ":",
            "5",
            "1:ab",
            "18446744073709551616:a",
        ] {
            assert_eq!(unpack(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
