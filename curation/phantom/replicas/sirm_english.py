"""The English side of the small SIRM: a listing, and translated posts that show the same files."""

from curation.phantom.replicas.pages import HEAD
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, View

SITE = "https://www.sirm.org"
LISTING = f"{SITE}/en/category/articles/covid-19-database/"
VIEWS = {
    View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP standing", View.AP_SUPINE: "AP at bedside",
    View.L: "latero-lateral",
}  # fmt: skip


def address(number: int) -> str:
    """The address of the translated post."""
    return f"{SITE}/en/2020/{4 + number // 28 % 3:02}/{1 + number % 28:02}/covid-19-case-{number}/"


def post(number: int, case: list[Shot], tags: list[str]) -> str:
    """The translated post, with the tags of the Italian one."""
    parts = "".join(_part(shot, tag) for shot, tag in zip(case, tags, strict=True))
    return f"""{HEAD}<article><h1 class="entry-title">COVID-19: case {number}</h1>
<div class="td-post-content"><p>D. Phantom, Department of Radiology, Drawn Hospital</p>
<p>{_patient(case[0])}, fever for 3 days and cough. Positive swab.</p>
{parts}</div></article></html>
"""


def _patient(shot: Shot) -> str:
    noun = "man" if shot.sex.value == "M" else "woman"
    if shot.age_years < 2:  # noqa: PLR2004 - as posts write it
        noun = "boy" if shot.sex.value == "M" else "girl"
        return f"{round(shot.age_years * 12)}-month-old {noun}"
    return f"{int(shot.age_years)}-year-old {noun}"


def _part(shot: Shot, tag: str) -> str:
    if shot.modality is Modality.CT:
        return f"<p>Chest CT: ground-glass opacities.</p><figure>{tag}</figure>\n"
    said = "opacities" if shot.shows_disease else "negative"
    return f"<p>Chest X-ray, {VIEWS[shot.view]}: {said}.</p><figure>{tag}</figure>\n"
