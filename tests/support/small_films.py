"""Any film of a few pixels, and awkward ones on purpose: black, white, flat, two-valued, 1 x 1."""

import numpy as np
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

SHAPES = some.tuples(some.integers(1, 12), some.integers(1, 12))
TWO_VALUED = SHAPES.flatmap(
    lambda shape: some.tuples(some.integers(0, 255), some.integers(0, 255)).flatmap(
        lambda two: arrays(np.uint8, shape, elements=some.sampled_from(two))
    )
)
AWKWARD = some.sampled_from([
    np.full(shape, grey, np.uint8)
    for grey in (0, 1, 127, 128, 254, 255) for shape in ((1, 1), (1, 9), (9, 1), (12, 12))
])  # fmt: skip
FILMS = arrays(np.uint8, SHAPES) | TWO_VALUED | AWKWARD
