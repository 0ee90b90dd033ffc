"""What the checks are made of: a question, what both models are told to do with it, and what the caller hears."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from collector import Span
from harness import ANSWERS_FOR_A_RETRY, Harness
from listener import Listener
from model_server import Conversation
from trial import Answer, Call, Finding, Gate, Kit, Reply, Stream, found, short

#: Seconds that the kit waits for something that a right service does at once, on a busy machine.
PATIENCE = 12.0
WORDS = (
    "water", "filter", "handle", "green", "button", "twice", "cold", "plug", "Größe", "清水", "lid", "spring",
    "after", "never", "turn", "small", "café", "steam", "rinse", "dry",
)  # fmt: skip
QUESTIONS = (
    "How often do I descale the kettle?",
    "The lamp hums. Is that a fault?",
    "Which plug does the heater need in Japan?",
    "My toaster throws the bread across the kitchen. Why?",
)
DONE = ("model", "release", "usage", "trace_id")
FAILURE = ("code", "problem", "usage", "trace_id")
USAGE = ("calls", "input_tokens", "output_tokens")


def around(kit: Kit) -> Harness:
    """What stands around the service, as this project has it."""
    return cast(Harness, kit.harness)


@dataclass
class Asked:
    """One question on its way.

    Attributes:
        heard: what the caller hears.
        primary: what reached the first model.
        fallback: what reached the other.
        late: whether the kit has given up on the answer.
    """

    mark: str
    question: str
    tenant: str
    pieces: Sequence[str]
    heard: Listener
    primary: Conversation
    fallback: Conversation
    told: str
    late: bool = False

    @property
    def text(self) -> str:
        """The text so far."""
        texts = [event.data.get("text") for event in self.heard.events if _is(event.name, "text", event.data)]
        return "".join(text for text in texts if isinstance(text, str))

    def last(self, name: str) -> dict[str, Any]:
        """The data of the last event, if it has this name; otherwise an empty dict."""
        event = self.heard.events[-1] if self.heard.events else None
        return event.data if event and _is(event.name, name, event.data) else {}

    @property
    def answer(self) -> Answer:
        return self.heard.answer

    @property
    def calls(self) -> Sequence[Call]:
        return [*self.primary.calls, *self.fallback.calls]

    def end(self, more: float = 0) -> None:
        """Wait for the end of the answer. The kit hangs up when it doesn't come, so that the next check has all places.

        Args:
            more: seconds that a right service may take on purpose.
        """
        if not self.heard.end(PATIENCE + more):
            self.late = True
            self.heard.leave()

    def finding(self, *faults: str) -> Finding:
        seen = found(faults, f"{self.tenant}: {self.question}", self.answer, self.calls)
        return Finding(seen.fault, seen.sent, seen.got, seen.calls, self.told)

    def whole(self, model: str, calls: int | None = None) -> list[str]:
        """What is wrong with an answer that should have been given by this model, in order of weight."""
        done = self.last("done")
        kind = self.heard.headers.get("content-type", "")
        said = self.text
        return [
            "the answer didn't end" if self.late else "",
            "" if self.heard.status == 200 else "expected 200 with a stream",
            "" if kind.startswith("text/event-stream") else f"expected content-type text/event-stream, got {kind!r}",
            "" if done else "expected the event done at the end",
            "" if said == "".join(self.pieces) else f"expected the text {short(''.join(self.pieces), 60)!r}",
            keys(done, DONE),
            keys(done.get("usage"), USAGE),
            "" if done.get("model") == model else f"expected model {model}",
            self.called(calls) if calls is not None else "",
        ]

    def called(self, calls: int) -> str:
        said = (self.last("done") or self.last("error") or self.answer.body or {}).get("usage", {}).get("calls")
        return "" if said == calls else f"expected calls {calls} in usage, got {said!r}"

    def refused(self, status: int, code: str) -> list[str]:
        """What is wrong with a refusal that should have this status."""
        body = self.answer.body
        return [
            "the answer didn't end" if self.late else "",
            "" if self.answer.status == status else f"expected {status}",
            "" if self.answer.get("code") == code else f"expected code {code}",
            keys(body, FAILURE),
            keys(self.answer.get("usage"), USAGE),
        ]

    def failed_in_the_middle(self) -> list[str]:
        """What is wrong with an answer that broke off after its first piece."""
        error = self.last("error")
        whole = "".join(self.pieces)
        names = [event.name for event in self.heard.events]
        return [
            "the answer didn't end" if self.late else "",
            "expected no event done: the answer isn't whole" if "done" in names else "",
            "" if error else "expected the event error at the end",
            "" if error.get("code") == "model_failed" else "expected code model_failed",
            keys(error, FAILURE),
            "" if self.text and whole.startswith(self.text) else "expected the text as far as it came",
        ]


def _is(name: str, wanted: str, data: Any) -> bool:
    return name == wanted and isinstance(data, dict)


def times(calls: int) -> str:
    return "1 call" if calls == 1 else f"{calls} calls"


def keys(value: Any, wanted: Sequence[str]) -> str:
    fine = isinstance(value, dict) and sorted(value) == sorted(wanted)
    return "" if fine else f"expected exactly the keys {', '.join(wanted)}"


@dataclass(frozen=True)
class Script:
    """What both models do with one question. Without a fallback's reply, the fallback fails as well.

    Attributes:
        primary: made from the pieces of the right answer.
    """

    primary: Callable[[Sequence[str]], Sequence[Reply]]
    fallback: Callable[[Sequence[str]], Sequence[Reply]] = field(default=lambda pieces: [Reply(status=500)])


def good(pieces: Sequence[str], **more: Any) -> Reply:
    """A whole answer."""
    return Reply(stream=Stream(pieces), **more)


ANSWERS = Script(lambda pieces: [good(pieces)])


def held(gate: Gate, pieces_before: int, meanwhile: str = "") -> Script:
    """The primary model waits at a gate, after so many pieces; -1 holds back the status too."""
    return Script(lambda pieces: [Reply(stream=Stream(pieces, pieces_before, meanwhile), hold=gate)])


def tenant(kit: Kit, chance: random.Random) -> str:
    return f"t-{around(kit).run}-{chance.getrandbits(40):010x}"


def pieces_of(chance: random.Random, mark: str) -> list[str]:
    """A text in pieces. The mark stands in it, in one of them."""
    words = [chance.choice(WORDS) for _ in range(5)]
    return [f"{words[0]} ", f'"{mark[::-1]}"\n', f"{words[1]}: ", f"{words[2]} \n\n", f"{words[3]} {words[4]}."]


def asking(
    kit: Kit,
    chance: random.Random,
    script: Script = ANSWERS,
    by: str = "",
    tail: str = "",
    headers: dict[str, str] | None = None,
) -> Asked:
    """Send a question, and listen to its answer in the background.

    Args:
        by: the tenant; a new one, if empty.
        tail: what the question ends with.
    """
    mark = kit.mark()
    pieces = pieces_of(chance, mark)
    by = by or tenant(kit, chance)
    question = f"{chance.choice(QUESTIONS)} Our ticket is {mark}.{tail}"
    replies, other = script.primary(pieces), script.fallback(pieces)
    told = short("; then ".join(map(str, replies)) + "; the fallback: " + "; then ".join(map(str, other)))
    primary, fallback = kit.model.expect(mark, replies), around(kit).fallback.expect(mark, other)
    sent = {"x-tenant": by, **(headers or {})}
    heard = Listener(kit.service, "POST", "/answer", {"question": question}, sent)
    return Asked(mark, question, by, pieces, heard, primary, fallback, told)


def asked(kit: Kit, chance: random.Random, script: Script = ANSWERS, **options: Any) -> Asked:
    """Send a question, and wait for the end of its answer."""
    sent = asking(kit, chance, script, **options)
    sent.end()
    return sent


def chances(kit: Kit, name: str, count: int) -> list[random.Random]:
    return [kit.chance(f"{name}/{index}") for index in range(count)]


def budget(kit: Kit, of: str) -> dict[str, Any]:
    body = kit.service.ask("GET", f"/budgets/{of}").body
    return body if isinstance(body, dict) else {}


def load(kit: Kit) -> tuple[Any, Any]:
    """How many answers run, and how many callers wait, as the service says."""
    health = kit.service.ask("GET", "/health")
    return health.get("running"), health.get("waiting")


def until(true: Callable[[], bool]) -> bool:
    """Ask again and again until something is true; False when it isn't within the kit's patience."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.03)
    return True


