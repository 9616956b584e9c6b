"""Every column that is measured on the pixels of a film, from one decoding of it."""

from curation.pixels.fingerprint import fingerprint
from curation.pixels.inspection import inspection
from manifests.contract.images import Film


def measured(film: Film) -> dict[str, object]:
    """The fingerprint and the inspection of a film, by the names of their columns."""
    return {
        **fingerprint(film.pixels)._asdict(),
        **inspection(film.pixels, film.colour)._asdict(),
    }
