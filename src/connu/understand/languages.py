"""The language of each text, among those the brand's customers write in.

Where these are French and English, words decide first (`language_words`): nineteen texts in twenty
are sure at 400,000 a second. The others, short or misspelt, go to lingua, restricted to the
brand's languages and asked once for each distinct text; what it says is added to what the words
said. What is left in doubt («Top», «Cool», «Ok») is said in both languages: there the source
decides, by the mix of its sure texts, as a French review site holds French reviews.

Nothing is said of a text without a word: emoji, digits, another script.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.kernel.errors import SettingsError
from connu.understand.folding import fold
from connu.understand.language_words import language_words
from connu.understand.parts import one_array, parts
from connu.understand.tokens import tokens_of

__all__ = ["LANGUAGES", "languages", "statement_languages"]

#: What customers write in unless the brand says otherwise.
LANGUAGES = ("fr", "en")
#: Log-odds from which words decide alone, and from which a statement differs from its text.
_SURE, _SURE_OTHERWISE = 2.0, 5.0
#: The most that lingua's opinion, and a source's mix, count for.
_LINGUA_MOST, _SOURCE_MOST = 3.0, 2.5
#: Texts of each language that a source is thought to hold before one was read.
_SOURCE_PRIOR = 2.0
#: Lingua reads no further: a language shows in a few hundred letters.
_LINGUA_CHARACTERS = 300
#: A word of these letters: without one, French and English are not written here.
_LATIN = r"\p{Latin}"


def languages(
    texts: pa.Array, among: Sequence[str] = LANGUAGES, *, sources: pa.Array | None = None
) -> pa.Array:
    """The language of each text.

    Args:
        texts: string (n,).
        among: ISO 639-1 codes of the brand's languages.
        sources: string (n,), what each text came from (a source, a channel of it), or None: all
            from one. Their mixes decide texts that could be either.

    Returns:
        string (n,): one of `among`, or null where nothing can be said.

    Raises:
        SettingsError: a code is not known to lingua.

    Cost: 8 µs a text of feedback, of which lingua takes two thirds; 2 s once to load the words.

    Source: P. M. Stahl, lingua (naive Bayes on letters' n-grams); A. Barbaresi, simplemma.

    >>> languages(pa.array(["Très bien, je recommande", "Works very well", "👍 10/10"])).to_pylist()
    ['fr', 'en', None]
    """
    texts = pc.fill_null(one_array(texts), "")
    among = tuple(dict.fromkeys(among))
    detector = _detector(among) if len(among) > 1 else None
    if detector is None:
        return _coded(np.where(_written(texts), 1.0, 0.0), (among[0], among[0]))
    if set(among) != set(LANGUAGES):
        return _by_lingua(texts, detector)
    scores, worded = word_scores(texts)
    doubtful = worded & (np.abs(scores) < _SURE)
    scores[doubtful] += _lingua_odds(texts, doubtful, detector)
    prior = _source_odds(np.where(np.abs(scores) >= _SURE, scores, 0.0), sources)
    scores[doubtful] += prior[doubtful]
    return _coded(np.where(worded, scores, 0.0), LANGUAGES)


def statement_languages(
    statements: pa.Array, whole: pa.Array, among: Sequence[str] = LANGUAGES
) -> pa.Array:
    """The language of each statement of texts whose language is known.

    A statement is in its text's language unless its own words say otherwise surely; short ones
    never do. Of other languages than French and English the text's stands.

    Args:
        statements: string (n,).
        whole: string (n,): the language of the text that each is from, as `languages` told it.

    Returns:
        string (n,).
    """
    if set(among) != set(LANGUAGES):
        return whole
    scores, _ = word_scores(pc.fill_null(one_array(statements), ""))
    own = pa.array(np.abs(scores) >= _SURE_OTHERWISE)
    return pc.if_else(own, _coded(scores, LANGUAGES), whole)


def word_scores(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """What the words of each text say alone.

    Returns:
        float64 (n,): log-odds of French against English; bool (n,): whether there is a word in
        Latin letters.
    """
    table = language_words()
    scores = [np.zeros(0)]
    for _, part in parts(texts):
        folded = fold(part)
        scores.append(table.scores(folded, tokens_of(folded)))
    return np.concatenate(scores), _written(texts)


def _written(texts: pa.Array) -> np.ndarray:
    return pc.match_substring_regex(texts, _LATIN).to_numpy(zero_copy_only=False).astype(bool)


def _coded(scores: np.ndarray, names: tuple[str, str]) -> pa.Array:
    """The first name above 0, the second below, null at 0."""
    codes = pa.array(np.where(scores > 0, 0, 1), pa.int8(), mask=scores == 0)
    return pa.array(names, pa.string()).take(codes)


def _lingua_odds(texts: pa.Array, rows: np.ndarray, detector: Any) -> np.ndarray:
    """Log-odds of French, as lingua sees it, of the chosen rows; equal texts are read once."""
    distinct = pc.utf8_slice_codeunits(texts.filter(pa.array(rows)), 0, _LINGUA_CHARACTERS)
    distinct = distinct.dictionary_encode()
    if not len(distinct):
        return np.zeros(0)
    french = _lingua_language("fr")
    chance = np.array(
        [detector.compute_language_confidence(t, french) for t in distinct.dictionary.to_pylist()]
    )
    odds = np.log(chance + 1e-3) - np.log(1 - chance + 1e-3)
    return np.clip(odds, -_LINGUA_MOST, _LINGUA_MOST)[distinct.indices.to_numpy()]


def _source_odds(sure: np.ndarray, sources: pa.Array | None) -> np.ndarray:
    """Per text the log-odds of French in its source, by texts that are sure (0: unsure)."""
    of = np.zeros(len(sure), np.int64)
    if sources is not None:
        encoded = pc.fill_null(sources.cast(pa.string()), "").dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        of = encoded.indices.to_numpy().astype(np.int64)
    groups = int(of.max()) + 1 if len(of) else 0
    french = np.bincount(of, sure > 0, groups) + _SOURCE_PRIOR
    english = np.bincount(of, sure < 0, groups) + _SOURCE_PRIOR
    return np.clip(np.log(french / english), -_SOURCE_MOST, _SOURCE_MOST)[of]


def _by_lingua(texts: pa.Array, detector: Any) -> pa.Array:
    """Lingua alone: what is left for languages whose words are not weighed here."""
    encoded = pc.utf8_slice_codeunits(texts, 0, _LINGUA_CHARACTERS).dictionary_encode()
    found = detector.detect_languages_in_parallel_of(encoded.dictionary.to_pylist())
    codes = [None if one is None else one.iso_code_639_1.name.lower() for one in found]
    return pa.array(codes, pa.string()).take(encoded.indices)


def _lingua_language(code: str) -> Any:
    # Loaded here: its models are read when they are asked for, not by every command.
    from lingua import IsoCode639_1, Language

    try:
        return Language.from_iso_code_639_1(IsoCode639_1.from_str(code.upper()))
    except ValueError:
        raise SettingsError(
            f"no language detector for '{code}'",
            hint="use ISO 639-1 codes, such as fr, en, de",
            language=code,
        ) from None


@cache
def _detector(among: tuple[str, ...]) -> Any:
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(*map(_lingua_language, among)).build()
