"""Survey files: answers to Kano's two questions, choices, and brands named, as people export them.

A file's columns are text; words of headers are read without regard to case. Nothing of a file is
kept, and errors say its columns, never its cells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.app.truth import read_truth
from connu.kernel.errors import UsageError, did_you_mean
from connu.understand.choices import Choices
from connu.understand.kano import KanoFeature, kano

_WIDE = re.compile(r"(?P<name>.+?)[\s._:+-]*(?P<which>dysfunctional|functional)", re.IGNORECASE)
_FRONT = re.compile(r"(?P<which>dysfunctional|functional)[\s._:+-]*(?P<name>.+)", re.IGNORECASE)
_HINT_KANO = (
    "the columns are feature, functional and dysfunctional, or for each feature «NAME functional» "
    "and «NAME dysfunctional»; answers are 1 (I like it) to 5 (I dislike it)"
)
#: Answers in words, folded.
_ANSWERS = {
    "i like it": 1, "like": 1, "j'aime": 1, "j'aime bien": 1, "cela me plait": 1,
    "it must be so": 2, "must be": 2, "expect": 2, "c'est normal": 2, "je m'y attends": 2,
    "i do not mind": 3, "neutral": 3, "neutre": 3, "cela m'est egal": 3, "indifferent": 3,
    "i can live with it": 4, "live with": 4, "tolerate": 4, "je m'en accommode": 4,
    "i dislike it": 5, "dislike": 5, "je n'aime pas": 5, "cela me deplait": 5,
}  # fmt: skip
_BOTH = ("both", "tie", "same", "equal", "=", "0", "les deux", "egal")
_SETS = re.compile(r"[|;]")


def kano_of_file(path: Path) -> list[KanoFeature]:
    """Class the features of a file.

    Args:
        path: .csv or .parquet: a row a person and feature (feature, functional, dysfunctional), or
            a row a person with two columns a feature.

    Raises:
        SourceError: it cannot be read.
        UsageError: its columns are others.
    """
    table = read_truth(path, "the answers")
    names = _named(table)
    if {"feature", "functional", "dysfunctional"} <= set(names):
        feature = _words(table, names["feature"])
        present, absent = (
            _answers(_words(table, names[which])) for which in ("functional", "dysfunctional")
        )
        known = list(dict.fromkeys(name for name in feature if name))
        return [
            kano(present[rows], absent[rows], [name])[0]
            for name in known
            for rows in [np.array([one == name for one in feature])]
        ]
    pairs: dict[str, dict[str, str]] = {}
    for column in table.column_names:
        read = _WIDE.fullmatch(column.strip()) or _FRONT.fullmatch(column.strip())
        if read is not None:
            pairs.setdefault(read["name"].strip(), {})[read["which"].lower()] = column
    whole = {name: pair for name, pair in pairs.items() if len(pair) == 2}
    if not whole:
        raise UsageError(
            "the file does not hold answers to Kano's questions", hint=_HINT_KANO, file=path
        )
    present, absent = (
        np.column_stack([_answers(_words(table, pair[which])) for pair in whole.values()])
        for which in ("functional", "dysfunctional")
    )
    return kano(present, absent, list(whole))


def choices_of_file(path: Path) -> tuple[Choices, list[str]]:
    """The choices of a file, and the names of what was chosen from.

    Args:
        path: .csv or .parquet: left, right, chosen (a name, `left`, `right`, or `both`); or set
            (names, `|` between them) with best, worst or both. person says whose answer it is.

    Raises:
        SourceError: it cannot be read.
        UsageError: its columns are others.
    """
    table = read_truth(path, "the choices")
    columns = _named(table)
    people = None
    if "person" in columns:
        people = [word or None for word in _words(table, columns["person"])]
    if {"left", "right", "chosen"} <= set(columns):
        left, right, chosen = (_words(table, columns[word]) for word in ("left", "right", "chosen"))
        names = list(dict.fromkeys(word for pair in zip(left, right, strict=True) for word in pair))
        names = [name for name in names if name]
        number = {name: place for place, name in enumerate(names)}
        answer = [_side(*row) for row in zip(left, right, chosen, strict=True)]
        first, second = ([number.get(name, -1) for name in side] for side in (left, right))
        return Choices.of_pairs(first, second, answer, people), names
    shown_in = next((columns[word] for word in ("set", "shown") if word in columns), None)
    if shown_in is None or not {"best", "worst"} & set(columns):
        raise UsageError(
            "the file does not hold choices",
            hint="the columns are left, right and chosen; or set (names, | between them) with best "
            "and worst; and person, where one answered more than once",
            file=path,
        )
    sets = [
        [name.strip() for name in _SETS.split(cell) if name.strip()]
        for cell in _words(table, shown_in)
    ]
    names = list(dict.fromkeys(name for some in sets for name in some))
    number = {name: place for place, name in enumerate(names)}
    widest = max(map(len, sets), default=0)
    shown = np.full((len(sets), widest), -1)
    for row, some in enumerate(sets):
        shown[row, : len(some)] = [number[name] for name in some]
    best, worst = (
        [number.get(word, -1 if not word else len(names)) for word in _words(table, columns[what])]
        if what in columns
        else None
        for what in ("best", "worst")
    )
    return Choices.of_sets(shown, best, worst, people), names


def answers_of_file(path: Path, column: str | None) -> pa.Array:
    """A column of free answers.

    Args:
        path: .csv or .parquet.
        column: which; `answer`, or the only one, when absent.

    Raises:
        SourceError: it cannot be read.
        UsageError: it has no such column, or several.
    """
    table = read_truth(path, "the answers")
    names = _named(table)
    wished = (column or "answer").strip().lower()
    if wished in names:
        return pa.array(_words(table, names[wished]), pa.string())
    if column is None and table.num_columns == 1:
        return pa.array(_words(table, table.column_names[0]), pa.string())
    raise UsageError(
        f"the file has no column «{column or 'answer'}»",
        hint=did_you_mean(wished, table.column_names) + "; --column names it",
        file=path,
    )


# ---------------------------------------------------------------------- within
def _named(table: pa.Table) -> dict[str, str]:
    """Folded word of a header → column."""
    return {name.strip().lower(): name for name in reversed(table.column_names)}


def _words(table: pa.Table, column: str) -> list[str]:
    """Cells as stripped text, nothing as ''."""
    values = table[column].cast(pa.string()).to_pylist()
    return ["" if value is None else value.strip() for value in values]


def _answers(words: Sequence[str]) -> np.ndarray:
    """Answers as numbers; NaN for what is none."""
    return np.array([_answer(word) for word in words], np.float64)


def _answer(word: str) -> float:
    """One answer.

    >>> _answer("2"), _answer("J'aime"), _answer("maybe")
    (2.0, 1.0, nan)
    """
    apart = unicodedata.normalize("NFKD", word.replace("’", "'").casefold())
    folded = "".join(c for c in apart if not unicodedata.combining(c)).strip(" .!")
    if folded in _ANSWERS:
        return float(_ANSWERS[folded])
    try:
        return float(folded)
    except ValueError:
        return float("nan")


def _side(left: str, right: str, chosen: str) -> float:
    """1 the left one, -1 the right one, 0 both alike; NaN for what is none of these.

    >>> _side("a", "b", "b"), _side("a", "b", "Left"), _side("a", "b", "both"), _side("a", "b", "")
    (-1.0, 1.0, 0.0, nan)
    """
    if chosen == left or chosen.lower() == "left":
        return 1.0
    if chosen == right or chosen.lower() == "right":
        return -1.0
    return 0.0 if chosen.lower() in _BOTH else float("nan")
