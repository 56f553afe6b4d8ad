"""Enquiries in ADF are found in the bodies of e-mails."""

from ortoo_daemon.daemon.mails.enquiries import enquiry_in
from tests.intake.adf.samples import document


def test_a_body_with_a_document_is_handed_on_whole_the_plain_one_first():
    text = f"New lead:\n{document()}"
    assert enquiry_in({"TextBody": text, "HtmlBody": "<p>adf</p>"}) == text
    assert enquiry_in({"TextBody": "see the HTML part", "HtmlBody": text}) == text


def test_a_mail_without_a_document_has_none():
    assert enquiry_in({"TextBody": "Our prospects for the adf feed", "HtmlBody": None}) == ""
    assert enquiry_in({}) == ""
