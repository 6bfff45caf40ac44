"""The graph of a BERT: its weights as a model that ONNX Runtime computes, made without PyTorch.

Matrices are kept in 8 bits. Each row of what is multiplied by them – one word piece of one text –
is scaled by its own largest value, not by its batch's, as ready-made dynamic quantisation does: one
piece with a large value spoils no other, and a text's vector is not changed by the texts it is
computed with (measured on MiniLM: mean cosine to the graph in float .994 instead of .989).

Weights are whole numbers within ±64, as processors without VNNI add two products in 16 bits:
255 × 64 × 2 is the most that fits.

Source: Devlin et al., BERT, NAACL 2019; Reimers & Gurevych, Sentence-BERT, EMNLP 2019 (mean
pooling); Dettmers et al., LLM.int8(), NeurIPS 2022 (scaling by row and by column).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from connu.kernel.errors import MissingExtraError, ModelError

IDS, MASK, EMBEDDING, PROBABILITY = "input_ids", "attention_mask", "embedding", "probability"

_OWN = "com.microsoft"
_LIMIT, _LEVELS, _MIDDLE = 64, 127, 128
EPSILON = 1e-12
PARTS = ("query", "key", "value")


@dataclass(frozen=True)
class Head:
    """What is learnt on top: one probability a label.

    Attributes:
        weight: float32 (labels, width).
        bias: float32 (labels,).
    """

    weight: np.ndarray
    bias: np.ndarray


def bert_graph(
    weights: Mapping[str, np.ndarray], *, heads: int, head: Head | None = None, int8: bool = True
) -> bytes:
    """A BERT as an ONNX model.

    Its inputs are `input_ids` and `attention_mask`, int64 (texts, pieces); its output `embedding`,
    float32 (texts, width): the mean over pieces, its length 1. With a head, `probability`, float32
    (texts, labels), comes instead: of the same mean, as it is.

    Args:
        weights: by the names of BertModel, float32.
        heads: attention heads.
        head: learnt on top.
        int8: matrices in 8 bits; else as they are.

    Raises:
        MissingExtraError: the library onnx is not installed.
        ModelError: a weight is missing.
    """
    graph = _Graph(weights, int8)
    try:
        return graph.made(heads, head)
    except KeyError as error:
        raise ModelError(f"the weights have no {error}: not a BERT's") from None


def layers_of(weights: Mapping[str, np.ndarray]) -> int:
    """How many layers the weights have."""
    return 1 + max(
        (int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer.")),
        default=-1,
    )


@dataclass
class _Graph:
    weights: Mapping[str, np.ndarray]
    int8: bool
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)

    def made(self, heads: int, head: Head | None) -> bytes:
        try:
            from onnx import TensorProto, helper, numpy_helper
        except ImportError:
            raise MissingExtraError(
                "making a model needs the library onnx", hint="pip install 'connu[minilm]'"
            ) from None
        self._helper = helper
        self._node("Cast", [MASK], "mask_int32", to=TensorProto.INT32)
        states = self._embedded()
        for layer in range(layers_of(self.weights)):
            states = self._layer(f"encoder.layer.{layer}.", states, heads)
        output, width = self._pooled(states, head, TensorProto.FLOAT)
        rectangle = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "pieces"])
            for name in (IDS, MASK)
        ]
        graph = helper.make_graph(
            self.nodes,
            "bert",
            rectangle,
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["texts", width])],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_OWN, 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="connu")
        model.ir_version = 10
        return model.SerializeToString()

    # ------------------------------------------------------------------ parts of a BERT
    def _embedded(self) -> str:
        """Word, place and (always the first) kind of sentence, added up and normalised."""
        place = self.weights["embeddings.position_embeddings.weight"]
        kind = self.weights["embeddings.token_type_embeddings.weight"][0]
        self._constant("places", place + kind)
        self._node("Gather", [self._weight("embeddings.word_embeddings.weight"), IDS], "words")
        self._node("Shape", [IDS], "pieces", start=1, end=2)
        zero = self._constant("zero", np.zeros(1, np.int64))
        self._node("Slice", ["places", zero, "pieces", zero], "place")
        self._node("Add", ["words", "place"], "sum")
        gamma, beta = self._norm("embeddings.LayerNorm")
        return self._node(
            "LayerNormalization", ["sum", gamma, beta], "embedded", epsilon=EPSILON, axis=-1
        )

    def _layer(self, layer: str, states: str, heads: int) -> str:
        """Attention, then two matrices, each added to what came in."""
        own = layer + "attention.self."
        matrix = np.concatenate([self.weights[f"{own}{part}.weight"] for part in PARTS])
        bias = np.concatenate([self.weights[f"{own}{part}.bias"] for part in PARTS])
        asked = self._multiplied(states, matrix, own + "asked")
        parts = [f"{own}{part}" for part in PARTS]
        self._node("Split", [asked], parts, axis=-1, num_outputs=3)
        attended = self._node(
            "MultiHeadAttention",
            [*parts, self._constant(own + "bias", bias), "mask_int32"],
            own + "attended",
            _OWN,
            num_heads=heads,
        )
        states = self._added(layer + "attention.output", attended, states)
        inner = layer + "intermediate.dense"
        wide = self._multiplied(states, self.weights[inner + ".weight"], inner)
        wide = self._node("BiasGelu", [wide, self._weight(inner + ".bias")], inner + "_gelu", _OWN)
        return self._added(layer + "output", wide, states)

    def _added(self, name: str, states: str, before: str) -> str:
        """A matrix, its bias, what came in, normalised."""
        product = self._multiplied(states, self.weights[name + ".dense.weight"], name + ".dense")
        inputs = [product, before, *self._norm(name + ".LayerNorm")]
        inputs.append(self._weight(name + ".dense.bias"))
        return self._node("SkipLayerNormalization", inputs, name, _OWN, epsilon=EPSILON)

    def _pooled(self, states: str, head: Head | None, real: int) -> tuple[str, int]:
        """The mean over pieces; the model's output and its width."""
        self._node("Cast", [MASK], "mask_float", to=real)
        one = self._constant("one", np.ones(1, np.int64))
        self._node("Unsqueeze", ["mask_float", one], "mask_row")
        self._node("MatMul", ["mask_row", states], "total_row")
        self._node("Squeeze", ["total_row", one], "total")
        if head is None:
            width = len(self.weights["embeddings.LayerNorm.weight"])
            return self._node("LpNormalization", ["total"], EMBEDDING, axis=-1, p=2), width
        self._node("ReduceSum", ["mask_float", one], "count", keepdims=1)
        self._node("Div", ["total", "count"], "mean")
        matrix = self._constant("head", head.weight.T)
        self._node("MatMul", ["mean", matrix], "product")
        self._node("Add", ["product", self._constant("head_bias", head.bias)], "logit")
        return self._node("Sigmoid", ["logit"], PROBABILITY), len(head.bias)

    def _multiplied(self, states: str, matrix: np.ndarray, name: str) -> str:
        """states × matrixᵀ, the matrix as weights are kept: (out, in)."""
        if not self.int8:
            return self._node("MatMul", [states, self._constant(name + "_w", matrix.T)], name)
        largest = np.abs(matrix).max(1)
        step = (np.where(largest > 0, largest, 1) / _LIMIT).astype(np.float32)
        whole = np.rint(matrix / step[:, None]).clip(-_LIMIT, _LIMIT).astype(np.int8)
        axis = self._constant("last", np.full(1, -1, np.int64))
        self._node("Abs", [states], name + "_abs")
        self._node("ReduceMax", [name + "_abs", axis], name + "_largest", keepdims=1)
        # A row of zeros (a text of nothing cannot be one, a damaged model's may) stays zeros.
        tiny = self._constant("tiny", np.array(1e-30, np.float32))
        self._node("Max", [name + "_largest", tiny], name + "_row")
        self._node("Div", [states, name + "_row"], name + "_unit")
        level = self._constant("level", np.array(1 / _LEVELS, np.float32))
        middle = self._constant("middle", np.array(_MIDDLE, np.uint8))
        self._node("QuantizeLinear", [name + "_unit", level, middle], name + "_whole")
        inputs = [
            name + "_whole",
            self._constant(name + "_w", whole.T),
            level,
            self._constant(name + "_step", step),
            middle,
            self._constant(name + "_zero", np.zeros(len(step), np.int8)),
        ]
        self._node("MatMulIntegerToFloat", inputs, name + "_scaled", _OWN)
        return self._node("Mul", [name + "_scaled", name + "_row"], name)

    # ------------------------------------------------------------------ small things
    def _node(
        self, kind: str, inputs: list[str], out: str | list[str], domain: str = "", **said: Any
    ) -> Any:
        outputs = [out] if isinstance(out, str) else out
        self.nodes.append(self._helper.make_node(kind, inputs, outputs, domain=domain, **said))
        return out

    def _constant(self, name: str, value: np.ndarray) -> str:
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def _weight(self, name: str) -> str:
        return self._constant(name, self.weights[name])

    def _norm(self, name: str) -> tuple[str, str]:
        return self._weight(name + ".weight"), self._weight(name + ".bias")
