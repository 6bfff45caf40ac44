"""connu's codes of what customers say beside plainer methods: themes, polarity, expectations.

    python -m benchmarks.understand                     every part, some forty minutes
    python -m benchmarks.understand --only none         one (may be repeated)
    python -m benchmarks.understand --json figures.json --write

Parts, each on the fixed splits of both public sets where they have what is asked:
- all: learnt from all labels but the test's; themes, theme and polarity, polarity of given themes.
- few: 16 labels a theme, 10 draws.
- none: definitions and seeds only, codebooks written from the names of the labels.
- wishes: feature requests in French, without labels.
- unseen: English feedback, an industry left out of everything and judged, each in turn.
- expectations: expectation F1 without labels on the statements coded for this project, and the
  agreement of its two passes.
- speed: texts coded a second, as a ratio to the n-gram pipeline.

One default: the encoder that needs no download, and nothing chosen for a data set.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.identities import machine, write_page
from benchmarks.understand_baselines import (
    NGramTexts,
    OneVersusRest,
    keywords,
    learn_few,
    learn_many,
    learn_polarity,
    ngrams_of,
    wished,
)
from benchmarks.understand_expectations import ASKED, agreement, expectations
from benchmarks.understand_report import Report
from benchmarks.understand_sets import LANGUAGE, Coded, coded, drawn
from benchmarks.understand_speed import connu_speed, ngram_speed
from connu.kernel.errors import MissingExtraError
from connu.measure.theme_figures import found, theme_score
from connu.measure.tone_figures import word_score
from connu.understand.coder import POLARITIES, Coder
from connu.understand.corpus import Corpus
from connu.understand.encoder import Encoder
from connu.understand.evidence import Evidence
from connu.understand.forms import EXPLICIT
from connu.understand.learning import UNSAID, Labelled, learn_coder
from connu.understand.lemmas import LANGUAGES
from connu.understand.minilm import open_minilm
from connu.understand.spoken import spoken_in
from connu.understand.statements import cut_texts

BEGIN, END = "<!-- understand -->", "<!-- end of understand -->"
FEW, SEEDS = 16, 10
#: To reach: macro and micro F1 of themes by set and labels.
THEMES = {
    ("feedback_en", "all"): (0.755, 0.785),
    ("feedback_en", "few"): (0.55, None),
    ("feedback_en", "none"): (0.45, None),
    ("app_reviews_fr", "all"): (0.80, 0.83),
    ("app_reviews_fr", "few"): (0.64, None),
    ("app_reviews_fr", "none"): (0.60, None),
}
#: With MiniLM beside, 16 labels a theme.
ENCODED = {"feedback_en": (0.62, None)}
WITH_POLARITY, POLARITY, WISHES = 0.74, 0.86, 0.62


def all_labels(report: Report) -> None:
    """Learnt from all labels."""
    for name in LANGUAGE:
        data = coded(name)
        judged = np.flatnonzero(data.test)
        for method, told in (("n-grams, linear", _linear_all(name)[2]), ("connu", _coded(name)[1])):
            _themes(report, data, judged, told, "all", method)
        if (data.polarity != UNSAID).any():
            _polarity(report, data)


def _polarity(report: Report, data: Coded) -> None:
    """Theme and polarity together, and polarity where the themes are given."""
    learnt, judged = np.flatnonzero(~data.test), np.flatnonzero(data.test)
    ngrams, _, plain = _linear_all(data.name)
    rows, test = (ngrams.rows([data.texts[row] for row in part]) for part in (learnt, judged))
    text, theme = np.nonzero(data.labels[learnt])
    model = learn_polarity(
        rows[text], theme, data.polarity[learnt][text, theme], data.labels.shape[1], text
    )
    at, of = np.nonzero(plain)
    _together(report, data, judged, _three(plain.shape, at, of, model.of(test[at], of)),
              "n-grams, linear")  # fmt: skip
    coder, told, (text_of, theme_of, polarity) = _coded(data.name)
    _together(report, data, judged, _three(told.shape, text_of, theme_of, polarity), "connu")
    # Where the themes are given.
    at, of = np.nonzero(data.labels[judged])
    true = data.polarity[judged][at, of].astype(np.int64)
    corpus = data.part(judged)
    cut = coder.cut(corpus)
    spoken, there = spoken_in(
        corpus, cut, coder.themes.tell(corpus, cut), at, of, np.zeros(len(judged), np.float32)
    )
    ours, probability = np.full(len(at), UNSAID), np.zeros((len(at), 3))
    probability[there] = coder.polarity.of(spoken)
    ours[there] = probability[there].argmax(1)
    theirs = model.of(test[at], of)
    for method, given in (("n-grams, linear", theirs), ("connu", ours)):
        score = word_score(given, true, at, POLARITIES)
        assert score is not None
        report.row(
            data.name, "polarity of given themes, macro F1", method, score.macro_f1,
            score.right, POLARITY if method == "connu" else None,
        )  # fmt: skip
    sides = true != 1
    two = np.where(probability[:, 2] > probability[:, 0], 2, 0)
    for method, given in (("n-grams, linear", theirs), ("connu", two)):
        score = word_score(given[sides], true[sides], at[sides], POLARITIES)
        assert score is not None
        report.row(
            data.name, "… positive or negative, macro F1", method, score.macro_f1, score.right
        )


def few_labels(report: Report) -> None:
    """16 labels a theme, 10 draws."""
    for name in LANGUAGE:
        data = coded(name)
        evidence, pool, judged = (
            data.evidence(),
            np.flatnonzero(~data.test),
            np.flatnonzero(data.test),
        )
        ngrams = ngrams_of(data.texts)
        rows = ngrams.rows(data.texts)
        corpus = data.part(judged)
        figures: dict[str, list[tuple[float, float]]] = {"n-grams, linear": [], "connu": []}
        for seed in range(SEEDS):
            learnt = drawn(data.labels, pool, FEW, seed)
            plain = learn_few(rows[learnt], data.labels[learnt]).of(rows[judged])
            told = _stated(_learn(data, evidence, learnt, seed), corpus)
            for method, found_by in (("n-grams, linear", plain), ("connu", told)):
                figures[method].append(_f1(found_by, data.labels[judged]))
        for method, values in figures.items():
            to_reach = THEMES[name, "few"] if method == "connu" else (None, None)
            report.repeated(
                name, f"themes, {FEW} labels each, macro and micro F1", method, values, to_reach
            )


def encoded(report: Report) -> None:
    """MiniLM's vectors beside the n-grams: 16 labels a theme, and all. Skips without the extra."""
    try:
        encoder = open_minilm()
    except MissingExtraError as error:
        report.remark(f"encoded: skipped, {error.message}")
        return
    for name in LANGUAGE:
        data = coded(name)
        pool, judged = np.flatnonzero(~data.test), np.flatnonzero(data.test)
        corpus, evidence = data.part(judged), data.evidence()
        values = []
        for seed in range(SEEDS):
            learnt = drawn(data.labels, pool, FEW, seed)
            coder = _learn(data, evidence, learnt, seed, encoder)
            values.append(_f1(_stated(coder, corpus), data.labels[judged]))
        to_reach = ENCODED.get(name, (None, None))
        report.repeated(
            name,
            f"themes, {FEW} labels each, macro and micro F1",
            "connu, minilm",
            values,
            to_reach,
        )
        told = _stated(_learn(data, evidence, pool, 0, encoder), corpus)
        _themes(report, data, judged, told, "all", "connu, minilm")


