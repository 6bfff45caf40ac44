"""The page: a scorecard as one HTML document, and the file it is written to.

Values reach the page through Jinja's escaping alone; nothing of a brand is ever markup, an address
or a script.
"""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from connu.ledger.files import write_atomically
from connu.measure.card import Scorecard
from connu.measure.few import K_LEAST
from connu.report import look, parts
from connu.report.numbers import Numbers
from connu.report.texts import Said

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent
_SECTIONS = ("identify", "know", "understand", "rightly", "seen")
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<circle cx="8" cy="8" r="7" fill="#0b6670"/><circle cx="8" cy="8" r="3" fill="#fff"/></svg>'
)


def report_html(card: Scorecard, *, language: str) -> str:
    """The scorecard as one HTML document that loads nothing.

    The same card gives the same bytes.

    Args:
        card: what is told.
        language: en or fr.
    """
    from markupsafe import Markup

    page = _environment().get_template("page.html.jinja")
    labels = {point.name: point.name for point in card.trend}
    for name in labels:
        claim = card.claim(name)
        if claim is not None:
            labels[name] = claim.label.said(language)
    style = Markup(_text("style.css"))
    return page.render(
        card=card,
        language=language,
        t=Said(language),
        n=Numbers(language, card.currency),
        least=K_LEAST,
        looks=look.looks(card),
        shown=parts.shown(card),
        sections={name: parts.section(card, name) for name in _SECTIONS},
        kinds=parts.checks_by_kind(card),
        trends=parts.trends(card),
        trend_labels=labels,
        queries=parts.queries(card),
        empty=parts.is_empty(card),
        drawings={},
        style=style,
        policy="default-src 'none'; img-src data:; style-src 'unsafe-inline'",
        icon=f"data:image/svg+xml,{quote(_ICON)}",
    )


def write_report(card: Scorecard, path: Path, language: str) -> int:
    """Write the report; a reader sees the old file or the new one, never a part.

    Returns:
        The file's size in bytes.

    Raises:
        OSError: the file cannot be written.
    """
    content = report_html(card, language=language).encode()
    write_atomically(path, content)
    return len(content)


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(cap=_capital, slug=_slug, quoted=shlex.quote, sql=_flush)
    made.globals.update(
        cell_words=parts.cell_words,
        labels_of=parts.labels_of,
        words_of=parts.words_of,
        swatches=parts.swatches,
        status_class=_status_class,
    )
    return made


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _slug(name: str) -> str:
    """A theme's name as words: `delivery_time` is read «delivery time»."""
    return name.replace("_", " ")


def _flush(query: str) -> str:
    """A query without the indent it has in the code."""
    import textwrap

    return textwrap.dedent(query).strip()


def _status_class(status: object) -> str:
    """A class of the page's own: nothing of a brand becomes one."""
    return status if isinstance(status, str) and status in ("met", "unmet") else "wished"
