"""Evidence: what speaks for each theme in a stretch of text, without any label.

Five witnesses: seeds that stand there; likeness to the theme's definition and examples, in words
and in the corpus's own latent semantics (LSA), where «colis» and «livreur» lie near each other;
and a model learnt on the texts whose seeds are plain, which hears the same theme in other words.
None is trusted alone: `pair_model` weighs them.

Source: Deerwester et al., Indexing by Latent Semantic Analysis, JASIS 1990; Meng et al., Weakly-
Supervised Neural Text Classification, CIKM 2018 (seeds, then a model learnt on what they say).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix, vstack
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from connu.understand.codebook import Codebook
from connu.understand.corpus import Corpus, corpus_of
from connu.understand.cutting import Clauses
from connu.understand.lemmas import LANGUAGES, Lemmas, learn_lemmas
from connu.understand.ngrams import NGrams
from connu.understand.projection import projected
from connu.understand.terms import Hits, Terms, by_language, compile_terms, find_terms

#: Texts that the model of plain seeds, and the latent semantics, are learnt on at most.
LEARNT_ON = 12_000
LATENT = 150
#: A theme whose seeds stand in fewer texts teaches nothing.
LEAST = 8


@dataclass(frozen=True)
class Witness:
    """What speaks for each theme, by stretch.

    Attributes:
        seeds: float32 (n, themes): how many of its seeds stand there, the most in one clause.
        all_seeds: the same, over all its clauses.
        words: float32 (n, themes), 0–1: likeness to definition and examples.
        latent: float32 (n, themes), −1–1: likeness in latent semantics.
        heard: float32 (n, themes): what the model learnt on plain seeds says; 0 is even.
        prior: float32 (themes,): the log of its share of what the corpus speaks of, by seeds.
        rows: float32 (n, features), n-grams; place: float32 (n, LATENT), length 1.
    """

    seeds: np.ndarray
    all_seeds: np.ndarray
    words: np.ndarray
    latent: np.ndarray
    heard: np.ndarray
    prior: np.ndarray
    rows: csr_matrix
    place: np.ndarray


@dataclass
class Evidence:
    """The witnesses, learnt on a corpus.

    Attributes:
        codebook: the themes.
        seeds: their seeds, compiled.
        ngrams: the corpus's features.
        columns: float32 (features, LATENT + 2 · themes): latent semantics, models, queries.
        bias: float32 (themes,): of the models.
        query_place: float32 (themes, LATENT): where definitions and examples lie.
        queries: n-gram rows of definitions and examples; query_theme: whose.
        prior: float32 (themes,), see Witness.
        asked: definitions and examples as texts, for an encoder.
    """

    codebook: Codebook
    seeds: Terms
    ngrams: NGrams
    columns: np.ndarray
    bias: np.ndarray
    query_place: np.ndarray
    queries: csr_matrix
    query_theme: np.ndarray
    prior: np.ndarray
    asked: tuple[str, ...] = ()

    @property
    def themes(self) -> int:
        """How many themes there are."""
        return len(self.codebook.themes)

    def seeds_in(self, corpus: Corpus, stretches: Clauses) -> tuple[Hits, np.ndarray]:
        """Where seeds stand, and how many of each theme: float32 (n, themes)."""
        hits = find_terms(
            self.seeds, corpus.folded, corpus.tokens, stretches, corpus.language[stretches.text]
        )
        counted = np.zeros((len(stretches.text), self.themes), np.float32)
        np.add.at(counted, (hits.clause, self.seeds.of[hits.term]), self.seeds.weight[hits.term])
        return hits, counted

    def of(
        self,
        corpus: Corpus,
        text: np.ndarray,
        first: np.ndarray,
        last: np.ndarray,
        clause_seeds: np.ndarray,
        of: np.ndarray,
    ) -> Witness:
        """The witnesses of stretches. About 100 µs a stretch of 130 signs.

        Args:
            corpus: whose.
            text, first, last: int64 (n,): of each stretch, its text and its tokens.
            clause_seeds: float32 (clauses, themes), as `seeds_in` counts them.
            of: int64 (clauses,): the stretch of each clause.
        """
        n, k = len(text), self.themes
        seeds, every = np.zeros((n, k), np.float32), np.zeros((n, k), np.float32)
        np.maximum.at(seeds, of, clause_seeds)
        np.add.at(every, of, clause_seeds)
        rows = self.ngrams.rows(corpus.folded, corpus.tokens, first, last, corpus.language[text])
        told = projected(rows, self.columns)
        latent = self.columns.shape[1] - 2 * k
        place = told[:, :latent]
        length = np.sqrt((place * place).sum(1, keepdims=True))
        place = np.divide(place, length, out=np.zeros_like(place), where=length > 1e-9)
        return Witness(
            seeds, every, told[:, latent + k :], place @ self.query_place.T,
            told[:, latent : latent + k] + self.bias, self.prior, rows, place,
        )  # fmt: skip


def learn_evidence(codebook: Codebook, corpus: Corpus, *, seed: int = 0) -> Evidence:
    """Learn the witnesses on a corpus; without texts they know definitions alone.

    Cost: some 15 s on 12,000 texts and 30 themes.

    Args:
        codebook: the themes.
        corpus: the brand's texts, or a sample of them.
        seed: of what is drawn.
    """
    k = len(codebook.themes)
    terms = compile_terms(
        (text, number, 1.0, bits)
        for number, theme in enumerate(codebook.themes)
        for text, bits in by_language(theme.seeds)
    )
    asked, spoken, of = _queries(codebook)
    questions = corpus_of(pa.array(asked, pa.string()), np.array(spoken, np.int8))
    lemmas = learn_lemmas(corpus.texts, corpus.folded, corpus.tokens, corpus.language)
    lemmas = _with_questions(lemmas, questions)
    ngrams = NGrams(lemmas)
    few = len(corpus) < 50
    ngrams.least_words, ngrams.least_pieces = (1, 1) if few else (2, 3)
    # Few texts hold few words: definitions and examples are then read with them, so that likeness
    # to them is heard in whatever comes later.
    learnt = _together(corpus, questions) if few else corpus
    ngrams.fit(learnt.folded, learnt.tokens, learnt.language)
    if not ngrams.features:  # many texts, and not a word that two of them share
        learnt = _together(corpus, questions)
        ngrams.least_words, ngrams.least_pieces = 1, 1
        ngrams.fit(learnt.folded, learnt.tokens, learnt.language)
    starts = questions.tokens.starts
    queries = ngrams.rows(
        questions.folded, questions.tokens, starts[:-1], starts[1:], questions.language
    )
    evidence = Evidence(
        codebook, terms, ngrams, np.zeros((ngrams.features, 2 * k), np.float32),
        np.zeros(k, np.float32), np.zeros((k, 0), np.float32), queries, np.array(of, np.int64),
        np.full(k, -np.log(k), np.float32), tuple(asked),
    )  # fmt: skip
    rows = ngrams.rows(
        corpus.folded, corpus.tokens, corpus.tokens.starts[:-1], corpus.tokens.starts[1:],
        corpus.language,
    )  # fmt: skip
    latent = _latent(vstack([rows, queries]).tocsr() if len(corpus) else queries, seed)
    evidence.columns = np.concatenate(
        [latent, np.zeros((ngrams.features, k), np.float32), _centres(queries, of, k)], axis=1
    ).astype(np.float32)
    evidence.columns = np.ascontiguousarray(evidence.columns)
    evidence.query_place = _places(queries, latent, np.array(of), k)
    if len(corpus):
        _, counted = evidence.seeds_in(corpus, corpus.clauses)
        plain = np.zeros((len(corpus), k), np.float32)
        np.maximum.at(plain, corpus.clauses.text, counted)
        evidence.prior = _prior(counted)
        weights, evidence.bias = _heard(rows, plain > 0, seed)
        evidence.columns[:, latent.shape[1] : latent.shape[1] + k] = weights
    return evidence


def _queries(codebook: Codebook) -> tuple[list[str], list[int], list[int]]:
    """Definitions and examples: text, language, theme."""
    asked, spoken, of = [], [], []
    for number, theme in enumerate(codebook.themes):
        texts = [(language, text) for language, text in theme.definition.items()]
        texts += [(lang, text) for lang, several in theme.examples.items() for text in several]
        texts = texts or [("", theme.name.replace("_", " ").replace("-", " "))]
        for language, text in texts:
            asked.append(text)
            spoken.append(LANGUAGES.index(language) if language in LANGUAGES else -1)
            of.append(number)
    return asked, spoken, of


def _together(corpus: Corpus, questions: Corpus) -> Corpus:
    """Both, as one."""
    texts = pa.concat_arrays([corpus.texts.cast(pa.string()), questions.texts])
    return corpus_of(texts, np.concatenate([corpus.language, questions.language]))


def _with_questions(lemmas: Lemmas, questions: Corpus) -> Lemmas:
    """Lemmas of the corpus, and of the words of definitions."""
    more = learn_lemmas(
        questions.texts, questions.folded, questions.tokens, questions.language, least=1
    )
    keys = np.concatenate([lemmas.keys, more.keys])
    values = np.concatenate([lemmas.values, more.values])
    keys, first = np.unique(keys, return_index=True)
    return Lemmas(keys, values[first])


def _latent(rows: csr_matrix, seed: int) -> np.ndarray:
    """float32 (features, LATENT or fewer): directions of the corpus's latent semantics."""
    rank = min(LATENT, min(rows.shape) - 1)
    if rank < 2:
        return np.zeros((rows.shape[1], 0), np.float32)
    if rows.shape[0] > LEARNT_ON:
        chosen = np.random.default_rng(seed).choice(rows.shape[0], LEARNT_ON, replace=False)
        rows = rows[np.sort(chosen)]
    svd = TruncatedSVD(rank, n_iter=3, random_state=seed).fit(rows)
    return np.ascontiguousarray(svd.components_.T.astype(np.float32))


