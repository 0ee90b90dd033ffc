"""What pgvector's HNSW indexes find, and how large they are: whole, halved, bits."""

import numpy as np
from local_postgres import Postgres, table_vectors

INDEX = "CREATE INDEX {} ON passages USING hnsw ({})"
vectors = table_vectors()


def shares(found: list[set[int]]) -> np.ndarray:
    """For each query, the share of the ten nearest rows that was found."""
    similarities = vectors[: len(found)] @ vectors.T
    np.fill_diagonal(similarities, -1)  # a row is no neighbor of itself
    exact = np.argsort(-similarities, axis=1)[:, :10]
    return np.array([len(rows & set(best)) / 10 for rows, best in zip(found, exact)])


def nearest(column: str = "embedding", distance: str = "<=>", limit: int = 10) -> str:
    """A search for the neighbors of a stored row, which it leaves out."""
    row = column.replace("embedding", "passages.embedding")
    query = column.replace("embedding", "query.embedding")
    return (
        "SELECT id, passages.embedding FROM passages WHERE id <> query.id"
        f" ORDER BY {row} {distance} {query} LIMIT {limit}"
    )


# --8<-- [start:recall]
def recall_curve(server: Postgres) -> None:
    for ef_search, queries in ((20, 500), (40, 3000), (100, 500), (400, 500)):
        setting = f"SET hnsw.ef_search = {ef_search}"
        each = shares(server.nearest(nearest(), setting, queries))
        pages = server.buffers(nearest(), setting, 200)
        # 95 of 100 such intervals hold the recall of all possible queries.
        half_width = 1.96 * each.std() / queries**0.5
        print(f"ef_search {ef_search:3}: recall@10 {each.mean():.3f} ± {half_width:.3f}"
              f"  {round(pages, -1):5.0f} buffers  ({queries} queries)")
        if queries == 3000:
            samples = each.reshape(15, 200).mean(axis=1)
            print(f"    15 samples of 200: {samples.min():.3f} to {samples.max():.3f}")
# --8<-- [end:recall]


# --8<-- [start:smaller]
HALF = "embedding::halfvec(256)"
BITS = "binary_quantize(embedding)::bit(256)"


def smaller_indexes(server: Postgres) -> None:
    server.run(INDEX.format("half", f"({HALF}) halfvec_cosine_ops"))
    server.run(INDEX.format("bits", f"({BITS}) bit_hamming_ops"))
    for name in ("whole", "half", "bits"):
        (size,) = server.run(f"SELECT pg_relation_size('{name}')")
        print(f"{name:5} index: {int(size) / 1e6:4.1f} MB")
    found = server.nearest(nearest(HALF), "SET hnsw.ef_search = 40", 500)
    print(f"half: recall@10 {shares(found).mean():.2f}")
    for depth, ef_search in ((10, 40), (50, 50), (200, 40), (200, 200), (400, 400)):
        rough = nearest(BITS, "<~>", depth)
        best = "ORDER BY embedding <=> query.embedding LIMIT 10"
        setting = f"SET hnsw.ef_search = {ef_search}"
        found = server.nearest(f"SELECT id FROM ({rough}) {best}", setting, 500)
        print(f"bits, {depth:3} rescored, ef_search {ef_search:3}:"
              f" recall@10 {shares(found).mean():.2f}")
# --8<-- [end:smaller]


with Postgres() as server:
    server.load(vectors)
    print(server.versions())
    server.run(INDEX.format("whole", "embedding vector_cosine_ops"))
    print("== recall ==")
    recall_curve(server)
    print("== smaller ==")
    smaller_indexes(server)
