"""The charts of a scorecard, by the name under which the page asks for them.

Each has its table on the page: a chart shows the shape, the table holds the figures. What is
hidden for being of too few people is not drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from connu.measure.card import IntentNow, Scorecard, Theme
from connu.measure.claims import Breakdown
from connu.report import parts
from connu.report.curves import checks_spec, curve_spec, trend_spec
from connu.report.drawing import Chart
from connu.report.numbers import Numbers
from connu.report.rows import Piece, Row, rows_spec
from connu.report.texts import Said

#: Widths in pixels of charts that are drawn twice: for wide and for narrow screens.
WIDTHS = {"wide": 780, "narrow": 330}
#: How many rows a chart shows at most; its table shows all.
MOST = 12
_HALF = 360


def charts_of(card: Scorecard, language: str) -> dict[str, dict[str, Chart]]:
    """Every chart of a card: name → (wide, narrow, or "" for both) → chart."""
    return _Charts(card, language).made()


class _Charts:
    def __init__(self, card: Scorecard, language: str) -> None:
        self._card, self._language = card, language
        self._t, self._n = Said(language), Numbers(language, card.currency)

    def made(self) -> dict[str, dict[str, Chart]]:
        card = self._card
        found: dict[str, dict[str, Chart]] = {}
        for name in ("identify", "know", "understand", "seen"):
            part = parts.section(card, name)
            if _drawable(part.alike):
                found[f"alike.{name}"] = self._alike(part.alike)
            for one in part.wholes:
                if _drawable([one]):
                    found[f"parts.{one.name}"] = {"": self._whole(one)}
        themes = [theme for theme in card.themes if theme.met or theme.unmet or theme.wished]
        if themes:
            found["themes"] = self._themes(themes[:MOST])
        intents = [one for one in card.intents if one.purchases > 0 or one.value]
        if intents:
            found["intents"] = self._intents(intents)
        found |= self._checks()
        for name, points in parts.trends(card):
            claim = card.claim(name)
            label = name if claim is None else claim.label.said(self._language)
            found[f"trend.{name}"] = {"": self._chart(label, trend_spec(points, self._n))}
        return found

    def _chart(self, title: str, spec: dict, told: str = "") -> Chart:
        return Chart(title, told or self._t("chart_told"), spec)

    def _alike(self, breakdowns: Sequence[Breakdown]) -> dict[str, Chart]:
        names = parts.told_apart([one.label.said(self._language) for one in breakdowns])
        rows = [
            self._stacked(one, parts.labels_of(breakdowns))._replace(label=parts.capital(name))
            for one, name in zip(breakdowns, names, strict=True)
        ]
        return {
            kind: self._chart(self._t("known_by"), rows_spec(rows, 0, 1, width))
            for kind, width in WIDTHS.items()
        }

    def _stacked(self, one: Breakdown, labels: Sequence[str]) -> Row:
        classes = parts.swatches(labels)
        # Of a whole with hidden parts nobody can say which share the others are.
        whole = all(cell.value is not None for cell in one.cells)
        told = [(c.label, c.value) for label in labels for c in one.cells
                if c.label == label and c.value and whole]  # fmt: skip
        total, start, pieces = sum(n for _, n in told), 0, []
        for label, n in told:
            words = parts.words_of([one], label, self._language)
            said = f"{words}: {self._n.number(n)} ({self._n.percent(n / total)})"
            colour = f"var(--{classes[label]})"
            pieces.append(Piece(start / total, (start + n) / total, colour, said))
            start += n
        return Row("", "", pieces)

    def _whole(self, one: Breakdown) -> Chart:
        spec = rows_spec([self._stacked(one, parts.labels_of([one]))], 0, 1, _HALF)
        return self._chart(one.label.said(self._language), spec)

    def _themes(self, themes: Sequence[Theme]) -> dict[str, Chart]:
        t, n = self._t, self._n
        rows = []
        for theme in themes:
            met, unmet, wished = theme.met or 0, theme.unmet or 0, theme.wished or 0
            name = parts.capital(theme.called(self._language))
            pieces = [
                Piece(-unmet, 0, "var(--unmet)", f"{name}, {t('unmet')}: {n.number(unmet)}"),
                Piece(
                    -unmet - wished,
                    -unmet,
                    "var(--wished)",
                    f"{name}, {t('wished')}: {n.number(wished)}",
                ),
                Piece(0, met, "var(--met)", f"{name}, {t('met')}: {n.number(met)}"),
            ]
            told = None not in (theme.met, theme.unmet, theme.met_share)
            share = "" if not told or theme.met_share is None else n.percent(theme.met_share[0], 0)
            rows.append(Row(name, share and f"{t('met').lower()} {share}", pieces))
        low = min(piece.start for row in rows for piece in row.pieces)
        high = max(piece.end for row in rows for piece in row.pieces)
        return {
            kind: self._chart(t("themes"), rows_spec(rows, low, high, width, bare=False))
            for kind, width in WIDTHS.items()
        }

    def _intents(self, intents: Sequence[IntentNow]) -> dict[str, Chart]:
        priced = any(one.value for one in intents)
        rows = []
        for one in sorted(intents, key=lambda i: -((i.value or 0) if priced else i.purchases)):
            worth = (one.value or 0.0) if priced else one.purchases
            said = self._n.money(worth) if priced else self._n.number(worth, 1)
            if priced and one.value is None:
                said = "–"
            days = self._t("within_days", days=self._n.number(one.horizon_days))
            label = f"{parts.leaf(one.category)}, {days}"
            rows.append(Row(label, said, [Piece(0, worth, "var(--accent)", f"{label}: {said}")]))
        high = max(row.pieces[0].end for row in rows)
        title = f"{self._t('intents')}: {self._t('expected_value' if priced else 'buyers').lower()}"
        return {
            kind: self._chart(title, rows_spec(rows[:MOST], 0, high, width))
            for kind, width in WIDTHS.items()
        }

    def _checks(self) -> dict[str, dict[str, Chart]]:
        t, n, language = self._t, self._n, self._language
        found: dict[str, dict[str, Chart]] = {}
        ordered = [check for _, checks in parts.checks_by_kind(self._card) for check in checks]
        shares = [
            check
            for check in ordered
            if check.checked
            and check.claims
            and check.claims[0].unit == "share"
            and check.claims[0].value is not None
        ]
        if len(shares) > 1:
            found["checks"] = {
                kind: self._chart(
                    t("accuracy_look"), checks_spec(shares, language, t, n, width)
                )
                for kind, width in WIDTHS.items()
            }  # fmt: skip
        for check in ordered:
            if any(one.told is not None and one.right is not None for one in check.curve):
                title = f"{t('curve')}: {check.label.said(language)}"
                spec = curve_spec(check.curve, t, n)
                found[f"curve.{check.name}"] = {"": self._chart(title, spec, t("curve_explained"))}
        return found


def _drawable(breakdowns: Sequence[Breakdown]) -> bool:
    return any(
        any(cell.value for cell in one.cells) and all(cell.value is not None for cell in one.cells)
        for one in breakdowns
    )
