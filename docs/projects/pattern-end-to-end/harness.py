"""What stands around the service: the model server, a folder for its data, and what the checks have put into it."""

from __future__ import annotations

import contextlib
import tempfile

import corpus
import trial

#: Variables that this contract has no use for.
UNUSED = ("DEADLINE_SECONDS", "MAX_OUTPUT_TOKENS", "INPUT_USD_PER_MILLION", "OUTPUT_USD_PER_MILLION")


class Harness(trial.Harness):
    """The model server, and a folder that is empty when the kit starts the service."""

    def __init__(self, settings: trial.Settings, port: int) -> None:
        super().__init__(settings, port)
        self._ending = contextlib.ExitStack()
        # A service that somebody else has started keeps its folder: the kit has to name one that stays.
        self.data = self._ending.enter_context(tempfile.TemporaryDirectory()) if settings.drawn else "data"

    def embed(self) -> trial.Embed:
        return corpus.embedding().embed

    def environment(self, port: int) -> dict[str, str]:
        usual = super().environment(port)
        return {name: value for name, value in usual.items() if name not in UNUSED} | {"DATA_DIR": self.data}

    def close(self) -> None:
        super().close()
        self._ending.close()
