"""The sample brand: a made-up retailer with its sources, and the truth beside them.

May import the kernel alone: the sample must not know how the stages see it.
"""

from connu.sample.brand import PEOPLE, BrandMade, make_brand

__all__ = ["PEOPLE", "BrandMade", "make_brand"]
