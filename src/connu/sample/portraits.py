"""Who people are in the words of statistical twins: columns of the truth named as attributes are.

So that what twins tell is judged column by column, and the profiles of the sample's connu.toml
with them.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from connu.sample.homes import AREAS
from connu.sample.people import AGE_BANDS, AGE_LIMITS, OCCUPATION_CLASSES, People
from connu.sample.records import pick
from connu.twins.places import REGIONS


def portraits(people: People) -> dict[str, pa.Array]:
    """Columns, one row a person: place, occupation_class, and yes or no for each profile."""
    young = pa.array(people.age < AGE_LIMITS[AGE_BANDS.index("25-34")])
    jobs, areas = pick(OCCUPATION_CLASSES, people.occupation), pick(AREAS, people.area)
    urban_executive = pc.and_(pc.equal(areas, "urban"), pc.equal(jobs, "executive"))
    return {
        "occupation_class": jobs,
        "place": _places(people),
        "profile.woman_under_35": _answer(pc.and_(young, pa.array(people.female))),
        "profile.urban_executive": _answer(urban_executive),
    }


def _places(people: People) -> pa.Array:
    """The region of a home in France, else its country."""
    region_of = {code: region for region, codes in REGIONS.items() for code in codes}
    # Corsican postcodes begin with 20, whatever its two departments are called.
    region_of |= {"2A": "Corse", "2B": "Corse"}
    home = pa.array(people.home)
    department = people.homes.department.take(home)
    place = pc.index_in(department, value_set=pa.array(list(region_of)))
    region = pa.array(list(region_of.values())).take(place)
    country = people.homes.country.take(home)
    return pc.if_else(pc.equal(country, "FR"), region, country)


def _answer(holds: pa.Array) -> pa.Array:
    return pc.if_else(holds, "yes", "no")
