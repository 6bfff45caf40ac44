"""Labels from a file: all of them or none, every line checked, the same lines change nothing."""

from __future__ import annotations

import json
import shutil
import time
import tomllib

import coded_brand
import pyarrow as pa
import pytest

from connu.app.brand import open as open_brand
from connu.app.coding import import_labels, this_coder
from connu.app.hand_codes import HAND_CODES, hand_codes
from connu.app.label_export import export_labels
from connu.engine.duckdb import DuckEngine
from connu.journal.codes import Code
from connu.journal.journal import open_journal
from connu.kernel.errors import SourceError, UsageError
from connu.understand.codebook import codebook_from
from connu.understand.codes import codes_from_json

GOOD = {
    "id": "reviews:1",
    "themes": ["price"],
    "polarity": {"price": -1},
    "status": {"price": "unmet"},
}

BOOK = codebook_from(tomllib.loads(coded_brand.CODEBOOK))


@pytest.fixture(scope="module")
def _built_once(tmp_path_factory):
    return coded_brand.make_built(tmp_path_factory.mktemp("coded") / "brand").folder


@pytest.fixture
def coded(tmp_path, _built_once):
    """A built brand with verbatims, the test's own."""
    return open_brand(shutil.copytree(_built_once, tmp_path / "brand"))


def write(brand, *lines):
    path = brand.folder / "labels.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def codes_of(brand):
    with open_journal(brand.folder, brand.settings) as journal:
        return journal.codes().to_pylist()


def test_labels_are_kept_with_source_text_and_codebook(coded):
    done = import_labels(coded, write(coded, GOOD, "", {"id": 5, "themes": []}), coder="anne")
    assert (done.lines, done.written, done.same, done.awaiting) == (2, 2, 0, 0)
    assert done.themes == {"price": 1}
    first, second = codes_of(coded)
    assert (first["source"], first["verbatim_id"], first["coder"]) == ("reviews", "1", "anne")
    assert (second["source"], second["verbatim_id"], second["codes"]) == (
        "mails", "5", '{"themes":[]}',
    )  # fmt: skip
    assert first["by"] == "import" and first["codebook_version"]
    said = codes_from_json(first["codes"])
    assert (said.themes, said.polarity, said.status) == (
        ("price",), {"price": "negative"}, {"price": "unmet"},
    )  # fmt: skip
    with open_journal(coded.folder, coded.settings) as journal:
        assert first["text_digest"] == journal.digester()(coded_brand.VERBATIMS[0][2])


def test_the_same_lines_again_change_nothing(coded):
    path = write(coded, GOOD, {"id": "5", "themes": []}, GOOD | {"themes": ["price", "delivery"]})
    done = import_labels(coded, path)
    assert (done.written, done.repeated) == (2, 1)
    before = codes_of(coded)
    again = import_labels(coded, path)
    assert (again.written, again.same, again.repeated) == (0, 2, 1)
    assert codes_of(coded) == before
    assert codes_from_json(before[0]["codes"]).themes == ("delivery", "price")


