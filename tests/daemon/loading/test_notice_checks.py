"""Claims about what is told of channels and templates before anybody is to be told anything."""

from pathlib import Path

import yaml

from ortoo_daemon.daemon.loading.notice_checks import notice_checks
from ortoo_daemon.daemon.settings import load_settings
from ortoo_daemon.policy.load import load

ORG = {
    "login_url": "http://localhost:1",
    "auth": {"flow": "client_credentials", "client_id": "x", "client_secret_file": "secret"},
}


def checked(folder: Path, *notify: object, **notices: object) -> list[str]:
    settings = folder / "ortoo.yaml"
    settings.write_text(yaml.safe_dump({"org": ORG, "notices": notices}))
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2026-11-01T00:00:00Z",
        "ownership": {"otherwise": {"queue": "Desk"}},
        "action": {"notify": list(notify)},
    }
    policies = load({"policies/leads.yaml": yaml.safe_dump(document).encode()})
    found = notice_checks(policies, load_settings(settings))
    return [f"{each.rule}: {each.message} ({each.mend})" for each in found]


def template(folder: Path, name: str, text: str = "Hello") -> None:
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / name).write_text(text)


def test_a_channel_must_be_one_of_the_settings(tmp_path):
    template(tmp_path, "new_record.en.txt")
    entry = {"to": "on_call", "by": "pagr"}
    assert checked(tmp_path, entry, channels={"pager": {"urls_file": "x"}}) == [
        "unknown_channel: 'notify' goes by 'pagr', which is no channel of the settings"
        " (did you mean pager?)"
    ]
    assert checked(tmp_path, {"to": "owner", "by": "chatter"}) == []


def test_a_template_must_be_there_in_the_usual_language(tmp_path):
    template(tmp_path, "new_record.fr.txt")
    assert checked(tmp_path, "owner") == [
        "unknown_template: there is no template 'new_record' (new_record.en.txt)"
        " (write it into the folder of templates)"
    ]
    assert checked(tmp_path, "owner", language="fr") == []


def test_what_may_be_told_together_needs_the_template_for_that(tmp_path):
    template(tmp_path, "new_record.en.txt")
    (told,) = checked(tmp_path, {"to": "owner", "digest": "1h"})
    assert "no template 'digest'" in told
    (told,) = checked(tmp_path, "owner", quiet_hours="20:00 .. 07:00")
    assert "no template 'digest'" in told


def test_a_template_that_can_not_be_read_is_told_with_its_place(tmp_path):
    template(tmp_path, "new_record.en.txt", "{{ reccord.Name }}")
    (told,) = checked(tmp_path, "owner")
    assert told.startswith("template: templates know no 'reccord'")