def _centres(queries: csr_matrix, of: list[int], k: int) -> np.ndarray:
    """float32 (features, themes): the middle of each theme's definition and examples, halved so
    that the product with a row is a likeness of 0–1."""
    sums = csr_matrix((np.ones(len(of)), (of, np.arange(len(of)))), shape=(k, len(of))) @ queries
    return np.asarray(normalize(sums).todense(), np.float32).T / np.float32(np.sqrt(2))


def _places(queries: csr_matrix, latent: np.ndarray, of: np.ndarray, k: int) -> np.ndarray:
    """float32 (themes, LATENT): where each theme's definition and examples lie."""
    where = normalize(projected(queries, latent)) if latent.shape[1] else np.zeros((len(of), 0))
    made = np.zeros((k, latent.shape[1]), np.float32)
    np.add.at(made, of, where.astype(np.float32))
    return normalize(made).astype(np.float32) if latent.shape[1] else made


def _heard(rows: csr_matrix, plain: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The models learnt on plain seeds: float32 (features, themes), float32 (themes,)."""
    if rows.shape[0] > LEARNT_ON:
        chosen = np.sort(
            np.random.default_rng(seed).choice(rows.shape[0], LEARNT_ON, replace=False)
        )
        rows, plain = rows[chosen], plain[chosen]
    weights = np.zeros((rows.shape[1], plain.shape[1]), np.float32)
    bias = np.full(plain.shape[1], -1.0, np.float32)
    for k in range(plain.shape[1]):
        if LEAST <= plain[:, k].sum() <= len(plain) - LEAST:
            model = LinearSVC(C=0.05, tol=1e-2, max_iter=200, random_state=seed)
            model.fit(rows, plain[:, k])
            weights[:, k], bias[k] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _prior(counted: np.ndarray) -> np.ndarray:
    """float32 (themes,): the log of each theme's share of the clauses that hold a seed.

    Args:
        counted: float32 (clauses, themes).
    """
    seen = (counted > 0).sum(0) + 0.002 * max(len(counted), 1) + 1.0
    return np.log(seen / seen.sum()).astype(np.float32)
