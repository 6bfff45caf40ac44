"""Photograph the report of a built brand for the docs.

    python tools/screenshots.py BRAND

BRAND is the folder of a brand that is built, as `connu demo` and `connu build` make one; where it
holds truth/, what is told is held against it. Writes docs/images/report-*.png.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
#: Name → (width, height, dark, the section at the top of the window, or None).
VIEWS = {
    "report-look": (1280, 940, False, None),
    "report-understand": (1280, 1000, False, "understand"),
    "report-rightly": (1280, 1000, True, "rightly"),
    "report-steps": (1280, 760, False, "steps"),
    "report-narrow": (360, 1100, False, None),
}
_BYTES = 200_000


def main(arguments: list[str]) -> int:
    """Write the report to a temporary file, and photograph it."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "browser")]
    import chromium

    import connu
    from connu.report.page import write_report

    brand = connu.open(arguments[0])
    truth = [brand.folder / "truth" / f"{name}.csv" for name in ("identities", "visitors")]
    card = brand.scorecard(truth=[path for path in truth if path.exists()])
    IMAGES.mkdir(exist_ok=True)
    browser = chromium.Chromium()
    try:
        with tempfile.TemporaryDirectory(prefix="connu-screenshots-") as folder:
            page = Path(folder) / "report.html"
            write_report(card, page, "en")
            for name, (width, height, dark, section) in VIEWS.items():
                file = IMAGES / f"{name}.png"

                def photograph(
                    page: Page, section: str | None = section, file: Path = file
                ) -> None:
                    if section:
                        page.evaluate(f"document.getElementById('{section}').scrollIntoView()")
                    page.screenshot(path=file)

                browser.looked_at(page, width=width, height=height, dark=dark, act=photograph)
                size = file.stat().st_size
                print(f"{file.relative_to(ROOT)}: {size:,} bytes")
                if size > _BYTES:
                    print(f"more than {_BYTES:,} bytes: take a smaller window", file=sys.stderr)
                    return 1
    finally:
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
