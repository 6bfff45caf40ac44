"""A folder of ONNX as an encoder: pooled, in order, each text as if it were alone."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_bert import HEADS, WIDTH, tiny_weights, write_tokenizer

from connu.kernel.errors import ModelError
from connu.understand.bert_graph import bert_graph
from connu.understand.onnx_encoder import OnnxEncoder, unit_rows

onnx = pytest.importorskip("onnx", reason="the extra minilm is not installed")
pytest.importorskip("onnxruntime", reason="the extra minilm is not installed")

_TEXTS = [
    "the parcel came late",
    "price is too high",
    "",
    "merci !",
    "le colis est en retard",
    "🙂",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("encoder")
    (made / "model.onnx").write_bytes(bert_graph(tiny_weights(), heads=HEADS))
    write_tokenizer(made / "tokenizer.json")
    return made


def test_rows_are_of_length_1_in_the_order_of_the_texts(folder):
    encoder = OnnxEncoder(folder, name="tiny")
    rows = encoder.encode(_TEXTS)
    assert encoder.name == "tiny" and OnnxEncoder(folder).name == folder.name
    assert rows.shape == (len(_TEXTS), WIDTH) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    order = [3, 0, 0, 5, 2, 1, 4]
    np.testing.assert_allclose(encoder.encode([_TEXTS[at] for at in order]), rows[order], atol=1e-6)
    np.testing.assert_array_equal(encoder.encode(_TEXTS), rows)


def test_a_batch_is_its_texts_one_by_one(folder):
    encoder = OnnxEncoder(folder)
    alone = np.concatenate([encoder.encode([text]) for text in _TEXTS])
    np.testing.assert_allclose(encoder.encode(_TEXTS), alone, atol=2e-6)
    many = [f"{text} {n % 7 * 'late '}" for n, text in enumerate(_TEXTS * 30)]
    two, one = encoder.encode(many), OnnxEncoder(folder, threads=1).encode(many)
    np.testing.assert_array_equal(two, one)


def test_no_texts_are_no_rows(folder):
    assert OnnxEncoder(folder).encode([]).shape == (0, WIDTH)


def _lookup(folder, inputs: tuple[str, ...], out_rank: int = 3) -> None:
    """A model that gives each piece its number, and one more."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Cast", ["input_ids"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["real", "last"], ["piece"]),
        helper.make_node("Concat", ["piece", "piece"], ["both"], axis=-1),
        helper.make_node("Add", ["both", "plus"], ["out"]),
    ]
    graph = helper.make_graph(
        nodes,
        "lookup",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["t", "p"]) for n in inputs],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(np.array([-1]), "last"),
            numpy_helper.from_array(np.array([0, 1], np.float32), "plus"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 10
    folder.mkdir()
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    write_tokenizer(folder / "tokenizer.json")


def test_pieces_are_averaged_without_the_padding(tmp_path):
    _lookup(tmp_path / "m", ("input_ids", "attention_mask", "token_type_ids"))
    encoder = OnnxEncoder(tmp_path / "m")
    # [CLS] [SEP] are 2 and 3; «the parcel» 4 and 5: means 2.5 and 3.5, and one more each
    rows = encoder.encode(["", "the parcel"])
    wanted = unit_rows(np.array([[2.5, 3.5], [3.5, 4.5]]))
    np.testing.assert_allclose(rows, wanted, atol=1e-6)


def test_a_model_that_asks_for_something_else_is_refused(tmp_path):
    _lookup(tmp_path / "m", ("input_ids", "pixels"))
    with pytest.raises(ModelError, match="pixels"):
        OnnxEncoder(tmp_path / "m")


def test_a_file_that_is_missing_or_broken_is_told(folder, tmp_path):
    with pytest.raises(ModelError, match=r"lacks model\.onnx"):
        OnnxEncoder(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"no model")
    write_tokenizer(tmp_path / "tokenizer.json")
    with pytest.raises(ModelError, match="cannot be read"):
        OnnxEncoder(tmp_path)


def test_what_is_no_number_becomes_nothing():
    rows = unit_rows(np.array([[np.nan, np.inf], [0.0, 2.0]]))
    assert rows.tolist() == [[0, 0], [0, 1]]
