"""What does one task of ``models.yaml`` say, and what is wrong with it?"""

from collections.abc import Mapping
from datetime import timedelta

from ortoo_daemon.policy.models.amounts import count, inner, number, one_of, section_of, words
from ortoo_daemon.policy.models.catalogue import (
    ANSWERS,
    PROMPTS,
    SENDABLE,
    Batching,
    Choice,
    Disagreement,
    Model,
    Otherwise,
    Sending,
    Spending,
    Task,
    TaskName,
    money,
)
from ortoo_daemon.policy.nodes import Node, Problems
from ortoo_daemon.policy.parsing.sections import Section, duration_in

TASK_KEYS = (
    "enabled",
    "models",
    "choose",
    "send",
    "prompt",
    "answer",
    "temperature",
    "max_tokens",
    "time_limit",
    "tries",
    "confidence",
    "budget",
    "disagreement",
    "otherwise",
    "batch",
)
BATCH_KEYS = ("window", "most", "text", "answer")
CHOICE_KEYS = ("when", "models")
WHEN_KEYS = ("language", "longer_than", "value_above", "budget_left_below")
SEND_KEYS = ("fields", "parts", "rooftop", "clear")
TOKEN_KEYS = ("input", "output")
BUDGET_KEYS = ("day", "record")

_LONGEST = timedelta(minutes=10)
_LONGEST_WINDOW = timedelta(seconds=5)
_LONGEST_ANSWER = 32_000
_MOST_MONEY = 1_000_000.0


class TaskReader:
    """Reads tasks of one file, whose models are known."""

    def __init__(self, problems: Problems, models: Mapping[str, Model]) -> None:
        self.problems = problems
        self.models = models

    def task(self, name: TaskName, node: Node) -> Task:
        """The task; what can't be used of it is told and replaced by the most careful value."""
        section = section_of(node, self.problems, f"the task {name}", TASK_KEYS)
        section.required("enabled")
        section.required("models")
        tokens = inner(section, "max_tokens", TOKEN_KEYS)
        return Task(
            name=name,
            enabled=section.flag("enabled"),
            models=self._models(section),
            choices=tuple(map(self._choice, section.items("choose"))),
            sending=self._sending(name, section),
            prompt=self._version(section, "prompt", PROMPTS.get(name, ())),
            answer=self._version(section, "answer", ANSWERS.get(name, ())),
            temperature=number(section, "temperature", least=0, most=2, usual=0),
            most_input=_tokens(tokens, "input", 6_000),
            most_output=_tokens(tokens, "output", 1_500),
            time_limit=self._time_limit(section),
            tries=count(section, "tries", least=1, most=5, usual=2),
            confidence=number(section, "confidence", least=0.5, most=1, usual=0.8),
            budget=self._budget(section),
            disagreement=Disagreement(
                one_of(section, "disagreement", Disagreement, Disagreement.BOTH_OR_PERSON)
            ),
            otherwise=self._otherwise(name, section),
            batch=self._batch(name, section),
        )

    def _models(self, section: Section) -> tuple[str, ...]:
        found = words(section, "models", self.models)
        node = section.get("models")
        if node is not None and not found:
            message = "a task needs at least one model that the catalogue has"
            self.problems.add(node, "no_models", message, "name it under `models`")
        if node is not None and len(set(found)) < len(found):
            self.problems.add(node, "twice", "a model stands here twice", "name each one once")
        return found

    def _choice(self, item: Node) -> Choice:
        section = section_of(item, self.problems, "a rule of `choose`", CHOICE_KEYS)
        section.required("models")
        when = inner(section, "when", WHEN_KEYS, needed=True)
        models = self._models(section)
        if when is None:
            return Choice(models=models)
        if not when.node.entries:
            mend = f"write one of {', '.join(WHEN_KEYS)}"
            self.problems.add(when.place, "missing_key", "this rule always holds", mend)
        return Choice(
            models=models,
            languages=frozenset(words(when, "language")),
            longer_than=int(_where(when, "longer_than", 10_000_000) or 0)
            if when.get("longer_than")
            else None,
            value_above=_where(when, "value_above", 1e12),
            budget_left_below=_where(when, "budget_left_below", 100),
        )

    def _sending(self, name: TaskName, section: Section) -> Sending:
        """Nothing is sent that is not named, so nothing has a usual value."""
        found = inner(section, "send", SEND_KEYS, needed=True)
        if found is None:
            return Sending()
        could = SENDABLE[name]
        return Sending(
            fields=frozenset(words(found, "fields", could.fields)),
            parts=frozenset(words(found, "parts", could.parts)),
            rooftop=frozenset(words(found, "rooftop", could.rooftop)),
            clear=frozenset(words(found, "clear", could.clear)),
        )

    def _version(self, section: Section, key: str, known: tuple[str, ...]) -> str:
        """Written out, so that an upgrade of the program changes no prompt behind an admin's back."""
        needed = section.flag("enabled") or section.get(key) is not None
        return one_of(section, key, known) if needed else ""

    def _otherwise(self, name: TaskName, section: Section) -> Otherwise:
        found = Otherwise(one_of(section, "otherwise", Otherwise, Otherwise.RULES))
        if found is Otherwise.PERSON and name is not TaskName.TRIAGE:
            message = f"{name} has no person to turn to: finders fill what they find"
            at = section.get("otherwise") or section.place
            self.problems.add(at, "not_supported", message, "write otherwise: rules")
        return found

    def _batch(self, name: TaskName, section: Section) -> Batching | None:
        found = inner(section, "batch", BATCH_KEYS)
        if found is None:
            return None
        if name is TaskName.TRIAGE:
            message = "e-mails share no request: each has rooftops of its own to choose from"
            self.problems.add(found.place, "not_supported", message, "leave `batch` out")
            return None
        usual = Batching()
        node = found.get("window")
        window = usual.window
        if node is not None:
            window = duration_in(node, self.problems, what="'window'") or usual.window
            if window > _LONGEST_WINDOW:
                message = "a record would wait too long for others"
                self.problems.add(node, "out_of_bounds", message, "at most 5s")
        batch = Batching(
            window=window,
            most=count(found, "most", least=2, most=50, usual=usual.most),
            text=count(found, "text", least=16, most=4_000, usual=usual.text),
            answer=count(found, "answer", least=16, most=8_000, usual=usual.answer),
        )
        if batch.most * batch.answer > _LONGEST_ANSWER:
            message = f"{batch.most} answers of {batch.answer} tokens are more than models give"
            mend = f"keep most x answer at {_LONGEST_ANSWER} or below"
            self.problems.add(found.place, "out_of_bounds", message, mend)
        return batch

    def _time_limit(self, section: Section) -> timedelta:
        node = section.get("time_limit")
        if node is None:
            return timedelta(seconds=20)
        found = duration_in(node, self.problems, what="'time_limit'") or timedelta(seconds=1)
        if found > _LONGEST:
            message = "a record would wait too long"
            self.problems.add(node, "out_of_bounds", message, "at most 10m")
        return found

    def _budget(self, section: Section) -> Spending:
        found = inner(section, "budget", BUDGET_KEYS, needed=True)
        if found is None:
            return Spending(day=0, record=0)
        return Spending(
            day=money(number(found, "day", least=0, most=_MOST_MONEY)),
            record=money(number(found, "record", least=0, most=_MOST_MONEY)),
        )


def _tokens(section: Section | None, key: str, usual: int) -> int:
    if section is None:
        return usual
    return count(section, key, least=16, most=1_000_000, usual=usual)


def _where(section: Section, key: str, most: float) -> float | None:
    return number(section, key, least=0, most=most) if section.get(key) is not None else None
