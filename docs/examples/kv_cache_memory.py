"""How many conversations fit beside a model's weights? Sizes in gibibytes."""

from dataclasses import dataclass

GIB = 2**30


@dataclass(frozen=True)
class Model:
    parameters: float
    layers: int
    kv_heads: int
    head_size: int


def weights(model: Model, bytes_per_weight: float) -> float:
    return model.parameters * bytes_per_weight / GIB


def cache_per_token(model: Model, bytes_per_value: float) -> float:
    # One key and one value, for each layer and each KV head.
    return 2 * model.layers * model.kv_heads * model.head_size * bytes_per_value / GIB


model = Model(parameters=8e9, layers=32, kv_heads=8, head_size=128)
memory, reserve, context = 24, 2, 8_192

formats = (("16-bit", 2, 2), ("8-bit", 1, 2), ("8-bit, KV too", 1, 1))
for name, weight_bytes, value_bytes in formats:
    free = memory - reserve - weights(model, weight_bytes)
    per_conversation = cache_per_token(model, value_bytes) * context
    fits = int(free / per_conversation)
    print(f"{name:14} weights {weights(model, weight_bytes):4.1f}, free {free:4.1f}, "
          f"each conversation {per_conversation:.2f}: {fits} fit")
