"""A small codebook and made texts in both languages, of which everything is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from connu.understand.codebook import Codebook, codebook_from
from connu.understand.corpus import Corpus, corpus_of

THEMES = ("delivery", "price", "staff", "overall")
_RAW = {
    "themes": {
        "delivery": {
            "dimension": "interaction",
            "definition": {"en": "How fast parcels arrive.", "fr": "La vitesse de livraison."},
            "examples": {"en": ["my parcel came late"], "fr": ["le colis est arrivé en retard"]},
            "seeds": {"en": ["parcel*", "deliver*"], "fr": ["colis", "livraison*"]},
        },
        "price": {
            "dimension": "product",
            "definition": {"en": "What it costs.", "fr": "Ce que cela coûte."},
            "examples": {"en": ["far too expensive"], "fr": ["beaucoup trop cher"]},
            "seeds": {"en": ["price*", "expensive"], "fr": ["prix", "cher*"]},
        },
        "staff": {
            "dimension": "interaction",
            "definition": {"en": "How people are received.", "fr": "L'accueil par le personnel."},
            "examples": {"en": ["the staff were rude"], "fr": ["vendeuse aimable"]},
            "seeds": {"en": ["staff"], "fr": ["vendeu*", "personnel"]},
        },
        "overall": {
            "dimension": "brand",
            "general": True,
            "definition": {"en": "All in all, no aspect named.", "fr": "Dans l'ensemble."},
            "examples": {"en": ["great"], "fr": ["parfait"]},
            "seeds": {},
        },
    }
}
#: By language, of each theme: what is said where content, and where discontent. No seed stands in
#: those of HIDDEN: they are only heard by whoever learnt from labels.
SAID = {
    "en": {
        "delivery": ("the parcel arrived quickly", "the delivery was terribly late"),
        "price": ("the price is great", "the price is awful, far too expensive"),
        "staff": ("the staff were lovely", "the staff were rude"),
    },
    "fr": {
        "delivery": ("le colis est arrivé très vite, super", "la livraison est catastrophique"),
        "price": ("le prix est excellent", "le prix est scandaleux, trop cher"),
        "staff": ("le personnel est charmant", "le personnel est désagréable"),
    },
}
HIDDEN = {"delivery": "zorblatt", "price": "quibbon", "staff": "wexley"}
_FILLED = ("today", "again", "in town", "last week", "on monday", "as ever", "at noon", "this year")


def codebook() -> Codebook:
    """The four themes."""
    return codebook_from(_RAW)


def corpus(texts: list[str | None], language: str | None = "en") -> Corpus:
    """Texts, all in one language."""
    return corpus_of(pa.array(texts, pa.string()), pa.array([language] * len(texts), pa.string()))


def mixed(rounds: int = 1) -> tuple[Corpus, np.ndarray, np.ndarray]:
    """Every saying in both languages; with its theme and whether it is content (2) or not (0)."""
    texts, languages, theme, polarity = [], [], [], []
    for turn in range(rounds):
        for language, said in SAID.items():
            for name, sides in said.items():
                for side, text in zip((2, 0), sides, strict=True):
                    texts.append(f"{text} {_FILLED[turn % len(_FILLED)]}")
                    languages.append(language)
                    theme.append(THEMES.index(name))
                    polarity.append(side)
    made = corpus_of(pa.array(texts, pa.string()), pa.array(languages, pa.string()))
    return made, np.array(theme), np.array(polarity)


def hidden(rounds: int) -> tuple[list[str], np.ndarray]:
    """Texts that name their themes by words no seed knows, and their themes."""
    texts, theme = [], []
    for turn in range(rounds):
        for name, word in HIDDEN.items():
            texts.append(f"we talked of the {word} {_FILLED[turn % len(_FILLED)]} {turn}")
            theme.append(THEMES.index(name))
    return texts, np.array(theme)


def one_hot(theme: np.ndarray) -> np.ndarray:
    """bool (n, themes)."""
    return np.asarray(np.eye(len(THEMES), dtype=bool)[theme])
