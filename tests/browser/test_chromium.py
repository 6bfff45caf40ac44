"""The browser that looks at pages sees what is wrong with them: each page here has one fault."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import chromium
import pytest

pytestmark = pytest.mark.slow

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Good</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body><main><h1>A good page</h1><p>Nothing is wrong with it.</p>{body}</main></body></html>"""


@pytest.fixture
def page(tmp_path: Path):
    """Write a page that is good but for what is put into it."""

    def writing(body: str = "", style: str = "") -> Path:
        path = tmp_path / "page.html"
        path.write_text(GOOD.format(body=body, style=style), encoding="utf-8")
        return path

    return writing


@pytest.fixture
def closed() -> str:
    """An address of this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "way", [{}, {"dark": True}, {"media": "print"}, {"javascript": False, "dark": True}], ids=str
)
def test_a_good_page_is_good(looked_at, page, way):
    picture = '<img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">'
    seen = looked_at(page(picture), width=360, **way)
    assert seen.complaints == []
    assert seen.violations == []
    assert seen.title == "Good"
    assert "Nothing is wrong" in seen.text
    assert seen.smallest == (16, "Nothing is wrong with it.")


def test_what_the_console_says_is_heard(looked_at, page):
    body = "<script>console.log('l'); console.warn('w'); console.error('e')</script>"
    assert looked_at(page(body)).console == ["warning: w", "error: e"]


def test_an_uncaught_exception_is_heard_also_a_late_one(looked_at, page):
    body = "<script>setTimeout(() => { throw new Error('late') }, 100); gone()</script>"
    errors = looked_at(page(body)).errors
    assert ["gone is not defined" in errors[0], "late" in errors[1]] == [True, True]


def test_without_javascript_no_script_of_the_page_runs(looked_at, page):
    body = "<script>console.error('e'); alert('run')</script><noscript>Plain</noscript>"
    seen = looked_at(page(body), javascript=False)
    assert seen.complaints == []
    assert "Plain" in seen.text


def test_what_is_for_readers_without_javascript_is_judged(looked_at, page):
    shut = page("<noscript><p><input></p></noscript><script>gone()</script>")
    assert looked_at(shut).grave == []
    seen = looked_at(shut, javascript=False)
    assert [one.rule for one in seen.grave] == ["label"]
    assert seen.errors == []


def test_markup_that_runs_is_caught(looked_at, page):
    body = """<img alt="" src="data:," onerror="alert('run')">"""
    assert looked_at(page(body)).dialogs == ["run"]


@pytest.mark.parametrize(
    "body",
    [
        '<img alt="" src="{address}/x">',
        '<link rel="stylesheet" href="{address}/x">',
        '<script src="{address}/x"></script>',
        '<link rel="preconnect" href="{address}/x">',
        '<div style="background: url({address}/x)">x</div>',
        '<iframe title="x" src="{address}/x"></iframe>',
        "<script>fetch('{address}/x').catch(() => 0)</script>",
        "<script>new WebSocket('{address}/x'.replace('http', 'ws'))</script>",
        "<script>navigator.sendBeacon('{address}/x')</script>",
        "<script>setTimeout(() => new Image().src = '{address}/x', 200)</script>",
    ],
)
def test_a_request_is_seen(looked_at, page, closed, body):
    seen = looked_at(page(body.replace("{address}", closed)))
    assert [one for one in seen.requests if one.endswith("/x")], seen
    assert [one for one in seen.complaints if one.startswith("request: ")]


def test_another_file_is_a_request_too(looked_at, page, tmp_path):
    (tmp_path / "other.css").write_text("p { margin: 0 }", encoding="utf-8")
    seen = looked_at(page('<link rel="stylesheet" href="other.css">'))
    assert seen.requests == [(tmp_path / "other.css").resolve().as_uri()]


def test_what_bars_readers_is_found_the_gravest_first(looked_at, page):
    body = '<p><input></p><p style="color: #999">pale</p><h5>skipped</h5>'
    seen = looked_at(page(body))
    assert [(one.rule, one.impact) for one in seen.violations] == [
        ("label", "critical"),
        ("color-contrast", "serious"),
        ("heading-order", "moderate"),
    ]
    assert [one.rule for one in seen.grave] == ["label", "color-contrast"]
    assert seen.grave[0].targets == ("input",)


def test_dark_is_judged_as_dark(looked_at, page):
    style = "@media (prefers-color-scheme: dark) { body { background: #222; color: #444 } }"
    assert looked_at(page(style=style)).complaints == []
    assert [one.rule for one in looked_at(page(style=style), dark=True).grave] == ["color-contrast"]


def test_a_page_wider_than_the_window_is_seen(looked_at, page):
    wide = page('<div style="width: 500px; margin-left: 0">wide</div>', "body { margin: 10px }")
    assert looked_at(wide, width=360).overflow == 150
    assert looked_at(wide, width=360).complaints == ["150 px too wide"]
    assert looked_at(wide, width=800).overflow <= 0


@pytest.mark.parametrize("media, size", [("screen", 7), ("print", 14)])
def test_small_print_is_seen_where_it_is_shown(looked_at, page, media, size):
    style = "p { font-size: 14px } .s { font-size: 7px } @media print { .s { display: none } }"
    assert looked_at(page('<p class="s">s</p>', style), media=media).smallest[0] == size


def test_text_of_a_drawing_counts_as_scaled(looked_at, page):
    body = '<svg viewBox="0 0 640 64" width="320"><text y="20" font-size="12">tiny</text></svg>'
    assert looked_at(page(body)).smallest == (pytest.approx(6), "tiny")


@pytest.mark.parametrize(
    "style",
    [
        "position: absolute; width: 1px; height: 1px; overflow: hidden",
        "display: none",
        "visibility: hidden",
    ],
)
def test_text_nobody_sees_does_not_count(looked_at, page, style):
    body = f'<p style="{style}; font-size: 3px; margin: 0">unseen</p>'
    assert looked_at(page(body)).smallest[0] == 16


def test_one_can_act_before_the_page_is_judged(looked_at, page):
    shut = page("<details><summary>More</summary><p><input></p></details>")
    assert looked_at(shut).grave == []
    opened = looked_at(shut, act=lambda page: page.click("summary"))
    assert [one.rule for one in opened.grave] == ["label"]


def test_other_tests_keep_their_event_loop(looked_at, page):
    looked_at(page())

    async def alone() -> int:
        return 1

    assert asyncio.run(alone()) == 1


def test_in_ci_a_missing_browser_fails_elsewhere_it_skips(monkeypatch, pytester_free):
    assert pytester_free(ci="true") == "Failed"
    assert pytester_free(ci="") == "Skipped"


@pytest.fixture
def pytester_free(monkeypatch: pytest.MonkeyPatch):
    """What asking for the browser ends in where there is none."""
    from tests import conftest

    def asking(ci: str) -> str:
        monkeypatch.setattr(chromium.shutil, "which", lambda name: None)
        monkeypatch.setenv("CI", ci)
        function = conftest.looked_at.__wrapped__
        try:
            next(function())
        except BaseException as error:  # pytest's outcomes are no Exceptions
            return type(error).__name__
        return "opened"

    return asking
