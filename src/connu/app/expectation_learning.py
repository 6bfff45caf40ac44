"""Learning to code on a truth's own texts: with none of its labels, a few of them, or all.

What is judged was never learnt from: another split, or another fold. The evidence, which knows no
label, is learnt once on all texts; that is what a build does too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connu.app.expectation_codings import coder_codings
from connu.kernel.progress import Progress
from connu.ledger.expectations import POLARITIES
from connu.measure.expectations import UNSAID, CodedSpans, Codings
from connu.measure.span_figures import Spans
from connu.understand.codebook import Codebook
from connu.understand.coder import POLARITIES as CODER_POLARITIES
from connu.understand.corpus import Corpus, corpus_of
from connu.understand.evidence import Evidence, learn_evidence
from connu.understand.languages import languages
from connu.understand.learning import Labelled, learn_coder, part_of

#: Folds where no line says which are judged.
FOLDS = 5


@dataclass
class Learner:
    """Texts, of which some are coded, and what was learnt of them without labels.

    Attributes:
        corpus: the texts; those of the truth first.
        truth: the codings of the first of them.
        judged: bool (truth,), the lines judged; None: every line, in folds.
        evidence: the witnesses.
        seed: of whatever is drawn.
    """

    corpus: Corpus
    truth: Codings
    judged: np.ndarray | None
    evidence: Evidence
    seed: int = 0

    def __len__(self) -> int:
        return len(self.truth.themes)

    def unlabelled(self) -> tuple[np.ndarray, Codings]:
        """With none of the labels: rows judged, and their codings."""
        rows = self._all() if self.judged is None else np.flatnonzero(self.judged)
        return rows, self._told(np.zeros(0, np.int64), rows)

    def labelled(self, progress: Progress) -> tuple[np.ndarray, Codings, int]:
        """With all that may be learnt from: rows judged, codings, labels learnt from (mean)."""
        if self.judged is not None:
            with progress.stage("learn all labels"):
                learnt, rows = np.flatnonzero(~self.judged), np.flatnonzero(self.judged)
                return rows, self._told(learnt, rows), len(learnt)
        fold = np.random.default_rng(self.seed).permutation(len(self)) % min(FOLDS, len(self))
        parts = []
        with progress.stage("learn all labels, fold by fold", int(fold.max()) + 1) as step:
            for number in range(int(fold.max()) + 1):
                rows = np.flatnonzero(fold == number)
                parts.append((rows, self._told(np.flatnonzero(fold != number), rows)))
                step.advance()
        rows = np.concatenate([part for part, _ in parts])
        return rows, _joined([codings for _, codings in parts]), len(self) - len(parts[0][0])

    def few(self, most: int, seed: int) -> tuple[np.ndarray, Codings, int]:
        """With so many texts a theme: rows judged, their codings, and texts learnt from.

        Args:
            most: texts a theme. seed: of the draw.
        """
        learnt = self.drawn(most, seed)
        if self.judged is None:
            rows = np.setdiff1d(self._all(), learnt)
        else:
            rows = np.flatnonzero(self.judged)
        return rows, self._told(learnt, rows, seed), len(learnt)

    def drawn(self, most: int, seed: int) -> np.ndarray:
        """int64: texts drawn until every theme has so many, the rarest theme first.

        A text drawn for one theme counts for the others that it speaks of.
        """
        rng = np.random.default_rng(seed)
        pool = self._all() if self.judged is None else np.flatnonzero(~self.judged)
        labels = self.truth.themes
        chosen: set[int] = set()
        for theme in np.argsort(labels[pool].sum(0), kind="stable"):
            have = sum(bool(labels[row, theme]) for row in chosen)
            for row in rng.permutation(pool[labels[pool, theme]]).tolist():
                if have >= most:
                    break
                if row not in chosen:
                    chosen.add(row)
                    have += 1
        return np.array(sorted(chosen), np.int64)

    def _told(self, learnt: np.ndarray, rows: np.ndarray, seed: int | None = None) -> Codings:
        labelled = None
        if len(learnt):
            labelled = Labelled(learnt, self.truth.themes[learnt], self._polarity(learnt))
        coder = learn_coder(
            self.evidence.codebook, self.corpus, labelled=labelled, evidence=self.evidence,
            seed=self.seed if seed is None else seed,
        )  # fmt: skip
        return coder_codings(coder, part_of(self.corpus, rows))

    def _polarity(self, rows: np.ndarray) -> np.ndarray:
        """As the coder numbers polarities."""
        numbers = [CODER_POLARITIES.index(word) for word in POLARITIES]
        return np.array([*numbers, UNSAID], np.int8)[self.truth.polarity[rows]]

    def _all(self) -> np.ndarray:
        return np.arange(len(self))


def learner_of(
    texts: list[str], truth: Codings, judged: np.ndarray | None, codebook: Codebook,
    spoken: tuple[str, ...], *, seed: int = 0, progress: Progress,
) -> Learner:  # fmt: skip
    """Read texts and learn what speaks for themes in them, without labels.

    Args:
        texts: those of the truth first, then what else there is.
        truth, judged: see Learner.
        codebook: the brand's.
        spoken: the brand's languages.
        seed: of whatever is drawn.
        progress: who watches.
    """
    with progress.stage("read the texts"):
        column = pa.array(texts, pa.string())
        corpus = corpus_of(column, languages(column, spoken))
    with progress.stage("learn what speaks for themes"):
        evidence = learn_evidence(codebook, corpus, seed=seed)
    return Learner(corpus, truth, judged, evidence, seed)


def part_of_truth(truth: Codings, rows: np.ndarray) -> Codings:
    """Some verbatims of a truth, in the order given."""
    statements = None
    if truth.statements is not None:
        place = np.full(len(truth.themes), -1, np.int64)
        place[rows] = np.arange(len(rows))
        made = truth.statements
        at = np.flatnonzero(place[made.spans.verbatim] >= 0)
        statements = _taken(made, at, place)
    return Codings(
        truth.themes[rows], truth.polarity[rows], truth.status[rows],
        None if truth.probability is None else truth.probability[rows],
        statements, None if truth.located is None else truth.located[rows],
    )  # fmt: skip


def _taken(made: CodedSpans, at: np.ndarray, place: np.ndarray) -> CodedSpans:
    spans = made.spans
    return CodedSpans(
        Spans(
            place[spans.verbatim[at]], spans.start[at], spans.end[at], spans.theme[at],
            spans.status[at], spans.brand[at], spans.exact[at],
        ),
        made.form[at],
        made.addressee[at],
    )  # fmt: skip


def _joined(parts: list[Codings]) -> Codings:
    """Codings of folds, end to end."""
    before = np.cumsum([0, *(len(part.themes) for part in parts)])
    made = [part.statements for part in parts]
    assert all(one is not None for one in made)
    spans = [one.spans for one in made if one is not None]
    return Codings(
        np.concatenate([part.themes for part in parts]),
        np.concatenate([part.polarity for part in parts]),
        np.concatenate([part.status for part in parts]),
        np.concatenate([part.probability for part in parts if part.probability is not None]),
        CodedSpans(
            Spans(
                np.concatenate([s.verbatim + n for s, n in zip(spans, before, strict=False)]),
                *(
                    np.concatenate([getattr(one, name) for one in spans])
                    for name in ("start", "end", "theme", "status", "brand", "exact")
                ),
            ),
            np.concatenate([one.form for one in made if one is not None]),
            np.concatenate([one.addressee for one in made if one is not None]),
        ),
    )
