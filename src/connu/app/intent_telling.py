"""Telling intents, kind by kind, on the same trails.

One module a kind, alike: it learns, writes the rows, keeps the model, and gives back a Part, which
names the tables it made. Nothing is told of a kind that its own model refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from connu.app.intent_affinities import tell_affinities
from connu.app.intent_buying import tell_buying
from connu.app.intent_moments import tell_moments
from connu.app.intent_next import tell_next
from connu.app.intent_parts import Part
from connu.app.intent_staying import tell_staying
from connu.engine.protocol import Engine
from connu.kernel.progress import Progress, Silent
from connu.kernel.settings import Settings
from connu.know.trails import Trails


def tell_parts(
    engine: Engine,
    settings: Settings,
    trails: Trails,
    store: Path,
    *,
    progress: Progress | None = None,
) -> Iterator[Part]:
    """Every kind in turn; `staying` and `moments` are made, what was told becomes tables of parts.

    Args:
        engine: where the tables are made.
        settings: the brand's.
        trails: of everybody.
        store: the folder of the models.
        progress: who watches.
    """
    watched = progress or Silent()
    for name, tell in (
        ("affinities", tell_affinities),
        ("buying", tell_buying),
        ("next", tell_next),
        ("staying", tell_staying),
        ("moments", tell_moments),
    ):
        with watched.stage(name):
            yield tell(engine, settings, trails, store, progress=progress)