def test_a_line_may_name_its_coder(coded):
    import_labels(coded, write(coded, GOOD | {"coder": "max"}, GOOD), coder="anne")
    assert [code["coder"] for code in codes_of(coded)] == ["max", "anne"]


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        ({"id": "99", "themes": []}, "no verbatim of that id", "connu build"),
        ({"id": "news:1", "themes": []}, "no verbatim of that id", "source:id"),
        ({"id": "1", "themes": []}, "several sources: mails, reviews", "source:id"),
        ({"id": "4", "themes": ["prise"]}, "no theme «prise»", "did you mean «price»?"),
        ({"id": "4", "theme": ["price"]}, "no member «theme»", "did you mean «themes»?"),
        ({"themes": []}, "«id» is missing", "source:id"),
        ({"id": "", "themes": []}, "«id» is missing", "source:id"),
        ({"id": "4"}, "«themes» is missing", "themes"),
        ({"id": "4", "themes": [], "coder": ""}, "«coder» is no name", "leave it out"),
        ('{"id": "4", "themes": [}', "no JSON", "one JSON object a line"),
        ('["4"]', "no JSON object", "one JSON object a line"),
        ("id,themes", "no JSON", "one JSON object a line"),
        (
            {"id": "4", "statements": [{"theme": "price", "quote": "cher"}]},
            "a quote is not in the text",
            "letter for letter",
        ),
    ],
)
def test_a_bad_line_is_told_with_its_remedy_and_nothing_is_kept(coded, line, what, remedy):
    with pytest.raises(SourceError) as error:
        import_labels(coded, write(coded, GOOD, "", line))
    assert error.value.message.startswith("labels.jsonl, line 3: ")
    assert what in error.value.message
    assert remedy in error.value.hint and "--skip-bad" in error.value.hint
    assert error.value.fields["line"] == 3
    assert codes_of(coded) == []


def test_the_first_of_several_bad_lines_is_told_in_the_order_of_the_file(coded):
    path = write(coded, {"id": "99", "themes": []}, "{", GOOD, {"id": "1", "themes": []})
    with pytest.raises(SourceError) as error:
        import_labels(coded, path)
    assert "line 1: the build has no verbatim" in error.value.message
    assert "2 more lines are wrong (2, 4)" in error.value.hint


def test_bad_lines_can_be_set_aside(coded):
    path = write(coded, "{", GOOD, {"id": "99", "themes": ["price"]}, b"\xff".decode("latin-1"))
    done = import_labels(coded, path, skip_bad=True)
    assert (done.lines, done.written, done.skipped) == (4, 1, 3)
    assert done.set_aside == coded.folder / "labels.bad.jsonl"
    aside = [json.loads(line) for line in done.set_aside.read_text("utf-8").splitlines()]
    assert [one["line"] for one in aside] == [1, 3, 4]
    assert json.loads(aside[1]["content"]) == {"id": "99", "themes": ["price"]}
    assert all(one["what"] and one["remedy"] for one in aside)


def test_bytes_that_are_no_text_are_a_bad_line_and_a_mark_at_the_start_is_none(coded):
    path = coded.folder / "labels.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\xff\xfe{\x00\r\n")
    done = import_labels(coded, path, skip_bad=True)
    assert (done.written, done.skipped) == (1, 1)


def test_a_file_that_is_not_there_is_said(coded):
    with pytest.raises(SourceError, match="cannot be read"):
        import_labels(coded, coded.folder / "nowhere.jsonl")


def test_members_of_other_programs_are_passed_over_and_told(coded):
    done = import_labels(coded, write(coded, GOOD | {"split": "train", "text": "Trop cher"}))
    assert done.written == 1 and done.passed_over == ["split", "text"]
    with open_journal(coded.folder, coded.settings) as journal:
        assert "Trop cher" not in repr(journal.codes().to_pylist())


def test_labels_of_an_older_codebook_are_told_in_the_words_of_today_s(coded):
    import_labels(coded, write(coded, GOOD, {"id": "mails:1", "themes": ["delivery"]}))
    before = codes_of(coded)
    book = (
        (coded.folder / "codebook.toml")
        .read_text("utf-8")
        .replace("[themes.price]", "[themes.cost]")
    )
    book = f'version = 2\n{book}\n[migrations]\nprice = "cost"\n'
    (coded.folder / "codebook.toml").write_text(book, encoding="utf-8")
    assert codes_of(coded) == before
    export_labels(coded, coded.folder / "out.jsonl")
    lines = [
        json.loads(line) for line in (coded.folder / "out.jsonl").read_text("utf-8").splitlines()
    ]
    assert [line["themes"] for line in lines] == [["cost"], ["delivery"]]
    assert lines[0]["polarity"] == {"cost": "negative"}
    done = import_labels(coded, write(coded, GOOD | {"id": "reviews:2"}))
    assert done.themes == {"cost": 1}
    assert codes_of(coded)[-1]["codebook_version"] == "2"


