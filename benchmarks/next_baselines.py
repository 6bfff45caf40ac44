"""What foretells the next product without learning much: the published rules of thumb.

Each takes the coded shop and the steps to answer, and gives lists of codes, best first, -1 where a
list is shorter. Settings are those of the papers, one for every shop.

- popularity: the most clicked.
- last-item Markov: what followed the product on screen, weighed by how often.
- item-kNN: cosine of the sessions in which two products were clicked (Hidasi et al. 2016).
- V-SKNN: Ludewig & Jannach 2018, "Evaluation of session-based recommendation algorithms": the k
  sessions nearest by a dot product with linearly growing weights of position, among the most recent
  ones that share a product; candidates weighed by the position of the latest shared click, by IDF.
- VMIS-kNN: Kersbergen, Sprangers & Schelter 2022, "Serenade": the same neighbours from an index of
  each product's most recent sessions; the product on screen is never offered.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from scipy import sparse

from benchmarks.next_steps import LISTED, Clicks, Steps

#: The k nearest sessions among so many recent ones, as the papers use them.
NEIGHBOURS, SAMPLE = 100, 1000
#: VMIS-kNN's own defaults (k, m).
VMIS_NEIGHBOURS, VMIS_SAMPLE = 500, 500

#: (shop, which steps) → lists (n, LISTED).
Method = Callable[[Steps, np.ndarray], np.ndarray]


def popularity(steps: Steps, asked: np.ndarray) -> np.ndarray:
    """The most clicked products, whatever was seen."""
    # Codes are already in that order.
    top = np.full(LISTED, -1, np.int32)
    top[: min(LISTED, steps.known)] = np.arange(min(LISTED, steps.known))
    return np.tile(top, (len(asked), 1))


def last_item_markov(steps: Steps, asked: np.ndarray) -> np.ndarray:
    """What followed the product on screen in training, the most often first."""
    train = steps.train
    inside = np.ones(len(train.product), np.bool_)
    inside[train.starts[1:] - 1] = False
    now = np.flatnonzero(inside)
    shape = (len(steps.products), len(steps.products))
    pairs = (np.ones(len(now), np.float32), (train.product[now], train.product[now + 1]))
    return _best_of(sparse.csr_matrix(pairs, shape=shape))[_on_screen(steps, asked)]


def item_knn(steps: Steps, asked: np.ndarray) -> np.ndarray:
    """The products most often in the same sessions as the one on screen, by cosine."""
    sessions = _incidence(steps.train, len(steps.products))
    length = np.sqrt(np.maximum(np.asarray(sessions.sum(axis=0)).ravel(), 1))
    unit = (sessions @ sparse.diags(1 / length)).tocsc()
    lists = np.full((len(steps.products), LISTED), -1, np.int32)
    needed = np.unique(_on_screen(steps, asked))
    for start in range(0, len(needed), 2000):
        part = needed[start : start + 2000]
        near = (unit[:, part].T @ unit).tolil()
        near[np.arange(len(part)), part] = 0
        lists[part] = _best_of(near.tocsr())
    return lists[_on_screen(steps, asked)]


def v_sknn(steps: Steps, asked: np.ndarray) -> np.ndarray:
    """V-SKNN: linear weights of position, IDF added to the score."""
    return SessionNeighbours(steps.train, len(steps.products)).tell(steps, asked)


def vmis_knn(steps: Steps, asked: np.ndarray) -> np.ndarray:
    """VMIS-kNN, as its authors' own code has it."""
    return vmis(steps).tell(steps, asked)


def vmis_knn_on_screen(steps: Steps, asked: np.ndarray) -> np.ndarray:
    """VMIS-kNN that may offer the product on screen too, as the protocol here rewards."""
    return vmis(steps, on_screen=True).tell(steps, asked)


def vmis(steps: Steps, *, on_screen: bool = False) -> SessionNeighbours:
    """The index of VMIS-kNN over a shop's training sessions."""
    return SessionNeighbours(
        steps.train,
        len(steps.products),
        neighbours=VMIS_NEIGHBOURS,
        sample=VMIS_SAMPLE,
        base=0.0,
        idf=1.0,
        on_screen=on_screen,
        linear=True,
    )


METHODS: dict[str, Method] = {
    "popularity": popularity,
    "last-item Markov": last_item_markov,
    "item-kNN": item_knn,
    "V-SKNN": v_sknn,
    "VMIS-kNN": vmis_knn,
    "VMIS-kNN, on screen too": vmis_knn_on_screen,
}


