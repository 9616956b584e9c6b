"""The closed word lists: every coded value in a table is one of these."""

from enum import StrEnum


class Finding(StrEnum):
    """What a film shows or what the patient is known to have, most specific first.

    The order is the precedence: where a source names several, the first in this list becomes
    `finding` and all of them stay in `findings`.
    """

    COVID19 = "covid19"
    SARS = "sars"
    MERS = "mers"
    VIRAL_PNEUMONIA = "viral_pneumonia"
    BACTERIAL_PNEUMONIA = "bacterial_pneumonia"
    FUNGAL_PNEUMONIA = "fungal_pneumonia"
    LIPOID_PNEUMONIA = "lipoid_pneumonia"
    ASPIRATION_PNEUMONIA = "aspiration_pneumonia"
    PNEUMONIA = "pneumonia"
    TUBERCULOSIS = "tuberculosis"
    ARDS = "ards"
    CONSOLIDATION = "consolidation"
    INFILTRATION = "infiltration"
    ATELECTASIS = "atelectasis"
    CARDIOMEGALY = "cardiomegaly"
    EFFUSION = "effusion"
    EDEMA = "edema"
    EMPHYSEMA = "emphysema"
    FIBROSIS = "fibrosis"
    HERNIA = "hernia"
    MASS = "mass"
    NODULE = "nodule"
    PLEURAL_THICKENING = "pleural_thickening"
    PNEUMOTHORAX = "pneumothorax"
    OTHER = "other"
    NORMAL = "normal"
    UNKNOWN = "unknown"


PNEUMONIAS = frozenset({
    Finding.COVID19, Finding.SARS, Finding.MERS, Finding.VIRAL_PNEUMONIA,
    Finding.BACTERIAL_PNEUMONIA, Finding.FUNGAL_PNEUMONIA, Finding.LIPOID_PNEUMONIA,
    Finding.ASPIRATION_PNEUMONIA, Finding.PNEUMONIA, Finding.ARDS,
})  # fmt: skip
"""A clear film of a patient with one of these is not a healthy person's film."""


class View(StrEnum):
    """The projection of a chest film. FRONTAL: frontal, but the source does not say PA or AP."""

    PA = "PA"
    AP = "AP"
    AP_ERECT = "AP_ERECT"
    AP_SUPINE = "AP_SUPINE"
    FRONTAL = "FRONTAL"
    L = "L"
    UNKNOWN = "UNKNOWN"


class SeenView(StrEnum):
    """What the pixels alone say of a picture. OTHER: no chest film, such as a CT slice or a table.

    PA and AP are not among them: pixels do not tell them apart well enough.
    """

    FRONTAL = "FRONTAL"
    L = "L"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class PersonalText(StrEnum):
    """What burned-in words look like, the gravest first: a person looks before they go out."""

    NAME = "name"
    DATE = "date"
    NUMBER = "number"
    UNREAD = "unread"
    """Longer than a marker, and nobody has read it."""


class Quality(StrEnum):
    """The worst that is wrong with a film as a picture, the worst first."""

    BLANK = "blank"
    TINY = "tiny"
    INVERTED = "inverted"
    SATURATED = "saturated"
    PHOTO = "photo"
    GOOD = "good"


class Modality(StrEnum):
    """What made the picture. Only X_RAY stays in the data set."""

    X_RAY = "X_RAY"
    CT = "CT"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class Sex(StrEnum):
    """DICOM (0010,0040)."""

    F = "F"
    M = "M"
    O = "O"  # noqa: E741 - the DICOM code for "other"


class Split(StrEnum):
    """The side of the line on which a whole group stands."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"
    EXTERNAL = "external"
    """Judged on, beside `test`: films of sources that are never trained on, chosen by or tuned."""


class OfficialSplit(StrEnum):
    """The part of the source's own split; evidence, never our `split`."""

    TRAIN = "train"
    VAL = "val"
    TRAIN_VAL = "train_val"
    TEST = "test"


class Severity(StrEnum):
    """How much disease the source says the film shows, least first."""

    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Relation(StrEnum):
    """How two pictures are related, strongest first. All but the last two remove one of them."""

    IDENTICAL_BYTES = "identical_bytes"
    SAME_PIXELS = "same_pixels"
    RECOMPRESSED_OR_RESIZED = "recompressed_or_resized"
    CROPPED_OR_ANNOTATED = "cropped_or_annotated"
    ADJUSTED = "adjusted"
    REVIEWED_COPY = "reviewed_copy"
    SAME_PATIENT_OR_SERIES = "same_patient_or_series"
    DIFFERENT = "different"


class LabelRule(StrEnum):
    """What decided between copies of one film whose sources call it different things, in order."""

    CORRECTED_BY_A_PERSON = "corrected_by_a_person"
    KNOWN_OVER_UNKNOWN = "known_over_unknown"
    MORE_SPECIFIC = "more_specific"
    NAMES_MORE = "names_more"
    CONFLICT = "conflict"


class Reason(StrEnum):
    """Why a row left the table. The `detail` beside it says what was found, where, what to do."""

    UNREADABLE_IMAGE = "unreadable_image"
    MISSING_IMAGE = "missing_image"
    UNLISTED_IMAGE = "unlisted_image"
    INVALID_FIELD = "invalid_field"
    UNKNOWN_TERM = "unknown_term"
    LAYOUT_CHANGED = "layout_changed"
    BLOCKED = "blocked"
    DUPLICATE = "duplicate"
    NOT_FRONTAL = "not_frontal"
    NOT_RADIOGRAPH = "not_radiograph"
    PEDIATRIC = "pediatric"
    LABEL_CONFLICT = "label_conflict"
    QUALITY = "quality"
    EARLY_STAGE = "early_stage"
    LICENSE = "license"
    WITHDRAWN = "withdrawn"


DISCLAIMER = "Research software. Not a medical device; not for diagnosis or clinical use."
"""Stands on every page, card and file that a person reads first."""
DRAWN = "Drawn by a computer, not data: these pictures show no patient."
"""Stands wherever pictures of the phantom world are shown."""
