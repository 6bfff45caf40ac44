"""Whom to ask, and what came back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest

from connu.kernel.errors import SourceError
from connu.twins.audits import TO_ASK, audits_to_ask, match_audits, read_audits

CLASSES = ["female", "male"]


def told(m: int, seed: int = 0) -> np.ndarray:
    p = np.random.default_rng(seed).beta(3, 2, m)
    return np.stack([p, 1 - p], axis=1)


def ids(m: int) -> pa.Array:
    return pa.array([f"v{i:05d}" for i in range(m)])


def write(folder: Path, text: str | bytes, name: str = "asked.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path, **match: object) -> SourceError:
    with pytest.raises(SourceError) as caught:
        audits = read_audits(path)
        match_audits(audits, ids(50), CLASSES, path=path, **match)  # type: ignore[arg-type]
    assert caught.value.fields["file"] == path
    assert caught.value.hint
    return caught.value


# ---------------------------------------------------------------------- asking
def test_the_sample_is_even_over_how_sure_one_is():
    p = told(5000)
    asked = audits_to_ask(p, ids(5000), n=200)
    assert asked.schema == TO_ASK and asked.num_rows == 200
    assert asked["value"].null_count == 200
    names = asked["anonymous_id"].to_pylist()
    assert names == sorted(set(names))
    stratum = asked["stratum"].to_numpy()
    assert np.bincount(stratum).tolist() == [0] + [20] * 10
    assert set(asked["weight"].to_pylist()) == {25.0}
    sure = p.max(axis=1)[[int(name[1:]) for name in names]]
    assert sure[stratum == 10].min() >= sure[stratum == 9].max()


def test_weighted_sums_over_the_sample_are_unbiased():
    m = 997
    p = told(m)
    value = np.random.default_rng(1).random(m) < p[:, 0] ** 2
    sums, weights = [], []
    for seed in range(225):
        asked = audits_to_ask(p, ids(m), n=93, seed=seed)
        rows = [int(name[1:]) for name in asked["anonymous_id"].to_pylist()]
        weight = asked["weight"].to_numpy()
        sums.append(weight @ value[rows])
        weights.append(weight.sum())
    assert np.mean(weights) == pytest.approx(m)
    assert np.mean(sums) == pytest.approx(value.sum(), abs=4 * np.std(sums) / 15)


def test_the_same_visitors_are_asked_whatever_the_order_of_rows():
    p, names = told(700), ids(700)
    one = audits_to_ask(p, names, n=60, seed=4)
    order = np.random.default_rng(0).permutation(700)
    assert audits_to_ask(p[order], names.take(pa.array(order)), n=60, seed=4).equals(one)
    assert not audits_to_ask(p, names, n=60, seed=5).equals(one)


def test_equal_probabilities_are_shared_out_by_chance():
    asked = audits_to_ask(np.full((4000, 2), 0.5), ids(4000), n=200)
    places = np.array([int(name[1:]) for name in asked["anonymous_id"].to_pylist()])
    assert abs(places.mean() - 2000) < 300
    assert abs(places[asked["stratum"].to_numpy() == 1].mean() - 2000) < 900


@pytest.mark.parametrize("m", [0, 1, 3, 199])
def test_all_are_asked_where_there_are_no_more(m: int):
    asked = audits_to_ask(told(m), ids(m), n=200)
    assert asked["anonymous_id"].to_pylist() == ids(m).to_pylist()
    assert asked["weight"].to_pylist() == [1.0] * m


# ---------------------------------------------------------------------- reading
def test_what_was_asked_comes_back(tmp_path: Path):
    asked = audits_to_ask(told(50), ids(50), n=20)
    path = tmp_path / "asked.csv"
    answers = ["Female", " male ", None, "", *["female"] * 16]
    filled = asked.set_column(3, "value", pa.array(answers, pa.string()))
    pa_csv.write_csv(filled, path)
    audits = match_audits(read_audits(path), ids(50), CLASSES)
    assert (len(audits), audits.unanswered, audits.unknown) == (18, 2, 0)
    assert audits.codes[:3].tolist() == [0, 1, 0]
    assert audits.weights.tolist() == [2.5] * 18
    expected = [int(name[1:]) for name in asked["anonymous_id"].to_pylist()]
    assert audits.rows.tolist() == [*expected[:2], *expected[4:]]


@pytest.mark.parametrize(
    "text",
    [
        "anonymous_id,value\nv00001,female\nv00007,male\n",
        "\ufeffanonymous_id;Value\r\nv00007;male\r\nv00001;FEMALE\r\n",
        '"anonymous_id"\t"value"\tnote\nv00001\tfemale\tcaf\xe9\nv00007\tmale\t\n\n'.encode(
            "cp1252"
        ),
        "stratum;weight;anonymous_id;value\n1;1,0;v00001;female\n2;1,0;v00007;male\n;;;\n",
    ],
)
def test_files_as_people_save_them_are_read(tmp_path: Path, text: str | bytes):
    audits = match_audits(read_audits(write(tmp_path, text)), ids(50), CLASSES)
    assert (audits.rows.tolist(), audits.codes.tolist()) == ([1, 7], [0, 1])
    assert audits.weights.tolist() == [1.0, 1.0]
    assert (audits.unanswered, audits.unknown) == (0, 0)


def test_parquet_is_read_and_a_number_is_an_id(tmp_path: Path):
    path = tmp_path / "asked.parquet"
    pa_parquet.write_table(pa.table({"anonymous_id": [12, 7], "value": ["male", "female"]}), path)
    audits = match_audits(read_audits(path), pa.array(["7", "12"]), CLASSES)
    assert (audits.rows.tolist(), audits.codes.tolist()) == ([0, 1], [0, 1])


def test_unknown_cookies_are_counted_and_harm_nobody(tmp_path: Path):
    path = write(tmp_path, "anonymous_id,value\nv00003,male\ngone,male\ngone,female\nalso,male\n")
    audits = match_audits(read_audits(path), ids(50), CLASSES)
    assert (len(audits), audits.unknown) == (1, 2)


def test_nobody_known_and_nobody_asked(tmp_path: Path):
    path = write(tmp_path, "anonymous_id,value\nv00003,male\n")
    assert len(match_audits(read_audits(path), ids(0), CLASSES)) == 0
    empty = read_audits(write(tmp_path, "anonymous_id,value\n"))
    assert len(match_audits(empty, ids(50), CLASSES)) == 0


def test_one_answer_given_twice_counts_once(tmp_path: Path):
    path = write(tmp_path, "anonymous_id,value\nv00003,male\nv00003,male\nv00003,Male\n")
    audits = match_audits(read_audits(path), ids(50), CLASSES)
    assert (audits.rows.tolist(), audits.codes.tolist()) == ([3], [1])


def test_a_value_told_of_nobody_is_no_error_when_it_can_be(tmp_path: Path):
    path = write(tmp_path, "anonymous_id,value\nv00003,farmer\nv00004,male\n")
    audits = match_audits(read_audits(path), ids(50), CLASSES, others=["Farmer"])
    assert audits.codes.tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("text", "message", "row", "column"),
    [
        ("anonymous_id,value\nv00001,male\nv00002,secret\n", "none of those", 2, "value"),
        ("cookie,value\nv00001,male\n", "no column «anonymous_id»", None, "anonymous_id"),
        ("anonymous_id,sex\nv00001,male\n", "no column «value»", None, "value"),
        ("anonymous_id,value,value\nv1,a,b\n", "more than one column", None, "value"),
        ("", "cannot be read", None, None),
        ("anonymous_id,value\nv00001,male\n,secret\n", "whose", 2, "anonymous_id"),
        ("anonymous_id,value\nv1,a\nv2,secret,more\n", "2 cells", 2, None),
        ("anonymous_id,value\nv00001,male\nv00001,female\n", "row 1 and another in row 2", 2, "v"),
        ("anonymous_id,weight,value\nv1,1,a\nv2,secret,b\n", "a weight is not", 2, "weight"),
        ("anonymous_id,weight,value\nv1,0,a\n", "a weight is not", 1, "weight"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_place_and_never_quoted(
    tmp_path: Path, text: str, message: str, row: int | None, column: str | None
):
    error = refused(write(tmp_path, text))
    assert message in error.message
    assert error.fields.get("row") == row
    assert str(error.fields.get("column", "")).startswith(column or "")
    assert "secret" not in str(error.as_dict())


def test_the_hint_lists_what_may_be_written(tmp_path: Path):
    error = refused(write(tmp_path, "anonymous_id,value\nv00001,femal\n"))
    assert error.hint is not None and "female, male" in error.hint


def test_files_that_are_no_audits(tmp_path: Path):
    assert "there is no file" in refused(tmp_path / "gone.csv").message
    assert "ending in «.xlsx»" in refused(write(tmp_path, "x", "asked.xlsx")).message
    assert "cannot be read" in refused(write(tmp_path, "x", "asked.parquet")).message
    nested = tmp_path / "nested.parquet"
    pa_parquet.write_table(pa.table({"anonymous_id": [["v"]], "value": ["male"]}), nested)
    assert "cannot be read" in refused(nested).message
