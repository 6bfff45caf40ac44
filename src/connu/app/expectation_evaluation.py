"""How rightly expectations are coded, against a file of verbatims that somebody coded.

Three ways, by what there is:
- a build: its codes against the truth, without the verbatims whose codes it learnt from;
- `few`: so many texts a theme are drawn from the truth, learnt from, and the others judged, several
  times over;
- a truth that brings its texts: no build is asked; connu codes them with none of the labels, and
  with all that may be learnt from (or few).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from connu.app.expectation_codings import build_codings, truth_codings, words_of
from connu.app.expectation_figures import ExpectationsEvaluation, Judged, Labels
from connu.app.expectation_learning import Learner, learner_of, part_of_truth
from connu.app.expectation_truth import (
    TruthFile,
    TruthLine,
    read_expectation_truth,
    wrong_lines,
)
from connu.app.hand_codes import hand_codes
from connu.app.reading import Reading, opened_build
from connu.app.verbatim_ids import NamedVerbatim, named_verbatims
from connu.journal.journal import open_journal
from connu.kernel.errors import NotFoundError, UsageError
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.measure.evaluation import Origin
from connu.measure.expectations import ExpectationScore, expectation_score
from connu.measure.repeats import Repeated, repeated
from connu.understand.code_checks import placed
from connu.understand.codebook import Codebook, read_codebook

#: Verbatims of the build that are read beside those of the truth, to learn how customers write.
_BESIDE = 12_000
_SOME = (
    "SELECT source, verbatim_id, text FROM ({verbatims})"
    ' ORDER BY hash(verbatim_id, "row"), source, verbatim_id LIMIT {n}'
)


def evaluate_expectations(
    folder: Path,
    settings: Settings,
    truth: Path,
    *,
    few: int | None = None,
    seeds: int = 10,
    purpose: str = "service",
    progress: Progress | None = None,
) -> ExpectationsEvaluation:
    """Judge the codes of expectations.

    Args:
        folder: the brand's, with its codebook and, where the truth brings no texts, its build.
        settings: the brand's.
        truth: JSON Lines (`expectation_truth`).
        few: texts a theme to learn from; None: the build as it is, or none and all labels.
        seeds: draws of the few.
        purpose: who did not grant it is not judged.
        progress: who watches.

    Raises:
        SourceError: the truth cannot be read, or a line of it is wrong.
        BuildError: it brings no texts, and there is no build.
        UsageError: nothing of it can be judged.
    """
    progress = progress or Silent()
    codebook = read_codebook(folder)
    file = read_expectation_truth(truth, codebook)
    spoken = tuple(settings.understand.languages)
    seed = settings.understand.seed
    origin = Origin.now(truth.name, purpose=purpose, build=None)
    if file.with_texts:
        learner = learner_of(
            [str(one.text) for one in file.lines], truth_codings(file.lines, codebook),
            file.judged, codebook, spoken, seed=seed, progress=progress,
        )  # fmt: skip
        judged = [_few(learner, few, seeds, progress)] if few else _none_and_all(learner, progress)
        return _evaluation(file, judged, _learnt_on(learner, "the texts of the file"), origin)
    with (
        open_journal(folder, settings) as journal,
        opened_build(folder, settings, purpose) as reading,
    ):
        origin = msgspec.structs.replace(origin, build=reading.build.id)
        lines, texts, keys = _verbatims(reading, file, codebook)
        unknown = len(file.lines) - len(lines)
        if few:
            learner = _learner(reading, lines, texts, keys, codebook, spoken, seed, progress)
            judged = [_few(learner, few, seeds, progress)]
            by = _learnt_on(learner, "the build's verbatims")
            return _evaluation(file, judged, by, origin, unknown)
        codes = hand_codes(reading.engine, journal.codes(), journal.digester(), codebook).table
        learnt = set(
            zip(codes["source"].to_pylist(), codes["verbatim_id"].to_pylist(), strict=True)
        )
        learnt |= _by_hand(reading)
        fresh = [number for number, key in enumerate(keys) if key not in learnt]
        if fresh:
            return _evaluation(
                file, [_build(reading, lines, texts, keys, fresh, len(learnt), codebook, progress)],
                "the codes of the build", origin, unknown, len(lines) - len(fresh),
            )  # fmt: skip
        learner = _learner(reading, lines, texts, keys, codebook, spoken, seed, progress)
        rows, told, many = learner.labelled(progress)
        judged = [_score(learner, rows, told, "all", many, progress)]
        by = f"the build learnt from all of them: {_learnt_on(learner, 'its verbatims')}"
        return _evaluation(file, judged, by, origin, unknown)


# ---------------------------------------------------------------------- ways
def _none_and_all(learner: Learner, progress: Progress) -> list[Judged]:
    with progress.stage("code without labels"):
        rows, told = learner.unlabelled()
    made = [_score(learner, rows, told, "none", 0, progress)]
    if len(learner) > 1:
        rows, told, many = learner.labelled(progress)
        made.append(_score(learner, rows, told, "all", many, progress))
    return made


def _few(learner: Learner, most: int, seeds: int, progress: Progress) -> Judged:
    scores: list[ExpectationScore] = []
    words, learnt = words_of(learner.evidence.codebook), 0
    with progress.stage(f"learn {most} a theme, {seeds} draws", seeds) as step:
        for seed in range(seeds):
            rows, told, many = learner.few(most, seed)
            if not len(rows):
                raise UsageError(
                    "nothing is left to be judged",
                    hint=f"the file has too few lines for --few {most}: code more, or ask for less",
                )
            learnt = learnt or many
            scores.append(expectation_score(told, part_of_truth(learner.truth, rows), words))
            step.advance()
    return Judged("few", learnt, scores[0], _repeated(scores))


def _build(
    reading: Reading, lines: Sequence[TruthLine], texts: Sequence[str],
    keys: Sequence[tuple[str, str]], fresh: Sequence[int], learnt: int, codebook: Codebook,
    progress: Progress,
) -> Judged:  # fmt: skip
    """The build's own codes of verbatims whose codes it did not learn from."""
    with progress.stage("hold the build's codes against the truth"):
        place = {keys[number]: at for at, number in enumerate(fresh)}
        table = _expectations(reading)
        of = [
            place.get(key, -1)
            for key in zip(
                table["source"].to_pylist(), table["verbatim_id"].to_pylist(), strict=True
            )
        ]
        verbatim = np.array(of, np.int64)
        kept = np.flatnonzero(verbatim >= 0)
        told = build_codings(
            table.take(pa.array(kept)), verbatim[kept], [texts[n] for n in fresh], codebook
        )
        true = truth_codings([lines[n] for n in fresh], codebook)
        return Judged("build", learnt, expectation_score(told, true, words_of(codebook)))


