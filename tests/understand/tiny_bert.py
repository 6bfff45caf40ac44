"""A BERT of two small layers with weights by chance, its tokenizer, and NumPy's word on both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.special import erf, softmax

WIDTH, INNER, HEADS, LAYERS, PLACES = 32, 64, 2, 2, 48
WORDS = (
    "[PAD] [UNK] [CLS] [SEP] the parcel came late never again price is too high staff are kind "
    "le colis est en retard prix trop cher merci app crashes a b c d e ##s ##e ! ."
).split()


def tiny_weights(seed: int = 0) -> dict[str, np.ndarray]:
    """Weights by the names of BertModel."""
    chance = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return (chance.standard_normal(shape) * 0.3).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": drawn(len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": drawn(PLACES, WIDTH),
        "embeddings.token_type_embeddings.weight": drawn(2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        linear = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        linear |= {
            "attention.output.dense": (WIDTH, WIDTH),
            "intermediate.dense": (INNER, WIDTH),
            "output.dense": (WIDTH, INNER),
        }
        for part, shape in linear.items():
            made[f"{name}{part}.weight"], made[f"{name}{part}.bias"] = (
                drawn(*shape),
                drawn(shape[0]),
            )
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
    for name in norms:
        made[name + ".weight"], made[name + ".bias"] = 1 + drawn(WIDTH), drawn(WIDTH)
    return made


def tiny_mean(weights: dict[str, np.ndarray], numbers: np.ndarray) -> np.ndarray:
    """The mean over one text's pieces, written as the paper says it: float64 (width,)."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-12)
        return x * w[name + ".weight"] + w[name + ".bias"]

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    x = w["embeddings.word_embeddings.weight"][numbers]
    x = x + w["embeddings.position_embeddings.weight"][: len(numbers)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        query, key, value = (
            linear(x, f"{name}attention.self.{part}").reshape(len(numbers), HEADS, -1)
            for part in ("query", "key", "value")
        )
        share = softmax(np.einsum("ihd,jhd->hij", query, key) / np.sqrt(query.shape[-1]), axis=-1)
        attended = np.einsum("hij,jhd->ihd", share, value).reshape(len(numbers), -1)
        out = linear(attended, name + "attention.output.dense")
        x = norm(x + out, name + "attention.output.LayerNorm")
        inner = linear(x, name + "intermediate.dense")
        inner = inner * (1 + erf(inner / np.sqrt(2))) / 2
        x = norm(x + linear(inner, name + "output.dense"), name + "output.LayerNorm")
    mean: np.ndarray = x.mean(0)
    return mean


def write_tokenizer(path: Path) -> None:
    """A tokenizer.json of WORDS, with BERT's marks."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(models.WordPiece({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    made.save(str(path))
