"""Affinities: shares that sum to one, tastes that stand out, silence where little was shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from know_trails import Event, made_trails

from connu.kernel.errors import UsageError
from connu.know.affinities import AffinityModel, learn_affinities
from connu.know.affinity_sentence import affinity_sentences
from connu.know.affinity_tail import beta_above
from connu.know.affinity_telling import MORE
from connu.know.categories import Categories
from connu.know.trails import DAY, Trails

LEAVES = ("Photo/Lenses", "Photo/Bodies", "Books/Novels", "Books/Comics/Manga", "Toys")
OF = {f"p{i}": LEAVES[i % 5] for i in range(50)}


def made_events(people: int = 300, *, faithful: float = 0.7, seed: int = 0) -> list[list[Event]]:
    """People with one favourite of five categories each, over 200 days."""
    chance = np.random.default_rng(seed)
    events: list[list[Event]] = []
    for person in range(people):
        one: list[Event] = []
        for _ in range(int(chance.integers(1, 15))):
            leaf = person % 5 if chance.random() < faithful else int(chance.integers(5))
            product = f"p{leaf + 5 * int(chance.integers(10))}"
            role = ("view", "view", "cart", "purchase")[int(chance.integers(4))]
            one.append((float(chance.uniform(0, 200)), product, role))
        events.append(one)
    return events


@pytest.fixture(scope="module")
def trails() -> Trails:
    return made_trails(made_events(), category_of=OF)


@pytest.fixture(scope="module")
def model(trails: Trails) -> AffinityModel:
    return learn_affinities(trails)


def _depth_sums(shares: np.ndarray, tree: Categories) -> np.ndarray:
    """Sums over the nodes of each depth and the paths that end above it."""
    ends = tree.leaves
    return np.stack(
        [
            shares[:, (tree.depth == level) | (ends & (tree.depth < level))].sum(axis=1)
            for level in range(tree.ancestors.shape[1])
        ]
    )


def test_shares_sum_to_one_at_every_depth(model: AffinityModel, trails: Trails) -> None:
    shares = model.shares(trails)
    assert np.allclose(_depth_sums(shares, trails.categories), 1)
    assert (shares > 0).all()


def test_parent_share_is_its_childrens(model: AffinityModel, trails: Trails) -> None:
    shares, tree = model.shares(trails), trails.categories
    for node in np.flatnonzero(~tree.leaves):
        below = (tree.depth == tree.depth[node] + 1) & (tree.ancestors == node).any(axis=1)
        assert np.allclose(shares[:, node], shares[:, below].sum(axis=1))


def test_told_shares_are_the_shares(model: AffinityModel, trails: Trails) -> None:
    told = model.tell(trails, sure=0.0)
    shares = model.shares(trails)
    _, base = model.base_rates(trails.categories)
    place, node = told["place"].to_numpy(), told["node"].to_numpy()
    assert len(place) > 300
    assert np.allclose(told["share"].to_numpy(), shares[place, node])
    assert np.allclose(told["lift"].to_numpy(), shares[place, node] / base[node])
    assert (told["lift"].to_numpy() > MORE).all()


def test_base_rates_sum_to_one(model: AffinityModel, trails: Trails) -> None:
    _, base = model.base_rates(trails.categories)
    assert np.allclose(_depth_sums(base[None], trails.categories), 1)


def test_favourites_are_told(model: AffinityModel, trails: Trails) -> None:
    told = model.tell(trails)
    first = told.filter((told["rank"].to_numpy() == 1) & (told["depth"].to_numpy() == 0))
    top = np.array([trails.categories.paths[n] for n in first["node"].to_pylist()])
    meant = np.array([LEAVES[p % 5].split("/")[0] for p in first["place"].to_pylist()])
    assert len(top) > 150
    assert (top == meant).mean() > 0.85


def test_learning_beats_the_base_rate(model: AffinityModel) -> None:
    assert model.people > 100
    assert model.log_loss < model.base_log_loss - 0.1


@pytest.mark.parametrize("strength", [1.0, 4.0])
def test_surely_means_what_it_says(strength: float) -> None:
    """Where everybody's true shares are known, as many exceed the base rate as was said."""
    chance = np.random.default_rng(1)
    usual = chance.dirichlet(np.full(10, 2.0))
    true = chance.dirichlet(strength * usual, 1_500)
    events = [
        [
            (float(day), f"n{int(chance.choice(10, p=own))}")
            for day in chance.uniform(0, 300, int(chance.integers(1, 20)))
        ]
        for own in true
    ]
    trails = made_trails(events, now=300)
    told = learn_affinities(trails).tell(trails)
    place, path = told["place"].to_numpy(), np.array(trails.categories.paths)
    node = np.array([int(name[1:]) for name in path])[told["node"].to_numpy()]
    exceeds = true[place, node] > MORE * true.mean(axis=0)[node]
    assert told.num_rows > 1_000
    assert exceeds.mean() == pytest.approx(told["surely"].to_numpy().mean(), abs=0.04)
    assert told["share"].to_numpy().mean() == pytest.approx(true[place, node].mean(), abs=0.03)