def arrived(gates: Sequence[Gate], sent: Sequence[Asked], least: int = 0) -> int:
    """How many calls wait at the gates. Waits until so many do, or everybody has an answer already.

    Args:
        least: all of them, if 0.
    """

    def count() -> int:
        return sum(gate.arrived.is_set() for gate in gates)

    until(lambda: count() >= (least or len(gates)) or all(one.heard.ended for one in sent))
    return count()


def traced(kit: Kit, one: Asked, trace: str) -> Sequence[Span]:
    """The spans of an answer. A collector that has waited once for nothing at all doesn't wait long again."""
    harness = around(kit)
    limit = PATIENCE if one.calls and not harness.untraced else 1.0
    spans = harness.collector.spans(trace, 1 + len(one.calls), limit)
    harness.untraced = not spans
    return spans


@contextmanager
def gates(count: int) -> Iterator[list[Gate]]:
    """Gates that are open at the end, whatever happens, so that no reply is held for the next check."""
    made = [Gate() for _ in range(count)]
    try:
        yield made
    finally:
        for gate in made:
            gate.opened.set()


def spend(kit: Kit, chance: random.Random, by: str, tokens: int) -> Asked:
    """Let a tenant spend so many tokens with one answer."""
    written = chance.randint(1, min(tokens - 1, kit.settings.cap))
    usage = {"prompt_tokens": tokens - written, "completion_tokens": written}
    return asked(kit, chance, Script(lambda pieces: [good(pieces, usage=usage)]), by=by)


def have_a_retry(kit: Kit, chance: random.Random) -> None:
    """See to it that the service has a retry left. Whole answers of the primary model give it back."""
    harness = around(kit)
    if not harness.retries:
        for _ in range(ANSWERS_FOR_A_RETRY):
            asked(kit, chance)
        harness.retries += 1
    harness.retries -= 1


def spoken(call: Call) -> str:
    """What the first message of a call says, if it is the system's."""
    messages = call.body.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    return str(first.get("content")) if isinstance(first, dict) and first.get("role") == "system" else ""


def holds(call: Call, text: str) -> bool:
    """Whether a prompt holds a text, as it is or as a string of JSON."""
    escaped = (json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    return any(form in call.prompt for form in (text, *escaped))