class SessionNeighbours:
    """Sessions of the past by product, and what the nearest of them clicked.

    Attributes:
        neighbours, sample: k nearest among so many most recent sessions.
        base, idf: a candidate's weight is base + idf · log(sessions ÷ clicks of it).
        on_screen: whether the product on screen may be offered.
        linear: whether a neighbour loses a tenth per click since the latest shared one, as
            VMIS-kNN has it; else its weight is divided by their number.
    """

    def __init__(
        self,
        train: Clicks,
        products: int,
        *,
        neighbours: int = NEIGHBOURS,
        sample: int = SAMPLE,
        base: float = 1.0,
        idf: float = 1.0,
        on_screen: bool = True,
        linear: bool = False,
    ) -> None:
        self.neighbours, self.sample = neighbours, sample
        self.on_screen, self.linear = on_screen, linear
        sessions = _incidence(train, products)
        self.sessions = (sessions.indptr, sessions.indices)
        by_product = sessions.tocsc()
        self.products = (by_product.indptr, by_product.indices)
        clicks = np.bincount(train.product, minlength=products)
        self.weight = base + idf * np.log(max(len(train), 1) / np.maximum(clicks, 1))

    def tell(self, steps: Steps, asked: np.ndarray) -> np.ndarray:
        """Lists for steps, one after the other on one thread."""
        return _tell(
            steps.begin[asked],
            steps.end[asked],
            steps.test.product,
            *self.sessions,
            *self.products,
            self.weight,
            self.neighbours,
            self.sample,
            self.on_screen,
            self.linear,
        )


@njit(cache=True)
def _tell(
    begin: np.ndarray,
    end: np.ndarray,
    clicked: np.ndarray,
    session_starts: np.ndarray,
    session_products: np.ndarray,
    product_starts: np.ndarray,
    product_sessions: np.ndarray,
    weight: np.ndarray,
    neighbours: int,
    sample: int,
    on_screen: bool,
    linear: bool,
) -> np.ndarray:
    """Cost: per step, the sample of each product seen, and the clicks of the nearest."""
    sessions, products = len(session_starts) - 1, len(weight)
    near = np.zeros(sessions)
    latest = np.zeros(sessions, np.int64)
    score = np.zeros(products)
    lists = np.full((len(begin), LISTED), -1, np.int32)
    for step in range(len(begin)):
        length = end[step] - begin[step]
        found = np.empty(min(length * sample, sessions), np.int64)
        many = 0
        for back in range(1, length + 1):
            product = clicked[end[step] - back]
            # A product seen twice counts at its latest place.
            repeated = False
            for later in range(1, back):
                repeated = repeated or clicked[end[step] - later] == product
            if repeated:
                continue
            share = (length - back + 1) / length
            last = product_starts[product + 1]
            # The last sessions are the most recent: what is beyond the sample of one product is
            # beyond the sample of all.
            for at in range(last - 1, max(product_starts[product], last - sample) - 1, -1):
                session = product_sessions[at]
                if near[session] == 0:
                    latest[session] = back
                    found[many] = session
                    many += 1
                near[session] += share
        recent = np.sort(found[:many])[::-1][:sample]
        nearest = recent
        if len(recent) > neighbours:
            # Stable: of equally near sessions the more recent one.
            order = np.argsort(-near[recent], kind="mergesort")
            nearest = recent[order[:neighbours]]
        total = 0
        for session in nearest:
            total += session_starts[session + 1] - session_starts[session]
        touched = np.empty(total, np.int64)
        count = 0
        for session in nearest:
            decay = 1 - 0.1 * latest[session] if linear else 1 / latest[session]
            if decay <= 0:
                continue
            for at in range(session_starts[session], session_starts[session + 1]):
                product = session_products[at]
                if score[product] == 0:
                    touched[count] = product
                    count += 1
                score[product] += near[session] * decay * weight[product]
        if not on_screen:
            score[clicked[end[step] - 1]] = 0
        _best(score, touched[:count], lists[step])
        for product in touched[:count]:
            score[product] = 0
        for session in found[:many]:
            near[session] = 0
    return lists


@njit(cache=True)
def _best(score: np.ndarray, touched: np.ndarray, best: np.ndarray) -> None:
    """The best touched products into `best`; of equals the one with the smaller code."""
    held = 0
    for product in touched:
        if score[product] <= 0:
            continue
        place = held
        while place > 0:
            other = best[place - 1]
            if score[other] > score[product] or (
                score[other] == score[product] and other < product
            ):
                break
            place -= 1
        if place >= len(best):
            continue
        held = min(held + 1, len(best))
        for at in range(held - 1, place, -1):
            best[at] = best[at - 1]
        best[place] = product


def _incidence(clicks: Clicks, products: int) -> sparse.csr_matrix:
    """(sessions, products) 1 where a session has clicked a product."""
    session = np.repeat(np.arange(len(clicks)), np.diff(clicks.starts))
    ones = np.ones(len(session), np.float32)
    matrix = sparse.csr_matrix((ones, (session, clicks.product)), shape=(len(clicks), products))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _best_of(matrix: sparse.csr_matrix) -> np.ndarray:
    """(rows, LISTED) the columns of each row's largest entries."""
    matrix.sum_duplicates()
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, row))
    order = order[matrix.data[order] > 0]
    row, column = row[order], matrix.indices[order]
    first = np.searchsorted(row, np.arange(matrix.shape[0]))
    place = np.arange(len(row)) - first[row]
    lists = np.full((matrix.shape[0], LISTED), -1, np.int32)
    kept = place < LISTED
    lists[row[kept], place[kept]] = column[kept]
    return lists


def _on_screen(steps: Steps, asked: np.ndarray) -> np.ndarray:
    return steps.test.product[steps.end[asked] - 1]
