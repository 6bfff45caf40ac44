"""A theme on the screen: each quote in its sentence, with who said it, when, and how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.expectations_view import ThemeView
    from connu.app.theme_page import ThemeVerbatim

#: Of what stands before and after a quote, what is shown (code points).
_AROUND = 160


def print_theme(console: Console, view: ThemeView, page: int) -> None:
    """A screen of a theme."""
    from connu.cli.expectations_page import print_heard
    from connu.cli.screen import plain, shown

    print_heard(console, view.heard)
    told = view.page
    if told is None:
        return
    for answer in view.answers:
        console.print(f"[bold]We did[/] ({answer['at']:%Y-%m-%d}): {plain(answer['text'])}")
    if told.hidden:
        console.print(f"Of «{plain(told.theme)}» too few customers of this segment spoke.")
        return
    if not told.verbatims:
        console.print(f"Nobody spoke of «{plain(told.theme)}» so.")
        return
    last = told.first + len(told.shown) - 1
    console.print(
        f"[bold]{plain(told.theme)}[/]: {shown(told.verbatims)} statements, of "
        f"{shown(told.customers)} customers"
    )
    for one in told.shown:
        console.print(f"\n[dim]{plain(_about(one))}[/]")
        before, after = _clipped(one.before, one.after)
        console.print(f"{plain(before)}[bold]{plain(one.quote)}[/]{plain(after)}")
    if last < told.verbatims:
        console.print(
            f"\n{shown(told.first)} to {shown(last)} of {shown(told.verbatims)}; --page {page + 1} "
            "shows the next."
        )
    elif not told.shown:
        console.print("There is no such page: fewer were said.")


def _about(one: ThemeVerbatim) -> str:
    """Date, channel, subject, how it was understood and how surely, on one line."""
    who = one.subject or "nobody known"
    if one.subject_kind == "visitor":
        who = f"visitor {who}"
    understood = one.status if one.form == "none" else f"{one.status}, {one.form}"
    told = [
        "no date" if one.time is None else f"{one.time:%Y-%m-%d}",
        one.channel or one.source,
        who,
        f"{one.source}:{one.verbatim_id}",
        understood,
        "coded by hand" if one.by == "hand" else f"{100 * one.probability:.0f} %",
    ]
    return " · ".join(told)


def _clipped(before: str, after: str) -> tuple[str, str]:
    if len(before) > _AROUND:
        before = "…" + before[-_AROUND:]
    if len(after) > _AROUND:
        after = after[:_AROUND] + "…"
    return before, after
