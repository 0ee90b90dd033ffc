"""How many conversations fit beside a model's weights? Sizes in gibibytes."""

from dataclasses import dataclass

GIB = 2**30


# --8<-- [start:sizes]
@dataclass(frozen=True)
class Model:
    name: str
    parameters: float  # from the model card
    layers: int  # the other three from config.json
    kv_heads: int
    head_size: int

    def weights(self, bits: float) -> float:
        return self.parameters * bits / 8 / GIB

    def cache(self, tokens: int, bits: float) -> float:
        # One key and one value, for each layer, each KV head and each token.
        values = 2 * self.layers * self.kv_heads * self.head_size
        return values * tokens * bits / 8 / GIB
# --8<-- [end:sizes]


MODELS = (
    Model("Qwen3-8B", 8.2e9, 36, 8, 128),
    Model("Qwen3-30B-A3B", 30.5e9, 48, 4, 128),
    Model("Qwen3-32B", 32.8e9, 64, 8, 128),
)
memory, reserve, context = 80, 8, 8_192

for model in MODELS:
    print(f"{model.name}: {model.cache(1, 16) * 2**20:.0f} KiB of cache a token")
    for weight_bits, cache_bits in ((16, 16), (8, 16), (8, 8), (4.8, 8)):
        weights = model.weights(weight_bits)
        one = model.cache(context, cache_bits)
        fits = max(0, int((memory - reserve - weights) / one))
        print(f"  weights {weight_bits:>4} bits {weights:5.1f}, "
              f"cache {cache_bits:>2} bits {one:.2f} each: {fits:3} fit")
