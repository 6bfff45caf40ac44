"""The people who behave most alike: nearest neighbours among the known, saved and extended.

Few people (below `EXACT_BELOW`) are compared one by one: the answer is exact. More are shared out
over lists around centres (an inverted file); a query looks into the lists whose centres are
nearest. How many those are is *measured* when the index is built, on its own people and on shorter
histories: the fewest that find `RECALL` of the true neighbours of either. Distances are always
those of the full float32 vectors.

Same vectors and seed, same answer: it does not depend on who is asked beside a query, on the number
of threads, or on whether the index was built or opened. The index holds vectors and row numbers,
nobody's name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np

from connu.kernel.errors import ConnuError
from connu.twins import lists_file
from connu.twins.centres import assign, find_centres
from connu.twins.lists import Lists, in_chunks
from connu.twins.scan import MOST_PEOPLE
from connu.twins.votes import others

EXACT_BELOW = 20_000  # people compared one by one
RECALL = 0.955  # of people of the index, and of shorter histories
NEAREST = 50  # for which recall is measured
ASKED = 256  # people on whom it is measured


class Neighbours:
    """An index of people by their vectors, made by `build` or `open`.

    >>> people = np.array([[0, 0], [1, 0], [5, 5]], np.float32)
    >>> distances, rows = Neighbours.build(people).search(np.array([[0.9, 0]], np.float32), 2)
    >>> rows.tolist()
    [[1, 0]]

    Memory: 4 d + 4 bytes a person. Cost of a search for k = 50 among 100,000 people, on one core:
    28 µs a query for 32 dimensions, 43 to 57 µs for 64, so that a million visitors take 15 and 28 s
    on two; up to twice that where dimensions hardly correlate and more lists must be looked into.
    """

    def __init__(self, people: Lists, centres: np.ndarray, probes: int) -> None:
        self._people = people
        self._centres = centres
        self._probes = probes
        self._centre_list = Lists.one(centres)

    @classmethod
    def build(cls, vectors: np.ndarray, *, seed: int = 0) -> Self:
        """Index people.

        Args:
            vectors: float32 (n, d), finite; n may be 0. Row i is the person the search calls i.
            seed: of the sample the centres are learnt from.

        Raises:
            ConnuError: not a table of finite numbers.
        """
        vectors = _checked(vectors)
        n, d = vectors.shape
        wanted = 1 if n < EXACT_BELOW else 2 ** round(np.log2(1.5 * np.sqrt(n)))
        centres = find_centres(vectors, wanted, seed) if n else np.zeros((1, d), np.float32)
        index = cls(Lists.empty(len(centres), d), centres, len(centres))
        index.add(vectors)
        if len(centres) > 1:
            index._probes = index._fewest_probes(vectors, seed)
        return index

    @property
    def size(self) -> int:
        """How many people."""
        return self._people.rows.size

    @property
    def dimension(self) -> int:
        """How many numbers describe one."""
        return self._people.dimension

    def __len__(self) -> int:
        return self.size

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest people of each query.

        Args:
            queries: float32 (m, d), finite.
            k: how many; all of them where there are fewer.

        Returns:
            Squared distances float32 and rows int64, both (m, min(k, n)), nearest first, ties by
            row. 12 k bytes a query: ask a million in parts.

        Raises:
            ConnuError: not a table of d columns of finite numbers.
        """
        queries = _checked(queries, self.dimension)
        k = min(k, self.size)
        if k < 1 or not len(queries):
            return np.empty((len(queries), max(k, 0)), np.float32), np.empty(
                (len(queries), max(k, 0)), np.int64
            )
        return in_chunks(lambda part: self._answer(part, k), queries, k)

    def recall(self, queries: np.ndarray, k: int = NEAREST) -> float:
        """The share of the true k nearest that `search` finds: 1 where all are compared.

        Args:
            queries: float32 (m, d), m ≥ 1; m × n distances are computed.
            k: as in `search`.
        """
        exact = Neighbours(self._people, self._centres, self._people.count)
        found, true = self.search(queries, k)[1], exact.search(queries, k)[1]
        if not true.size:
            return 1.0
        return float(np.mean([np.isin(t, f).mean() for t, f in zip(true, found, strict=True)]))

    def add(self, vectors: np.ndarray) -> None:
        """Add people (float32 (m, d)) behind those indexed: rows n … n + m − 1.

        Centres and probes stay as built; build anew once the people have doubled.

        Raises:
            ConnuError: not a table of d columns of finite numbers, or too many people.
        """
        vectors = _checked(vectors, self.dimension)
        if self.size + len(vectors) > MOST_PEOPLE:
            raise ConnuError(
                f"{self.size + len(vectors)} people are too many for one index",
                hint=f"index at most {MOST_PEOPLE}, a sample of them says as much",
            )
        if len(vectors):
            self._people = self._people.extended(vectors, assign(self._centres, vectors))

    def save(self, path: Path) -> None:
        """Write the index to one file; it appears whole or not at all."""
        lists_file.write(Path(path), self._people, self._centres, self._probes)

    @classmethod
    def open(cls, path: Path, mmap: bool = True) -> Self:
        """Open a saved index; mapped, its pages are read as they are needed.

        Raises:
            BuildError: no such file, or not an index this version wrote.
        """
        return cls(*lists_file.read(Path(path), mmap))

    def _answer(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """`search` for queries that are answered together."""
        distances, rows = self._people.nearest(queries, k, self._order(queries, self._probes))
        short = rows[:, -1] < 0  # too few people in the lists probed: look into all
        if short.any():
            every = self._order(queries[short], self._people.count)
            distances[short], rows[short] = self._people.nearest(queries[short], k, every)
        return distances, rows

    def _order(self, queries: np.ndarray, count: int) -> np.ndarray:
        """The `count` lists nearest to each query, nearest first: int64 (m, count)."""
        whole = np.zeros((len(queries), 1), np.int64)
        return self._centre_list.nearest(queries, count, whole)[1]

    def _fewest_probes(self, vectors: np.ndarray, seed: int) -> int:
        """How many lists to look into so that RECALL of the nearest are found, on two samples.

        One are people of the index; the others stand midway between one and the mean of all, as
        short histories do: there lists crowd together and often more of them are needed.
        """
        random = np.random.default_rng(seed)
        chosen = random.choice(self.size, min(ASKED, self.size), replace=False)
        asked = vectors[chosen]
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        asked = np.concatenate([asked, (asked + mean) / 2])
        order = self._order(asked, self._people.count)
        rows = self._people.nearest(asked, min(NEAREST + 1, self.size), order)[1]
        rows, _ = others(rows, rows, np.append(chosen, np.full(len(chosen), -1)))
        place = np.empty_like(order)
        np.put_along_axis(place, order, np.arange(order.shape[1])[None, :], axis=1)
        list_of = np.empty(self.size, np.int64)
        list_of[self._people.rows] = np.repeat(
            np.arange(self._people.count), np.diff(self._people.starts)
        )
        needed = np.take_along_axis(place, list_of[rows], axis=1)
        both = needed.reshape(2, -1)
        return int(np.quantile(both, RECALL, axis=1, method="higher").max()) + 1


def _checked(vectors: np.ndarray, dimension: int | None = None) -> np.ndarray:
    """Vectors as contiguous float32.

    Raises:
        ConnuError: not a table, not `dimension` columns, or a number that is not finite.
    """
    vectors = np.asarray(vectors)
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise ConnuError(
            f"vectors must be a table of people × dimensions, not of shape {vectors.shape}",
            hint="reshape one vector to (1, d)",
        )
    if dimension is not None and vectors.shape[1] != dimension:
        raise ConnuError(
            f"the index holds vectors of {dimension} dimensions, these have {vectors.shape[1]}",
            hint="represent them with the model the index was built with",
        )
    with np.errstate(over="ignore"):
        vectors = np.ascontiguousarray(vectors, np.float32)
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise ConnuError(
            f"{len(finite) - finite.sum()} of {len(finite)} vectors hold a number that is not "
            f"finite in float32, the first is row {finite.argmin()}",
            hint="leave out subjects without behaviour, and scale what is too large",
        )
    return vectors
