from ortoo_daemon.daemon.mails.rows import answered_messages, mail_key

ROW = {"Id": "02s000000000001AAA", "MessageIdentifier": "<1@mail.example>", "Headers": None}


def test_the_same_mail_has_the_same_key_whatever_record_holds_it():
    again = {**ROW, "Id": "02s000000000002AAA"}
    by_header = {**again, "MessageIdentifier": None, "Headers": "Message-ID: <1@mail.example>\n"}
    assert mail_key(ROW) == mail_key(again) == mail_key(by_header)


def test_mails_that_bear_no_identifier_are_told_apart_by_their_record():
    plain = {**ROW, "MessageIdentifier": None}
    assert mail_key(plain) != mail_key({**plain, "Id": "02s000000000002AAA"})


def test_the_nearest_answered_message_comes_first():
    headers = "References: <1@a.example> <2@a.example>\nIn-Reply-To: <2@a.example>\n"
    assert answered_messages({**ROW, "Headers": headers}) == ("<2@a.example>", "<1@a.example>")
    assert answered_messages(ROW) == ()
