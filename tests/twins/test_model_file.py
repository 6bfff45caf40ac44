"""A model read says what the model written said, to the bit; what was not written so is refused."""

from __future__ import annotations

import json
import pickle
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from connu.kernel.errors import BuildError
from connu.twins.classifier import TwinsClassifier
from connu.twins.model_file import read_model, write_model
from connu.twins.vocabulary import Block
from tests.twins.made_people import shoppers

PEOPLE, CODES = shoppers(120)
NEW = shoppers(60, seed=1)[0]
PATHS = [f"top {i % 3}/middle {i % 6}" if i % 7 else None for i in range(60)]
TOLD = ("probability", "code", "twins", "distance", "alike", "place", "reasons")


def model_of(kind: str) -> TwinsClassifier:
    """Models of every shape: with levels, trees, measures, many classes, nothing learnt."""
    return pickle.loads(fitted(kind))


@cache
def fitted(kind: str) -> bytes:
    """Learnt once; pickled, as tests change their models."""
    return pickle.dumps(learnt(kind))


def learnt(kind: str) -> TwinsClassifier:
    """A model of a kind."""
    match kind:
        case "items":
            return TwinsClassifier(precision=0.7).fit(PEOPLE, CODES)
        case "ratings":
            stars = np.random.default_rng(0).choice([0, 0, 0, 3, 4, 4, 5], (120, 60))
            return TwinsClassifier(paths=PATHS).fit(stars, CODES)
        case "levels":
            return TwinsClassifier(paths=PATHS).fit(PEOPLE, CODES)
        case "measures":
            return TwinsClassifier().fit(PEOPLE.toarray() - 0.5, CODES)
        case "blocks":
            halves = np.arange(60, dtype=np.int32).reshape(2, 30)
            blocks = [Block("hour", "context", halves[0]), Block("measures", "measures", halves[1])]
            return TwinsClassifier(blocks=blocks).fit(PEOPLE, CODES)
        case "trees":
            return TwinsClassifier().fit(*shoppers(1_000, classes=3))
        case "silent":
            return TwinsClassifier().fit(PEOPLE, np.zeros(120, int))
        case "drawn":
            return TwinsClassifier(max_people=60, random_state=np.int64(4)).fit(PEOPLE, CODES)
        case "extended":
            return (
                TwinsClassifier().fit(PEOPLE[:100], CODES[:100]).extend(PEOPLE[100:], CODES[100:])
            )
    raise AssertionError(kind)


KINDS = "items ratings levels measures blocks trees silent drawn extended".split()


