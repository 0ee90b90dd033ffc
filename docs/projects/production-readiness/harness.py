"""What stands around the service: a model, another one for when the first fails, and a collector of traces."""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
import uuid
from dataclasses import dataclass

import trial
from collector import Collector
from model_server import ModelServer

#: Answers of the primary model that give one retry back, as the contract says.
ANSWERS_FOR_A_RETRY = 5


@dataclass(frozen=True)
class Limits:
    """What the service reads from its environment, beside what every project has. Times are in seconds."""

    fallback_key: str
    fallback_model: str
    stall: float
    max_pause: int
    retry_budget: int
    tenant_tokens: int
    reserve_tokens: int
    max_running: int
    max_waiting: int


def limits_of(settings: trial.Settings) -> Limits:
    """Drawn when the kit starts the service; a service that runs already has the documented values."""
    stall = settings.deadline + 0.5
    if not settings.drawn:
        return Limits("kit-fallback-key", "kit-fallback-1", stall, 2, 5, 6000, 1000, 6, 4)
    # The key was drawn for this run.
    chance = random.Random(settings.key)
    reserve = chance.randint(700, 1500)
    return Limits(
        f"kit-fallback-key-{chance.getrandbits(40):010x}",
        f"kit-fallback-{chance.randint(2, 99)}",
        stall,
        2,
        chance.randint(4, 6),
        reserve * chance.randint(5, 7) + chance.randint(1, 600),
        reserve,
        chance.randint(6, 8),
        chance.randint(3, 5),
    )


class Harness(trial.Harness):
    """Two model servers and a collector, on ports that follow each other.

    Attributes:
        retries: how many retries the service certainly has left.
        untraced: whether the kit has waited for a trace in vain.
        run: a word for the tenants of this run. A service that keeps its data knows those of earlier runs.
    """

    def __init__(self, settings: trial.Settings, port: int) -> None:
        super().__init__(settings, port)
        self.limits = limits_of(settings)
        self.run = uuid.uuid4().hex[:10]
        self.retries = self.limits.retry_budget if settings.drawn else 0
        self.untraced = False
        self.data = tempfile.mkdtemp(prefix="service-") if settings.drawn else ""
        with contextlib.ExitStack() as opened:
            opened.callback(super().close)
            self.fallback = ModelServer(self.limits.fallback_key, port + 1 if port else 0, self.embed())
            opened.callback(self.fallback.close)
            self.collector = Collector(port + 2 if port else 0)
            opened.pop_all()

    def embed(self) -> trial.Embed:
        """No check of this project embeds anything."""
        return lambda text: [1.0]

    @property
    def ports(self) -> list[int]:
        return [self.model.port, self.fallback.port, self.collector.port]

    def environment(self, port: int) -> dict[str, str]:
        settings, limits = self.settings, self.limits
        return {
            "PORT": str(port),
            "LLM_BASE_URL": self.model.address,
            "LLM_API_KEY": settings.key,
            "LLM_MODEL": settings.model,
            "FALLBACK_BASE_URL": self.fallback.address,
            "FALLBACK_API_KEY": limits.fallback_key,
            "FALLBACK_MODEL": limits.fallback_model,
            "MAX_OUTPUT_TOKENS": str(settings.cap),
            "STALL_SECONDS": f"{limits.stall:g}",
            "MAX_PAUSE_SECONDS": str(limits.max_pause),
            "RETRY_BUDGET": str(limits.retry_budget),
            "TENANT_TOKENS": str(limits.tenant_tokens),
            "RESERVE_TOKENS": str(limits.reserve_tokens),
            "MAX_RUNNING": str(limits.max_running),
            "MAX_WAITING": str(limits.max_waiting),
            "DATA_DIR": self.data or "./data",
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.address,
        }

    def close(self) -> None:
        super().close()
        self.fallback.close()
        self.collector.close()
        if self.data:
            shutil.rmtree(self.data, ignore_errors=True)
