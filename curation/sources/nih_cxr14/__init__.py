"""NIH ChestX-ray14: twelve tar archives and a table of labels mined from reports.

Paper §3.1, negatives 2. The archives hold 42 GB and are streamed, never unpacked; loose pictures
are read as well. What the parameters do not ask for is not counted at all. Names of tables, lists
and pictures that differ in the case of letters only are the same name.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, rows
from curation.sources.nih_cxr14.links import remotes_in
from curation.sources.nih_cxr14.marks import Marks, marks
from curation.sources.nih_cxr14.pictures import Image, lost, pictures
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

# The table of 2020 comes first: the one of 2017 holds ages up to 414. The last is Kaggle's sample.
TABLES = ("Data_Entry_2017_v2020.csv", "Data_Entry_2017.csv", "sample_labels.csv")
NEEDED = ("image_index", "finding_labels", "follow-up_#", "patient_id", "patient_age",
          "view_position")  # fmt: skip
# "OriginalImage[Width,Height]" is one bracket to a person and two columns to a reader of CSV;
# Kaggle's sample has given each a name of its own.
FACTS = {
    "follow_up": ("follow-up_#",),
    "original_width": ("originalimage[width", "originalimagewidth"),
    "original_height": ("height]", "originalimageheight"),
    "pixel_spacing_x": ("originalimagepixelspacing[x", "originalimagepixelspacing_x"),
    "pixel_spacing_y": ("y]", "originalimagepixelspacing_y"),
}
Label: TypeAlias = Literal[
    "No Finding", "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema",
    "Fibrosis", "Hernia", "Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia",
    "Pneumothorax",
]  # fmt: skip


class NihCxr14(Importer):
    """The films that the table lists, or the part of them that the parameters ask for."""

    about: ClassVar[About] = About(
        title="NIH ChestX-ray14",
        homepage="https://nihcc.app.box.com/v/ChestXray-NIHCC",
        license="LicenseRef-NIHCC",
        license_url="https://nihcc.app.box.com/v/ChestXray-NIHCC",
        citation="Wang et al.: ChestX-ray8, CVPR 2017; provided by the NIH Clinical Center, "
        "https://nihcc.app.box.com/v/ChestXray-NIHCC",
        paper="§3.1, negatives 2",
        hosts=("nihcc.app.box.com", "nihcc.box.com", "public.boxcloud.com"),
    )
    findings: tuple[Label, ...]
    """Only films with one of these labels; none given takes all."""
    max_films: int | None = Field(ge=1)
    """Only the first so many of them by name, films in number; none given takes all."""
    links: Path | None = None
    """For `cxr fetch`: a CSV of name, url, sha256 (may be blank) of the files to bring."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        del files
        if self.links is None:
            raise Misspelt(
                "params.yaml: 'sources.nih_cxr14.links' is missing; NIH hands its links out at "
                f"{self.about.homepage} (batch_download_zips.py): name a CSV of name,url,sha256"
            )
        yield from remotes_in(self.links)

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        listed: dict[str, Row] = {}
        for row in rows(_table(files), *NEEDED):
            if isinstance(row, Lost):
                yield row
            elif (name := row["image_index"].casefold()) in listed:
                yield lost(row["image_index"], Reason.INVALID_FIELD, "stands in two rows")
            else:
                listed[name] = row
        asked = set(
            sorted(name for name, row in listed.items() if self._asks(row))[: self.max_films]
        )
        marked = marks(files, listed, asked)
        yield from marked.faults
        yield from self._films(files, listed, asked, marked)

    def _films(
        self, files: Path, listed: dict[str, Row], asked: set[str], marked: Marks
    ) -> Iterator[Draft | Lost]:
        came = set[str]()
        for picture in pictures(files, asked):
            if isinstance(picture, Lost):
                yield picture
                continue
            name, image = picture
            known = name.casefold()
            if known in came:
                yield lost(name, Reason.INVALID_FIELD, "stands twice here; the first is kept")
            elif known in asked:
                asked.remove(known)
                came.add(known)
                yield _draft(listed[known], image, marked)
            elif known not in listed:
                yield lost(name, Reason.UNLISTED_IMAGE, "no row of the table says what it is")
            if self.max_films and not asked:
                return
        for known in sorted(asked):
            found = "listed, but in no archive or folder here"
            yield lost(listed[known]["image_index"], Reason.MISSING_IMAGE, found)

    def _asks(self, row: Row) -> bool:
        return not self.findings or not set(self.findings).isdisjoint(
            row["finding_labels"].split("|")
        )


def _draft(row: Row, image: Image, marked: Marks) -> Draft:
    patient, known = _number(row["patient_id"]), row["image_index"].casefold()
    return Draft(
        source_ref=row["image_index"],
        image=image,
        url=NihCxr14.about.homepage,
        patient=patient,
        study=f"{patient}-{_number(row['follow-up_#'])}",
        age=row["patient_age"],
        sex=row["patient_gender"] or row["patient_sex"],
        view=row["view_position"],
        modality="X-ray",
        finding=row["finding_labels"],
        # A label must not depend on which films were asked for.
        elsewhere=marked.elsewhere.get(row["patient_id"], ()),
        boxes=marked.boxes.get(known, ()),
        official_split=marked.splits.get(known, ""),
        facts={
            fact: next((row[column] for column in columns if row[column]), "")
            for fact, columns in FACTS.items()
        },
    )


def _number(cell: str) -> str:
    """Without leading zeros: Kaggle's sample writes patient 00000013, the whole table 13."""
    return cell.lstrip("0") or cell[-1:]


def _table(files: Path) -> Path:
    for name in TABLES:
        if (files / name).is_file():
            return files / name
    raise Rejected(Reason.LAYOUT_CHANGED, f"{files}: holds none of {TABLES}; bring one of them")
