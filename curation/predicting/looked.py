"""A file as its working copy, and what makes a careful person doubt any answer about it."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from curation.folders import shown
from curation.pixels.fingerprint import working_copy
from curation.pixels.inspection import Inspection, inspection
from curation.pixels.lungs import Shown
from manifests.contract.images import decode
from manifests.contract.packing import png
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Quality, SeenView

CHILD_FROM = 0.85
"""`pediatric_score` of a child, that of `filter.pediatric_from` in the demo; a warning only."""
VIEWS = {
    SeenView.L: "looks like a lateral film, and networks here learn from frontal ones",
    SeenView.OTHER: "does not look like a chest film",
    SeenView.UNKNOWN: "cannot be told to be a frontal chest film",
}
QUALITIES = {
    Quality.INVERTED: "looks like a negative",
    Quality.SATURATED: "is washed out: much of it is pure black or white",
    Quality.PHOTO: "looks like a photograph of a film",
}
NOTHING = {
    Quality.BLANK: "is nearly blank, so there is nothing to answer about",
    Quality.TINY: "has too few pixels to be a film",
}
"""What a network would answer about as surely as about any film."""
PARTS = {
    Shown.NO_MASK: "its lungs were not looked for, so the network saw the whole film",
    Shown.NO_LUNG: "no lung was found, so the network saw the whole film",
    Shown.ONE_LUNG: "only one lung was found, so the network saw the whole film",
}


class Asked(NamedTuple):
    """A file, and the longest side of its working copy, pixels."""

    path: Path
    max_side: int


class Looked(NamedTuple):
    """One picture that can be read."""

    sha256: str
    """Of the file."""
    copy: bytes
    """The working copy as PNG, as stage ingest makes it."""
    cautions: tuple[str, ...]


def looked(asked: Asked) -> Looked | str:
    """The picture, or the sentence why it is none."""
    name = shown(asked.path)
    try:
        data = asked.path.read_bytes()
        film = decode(data, name)
    except Rejected as verdict:
        return verdict.detail
    except OSError as fault:
        return f"{name}: cannot be read ({fault.strerror}); look at its permissions"
    seen = inspection(film.pixels, film.colour)
    if seen.seen.quality in NOTHING:
        return f"{name}: {NOTHING[seen.seen.quality]}"
    copy = png(working_copy(film.pixels, asked.max_side))
    return Looked(hashlib.sha256(data).hexdigest(), copy, cautions(seen))


def cautions(found: Inspection) -> tuple[str, ...]:
    """In words, what the pixels say against asking a network of adults' frontal films."""
    told = [VIEWS.get(found.seen.seen_view), QUALITIES.get(found.seen.quality)]
    score = found.pediatric_score
    if score is not None and score >= CHILD_FROM:
        told.append(f"looks like a child's film ({score:.2f})")
    return tuple(filter(None, told))
