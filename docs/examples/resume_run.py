"""Kill an agent after its write and before the record of it. Then let it resume."""

import sqlite3


class Killed(Exception):
    """The process is gone. What the world holds stays."""


class World:
    """What outlives the process: the journal, the model and the receiver."""

    def __init__(self) -> None:
        self.journal = sqlite3.connect(":memory:", isolation_level=None)
        self.journal.execute(
            "CREATE TABLE run_step (run_id TEXT, step INT, euros INT, result TEXT,"
            " PRIMARY KEY (run_id, step))"
        )
        self.model_calls = 0
        self.requests = 0
        self.booked: dict[str, int] = {}  # the receiver's table: key, and euros

    def ask_model(self) -> int:
        """Propose a refund in euros. Asked again, it proposes another amount."""
        self.model_calls += 1
        return 40 if self.model_calls == 1 else 39

    def refund(self, key: str, euros: int) -> str:
        """The receiver books each key once, and repeats its answer after that."""
        self.booked.setdefault(key, euros)
        return f"booked {self.booked[key]}"


def work(world: World, record_proposal: bool, stable_key: bool, die: bool) -> None:
    """Step 1 of run 4702. Any worker may start it again at any time."""
    found = world.journal.execute(
        "SELECT euros, result FROM run_step WHERE run_id = '4702' AND step = 1"
    ).fetchone()
    euros, result = found or (None, None)

    if euros is None:
        euros = world.ask_model()
        if record_proposal:  # before anything is done about it
            world.journal.execute(
                "INSERT INTO run_step VALUES ('4702', 1, ?, NULL)", (euros,)
            )
    if result is None:
        world.requests += 1
        # What the business books once, whichever run asks for it.
        key = "refund/A-17-line-2" if stable_key else f"request-{world.requests}"
        result = world.refund(key, euros)
        if die:
            raise Killed
        world.journal.execute(
            "INSERT OR REPLACE INTO run_step VALUES ('4702', 1, ?, ?)", (euros, result)
        )


def kill_and_resume(record_proposal: bool, stable_key: bool) -> str:
    world = World()
    try:
        work(world, record_proposal, stable_key, die=True)
    except Killed:
        work(world, record_proposal, stable_key, die=False)
    (journal,) = world.journal.execute("SELECT euros FROM run_step").fetchone()
    booked = " and ".join(str(euros) for euros in world.booked.values())
    return f"{world.model_calls:11}  {journal:7}  {booked}"


print("                              model calls  journal  booked")
print("no record, new key           ", kill_and_resume(False, False))
print("proposal recorded, new key   ", kill_and_resume(True, False))
print("no record, stable key        ", kill_and_resume(False, True))
print("proposal recorded, stable key", kill_and_resume(True, True))
