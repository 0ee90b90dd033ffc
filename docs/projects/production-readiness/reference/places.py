"""So many answers at a time, so many callers who wait, and no more."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator


class Busy(Exception):
    """There is no place, not even to wait."""


class Places:
    def __init__(self, most_running: int, most_waiting: int) -> None:
        self.most_running, self.most_waiting = most_running, most_waiting
        self.running = 0
        self.waiting: deque[asyncio.Future[None]] = deque()

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A place for one answer, after a wait if need be. Raises Busy."""
        if self.running < self.most_running:
            self.running += 1
        elif len(self.waiting) < self.most_waiting:
            await self._turn()
        else:
            raise Busy
        try:
            yield
        finally:
            self._pass_on()

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # Whoever leaves just when it is their turn has to pass the place on.
            if turn.done() and not turn.cancelled():
                self._pass_on()
            else:
                self.waiting.remove(turn)
            raise

    def _pass_on(self) -> None:
        if self.waiting:
            self.waiting.popleft().set_result(None)
        else:
            self.running -= 1
