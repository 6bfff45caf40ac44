"""The theme coder: which themes a text speaks of, how surely, and in which of its statements.

Without labels the witnesses of `evidence` decide, weighed alike for all themes. A few labels teach
a model of their own and how far each witness may be trusted; many add the stack. A text of which
nothing is plain is given its likeliest theme where that is not too unlikely: most of what
customers write is about something.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from connu.understand.beside import Beside
from connu.understand.corpus import Corpus
from connu.understand.encoder import Encoder
from connu.understand.evidence import Evidence, Witness
from connu.understand.forms import EXPLICIT
from connu.understand.label_model import LabelModel, Questions, learn_labels, told_by_others
from connu.understand.pair_features import Signals, signals_of
from connu.understand.pair_model import PairModel, learn_pairs, unlabelled_model
from connu.understand.projection import projected
from connu.understand.stack import Stack, learn_stack
from connu.understand.statements import Cut

#: A theme is stated from here on; of a text without any, the likeliest from `LIKELIEST` on.
STATED, LIKELIEST = 0.35, 0.2
#: With labels a little more is asked.
STATED_LABELLED = 0.4
#: A bare judgement is of the general theme, so surely; beside something named a general theme keeps
#: so much of its probability.
BARE, GIVES_WAY = 0.8, 0.4
#: A theme so much likelier beforehand (log of its share) than another whose seed stands beside its
#: own keeps so much: «application très intuitive» is of ease.
RARER, RARER_KEEPS = 1.7, np.float32(0.5)
#: Labelled texts from which the stack is learnt.
STACKED = 400


@dataclass(frozen=True)
class Told:
    """What was told.

    Attributes:
        text: float64 (texts, themes): probabilities that a text speaks of a theme.
        statement: float32 (statements, themes): the same of its statements.
        stated: bool (texts, themes): which are stated.
        witness: of the statements.
        alone: whether no label stands behind it.
    """

    text: np.ndarray
    statement: np.ndarray
    stated: np.ndarray
    witness: Witness
    alone: bool = False


@dataclass
class ThemeCoder:
    """A coder over an evidence.

    Attributes:
        evidence: the witnesses.
        pairs: how they are weighed.
        labels: what labels taught, or None.
        stack: with many of them.
        labelled: how many texts it learnt from.
        encoder: whose vectors stand beside the n-grams where there are labels; or None.
        beside: a model whose word on whole texts is averaged with this one's; or None.
    """

    evidence: Evidence
    pairs: PairModel = field(default_factory=unlabelled_model)
    labels: LabelModel | None = None
    stack: Stack | None = None
    labelled: int = 0
    encoder: Encoder | None = None
    beside: Beside | None = None

    def learn(self, corpus: Corpus, cut: Cut, labels: np.ndarray, seed: int = 0) -> ThemeCoder:
        """A coder that has learnt from labelled texts too; this one stays as it is.

        Args:
            corpus: the labelled texts. cut: their statements.
            labels: bool (texts, themes).
            seed: of folds and solvers.
        """
        if not len(labels):
            return self
        questions = self._questions()
        whole = self._texts(corpus, cut)
        encoded = self.encoder is not None
        place = self._beside(corpus, whole.place)
        model = learn_labels(whole.rows, place, labels, questions, seed, encoded=encoded)
        said = told_by_others(whole.rows, place, labels, questions, seed, encoded=encoded)
        witness = self._witness(corpus, cut)
        signals = signals_of(witness).by_text(cut.statements.text, len(corpus))
        pairs = learn_pairs(_with(signals, said).features(), labels)
        stack = None
        if len(labels) >= STACKED:
            stack = learn_stack(_described(signals, said, corpus, cut), said, labels, seed)
        return ThemeCoder(
            self.evidence, pairs, model, stack, len(labels), self.encoder, self.beside
        )

    def tell(self, corpus: Corpus, cut: Cut) -> Told:
        """Tell the themes of texts. About 200 µs a text of 130 signs, with the stack 300.

        Args:
            corpus: the texts. cut: their statements.
        """
        n = len(corpus)
        witness = self._witness(corpus, cut)
        own, vectors = None, None
        if self.labels is not None:
            vectors = self._vectors(corpus.texts.to_pylist()) if self.encoder else None
            place = witness.place
            if vectors is not None:
                place = np.hstack([place, vectors[cut.statements.text]])
            own = self.labels.of(witness.rows, place)
        signals = signals_of(witness, own)
        statement = self._in_general(self.pairs.of(signals.features()), witness, cut)
        texts = signals.by_text(cut.statements.text, n)
        if self.labels is not None:
            whole = self._texts(corpus, cut)
            place = whole.place if vectors is None else np.hstack([whole.place, vectors])
            texts = _with(texts, self.labels.of(whole.rows, place))
        text = self.pairs.of(texts.features()).astype(np.float64)
        general = self._general
        if self.labels is None and general.any():
            text[:, general] = 0.0
            np.maximum.at(text, (cut.statements.text[:, None], np.flatnonzero(general)),
                          statement[:, general])  # fmt: skip
        threshold = np.full(text.shape[1], STATED if self.labels is None else STATED_LABELLED)
        if self.stack is not None:
            stacked = self.stack.of(_described(texts, texts.few, corpus, cut), texts.few)
            known = np.array([trees is not None for trees in self.stack.trees], np.bool_)
            text[:, known] = stacked[:, known]
            threshold[known] = self.stack.threshold[known]
        if self.beside is not None:
            text, threshold = self.beside.joined(corpus.texts.to_pylist(), text, threshold)
        empty = np.bincount(cut.statements.text, minlength=n) == 0
        text[empty] = 0.0
        return Told(text, statement, self._stated(text, threshold), witness, self.labels is None)

    # ------------------------------------------------------------------ within
    @property
    def _general(self) -> np.ndarray:
        """bool (themes,): which hold only where no other does."""
        return np.array([t.general for t in self.evidence.codebook.themes], np.bool_)

    def _in_general(self, said: np.ndarray, witness: Witness, cut: Cut) -> np.ndarray:
        """What is said of statements, where a general theme gives way to what is named.

        A bare judgement («top», «very good») is of the general theme; one that names something no
        seed knows is rather of what the corpus speaks of most.
        """
        general = self._general
        if not general.any() or self.labels is not None or not len(said):
            return said
        named = np.asarray((witness.seeds[:, ~general] > 0).any(1))
        bare = (cut.judging > 0) & (cut.content <= cut.judging) & ~named
        said = said.copy()
        own = said[:, general]
        own = np.where(named[:, None], own * GIVES_WAY, own)
        own = np.where((~named & (cut.content > cut.judging + 1))[:, None], own * 0.6, own)
        said[:, general] = np.where(bare[:, None], np.maximum(own, BARE), own)
        said[np.ix_(bare, ~general)] *= 0.5
        # Where seeds of several themes stand, what all speak of gives way to what few do.
        seen: np.ndarray = (witness.seeds > 0) & ~general
        prior = witness.prior
        rarest = np.where(seen, prior, np.inf).min(1, keepdims=True)
        return np.where(seen & (prior - rarest > RARER), said * RARER_KEEPS, said)

    def _stated(self, text: np.ndarray, threshold: np.ndarray) -> np.ndarray:
        """Which themes are stated; a general one only where no other is."""
        stated = text > threshold
        if self.labels is None and text.size:
            nothing = np.flatnonzero(~stated.any(1) & (text.max(1) > LIKELIEST))
            stated[nothing, text[nothing].argmax(1)] = True
        return stated

    def _witness(self, corpus: Corpus, cut: Cut) -> Witness:
        made = cut.statements
        return self.evidence.of(corpus, made.text, made.first, made.last, cut.clause_seeds, made.of)

    def _texts(self, corpus: Corpus, cut: Cut) -> Witness:
        """Witnesses of whole texts, from their first statement's first word to the last's last."""
        made, n = cut.statements, len(corpus)
        first, last = corpus.tokens.starts[:-1].copy(), corpus.tokens.starts[:-1].copy()
        begins = np.flatnonzero(np.r_[True, made.text[1:] != made.text[:-1]])
        begins = begins if len(made) else np.zeros(0, np.int64)
        ends = np.r_[begins[1:], len(made)] - 1 if len(begins) else begins
        first[made.text[begins]] = made.first[begins]
        last[made.text[begins]] = made.last[ends]
        of = made.text[made.of] if len(made.of) else made.of
        return self.evidence.of(corpus, np.arange(n), first, last, cut.clause_seeds, of)

    def _questions(self) -> Questions:
        evidence = self.evidence
        latent = evidence.query_place.shape[1]
        place = projected(evidence.queries, np.ascontiguousarray(evidence.columns[:, :latent]))
        length = np.linalg.norm(place, axis=1, keepdims=True)
        place = np.divide(place, length, out=np.zeros_like(place), where=length > 1e-9)
        if self.encoder is not None:
            place = np.hstack([place, self._vectors(list(evidence.asked))])
        return Questions(evidence.queries, place, evidence.query_theme)

    def _beside(self, corpus: Corpus, place: np.ndarray) -> np.ndarray:
        """Places, with the encoder's vectors of the texts beside them."""
        if self.encoder is None:
            return place
        return np.hstack([place, self._vectors(corpus.texts.to_pylist())])

    def _vectors(self, texts: list[str | None]) -> np.ndarray:
        assert self.encoder is not None
        return self.encoder.encode([text or "" for text in texts]).astype(np.float32)


def _with(signals: Signals, said: np.ndarray) -> Signals:
    """Signals of texts, with what the label model says of them as wholes."""
    return Signals(
        signals.seeds, signals.all_seeds, signals.words, signals.latent, signals.heard,
        signals.prior, said.astype(np.float32),
    )  # fmt: skip


def _described(signals: Signals, said: np.ndarray, corpus: Corpus, cut: Cut) -> np.ndarray:
    """float32 (texts, columns): what the stack is given of each text."""
    n, made = len(corpus), cut.statements
    tone = np.zeros((n, 2), np.float32)
    np.add.at(tone, made.text, cut.tone)
    forms = np.zeros((n, len(EXPLICIT) + 1), np.float32)
    np.add.at(forms, (made.text, cut.forms.form), 1.0)  # −1, none of them, is the last column
    length = np.diff(corpus.tokens.starts).astype(np.float32)
    return np.concatenate(
        [said, np.minimum(signals.seeds, 3), signals.words, signals.latent, signals.heard,
         tone, forms, length[:, None]],
        axis=1,
    ).astype(np.float32)  # fmt: skip