def no_labels(report: Report) -> None:
    """Definitions and seeds only."""
    for name in LANGUAGE:
        data = coded(name)
        judged = np.flatnonzero(data.test)
        evidence, corpus = data.evidence(), data.part(judged)
        plain = keywords(evidence, corpus)
        told = _stated(learn_coder(data.codebook, data.corpus, evidence=evidence), corpus)
        for method, by in (("keywords alone", plain), ("connu", told)):
            _themes(report, data, judged, by, "none", method)


def wishes(report: Report) -> None:
    """Feature requests in French, without labels: by theme, and by the form of statements."""
    data = coded("app_reviews_fr")
    judged = np.flatnonzero(data.test)
    corpus, evidence = data.part(judged), data.evidence()
    wish = data.codebook.names.index("feature_request")
    truth = data.labels[judged][:, wish]
    cut = cut_texts(evidence, corpus)
    asks = np.isin(
        cut.forms.form, [EXPLICIT.index(f) for f in ("wish", "should", "lack", "regret")]
    )
    forms = np.zeros(len(judged), np.bool_)
    forms[cut.statements.text[asks]] = True
    told = _stated(learn_coder(data.codebook, data.corpus, evidence=evidence), corpus)[:, wish]
    ways = {
        "one rule": wished([data.texts[row] for row in judged]),
        "keywords alone": keywords(evidence, corpus)[:, wish],
        "connu, by form": forms,
        "connu, by theme": told,
    }
    for method, by in ways.items():
        score = found(by & truth, by, truth)
        report.row(
            data.name, "feature requests without labels, F1", method, score.f1, score.precision,
            WISHES if method == "connu, by form" else None,
        )  # fmt: skip


