"""One film of the drawn world, ready to be filed by a source's replica."""

from dataclasses import dataclass

from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Modality, Sex, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A drawn film as a file, and all that is true of it."""

    source: str
    """Key of the source whose replica files it."""
    home: str
    """Key of the source that shows the patient's case; a copy strays from there."""
    ref: str
    """Unique in the world, such as "p017-day4-ap"; replicas build upstream's names from it."""
    patient: str
    """The drawn person, such as "p017"; the same in every source."""
    data: bytes
    extension: str
    """Of the file name: jpg, jpeg or png."""
    age_years: float
    sex: Sex
    view: View
    modality: Modality
    condition: str
    """normal | cap | covid19 | tuberculosis: what the patient has."""
    shows_disease: bool
    """False for the clear film of an ill patient."""
    day: int
    """Days since the first symptoms."""
    copy_of: str
    """`ref` of the shot this one is a copy of, or empty."""
    copy_kind: str
    """Empty, or exact | re-encoded | resized | cropped | annotated."""
    lungs: Pixels
    """uint8[320, 320], 255 inside the lungs, over this file's whole frame."""
    opacities: Pixels
    """uint8[320, 320], 255 where disease was drawn, over this file's whole frame."""
    text: Pixels
    """uint8[320, 320], 255 in boxes around what is written, over this file's whole frame."""