def assert_same(one: TwinsClassifier, other: TwinsClassifier) -> None:
    """Both say the same, to the bit."""
    for part in TOLD:
        assert np.array_equal(getattr(one.tell(NEW), part), getattr(other.tell(NEW), part)), part
    for mine, theirs in zip(one.kneighbors(NEW, 7), other.kneighbors(NEW, 7), strict=True):
        assert np.array_equal(mine, theirs)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A folder with a model of levels and trees."""
    folder = tmp_path_factory.mktemp("written") / "sex"
    write_model(folder, TwinsClassifier(paths=PATHS).fit(*shoppers(1_000)))
    assert (folder / "trees.txt").exists()
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_read_says_the_same_to_the_bit(kind, tmp_path):
    model = model_of(kind)
    write_model(tmp_path / "new" / "sex", model)
    read = read_model(tmp_path / "new" / "sex")
    assert_same(read, model)
    assert np.array_equal(read.classes_, model.classes_)
    assert read.classes_.dtype == model.classes_.dtype
    for part in ("probability", "truth", "rows", "place", "distance"):
        mine, theirs = getattr(read.held_out_, part), getattr(model.held_out_, part)
        assert np.array_equal(mine, theirs) and mine.dtype == theirs.dtype
    for name in ("precision", "confidence", "n_neighbors", "max_people", "random_state"):
        assert getattr(read, name) == getattr(model, name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_read_is_as_good_as_the_one_written(kind, tmp_path):
    model = model_of(kind)
    write_model(tmp_path, model)
    read = read_model(tmp_path)
    for each in (model, read):
        each.set_precision(0.75).extend(NEW, np.resize(model.classes_, 60))
    assert_same(read, model)
    assert read.thresholds_.as_dict() == model.thresholds_.as_dict()
    # What was read and grew is written and read again.
    write_model(tmp_path / "again", read)
    assert_same(read_model(tmp_path / "again"), model)


def test_arrays_and_index_are_mapped_and_nothing_is_pickled(written):
    read = read_model(written)
    for array in (
        read._codes,
        read._directions.axes,
        read._members.linear.weights,
        read._weighting.factor,
        read.held_out_.probability,
    ):
        assert isinstance(array, np.memmap) and not array.flags.writeable
    vectors = read.index_._people.flat
    assert not vectors.flags.writeable and not vectors.flags.owndata
    names = {path.suffix for path in written.iterdir()}
    assert names == {".npy", ".json", ".txt", ".twins"}
    for path in written.glob("*.npy"):
        assert not np.load(path, allow_pickle=False).dtype.hasobject


def test_a_model_may_be_written_over_itself(tmp_path):
    model = model_of("trees")
    write_model(tmp_path, model)
    read = read_model(tmp_path)
    read.extend(PEOPLE, np.resize(model.classes_, 120))
    write_model(tmp_path, read)  # its own arrays are mapped from these very files
    model.extend(PEOPLE, np.resize(model.classes_, 120))
    assert_same(read_model(tmp_path), model)
    assert_same(read, model)
    write_model(tmp_path, model_of("silent"))
    assert (read_model(tmp_path).state(NEW) == -1).all()
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize(
    "labels",
    [[3, 11], [False, True], ["é«»\n", "z\"'"], [1.0, 2.0]],
    ids="ints bools texts floats".split(),
)
def test_values_are_what_they_were(labels, tmp_path):
    model = TwinsClassifier().fit(PEOPLE[:60], np.array(labels)[CODES[:60]])
    write_model(tmp_path, model)
    read = read_model(tmp_path)
    assert np.array_equal(read.predict(NEW), model.predict(NEW))
    assert read.predict(NEW).dtype == model.predict(NEW).dtype


def test_values_as_objects_are_texts_or_refused(tmp_path):
    model = TwinsClassifier().fit(PEOPLE[:60], np.array(["b", "a"], object)[CODES[:60]])
    write_model(tmp_path / "texts", model)
    assert read_model(tmp_path / "texts").classes_.tolist() == ["a", "b"]
    dates = np.array(["2024-01-01", "2025-01-01"], "datetime64[D]")[CODES[:60]]
    model = TwinsClassifier().fit(PEOPLE[:60], CODES[:60])
    model.classes_ = np.unique(dates)
    with pytest.raises(ValueError, match="only texts"):
        write_model(tmp_path / "dates", model)
    assert not (tmp_path / "dates").exists()


# ---------------------------------------------------------------- broken files
def broken(written: Path, folder: Path) -> Path:
    """A copy one may break."""
    shutil.copytree(written, folder / "sex")
    return folder / "sex"


def refused(folder: Path) -> str:
    """What is said of a folder that is not what was written."""
    with pytest.raises(BuildError) as caught:
        read_model(folder)
    assert "connu build" in str(caught.value.hint)
    return str(caught.value)


def files_of(folder: Path) -> list[str]:
    """Its files, of which each is needed."""
    return sorted(path.name for path in folder.iterdir())


def test_a_missing_file_is_refused(written, tmp_path):
    folder = broken(written, tmp_path)
    assert refused(tmp_path / "nowhere")
    for name in files_of(written):
        (folder / name).rename(tmp_path / "aside")
        assert refused(folder), name
        (tmp_path / "aside").rename(folder / name)
    read_model(folder)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_cut_is_refused(share, written, tmp_path):
    folder = broken(written, tmp_path)
    for name in files_of(written):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: int(len(whole) * share)])
        assert refused(folder), name
        (folder / name).write_bytes(whole)
    read_model(folder)


def test_a_foreign_file_is_refused(written, tmp_path):
    folder = broken(written, tmp_path)
    for name in files_of(written):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(b"\xff\x00 nothing of connu's " * 50)
        assert refused(folder), name
        (folder / name).write_bytes(whole)


def test_a_file_of_another_model_is_refused(written, tmp_path):
    folder = broken(written, tmp_path)
    write_model(tmp_path / "other", model_of("trees"))
    for name in ("codes.npy", "rows.npy", "linear.npy", "index.twins", "trees.txt"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes((tmp_path / "other" / name).read_bytes())
        assert refused(folder), name
        (folder / name).write_bytes(whole)
    read_model(folder)


def test_an_array_altered_is_refused(written, tmp_path):
    folder = broken(written, tmp_path)
    for path in sorted(folder.glob("*.npy")):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert refused(folder), path.name
        path.write_bytes(whole)
    read_model(folder)


def test_pickled_objects_are_not_read(written, tmp_path):
    folder = broken(written, tmp_path)
    np.save(folder / "codes.npy", np.array([{"a": 1}], object), allow_pickle=True)
    assert refused(folder)


@pytest.mark.parametrize("version", [0, 1, "2", None])
def test_another_version_is_refused_by_name(version, written, tmp_path):
    folder = broken(written, tmp_path)
    about = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(about | {"version": version}), "utf-8")
    assert "version" in refused(folder) and "sex" in refused(folder)


@pytest.mark.parametrize(
    "key",
    [
        "classes",
        "settings",
        "blocks",
        "levels",
        "thresholds",
        "calibrator",
        "arrays",
        "features",
        "ready",
        "trees",
        "unit",
        "seed",
    ],
)
def test_a_page_that_lacks_something_is_refused(key, written, tmp_path):
    folder = broken(written, tmp_path)
    about = json.loads((folder / "model.json").read_text("utf-8"))
    missing = {name: value for name, value in about.items() if name != key}
    (folder / "model.json").write_text(json.dumps(missing), "utf-8")
    refused(folder)


@pytest.mark.parametrize("page", ["[]", "7", "null", '"text"', "{}", '{"version": 1}', "{"])
def test_a_page_that_is_none_is_refused(page, written, tmp_path):
    folder = broken(written, tmp_path)
    (folder / "model.json").write_text(page, "utf-8")
    refused(folder)


@pytest.mark.parametrize(
    "key, value",
    [
        ("calibrator", {"kind": "oracle"}),
        ("calibrator", []),
        ("settings", [1]),
        ("settings", {"wisdom": 9}),
        ("blocks", [["product"]]),
        ("levels", [1]),
        ("thresholds", {}),
        ("classes_type", "nonsense"),
        ("arrays", {}),
    ],
)
def test_a_page_that_says_something_else_is_refused(key, value, written, tmp_path):
    folder = broken(written, tmp_path)
    about = json.loads((folder / "model.json").read_text("utf-8"))
    (folder / "model.json").write_text(json.dumps(about | {key: value}), "utf-8")
    refused(folder)


def test_a_model_half_written_is_no_model(written, tmp_path, monkeypatch):
    folder = broken(written, tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("connu.twins.model_file.np.save", full)
    with pytest.raises(OSError, match="disk full"):
        write_model(folder, model_of("items"))
    monkeypatch.undo()
    refused(folder)
    assert not list(folder.glob("*.tmp"))