def test_a_quote_is_kept_as_positions(coded):
    stretch = {"theme": "price", "quote": "Trop cher", "form": "complaint"}
    import_labels(coded, write(coded, {"id": "reviews:1", "statements": [stretch]}))
    (code,) = codes_of(coded)
    (statement,) = codes_from_json(code["codes"]).statements
    assert (statement.start, statement.end, statement.form) == (0, 9, "complaint")
    assert "Trop" not in code["codes"]


def test_ten_thousand_lines_take_seconds(coded):
    many = [("reviews", f"n{n}", f"texte {n}", None) for n in range(10_000)]
    coded_brand.write_verbatims(coded.folder, "reviews", many)
    coded.build()
    lines = [GOOD | {"id": f"n{n}"} for n in range(10_000)]
    path = write(coded, *lines)
    start = time.process_time()
    assert import_labels(coded, path).written == 10_000
    assert import_labels(coded, path).same == 10_000
    assert time.process_time() - start < 30


# ---------------------------------------------------------------------- before a build, after one
def test_before_any_build_labels_wait_for_their_verbatims(tmp_path):
    brand = open_brand(coded_brand.make_sources(tmp_path / "brand"))
    lines = ({"id": "4", "themes": []}, {"id": "mails:1", "themes": ["price"]},
             {"id": "1", "themes": ["delivery"]}, {"id": "new", "themes": []})  # fmt: skip
    done = import_labels(brand, write(brand, *lines), coder="anne")
    assert (done.written, done.awaiting) == (4, 4)
    assert [(code["source"], code["verbatim_id"]) for code in codes_of(brand)] == [
        (None, "4"), ("mails", "1"), (None, "1"), (None, "new"),
    ]  # fmt: skip
    brand.build()
    with brand.reading() as reading, open_journal(brand.folder, brand.settings) as journal:
        held = hand_codes(reading.engine, journal.codes(), journal.digester(), BOOK)
    # «1» is in two sources, «new» in none: they hold for nobody.
    assert [(row["source"], row["verbatim_id"]) for row in held.table.to_pylist()] == [
        ("reviews", "4"), ("mails", "1"),
    ]  # fmt: skip
    assert len(held.absent) == 2 and not held.changed


def test_before_any_build_a_quote_cannot_be_found(tmp_path):
    brand = open_brand(coded_brand.make_sources(tmp_path / "brand"))
    line = {"id": "1", "statements": [{"theme": "price", "quote": "cher"}]}
    with pytest.raises(SourceError, match="no build to find it in"):
        import_labels(brand, write(brand, line))


def test_codes_hold_for_the_text_they_were_made_on(tmp_path):
    engine = DuckEngine(tmp_path, threads=1)
    verbatims = {"source": ["a", "a", "b"], "row": [1, 2, 1], "verbatim_id": ["1", "2", "1"]}
    engine.put("verbatims", pa.table(verbatims | {"text": ["trop cher", "bien", "lent"]}))
    with open_journal(tmp_path) as journal:
        digest = journal.digester()
        said = [
            Code("a", "1", digest("trop cher"), '{"themes":["price"]}', "anne"),
            Code("a", "1", digest("trop cher !"), '{"themes":[]}', "max"),
            Code(None, "2", None, '{"themes":[]}', "anne"),
            Code("a", "2", digest("bien"), '{"themes":["welcome"]}', "anne"),
            Code(None, "1", None, '{"themes":[]}', "eve"),
            Code("b", "1", None, '{"themes":["delivery"]}', "eve"),
        ]
        journal.code(said, "import")
        held = hand_codes(engine, journal.codes(), digest, BOOK)
    assert held.table.schema == HAND_CODES
    rows = [(r["source"], r["row"], r["coder"], r["codes"]) for r in held.table.to_pylist()]
    assert rows == [
        ("a", 1, "anne", '{"themes":["price"]}'),
        ("a", 2, "anne", '{"themes":["welcome"]}'),  # the last of one coder and verbatim
        ("b", 1, "eve", '{"themes":["delivery"]}'),
    ]
    assert held.changed == {2} and held.absent == {5}
    themes = {"price": {("a", "1")}, "welcome": {("a", "2")}, "delivery": {("b", "1")}}
    assert held.themes() == themes
    assert not engine.has("journal_codes")
    engine.close()


