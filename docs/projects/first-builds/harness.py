"""What stands around the service: the model server, with an embedding model that knows the kit's notes."""

from __future__ import annotations

import notes
import trial


class Harness(trial.Harness):
    """The model server alone."""

    def embed(self) -> trial.Embed:
        return notes.embed
