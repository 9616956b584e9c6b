"""What the drawn articles write below their figures."""

from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, View

VIEWS = {
    View.PA: "Posteroanterior chest radiograph", View.AP: "AP chest X-ray",
    View.AP_ERECT: "Erect AP chest radiograph", View.AP_SUPINE: "Supine AP chest X-ray",
    View.FRONTAL: "Frontal chest radiograph", View.L: "Lateral chest radiograph",
    View.UNKNOWN: "Chest radiograph",
}  # fmt: skip
ILLNESS = {"covid19": ("COVID-19 pneumonia", "COVID-19"),
           "cap": ("lobar pneumonia", "Klebsiella pneumonia")}  # fmt: skip
SIGNS = {"covid19": "bilateral opacities (arrows)", "cap": "a lobar consolidation"}


def caption(shot: Shot, *, is_in_panels: bool) -> str:
    """What the journal says of one film; in panels, a slice stands beside it."""
    who, number = _who(shot), number_of(shot.patient)
    made = "Axial CT" if shot.modality is Modality.CT else VIEWS[shot.view]
    illness = ILLNESS.get(shot.condition, ("",))
    has = f" with {illness[number % len(illness)]}" if shot.condition != "normal" else ""
    day = f" on day {shot.day} after the onset of symptoms" if has and shot.day > 0 else ""
    signs = SIGNS[shot.condition] if has and shot.shows_disease else "clear lungs"
    said = f"{made} of {who}{has}{day}: {signs}."
    if is_in_panels:
        return f"<bold>A</bold>, {said} <bold>B</bold>, a drawing of the same."
    return said


def _who(shot: Shot) -> str:
    healthy = "healthy " if shot.condition == "normal" else ""
    if number_of(shot.patient) % 11 == 10:  # noqa: PLR2004 - one in eleven captions does not say
        return f"a {healthy}patient"
    months = round(shot.age_years * 12)
    years = int(round(shot.age_years, 1))
    age = f"{months}-month-old" if shot.age_years < 2 else f"{years}-year-old"  # noqa: PLR2004 - as journals write
    sex = {"F": "female", "M": "male"}.get(shot.sex.value, "")
    return " ".join(f"a {healthy}{age} {sex} patient".split())
