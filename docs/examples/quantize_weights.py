"""Round a real weight matrix to 8 and 4 bits, with fewer or more scales."""

import numpy as np
from local_models import embedder

weights = np.asarray(embedder().embedding, dtype=np.float32)
rows, columns = weights.shape
sample = np.arange(0, rows, 160)  # 200 token vectors as questions


def neighbors(matrix: np.ndarray, k: int = 10) -> list[set[int]]:
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    # Both sides rounded, as in an engine that holds only the rounded matrix.
    scores = unit[sample] @ unit.T
    scores[np.arange(len(sample)), sample] = -np.inf
    return [set(row) for row in np.argpartition(-scores, k, axis=1)[:, :k].tolist()]


def rounded(values: np.ndarray, bits: int, group: int) -> np.ndarray:
    blocks = values.reshape(-1, group)
    largest = 2 ** (bits - 1) - 1  # 127 or 7, the same on both sides of zero
    scale = np.abs(blocks).max(axis=1, keepdims=True) / largest
    scale = scale.astype(np.float16).astype(np.float32)  # what a file would store
    steps = np.clip(np.rint(blocks / np.maximum(scale, 1e-8)), -largest, largest)
    return (steps * scale).reshape(values.shape)


def size(values: np.ndarray, bits: int, group: int) -> float:
    return values.size * bits / 8 + values.size / group * 2  # bytes, with the scales


def error(values: np.ndarray, copy: np.ndarray) -> float:
    return float(np.linalg.norm(values - copy) / np.linalg.norm(values))


if __name__ == "__main__":
    true = neighbors(weights)
    spread = np.abs(weights).max() / weights.std()
    print(f"{rows} x {columns} values, the largest at {spread:.0f} standard deviations")
    print(f"float16 {weights.size * 2 / 2**20:22.2f} MiB")
    for bits in (8, 4):
        groups = {"tensor": weights.size, "row": columns, "group of 32": 32}
        for name, group in groups.items():
            copy = rounded(weights, bits, group)
            mebibytes = size(weights, bits, group) / 2**20
            same = np.mean([len(a & b) / 10 for a, b in zip(true, neighbors(copy))])
            print(f"int{bits} per {name:11} {mebibytes:8.2f} MiB, "
                  f"error {error(weights, copy):6.1%}, same neighbors {same:4.0%}")
