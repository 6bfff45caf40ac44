"""What intents are worth, on the screen: lists and probabilities beside plainer ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connu.cli.status import spoken_aside

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.affinity_evaluation import AffinityScore
    from connu.app.buying_evaluation import BuyScore
    from connu.app.intent_figures import IntentsEvaluation
    from connu.app.next_evaluation import NextEvaluation
    from connu.app.staying_evaluation import StayScore
    from connu.measure.intervals import Share
    from connu.measure.lift import Lift
    from connu.measure.purchases import PurchaseScore
    from connu.measure.ranking import RankingScore

_PARTS = {
    "next": "what comes next",
    "buy": "who buys",
    "affinity": "what somebody is drawn to",
    "stay": "who stays",
}


def print_intents(console: Console, evaluation: IntentsEvaluation) -> None:
    """An evaluation on the screen."""
    split = f"up to {_moment(evaluation.now)} (UTC)"
    if evaluation.next is not None or evaluation.buying or evaluation.affinities:
        split = (
            f"learnt up to {_moment(evaluation.cut)}, judged {split}: {evaluation.events:,} "
            f"events before, {evaluation.after:,} after"
        )
    console.print(f"[bold]Intents[/] of {evaluation.subjects:,} customers and visitors, {split}")
    if evaluation.next is not None:
        _print_next(console, evaluation.next)
    if evaluation.buying:
        _print_buying(console, evaluation.buying, "Who buys, told beforehand")
    if evaluation.affinities:
        _print_affinities(console, evaluation.affinities)
    if evaluation.staying is not None:
        _print_staying(console, evaluation.staying, _moment(evaluation.staying_cut or ""))
    if evaluation.truth:
        _print_buying(console, evaluation.truth, "The build in force, against labelled truth")
    for part, reason in evaluation.skipped.items():
        console.print(f"Not judged: {_spoken(part)} ({reason}).")
    aside = spoken_aside(evaluation.aside)
    if aside:
        console.print(f"[dim]Set aside before anything was learnt, events: {aside}.[/]")
    console.print("[dim]In brackets: the 95 % interval.[/]")


def _print_next(console: Console, judged: NextEvaluation) -> None:
    from connu.cli.screen import table

    console.print("\n[bold]What comes next[/], over all prefixes of later sessions")
    rows: list[tuple[Any, ...]] = []
    if judged.products is not None:
        rows.append(("product", *_lists(judged.products, (1, 5, 20))))
        if judged.products.unknown:
            rows.append(("… known before", *_lists(judged.products, (1, 5, 20), known=True)))
        headers = ("next", "steps", "HR@1", "HR@5", "HR@20", "MRR@5", "MRR@20")
        console.print(table(headers, rows, right=headers[1:]))
        _print_surest(console, "product", judged.products)
    shelves = [("category", judged.categories), ("… where it changes", judged.changes)]
    there = [(name, *_lists(score, (1, 3))) for name, score in shelves if score is not None]
    if there:
        titles = ("next", "steps", "HR@1", "HR@3", "MRR@3")
        console.print(table(titles, there, right=titles[1:]))
    if judged.categories is not None:
        _print_surest(console, "category", judged.categories)


def _lists(score: RankingScore, lengths: Sequence[int], *, known: bool = False) -> tuple[Any, ...]:
    lists = [score.at(length, known=known) for length in lengths]
    steps = score.steps - score.unknown if known else score.steps
    return (
        steps,
        *(_decimal(one.hit_rate) for one in lists),
        *(_decimal(one.mrr) for one in lists if one.length > 1),
    )


def _print_surest(console: Console, what: str, score: RankingScore) -> None:
    if score.unknown:
        console.print(
            f"{score.unknown:,} of {score.steps:,} steps led to a {what} never seen before the "
            "cut: counted as missed."
        )
    if score.acc50 is not None:
        console.print(
            f"The first {what} named is right {_percent(score.acc50)} of the time in the surest "
            "half of the steps"
            + (
                f"; 95 % of the time in the surest {100 * score.coverage95.share.value:.1f} %."
                if score.coverage95 is not None
                else "."
            )
        )


_ORDER = ("within", "in", "of", "judged", "bought", "AUC", "base rate", "last viewed", "PR AUC")
_WORTH = ("within", "in", "of", "lift of 10 %", "ECE", "log loss", "base rate", "coverage at 95 %")


def _print_buying(console: Console, scores: Sequence[BuyScore], title: str) -> None:
    from rich.markup import escape

    from connu.cli.screen import table

    console.print(f"\n[bold]{escape(title)}[/]: how well buyers are told from others")
    longest = max(one.horizon_days for one in scores)
    order, worth = [], []
    for one in scores:
        if one.target is not None and one.horizon_days != longest:
            continue
        score = one.score
        head = (f"{one.horizon_days} d", _where(one), _SUBJECTS[one.subjects])
        base, last = score.base, score.last_viewed
        order.append(
            (
                *head,
                score.rows,
                score.bought,
                _figure(score.auc),
                "" if base is None else _decimal(base.auc),
                "" if last is None else _decimal(last.auc),
                _decimal(score.pr_auc),
            )
        )
        worth.append(
            (
                *head,
                _lift(score.lift10),
                f"{score.ece:.4f}",
                f"{score.log_loss:.4g}",
                "" if base is None or base.log_loss is None else f"{base.log_loss:.4g}",
                f"{100 * score.coverage95.share.value:.1f} %",
            )
        )
    console.print(table(_ORDER, order, right=_ORDER[3:]))
    console.print("[bold]… and what the probabilities are worth[/]")
    console.print(table(_WORTH, worth, right=_WORTH[3:]))
    if any(one.target is not None and one.horizon_days != longest for one in scores):
        console.print("[dim]Single categories within shorter horizons: --json.[/]")


_SUBJECTS = {"all": "all", "customer": "customers", "visitor": "visitors"}


def _where(one: BuyScore) -> str:
    if one.target is not None:
        return one.target
    return "anything" if one.level == "any" else "each category"


def _print_affinities(console: Console, scores: Sequence[AffinityScore]) -> None:
    from connu.cli.screen import table

    console.print("\n[bold]What somebody is drawn to[/]: is it where he turns to next?")
    rows = [
        (
            score.depth,
            score.subjects,
            score.told,
            *(_decimal(score.affinities.at(length).hit_rate) for length in (1, 3)),
            *(_decimal(score.base.at(length).hit_rate) for length in (1, 3)),
            _decimal(score.last_viewed.at(1).hit_rate),
        )
        for score in scores
    ]
    headers = (
        "level", "came back", "told of", "HR@1", "HR@3", "base HR@1", "base HR@3", "last viewed",
    )  # fmt: skip
    console.print(table(headers, rows, right=headers))


def _print_staying(console: Console, staying: StayScore, cut: str) -> None:
    from connu.cli.screen import table

    console.print(
        f"\n[bold]Who stays[/], learnt up to {cut}: the {staying.days} days after, of "
        f"{staying.customers:,} customers"
    )
    rows = _errors("purchases", staying.purchases)
    if staying.value is not None:
        rows += _errors("value", staying.value)
    headers = ("", "connu", "BG/NBD", "lower by")
    console.print(table(headers, rows, right=headers[1:]))
    again, base = staying.again, staying.again.base
    chances = [("calibration error (ECE)", f"{again.ece:.4f}", "")]
    if base is not None:
        chances = [
            ("AUC", _figure(again.auc), _figure(base.auc)),
            ("log loss", f"{again.log_loss:.4f}", _number(base.log_loss, 4)),
            ("Brier score", f"{again.brier:.4f}", _number(base.brier, 4)),
            *chances,
        ]
    console.print(table(("buys again", "connu", "BG/NBD"), chances, right=("connu", "BG/NBD")))


def _errors(name: str, score: PurchaseScore) -> list[tuple[Any, ...]]:
    """The rows of purchases, or of their value."""
    gain = score.mae_gain
    lower = "" if gain is None else f"{gain.value:.4f} [{gain.low:.4f}–{gain.high:.4f}]"
    both = [score.errors, score.baseline]
    mae, rmse, total = (
        tuple(None if one is None else getattr(one, figure) for one in both)
        for figure in ("mae", "rmse", "total_error")
    )
    rows: list[tuple[Any, ...]] = [
        (f"{name}: mean error", *(_number(figure, 4) for figure in mae), lower),
        (f"{name}: root mean square", *(_number(figure, 4) for figure in rmse), ""),
        (f"{name}: error of the total", *(_part(figure) for figure in total), ""),
    ]
    if score.inside is not None:
        rows.append((f"{name}: within the interval told", _percent(score.inside), "", ""))
    return rows


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _part(value: float | None) -> str:
    return "" if value is None else f"{100 * value:+.1f} %".replace("-", "−")


def _decimal(share: Share | None) -> str:
    return "" if share is None else f"{share.value:.4f}"


def _figure(share: Share | None) -> str:
    return "" if share is None else f"{share.value:.4f} [{share.low:.3f}–{share.high:.3f}]"


def _percent(share: Share) -> str:
    return f"{100 * share.value:.1f} % [{100 * share.low:.1f}–{100 * share.high:.1f} %]"


def _lift(lift: Lift | None) -> str:
    return "" if lift is None else f"{lift.value:.2f} [{lift.low:.2f}–{lift.high:.2f}]"


def _moment(iso: str) -> str:
    return iso.removesuffix("Z").replace("T", " ")


def _spoken(part: str) -> str:
    """What was not judged, in words.

    >>> _spoken("stay"), _spoken("buy, any within 7 days")
    ('who stays', 'who buys, any within 7 days')
    """
    word, comma, rest = part.partition(",")
    return _PARTS.get(word, word) + comma + rest
