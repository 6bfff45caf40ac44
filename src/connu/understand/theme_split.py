"""Theme split: what is said of one theme in parts, each with its own seeds and examples.

Statements are clustered into as many parts as there are names. A seed goes where it is said more
often, an example where it lies nearer; the definition is the whole's with the words that set the
part apart, for a person to write anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment

from connu.understand.cluster_stability import clusters_of
from connu.understand.codebook import Theme
from connu.understand.corpus import Corpus, corpus_of
from connu.understand.statement_places import places_of
from connu.understand.telling_words import telling_words, words_said
from connu.understand.terms import by_language, compile_terms, find_terms

#: Statements a part needs for its words to mean anything.
LEAST_PART = 8
_WORDS = 4


@dataclass(frozen=True)
class ThemeSplit:
    """A theme in parts.

    Attributes:
        parts: in the order of the names.
        sizes: statements of each.
        words: that set each apart.
        stability: of each, over reseeds, 0–1.
    """

    parts: tuple[Theme, ...]
    sizes: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    stability: tuple[float, ...]


def split_theme(
    theme: Theme,
    names: Sequence[str],
    quotes: pa.Array,
    language: pa.Array,
    verbatim: np.ndarray,
    *,
    seed: int = 0,
) -> ThemeSplit:
    """Part a theme by what is said of it.

    Args:
        theme: the whole.
        names: of the parts, two at least.
        quotes: string (n,): statements of the theme, masked.
        language: string (n,).
        verbatim: int64 (n,): of which verbatim each is.
        seed: of what is drawn.
    """
    corpus = corpus_of(quotes, language)
    seeds = [(k, text) for k, texts in theme.seeds.items() for text in texts]
    examples = [(k, text) for k, texts in theme.examples.items() for text in texts]
    asked = [("", name.replace("_", " ").replace("-", " ")) for name in names]
    places = places_of(corpus, [*asked, *_plain(seeds), *examples], seed=seed)
    clusters = clusters_of(places.of, len(names), seed=seed)
    k = len(clusters)
    sizes = np.bincount(clusters.of, minlength=k)
    order = _order(places.others[: len(names)] @ clusters.centres.T, sizes)
    beside = places.others[len(names) :] @ clusters.centres.T
    seed_of = _seeds_of(theme, corpus, clusters.of, k, beside[: len(seeds)])
    example_of = beside[len(seeds) :].argmax(1) if len(examples) else np.zeros(0, np.int64)
    said = words_said(corpus, verbatim)
    parts, words = [], []
    for name, cluster in zip(names, order, strict=True):
        told = telling_words(said, clusters.of == cluster, most=_WORDS)
        shown = tuple(dict.fromkeys(word.shown for word in told))
        words.append(shown)
        parts.append(
            Theme(
                name,
                theme.dimension,
                {k: _defined(k, text, [w.shown for w in told if w.language in (k, "")])
                 for k, text in theme.definition.items()},
                _chosen(examples, example_of == cluster),
                _chosen(seeds, seed_of == cluster),
                theme.general,
                theme.label if name == theme.name else {},
            )
        )  # fmt: skip
    return ThemeSplit(
        tuple(parts),
        tuple(int(sizes[cluster]) for cluster in order),
        tuple(words),
        tuple(float(clusters.stability[cluster]) for cluster in order),
    )


def _plain(seeds: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(language, text.replace("*", "")) for language, text in seeds]


def _order(likeness: np.ndarray, sizes: np.ndarray) -> list[int]:
    """Which cluster each name is given: the one whose statements say the name; else the largest."""
    names = np.arange(len(likeness))[:, None]
    # Next to nothing beside a likeness: the first name is given the largest, and so on.
    worth = likeness - 1e-6 * names * sizes[None, :] / max(int(sizes.max()), 1)
    _, cluster = linear_sum_assignment(-worth)
    return [int(one) for one in cluster]


def _seeds_of(
    theme: Theme, corpus: Corpus, of: np.ndarray, k: int, beside: np.ndarray
) -> np.ndarray:
    """int64 (seeds,): the cluster in which each seed is said most, for its size; where nobody says
    it, the one it lies nearest to."""
    listed = list(by_language(theme.seeds))
    made = np.zeros(len(listed), np.int64)
    terms = compile_terms((text, n, 1.0, bits) for n, (text, bits) in enumerate(listed))
    clauses = corpus.clauses
    hits = find_terms(terms, corpus.folded, corpus.tokens, clauses, corpus.language[clauses.text])
    counts = np.zeros((len(listed), k), np.float64)
    np.add.at(counts, (terms.of[hits.term], of[clauses.text[hits.clause]]), 1.0)
    rates = counts / np.maximum(np.bincount(of, minlength=k), 1)
    for number in range(len(listed)):
        made[number] = (rates[number] if counts[number].any() else beside[number]).argmax()
    return made


def _chosen(texts: list[tuple[str, str]], chosen: np.ndarray) -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {}
    for (language, text), taken in zip(texts, chosen.tolist(), strict=True):
        if taken:
            made[language] = (*made.get(language, ()), text)
    return made


def _defined(language: str, whole: str, words: list[str]) -> str:
    """The whole's definition, and what this part speaks of.

    >>> _defined("en", "Delivery.", ["driver", "rude"])
    'Delivery. Above all: driver, rude.'
    """
    if not words:
        return whole
    return f"{whole} {'Surtout :' if language == 'fr' else 'Above all:'} {', '.join(words)}."
