"""The question «does this brand know you?» in a brand's own source: counted, forgotten, refused."""

from __future__ import annotations

import made_brand
import pytest

from connu.app.brand import open as open_brand

SETTINGS = """
[sources.poll]
kind = "verbatims"
path = "data/poll.csv"

[sources.poll.fields]
id = "ref"
knows_me = "knows"
text = "words"
email = "mail"
"""


@pytest.fixture
def polled(tmp_path):
    """Sixty people, twenty of whom answered, one of them with words."""
    folder = made_brand.make_brand(tmp_path / "brand")
    with (folder / "connu.toml").open("a") as file:
        file.write(SETTINGS)
    rows = [
        [f"p{person.number}", "oui" if person.number % 2 else "3", "", person.email]
        for person in made_brand.PEOPLE[:20]
    ]
    rows[0][2] = "Vous ne me connaissez pas du tout, la livraison est trop chère."
    made_brand.write_rows(folder / "data/poll.csv", ("ref", "knows", "words", "mail"), rows)
    brand = open_brand(folder)
    brand.build()
    return brand


def test_answers_are_counted_with_or_without_words(polled):
    (side,) = polled.seen().sides
    assert (side.name, side.people) == ("source.poll", 20)
    assert side.knows_me.share.value == 0.5 and side.knows_me.mean.value == 6.5
    assert polled.table("knows_me").num_rows == 20
    assert polled.table("verbatims")["verbatim_id"].to_pylist() == ["p0"]


def test_who_withdrew_is_not_counted(polled):
    for number in (1, 3):
        polled.consent(f"crm:C{number:03}", "service", granted=False)
    (side,) = polled.seen().sides
    assert side.people == 18 and side.knows_me.share.value == pytest.approx(8 / 18)


def test_who_is_forgotten_leaves_no_answer_and_his_row_is_told(polled):
    who = polled.whom_to_forget("crm:C001").customer_id
    done = polled.forget(who)
    assert done.rows["knows_me"] == 1
    assert ("poll", "verbatims", 2) in {(r.source, r.kind, r.row) for r in done.in_sources}
    assert who not in polled.table("knows_me")["subject"].to_pylist()
    polled.build(force=True)
    assert polled.table("knows_me").num_rows == 19
    assert polled.seen().sides[0].people == 19


def test_the_same_sources_give_the_same_answers(polled):
    before = polled.table("knows_me")
    polled.build(force=True)
    assert polled.table("knows_me").equals(before)
