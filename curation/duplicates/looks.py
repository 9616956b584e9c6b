"""What is found out about each film before it is compared: descriptors, and features.

Both come from one look, and are remembered apart: a second search asks for descriptors only.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.duplicates.candidates import View, descriptors, look
from curation.duplicates.features import Features, features
from curation.work.kind import kind
from curation.work.packed import pack, unpack
from manifests.contract.packing import unpng

DESCRIBED = kind("descriptors", 1, __name__)
FEATURES = kind("features", 1, __name__)


class Look(NamedTuple):
    """A film's descriptors and features, as they are remembered."""

    described: bytes
    features: bytes


def looked(png: bytes) -> bytes:
    """Both of a working copy, for `parts`."""
    seen: View = look(unpng(png))
    # Whole numbers of at most `UNIT`.
    described = pack({}, [descriptors(seen.seen).astype(np.int16)])
    found = features(seen)
    kept = pack({"frame": list(found.frame)}, [found.seen, found.points, found.words])
    return pack({}, [described, kept])


def parts(result: bytes) -> Look:
    """What `looked` gave."""
    return Look(*unpack(result)[1])


def described_in(remembered: bytes) -> npt.NDArray[np.int16]:
    """int16[W, D]: what `candidates.descriptors` gave."""
    _, (described,) = unpack(remembered)
    return np.asarray(described, np.int16)


def features_in(remembered: bytes) -> Features:
    """What `features.features` gave."""
    about, (seen, points, words) = unpack(remembered)
    left, top, right, bottom = about["frame"]
    return Features(seen=seen, frame=(left, top, right, bottom), points=points, words=words)
