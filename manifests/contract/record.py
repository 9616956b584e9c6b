"""The one declaration of a row: every schema, check and column table follows from it."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from manifests.contract.column import Column, required
from manifests.contract.vocabulary import (
    Finding,
    LabelRule,
    Modality,
    OfficialSplit,
    PersonalText,
    Quality,
    SeenView,
    Severity,
    Sex,
    Split,
    View,
)

STAGES = ("ingest", "merge", "dedup", "filter", "split")
"""The stages that write columns, in the order in which a row meets them."""


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RecordId = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}/\S(.*\S)?$")]
# A source may repeat a number that another source uses, so the source is part of the key.
Share = Annotated[float, Field(ge=0, le=1)]
PatientId = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}/\S(.*\S)?$")]


class Record(BaseModel):
    """One film, from any source. Columns that a later stage writes are empty until then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: Annotated[RecordId, required("ingest", "`<source>/<source_ref>`, stable for ever")]
    source: Annotated[str, required("ingest", "key of the source: file name, params entry")]
    source_ref: Annotated[str, required("ingest", "the source's own name for the picture")]
    source_url: Annotated[str, required("ingest", "page or file the picture was found at")]
    license: Annotated[str, required("ingest", "SPDX id, LicenseRef-…, or NOASSERTION")]
    attribution: Annotated[str, required("ingest", "whom to credit, in the source's words")]
    sha256: Annotated[Sha256, required("ingest", "SHA-256 of the file as it came")]
    pixel_sha256: Annotated[Sha256, required("ingest", "SHA-256 of the decoded 8-bit pixels")]
    retrieved: Annotated[
        dt.date | None, Column("ingest", "day the file was fetched, if it was")
    ] = None
    snapshot_id: Annotated[
        str | None, Column("ingest", "version of the source it belongs to (commit, hash)")
    ] = None
    is_drawn: Annotated[bool, required("ingest", "drawn by the phantom world, not a patient")]

    width: Annotated[int, required("ingest", "pixels, of the file as it came")]
    height: Annotated[int, required("ingest", "pixels, of the file as it came")]
    format: Annotated[str, required("ingest", "JPEG, PNG, WEBP, TIFF or DICOM, by content")]
    bits: Annotated[int, required("ingest", "bits per sample as it came")]
    decoding: Annotated[str, required("ingest", "steps from file to 8-bit grey, `;` between")]
    phash: Annotated[str, required("ingest", "imagehash.phash, 256 bits, hexadecimal")]
    mean: Annotated[float, required("ingest", "mean grey level, 0-255")]
    deviation: Annotated[float, required("ingest", "standard deviation of the grey levels")]

    seen_view: Annotated[SeenView | None, Column("ingest", "projection, by the pixels alone")] = (
        None
    )
    view_score: Annotated[Share | None, Column("ingest", "how sure `seen_view` is, 0-1")] = None
    pediatric_score: Annotated[
        Share | None, Column("filter", "how much the lungs are a child's, 0-1; empty: none seen")
    ] = None
    lung_fraction: Annotated[
        Share | None, Column("filter", "share of the frame that the lungs cover; frontal only")
    ] = None
    quality: Annotated[Quality | None, Column("ingest", "the worst that is wrong with it")] = None

    patient_id: Annotated[PatientId, required("ingest", "`<source>/<the source's patient>`")]
    study_id: Annotated[str | None, Column("ingest", "`<source>/<study>` where there is one")] = (
        None
    )
    age_years: Annotated[
        Annotated[float, Field(ge=0, le=120)] | None, Column("ingest", "age at the film, years")
    ] = None
    is_child: Annotated[
        bool | None, Column("ingest", "the source's own mark, where it gives no age")
    ] = None
    sex: Annotated[Sex | None, Column("ingest", "DICOM code")] = None
    view: Annotated[View, required("ingest", "projection")]
    modality: Annotated[Modality, required("ingest", "what made the picture")]
    offset_days: Annotated[
        int | None, Column("ingest", "days since symptoms or admission; may be negative")
    ] = None

    finding: Annotated[Finding, required("ingest", "leading finding, closed vocabulary")]
    findings: Annotated[
        tuple[Finding, ...], required("ingest", "all findings, in the order of the vocabulary")
    ]
    finding_text: Annotated[str, required("ingest", "the source's own words, untouched")]
    abnormal: Annotated[
        bool | None, Column("ingest", "does this film show disease? empty where unsaid")
    ] = None
    uncertain: Annotated[
        tuple[Finding, ...] | None, Column("ingest", "findings the source itself doubts")
    ] = None
    found_elsewhere: Annotated[
        tuple[Finding, ...] | None, Column("ingest", "findings of the patient on films not here")
    ] = None
    severity: Annotated[
        Severity | None, Column("ingest", "how much disease the source sees on the film")
    ] = None
    pcr_positive: Annotated[bool | None, Column("ingest", "the virus test, not the film")] = None
    boxes: Annotated[
        str | None,
        Column("ingest", "JSON: finding, x, y, width, height; pixels of the file as it came"),
    ] = None
    has_lung_mask: Annotated[
        bool | None, Column("ingest", "the source's own lung mask lies beside the working copy")
    ] = None
    official_split: Annotated[
        OfficialSplit | None, Column("ingest", "part of the source's own split; never `split`")
    ] = None
    facts: Annotated[
        str | None, Column("ingest", "JSON: what else the source's table says, in its own words")
    ] = None

    corrected: Annotated[
        tuple[str, ...] | None, Column("merge", "columns that a person corrected")
    ] = None

    copies: Annotated[
        tuple[str, ...] | None, Column("dedup", "record ids of the copies that left", True)
    ] = None
    group: Annotated[
        str | None, Column("dedup", "patients, copies and studies that belong together", True)
    ] = None

    patient_ill: Annotated[
        bool | None,
        Column("dedup", "another film of the group shows a pneumonia", True),
    ] = None
    label_rule: Annotated[
        LabelRule | None, Column("dedup", "what decided where copies are called different things")
    ] = None
    is_conflict: Annotated[
        bool | None, Column("dedup", "copies contradict each other and nobody has decided")
    ] = None

    text_fraction: Annotated[Share | None, Column("filter", "share under burned-in words")] = None
    personal_text: Annotated[
        PersonalText | None, Column("filter", "what they look like; empty: like no patient's")
    ] = None
    view_evidence: Annotated[
        str | None, Column("filter", "what the source and the pixels say of the view, who counts")
    ] = None
    pediatric: Annotated[bool | None, Column("filter", "under the adult age? empty: unknown")] = (
        None
    )
    pediatric_evidence: Annotated[
        str | None, Column("filter", "what `pediatric` rests on", True)
    ] = None

    split: Annotated[
        Split | None, Column("split", "train, val, test or external, by whole groups", True)
    ] = None
    group_sources: Annotated[
        tuple[str, ...] | None,
        Column("split", "sources of the group's films and of their copies, sorted"),
    ] = None
    paper_split: Annotated[
        Split | None, Column("split", "the paper's split by image: it leaks; never `split`")
    ] = None

    # By field, so that a refusal names the column.
    @field_validator("abnormal")
    @classmethod
    def _normal_is_clear(cls, abnormal: bool | None, info: ValidationInfo) -> bool | None:  # noqa: FBT001 - pydantic calls it
        if abnormal and info.data.get("finding") is Finding.NORMAL:
            raise ValueError("a film whose finding is normal shows no disease")
        return abnormal

    @model_validator(mode="after")
    def _finding_leads(self) -> "Record":
        if self.findings != leading(self.findings) or self.finding not in self.findings[:1]:
            raise ValueError("findings must stand in the order of the vocabulary, finding first")
        return self


def leading(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without repeats, in the order of the vocabulary: the first one leads."""
    named = set(findings)
    return tuple(finding for finding in Finding if finding in named)
