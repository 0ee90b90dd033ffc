"""What differs between machines, from the environment. Times are in seconds."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Endpoint:
    """A model behind OpenAI's interface."""

    base_url: str
    key: str
    model: str


@dataclass(frozen=True)
class Settings:
    port: int
    primary: Endpoint
    fallback: Endpoint
    max_output_tokens: int
    stall: float
    max_pause: float
    retry_budget: int
    tenant_tokens: int
    reserve_tokens: int
    max_running: int
    max_waiting: int
    data: Path
    collector: str

    @classmethod
    def from_environment(cls) -> "Settings":
        env = os.environ
        return cls(
            port=int(env["PORT"]),
            primary=Endpoint(env["LLM_BASE_URL"], env["LLM_API_KEY"], env["LLM_MODEL"]),
            fallback=Endpoint(env["FALLBACK_BASE_URL"], env["FALLBACK_API_KEY"], env["FALLBACK_MODEL"]),
            max_output_tokens=int(env["MAX_OUTPUT_TOKENS"]),
            stall=float(env["STALL_SECONDS"]),
            max_pause=float(env["MAX_PAUSE_SECONDS"]),
            retry_budget=int(env["RETRY_BUDGET"]),
            tenant_tokens=int(env["TENANT_TOKENS"]),
            reserve_tokens=int(env["RESERVE_TOKENS"]),
            max_running=int(env["MAX_RUNNING"]),
            max_waiting=int(env["MAX_WAITING"]),
            data=Path(env["DATA_DIR"]),
            collector=env["OTEL_EXPORTER_OTLP_ENDPOINT"],
        )
