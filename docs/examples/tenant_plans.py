"""How pgvector runs a search for one tenant: without help, and with each repair."""

import numpy as np
from local_models import embed
from local_postgres import TENANTS, Postgres, as_sql, table_vectors

ITERATIVE = "SET hnsw.iterative_scan = strict_order"
vectors = table_vectors()
question = embed(["parental leave"])[0]


def search(condition: str, limit: int = 8) -> str:
    return (
        f"SELECT id FROM passages WHERE {condition}"
        f" ORDER BY embedding <=> {as_sql(question)} LIMIT {limit}"
    )


def show(part: str, plan: list[str]) -> None:
    print(f"== {part} ==", *plan, sep="\n")


def larger_limits(server: Postgres) -> list[str]:
    """Rows and kind of scan for each limit, at two costs of a page read at random."""
    lines = []
    for limit in (8, 16, 18, 19, 20, 60, 80):
        line = f"LIMIT {limit:2}"
        for cost in ("4.0", "1.1"):
            setting = f"SET random_page_cost = {cost}"
            plan = server.explain(search("tenant_id = 17", limit), setting)
            kind = "vector index" if "Index Scan" in " ".join(plan) else "full scan"
            rows = float(plan[0].split("rows=")[1].split()[0])
            line += f"   cost {cost}: {rows:2.0f} rows, {kind:12}"
        lines.append(line.rstrip())
    return lines


def right_rows(server: Postgres, tenant: int) -> int:
    """How many of a tenant's eight nearest rows an iterative scan finds."""
    found = server.run(f"{ITERATIVE}; {search(f'tenant_id = {tenant}')}")
    own_rows = np.arange(tenant, len(vectors), TENANTS)
    nearest_first = own_rows[np.argsort(-(vectors[own_rows] @ question))]
    return len(set(map(int, found)) & set(nearest_first[:8]))


# --8<-- [start:plans]
with Postgres() as server:
    server.load(vectors)
    print(server.versions())
    server.run("CREATE INDEX ON passages USING hnsw (embedding vector_cosine_ops)")
    show("filter after the walk", server.explain(search("tenant_id = 17")))
    show("larger limit", larger_limits(server))
    show("iterative scan", server.explain(search("tenant_id = 17"), ITERATIVE))
    found = [right_rows(server, tenant) for tenant in range(0, TENANTS, 2)]
    line = f"right rows of 8: {np.mean(found):.1f} on average over {len(found)} tenants"
    show("iterative scan, other tenants", [line])
    show("iterative scan, a third", server.explain(search("tenant_id < 67"), ITERATIVE))
    server.run("CREATE INDEX ON passages (tenant_id)")
    show("b-tree", server.explain(search("tenant_id = 17")))
# --8<-- [end:plans]
