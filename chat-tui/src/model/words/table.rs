//! The sentences themselves: English, then Korean.

words! {
    /// Heads the member list; its number stands behind.
    members: "members {0}", "멤버 {0}";
    /// Marks oneself.
    me: "you", "나";
    /// A member without connection.
    reconnecting: "reconnecting", "다시 연결 중";
    /// Members that have no room in the list.
    more_members: "and {0} more", "외 {0}명";
    /// The unread line, one message.
    unread_one: "{0} new message", "새 메시지 {0}개";
    /// The unread line.
    unread: "{0} new messages", "새 메시지 {0}개";
    /// Messages below the reading position.
    below: "{0} new below ∙ {line_end}", "아래에 새 메시지 {0}개 ∙ {line_end}";
    /// Reading above the end, nothing new there.
    scrolled: "reading back ∙ {line_end}", "지난 글 읽는 중 ∙ {line_end}";
    /// Names in a row.
    and_others: "{0} and {1} others", "{0} 외 {1}명";
    /// The last of a few names.
    and: "{0} and {1}", "{0}, {1}";
    /// Came in.
    came: "{0} came in", "{0} 들어옴";
    /// Behind a nick that was another person's.
    after_another: " (another person used this nick until {0})", " ({0}까지는 다른 사람이 쓰던 이름)";
    /// In a conversation with one whose nick was another person's.
    formerly: "another person used the nick {0} until {1}; this is not the same person", "{0}{0:은/는} {1}까지 다른 사람이 쓰던 이름입니다. 그때 그 사람이 아닙니다";
    /// In a conversation with one whose nick is somebody else's now.
    passed_on: "somebody else has the nick {0} now; what you write here goes to the one who had it before", "{0}{0:은/는} 이제 다른 사람의 이름입니다. 여기에 쓰는 글은 전에 그 이름을 쓰던 사람에게 갑니다";
    /// The name of such a conversation.
    earlier: "{0} (earlier)", "{0} (이전)";
    /// A text for a nick that is another person's now.
    withheld: "! not sent: {0} is another person than until {1} ∙ {send} sends it all the same", "! 보내지 않음: {0}{0:은/는} {1}까지와 다른 사람입니다 ∙ {send} 그래도 보내기";
    /// Marks a member whose nick was another person's.
    new_person: "new here", "다른 사람";
    /// Went.
    went: "{0} left", "{0} 나감";
    /// Went and came back.
    came_back: "{0} came back", "{0} 다시 들어옴";
    /// Rows of code that are not shown.
    code_folded: "⋯ {0} more rows of code", "⋯ 코드 {0}줄 더";
    /// Long code that is shown whole.
    code_open: "⋯ end of the code", "⋯ 코드 끝";
    /// Another nick.
    renamed: "{0} is now {1}", "{0}{0:이/가} 이름을 {1}{1:으로/로} 바꿈";
    /// A topic that was set.
    topic_set: "{0} set the topic: {1}", "{0} 님이 주제를 정함: {1}";
    /// A topic that was cleared.
    topic_cleared: "{0} cleared the topic", "{0} 님이 주제를 지움";
    /// Messages that cannot be had.
    gap_one: "{0} message here cannot be had any more", "여기 메시지 {0}개는 더 이상 받을 수 없습니다";
    /// Messages that cannot be had.
    gap: "{0} messages here cannot be had any more", "여기 메시지 {0}개는 더 이상 받을 수 없습니다";
    /// The server's history went another way.
    forked_one: "the server lost the end of its history: {0} message shown here, of {1}, is gone; what is left is shown anew", "서버가 기록의 끝을 잃었습니다. 여기 보이던 {1} 메시지 {0}개가 사라졌고, 남은 기록을 새로 보여 줍니다";
    /// {0}: how many; {1}: when the first of them was said.
    forked_lost: "the server lost the end of its history: {0} messages shown here, from {1} on, are gone; what is left is shown anew", "서버가 기록의 끝을 잃었습니다. {1}부터 여기 보이던 메시지 {0}개가 사라졌고, 남은 기록을 새로 보여 줍니다";
    /// Above a history that is not the one from before.
    forked: "the server went back to an older state; its history is shown anew", "서버가 예전 상태로 돌아갔습니다. 그 기록을 새로 보여 줍니다";
    /// The first message of the room is here.
    beginning: "this is where the room begins", "방의 첫 부분입니다";
    /// Older messages are on their way.
    fetching: "⋯ fetching older messages", "⋯ 이전 메시지를 가져오는 중";
    /// Older messages did not come.
    not_fetched: "! older messages did not come ∙ {page_up} tries again", "! 이전 메시지를 가져오지 못했습니다 ∙ {page_up} 다시";
    /// A room without messages.
    nothing_said: "nothing said here yet ∙ write something and press {send}", "아직 아무 말이 없습니다 ∙ 글을 쓰고 {send}{send:을/를} 누르세요";
    /// A room that is being entered.
    entering: "⋯ entering {0}", "⋯ {0}에 들어가는 중";
    /// No room at all.
    no_room: "you are in no room ∙ /join NAME enters one, /rooms shows them", "들어간 방이 없습니다 ∙ /join 이름으로 들어가고 /rooms로 목록을 봅니다";
    /// A room that could not be entered.
    not_entered: "! {0} could not be entered: {1} ∙ /join {0} tries again", "! {0}에 들어가지 못했습니다: {1} ∙ /join {0}{0:으로/로} 다시";
    /// A text on its way.
    sending: "⋯ sending", "⋯ 보내는 중";
    /// A text that waits for the connection.
    waiting: "⋯ waiting", "⋯ 기다리는 중";
    /// A text that is stored.
    stored: "✓ stored", "✓ 저장됨";
    /// A text that was refused.
    failed: "! not sent: {0} ∙ {send_again} sends it again ∙ {take_back} takes it back to edit", "! 보내지 못함: {0} ∙ {send_again} 다시 보내기 ∙ {take_back} 고쳐 쓰기";
    /// A topic on its way.
    topic_pending: "topic: {0}", "주제: {0}";

    /// Stands for a quoted message that is not here yet.
    quote_fetching: "⋯ an earlier message", "⋯ 이전 메시지";
    /// Stands for a quoted message that cannot be had.
    quote_gone: "a message that cannot be had any more", "더 이상 받을 수 없는 메시지";
    /// Nobody else said anything further up.
    nobody_to_answer: "nobody else said anything further up", "더 위에는 다른 사람의 말이 없습니다";

    /// Connected.
    online: "connected", "연결됨";
    /// The server has asked to wait.
    held: "the server asks to send slower", "서버가 천천히 보내라고 합니다";
    /// Connected, but anybody on the way can listen.
    online_exposed: "connected, not encrypted", "연결됨, 암호화 안 됨";
    /// Told once a connection that leaves this machine without encryption.
    exposed: "! not encrypted: whoever is on the way to {0} can read and change what is said ∙ wss:// is safe, where the server has it", "! 암호화 안 됨: {0}까지 가는 길에서 누구나 읽고 바꿀 수 있습니다 ∙ 서버가 지원하면 wss:// 로 연결하세요";
    /// Connecting.
    connecting: "⋯ connecting to {0}", "⋯ {0}에 연결하는 중";
    /// The countdown.
    retrying: "! not connected ({1}) ∙ next try in {0} s ∙ {connect} tries now", "! 연결 끊김 ({1}) ∙ {0}초 뒤 다시 연결 ∙ {connect} 지금 연결";
    /// Not tried yet.
    idle: "not connected ∙ {connect} connects", "연결 안 됨 ∙ {connect} 연결";
    /// Stopped for good.
    stopped: "! not connected: {0} ∙ {connect} tries again", "! 연결 안 됨: {0} ∙ {connect} 다시 연결";
    /// The server's key is another one.
    key_changed: "! the key of {0} changed. Nothing was sent to it.", "! {0}의 키가 바뀌었습니다. 아무것도 보내지 않았습니다.";
    /// The key as it was; as long as the next one.
    key_before: "before  {0}", "전에는  {0}";
    /// The key as it is.
    key_now: "now     {0}", "지금은  {0}";
    /// What to do then.
    key_advice: "Ask who runs the server; {send} does not accept the new key.", "서버 운영자에게 물어보세요. {send}{send:으로/로}는 받아들이지 않습니다.";
    /// What to do if that is right.
    key_accept: "If it is right, start once with --new-server-key.", "맞다고 하면 --new-server-key 로 한 번 시작하세요.";
    /// The server proved nothing.
    no_proof: "! {0} did not prove that it holds its key. Nothing was sent.", "! {0}{0:이/가} 자기 키를 증명하지 못했습니다. 아무것도 보내지 않았습니다.";
    /// The server's key is seen for the first time.
    first_visit: "the key of {0} is new here and remembered from now on: {1}. Compare it with what whoever runs the server tells you.", "{0}의 키를 처음 보아 기억해 둡니다: {1}. 서버 운영자가 알려 주는 값과 같은지 확인하세요.";
    /// The own key and the server's.
    keys: "your key: {0} ∙ the key of {1}: {2}", "내 키: {0} ∙ {1}의 키: {2}";
    /// Another's key.
    whois: "{0}: {1} ∙ so says the server; ask {0} what /key shows there", "{0}: {1} ∙ 서버가 알려 준 값입니다. {0} 님에게 /key 값을 물어보세요";
    /// A guest has no key that lasts.
    whois_guest: "{0} is a guest: no key shows who it is", "{0}{0:은/는} 손님이라 누구인지 보여 주는 키가 없습니다";
    /// Nobody of that nick.
    whois_nobody: "! {0} is not among the members here and said nothing here", "! {0}{0:은/는} 이 방의 멤버가 아니고 여기서 한 말도 없습니다";
    /// Another version.
    version: "! {0} speaks version {1} of the contract; get the program that fits it", "! {0}{0:은/는} 규약 {1}판을 씁니다. 그에 맞는 프로그램을 받으세요";
    /// Refused at the introduction.
    refused: "! {0} ∙ /nick NAME tries another", "! {0} ∙ /nick 이름으로 바꿔 보세요";
    /// The end.
    ended: "goodbye", "안녕히 가세요";
    /// Which messages of a room notify.
    notify: "notifications: {0}", "알림: {0}";
    /// Which messages of this room notify, told after a command.
    notify_in: "{0} ∙ notifications: {1}", "{0} ∙ 알림: {1}";
    /// Each message notifies.
    notify_all: "all", "모두";
    /// Messages that mention the person notify.
    notify_mentions: "mentions", "멘션만";
    /// No message notifies.
    notify_none: "none", "없음";
    /// Texts that wait.
    unsent: "{0} waiting to be sent", "보낼 메시지 {0}개";
    /// Reading with keys, something without a time selected.
    reading: "reading", "읽기";
    /// Keys at the right of the status line while reading; the first ones go where there is no room.
    keys_reading: "{reading_reply} reply   {reading_open} link   {reading_copy} copy   {reading_down} {reading_up} move   {reading_write} write", "{reading_reply} 답장   {reading_open} 링크   {reading_copy} 복사   {reading_down} {reading_up} 위아래   {reading_write} 쓰기";
    /// The log alone.
    bare: "any key goes back ∙ {page_up} {page_down} scroll", "아무 키나 누르면 돌아갑니다 ∙ {page_up} {page_down} 위아래로";
    /// Nothing to read.
    nothing_to_read: "nothing to select here yet", "아직 고를 글이 없습니다";
    /// No unread line.
    nothing_unread: "nothing is marked as new here", "새 메시지 표시가 없습니다";
    /// On the clipboard, as far as anybody knows.
    copied: "copied: {0} ∙ if it cannot be pasted: {bare_view}, then select it", "복사함: {0} ∙ 붙여 넣을 수 없으면 {bare_view}{bare_view:으로/로} 골라 복사하세요";
    /// Nothing to copy.
    nothing_to_copy: "nothing to copy", "복사할 글이 없습니다";
    /// Nothing to answer.
    nothing_to_answer: "only a message can be answered", "메시지에만 답할 수 있습니다";
    /// A web page is being opened.
    opening: "⋯ opening {0}", "⋯ {0}{0:을/를} 여는 중";
    /// The person sits elsewhere.
    open_remote: "! this program runs on another machine and cannot open {0} for you ∙ {links}, then {reading_copy} copies it", "! 다른 컴퓨터에서 도는 프로그램이라 {0}{0:을/를} 열 수 없습니다 ∙ {links}{links:을/를} 누르고 {reading_copy}{reading_copy:으로/로} 복사하세요";
    /// A web page that could not be opened.
    open_failed: "! {0} ∙ {links}, then {reading_copy} copies the link", "! {0} ∙ {links}{links:을/를} 누르고 {reading_copy}{reading_copy:으로/로} 링크를 복사하세요";
    /// No links on the screen.
    no_links: "no links on the screen", "화면에 링크가 없습니다";
    /// Title of the list of links.
    links_title: "links", "링크";
    /// How to use the list of links.
    links_keys: "{up} {down} choose ∙ {send} opens ∙ {reading_copy} copies ∙ {close} closes", "{up} {down} 고르기 ∙ {send} 열기 ∙ {reading_copy} 복사 ∙ {close} 닫기";
    /// The mouse is the terminal's.
    mouse_off: "the mouse is the terminal's now ∙ {toggle_mouse} takes it back", "마우스를 터미널에 넘겼습니다 ∙ {toggle_mouse} 되찾기";
    /// The mouse is the program's.
    mouse_on: "the mouse is taken ∙ Shift (Option on macOS) and drag selects", "마우스를 씁니다 ∙ Shift(macOS는 Option)를 누르고 끌면 고르기";
    /// Keys at the right of the status line, with several rooms.
    keys_rooms: "{0} room", "{0} 방";
    /// The switcher's key, at the right of the status line.
    keys_find: "{switcher} find", "{switcher} 찾기";
    /// The help's.
    keys_help: "{help} help", "{help} 도움말";
    /// Keys at the right of the status line, without a member column.
    keys_members: "{members} members", "{members} 멤버";
    /// A text that is too long.
    too_long: "! {0} of {1} bytes ∙ shorten it or send it in parts", "! {1}바이트 중 {0}바이트 ∙ 줄이거나 나눠 보내세요";
    /// A text that comes near the limit.
    length: "{0} of {1} bytes", "{1}바이트 중 {0}바이트";
    /// A paste that no draft can hold.
    paste_too_long: "! the paste has {0} bytes, more than fits in here; it was left out", "! 붙여 넣은 글이 {0}바이트라 다 들어가지 않아 넣지 않았습니다";
    /// Title of the question about a long paste.
    paste_title: "pasted text", "붙여넣은 글";
    /// The question; the choices stand behind it.
    paste_asked: "{0} lines ({1}): ", "{0}줄 ({1}): ";
    /// A choice: into the composer.
    paste_one: "one message", "한 메시지";
    /// The same where it is longer than a message.
    paste_one_long: "one message, to be shortened", "한 메시지(줄여야 함)";
    /// A choice: several messages.
    paste_parts: "in {0} parts, about {1} s", "{0}개로 나눠서, 약 {1}초";
    /// A choice: nothing.
    paste_cancel: "cancel", "취소";
    /// The keys of the question.
    paste_keys: "{left} {right} ∙ {send} ∙ {close} cancels", "{left} {right} 고르기 ∙ {send} ∙ {close} 취소";
    /// Nothing became of the paste.
    paste_dropped: "nothing was pasted", "붙여넣지 않았습니다";
    /// The editor failed.
    editor_failed: "! the editor: {0} ∙ your text is what it was", "! 편집기: {0} ∙ 쓰던 글은 그대로입니다";
    /// A paste that the terminal's reader had to cut.
    paste_cut: "! the paste was too long and was left out", "! 붙여 넣은 글이 너무 길어 넣지 않았습니다";
    /// Asked before leaving.
    again_to_leave: "{clear} once more leaves; the draft is kept", "{clear}{clear:을/를} 한 번 더 누르면 끝냅니다. 쓰던 글은 남습니다";
    /// A cleared composer.
    cleared: "cleared ∙ {up} brings it back ∙ {clear} once more leaves", "지웠습니다 ∙ {up} 되살리기 ∙ {clear} 한 번 더 끝내기";
    /// Wants the connection.
    needs_connection: "! {0} needs the connection; your text is kept", "! {0}{0:은/는} 연결이 있어야 합니다. 쓴 글은 그대로 있습니다";
    /// Nothing to send in.
    needs_room: "! enter a room first: /join NAME; your text is kept", "! 먼저 /join 이름으로 방에 들어가세요. 쓴 글은 그대로 있습니다";
    /// A setting of the file that is not used, by its line and name.
    config_ignored: "! config.toml, line {0}: {1} is not used ∙ chat-tui config --check tells more", "! config.toml {0}행의 {1} 설정은 쓰지 않았습니다 ∙ 자세히: chat-tui config --check";
    /// The whole file of settings is not used for what stands in this line.
    config_broken: "! config.toml, line {0}, cannot be read, so the file is not used ∙ chat-tui config --check tells more", "! config.toml {0}행을 읽을 수 없어 파일을 쓰지 않았습니다 ∙ 자세히: chat-tui config --check";
    /// The file of settings cannot be read.
    config_unread: "! config.toml cannot be read and is not used ∙ chat-tui config --check tells more", "! config.toml 파일을 읽을 수 없어 쓰지 않았습니다 ∙ 자세히: chat-tui config --check";
    /// No such command.
    no_command: "! there is no {0}; did you mean {1}? (//{2} sends it as text)", "! {0} 명령은 없습니다. {1}{1:을/를} 찾으셨나요? (//{2}{2:으로/로} 쓰면 글로 보냅니다)";
    /// A command used wrongly.
    usage: "! {0} ∙ {1}", "! {0} ∙ {1}";
    /// What a command came to.
    command_refused: "! {0}: {1}", "! {0}: {1}";
    /// A conversation has no topic.
    no_topic_here: "! a conversation has no topic", "! 대화에는 주제가 없습니다";
    /// The nick is changed.
    nick_now: "you are {0} now", "이제 {0}입니다";
    /// A conversation that is not open has something new.
    wrote: "{0} wrote to you ∙ /w {0} opens it", "{0} 님이 말을 걸었습니다 ∙ /w {0}{0:으로/로} 엽니다";
    /// A text that failed elsewhere.
    failed_in: "! something in {0} was not sent: {1}", "! {0}에서 보내지 못한 글이 있습니다: {1}";
    /// No failed text.
    nothing_failed: "nothing failed here", "여기에는 보내지 못한 글이 없습니다";
    /// Nobody of that name.
    nothing_to_complete: "nothing begins with {0}", "{0}{0:으로/로} 시작하는 것이 없습니다";

    /// The title of the search, in one room.
    search_title: "search {0}", "{0} 검색";
    /// The title of the search, in all rooms.
    search_title_all: "search all rooms", "모든 방 검색";
    /// The search, nothing typed yet.
    search_empty: "type a word, or a phrase in \" \"", "찾을 말을 쓰세요. 여러 낱말을 이어서 찾으려면 \" \"로 묶으세요";
    /// What is here was looked through; the server was not asked yet.
    search_here: "{0} among the messages here ∙ {send} searches all that was ever said", "받아 둔 메시지에서 {0}개 ∙ {send} 지난 모든 글에서 찾기";
    /// The server was asked.
    search_asked: "⋯ searching", "⋯ 찾는 중";
    /// The server answered.
    search_found: "{0} found", "{0}개 찾음";
    /// The server answered, and has more.
    search_more: "{0} found ∙ older ones by {down} at the end", "{0}개 찾음 ∙ 끝에서 {down} 더 찾기";
    /// More was asked for.
    search_more_asked: "{0} found ⋯ searching on", "{0}개 찾음 ⋯ 더 찾는 중";
    /// As many as the list holds.
    search_full: "the newest {0} ∙ one more word narrows it", "최근 {0}개 ∙ 낱말을 더 써서 좁히세요";
    /// Nothing in one room.
    search_nothing: "nothing found in {0} ∙ {complete} searches all rooms, or try a shorter word", "{0}에서 찾지 못했습니다 ∙ {complete} 모든 방에서 찾기, 또는 더 짧은 말로";
    /// Nothing anywhere.
    search_nothing_all: "nothing found in the rooms you are in ∙ try a shorter word ∙ {switcher} enters another room", "들어간 방에서 찾지 못했습니다 ∙ 더 짧은 말로 ∙ {switcher} 다른 방으로";
    /// The server did not answer.
    search_failed: "! not searched: {0} ∙ {send} tries again", "! 찾지 못했습니다: {0} ∙ {send} 다시";
    /// The keys of the search while one types.
    search_keys: "{send} searches   {down} picks", "{send} 찾기   {down} 고르기";
    /// The keys of the search at a hit.
    search_keys_hit: "{send} goes   {up} {down} pick", "{send} 가기   {up} {down} 고르기";
    /// The last key of the search.
    search_keys_close: "{close} closes", "{close} 닫기";
    /// The key of the search that changes where it looks, from one room.
    search_keys_all: "{complete} all rooms", "{complete} 모든 방";
    /// The key of the search that changes where it looks, from all rooms.
    search_keys_room: "{complete} only {0}", "{complete} {0}만";
    /// The messages around a hit are on their way.
    jumping: "⋯ fetching the messages around it", "⋯ 그 앞뒤 메시지를 가져오는 중";
    /// A message that cannot be gone to without the connection.
    jump_offline: "! that message is not on this machine ∙ {send} again once connected", "! 이 컴퓨터에 없는 메시지입니다 ∙ 연결되면 다시 {send}";
    /// A message that could not be gone to.
    jump_failed: "! could not go there: {0} ∙ {send} tries again", "! 그 자리로 가지 못했습니다: {0} ∙ {send} 다시";
    /// A message that is not there any more.
    jump_gone: "the message is not there any more", "그 메시지가 이제 없습니다";
    /// The title of the mentions.
    mentions_title: "mentions of you", "나를 부른 글";
    /// No mention.
    mentions_none: "nobody mentioned {0} yet ∙ {close} closes", "아직 {0} 님을 부른 글이 없습니다 ∙ {close} 닫기";
    /// The server did not look for them.
    mentions_failed: "! older ones could not be looked for: {0} ∙ /mentions tries again", "! 이전 글은 찾지 못했습니다: {0} ∙ /mentions 다시";
    /// The keys of the mentions.
    mentions_keys: "{send} goes   {up} {down} pick   {close} closes", "{send} 가기   {up} {down} 고르기   {close} 닫기";
    /// The title of the switcher.
    switch_title: "go to", "어디로";
    /// The keys of the switcher.
    switch_keys: "{send} goes   {up} {down}   # rooms   @ people   {close} closes", "{send} 가기   {up} {down} 고르기   # 방   @ 사람   {close} 닫기";
    /// A row of the switcher: unread messages.
    switch_unread: "{0} new", "새 글 {0}";
    /// A row of the switcher: a person.
    switch_person: "talk alone", "둘이 대화";
    /// A row of the switcher: a room that nobody knows of yet.
    switch_new: "a new room", "새 방";
    /// Nothing to go to.
    switch_none: "nothing of that name ∙ {delete_to_start} clears it", "그런 이름이 없습니다 ∙ {delete_to_start} 지우기";
    /// No tab with something new.
    nothing_new: "nothing new in other rooms", "다른 방에 새 글이 없습니다";
    /// No tab was shown before.
    no_room_before: "no other room was shown yet ∙ {switcher} goes to one", "전에 보던 방이 없습니다 ∙ {switcher} 다른 방으로";
    /// Newer messages of the past are on their way.
    fetching_newer: "⋯ fetching newer messages", "⋯ 다음 메시지를 가져오는 중";
    /// Newer messages did not come.
    newer_not_fetched: "! newer messages did not come ∙ {page_down} tries again ∙ {line_end} goes to the newest", "! 다음 메시지를 가져오지 못했습니다 ∙ {page_down} 다시 ∙ {line_end} 최근으로";

    /// Usage.
    usage_search: "/search TEXT: looks through everything that was said", "/search 글: 지난 모든 글에서 찾습니다";
    /// Usage.
    usage_mentions: "/mentions: shows the messages that mention you", "/mentions: 나를 부른 글을 보여 줍니다";
    /// Usage.
    usage_join: "/join ROOM: enters a room", "/join 방: 방에 들어갑니다";
    /// Usage.
    usage_leave: "/leave: leaves this room or conversation", "/leave: 이 방이나 대화에서 나갑니다";
    /// Usage.
    usage_rooms: "/rooms: shows the rooms of the server", "/rooms: 서버의 방을 보여 줍니다";
    /// Usage.
    usage_notify: "/notify all|mentions|none: which messages of this room notify you while you look elsewhere", "/notify all|mentions|none: 다른 곳을 보는 동안 이 방의 어떤 글을 알릴지 정합니다";
    /// Usage.
    usage_nick: "/nick NAME: changes your nick", "/nick 이름: 닉네임을 바꿉니다";
    /// Usage.
    usage_whisper: "/w NICK TEXT: says something to one person alone", "/w 닉네임 글: 한 사람에게만 말합니다";
    /// Usage.
    usage_me: "/me TEXT: says what you do", "/me 글: 무엇을 하는지 말합니다";
    /// Usage.
    usage_topic: "/topic TEXT: sets the topic of the room (/topic - clears it)", "/topic 글: 방의 주제를 정합니다 (/topic - 은 지움)";
    /// Usage.
    usage_key: "/key: shows the fingerprints of your key and of the server's", "/key: 내 키와 서버 키의 지문을 보여 줍니다";
    /// Usage.
    usage_whois: "/whois NICK: shows the fingerprint of a member's key", "/whois 닉네임: 멤버가 쓰는 키의 지문을 보여 줍니다";
    /// Usage.
    usage_help: "/help: shows keys and commands", "/help: 키와 명령을 보여 줍니다";
    /// Usage.
    usage_quit: "/quit: leaves the program", "/quit: 프로그램을 끝냅니다";

    /// Title of the help.
    help_title: "keys and commands", "키와 명령";
    /// How popups close.
    popup_close: "{close} closes ∙ {up} {down} {page_up} {page_down}", "{close} 닫기 ∙ {up} {down} {page_up} {page_down}";
    /// Title of the list of rooms.
    rooms_title: "rooms of {0}", "{0}의 방";
    /// The list is on its way.
    rooms_fetching: "⋯ fetching the rooms", "⋯ 방을 가져오는 중";
    /// There are none.
    rooms_none: "no rooms yet ∙ /join NAME makes one", "아직 방이 없습니다 ∙ /join 이름으로 만드세요";
    /// How to use the list.
    rooms_keys: "{up} {down} choose ∙ {send} goes in ∙ {close} closes", "{up} {down} 고르기 ∙ {send} 들어가기 ∙ {close} 닫기";
    /// A room's members.
    room_members: "{0} in", "{0}명";
    /// Nobody is there.
    nobody: "nobody is here yet ∙ {close} goes back", "아직 아무도 없습니다 ∙ {close} 돌아가기";
    /// In a conversation.
    alone: "only you two", "둘만의 대화";
    /// The draft's menu.
    completion_keys: "{complete} next ∙ {send} takes it ∙ {close} back", "{complete} 다음 ∙ {send} 고르기 ∙ {close} 되돌리기";

    /// Help: send.
    help_send: "send", "보내기";
    /// Help: new line.
    help_newline: "new line in the text", "글 안에서 줄 바꾸기";
    /// Help: complete.
    help_complete: "complete a command, nick or room", "명령, 닉네임, 방 이름 완성";
    /// Help: recall.
    help_recall: "with an empty text: what you sent before", "빈 글에서: 앞서 보낸 글";
    /// Help: moves.
    help_move: "move in the text", "글 안에서 움직이기";
    /// Help: word moves.
    help_words: "a word to the left, to the right", "한 낱말 왼쪽, 오른쪽으로";
    /// Help: line ends.
    help_ends: "start and end of the line", "줄의 처음과 끝";
    /// Help: deleting.
    help_delete: "delete a word, up to the start, up to the end", "낱말, 줄 처음까지, 줄 끝까지 지우기";
    /// Help: undo.
    help_undo: "undo, redo", "되돌리기, 다시 하기";
    /// Help: scrolling.
    help_scroll: "scroll; older messages come at the top", "위아래로 읽기. 맨 위에서 이전 메시지가 옵니다";
    /// Help: to the end.
    help_bottom: "down to the newest message", "가장 새 메시지로";
    /// Help: the reading mode.
    help_read: "read with keys: select, copy, answer ∙ {close} with no text too", "키로 읽기: 고르기, 복사, 답장 ∙ 빈 글에서 {close}도 같음";
    /// Help: the unread line.
    help_unread_line: "to the first message not seen", "읽지 않은 첫 메시지로";
    /// Help: links.
    help_links: "links on the screen: open, copy", "화면의 링크: 열기, 복사";
    /// Help: the log alone.
    help_bare: "the log alone, for the terminal's own selection", "글만 보기. 터미널 기능으로 고르기 좋게";
    /// Help: the mouse.
    help_mouse: "release the mouse, take it back", "마우스 놓기, 되찾기";
    /// Heads the keys of the reading mode in the help.
    help_reading: "while reading", "읽는 동안";
    /// Help, reading: select.
    help_select_next: "the message below, above", "아래, 위 메시지";
    /// Help, reading: half a screen.
    help_half: "half a screen down, up", "반 화면 아래, 위로";
    /// Help, reading: a screen.
    help_page: "a screen down, up", "한 화면 아래, 위로";
    /// Help, reading: ends.
    help_first_last: "the first message here, the newest", "여기 첫 메시지, 가장 새 메시지";
    /// Help, reading: copy.
    help_copy: "copy the text", "글 복사";
    /// Help, reading: link.
    help_open: "open the link, or choose one", "링크 열기, 여럿이면 고르기";
    /// Help, reading: answer.
    help_reply: "answer it", "답장";
    /// Help, reading: folds.
    help_fold: "unfold, fold (long code, comings and goings)", "펼치기, 접기 (긴 코드, 드나듦)";
    /// Help, reading: back.
    help_write: "back to the text; so does typing", "글쓰기로. 그냥 쓰기 시작해도 됨";
    /// Help: tabs by number.
    help_tab: "room 1 to 9", "1번부터 9번 방";
    /// Help: tabs in order.
    help_tabs: "next room, previous room", "다음 방, 이전 방";
    /// Help: the switcher.
    help_switch: "go to a room or person by a few letters (ㄱㅂ finds 개발)", "몇 글자로 방이나 사람 찾아가기 (ㄱㅂ으로 개발)";
    /// Help: the next unread tab.
    help_new: "next room with something new, mentions first", "새 글이 있는 다음 방, 나를 부른 곳 먼저";
    /// Help: the tab before.
    help_last_room: "the room before this one, and back", "바로 전에 보던 방, 다시 누르면 돌아오기";
    /// Help: search.
    help_search: "search what was said", "지난 글 검색";
    /// Help: mentions.
    help_mentions: "messages that mention you", "나를 부른 글";
    /// Help: answering.
    help_answer: "answer the newest message, again: one before ∙ {close}: none", "가장 새 메시지에 답하기, 또 누르면 그 위 메시지 ∙ {close} 취소";
    /// Help: the editor.
    help_editor: "write in $EDITOR", "$EDITOR로 쓰기";
    /// Help: retry.
    help_retry: "connect now", "지금 연결";
    /// Help: members.
    help_members: "members of the room", "방의 멤버";
    /// Help: failed texts.
    help_failed: "send a failed text again, edit it", "보내지 못한 글 다시 보내기, 고쳐 쓰기";
    /// Help: help.
    help_help: "this help", "이 도움말";
    /// Help: suspend.
    help_suspend: "suspend the program (fg brings it back)", "프로그램 멈춰 두기 (fg로 돌아옴)";
    /// Help: clear and leave.
    help_clear: "clear the text; twice leaves", "글 지우기, 두 번이면 끝내기";
    /// Help: leave.
    help_leave: "with an empty text: leave", "빈 글에서: 끝내기";
    /// Help: the terminal's selection.
    help_select: "Shift (Option on macOS) and drag selects text with the terminal's own selection", "Shift(macOS는 Option)를 누르고 끌면 터미널 기능으로 글을 고릅니다";

    /// What the program is.
    form_title: "chat-tui", "chat-tui";
    /// What it takes.
    form_subtitle: "One room, one name, that is all. No account needed.", "방 하나, 이름 하나면 됩니다. No account needed.";
    /// The field of the server.
    form_server: "server", "서버";
    /// The field of the room.
    form_room: "room", "방";
    /// The field of the nick.
    form_nick: "nick", "닉네임";
    /// Nothing typed in the field.
    form_server_empty: "! type the address of a server, as in ws://127.0.0.1:7878", "! ws://127.0.0.1:7878처럼 서버 주소를 적으세요";
    /// Looking at the server.
    form_probing: "⋯ connecting", "⋯ 연결하는 중";
    /// The server is there.
    form_online: "connected ∙ {0} rooms", "연결됨 ∙ 방 {0}개";
    /// The server is there, with one room.
    form_online_one: "connected ∙ {0} room", "연결됨 ∙ 방 {0}개";
    /// A server in this process can be reached by others.
    shared: "others come in with: chat-tui --server {0}", "다른 사람은 이렇게 들어옵니다: chat-tui --server {0}";
    /// The server is not there.
    form_failed: "! {0} ∙ check the address, or open a server here (the button below)", "! {0} ∙ 주소를 확인하거나 아래 단추로 여기서 서버를 여세요";
    /// One offered room.
    form_offer: "{0} {1}", "{0} {1}명";
    /// The nick is somebody else's for good.
    nick_key: "! {0} belongs to another key. Take another name, or bring that key here with chat-tui key import FILE.", "! {0}{0:은/는} 다른 키의 이름입니다. 다른 이름을 쓰거나 chat-tui key import FILE 로 그 키를 가져오세요.";
    /// The nick is a guest's for now.
    nick_guest: "! {0} is in use by a guest right now. Take another name, or try again later.", "! {0}{0:은/는} 지금 손님이 쓰는 이름입니다. 다른 이름을 쓰거나 나중에 다시 해 보세요.";
    /// The nick is nobody's.
    nick_reserved: "! {0} is reserved. Take another name.", "! {0}{0:은/는} 쓸 수 없는 이름입니다. 다른 이름을 쓰세요.";
    /// The button to go in.
    form_enter: "enter", "들어가기";
    /// The button to serve.
    form_host: "host here", "여기서 서버 열기";
    /// A server is being opened.
    form_hosting: "⋯ opening a server", "⋯ 서버를 여는 중";
    /// Going in.
    form_entering: "⋯ going in", "⋯ 들어가는 중";
    /// Where the keys are.
    form_keys_here: "your keys stay on this machine", "키는 이 컴퓨터에만 있습니다";
    /// The keys of the form in the field of the room.
    form_keys_room: "{up} {down} picks a room   {complete} next   {send} goes in", "{up} {down} 방 고르기   {complete} 다음   {send} 들어가기";
    /// The keys of the form.
    form_keys: "{complete} next   {send} goes in   {clear} leaves", "{complete} 다음   {send} 들어가기   {clear} 끝내기";

    /// A name that is refused: nothing.
    name_empty: "the name is empty; give at least one letter or digit", "이름이 비었습니다. 글자나 숫자를 하나는 쓰세요";
    /// A name that is refused: bytes.
    name_bytes: "the name has {0} bytes, the limit is {1}; shorten it", "이름이 {0}바이트입니다. {1}바이트까지 되니 줄이세요";
    /// A name that is refused: length.
    name_length: "the name has {0} characters, the limit is {1}; shorten it", "이름이 {0}자입니다. {1}자까지 되니 줄이세요";
    /// A name that is refused: form.
    name_form: "the name is not in Unicode form NFC; normalize it before sending", "이름이 유니코드 NFC 꼴이 아닙니다";
    /// A name that is refused: case.
    name_case: "the room name is not case-folded; fold it before sending", "방 이름에 대문자가 있습니다. 소문자로 쓰세요";
    /// A name that is refused: a character.
    name_character: "the name holds {0}, which no name may; use letters, digits and _-[]{}\\|^`*.", "이름에 쓸 수 없는 문자 {0}{0:이/가} 있습니다. 글자, 숫자와 _-[]{}\\|^`*. 을 쓰세요";
    /// A name that is refused: a mark alone.
    name_mark: "the mark {0} in the name has no letter to stand on; remove it", "이름에 글자 없이 붙은 부호 {0}{0:이/가} 있습니다. 지우세요";
    /// A name that is refused: marks.
    name_marks: "the mark {0} in the name is one too many, the limit is {1} on a letter; remove it", "한 글자에 부호는 {1}개까지인데 {0}{0:이/가} 더 있습니다. 지우세요";
    /// A name that is refused: a mark twice.
    name_mark_twice: "the mark {0} stands twice on one letter of the name; remove one", "한 글자에 부호 {0}{0:이/가} 두 번 있습니다. 하나를 지우세요";
    /// A name that is refused: signs only.
    name_signs: "the name has neither a letter nor a digit; add one", "이름에 글자도 숫자도 없습니다. 하나는 쓰세요";
    /// A name that is refused: scripts.
    name_scripts: "the name mixes scripts that do not belong together; use one script, or Latin with Korean, Japanese or Chinese", "함께 쓰지 않는 문자가 섞인 이름입니다. 한 가지 문자로, 또는 로마자를 한글이나 한자, 가나와 함께 쓰세요";
    /// A name that is refused: capitals.
    name_capitals: "in capitals of this script the name looks like another in Latin letters; write it in small letters", "이 문자의 대문자로는 로마자 이름처럼 보입니다. 소문자로 쓰세요";
    /// A name that is refused: reserved.
    name_reserved: "the nick looks like \"{0}\", which is reserved; choose another", "쓸 수 없는 이름 \"{0}\"처럼 보입니다. 다른 이름을 고르세요";
}