# -------------------------------------------------------------------- reading
def _verbatims(
    reading: Reading, file: TruthFile, codebook: Codebook
) -> tuple[list[TruthLine], list[str], list[tuple[str, str]]]:
    """The lines whose verbatims the build has, statements placed; texts; source and id."""
    reading.engine.view("readable_verbatims", reading.sql("verbatims"))
    named = named_verbatims(reading.engine, [one.id for one in file.lines])
    readable = {
        (row["source"], row["verbatim_id"])
        for row in reading.rows("SELECT source, verbatim_id FROM readable_verbatims")
    }
    lines: list[TruthLine] = []
    texts: list[str] = []
    keys: list[tuple[str, str]] = []
    wrong: list[tuple[int, UsageError]] = []
    for one, found in zip(file.lines, named, strict=True):
        if not isinstance(found, NamedVerbatim):
            if "several sources" in found.message:
                wrong.append((one.line, found))
            continue
        key = (str(found.source), found.verbatim_id)
        if key not in readable or found.text is None:
            continue
        try:
            codes = placed(one.codes, one.quotes, found.text).migrated(codebook.current)
        except UsageError as error:
            wrong.append((one.line, error))
            continue
        lines.append(_with(one, codes))
        texts.append(found.text)
        keys.append(key)
    if wrong:
        raise wrong_lines(file.path, wrong)
    if not lines:
        raise UsageError(
            "no verbatim of the truth is in the build",
            hint="ids are those of the field «id» of a source of verbatims, alone or as source:id; "
            "or give every line its «text»",
            file=file.path,
        )
    return lines, texts, keys


