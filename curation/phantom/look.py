"""How each source's files look: size, format, colour, border and burned-in text."""

from curation.phantom.files import encoded
from curation.phantom.patient import Occasion
from curation.phantom.picture import Picture

Filed = tuple[Picture, bytes, str]
"""The picture as the source shows it, the file's bytes, the extension."""


def filed(film: Picture, occasion: Occasion) -> Filed:
    """The film as the source of the occasion publishes it."""
    extension = occasion.chance.pick("extension", ("png", "jpg"))
    return film, encoded(film.pixels, extension), extension
