"""The coding desk on a terminal: one verbatim after the other, one line of keys for each.

Plain lines in and out, so that it works in any terminal, over a slow connection and from a pipe. A
text is shown as text: marks, escape sequences and directions of writing in it do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connu.cli.screen import plain
from connu.cli.typed_codes import (
    shown_codes,
    shown_theme,
    typed_codes,
    with_themes,
    without_themes,
)
from connu.kernel.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from connu.app.desk import Desk
    from connu.app.to_code import ToCode
    from connu.understand.codes import Codes

#: Of a longer text, what is shown until more is asked for.
_CHARACTERS = 2_000
HELP = """\
Enter      keep what is proposed (or what you said before)
4-u 9      keep these themes instead, by number or name; a key after a theme says
           polarity + positive, - negative, = neutral; status m met, u unmet, ? unknown
0          keep that it speaks of no theme
c          take what the chat model proposes instead; then Enter
a 4-       add a theme to what is proposed; d 9 takes one out; then Enter
s  b  x    skip; back to the one before; take back your codes of this one
t  p  m    the themes; how many labels there are; more of a long text
? 4        what theme 4 means
q          quit: everything kept is in the journal"""


@dataclass
class Session:
    """What happened at the desk.

    Attributes:
        kept: verbatims coded.
        skipped: left as they were.
        taken_back: codes taken back.
    """

    kept: int = 0
    skipped: int = 0
    taken_back: int = 0


class Conversation:
    """A person at the desk.

    Args:
        desk: open.
        console: where it is shown.
        read: gives the next line with its end; nothing at the end of the input.
    """

    def __init__(self, desk: Desk, console: Console, read: Callable[[], str]) -> None:
        self._desk, self._console, self._read = desk, console, read
        self._themes = list(desk.codebook.names)
        self._session = Session()
        self._asides: dict[str, Callable[[ToCode], None]] = {
            "t": lambda shown: self._print_themes(),
            "p": lambda shown: self._print_progress(),
            "m": lambda shown: self._say(plain(shown.text[_CHARACTERS:]) or "That was all of it."),
        }

    def hold(self) -> Session:
        """Show verbatims and keep answers until there is none left, or the person quits."""
        place = 0
        self._print_themes()
        self._say("[dim]? shows the keys.[/]")
        while 0 <= place < len(self._desk):
            step = self._ask(place)
            if step is None:
                break
            place = max(0, place + step)
        else:
            self._say("Nothing is left to code here.")
        return self._session

    def _ask(self, place: int) -> int | None:
        """Show one verbatim and do what is said of it.

        Returns:
            How many places to go on; None to quit.
        """
        shown = self._desk.at(place)
        draft = shown.draft
        self._show(place, shown, draft)
        while True:
            line = self._line()
            if line is None or line == "q":
                return None
            word, _, rest = line.partition(" ")
            try:
                if word in ("a", "d") and rest.strip():
                    some = typed_codes(rest, self._themes, draft)
                    draft = (with_themes if word == "a" else without_themes)(draft, some)
                    self._say(f"Enter keeps: {self._told(draft)}")
                elif line == "c" and shown.chat is not None:
                    draft = shown.chat
                    self._say(f"Enter keeps: {self._told(draft)}")
                elif line == "c":
                    self._say("No chat model proposes anything here.")
                elif word == "?":
                    self._explain(rest.strip())
                elif line in self._asides:
                    self._asides[line](shown)
                elif line == "s":
                    self._session.skipped += 1
                    return 1
                elif line == "b" and place:
                    return -1
                elif line == "b":
                    self._say("This is the first.")
                elif line == "x":
                    self._take_back(shown)
                    draft = self._desk.at(place).draft
                elif not line and self._desk.hidden and shown.mine is None and not draft.themes:
                    self._say("Say the themes, 0 for none, s to skip.")
                else:
                    self._keep(shown, self._codes(line, draft))
                    return 1
            except UsageError as error:
                self._say(f"{plain(error.message)}: {plain(error.hint or '')}")

    # ------------------------------------------------------------------ what is done
    def _codes(self, line: str, draft: Codes) -> Codes:
        if not line:
            return draft
        return typed_codes("" if line == "0" else line, self._themes, draft)

    def _keep(self, shown: ToCode, codes: Codes) -> None:
        self._desk.keep(shown, codes)
        self._session.kept += 1
        labels = self._desk.labels()
        counts = [f"{theme} {progress(labels.get(theme, 0))}" for theme in codes.themes]
        self._say("[green]Kept.[/] " + plain(", ".join(counts) or "It speaks of no theme."))

    def _take_back(self, shown: ToCode) -> None:
        if shown.mine is None:
            self._say("You have not coded this one.")
            return
        self._desk.take_back(shown)
        self._session.taken_back += 1
        self._say("Your codes of this one are taken back.")

    # ------------------------------------------------------------------ what is shown
    def _show(self, place: int, shown: ToCode, draft: Codes) -> None:
        asked = shown.asked
        about = [f"{place + 1:,} of {len(self._desk):,}", f"{asked.source}:{asked.verbatim_id}"]
        about += [] if shown.time is None else [f"{shown.time:%Y-%m-%d}"]
        about += [] if shown.channel is None else [shown.channel]
        about += [] if shown.rating is None else [f"rating {shown.rating:g}"]
        about += [] if shown.nps is None else [f"NPS {shown.nps:g}"]
        self._say(f"\n[bold]{plain(' · '.join(about))}[/]")
        self._say(plain(shown.text[:_CHARACTERS]))
        if len(shown.text) > _CHARACTERS:
            self._say(f"[dim]… {len(shown.text) - _CHARACTERS:,} more characters: m shows them[/]")
        if shown.mine is not None:
            self._say(f"You said before: {self._told(shown.mine)}")
        for one in shown.proposals if shown.mine is None else ():
            said = shown_theme(one.theme, self._themes, one.polarity, one.status)
            doubt = " – in doubt" if one.theme == asked.theme else ""
            self._say(f"  [dim]{one.probability:4.0%}[/] {plain(said + doubt)}")
        if shown.chat is not None and shown.mine is None:
            self._say(f"  [dim]chat[/] {self._told(shown.chat)} [dim]– c takes it[/]")
        if not self._desk.hidden or shown.mine is not None:
            self._say(f"Enter keeps: {self._told(draft)}")

    def _print_themes(self) -> None:
        groups: dict[str, list[str]] = {}
        for theme in self._themes:
            dimension = self._desk.codebook.theme(theme).dimension
            groups.setdefault(dimension, []).append(shown_theme(theme, self._themes))
        for dimension, told in groups.items():
            self._say(f"[bold]{dimension}[/]  {plain(' · '.join(told))}")

    def _print_progress(self) -> None:
        for theme, labels in self._desk.labels().items():
            self._say(plain(f"  {shown_theme(theme, self._themes):<30} {progress(labels)}"))

    def _explain(self, word: str) -> None:
        from connu.understand.codes import coded

        if not word:
            self._say(HELP)
            return
        for name in typed_codes(word, self._themes, coded([])).themes:
            theme = self._desk.codebook.theme(name)
            self._say(f"[bold]{plain(shown_theme(name, self._themes))}[/]")
            for language, definition in theme.definition.items():
                examples = "; ".join(theme.examples.get(language, ()))
                self._say(f"  {language}: {plain(definition)}")
                self._say(f"      [dim]{plain(examples)}[/]")

    # ------------------------------------------------------------------ lines
    def _line(self) -> str | None:
        self._console.print("> ", end="")
        self._console.file.flush()
        try:
            line = self._read()
        except KeyboardInterrupt:
            line = ""
        if not line:
            self._say("")
            return None
        return line.strip()

    def _say(self, text: str) -> None:
        self._console.print(text)

    def _told(self, codes: Codes) -> str:
        return plain(shown_codes(codes, self._themes))


def progress(labels: int) -> str:
    """How many labels a theme has, of how many that are worth reaching.

    >>> progress(3), progress(16), progress(40)
    ('3/16', '16/32', '40, plenty')
    """
    from connu.app.desk import ENOUGH, PLENTY

    if labels >= PLENTY:
        return f"{labels}, plenty"
    return f"{labels}/{ENOUGH if labels < ENOUGH else PLENTY}"
