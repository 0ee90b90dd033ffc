"""What stands around the service: the model server, the tool server, and a folder that survives a restart."""

from __future__ import annotations

import itertools
import random
import secrets
import shutil
import string
import tempfile
from collections.abc import Callable

import trial
from tool_server import Thing, ToolServer

#: What an agent's contract has no use for.
UNUSED = ("EMBEDDING_MODEL", "DEADLINE_SECONDS")


class Harness(trial.Harness):
    """The model server and, on the next port, the tool server."""

    def __init__(self, settings: trial.Settings, port: int) -> None:
        super().__init__(settings, port)
        # A service of an earlier run may know its runs still.
        self._run = itertools.count(1)
        self._start = secrets.token_hex(4)
        self._folder = tempfile.mkdtemp(prefix="agent-") if settings.drawn else "agent-data"
        key = settings.key.replace("key", "tools")
        try:
            self.tools = ToolServer(key, port and port + 1)
        except OSError:
            self.model.close()
            raise

    def embed(self) -> trial.Embed:
        return lambda text: [1.0]

    @property
    def ports(self) -> list[int]:
        return [self.model.port, self.tools.port]

    def environment(self, port: int) -> dict[str, str]:
        common = super().environment(port)
        own = {"TOOLS_URL": self.tools.address, "TOOLS_KEY": self.tools.key, "DATA_DIR": self._folder}
        return {name: value for name, value in common.items() if name not in UNUSED} | own

    def run_id(self) -> str:
        """An id that no other run has had."""
        return f"r-{self._start}-{next(self._run)}"

    def order(self, chance: random.Random, tenant: str, note: str = "", trusted: bool | None = True) -> str:
        """A paid order of a tenant. Gives its number."""
        letters = string.ascii_uppercase
        number = self._new(lambda: f"{chance.choice(letters)}-{chance.randint(10000, 99999)}")
        product = chance.choice(("kettle", "lamp", "toaster", "heater"))
        content = {"order": number, "product": product, "total_cents": chance.randint(5000, 90000), "note": note}
        self.tools.things[number] = Thing(tenant, content, trusted)
        return number

    def document(self, chance: random.Random, tenant: str, text: str, trusted: bool | None = False) -> str:
        """A document of a tenant. Gives its id."""
        name = self._new(lambda: f"doc-{chance.randint(1000, 999999)}")
        self.tools.things[name] = Thing(tenant, {"document": name, "text": text}, trusted)
        return name

    def _new(self, draw: Callable[[], str]) -> str:
        return next(name for name in iter(draw, "") if name not in self.tools.things)

    def close(self) -> None:
        super().close()
        self.tools.close()
        if self.settings.drawn:
            shutil.rmtree(self._folder, ignore_errors=True)