def test_no_taste_learns_no_taste() -> None:
    """Where nobody has a taste of his own, the base rate counts for much, and little is told."""
    trails = made_trails(made_events(faithful=0.0), category_of=OF)
    model = learn_affinities(trails)
    assert model.log_loss > model.base_log_loss - 0.02
    assert model.strength[0] > 20
    assert model.tell(trails).num_rows < 0.5 * model.tell(trails, sure=0.0).num_rows


def test_thin_evidence_is_silence(model: AffinityModel) -> None:
    """One page view of the best-seller is no taste; twenty visits to a rarity are."""
    crowd: list[list[Event]] = [[(float(d), "p0") for d in range(i % 7, 100, 9)] for i in range(60)]
    rare: list[Event] = [(float(d), "p4") for d in range(0, 100, 5)]
    trails = made_trails([*crowd, [(99.0, "p0")], rare], category_of=OF)
    told = learn_affinities(trails).tell(trails)
    assert 60 not in told["place"].to_pylist()
    of_last = told.filter(told["place"].to_numpy() == 61)
    assert [trails.categories.paths[n] for n in of_last["node"].to_pylist()] == ["Toys"]


def test_order_of_subjects_changes_nothing(trails: Trails, model: AffinityModel) -> None:
    turned = made_trails(made_events()[::-1], category_of=OF)
    other = learn_affinities(turned)
    assert np.allclose(other.weight, model.weight, rtol=1e-3)
    assert np.allclose(other.voices, model.voices, rtol=1e-3)
    shares, back = model.shares(trails), model.shares(turned)[::-1]
    assert np.allclose(shares, back)


def test_shift_in_time_changes_nothing(trails: Trails, model: AffinityModel) -> None:
    away = 1_000 * DAY
    later = replace(trails, time=trails.time + away, now=trails.now + away)
    other = learn_affinities(later)
    assert other.to_json() == model.to_json()
    told, moved = model.tell(trails), model.tell(later)
    assert told.drop_columns(["first", "last"]).equals(moved.drop_columns(["first", "last"]))


def test_more_events_never_lower_the_share(model: AffinityModel) -> None:
    events: list[Event] = [(1, "p0"), (2, "p1"), (3, "p7", "purchase"), (3, "p3")]
    node = Categories.of(LEAVES).nodes_of(["Photo/Lenses"])[0]
    last = 0.0
    for more in range(5):
        for role in ("other", "view", "search", "cart", "remove", "purchase"):
            events.append((4 + more / 10, "p5", role))
            one = made_trails([events, [(0, p) for p in OF]], category_of=OF, now=10)
            share = model.shares(one)[0, node]
            assert share >= last
            last = share


def test_repeated_looks_saturate(model: AffinityModel) -> None:
    """Thirty looks at one product in one visit weigh less than six visits."""
    often: list[Event] = [(100 + i / 1e4, "p0") for i in range(30)]
    visits: list[Event] = [(97.5 + i / 2, "p0") for i in range(6)]
    trails = made_trails([often, visits, [(0, p) for p in OF]], category_of=OF)
    node = trails.categories.nodes_of(["Photo/Lenses"])[0]
    shares = model.shares(trails)[:, node]
    assert shares[0] < shares[1]


def test_one_subject_alone_is_told_the_same(model: AffinityModel, trails: Trails) -> None:
    told = model.tell(trails)
    for place in (0, 7, 299):
        alone = model.tell(trails.take(np.array([place]))).drop_columns(["place"])
        together = told.filter(told["place"].to_numpy() == place).drop_columns(["place"])
        assert alone.equals(together)


