//! Emoji by their names: the usual short ones in English, and those by which Korean writers call the usual ones.
//!
//! The names only find an emoji; what is sent is the emoji itself.

use super::matching::Sought;

/// The usual ones, by the words that Korean writers look for them with.
const KOREAN: &[(&str, &str)] = &[
    ("좋아요", "👍"),
    ("엄지", "👍"),
    ("최고", "👍"),
    ("싫어요", "👎"),
    ("하트", "❤️"),
    ("사랑", "❤️"),
    ("깨진하트", "💔"),
    ("웃음", "😄"),
    ("미소", "🙂"),
    ("폭소", "😂"),
    ("웃겨", "🤣"),
    ("땀", "😅"),
    ("윙크", "😉"),
    ("하트눈", "😍"),
    ("뽀뽀", "😘"),
    ("멋짐", "😎"),
    ("울음", "😢"),
    ("눈물", "😢"),
    ("엉엉", "😭"),
    ("화남", "😠"),
    ("분노", "😡"),
    ("놀람", "😮"),
    ("충격", "😱"),
    ("생각", "🤔"),
    ("고민", "🤔"),
    ("졸림", "😴"),
    ("피곤", "😩"),
    ("한숨", "😮‍💨"),
    ("민망", "😳"),
    ("메롱", "😜"),
    ("아픔", "🤒"),
    ("마스크", "😷"),
    ("폭발", "🤯"),
    ("녹음", "🫠"),
    ("경례", "🫡"),
    ("눈굴림", "🙄"),
    ("박수", "👏"),
    ("만세", "🙌"),
    ("기도", "🙏"),
    ("부탁", "🙏"),
    ("감사", "🙏"),
    ("인사", "🙇"),
    ("죄송", "🙇"),
    ("손", "👋"),
    ("안녕", "👋"),
    ("오케이", "👌"),
    ("브이", "✌️"),
    ("주먹", "👊"),
    ("힘", "💪"),
    ("화이팅", "💪"),
    ("악수", "🤝"),
    ("손가락", "👉"),
    ("눈", "👀"),
    ("으쓱", "🤷"),
    ("안돼", "🙅"),
    ("불", "🔥"),
    ("축하", "🎉"),
    ("폭죽", "🎉"),
    ("파티", "🥳"),
    ("생일", "🎂"),
    ("선물", "🎁"),
    ("별", "⭐"),
    ("반짝", "✨"),
    ("백점", "💯"),
    ("로켓", "🚀"),
    ("배포", "🚀"),
    ("체크", "✅"),
    ("완료", "✅"),
    ("엑스", "❌"),
    ("경고", "⚠️"),
    ("금지", "🚫"),
    ("질문", "❓"),
    ("느낌표", "❗"),
    ("버그", "🐛"),
    ("벌레", "🐛"),
    ("망치", "🔨"),
    ("공사중", "🚧"),
    ("전구", "💡"),
    ("아이디어", "💡"),
    ("메모", "📝"),
    ("핀", "📌"),
    ("달력", "📅"),
    ("시계", "⏰"),
    ("모래시계", "⏳"),
    ("자물쇠", "🔒"),
    ("열쇠", "🔑"),
    ("검색", "🔍"),
    ("컴퓨터", "💻"),
    ("전화", "📞"),
    ("메일", "📧"),
    ("상자", "📦"),
    ("그래프", "📈"),
    ("돈", "💰"),
    ("커피", "☕"),
    ("맥주", "🍺"),
    ("건배", "🍻"),
    ("밥", "🍚"),
    ("라면", "🍜"),
    ("치킨", "🍗"),
    ("피자", "🍕"),
    ("케이크", "🍰"),
    ("해", "☀️"),
    ("비", "🌧️"),
    ("눈사람", "⛄"),
    ("꽃", "🌸"),
    ("강아지", "🐶"),
    ("고양이", "🐱"),
    ("곰", "🐻"),
    ("토끼", "🐰"),
    ("유령", "👻"),
    ("똥", "💩"),
    ("해골", "💀"),
    ("로봇", "🤖"),
    ("한국", "🇰🇷"),
    ("태극기", "🇰🇷"),
];

/// Emoji whose name is `typed`, then those whose name begins so, then those in whose name a word does; each with that name.
pub fn named(typed: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let sought = Sought::new(typed);
    let typed = typed.to_lowercase();
    let korean = KOREAN.iter();
    let korean = korean.filter(move |(name, _)| sought.begins(name));
    let korean = korean.map(|(name, emoji)| (*emoji, *name));
    let (same, begin) = (typed.clone(), typed.clone());
    let same = names().filter(move |(_, name)| *name == same);
    let begins = names().filter(move |(_, name)| name.starts_with(&begin) && *name != begin);
    let holds = names().filter(move |(_, name)| {
        !name.starts_with(&typed) && name.split('_').skip(1).any(|word| word.starts_with(&typed))
    });
    korean.chain(same).chain(begins).chain(holds)
}

/// Every short name.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    emojis::iter().flat_map(|emoji| emoji.shortcodes().map(|name| (emoji.as_str(), name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t33_emoji_are_found_by_english_and_korean_names() {
        let first = |typed: &str| named(typed).next();
        assert_eq!(first("thumbsu"), Some(("👍", "thumbsup")));
        assert_eq!(first("TADA"), Some(("🎉", "tada")));
        assert_eq!(first("하트"), Some(("❤️", "하트")));
        assert_eq!(first("ㅊㅎ"), Some(("🎉", "축하")));
        assert_eq!(first("축"), Some(("🎉", "축하")));
        assert_eq!(first("no-such-name"), None);
        let hearts: Vec<_> = named("heart").map(|(_, name)| name).collect();
        let of = |wanted: &str| hearts.iter().position(|name| *name == wanted);
        assert_eq!(of("heart"), Some(0));
        assert!(of("two_hearts") > of("heart_eyes"));
    }

    #[test]
    fn every_korean_name_stands_for_an_emoji() {
        for (name, emoji) in KOREAN {
            assert!(emojis::get(emoji).is_some(), "{name} {emoji}");
        }
    }
}