# ---------------------------------------------------------------------- labels that go out
def test_labels_written_are_labels_read(coded):
    lines = [
        GOOD | {"coder": "anne"},
        {"id": "mails:1", "themes": ["price"], "coder": "max",
         "statements": [{"theme": "price", "quote": "prix", "status": "unmet"}]},
        {"id": "reviews:4", "themes": [], "coder": "max"},
    ]  # fmt: skip
    import_labels(coded, write(coded, *lines))
    before = codes_of(coded)
    done = export_labels(coded, coded.folder / "out.jsonl")
    assert (done.labels, done.changed, done.left_out) == (3, 0, 0)
    assert "prix" not in (coded.folder / "out.jsonl").read_text("utf-8")
    assert import_labels(coded, coded.folder / "out.jsonl", coder="somebody").written == 0
    assert codes_of(coded) == before
    assert export_labels(coded, coded.folder / "out.jsonl", coder="max").labels == 2


def test_codes_of_changed_texts_and_of_those_who_refuse_stay_in(coded):
    others = [{"id": id, "themes": []} for id in ("mails:1", "4")]
    import_labels(coded, write(coded, GOOD, *others))
    rows = [one if one[1] != "4" else (*one[:2], "Rien", None) for one in coded_brand.VERBATIMS]
    coded_brand.write_verbatims(coded.folder, "reviews", [r for r in rows if r[0] == "reviews"])
    coded.build()
    coded.consent(coded_brand.made_brand.PEOPLE[6].email, "service", granted=False)
    done = export_labels(coded, coded.folder / "out.jsonl")
    assert (done.labels, done.changed, done.left_out) == (1, 1, 1)
    assert json.loads((coded.folder / "out.jsonl").read_text("utf-8"))["id"] == "mails:1"


def test_a_deleted_verbatim_has_no_codes_and_one_not_met_yet_keeps_them(coded):
    import_labels(coded, write(coded, GOOD, {"id": "mails:1", "themes": []}))
    with open_journal(coded.folder, coded.settings) as journal:
        journal.code([Code(None, "later", None, '{"themes":[]}', "anne")], "import")
    rest = [one for one in coded_brand.VERBATIMS if one[:2] != ("reviews", "1")]
    coded_brand.write_verbatims(coded.folder, "reviews", [r for r in rest if r[0] == "reviews"])
    coded.build()
    done = export_labels(coded, coded.folder / "out.jsonl")
    assert (done.labels, done.changed, done.gone, done.left_out) == (2, 0, 1, 0)
    assert "reviews" not in (coded.folder / "out.jsonl").read_text("utf-8")


def test_a_forgotten_customer_s_codes_are_gone(coded):
    import_labels(coded, write(coded, GOOD, {"id": "mails:1", "themes": ["price"]}))
    target = coded.whom_to_forget(coded_brand.made_brand.PEOPLE[6].email)
    done = coded.forget(target.customer_id)
    assert done.journal_rows == 1 and done.remains == ()
    assert [code["source"] for code in codes_of(coded)] == ["mails"]


def test_a_coder_has_a_name(monkeypatch):
    assert this_coder(" anne ") == "anne"
    monkeypatch.setenv("LOGNAME", "claire")
    assert this_coder() == "claire"
    with pytest.raises(UsageError):
        this_coder(" ")
