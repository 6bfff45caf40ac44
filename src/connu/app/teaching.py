"""Teaching: MiniLM is fine-tuned on the codes that people made, and kept beside the builds.

Every figure is of texts that neither model learnt from: both are taught without a part of the
texts and judged on it, in turn, and where thresholds are chosen they are chosen on other parts.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from connu.app.expectation_rows import read_rows
from connu.app.hand_labels import HandLabels
from connu.app.heard import Heard
from connu.app.heard_build import heard_build
from connu.app.reading import workspace
from connu.app.taught import (
    TaughtPage,
    labelled_digest,
    labelled_texts,
    put_taught,
    taught_folder,
)
from connu.app.understanding import learnt_rows
from connu.journal.journal import open_journal
from connu.kernel.clock import now_utc
from connu.kernel.errors import BuildError, UsageError
from connu.kernel.interruption import heed
from connu.kernel.progress import Progress, Silent, Step
from connu.ledger.expectations import TAUGHT_FOLDER, TAUGHT_PAGE
from connu.measure.theme_figures import theme_score
from connu.understand.codebook import Codebook, read_codebook
from connu.understand.coder import Coder
from connu.understand.encoder import TAUGHT
from connu.understand.evidence import learn_evidence
from connu.understand.fine_tuned import beside_ngrams
from connu.understand.fine_tuning import LEAST_TEXTS, Recipe, fine_tune
from connu.understand.label_thresholds import label_thresholds
from connu.understand.theme_coder import ThemeCoder

if TYPE_CHECKING:
    from connu.app.brand import Brand

#: Labels of a theme from which it is taught: with fewer, n-grams and definitions know it better.
LEAST_LABELS = 25
#: Who coded the texts held out: connu without the model, the model alone, both as a build does.
NGRAMS, ALONE, TOGETHER = "ngrams", "taught", "together"
_HUNDREDTHS = 100


@dataclass(frozen=True)
class Taught:
    """What teaching came to.

    Attributes:
        texts: taught.
        themes: taught.
        too_few: themes with labels, but too few to be taught: n-grams code them alone.
        figures: who codes → macro and micro F1 of the themes taught, on texts held out.
        seconds: how long it took.
        folder: where the model is.
        used: whether settings ask a build to use it.
    """

    texts: int
    themes: tuple[str, ...]
    too_few: tuple[str, ...]
    figures: dict[str, dict[str, float]]
    seconds: float
    folder: Path
    used: bool

    @property
    def better(self) -> bool:
        """Whether both together found more than n-grams alone."""
        return self.figures[TOGETHER]["micro"] > self.figures[NGRAMS]["micro"]

    def as_dict(self) -> dict[str, Any]:
        """What it came to, as JSON."""
        told = asdict(self) | {"folder": str(self.folder), "better": self.better}
        return told | {"seconds": round(self.seconds, 1)}


def teach(
    brand: Brand, *, recipe: Recipe | None = None, progress: Progress | None = None
) -> Taught:
    """Teach MiniLM the brand's labels, and put what it became into `.connu/taught`.

    Cost: for 8,000 texts a quarter of an hour of 2 cores, and 3 GB.

    Args:
        brand: whose; its build in force has the texts, its journal the codes.
        recipe: how; as measured when absent.
        progress: who watches.

    Raises:
        BuildError: there is no build; or texts or labels changed meanwhile.
        UsageError: too few labelled texts.
        MissingExtraError: PyTorch or the weights of MiniLM are not installed.
        ModelError: the weights are not those that are known.
    """
    begun, progress = time.perf_counter(), progress or Silent()
    settings, folder = brand.settings, brand.folder
    codebook = read_codebook(folder)
    recipe = recipe or Recipe(threads=settings.engine.threads)
    with progress.stage("listen"):
        heard, hand = _heard(brand, codebook)
    labels, too_few = _to_teach(hand, codebook)
    at = np.array([codebook.names.index(label) for label in labels], np.int64)
    texts, truth = labelled_texts(heard, hand), hand.labelled.themes[:, at]
    with workspace(folder) as place:
        made = place / TAUGHT_FOLDER
        with progress.stage("teach MiniLM", _HUNDREDTHS) as step:
            alone = fine_tune(texts, truth, labels, made, recipe=recipe, progress=_Hundredths(step))
        fold = text_folds(texts, recipe.folds, recipe.seed)
        own, stated = _without_it(heard, hand, codebook, fold, settings.understand.seed, progress)
        together = beside_ngrams(alone, own[:, at])
        figures = {
            NGRAMS: _figures(stated[:, at], truth, labels),
            ALONE: _figures(_held_out(alone, truth, fold), truth, labels),
            TOGETHER: _figures(_held_out(together, truth, fold), truth, labels),
        }
        found = label_thresholds(together, truth)
        page = TaughtPage(
            repr(recipe), dict(zip(labels, found.tolist(), strict=True)),
            f"{now_utc():%Y-%m-%dT%H:%M:%SZ}", time.perf_counter() - begun, figures,
        )  # fmt: skip
        (made / TAUGHT_PAGE).write_bytes(msgspec.json.encode(page))
        # It took minutes: somebody may have been forgotten, and must not come back by this.
        later = _heard(brand, codebook)
        before = labelled_digest(heard, hand, codebook.names, labels, page.how)
        if before != labelled_digest(*later, codebook.names, labels, page.how):
            raise BuildError(
                "texts or labels changed while the model was taught: it was not kept",
                hint="run connu teach again",
            )
        put_taught(made, folder)
    return Taught(
        len(texts), tuple(labels), too_few, figures, time.perf_counter() - begun,
        taught_folder(folder), settings.understand.encoder == TAUGHT,
    )  # fmt: skip


def text_folds(texts: list[str], folds: int, seed: int) -> np.ndarray:
    """int64 (texts,): the fold of each, equal texts together."""
    _, of = np.unique(np.array(texts, object).astype(str), return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(int(of.max(initial=-1)) + 1)
    made: np.ndarray = drawn[of] % folds
    return made


def _heard(brand: Brand, codebook: Codebook) -> tuple[Heard, HandLabels]:
    with open_journal(brand.folder, brand.settings) as journal:
        return heard_build(brand.folder, brand.settings, journal, codebook)


def _to_teach(hand: HandLabels, codebook: Codebook) -> tuple[list[str], tuple[str, ...]]:
    """The themes with labels enough, and those with some.

    Raises:
        UsageError: too few labelled texts, or no theme with enough.
    """
    if len(hand) < LEAST_TEXTS:
        raise UsageError(
            f"teaching needs {LEAST_TEXTS} verbatims coded by hand, and there are {len(hand)}",
            hint="connu code takes more; n-grams do better with few",
        )
    count = hand.labelled.themes.sum(0)
    labels = [name for name, n in zip(codebook.names, count, strict=True) if n >= LEAST_LABELS]
    if not labels:
        raise UsageError(
            f"no theme has {LEAST_LABELS} labels: there is nothing to teach",
            hint="connu code --theme NAME asks for those in doubt",
        )
    few = [name for name, n in zip(codebook.names, count, strict=True) if 0 < n < LEAST_LABELS]
    return labels, tuple(few)


def _without_it(
    heard: Heard, hand: HandLabels, codebook: Codebook, fold: np.ndarray, seed: int,
    progress: Progress,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """What a coder says of each labelled text that did not learn from it: float64 and bool
    (texts, themes), probabilities and what is stated."""
    rows, labels = hand.labelled.row, hand.labelled.themes
    probability, stated = np.zeros(labels.shape), np.zeros(labels.shape, np.bool_)
    folds = np.unique(fold)
    with progress.stage("code the same without it", len(folds) + 1) as step:
        sample = read_rows(heard, learnt_rows(heard, rows, seed))
        evidence = learn_evidence(codebook, sample, seed=seed)
        plain = ThemeCoder(evidence)
        coder = Coder(plain)
        step.advance()
        for number in folds:
            heed()
            learnt, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
            known = read_rows(heard, rows[learnt])
            model = plain.learn(known, coder.cut(known), labels[learnt], seed)
            asked = read_rows(heard, rows[held])
            told = model.tell(asked, coder.cut(asked))
            probability[held], stated[held] = told.text, told.stated
            step.advance()
    return probability, stated


def _held_out(probability: np.ndarray, truth: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """bool (texts, labels): what is stated, by thresholds found on the other folds."""
    stated = np.zeros(truth.shape, np.bool_)
    for number in np.unique(fold):
        held = fold == number
        stated[held] = probability[held] > label_thresholds(probability[~held], truth[~held])
    return stated


def _figures(stated: np.ndarray, truth: np.ndarray, labels: list[str]) -> dict[str, float]:
    score = theme_score(stated, truth, labels)
    return {"macro": round(score.macro.value, 4), "micro": round(score.micro.f1.value, 4)}


class _Hundredths:
    """Hundredths of a work of many steps, for who watches; an interruption is heeded.

    Several threads may tell at once.
    """

    def __init__(self, step: Step) -> None:
        self._step, self._done, self._lock = step, 0, Lock()

    def __call__(self, done: int, steps: int) -> None:
        heed()
        now = _HUNDREDTHS * done // max(1, steps)
        with self._lock:
            if now > self._done:
                self._step.advance(now - self._done)
                self._done = now
