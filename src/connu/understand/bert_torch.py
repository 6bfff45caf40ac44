"""The same BERT in PyTorch, to be taught: it computes what `bert_graph` does, and can learn.

Known to `fine_tuning` alone, which needs the extra `finetune`; PyTorch is imported when one is
made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from connu.understand.bert_graph import EPSILON, PARTS, Head, layers_of

if TYPE_CHECKING:
    import torch

_WORDS = "embeddings.word_embeddings.weight"
_PLACES = "embeddings.position_embeddings.weight"
_KINDS = "embeddings.token_type_embeddings.weight"
_HEAD = "head"
_LEAST_SHARE = 1e-3


class Bert:
    """A BERT with a linear head on the mean over word pieces.

    Args:
        weights: by the names of BertModel, float32; not changed.
        heads: attention heads.
        labels: outputs.
        pieces: the word pieces that occur, int64, sorted: only theirs are kept, as the others'
            would learn nothing; the rest of the vocabulary stays as it was.
        places: word pieces of the longest text.
        dropout: of what layers give, while it learns (0–1).
        chance: of the head's first weights; where PyTorch draws for everybody is left alone.
        shares: float (labels,), how many texts have each: what the head says at first, or the first
            steps would be spent on learning that rare labels are rare (Lin et al., Focal loss,
            ICCV 2017).

    Attributes:
        parameters: what learns, by name: a layer's three parts of attention as one matrix.
    """

    def __init__(
        self,
        weights: Mapping[str, np.ndarray],
        *,
        heads: int,
        labels: int,
        pieces: np.ndarray,
        places: int,
        dropout: float,
        chance: np.random.Generator,
        shares: np.ndarray,
    ) -> None:
        import torch

        self._weights, self._pieces = weights, pieces
        self._heads, self._dropout, self._layers = heads, dropout, layers_of(weights)
        asked = [_asked(layer) for layer in range(self._layers)]
        parts = {f"{name}{part}" for name in asked for part in PARTS}
        given = {
            name: value
            for name, value in weights.items()
            if name.startswith(("embeddings.LayerNorm", "encoder.layer."))
            and name.rpartition(".")[0] not in parts
        }
        for name in asked:
            for which in ("weight", "bias"):
                given[name + which] = np.concatenate(
                    [weights[f"{name}{part}.{which}"] for part in PARTS]
                )
        given[_WORDS] = weights[_WORDS][pieces]
        given[_PLACES] = weights[_PLACES][:places] + weights[_KINDS][0]
        width = given[_WORDS].shape[1]
        given[_HEAD + ".weight"] = chance.standard_normal((labels, width)) * 0.02
        shares = np.clip(shares, _LEAST_SHARE, 1 - _LEAST_SHARE)
        given[_HEAD + ".bias"] = np.log(shares / (1 - shares))
        self.parameters = {
            name: torch.tensor(value, dtype=torch.float32, requires_grad=True)
            for name, value in given.items()
        }

    def logits(
        self, ids: torch.Tensor, mask: torch.Tensor, chance: torch.Generator | None = None
    ) -> torch.Tensor:
        """Logits, float32 (texts, labels).

        Args:
            ids: int64 (texts, pieces), places in `pieces`.
            mask: bool (texts, pieces), where there are any.
            chance: while it learns, of what is dropped of what layers give.
        """
        import torch
        from torch.nn import functional as F

        p, (texts, length) = self.parameters, ids.shape

        def dropped(states: torch.Tensor) -> torch.Tensor:
            if chance is None or not self._dropout:
                return states
            kept = torch.empty_like(states).bernoulli_(1 - self._dropout, generator=chance)
            return states * kept.div_(1 - self._dropout)

        def norm(states: torch.Tensor, name: str) -> torch.Tensor:
            weight = p[name + ".weight"]
            return F.layer_norm(states, weight.shape, weight, p[name + ".bias"], EPSILON)

        def linear(states: torch.Tensor, name: str) -> torch.Tensor:
            return F.linear(states, p[name + ".weight"], p[name + ".bias"])

        states = F.embedding(ids, p[_WORDS]) + p[_PLACES][:length]
        states = dropped(norm(states, "embeddings.LayerNorm"))
        seen = None if bool(mask.all()) else mask[:, None, None, :]
        for number in range(self._layers):
            name, own = f"encoder.layer.{number}.", _asked(number)
            asked = F.linear(states, p[own + "weight"], p[own + "bias"])
            query, key, value = asked.view(texts, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            attended = F.scaled_dot_product_attention(query, key, value, attn_mask=seen)
            attended = attended.transpose(1, 2).reshape(texts, length, -1)
            out = dropped(linear(attended, name + "attention.output.dense"))
            states = norm(states + out, name + "attention.output.LayerNorm")
            wide = F.gelu(linear(states, name + "intermediate.dense"))
            out = dropped(linear(wide, name + "output.dense"))
            states = norm(states + out, name + "output.LayerNorm")
        weight = mask[:, :, None].to(states.dtype)
        return linear(dropped((states * weight).sum(1) / weight.sum(1)), _HEAD)

    def numbers_of(self, numbers: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Texts' word pieces as places in `pieces`."""
        return [np.searchsorted(self._pieces, one) for one in numbers]

    def learnt(self) -> tuple[dict[str, np.ndarray], Head]:
        """The weights as they are now, by the names of BertModel, and the head."""
        now = {name: one.detach().numpy().copy() for name, one in self.parameters.items()}
        head = Head(now.pop(_HEAD + ".weight"), now.pop(_HEAD + ".bias"))
        made = dict(self._weights)
        for name, values, rows in (
            (_WORDS, now.pop(_WORDS), self._pieces),
            (_PLACES, now.pop(_PLACES) - made[_KINDS][0], None),
        ):
            made[name] = made[name].copy()
            made[name][rows if rows is not None else slice(len(values))] = values
        for layer in range(self._layers):
            name = _asked(layer)
            for which in ("weight", "bias"):
                for part, values in zip(PARTS, np.split(now.pop(name + which), 3), strict=True):
                    made[f"{name}{part}.{which}"] = values
        return made | now, head


def _asked(layer: int) -> str:
    """Where a layer's three parts of attention are named."""
    return f"encoder.layer.{layer}.attention.self."
