"""What connu's codes stand beside: n-grams with a linear model, keywords, and plain rules.

Written with scikit-learn and nothing else, as somebody would in an afternoon: tf–idf of words and
pairs, and of pieces of words, a linear model a label, the threshold of each chosen by
cross-validation.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.svm import LinearSVC

from connu.understand.corpus import Corpus
from connu.understand.evidence import Evidence

FOLDS = 4
#: A wish in French, as one would write the rule without looking at the data.
WISH = re.compile(
    r"il faudrait|j.aimerais|ce serait (bien|bon|mieux|super|top)|il manque|manque|dommage que"
    r"|pourr(ait|iez)|serait|ajouter|amelior"
)


def folded(text: str) -> str:
    """Small letters, no accents."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@dataclass
class NGramTexts:
    """tf–idf of words and pairs beside that of pieces of words."""

    words: TfidfVectorizer
    pieces: TfidfVectorizer

    def rows(self, texts: list[str]) -> csr_matrix:
        """Texts as rows."""
        return hstack([self.words.transform(texts), self.pieces.transform(texts)]).tocsr()


def ngrams_of(texts: list[str]) -> NGramTexts:
    """Learn what features texts have."""
    words = TfidfVectorizer(
        preprocessor=folded, ngram_range=(1, 2), min_df=2, sublinear_tf=True,
        token_pattern=r"(?u)[\w']+|[!?]+",
    )  # fmt: skip
    pieces = TfidfVectorizer(
        preprocessor=folded, analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True
    )
    return NGramTexts(words.fit(texts), pieces.fit(texts))


@dataclass
class OneVersusRest:
    """A linear model and a threshold a label.

    Attributes:
        columns: float32 (features, labels). bias, threshold: (labels,).
    """

    columns: np.ndarray
    bias: np.ndarray
    threshold: np.ndarray

    def of(self, rows: csr_matrix) -> np.ndarray:
        """bool (n, labels)."""
        return np.asarray(rows @ self.columns + self.bias > self.threshold)


def learn_many(rows: csr_matrix, labels: np.ndarray) -> OneVersusRest:
    """Linear SVMs, thresholds by cross-validation."""

    def fitted(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        made = [LinearSVC(C=0.2).fit(rows[at], labels[at, k]) for k in range(labels.shape[1])]
        return np.stack([m.coef_[0] for m in made], 1), np.array([m.intercept_[0] for m in made])

    out = np.zeros(labels.shape)
    for learnt, told in KFold(FOLDS, shuffle=True, random_state=0).split(labels):
        columns, bias = fitted(learnt)
        out[told] = rows[told] @ columns + bias
    threshold = np.array([_best(out[:, k], labels[:, k]) for k in range(labels.shape[1])])
    columns, bias = fitted(np.arange(len(labels)))
    return OneVersusRest(columns.astype(np.float32), bias, threshold)


def learn_few(rows: csr_matrix, labels: np.ndarray) -> OneVersusRest:
    """Logistic regressions, classes weighed alike; labels are too few to choose a threshold."""
    columns = np.zeros((rows.shape[1], labels.shape[1]), np.float32)
    bias = np.full(labels.shape[1], -1.0)
    for k in range(labels.shape[1]):
        if labels[:, k].any() and not labels[:, k].all():
            model = LogisticRegression(C=1.0, solver="liblinear", class_weight="balanced")
            model.fit(rows, labels[:, k])
            columns[:, k], bias[k] = model.coef_[0], model.intercept_[0]
    return OneVersusRest(columns, bias, np.zeros(labels.shape[1]))


def _best(score: np.ndarray, of_it: np.ndarray) -> float:
    """The threshold with the best F1."""
    order = np.argsort(-score)
    hits = np.cumsum(of_it[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + of_it.sum())
    at = int(f1.argmax())
    low = score[order[at + 1]] if at + 1 < len(order) else score[order[at]] - 1
    return float((score[order[at]] + low) / 2)


@dataclass
class PolarityModel:
    """A linear SVM over a text, and over it by label: which of three polarities."""

    model: Any
    labels: int

    def of(self, rows: csr_matrix, label: np.ndarray) -> np.ndarray:
        """int (n,)."""
        return np.asarray(self.model.predict(_with_label(rows, label, self.labels)))


def learn_polarity(rows: csr_matrix, label: np.ndarray, polarity: np.ndarray, labels: int,
                   text: np.ndarray) -> PolarityModel:  # fmt: skip
    """Learn polarities; the cost is chosen by cross-validation over texts."""
    from sklearn.metrics import f1_score

    both = _with_label(rows, label, labels)

    def score(cost: float) -> float:
        told = np.zeros(len(polarity), int)
        for learnt, judged in GroupKFold(FOLDS).split(both, polarity, text):
            told[judged] = (
                LinearSVC(C=cost).fit(both[learnt], polarity[learnt]).predict(both[judged])
            )
        return float(f1_score(polarity, told, average="macro"))

    best = max((0.05, 0.1, 0.3, 1.0), key=score)
    return PolarityModel(LinearSVC(C=best).fit(both, polarity), labels)


def _with_label(rows: csr_matrix, label: np.ndarray, labels: int) -> csr_matrix:
    n = len(label)
    which = csr_matrix((np.full(n, 0.5), (np.arange(n), label)), shape=(n, labels))
    return hstack([rows, which]).tocsr()


def keywords(evidence: Evidence, corpus: Corpus) -> np.ndarray:
    """bool (n, themes): the themes of which a seed stands in the text, and nothing else."""
    _, counted = evidence.seeds_in(corpus, corpus.clauses)
    told = np.zeros((len(corpus), evidence.themes), np.bool_)
    np.logical_or.at(told, corpus.clauses.text, counted > 0)
    return told


def wished(texts: list[str]) -> np.ndarray:
    """bool (n,): where the rule of wishes holds."""
    return np.array([WISH.search(folded(text)) is not None for text in texts])