def test_slices_change_nothing(
    model: AffinityModel, trails: Trails, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = model.tell(trails)
    monkeypatch.setattr("connu.know.affinity_model._SLICE", 7)
    assert model.tell(trails).combine_chunks().equals(told.combine_chunks())


def test_top_and_ranks(model: AffinityModel, trails: Trails) -> None:
    told, one = model.tell(trails, sure=0.0), model.tell(trails, sure=0.0, top=1)
    assert one.equals(told.filter(told["rank"].to_numpy() == 1).combine_chunks())
    value = told["share"].to_numpy() * np.log(told["lift"].to_numpy())
    follows = told["rank"].to_numpy()[1:] > 1
    assert (value[1:][follows] <= value[:-1][follows]).all()
    with pytest.raises(UsageError):
        model.tell(trails, top=0)


def test_text_and_back(model: AffinityModel, trails: Trails) -> None:
    assert AffinityModel.from_json(model.to_json()).tell(trails).equals(model.tell(trails))
    for broken in ("{}", "[]", "no", '{"format": 1}', '{"format": 0}'):
        with pytest.raises(UsageError):
            AffinityModel.from_json(broken)


def test_catalogue_may_change(model: AffinityModel, trails: Trails) -> None:
    """A new category, of a new depth, is told beside those the model knows."""
    extra = OF | {"q": "Photo/Lenses/Macro/Old"}
    events: list[list[Event]] = [[(float(d), "q") for d in range(90)], [(1.0, "p4")]]
    newer = made_trails(events, category_of=extra)
    shares = model.shares(newer)
    assert np.allclose(_depth_sums(shares, newer.categories), 1)
    told = model.tell(newer)
    assert newer.categories.nodes_of(["Photo/Lenses/Macro/Old"])[0] in told["node"].to_pylist()


def test_sentence(model: AffinityModel, trails: Trails) -> None:
    told = model.tell(trails)
    sentences = affinity_sentences(told.slice(0, 5), trails.categories).to_pylist()
    row = told.slice(0, 1).to_pylist()[0]
    start = f"{row['events']} of {row['of_events']} events in "
    assert sentences[0].startswith(start + trails.categories.paths[row["node"]])
    assert "% of everybody's interest" in sentences[4]
    assert affinity_sentences(told.slice(0, 0), trails.categories).to_pylist() == []


@pytest.mark.parametrize(
    "events",
    [
        [],
        [[]],
        [[], [(1, "a")], []],
        [[(1, "a")]],
        [[(1, "a"), (1, "a"), (1, "a")], [(1, "a")]],
    ],
)
def test_little_or_nothing(events: list[list[Event]]) -> None:
    """No event, one event, one category, one moment: nothing is told, nothing breaks."""
    trails = made_trails(events, now=2)
    model = learn_affinities(trails)
    assert model.tell(trails).num_rows == 0
    assert model.shares(trails).shape == (len(events), len(trails.categories))


def test_a_brand_that_sells_nothing_has_affinities() -> None:
    """Views alone tell tastes; a category with one event ever breaks nothing."""
    events = [[e[:2] for e in one] for one in made_events()]
    events[0] = [*events[0], (50.0, "once")]
    trails = made_trails(events, category_of=OF | {"once": "Rare/Single"})
    model = learn_affinities(trails)
    assert model.tell(trails)["place"].to_numpy().max() > 200
    _, base = model.base_rates(trails.categories)
    assert 0 < base[trails.categories.nodes_of(["Rare/Single"])[0]] < 0.02


def test_unknown_categories_say_nothing(model: AffinityModel, trails: Trails) -> None:
    none = replace(trails, category=np.full_like(trails.category, -1))
    assert learn_affinities(none).tell(none).num_rows == 0
    _, base = model.base_rates(none.categories)
    assert np.allclose(model.shares(none), base)


def test_events_of_an_inner_node_say_nothing_below_it(model: AffinityModel) -> None:
    of = OF | {"page": "Photo"}
    trails = made_trails([[(d, "page") for d in range(50)], [(0, p) for p in OF]], category_of=of)
    tree = trails.categories
    shares, (prior, _) = model.shares(trails)[0], model.base_rates(tree)
    photo, lenses = tree.nodes_of(["Photo", "Photo/Lenses"])
    assert shares[photo] > 0.7
    assert np.isclose(shares[lenses], shares[photo] * prior[lenses])


@pytest.mark.parametrize("floor", [0.001, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("a", [0.02, 1.0, 7.5, 3000.0])
@pytest.mark.parametrize("b", [0.05, 2.0, 900.0])
def test_tail_is_the_betas(a: float, b: float, floor: float) -> None:
    scipy_stats = pytest.importorskip("scipy.stats")
    mean = a / (a + b)
    square = mean * (a + 1) / (a + b + 1)
    assert beta_above(mean, square, floor) == pytest.approx(
        scipy_stats.beta.sf(floor, a, b), abs=1e-6
    )


def test_tail_at_the_ends() -> None:
    assert beta_above(1.0, 1.0, 1.0) == 0
    assert beta_above(0.5, 0.25, 0.4) == 1
    assert beta_above(0.5, 0.25, 0.6) == 0
    assert beta_above(0.1, 0.02, 0.0) == 1
