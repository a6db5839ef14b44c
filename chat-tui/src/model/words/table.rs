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
    /// The server answered, and does not keep everything.
    search_found_since: "{0} found since {1} ∙ of what was said before not all is kept", "{1}부터 {0}개 찾음 ∙ 그 전의 글은 다 남아 있지 않습니다";
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

    /// Line mode: in a room.
    line_connected: "connected: in {0} as {1}", "연결됨: {0}에 {1}{1:으로/로} 들어옴";
    /// Line mode: in a room again after a disconnect.
    line_connected_again: "connected again: in {0} as {1}", "다시 연결됨: {0}에 {1}{1:으로/로} 들어옴";
    /// Line mode: the connection is lost.
    line_not_connected: "not connected: {0}; trying again by itself, /retry tries now", "연결 끊김: {0}. 저절로 다시 연결하며, /retry로 지금 다시 연결합니다";
    /// Line mode: nothing is tried any more.
    line_stopped: "not connected: {0}; /retry tries again", "연결 안 됨: {0}. /retry로 다시 연결합니다";
    /// Line mode: not introduced.
    line_refused_nick: "not let in: {0}; /nick NAME tries another", "들어가지 못함: {0}. /nick 이름으로 다른 이름을 써 보세요";
    /// Line mode: the server's line of welcome.
    line_welcome: "the server says: {0}", "서버의 말: {0}";
    /// Line mode: something that was wanted and refused.
    line_not_done: "not done: {0}", "하지 못함: {0}";
    /// Line mode: a line that was not taken, by its number.
    line_refused: "line {0} refused: {1}", "{0}번째 줄을 받지 않음: {1}";
    /// Line mode: no such command.
    line_no_command: "there is no command {0}; did you mean {1}? (//{2} says {0})", "{0} 명령은 없습니다. {1}{1:을/를} 찾으셨나요? (//{2}{2:으로/로} 쓰면 글로 보냅니다)";
    /// Line mode: a line without an end.
    line_too_long: "the line has more than {0} bytes; split it", "줄이 {0}바이트보다 깁니다. 나눠 보내세요";
    /// Line mode: a line in another encoding.
    line_not_utf8: "the line is not UTF-8; set the terminal to it", "UTF-8로 된 줄이 아닙니다. 터미널을 UTF-8로 맞추세요";
    /// Line mode: before a message that speaks to the person.
    line_mention: "{0} mentions you", "{0}, 나를 부름";
    /// Line mode: members whose connection is lost.
    line_lost: "{0} reconnecting", "{0} 다시 연결 중";
    /// Line mode: members who are connected again.
    line_back: "{0} back", "{0} 다시 연결됨";
    /// Line mode: the own key.
    line_key: "your key: {0}", "내 키: {0}";
    /// Line mode: the server's key.
    line_server_key: "the server's key: {0}", "서버의 키: {0}";
    /// Line mode: a text that waits for the connection.
    line_waiting: "no connection: it is sent as soon as there is one", "연결이 없습니다. 연결되면 보냅니다";
    /// Line mode: a text that was refused.
    line_failed: "not sent in {0}: {1}; the text was: {2}; /resend sends it again, /takeback takes it back", "{0}에서 보내지 못함: {1}. 보내려던 글: {2}. /resend로 다시 보내고 /takeback으로 되찾습니다";
    /// Line mode: a text for a nick that is another person's now.
    line_withheld: "not sent: {0} is another person than until {1}; /send sends it all the same, /drop does not", "보내지 않음: {0}{0:은/는} {1}까지와 다른 사람입니다. 그래도 보내려면 /send, 아니면 /drop";
    /// Line mode: the room that lines go to.
    line_here: "now in {0}", "지금 {0}";
    /// Line mode: how many are in a room.
    line_members: "members {0}", "멤버 {0}명";
    /// Line mode: the topic of a room.
    line_topic: "topic: {0}", "주제: {0}";
    /// Line mode: unread messages of a room.
    line_new: "{0} new", "새 글 {0}개";
    /// Line mode: unread messages of a room that mention the person.
    line_new_mentions: "{0} new, {1} mention you", "새 글 {0}개, 나를 부른 글 {1}개";
    /// Line mode: nothing unread in a room.
    line_nothing_new: "nothing new", "새 글 없음";
    /// Line mode: a room that has something new from before.
    line_new_in: "{0}: {1}; /unread says it again once you are there (/room {0})", "{0}: {1}. /room {0}{0:으로/로} 가서 /unread로 다시 읽습니다";
    /// Line mode: the room that is left.
    line_departed: "left {0}", "{0}에서 나옴";
    /// Line mode: the current one in the list of rooms.
    line_current: "you are here", "지금 여기";
    /// Line mode: no open room of that name.
    line_no_such_room: "no open room is called {0}; /join {0} enters it, /room lists those that are open", "{0}{0:이라는/라는} 열린 방이 없습니다. /join {0}{0:으로/로} 들어가거나 /room으로 열린 방을 봅니다";
    /// Line mode: nobody of that nick to answer.
    line_nothing_to_answer: "{0} said nothing here that /reply could answer", "{0} 님의 말 가운데 답할 글이 없습니다";
    /// Line mode: no links.
    line_no_links: "no links in what was said here lately", "최근 글에 링크가 없습니다";
    /// Line mode: one link of the list.
    line_link: "{0}: {1}, by {2}", "{0}: {1}, {2} 님";
    /// Line mode: no such number in the list of links.
    line_no_such_link: "there is no link {0}; /links lists them", "{0}번 링크가 없습니다. /links로 목록을 봅니다";
    /// Line mode: the person sits elsewhere.
    line_open_remote: "this program runs on another machine and cannot open {0} for you", "다른 컴퓨터에서 도는 프로그램이라 {0}{0:을/를} 열 수 없습니다";
    /// Line mode: the draft.
    line_draft: "draft: {0}; /send sends it, /add TEXT adds a line, /drop forgets it", "쓰던 글: {0}; /send로 보내고 /add 글로 한 줄 더하고 /drop으로 지웁니다";
    /// Line mode: no draft.
    line_no_draft: "the draft is empty; /add TEXT begins one", "쓰던 글이 없습니다. /add 글로 시작합니다";
    /// Line mode: a line was added to the draft.
    line_added: "lines in the draft: {0}; /send sends it", "쓰던 글 {0}줄; /send로 보냅니다";
    /// Line mode: no room for it.
    line_draft_full: "the draft has no room for it; /send sends it", "쓰던 글에 더 들어가지 않습니다. /send로 보내세요";
    /// Line mode: the draft was forgotten.
    line_dropped: "the draft is forgotten", "쓰던 글을 지웠습니다";
    /// Line mode: arriving lines wait.
    line_held: "arriving lines wait until your next line", "다음 줄을 보낼 때까지 새 글을 미뤄 둡니다";
    /// Line mode: no room was current before.
    line_no_room_before: "no other room was current before; /room lists those that are open", "전에 있던 방이 없습니다. /room으로 열린 방을 봅니다";
    /// Line mode: how things stand.
    line_status: "{0}; you are {1}; {2}; notifications: {3}; waiting to be sent: {4}; drafts: {5}", "{0}; 내 이름 {1}; {2}; 알림: {3}; 보낼 글 {4}개; 쓰던 글 {5}개";
    /// Line mode: no room is current.
    line_nowhere: "in no room", "들어간 방 없음";
    /// Line mode: the settings in force.
    line_settings: "server {0}; language {1}; time {2}; mentions: {3}; settings are in config.toml, chat-tui config --print lists all", "서버 {0}; 언어 {1}; 시간 {2}; 나를 부르는 말: {3}; 설정 파일은 config.toml이고 chat-tui config --print로 모두 봅니다";
    /// Line mode: who is in a room.
    line_member_list: "members {0}: {1}", "멤버 {0}명: {1}";
    /// Line mode: older messages are on their way.
    line_fetching: "fetching older messages", "이전 메시지를 가져오는 중";
    /// Line mode: older messages cannot be had now.
    line_not_fetched: "older messages did not come: {0}; /history tries again", "이전 메시지를 가져오지 못했습니다: {0}. /history로 다시";
    /// After a search, where the server does not keep everything; {0}: since when it does.
    line_kept_since: "Of what was said before {0} the server does not keep everything.", "서버에는 {0} 전의 글이 다 남아 있지 않습니다.";
    /// Line mode: nothing was found.
    line_found_nothing: "nothing found for {0}; try a shorter word", "{0}{0:을/를} 찾지 못했습니다. 더 짧은 말로 찾아 보세요";
    /// Line mode: what a search found.
    line_found: "{0} found for {1}", "{1}: {0}개 찾음";
    /// Line mode: what a search found, with more to be had.
    line_found_more: "the newest {0} found for {1}; /search alone goes on", "{1}: 최근 {0}개 찾음. /search만 쓰면 더 찾습니다";
    /// Line mode: nobody mentioned the person.
    line_no_mentions: "nobody mentioned {0} yet", "아직 {0} 님을 부른 글이 없습니다";
    /// Line mode: nothing marked as unread.
    line_ending: "waiting until everything is stored; Ctrl+C ends at once", "모두 저장될 때까지 기다립니다. Ctrl+C로 바로 끝냅니다";
    /// Line mode: texts that go out at the next start.
    line_kept: "not sent yet: {0}; kept for the next start", "아직 보내지 못한 글 {0}개. 다음에 시작할 때 보냅니다";
    /// Line mode: heads the commands in the help.
    line_help: "a line is a message to the current room; a line that begins with / is a command, //x says /x; an empty line lets arriving lines wait until your next one", "줄은 지금 방에 보내는 글입니다. /로 시작하는 줄은 명령이고 //x는 /x라는 글입니다. 빈 줄은 다음 줄까지 새 글을 미룹니다";
    /// Usage, line mode.
    usage_history: "/history [N]: says the N messages (else 20) before those that were said last time", "/history [N]: 앞서 읽은 것보다 이전 메시지 N개(없으면 20개)를 읽습니다";
    /// Usage, line mode.
    usage_last: "/last [N]: says the last N messages (else 20) of this room again", "/last [N]: 이 방의 마지막 메시지 N개(없으면 20개)를 다시 읽습니다";
    /// Usage, line mode.
    usage_unread: "/unread: says what was not seen in this room again", "/unread: 이 방에서 읽지 않은 글을 다시 읽습니다";
    /// Usage, line mode.
    usage_room: "/room [NAME|NUMBER]: goes to an open room or conversation by a few letters or its number; alone: lists them", "/room [이름|번호]: 몇 글자나 번호로 열린 방이나 대화로 갑니다. 혼자 쓰면 목록";
    /// Usage, line mode.
    usage_next: "/next: goes to the next room with something new, mentions first", "/next: 새 글이 있는 다음 방으로, 나를 부른 곳 먼저";
    /// Usage, line mode.
    usage_back: "/back: goes to the room before this one, and back", "/back: 바로 전에 있던 방으로, 다시 쓰면 돌아오기";
    /// Usage, line mode.
    usage_members: "/members: says who is in this room", "/members: 이 방의 멤버를 읽습니다";
    /// Usage, line mode.
    usage_reply: "/reply [N] NICK TEXT: answers the last message of somebody, or the Nth last", "/reply [N] 닉네임 글: 그 사람의 마지막 글(또는 끝에서 N번째 글)에 답합니다";
    /// Usage, line mode.
    usage_links: "/links: lists the links of this room, the newest last", "/links: 이 방의 링크 목록, 새 것이 마지막";
    /// Usage, line mode.
    usage_open: "/open N: opens link N of the list", "/open N: 목록의 N번 링크를 엽니다";
    /// Usage, line mode.
    usage_resend: "/resend: sends the last failed text of this room again", "/resend: 이 방에서 보내지 못한 마지막 글을 다시 보냅니다";
    /// Usage, line mode.
    usage_takeback: "/takeback: takes the last failed text of this room back into the draft", "/takeback: 이 방에서 보내지 못한 마지막 글을 쓰던 글로 되찾습니다";
    /// Usage, line mode.
    usage_add: "/add TEXT: adds a line to the draft, for a message of several lines", "/add 글: 여러 줄짜리 글을 위해 쓰던 글에 한 줄 더합니다";
    /// Usage, line mode.
    usage_draft: "/draft: says the draft of this room", "/draft: 이 방의 쓰던 글을 읽습니다";
    /// Usage, line mode.
    usage_send: "/send: sends the draft of this room", "/send: 이 방의 쓰던 글을 보냅니다";
    /// Usage, line mode.
    usage_drop: "/drop: forgets the draft of this room", "/drop: 이 방의 쓰던 글을 지웁니다";
    /// Usage, line mode.
    usage_hold: "/hold: lets arriving lines wait until your next line; so does an empty line", "/hold: 다음 줄을 보낼 때까지 새 글을 미뤄 둡니다. 빈 줄도 같음";
    /// Usage, line mode.
    usage_retry: "/retry: connects now", "/retry: 지금 연결합니다";
    /// Usage, line mode.
    usage_status: "/status: says where you are and how things stand", "/status: 지금 있는 방과 연결 상태를 읽습니다";
    /// Usage, line mode.
    usage_settings: "/settings: says the settings in force", "/settings: 쓰고 있는 설정을 읽습니다";

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

    /// The server refuses: too fast, with the wait.
    refused_rate_wait: "too fast; try again in {0} s", "너무 빠릅니다. {0}초 뒤에 다시 하세요";
    /// The server refuses: too much at once.
    refused_rate: "too much waits already; try again later", "기다리는 일이 너무 많습니다. 조금 뒤에 다시 하세요";
    /// The server refuses: it cannot now, with the wait.
    refused_away_wait: "the server cannot do it now; try again in {0} s", "서버가 지금은 할 수 없습니다. {0}초 뒤에 다시 하세요";
    /// The server refuses: it cannot now.
    refused_away: "this cannot be done now; try again later", "지금은 할 수 없습니다. 조금 뒤에 다시 하세요";
    /// The server refuses: a text.
    refused_text: "the server does not take this text; change it", "서버가 받지 않는 글입니다. 고쳐 쓰세요";
    /// The server refuses: a character of a text.
    refused_text_character: "the text holds {0}, which no text may; remove it", "글에 쓸 수 없는 문자 {0}{0:이/가} 있습니다. 지우세요";
    /// The server refuses: a name.
    refused_name: "the server does not take this name; choose another", "서버가 받지 않는 이름입니다. 다른 이름을 고르세요";
    /// The server refuses: the length of a name.
    refused_name_length: "the name has a length of {0}, the limit is {1}; shorten it", "이름 길이가 {0}입니다. {1}까지 되니 줄이세요";
    /// The server refuses: a nick of a key.
    refused_nick_key: "this nick belongs to another key; take another", "다른 키의 이름입니다. 다른 이름을 쓰세요";
    /// The server refuses: a nick of a guest.
    refused_nick_guest: "a guest has this nick now; take another, or try again later", "지금 손님이 쓰는 이름입니다. 다른 이름을 쓰거나 나중에 다시 하세요";
    /// The server refuses: a reserved nick.
    refused_nick_reserved: "this nick is reserved; take another", "쓸 수 없는 이름입니다. 다른 이름을 쓰세요";
    /// The server refuses: a nick.
    refused_nick: "somebody else has this nick; take another", "다른 사람이 쓰는 이름입니다. 다른 이름을 쓰세요";
    /// The server refuses: too many nicks.
    refused_nick_limit: "this key has as many nicks as it may; take one of them", "이 키로 가질 수 있는 닉네임을 다 썼습니다. 그중 하나를 쓰세요";
    /// The server refuses: nobody of that nick.
    refused_no_nick: "nobody has this nick; check the spelling", "그런 닉네임을 쓰는 사람이 없습니다. 이름을 확인하세요";
    /// The server refuses: outside of the room.
    refused_not_joined: "you are not in this room; enter it first", "이 방에 들어가 있지 않습니다. 먼저 들어가세요";
    /// The server refuses: in the room already.
    refused_joined: "you are in this room already", "이미 들어가 있는 방입니다";
    /// The server refuses: too many rooms.
    refused_rooms: "you are in as many rooms as you may; leave one first", "들어간 방이 너무 많습니다. 먼저 다른 방에서 나오세요";
    /// The server refuses: not for this client, or not here.
    refused_not_allowed: "this cannot be done here", "여기서는 할 수 없습니다";
    /// The server refuses: the order of what is sent.
    refused_order: "it was not stored, as another is due first; send it again", "먼저 갈 글이 있어 저장되지 않았습니다. 다시 보내세요";
    /// The server refuses: nobody knows whether it is stored.
    refused_unknown: "nobody can say whether it is stored; send it again if it is not there", "저장되었는지 알 수 없습니다. 보이지 않으면 다시 보내세요";
    /// The server refuses: another version.
    refused_version: "the server is of another version; get the program that fits it", "서버와 프로그램의 판이 다릅니다. 맞는 프로그램을 받으세요";
    /// The server refuses: something that this program did wrong.
    refused_request: "the server does not understand this program", "서버가 이 프로그램의 요청을 알아듣지 못했습니다";
    /// The server refuses: the address.
    refused_endpoint: "the server does not go by this address; dial one of its own names", "서버가 이 주소를 자기 것으로 알지 못합니다. 서버가 알려 준 이름으로 연결하세요";

    /// An address of a server: its beginning.
    url_scheme: "a server's address begins with ws:// or wss://, not with {0}://", "서버 주소는 {0}://이 아니라 ws://나 wss://로 시작합니다";
    /// An address of a server: nothing in it.
    url_no_host: "a server's address needs a host, as in ws://chat.example:7878", "서버 주소에는 ws://chat.example:7878처럼 호스트가 있어야 합니다";
    /// An address of a server: too much in it.
    url_extra: "a server's address is only a host and a port, as in ws://chat.example:7878", "서버 주소는 ws://chat.example:7878처럼 호스트와 포트만 씁니다";
    /// An address of a server: its port.
    url_port: "{0} is no port; a port is a number from 1 to 65535", "{0}{0:은/는} 포트가 아닙니다. 포트는 1부터 65535까지의 수입니다";
    /// An address of a server: its host.
    url_host: "{0} is no host; a host is a DNS name in ASCII or an IP address (IPv6 in brackets)", "{0}{0:은/는} 호스트가 아닙니다. ASCII로 된 DNS 이름이나 IP 주소(IPv6는 괄호 안)를 쓰세요";
    /// A file: no home.
    file_no_home: "there is no home directory to keep anything in; set {0} to a directory", "무언가 둘 홈 디렉터리가 없습니다. {0}에 디렉터리를 정하세요";
    /// A file: unread.
    file_unread: "{0} cannot be read: {1}", "{0} 파일을 읽지 못했습니다: {1}";
    /// A file: unwritten.
    file_unwritten: "{0} cannot be written: {1}; what it should keep is lost when the program ends", "{0} 파일을 쓰지 못했습니다: {1}. 프로그램이 끝나면 그 내용은 사라집니다";
    /// A file: damaged.
    file_damaged: "{0} is damaged; put it right or remove it", "{0} 파일이 망가졌습니다. 고치거나 지우세요";
    /// A file: open to others.
    file_open: "others can read the key {0} (mode {1}), so it is not used; if nobody has taken it, make it yours alone with: chmod 600 {0}", "다른 사람도 읽을 수 있는 키라 쓰지 않습니다: {0} (모드 {1}). 아무도 가져가지 않았다면 chmod 600 {0} 으로 혼자만 읽게 하세요";
    /// A file: there already.
    file_taken: "{0} is there already and is not written over; name another file, or remove it first", "{0} 파일이 이미 있어 덮어쓰지 않습니다. 다른 파일을 쓰거나 먼저 지우세요";
    /// A file: another key.
    file_other_key: "{0} is another key of this nick already and is not written over; to go by the new one, move it away first", "{0} 파일은 이 닉네임의 다른 키라 덮어쓰지 않습니다. 새 키를 쓰려면 먼저 옮기세요";
    /// A file: another key of the server.
    file_other_server: "another key is remembered for {0}; forget it first if the change is expected", "{0}의 다른 키를 기억하고 있습니다. 바뀐 것이 맞다면 먼저 잊게 하세요";
    /// A draft that is too long.
    file_draft: "a draft of {0} bytes is not kept; at most {1} are", "쓰던 글이 {0}바이트라 두지 않습니다. {1}바이트까지 됩니다";
    /// Too many programs.
    file_devices: "{0} programs of this nick run on this server already; end one first", "이 닉네임의 프로그램 {0}개가 이미 이 서버에서 돌고 있습니다. 먼저 하나를 끝내세요";
    /// No random numbers.
    file_random: "this machine gives no random numbers for a key: {0}", "이 컴퓨터에서 키를 만들 난수를 얻지 못했습니다: {0}";
    /// The error of a file: not there.
    io_not_found: "not found", "파일이 없음";
    /// The error of a file: no room.
    io_full: "no space left", "디스크가 가득 참";
    /// The error of a file: only to be read.
    io_read_only: "read-only file system", "읽기만 되는 파일 시스템";
    /// A server here: it ended.
    host_ended: "the server here ended at once", "여기서 연 서버가 바로 끝났습니다";
    /// A page: too many.
    browser_busy: "{0} pages are being opened already", "이미 {0}쪽을 여는 중입니다";
    /// A page: its program.
    browser_failed: "{0} cannot be started: {1}", "{0}{0:을/를} 시작하지 못했습니다: {1}";
    /// A page: not opened.
    browser_ended: "{0} did not open the page ({1})", "{0}{0:이/가} 열지 못했습니다 ({1})";
    /// The editor: too much.
    edited_long: "the text has more than {0} bytes; it is kept in its file", "글이 {0}바이트보다 깁니다. 파일에 남아 있습니다";
    /// The editor: another encoding.
    edited_not_utf8: "the text is not UTF-8 from byte {0} on; it is kept in its file", "글이 {0}번째 바이트부터 UTF-8이 아닙니다. 파일에 남아 있습니다";

    /// No connection: the name.
    dial_no_host: "no server is known by the name {0}: {1}", "{0}{0:이라는/라는} 이름의 서버를 찾지 못했습니다: {1}";
    /// No connection: nothing listens.
    dial_nothing: "nothing listens at {0}; is the server running there?", "{0}에서 아무도 받지 않습니다. 서버가 돌고 있나요?";
    /// No connection: the network.
    dial_unreachable: "{0} cannot be reached: {1}", "{0}에 닿지 못했습니다: {1}";
    /// No connection: no answer in so many seconds.
    dial_silent: "{0} did not answer within {1} s", "{0}{0:이/가} {1}초 안에 답하지 않았습니다";
    /// No connection: the encryption.
    dial_tls: "no encrypted connection to {0}: {1}", "{0}에 암호화해서 연결하지 못했습니다: {1}";
    /// The encryption: a certificate of nobody's.
    tls_unbelieved: "its certificate is signed by nobody that is believed here; if it is made by its owner, get it from there and name it with --ca FILE", "여기서 믿는 곳이 서명한 인증서가 아닙니다. 서버 주인이 만든 것이면 받아서 --ca FILE 로 알려 주세요";
    /// The encryption: a certificate for signing.
    tls_for_signing: "its certificate is one for signing others and not for a server; its owner can make one with basicConstraints=CA:FALSE", "서버의 인증서가 아니라 서명하는 인증서입니다. 서버 주인이 basicConstraints=CA:FALSE 로 만들 수 있습니다";
    /// The encryption: none.
    tls_none: "no TLS is spoken there; an address without encryption begins with ws://", "거기서는 TLS를 쓰지 않습니다. 암호화하지 않는 주소는 ws://로 시작합니다";
    /// No connection: something else answers.
    dial_not_chat: "{0} answers, but is no chat server", "{0}{0:은/는} 답하지만 채팅 서버가 아닙니다";
    /// No connection: it wants encryption.
    dial_wants_tls: "{0} speaks only TLS: its address is wss://{0}", "{0}{0:은/는} TLS만 씁니다. 주소는 wss://{0} 입니다";
    /// No connection: it says no.
    dial_turned: "{0} refused the connection: {1}", "{0}{0:이/가} 연결을 거절했습니다: {1}";
    /// No connection: another protocol.
    dial_protocol: "{0} does not speak {1}; it is another program's server, or another version", "{0}{0:은/는} {1}{1:을/를} 모릅니다. 다른 프로그램의 서버이거나 판이 다릅니다";
    /// The network's error: refused.
    io_refused: "connection refused", "연결이 거절됨";
    /// The network's error: reset.
    io_reset: "connection reset", "연결이 끊김";
    /// The network's error: no answer.
    io_timed_out: "timed out", "시간 안에 답이 없음";
    /// The network's error: no route.
    io_no_route: "no route to host", "거기까지 가는 길이 없음";
    /// The network's error: no network.
    io_no_network: "network unreachable", "네트워크에 연결되어 있지 않음";
    /// The network's error: no address.
    io_no_address: "address not available", "쓸 수 없는 주소임";
    /// The network's error: a name that nobody knows.
    io_no_name: "name not known", "이름을 찾을 수 없음";
    /// The network's error: forbidden.
    io_forbidden: "permission denied", "권한이 없음";
    /// The connection ended: we were not read.
    lost_unread: "the server does not read what is sent to it", "서버가 보낸 것을 읽지 않습니다";
    /// The connection ended: our fault.
    lost_program: "the connection ended by an error of this program", "이 프로그램의 잘못으로 연결이 끝났습니다";
    /// The connection ended: no random numbers.
    lost_random: "this machine gives no random numbers: {0}", "이 컴퓨터에서 난수를 얻지 못했습니다: {0}";
    /// The connection ended: silence.
    lost_silent: "the server was silent for {0} s", "서버가 {0}초 동안 조용했습니다";
    /// The connection ended: a broken frame.
    lost_broken: "the server sent a broken frame: {0}", "서버가 깨진 데이터를 보냈습니다: {0}";
    /// The connection ended: a binary frame.
    lost_binary: "the server sent a binary frame", "서버가 알 수 없는 데이터를 보냈습니다";
    /// The connection ended: closed.
    lost_closed: "the server closed the connection", "서버가 연결을 닫았습니다";
    /// The connection ended.
    lost_over: "the connection was closed", "연결이 닫혔습니다";
    /// The connection ended: lost.
    lost: "the connection was lost", "연결이 끊겼습니다";
    /// The connection ended: lost, and why.
    lost_by: "the connection was lost: {0}", "연결이 끊겼습니다: {0}";
    /// The connection ended: a large frame.
    lost_large: "the server sent a frame of more than {0} bytes", "서버가 {0}바이트보다 큰 데이터를 보냈습니다";
    /// The connection ended: the rules.
    lost_rules: "the server broke the rules of WebSocket: {0}", "서버가 WebSocket 규칙을 어겼습니다: {0}";
    /// The server closed: restart.
    close_restart: "the server restarts; connect again and go on", "서버가 다시 시작합니다";
    /// The server closed: slow.
    close_slow: "you read too slowly; connect again and go on from your position", "너무 느리게 읽어서 서버가 연결을 닫았습니다";
    /// The server closed: silence.
    close_silent: "no answer to a ping; connect again and go on", "이쪽의 답이 없어 서버가 연결을 닫았습니다";
    /// The server closed: its own trouble.
    close_trouble: "the server cannot go on with this connection; connect again", "서버에 문제가 생겨 연결을 닫았습니다";
    /// The server closed: it sends everybody elsewhere.
    close_drain: "this server is about to stop; connect again at once and go on", "이 서버는 곧 멈춥니다. 다시 연결합니다";
    /// The server closed: a frame.
    close_frame: "frames must be text, masked and whole, as RFC 6455 has it", "이 프로그램이 보낸 데이터를 서버가 받지 않습니다";
    /// The server closed: no introduction.
    close_hello: "no hello in time", "제때 인사하지 못해 서버가 연결을 닫았습니다";
    /// The server closed: another version.
    close_version: "this server speaks another version; get a newer program", "서버의 판이 다릅니다. 더 새로운 프로그램을 받으세요";
    /// The server closed: another connection of this person.
    close_taken: "another connection of this person and device goes on instead of this one", "같은 사람의 다른 연결이 대신 이어집니다";
    /// The server closed: a large frame.
    close_large: "the frame is longer than the greeting allows", "보낸 데이터가 서버의 한도보다 큽니다";
    /// The server closed: too fast.
    close_flood: "you send faster than this server allows", "서버가 허락하는 것보다 빨리 보냈습니다";
    /// A look at a server: its key.
    look_no_proof: "the server did not prove that it holds its key", "서버가 자기 키를 증명하지 못했습니다";
    /// A look at a server: its version.
    look_version: "the server speaks version {0} of the contract, this program {1}", "서버는 규약 {0}판, 이 프로그램은 {1}판을 씁니다";

    /// The language by its code.
    code: "en", "ko";

    /// A text that is refused: nothing.
    text_empty: "the text is empty; write something", "빈 글입니다. 무언가 쓰세요";
    /// A text that is refused: blank.
    text_blank: "the text shows nothing but blank space; write something", "빈칸뿐인 글입니다. 무언가 쓰세요";
    /// A text that is refused: bytes.
    text_bytes: "the text has {0} bytes, the limit is {1}; shorten or split it", "글이 {0}바이트입니다. {1}바이트까지 되니 줄이거나 나누세요";
    /// A text that is refused: form.
    text_form: "the text is not in Unicode form NFC; normalize it before sending", "글이 유니코드 NFC 꼴이 아닙니다";
    /// A text that is refused: a control character.
    text_control: "the text holds the control character {0}; remove it", "글에 제어 문자 {0}{0:이/가} 있습니다. 지우세요";
    /// A text that is refused: a direction.
    text_bidi: "the text holds {0}, which changes the writing direction; remove it", "글에 쓰는 방향을 바꾸는 {0}{0:이/가} 있습니다. 지우세요";
    /// A text that is refused: an invisible character.
    text_invisible: "the text holds the invisible character {0}; remove it", "글에 보이지 않는 문자 {0}{0:이/가} 있습니다. 지우세요";
    /// A text that is refused: no character.
    text_noncharacter: "the text holds {0}, which is not a character; remove it", "글에 문자가 아닌 {0}{0:이/가} 있습니다. 지우세요";
    /// A search that is refused: words.
    text_terms: "the search has {0} words and phrases, the limit is {1}; leave some out", "찾을 낱말이 {0}개입니다. {1}개까지 되니 줄이세요";
    /// A search that is refused: signs only.
    text_signs: "the search holds nothing but signs such as \"?\" and \"-\"; name a word to look for", "찾을 말이 \"?\"나 \"-\" 같은 기호뿐입니다. 낱말을 쓰세요";
    /// A topic that is refused: lines.
    text_lines: "the topic holds a line break, but has one line only; join the lines", "주제는 한 줄입니다. 줄을 이으세요";

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
