"""The short way of plain e-mail addresses: it says what the long way says, of every address it takes."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ortoo_daemon.intake import email
from ortoo_daemon.intake.form import Form

letters = st.text(st.sampled_from("abzAZ09._+-"), min_size=1, max_size=70)
domains = st.lists(st.text(st.sampled_from("abZ0-"), min_size=1, max_size=64), max_size=4)
addresses = st.builds(lambda local, parts: f"{local}@{'.'.join(parts)}", letters, domains)


@example(".0@0.Z")
@settings(max_examples=500)
@given(addresses)
def test_a_plain_address_comes_out_as_the_long_way_has_it(text):
    short = said(email.standard_email, Form(field="Email", text=text))
    assert short == said(email._unwrapped, text)


def said(standard, given_):
    try:
        return standard(given_)
    except ValueError:
        return None
