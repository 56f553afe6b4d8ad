"""What does a reader of an HTML mail see?"""

import time

import pytest

from ortoo_daemon.intake.mail.html import read_html
from ortoo_daemon.intake.mail.reading import Mail, PartKind, read_mail


def lines(html: str) -> list[str]:
    return [line.text for line in read_html(html).lines]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>one</p><p>two</p>", ["one", "", "two"]),
        ("<div>one</div><div>two</div>", ["one", "two"]),
        ("one<br>two<br/>three", ["one", "two", "three"]),
        ("<div>a</div><div><br></div><div>b</div>", ["a", "", "b"]),
        ("<p>a  lot \n of   space</p>", ["a lot of space"]),
        ("<b>bold</b> and <i>not</i>", ["bold and not"]),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", ["a\tb", "c"]),
        ("<ul><li>one</li><li>two</li></ul>", ["- one", "- two"]),
        ("<pre>a\n  b</pre>", ["a", "  b"]),
        ("3&nbsp;890&nbsp;&euro; &amp; co", ["3\u00a0890\u00a0€ & co"]),
        ("<style>p{}</style><title>t</title><script>x()</script>seen", ["seen"]),
        ("<p>unclosed <b>tags <td>everywhere", ["unclosed tags everywhere"]),
        ("", []),
        ("<html><body></body></html>", []),
    ],
)
def test_lines_are_those_of_the_page(html, shown):
    assert lines(html) == shown


def test_what_stands_in_a_hidden_element_is_hidden_however_deep():
    seen = read_html(
        '<div style="display:none"><table><tr><td><b>secret</b></td></tr></table></div>seen'
    )
    assert [line.text for line in seen.lines] == ["seen"]
    assert seen.hidden == ("secret",)


def test_outlook_paragraphs_with_nothing_in_them_are_blank_lines():
    html = '<p class="MsoNormal">a<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p>b</p>'
    assert [line for line in lines(html) if line.strip()] == ["a", "b"]


def test_what_gmail_marks_as_signature_is_one_without_words_of_farewell():
    html = '<div>The feed is down again today.</div><div class="gmail_signature">we love cars</div>'
    reading = read_mail(Mail(html_body=html))
    assert reading.clean_body == "The feed is down again today."
    assert reading.parts[-1].kind is PartKind.SIGNATURE


def test_a_blockquote_is_quoted_without_marks():
    html = "<div>The feed is down again today.</div><blockquote><p>Is it?</p></blockquote>"
    reading = read_mail(Mail(html_body=html))
    assert reading.clean_body == "The feed is down again today."
    assert reading.parts[-1].kind is PartKind.QUOTED


def test_plain_text_goes_before_html_but_hidden_text_is_told_of_both():
    reading = read_mail(Mail(text_body="plain", html_body="<p>rich<!-- a secret note --></p>"))
    assert (reading.text, reading.hidden) == ("plain", ("a secret note",))


def test_a_page_nested_deeper_than_any_mail_is_read_to_its_end():
    assert lines("<div>" * 5000 + "deep") == ["deep"]


def test_what_is_nested_deeper_than_any_mail_is_read_in_time_and_its_words_are_seen():
    """Parsing alone would take minutes: the square of the depth."""
    deep = "<div><b><i>" * 20_000
    began = time.process_time()
    assert lines(f"<p>first</p>{deep}last") == ["first", "", "last"]
    assert lines(f"<p>first</p>{deep}") == ["first"]
    assert lines(f"<p>first</p>{'<p>x<br>' * 400}</p>")[:3] == ["first", "", "x"]
    assert time.process_time() - began < 5
