"""One headless Chromium, and what a page looks like in it: `looked_at` says all at once.

The pages are files, so nothing they show may need a server. Playwright lives in a thread of its
own: its synchronous calls keep an event loop running there, and other tests need theirs free.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Page

Impact = Literal["minor", "moderate", "serious", "critical"]

# Playwright gives each start a new and empty user-data-dir, and deletes it at the end.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What a page asks of the network without any request that the browser would report.
_HINTS = """() => [...document.querySelectorAll(
  'link[rel~=preconnect], link[rel~=dns-prefetch]')].map(link => link.rel + ' ' + link.href)"""

_OVERFLOW = "() => document.scrollingElement.scrollWidth - window.innerWidth"

# Pixels on the screen: text in an SVG counts as scaled, and what only screen readers get (in a box
# of at most one pixel, or cut away) does not count.
_SMALLEST = """() => {
  let smallest = null;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = node.textContent.trim(), element = node.parentElement;
    if (!words || element.closest('script, style, noscript, title, desc, template')) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true,
                                  contentVisibilityAuto: true})) continue;
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    let size = parseFloat(getComputedStyle(element).fontSize);
    if (element instanceof SVGElement && element.getScreenCTM) {
      const m = element.getScreenCTM();
      if (m) size *= Math.sqrt(Math.abs(m.a * m.d - m.b * m.c));
    }
    if (smallest === null || size < smallest[0]) smallest = [size, words.slice(0, 60)];
  }
  return smallest;
}"""


# The document as a reader without JavaScript has it, fit to be opened where scripts may run: axe
# needs timers, and these stand still where scripts may not.
_STILL = """() => {
  document.querySelectorAll('noscript').forEach(one => one.replaceWith(...one.childNodes));
  document.querySelectorAll('script').forEach(one => one.remove());
  document.querySelectorAll('*').forEach(one => [...one.attributes].forEach(
    attribute => attribute.name.startsWith('on') && one.removeAttribute(attribute.name)));
  return '<!doctype html>' + document.documentElement.outerHTML;
}"""


@dataclass(frozen=True)
class Violation:
    """One rule of axe that a page breaks."""

    rule: str
    impact: Impact
    help: str
    targets: tuple[str, ...]


@dataclass
class Look:
    """What was seen of a page, loaded at one width, light or dark, with or without JavaScript.

    Attributes:
        console: Messages of the levels error and warning, as «level: text».
        errors: Exceptions that no script of the page caught.
        dialogs: Alerts and the like, by their message; each was dismissed.
        requests: What the page asked for that is neither itself, `data:` nor `blob:`.
        violations: What axe finds, the gravest first.
        overflow: CSS pixels by which the page is wider than the window; at most 0 where none is.
        smallest: The smallest visible text: pixels as shown, and its first words; None of no text.
        title, text: The document's title, and its text as seen.
    """

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    overflow: int = 0
    smallest: tuple[float, str] | None = None
    title: str = ""
    text: str = ""

    @property
    def grave(self) -> list[Violation]:
        """What axe calls serious or critical."""
        return [one for one in self.violations if one.impact in ("serious", "critical")]

    @property
    def complaints(self) -> list[str]:
        """Everything that no page of connu may do, in words: empty is good."""
        return [
            *(f"console: {message}" for message in self.console),
            *(f"error: {message}" for message in self.errors),
            *(f"dialog: {message}" for message in self.dialogs),
            *(f"request: {address}" for address in self.requests),
            *(f"axe, {one.impact}: {one.help} ({', '.join(one.targets)})" for one in self.grave),
            *([f"{self.overflow} px too wide"] if self.overflow > 0 else []),
        ]


class Chromium:
    """A running browser. Open it once: to start it takes a second, to look a fraction of one.

    Raises:
        playwright.sync_api.Error: If the browser cannot start.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chromium")
        try:
            self._thread.submit(self._start).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def _start(self) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
        except BaseException:
            self._playwright.stop()
            raise

    def close(self) -> None:
        """End the browser and everything it started."""
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def _stop(self) -> None:
        self._browser.close()
        self._playwright.stop()

    def looked_at(
        self,
        path: Path,
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        javascript: bool = True,
        media: Literal["screen", "print"] = "screen",
        language: str = "en-GB",
        act: Callable[[Page], object] | None = None,
    ) -> Look:
        """Load a file and look at it.

        Args:
            path: The page.
            width, height: Of the window, in CSS pixels.
            dark: Whether the reader prefers dark.
            javascript: Whether the page's scripts run. Without, axe judges a copy of the document
                with `noscript` unwrapped (`@media (scripting: none)` does not hold in it).
            media: What its style sheets think they serve.
            language: The reader's own.
            act: What to do with the page before it is judged: click, open, wait for something.
        """
        reader = {
            "viewport": {"width": width, "height": height},
            "color_scheme": "dark" if dark else "light",
            "reduced_motion": "reduce",
            "locale": language,
        }
        look = self._thread.submit(self._look, path, reader, javascript, media, act)
        return look.result()

    def _look(
        self,
        path: Path,
        reader: dict[str, Any],
        javascript: bool,
        media: Literal["screen", "print"],
        act: Callable[[Page], object] | None,
    ) -> Look:
        look, address = Look(), path.resolve().as_uri()
        with self._browser.new_context(**reader, java_script_enabled=javascript) as context:
            page = context.new_page()
            page.emulate_media(media=media)
            _listen(page, address, look)
            # Idle: half a second without a request, so that what loads late is heard too.
            page.goto(address, wait_until="networkidle")
            if act is not None:
                act(page)
            look.requests += page.evaluate(_HINTS)
            look.overflow = page.evaluate(_OVERFLOW)
            smallest = page.evaluate(_SMALLEST)
            look.smallest = (float(smallest[0]), smallest[1]) if smallest else None
            look.title, look.text = page.title(), page.inner_text("body")
            # Axe comes last: it is the one that puts something into the page.
            if javascript:
                look.violations = _judged(page)
                return look
            still = page.evaluate(_STILL)
        with self._browser.new_context(**reader) as context:
            page = context.new_page()
            page.emulate_media(media=media)
            page.set_content(still)
            look.violations = _judged(page)
        return look


