"""What every check works with: the harness around the service, the cases of a trial, and how sure they make us."""

from __future__ import annotations

import hashlib
import math
import random
import string
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, TypeVar

from model_server import Call, Embed, Gate, ModelServer, Reply, Stream, ToolCall
from service import Answer, Service

#: What a check that kills the service says when it can't start it again.
NO_START = 'not played: it kills your service, so run the kit with START="the command that starts it"'
#: Cases under way at a time. A service that mixes up its callers shows it.
AT_A_TIME = 4
#: Seconds beyond the deadline in which an answer may still come, on a busy machine.
SLACK = 1.5
#: Standard deviations of a 95 percent interval.
Z95 = 1.96

Case = TypeVar("Case")
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Settings:
    """What the service reads from its environment.

    Attributes:
        drawn: whether key and prices were drawn at random for this run.
    """

    key: str
    model: str
    embedding_model: str
    deadline: float
    cap: int
    input_price: float
    output_price: float
    drawn: bool

    def environment(self, port: int, model_address: str) -> dict[str, str]:
        return {
            "PORT": str(port),
            "LLM_BASE_URL": model_address,
            "LLM_API_KEY": self.key,
            "LLM_MODEL": self.model,
            "EMBEDDING_MODEL": self.embedding_model,
            "DEADLINE_SECONDS": f"{self.deadline:g}",
            "MAX_OUTPUT_TOKENS": str(self.cap),
            "INPUT_USD_PER_MILLION": f"{self.input_price:g}",
            "OUTPUT_USD_PER_MILLION": f"{self.output_price:g}",
        }


class Harness:
    """What stands around the service while it is checked: the model server, and what a project's harness.py adds.

    Each project has a class of this name there. A server of its own is started in __init__ and ended in close().

    Args:
        port: of the model server; 0 takes a free one.

    Raises:
        OSError: when the port is taken.
    """

    def __init__(self, settings: Settings, port: int) -> None:
        self.settings = settings
        self.model = ModelServer(settings.key, port, self.embed())

    def embed(self) -> Embed:
        """The embedding model of the project."""
        raise NotImplementedError

    def environment(self, port: int) -> dict[str, str]:
        """The variables that the contract promises to a service that listens on this port."""
        return self.settings.environment(port, self.model.address)

    @property
    def ports(self) -> list[int]:
        """Where its servers listen: the model server, and what a project adds. Documented are 8091, 8092 and so on."""
        return [self.model.port]

    def close(self) -> None:
        self.model.close()


class Process(Protocol):
    """The service as a process that the kit has started."""

    def kill(self) -> None:
        """End it at once, with everything that it has started, in the middle of whatever it does."""

    def start(self) -> None:
        """Start it again, in the same environment, and wait until it answers. Raises Told when it doesn't."""


@dataclass(frozen=True)
class Finding:
    """One case of a check.

    Attributes:
        fault: what is wrong; "" when nothing is.
        sent: the request to the service, shortened.
        got: its answer, shortened.
        calls: how many calls reached the model; None when nobody counted.
        model: what the model had been told to say, shortened.
    """

    fault: str
    sent: str
    got: str
    calls: int | None = None
    model: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a check has found.

    Attributes:
        least: None when every case has to pass. Otherwise what the lower end of the interval has to reach.
        needs: what is missing to play it, in one sentence; "" when it was played.
    """

    findings: Sequence[Finding]
    least: float | None = None
    needs: str = ""

    @property
    def right(self) -> int:
        return sum(not finding.fault for finding in self.findings)

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.right, len(self.findings))

    @property
    def passed(self) -> bool:
        if not self.findings:
            return False
        return self.right == len(self.findings) if self.least is None else self.interval[0] >= self.least

    @property
    def figure(self) -> str:
        """What was seen. Of a share that chance is part of, its 95 percent interval too, and what that has to reach."""
        if self.needs:
            return self.needs
        seen = f"{self.right} of {len(self.findings)}"
        if self.least is None:
            return seen
        low, high = self.interval
        return f"{seen}, so 95% sure of {low:.2f} to {high:.2f}; the lower end has to reach {self.least:.2f}"

    def as_data(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "needs": self.needs,
            "right": self.right,
            "cases": len(self.findings),
            "interval": [round(end, 4) for end in self.interval],
            "least": self.least,
            "findings": [asdict(finding) for finding in self.findings],
        }


def wilson(right: int, cases: int) -> tuple[float, float]:
    """The 95 percent interval of a share, after Wilson (1927): right at the ends too, where simpler ones are empty."""
    if not cases:
        return 0.0, 1.0
    share, spread = right / cases, Z95**2 / cases
    middle = (share + spread / 2) / (1 + spread)
    reach = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass
class Kit:
    """What a check gets.

    Attributes:
        seed: the same seed gives the same data.
        process: None when somebody else has started the service.
    """

    service: Service
    harness: Harness
    seed: int
    process: Process | None = None
    _mark: int = field(default=0)

    @property
    def model(self) -> ModelServer:
        return self.harness.model

    @property
    def settings(self) -> Settings:
        return self.harness.settings

    def chance(self, check: str) -> random.Random:
        """The chance of one check, which doesn't depend on the others."""
        return random.Random(f"{self.seed}/{check}")

    def mark(self) -> str:
        """A word that stands in no other message of this run."""
        self._mark += 1
        number = int.from_bytes(hashlib.sha256(f"{self.seed}/{self._mark}".encode()).digest()[:6], "big")
        letters = string.ascii_lowercase
        return "zq" + "".join(letters[number // 26**place % 26] for place in range(8))

    def each(self, play: Callable[[Case], Seen], cases: Iterable[Case]) -> list[Seen]:
        """Play cases, several at a time, and keep their order."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            return list(pool.map(play, cases))


def found(faults: Iterable[str], sent: Any, answer: Answer, calls: Sequence[Call] | None = None) -> Finding:
    """A finding from what is wrong with one case; the first fault is the one that is told."""
    first = next((fault for fault in faults if fault), "")
    got = f"{answer.status} {answer.text}" if answer.status else answer.text
    return Finding(first, short(sent), short(got), None if calls is None else len(calls))


def unless(fine: bool, fault: str) -> str:
    return "" if fine else fault


def short(text: Any, length: int = 300) -> str:
    """A text on one line, cut where it gets long."""
    line = " ".join(str(text).split())
    return line if len(line) <= length else line[: length - 1] + "…"


__all__ = [
    "NO_START",
    "SLACK",
    "Answer",
    "Call",
    "Embed",
    "Finding",
    "Gate",
    "Harness",
    "Kit",
    "Outcome",
    "Process",
    "Reply",
    "Settings",
    "Stream",
    "ToolCall",
    "found",
    "short",
    "unless",
    "wilson",
]
