"""`triage --model`: a model is asked where the catalogue allows it, and never has the last word."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import CONFIG, ortoo
from tests.processes import ROOT

EMAILS = ROOT / "tests" / "data" / "emails"
MAIL = {
    "id": "m1",
    "subject": "Accès",
    "from_address": "t.corre@kervran-auto.fr",
    "text_body": "Bonjour,\nÀ Vannes, mot de passe oublié pour Yann Quéméneur.\n\nCordialement\nT. Corre\n",
}


class Messages(BaseHTTPRequestHandler):
    """Answers as the Messages protocol has it, with what the server's ``segment`` says."""

    server: "Server"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        segment = self.server.segment(asked["messages"][0]["content"])
        content = {"type": "tool_use", "id": "t", "name": "triage"}
        content["input"] = {"segments": [segment], "orders_found": False}
        body = json.dumps(
            {
                "id": "m",
                "type": "message",
                "role": "assistant",
                "model": "x",
                "stop_reason": "tool_use",
                "content": [content],
                "usage": {"input_tokens": 5000, "output_tokens": 1000},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Messages)
        self.asked: list[dict[str, Any]] = []
        self.rooftop = "Renault Vannes"

    def segment(self, text: str) -> dict[str, Any]:
        mark = next(line.split(":")[0] for line in text.splitlines() if self.rooftop in line)
        return {
            "rooftop": mark,
            "rooftop_confidence": 0.99,
            "request_type": "user_access",
            "request_confidence": 0.99,
            "brand": None,
            "urgency": "normal",
            "evidence": ["mot de passe oublié"],
        }


@pytest.fixture
def server() -> Iterator[Server]:
    serving = Server()
    thread = threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()
    thread.join()


@pytest.fixture
def asked(server: Server, tmp_path: Path) -> tuple[Any, ...]:
    """The shipped catalogue, switched on and pointed at the server."""
    text = (CONFIG / "models.yaml").read_text("utf-8")
    text = text.replace("enabled: false", "enabled: true", 1)
    text = text.replace("  triage:", "  triage:#", 1).replace("enabled: false", "enabled: true", 1)
    text = text.replace("triage:#", "triage:").replace(
        "https://api.anthropic.com", f"http://127.0.0.1:{server.server_port}"
    )
    models = tmp_path / "models.yaml"
    models.write_text(text, "utf-8")
    mails = tmp_path / "mails.jsonl"
    mails.write_text(json.dumps(MAIL), "utf-8")
    found = ("triage", mails, "--directory", EMAILS / "directory.json")
    return (*found, "--config", CONFIG / "ortoo.yaml", "--model", "--models", models)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        "ORTOO_STATE": f"sqlite:///{tmp_path / 'state.db'}",
        "ORTOO_MODEL_KEY_ANTHROPIC": "sk-test",
    }


def test_rules_and_model_agree_and_the_answer_is_told_with_its_cost(server, asked, env):
    found = json.loads(ortoo(*asked, "--json", env=env).out)
    (segment,) = found["segments"]
    answer = found["model"]["answer"]
    assert segment["account_id"] is not None
    assert not found["needs_a_person"]
    assert (answer["outcome"], answer["model"]) == ("answered", "quick")
    assert sum(each["cost"] for each in answer["attempts"]) == 5_000 + 5 * 1_000
    assert found["model"]["differences"] == []
    sent = json.dumps(server.asked, ensure_ascii=False)
    assert "mot de passe" in sent
    assert "Quéméneur" not in sent
    assert "Corre" not in sent


def test_where_they_differ_a_person_decides(server, asked, env):
    server.rooftop = "Kervran Lorient"
    ended = ortoo(*asked, env=env)
    assert "needed" in ended.out
    assert "1 answers counted, 1 differ from rules, 6000 tokens, 0.0100 USD" in ended.out


def test_what_was_spent_outlasts_the_process(server, asked, env, tmp_path):
    models = asked[-1]
    models.write_text(models.read_text("utf-8").replace("record: 0.05", "record: 0.017"), "utf-8")
    first = json.loads(ortoo(*asked, "--json", env=env).out)
    again = json.loads(ortoo(*asked, "--json", env=env).out)
    assert first["model"]["answer"]["outcome"] == "answered"
    assert again["model"]["answer"]["outcome"] == "over_budget"
    assert again["segments"] == first["segments"], "the rules' word stands"
    assert len(server.asked) == 1


def test_as_shipped_no_model_can_be_asked(asked, env):
    ended = ortoo(*asked[:-1], CONFIG / "models.yaml", env=env)
    assert ended.code == 1
    assert "models are off (set enabled: true" in ended.err


def test_a_provider_without_a_key_is_told_before_anything_is_sent(server, asked, env):
    ended = ortoo(*asked, env=env | {"ORTOO_MODEL_KEY_ANTHROPIC": ""})
    assert ended.code == 1
    assert "the provider anthropic has no key" in ended.err
    assert server.asked == []


def test_a_wrong_catalogue_is_found_by_check(tmp_path):
    import shutil

    shutil.copytree(CONFIG, tmp_path / "config")
    models = tmp_path / "config" / "models.yaml"
    models.write_text(models.read_text("utf-8").replace("tries: 2", "tries: 99"), "utf-8")
    ended = ortoo("check", tmp_path / "config")
    assert ended.code == 1
    assert "models.yaml:" in ended.out + ended.err
    assert "between 1 and 5" in ended.out + ended.err