def _learner(
    reading: Reading, lines: list[TruthLine], texts: list[str], keys: list[tuple[str, str]],
    codebook: Codebook, spoken: tuple[str, ...], seed: int, progress: Progress,
) -> Learner:  # fmt: skip
    """A learner on the truth's verbatims and others of the build."""
    sql = _SOME.format(verbatims=reading.sql("verbatims"), n=_BESIDE)
    known = set(keys)
    beside = [
        row["text"]
        for row in reading.rows(sql)
        if row["text"] is not None and (row["source"], row["verbatim_id"]) not in known
    ]
    test = np.array([one.split == "test" for one in lines], np.bool_)
    judged = test if test.any() and not test.all() else None
    return learner_of(
        [*texts, *beside], truth_codings(lines, codebook), judged, codebook, spoken,
        seed=seed, progress=progress,
    )  # fmt: skip


def _expectations(reading: Reading) -> pa.Table:
    try:
        return reading.engine.collect(reading.sql("expectations"))
    except NotFoundError:
        raise UsageError(
            "the build does not say what customers expect",
            hint="run connu build with [understand] enabled; or give every line its «text»",
        ) from None


def _by_hand(reading: Reading) -> set[tuple[str, str]]:
    """Verbatims whose rows in the build were coded by hand."""
    table = _expectations(reading)
    return {
        (source, id)
        for source, id, by in zip(
            *(table[name].to_pylist() for name in ("source", "verbatim_id", "by")), strict=True
        )
        if by == "hand"
    }


def _with(one: TruthLine, codes: Any) -> TruthLine:
    from dataclasses import replace

    return replace(one, codes=codes, quotes={})


# -------------------------------------------------------------------- telling
def _score(
    learner: Learner, rows: np.ndarray, told: Any, labels: Labels, many: int, progress: Progress
) -> Judged:
    with progress.stage("figures and intervals"):
        true = part_of_truth(learner.truth, rows)
        words = words_of(learner.evidence.codebook)
        return Judged(labels, many, expectation_score(told, true, words))


def _repeated(scores: Sequence[ExpectationScore]) -> dict[str, Repeated]:
    """Figures over draws, by name."""
    figures = {
        "macro_f1": [one.themes.macro.value for one in scores],
        "micro_f1": [one.themes.micro.f1.value for one in scores],
        "theme_polarity_f1": [one.with_polarity.f1.value for one in scores if one.with_polarity],
        "polarity_macro_f1": [one.polarity.macro_f1.value for one in scores if one.polarity],
        "expectation_f1": [
            one.expectations.expectation.f1.value for one in scores if one.expectations
        ],
        "calibration_error": [one.calibration_error for one in scores],
    }
    return {name: repeated(values) for name, values in figures.items() if values}


def _learnt_on(learner: Learner, of: str) -> str:
    if learner.judged is not None:
        return f"{of}, learnt on the other splits and judged on «test»"
    return f"{of}, each judged by a model that did not learn from it"


def _evaluation(
    file: TruthFile,
    judged: list[Judged],
    by: str,
    origin: Origin,
    unknown: int = 0,
    learnt: int = 0,
) -> ExpectationsEvaluation:
    return ExpectationsEvaluation(
        judged, len(file.lines), by, origin, unknown, learnt, file.repeated, file.passed_over
    )
