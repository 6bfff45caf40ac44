"""The truth about texts: what each statement means and where it stands; what ratings hang on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.chance import Ints
from connu.sample.formats import write_csv
from connu.sample.records import pick
from connu.sample.sayings import (
    COMPLAINT,
    DIMENSIONS,
    FORMS,
    LANGUAGES,
    NONE,
    OTHERS,
    PEERS,
    PRAISE,
    SHOULD,
    sayings,
)
from connu.sample.truth import labels
from connu.sample.voices import Voice

POLARITIES = ("negative", "neutral", "positive")
STATUSES = ("unmet", "unknown", "met")


def polarity(form: Ints) -> Ints:
    """Praise is positive; wishes, advice and telling are neutral; the rest is negative."""
    return np.where(form == PRAISE, 2, np.where(form >= SHOULD, 1, 0))


def status(form: Ints) -> Ints:
    """Praise: met. Complaint to comparison: unmet. What should be, is wished, or is said to or of
    others: unknown."""
    return polarity(form)


def write_statements(folder: Path, voices: list[Voice]) -> int:
    """truth/statements.csv and truth/verbatims.csv.

    `form` is «should» for tips to other customers and demands on others; the addressee tells them
    apart. A statement that means nothing has the form «none» and no theme. `basis` is implied for
    a complaint, else explicit.

    Returns:
        The statements written.
    """
    stock = sayings()
    parts, wholes = [], []
    for voice in voices:
        texts = voice.texts
        form, theme = texts.form, texts.theme
        plain = form == NONE
        coded = theme >= 0
        spoken = np.where((form == PEERS) | (form == OTHERS), SHOULD, form)
        addressee = np.where(form == PEERS, 1, np.where(form == OTHERS, 2, 0))
        parts.append(
            pa.table(
                {
                    "source": pa.array([voice.source] * len(form)),
                    "verbatim_id": voice.ids.take(pa.array(texts.of)),
                    "start": pa.array(texts.start),
                    "end": pa.array(texts.end),
                    "quote": texts.quote,
                    "dimension": pa.array(DIMENSIONS).take(
                        pa.array(stock.dimension[theme], mask=~coded)
                    ),
                    "theme": pa.array(stock.themes).take(pa.array(theme, mask=~coded)),
                    "polarity": pa.array(POLARITIES).take(pa.array(polarity(form), mask=plain)),
                    "status": pa.array(STATUSES).take(pa.array(status(form), mask=plain)),
                    "form": pick(FORMS, spoken),
                    "addressee": pa.array(("brand", "peers", "other")).take(
                        pa.array(addressee, mask=plain)
                    ),
                    "basis": pa.array(("explicit", "implied")).take(
                        pa.array((form == COMPLAINT).astype(int), mask=~coded)
                    ),
                }
            )
        )
        wholes.append(
            pa.table(
                {
                    "source": pa.array([voice.source] * len(voice.ids)),
                    "verbatim_id": voice.ids,
                    "person": labels(voice.who),
                    "language": pick(LANGUAGES, texts.language),
                    "statements": pa.array(np.bincount(texts.of, minlength=len(voice.ids))),
                }
            )
        )
    statements = pa.concat_tables(parts)
    write_csv(folder / "truth" / "statements.csv", statements)
    write_csv(folder / "truth" / "verbatims.csv", pa.concat_tables(wholes))
    _write_labels(folder / "truth" / "expectations.jsonl", statements)
    return len(statements)


def _write_labels(path: Path, statements: pa.Table) -> None:
    """One line per text with expectations of the brand, as `connu evaluate expectations` reads it:
    themes, and polarity and status per theme (the worst, where a theme comes twice)."""
    coded = statements.filter(
        pc.and_(pc.is_valid(statements["theme"]), pc.equal(statements["addressee"], "brand"))
    )
    by_text: dict[str, dict[str, tuple[int, int]]] = {}
    for verbatim, theme, felt, state in zip(
        *(coded[name].to_pylist() for name in ("verbatim_id", "theme", "polarity", "status")),
        strict=True,
    ):
        themes = by_text.setdefault(verbatim, {})
        now = (POLARITIES.index(felt), STATUSES.index(state))
        themes[theme] = min(now, themes.get(theme, now))
    with path.open("w", encoding="utf-8") as file:
        for verbatim, themes in by_text.items():
            file.write(
                json.dumps(
                    {
                        "id": verbatim,
                        "themes": sorted(themes),
                        "polarity": {t: POLARITIES[themes[t][0]] for t in sorted(themes)},
                        "status": {t: STATUSES[themes[t][1]] for t in sorted(themes)},
                    },
                    ensure_ascii=False,
                )
                + "\n"
            )


def write_drivers(folder: Path) -> None:
    """truth/drivers.csv: what each theme does to a rating, in stars, and how often it is met."""
    stock = sayings()
    write_csv(
        folder / "truth" / "drivers.csv",
        pa.table(
            {
                "theme": pa.array(stock.themes),
                "dimension": pick(DIMENSIONS, stock.dimension),
                "effect_stars": pa.array(stock.effect),
                "met_share": pa.array(stock.met_share),
                "weight": pa.array(stock.weight),
            }
        ),
    )