def unseen(report: Report) -> None:
    """An industry left out of everything that is learnt, and judged, each in turn."""
    data = coded("feedback_en")
    whole: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for group in np.unique(data.group):
        judged, learnt = np.flatnonzero(data.group == group), np.flatnonzero(data.group != group)
        evidence = data.evidence(learnt)
        coder = _learn(data, evidence, learnt, 0)
        corpus = data.part(judged)
        told = coder.code(corpus)
        text, theme, polarity = coder.by_text(corpus, told)
        three = _three(told.told.stated.shape, text, theme, polarity)
        texts = [data.texts[row] for row in learnt]
        ngrams = ngrams_of(texts)
        rows, test = ngrams.rows(texts), ngrams.rows([data.texts[row] for row in judged])
        plain = learn_many(rows, data.labels[learnt]).of(test)
        at, of = np.nonzero(data.labels[learnt])
        model = learn_polarity(
            rows[at], of, data.polarity[learnt][at, of], data.labels.shape[1], at
        )
        at, of = np.nonzero(plain)
        ways = {
            "n-grams, linear": _three(plain.shape, at, of, model.of(test[at], of)),
            "connu": three,
        }
        truth = _truth_three(data, judged)
        for method, by in ways.items():
            score = found((by & truth).sum((1, 2)), by.sum((1, 2)), truth.sum((1, 2)))
            report.row(
                data.name, f"unseen: {group}, theme and polarity, micro F1", method, score.f1,
                score.precision,
            )  # fmt: skip
            whole.setdefault(method, []).append((by, truth))
    for method, parts in whole.items():
        by, truth = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
        score = found((by & truth).sum((1, 2)), by.sum((1, 2)), truth.sum((1, 2)))
        report.row(
            data.name, "unseen, all together, theme and polarity, micro F1", method, score.f1,
            score.precision,
        )  # fmt: skip


def told_expectations(report: Report) -> None:
    """Expectation F1 without labels, and the agreement of two passes."""
    for name in LANGUAGE:
        for half, score in expectations(name).items():
            report.row(
                name, f"expectation F1, no labels, {half}", "connu", score.expectation.f1,
                score.span.f1, ASKED,
            )  # fmt: skip
        both = agreement(name)
        report.row(
            name, "expectation F1 of two passes", "pass A against B", both.expectation.f1,
            both.span.f1,
        )  # fmt: skip