def missing() -> str | None:
    """What looking at pages lacks here, or None."""
    if find_spec("playwright") is None:
        return "the extra dev is not installed"
    if shutil.which("chromium") is None:
        return "Chromium is absent (Debian's package chromium)"
    return None


def must_look() -> bool:
    """Whether a missing browser is a failure: in CI nothing may be left unseen."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def _listen(page: Page, address: str, look: Look) -> None:
    def said(message: Any) -> None:
        if message.type in ("error", "warning"):
            look.console.append(f"{message.type}: {message.text}")

    def asked(url: str) -> None:
        if url.split("#")[0] != address and not url.startswith(("data:", "blob:")):
            look.requests.append(url)

    def interrupted(dialog: Any) -> None:
        look.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("console", said)
    page.on("pageerror", lambda error: look.errors.append(str(error)))
    page.on("dialog", interrupted)
    page.context.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket: asked(socket.url))


def _judged(page: Page) -> list[Violation]:
    from axe_playwright_python.sync_playwright import Axe

    # Without `preload`: axe would ask anew for style sheets, and be heard as the page's request.
    options = {"resultTypes": ["violations"], "preload": False}
    found = [
        Violation(
            rule["id"],
            rule["impact"],
            rule["help"],
            tuple(" ".join(map(str, node["target"])) for node in rule["nodes"]),
        )
        for rule in Axe().run(page, options=options).response["violations"]
    ]
    gravity = ("critical", "serious", "moderate", "minor")
    return sorted(found, key=lambda one: gravity.index(one.impact))
