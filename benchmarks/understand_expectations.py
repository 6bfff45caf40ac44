"""Expectation F1 on the statements coded for this project, and how far two passes agree."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.understand_sets import coded, statements
from connu.ledger.expectations import STATUSES
from connu.measure.span_figures import Spans, SpanScore, span_score
from connu.understand.codebook import default_codebook
from connu.understand.coder import STATUSES as CODER_STATUSES
from connu.understand.coder import Coder
from connu.understand.evidence import learn_evidence
from connu.understand.forms import ADDRESSEES
from connu.understand.theme_coder import ThemeCoder

HALVES = ("development", "test")
#: Without labels, in both languages.
ASKED = 0.60


def agreement(name: str) -> SpanScore:
    """One pass against the other; which of them is the truth changes no F1."""
    passes = [statements(name, which) for which in (".pass_a", ".pass_b")]
    place = {line["id"]: number for number, line in enumerate(passes[1])}
    left, right = (_spans(lines, place) for lines in passes)
    return span_score(left, right, len(place))


def expectations(name: str) -> dict[str, SpanScore]:
    """connu without a label, by its own codebook, on each half of the truth, and on all of it."""
    data = coded(name)
    at = {id: row for row, id in enumerate(data.ids)}
    lines = statements(name)
    coder = Coder(ThemeCoder(learn_evidence(default_codebook(), data.corpus)))
    found = {}
    for half in (*HALVES, "all"):
        asked = [line for line in lines if half in ("all", line["split"])]
        corpus = data.part(np.array([at[line["id"]] for line in asked]))
        told = coder.code(corpus)
        made, starts = told.cut.statements, corpus.folded.starts
        spans = Spans(
            told.text,
            made.start[told.statement] - starts[told.text],
            made.end[told.statement] - starts[told.text],
            told.theme,
            np.array([STATUSES.index(word) for word in CODER_STATUSES])[told.status],
            told.addressee == ADDRESSEES.index("brand"),
            np.ones(len(told.text), np.bool_),
        )
        place = {line["id"]: number for number, line in enumerate(asked)}
        found[half] = span_score(spans, _spans(asked, place), len(asked))
    return found


def _spans(lines: list[dict[str, Any]], place: dict[str, int]) -> Spans:
    themes = {name: number for number, name in enumerate(default_codebook().names)}
    rows = [
        (
            place[line["id"]], said["start"], said["end"], themes[said["theme"]],
            STATUSES.index(said["status"]), said["addressee"] == "brand",
        )
        for line in lines
        for said in line["statements"]
    ]  # fmt: skip
    verbatim, start, end, theme, status, brand = np.array(rows, np.int64).T
    exact = np.ones(len(rows), np.bool_)
    return Spans(verbatim, start, end, theme, status, brand.astype(bool), exact)
