"""What Maison Claire sells: categories of three levels at most, products of invented makers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from connu.sample.chance import Chance, Floats, Ints
from connu.sample.formats import write_csv
from connu.sample.words import rows

_PLACES = (
    "Lyon",
    "Brest",
    "Collioure",
    "Dinard",
    "Annecy",
    "Venise",
    "Lisbonne",
    "Vienne",
    "l'île",
    "la rivière",
    "minuit",
    "novembre",
    "Prague",
    "Cadix",
    "Saint-Malo",
    "Arles",
)
#: Products that events name but the catalogue has dropped.
DROPPED_SHARE = 0.03
NO_ID_ROWS = 2


@dataclass(frozen=True)
class Categories:
    """One row per leaf of the catalogue, in the order of `words/catalogue.csv`.

    Attributes:
        path: «Photo/Appareils/Hybrides». price_eur: typical price.
        days: how long a purchase is thought over, on average.
        yule: how much more is bought before Christmas (log scale).
        leads_to: the category bought after it, -1 where none is.
        parent: code of the levels above the leaf; siblings share it.
        rows: the raw rows, for tastes.
    """

    path: list[str]
    price_eur: Floats
    days: Floats
    yule: Floats
    leads_to: Ints
    parent: Ints
    rows: list[dict[str, str]]

    def __len__(self) -> int:
        return len(self.path)


@cache
def categories() -> Categories:
    """The categories of the shop."""
    listed = rows("catalogue")
    path = [row["category"] for row in listed]
    parents = [p.rpartition("/")[0] for p in path]
    return Categories(
        path=path,
        price_eur=np.array([float(row["price_eur"]) for row in listed]),
        days=np.array([float(row["days"]) for row in listed]),
        yule=np.array([float(row["yule"]) for row in listed]),
        leads_to=np.array(
            [path.index(row["leads_to"]) if row["leads_to"] else -1 for row in listed]
        ),
        parent=np.unique(parents, return_inverse=True)[1],
        rows=listed,
    )


@dataclass(frozen=True)
class Catalogue:
    """One row per product, by category, the cheap before the dear.

    Attributes:
        sku, name, maker: text. category: code into `categories()`. price_eur: as sold.
        start, count: where each category's products lie.
        popularity: (categories, most products) weights of a product within its category.
        listed: whether the catalogue file still holds the product.
    """

    sku: pa.Array
    name: pa.Array
    maker: pa.Array
    category: Ints
    price_eur: Floats
    start: Ints
    count: Ints
    popularity: Floats
    listed: np.ndarray

    def __len__(self) -> int:
        return len(self.sku)


def make_catalogue(chance: Chance) -> Catalogue:
    """The products. The same size for every brand: customers scale, the shop does not."""
    rng = chance.stream("catalogue")
    shop = categories()
    makers = {row["department"]: row["makers"].split() for row in rows("makers")}
    count = np.array([int(row["products"]) for row in shop.rows])
    names, brands, prices = [], [], []
    for row, price, products in zip(shop.rows, shop.price_eur, count, strict=True):
        factor = np.sort(np.exp(rng.normal(0, 0.45 if price > 40 else 0.25, products)))
        prices += [_rounded(price * f) for f in factor]
        nouns = row["nouns"].split("|")
        own = makers[row["category"].split("/")[0]]
        for place in range(products):
            brand = own[rng.integers(len(own))].replace("-", " ")
            names.append(_title(nouns[rng.integers(len(nouns))], brand, place, rng))
            brands.append(brand)
    total = int(count.sum())
    number = rng.permutation(90_000)[:total] + 10_000
    popularity = np.zeros((len(shop), int(count.max())))
    for code, products in enumerate(count):
        popularity[code, :products] = rng.permutation(1 / (np.arange(products) + 2.0))
    return Catalogue(
        sku=pa.array([f"MC-{n}" for n in number.tolist()]),
        name=pa.array(names),
        maker=pa.array(brands),
        category=np.repeat(np.arange(len(shop)), count),
        price_eur=np.array(prices),
        start=np.cumsum(count) - count,
        count=count,
        popularity=popularity,
        listed=rng.random(total) >= DROPPED_SHARE,
    )


def _rounded(price: float) -> float:
    """Prices as shops like them: 8.90, 129.99, 1290.00."""
    if price < 40:
        return max(round(price), 3) - 0.10
    return round(price) - 0.01 if price < 400 else round(price / 10) * 10.0


def _title(noun: str, brand: str, place: int, rng: np.random.Generator) -> str:
    if noun.endswith(("t.",)):
        return f"{noun}{place + 1}"
    if noun.endswith((" de", " à")):
        return f"{noun} {_PLACES[rng.integers(len(_PLACES))]}"
    if noun[0].isupper():
        return f"{noun} {('', 'II', 'III', 'édition limitée')[rng.integers(4)]}".strip()
    letters = "ABCDEGKLMNPRSTXZ"
    series = letters[rng.integers(len(letters))] + letters[rng.integers(len(letters))]
    return f"{brand} {noun} {series}-{(place + 1) * 10}"


def write_catalogue(folder: Path, chance: Chance, catalogue: Catalogue) -> int:
    """data/produits.csv: semicolons, decimal commas, a BOM, two rows without number.

    Returns:
        The rows written.
    """
    rng = chance.stream("catalogue file")
    shop = categories()
    price = [f"{p:.2f}".replace(".", ",") for p in catalogue.price_eur.tolist()]
    launched = np.datetime64("2019-01-01", "D") + rng.integers(0, 2300, len(catalogue))
    table = pa.table(
        {
            "ref": catalogue.sku,
            "designation": catalogue.name,
            "rayon": pa.array([shop.path[c] for c in catalogue.category.tolist()]),
            "prix_eur": pa.array(price),
            "marque": catalogue.maker,
            "lancement": pa.array(launched),
        }
    ).filter(pa.array(catalogue.listed))
    order = rng.permutation(len(table))
    table = table.take(pa.array(order))
    broken = {
        len(table) // 3: ";article sans référence;Photo/Drones;99,90;Lumira;2024-01-01",
        len(table) // 2: ";;;;;",
    }
    write_csv(
        folder / "data" / "produits.csv", table, delimiter=";", encoding="utf-8-sig", broken=broken
    )
    return len(table) + len(broken)
