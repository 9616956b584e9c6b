"""What a EuroRad caption says of each picture it speaks of: "PA (a) and lateral (b)" are two."""

import re
from itertools import pairwise

from curation.sources.eurorad.film import (
    RADIOGRAPH,
    Film,
    film,
    modalities,
    modality,
    names_two_views,
)

# What stands between the names of two pictures side by side: "radiograph and corresponding CT".
_JOINED = re.compile(
    r"\s*(?:(?:,? ?and|&|\+)\s*(?:\w+\s+){0,2}"
    r"|[,/]\s*(?:(?:axial|coronal|sagittal|chest|thoracic|contrast[- ]enhanced)\s+){0,2})",
    re.IGNORECASE,
)
# "(a)", "(a, b)", "a)", "A:" where a sentence begins; "(left)" beside "(right)"; "arrow in A".
_MARK = re.compile(
    r"\(\s*(?:fig(?:ure)?\.?\s*\d{0,2}\s*)?([a-h](?:\s*(?:,|and|&|-|\u2013)\s*[a-h])*)\s*\)"
    r"|(?:^|(?<=[\s;,.]))([a-h])\)(?=\s)|(?:^|(?<=[.;]\s))([a-h])[:.](?=\s)"
    r"|\((left|right|top|bottom|upper|lower)(?: (?:image|panel|row))?\)"
    r"|\bin (?-i:([A-H]))(?=[\s),.;]|$)",
    re.IGNORECASE,
)


def films(caption: str) -> dict[str, Film]:
    """Letter of a panel -> what is said of it; `""` where the caption speaks of one picture.

    Empty where it speaks of several pictures and gives them no letters.
    """
    panels = _panels(caption)
    if len(panels) < 2:  # noqa: PLR2004 - one letter alone is a mark within the picture
        return {} if _names_several(caption) else {"": film(caption, modality(caption))}
    told: dict[str, Film] = {}
    carried = Film("", "", "", "")
    for letter, (text, is_before) in panels.items():
        made = modality(text, is_last=not is_before)
        # "PA radiograph on day 1 (a) and day 5 (b)": the second is what the first is.
        before = carried if not made else Film("", "", "", "")
        one = film(text, made or before.modality or modality(caption))
        if one.modality == RADIOGRAPH and not one.view:
            one = one._replace(view=before.view)
        told[letter] = carried = one
    return told


def _names_several(caption: str) -> bool:
    """Two projections, or two modalities side by side, of which no letter says which is where."""
    if modality(caption) == RADIOGRAPH and names_two_views(caption):
        return True
    return any(
        one != other and RADIOGRAPH in {one, other} and _JOINED.fullmatch(caption[end:start])
        for (one, _, end), (other, start, _) in pairwise(modalities(caption))
    )


def _panels(caption: str) -> dict[str, tuple[str, bool]]:
    """Letter -> the part of the caption for it, and whether the letter stands before that part."""
    marks = list(_MARK.finditer(caption))
    is_before = bool(marks) and not caption[: marks[0].start()].strip(" .,:;")
    edges = [mark.start() for mark in marks] + [len(caption)]
    panels: dict[str, tuple[str, bool]] = {}
    for place, mark in enumerate(marks):
        last = marks[place - 1].end() if place else 0
        text = caption[mark.end() : edges[place + 1]] if is_before else caption[last : mark.start()]
        for letter in _letters(mark):
            panels.setdefault(letter, (text, is_before))
    return panels


def _letters(mark: re.Match[str]) -> list[str]:
    said = next(group for group in mark.groups() if group).lower()
    if mark[4]:
        return [said]
    letters = re.findall(r"[a-h](?![a-z])", said)
    if re.search("[-\u2013]", said):
        return [chr(code) for code in range(ord(letters[0]), ord(letters[-1]) + 1)]
    return letters