def speed(report: Report) -> None:
    """Texts coded a second on two threads, beside the n-gram pipeline in two processes."""
    for name, language in LANGUAGE.items():
        data = coded(name)
        texts = [data.texts[row] for row in np.flatnonzero(data.test)]
        many = (texts * (20_000 // len(texts) + 1))[:20_000]
        ngrams, model, _ = _linear_all(name)
        theirs = ngram_speed(ngrams, model, many)
        ways = {
            "no labels": learn_coder(data.codebook, data.corpus, evidence=data.evidence()),
            "all labels": _coded(name)[0],
        }
        for labels, coder in ways.items():
            ours = connu_speed(coder, many, LANGUAGES.index(language))
            report.remark(
                f"{name}, {labels}: {ours:,.0f} texts/s on 2 threads, {ours / theirs:.2f} times "
                f"the n-gram pipeline in 2 processes ({theirs:,.0f})",
                data=name, labels=labels, texts_per_second=ours, ratio=ours / theirs,
            )  # fmt: skip


# ------------------------------------------------------------------- within
@cache
def _coded(name: str) -> tuple[Coder, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """connu learnt from all labels but the test's: coder, themes stated, polarities by text."""
    data = coded(name)
    coder = _learn(data, data.evidence(), np.flatnonzero(~data.test), 0)
    corpus = data.part(np.flatnonzero(data.test))
    told = coder.code(corpus)
    return coder, told.told.stated, coder.by_text(corpus, told)


@cache
def _linear_all(name: str) -> tuple[NGramTexts, OneVersusRest, np.ndarray]:
    """The n-gram pipeline likewise, and the themes it tells."""
    data = coded(name)
    learnt = np.flatnonzero(~data.test)
    texts = [data.texts[row] for row in learnt]
    ngrams = ngrams_of(texts)
    model = learn_many(ngrams.rows(texts), data.labels[learnt])
    return ngrams, model, model.of(ngrams.rows([data.texts[i] for i in np.flatnonzero(data.test)]))


def _learn(
    data: Coded, evidence: Evidence, learnt: np.ndarray, seed: int, encoder: Encoder | None = None
) -> Coder:
    known = Labelled(learnt, data.labels[learnt], data.polarity[learnt])
    return learn_coder(
        data.codebook, data.corpus, labelled=known, evidence=evidence, encoder=encoder, seed=seed
    )


def _stated(coder: Coder, corpus: Corpus) -> np.ndarray:
    return coder.themes.tell(corpus, coder.cut(corpus)).stated


def _themes(
    report: Report, data: Coded, judged: np.ndarray, told: np.ndarray, labels: str, method: str
) -> None:
    score = theme_score(told, data.labels[judged], data.codebook.names)
    to_reach = THEMES[data.name, labels] if method == "connu" else (None, None)
    words = {"all": "all labels", "none": "no label"}[labels]
    report.row(
        data.name, f"themes, {words}, macro and micro F1", method, score.macro, score.micro.f1,
        *to_reach, by_theme=msgspec.to_builtins(score.by_theme),
    )  # fmt: skip


def _together(
    report: Report, data: Coded, judged: np.ndarray, told: np.ndarray, method: str
) -> None:
    truth = _truth_three(data, judged)
    score = found((told & truth).sum((1, 2)), told.sum((1, 2)), truth.sum((1, 2)))
    report.row(
        data.name, "theme and polarity, all labels, micro F1", method, score.f1, score.precision,
        WITH_POLARITY if method == "connu" else None,
    )  # fmt: skip


def _three(shape: tuple[int, ...], text: np.ndarray, theme: np.ndarray,
           polarity: np.ndarray) -> np.ndarray:  # fmt: skip
    """bool (texts, themes, 3)."""
    made = np.zeros((*shape, 3), np.bool_)
    made[text, theme, polarity] = True
    return made


def _truth_three(data: Coded, rows: np.ndarray) -> np.ndarray:
    text, theme = np.nonzero(data.labels[rows])
    return _three(data.labels[rows].shape, text, theme, data.polarity[rows][text, theme])


def _f1(told: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Macro and micro F1, without intervals."""
    hits, whole = (told & truth).sum(0), told.sum(0) + truth.sum(0)
    return float(np.mean(2 * hits / np.maximum(whole, 1))), float(2 * hits.sum() / whole.sum())


PARTS: dict[str, Callable[[Report], None]] = {
    "all": all_labels,
    "few": few_labels,
    "none": no_labels,
    "wishes": wishes,
    "expectations": told_expectations,
    "unseen": unseen,
    "encoded": encoded,
    "coding_speed": speed,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that the command line asks for, and print what they found."""
    asked = _asked(arguments)
    report = Report()
    on = f"On {machine('scikit-learn', 'lightgbm', 'numba')}."
    print(on, "", *Report.HEAD, sep="\n", flush=True)
    for name in asked.only:
        try:
            PARTS[name](report)
        except FileNotFoundError:
            report.remark(f"{name}: skipped, the data folder does not hold it")
    if asked.json:
        asked.json.write_text(json.dumps(report.figures, indent=2) + "\n", encoding="utf-8")
    if asked.write:
        write_page([on, "", *report.lines()], BEGIN, END)
    return 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", choices=list(PARTS), metavar="PART")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file too")
    parser.add_argument("--write", action="store_true", help="put them into docs/benchmarks.md")
    asked = parser.parse_args(arguments)
    asked.only = asked.only or list(PARTS)
    return asked


if __name__ == "__main__":
    sys.exit(main())
