"""Every column that is measured on the pixels of a film, from one decoding of it."""

from curation.pixels.fingerprint import fingerprint
from curation.pixels.inspection import seen
from manifests.contract.images import Film


def measured(film: Film) -> dict[str, object]:
    """The fingerprint and the look of a film, by the names of their columns."""
    return {
        **fingerprint(film.pixels)._asdict(),
        **seen(film.pixels, film.colour)._asdict(),
    }
