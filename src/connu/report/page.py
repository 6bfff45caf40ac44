"""The page: a scorecard as one HTML document, and the file it is written to.

Values reach the page through Jinja's escaping alone; nothing of a brand is ever markup, an address
or a script.
"""

from __future__ import annotations

import json
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from connu.kernel.errors import UsageError
from connu.ledger.files import io_error, write_atomically
from connu.measure.card import Scorecard
from connu.measure.claims import Breakdown
from connu.measure.few import K_LEAST
from connu.report import look, parts
from connu.report.bundle import Bundling, digest_of
from connu.report.charts import charts_of
from connu.report.drawing import Chart, awake, drawn
from connu.report.numbers import Numbers
from connu.report.query import laid_out
from connu.report.texts import Said

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_FOLDER = Path(__file__).parent
_SECTIONS = ("identify", "know", "understand", "rightly", "seen")
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<circle cx="8" cy="8" r="7" fill="#0b6670"/><circle cx="8" cy="8" r="3" fill="#fff"/></svg>'
)


def report_html(card: Scorecard, *, language: str) -> str:
    """The scorecard as one HTML document that loads nothing.

    The same card gives the same bytes. Cost: about 2 s and two cores, most of it Vega's.

    Args:
        card: what is told.
        language: en or fr.
    """
    charts = charts_of(card, language)
    bundling = Bundling() if charts else None
    try:
        said = _said(card, language) | _drawn(charts, language)
        bundle = bundling.result() if bundling else None
    finally:
        if bundling:
            bundling.stop()
    style, script = _text("style.css"), _text("script.js")
    scripts = [digest_of(script), *([bundle.digest] if bundle else [])]
    policy = (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src {digest_of(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            **said,
            style=_markup(style),
            script=_markup(script),
            policy=policy,
            bundle=bundle,
            icon=f"data:image/svg+xml,{quote(_ICON)}",
        )
    )


def write_report(card: Scorecard, path: Path, language: str) -> int:
    """Write the report; a reader sees the old file or the new one, never a part.

    Returns:
        The file's size in bytes.

    Raises:
        UsageError: no page can be written there.
        BuildError: the file cannot be written.
    """
    check_path(path)
    content = report_html(card, language=language).encode()
    try:
        write_atomically(path, content)
    except OSError as error:
        raise io_error("the report could not be written", error) from error
    return len(content)


def check_path(path: Path) -> None:
    """See that a page can be written there, before anything is computed.

    Raises:
        UsageError: another suffix, or no such folder.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(
            f"the report is a page, and «{path.name}» does not end in .html",
            hint="use connu scorecard --json for other programs",
            file=path,
        )
    if not path.resolve().parent.is_dir() or path.is_dir():
        raise UsageError(
            "the report cannot be written there",
            hint="name a file in a folder that exists",
            file=path,
        )


def _said(card: Scorecard, language: str) -> dict[str, Any]:
    """What the templates tell, but for the charts."""
    labels = {point.name: point.name for point in card.trend}
    for name in labels:
        claim = card.claim(name)
        if claim is not None:
            labels[name] = claim.label.said(language)
    return {
        "card": card,
        "language": language,
        "t": Said(language),
        "n": Numbers(language, card.currency),
        "least": K_LEAST,
        "looks": look.looks(card),
        "shown": parts.shown(card),
        "sections": {name: parts.section(card, name) for name in _SECTIONS},
        "kinds": parts.checks_by_kind(card),
        "trends": parts.trends(card),
        "trend_labels": labels,
        "queries": parts.queries(card),
        "empty": parts.is_empty(card),
    }


def _drawn(charts: dict[str, dict[str, Chart]], language: str) -> dict[str, Any]:
    """The charts: by name, their markup (of one drawn for wide and narrow screens, both); and all
    their specifications, for whoever wants them interactive."""
    locale = Numbers(language).locale
    drawings, specs = {}, {}
    for place, (name, kinds) in enumerate(charts.items()):
        made = []
        for kind, chart in kinds.items():
            drawing = f"g{place}{kind[:1]}"
            made.append(drawn(chart, drawing, locale, kind))
            specs[drawing] = awake(chart)
        drawings[name] = _markup("".join(made))
    return {"drawings": drawings, "specs": _json({"locale": locale, "specs": specs})}


def _json(value: Any) -> Markup:
    """JSON that may stand in a script element: nothing in it ends one, or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return _markup(text)


def _markup(text: str) -> Markup:
    """Text of the page's own, or made safe: the templates take it as it is."""
    from markupsafe import Markup

    return Markup(text)


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
    made.filters.update(cap=parts.capital, quoted=shlex.quote, sql=laid_out, said_in=_said_in)
    made.globals.update(
        cell_words=parts.cell_words,
        labels_of=parts.labels_of,
        words_of=parts.words_of,
        swatches=parts.swatches,
        told_apart=parts.told_apart,
        status_class=_status_class,
    )
    return made


def _said_in(breakdown: Breakdown, language: str) -> str:
    return breakdown.label.said(language)


def _status_class(status: object) -> str:
    """A class of the page's own: nothing of a brand becomes one."""
    return status if isinstance(status, str) and status in ("met", "unmet") else "wished"
