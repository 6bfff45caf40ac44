"""What is gathered: who is known by what, and known people as short as visits."""

from __future__ import annotations

import numpy as np
import pytest

from connu.twins.gathering import Gathered, gather
from connu.twins.known import make_known
from tests.twins.known_people import engine_at, settings_of
from tests.twins.told_people import Shop, make_shop


@pytest.fixture
def gathering(tmp_path):
    """Gathers a shop, and hands out the engine for what is asked later."""
    engine = engine_at(tmp_path / "work")

    def made(shop: Shop, shuffled: int | None = None) -> tuple[Gathered, object]:
        shop.put(engine, shuffled=shuffled)
        make_known(engine, settings_of())
        return gather(engine, settings_of()), engine

    yield made
    engine.close()


def names(gathered: Gathered, rows) -> list[str]:
    return gathered.behaviour.subjects["subject"].take(rows).to_pylist()


def busy() -> Shop:
    """Known people who look twenty times, visitors who look three times."""
    shop = make_shop(known=40, visitors=0, silent=3, views=20)
    for n in range(120):
        shop.behave("visitor", n, 3)
    return shop


def test_the_known_are_customers_with_their_values(gathering):
    shop = make_shop(known=20, visitors=5)
    shop.say("c0999", sex="male")  # never seen
    gathered, engine = gathering(shop)
    rows, values = gathered.known(engine, "sex")
    assert rows.tolist() == sorted(rows.tolist())
    found = dict(zip(names(gathered, rows), values.tolist(), strict=True))
    assert found == {f["subject"]: f["value"] for f in shop.facts if f["subject"] != "c0999"}
    assert not gathered.visitor[rows].any() and gathered.behaved[rows].all()
    assert [len(part) for part in gathered.known(engine, "nothing")] == [0, 0]


def test_a_cookie_named_as_a_customer_is_not_he(gathering):
    shop = make_shop(known=10, visitors=2)
    shop.look("visitor", "c0001", "M1", 4)
    gathered, engine = gathering(shop)
    rows, _ = gathered.known(engine, "sex")
    assert not gathered.visitor[rows].any()
    both = [
        i
        for i, name in enumerate(names(gathered, np.arange(len(gathered.keys))))
        if name == "c0001"
    ]
    assert len(both) == 2 and len(set(gathered.keys[both].tolist())) == 2


def test_nobody_at_all(gathering):
    gathered, engine = gathering(Shop())
    assert len(gathered.keys) == 0 and gathered.short is None
    assert [len(part) for part in gathered.known(engine, "sex")] == [0, 0]


def test_the_known_are_cut_to_visits_in_their_own_rows(gathering):
    gathered, engine = gathering(busy())
    rows, _ = gathered.known(engine, "sex")
    products = gathered.behaviour.vocabulary.block("product").columns
    whole = np.asarray(gathered.behaviour.matrix[:, products].sum(axis=1)).ravel()
    short = np.asarray(gathered.short[:, products].sum(axis=1)).ravel()
    assert gathered.short.shape == gathered.behaviour.matrix.shape
    assert set(whole[rows]) == {20.0} and set(short[rows]) == {3.0}
    assert short.sum() == short[rows].sum()
    # What is left of somebody is his own: no more of a product than he had.
    assert (gathered.short[:, products] - gathered.behaviour.matrix[:, products]).max() <= 0


def test_no_length_is_a_machine_s_or_of_somebody_who_refused(gathering):
    shop = busy()
    for n in range(60):
        shop.behave("visitor", 1000 + n, 19)
        shop.refused.append(("visitor", f"v{1000 + n}"))
    for k in range(10_100):
        shop.look("visitor", "crawler", f"F{k % 20}", k // 60)
    gathered, engine = gathering(shop)
    rows, _ = gathered.known(engine, "sex")
    products = gathered.behaviour.vocabulary.block("product").columns
    assert set(np.asarray(gathered.short[rows][:, products].sum(axis=1)).ravel()) == {3.0}
    assert len(gathered.refused) == 60
    assert not np.isin(gathered.keys, gathered.refused).any()


def test_few_visits_say_nothing_of_their_length(gathering):
    gathered, _ = gathering(make_shop(known=30, visitors=99))
    assert gathered.short is None


def test_any_order_of_rows_gathers_the_same(gathering, tmp_path):
    one, _ = gathering(busy())
    two, _ = gathering(busy(), shuffled=4)
    assert one.behaviour.subjects.equals(two.behaviour.subjects)
    assert one.keys.tolist() == two.keys.tolist()
    for left, right in ((one.behaviour.matrix, two.behaviour.matrix), (one.short, two.short)):
        assert (left != right).nnz == 0


def test_nothing_stays_of_the_tables_on_the_way(gathering, tmp_path):
    _, engine = gathering(busy())
    left = {path.stem for path in (tmp_path / "work").iterdir()}
    assert not [name for name in left if name.startswith(("twin_", "behaviour_"))]
    assert not engine.has("twin_visits") and not engine.has("twin_subjects")
