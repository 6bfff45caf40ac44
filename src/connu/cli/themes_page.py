"""The codebook and a theme, on the screen. Whatever customers wrote only shows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.theme_sheet import ThemeSheet
    from connu.app.themes import CodebookView, ThemeLine
    from connu.understand.coverage import Coverage
    from connu.understand.induction import Induced, Proposal

#: Measures shown as a theme's reliability, the first that is there.
_MEASURES = ("f1", "F1", "alpha", "precision")


def print_codebook(console: Console, view: CodebookView, purpose: str) -> None:
    """Themes with counts, coverage, proposals."""
    from connu.cli.screen import plain, table

    whose = "connu's own" if view.file is None else "codebook.toml"
    console.print(f"Codebook ({whose}, version {view.version}): {len(view.themes)} themes.")
    rows = [
        (one.dimension, one.name, one.met, one.unmet, one.unknown, one.labels, _figure(one))
        for one in view.themes
    ]
    headers = ("dimension", "theme", "met", "unmet", "unknown", "labels", "reliability")
    console.print(table(headers, rows, right=headers[2:6]))
    if view.silence is not None:
        console.print(f"[yellow]![/] Nothing is counted: {plain(view.silence)}")
    if view.coverage is not None:
        _coverage(console, view.coverage)
    if view.left_out:
        console.print(
            f"{view.left_out:,} statements left out: whoever wrote them did not grant "
            f"«{plain(purpose)}»."
        )
    if view.induced is not None:
        _induced(console, view.induced)


def print_sheet(console: Console, sheet: ThemeSheet) -> None:
    """One theme."""
    from connu.cli.screen import plain, table

    theme, line = sheet.theme, sheet.line
    console.print(f"[bold]{plain(theme.name)}[/] ({theme.dimension})")
    if sheet.was:
        console.print(f"  it was: {plain(', '.join(sheet.was))}")
    for language, text in theme.definition.items():
        console.print(f"  {_tagged(language)}{plain(text)}")
    for word, texts in (("examples", theme.examples), ("seeds", theme.seeds)):
        for language, listed in texts.items():
            joint = "; " if word == "examples" else ", "
            console.print(f"  {word} {_tagged(language)}{plain(joint.join(listed))}")
    if line.met is not None:
        console.print(
            f"Expectations: {line.met:,} met, {line.unmet:,} unmet, {line.unknown:,} unknown; "
            f"labels by hand: {line.labels:,}."
        )
    for measure, (figure, low, high) in line.reliability.items():
        if figure is not None:
            within = "" if low is None or high is None else f" [{low:.2f}–{high:.2f}]"
            console.print(f"  {plain(measure)} {figure:.2f}{within}")
    if sheet.words:
        console.print(f"Words: {plain(', '.join(word.shown for word in sheet.words))}")
    for quote in sheet.quotes:
        console.print(f"  «{plain(quote)}»")
    if sheet.months:
        rows = [(one.month, one.met, one.unmet, one.expectations) for one in sheet.months]
        headers = ("month", "met", "unmet", "all")
        console.print(table(headers, rows, right=headers[1:]))
    if sheet.silence is not None:
        console.print(f"[yellow]![/] {plain(sheet.silence)}")


# ---------------------------------------------------------------------- within
def _coverage(console: Console, found: Coverage) -> None:
    from connu.cli.screen import percent

    share = found.covered_share
    speaking = found.covered + found.uncovered
    console.print(
        f"Coverage: of {found.statements:,} statements {speaking:,} speak of something; "
        + (f"{percent(share)} of these have a theme" if share is not None else "none has a theme")
        + f", {found.uncovered:,} have not. {found.general:,} are general, {found.slight:,} say "
        "too little."
    )
    by = ", ".join(f"{name} {count:,}" for name, count in found.dimensions.items())
    console.print(f"  by dimension: {by}")
    spoken = ", ".join(
        f"{name or 'unknown'} {percent(covered / n)}"
        for name, (n, covered) in found.languages.items()
        if n
    )
    console.print(f"  by language: {spoken}")


def _induced(console: Console, found: Induced) -> None:
    if found.too_few:
        console.print(
            f"[yellow]![/] {found.read:,} statements are too few to propose themes by: "
            f"{found.too_few:,} more are needed."
        )
        return
    if not found.proposals:
        console.print("No theme is proposed: nothing was found again in every sample.")
        return
    console.print(f"\nProposed, from {found.read:,} statements (names are their first word):")
    for one in found.proposals:
        _proposal(console, one)
    if found.unstable:
        console.print(
            f"[dim]{found.unstable:,} clusters were not found again in other samples and are left "
            "out.[/]"
        )
    console.print("To take one in: connu themes --accept NAME --as YOUR_NAME")


def _proposal(console: Console, one: Proposal) -> None:
    from connu.cli.screen import percent, plain

    stable = "stable" if one.stable else "a pattern with loose edges"
    console.print(
        f"\n[bold]{plain(one.name)}[/]  {one.statements:,} statements ({percent(one.share)}) of "
        f"{one.verbatims:,} verbatims, {one.met:,} met, {one.unmet:,} unmet; {stable} "
        f"({one.stability:.2f})"
    )
    if one.covered:
        part = f"{percent(one.within)} of it is told «{plain(one.nearest)}» already: a part of it?"
    else:
        part = f"not covered; nearest theme «{plain(one.nearest)}» ({one.likeness:.2f})"
    console.print(f"  {part}")
    console.print(f"  words: {plain(', '.join(word.shown for word in one.words))}")
    for quote in one.quotes:
        console.print(f"  «{plain(quote)}»")


def _figure(line: ThemeLine) -> str:
    """A theme's reliability, the measure named."""
    for measure in (*_MEASURES, *line.reliability):
        figure, low, high = line.reliability.get(measure, (None, None, None))
        if figure is not None:
            within = "" if low is None or high is None else f" [{low:.2f}–{high:.2f}]"
            return f"{measure} {figure:.2f}{within}"
    return ""


def _tagged(language: str) -> str:
    return f"{language}: " if language else ""
