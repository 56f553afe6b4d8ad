"""An edit is judged once for each set of policies, and what was refused is told once."""

from ortoo_daemon.daemon.edited import Edited


def test_what_is_in_use_is_no_news_and_what_is_refused_none_until_the_policies_change():
    edited = Edited("a")
    assert not edited.is_new("a", "r1")
    assert edited.is_new("b", "r1")
    assert edited.refuse("b", "r1", "b is wrong")
    assert not edited.is_new("b", "r1")
    assert edited.is_new("b", "r2")
    assert not edited.refuse("b", "r2", "b is wrong"), "said before of this content"
    assert edited.why == "b is wrong"


def test_a_refused_edit_that_is_taken_back_or_mended_is_forgotten():
    edited = Edited("a")
    edited.refuse("b", "r1", "b is wrong")
    assert edited.is_restored("a")
    assert (edited.why, edited.is_restored("a")) == ("", False)
    edited.refuse("b", "r1", "b is wrong")
    edited.take("c")
    assert (edited.in_use, edited.why, edited.is_new("b", "r1")) == ("c", "", True)
