"""Evidence about the films: where they are from, which left, which may be handed on."""

from curation.pages import counts
from curation.pages.checklists.answers import Answer, Verdict, graded, missing, no_film, of
from curation.pages.inputs import ReportInputs
from curation.pages.page import spaced
from manifests.contract.vocabulary import View

WEB = ("http://", "https://")


def sources(inputs: ReportInputs) -> Answer:
    """Where the data come from: an address, and a day or a version, for every film."""
    records = inputs.records
    if records.empty:
        return no_film()
    drawn, total = int(records["is_drawn"].sum()), len(records)
    if drawn:
        told = f"{of(drawn, total)} films are drawn by a computer and come from no hospital."
        return Answer(Verdict.NO, told, "sources")
    addressed = records["source_url"].str.startswith(WEB)
    dated = records["retrieved"].notna() | records["snapshot_id"].notna()
    told = (
        f"{records['source'].nunique()} sources. {of(int(addressed.sum()), total)} films have a "
        f"public address, {of(int(dated.sum()), total)} a day of fetching or a version."
    )
    return Answer(graded(int((addressed & dated).sum()), total), told, "sources")


def filtered(inputs: ReportInputs) -> bool:
    """Stage filter has run."""
    return "filter" in {stage["stage"] for stage in inputs.figures["stages"]}


def eligibility(inputs: ReportInputs) -> Answer:
    """Rules that let a film in, and on how many films they could be checked."""
    if not filtered(inputs):
        return missing("filter", "No film was filtered")
    stops = {stop.stage: stop for stop in counts.stops(inputs.records, inputs.rejected)}
    left = ", ".join(f"{spaced(reason)} {n}" for reason, n in stops["filter"].reasons.items())
    unknown = int(inputs.records["pediatric"].isna().sum())
    told = (
        f"Of {stops['filter'].came_in} films that met the rules of inclusion "
        f"{stops['filter'].rejected} left ({left or 'none'}); {unknown} of unknown age stayed."
    )
    return Answer(graded(len(inputs.records) - unknown, len(inputs.records)), told, "rejections")


def flow(inputs: ReportInputs) -> Answer:
    """Films in, films out: whether the stages' counts and the rows agree."""
    stages = [stage for stage in inputs.figures["stages"] if stage["stage"] == "ingest"]
    if not stages:
        return missing("ingest", "No source was read")
    came_in = sum(stage["came_in"] for stage in stages)
    kept, gone = len(inputs.records), len(inputs.rejected)
    told = (
        f"{came_in} films came in, {kept} stayed (of {inputs.figures['patients']} patients), "
        f"{gone} left, each with a reason."
    )
    if came_in != kept + gone:
        return Answer(Verdict.NO, f"{told} {came_in - kept - gone} are unaccounted for.", "flow")
    return Answer(Verdict.YES, told, "flow")


def acquisition(inputs: ReportInputs) -> Answer:
    """How the films were taken; partly at best, for no source names the machine."""
    records = inputs.records
    if records.empty:
        return no_film()
    known = int((records["view"] != View.UNKNOWN).sum())
    told = (
        f"Projection known for {of(known, len(records))} films, size and bits for all. Maker, "
        f"dose and distance are unknown."
    )
    best = graded(known, len(records))
    return Answer(Verdict.NO if best is Verdict.NO else Verdict.PARTLY, told, "pixels")


def availability(inputs: ReportInputs) -> Answer:
    """What may be handed on, and by what number it is found again."""
    if inputs.records.empty:
        return no_film()
    doors = {name: sum(sides.values()) for name, sides in inputs.figures["channels"].items()}
    with_pixels = sum(n for name, n in doors.items() if name != "pointers")
    total = sum(doors.values())
    told = (
        f"Pixels of {of(with_pixels, total)} films may be handed on, the others by address and "
        f"hash. Manifest {inputs.figures['manifest_id']}. Add where code and weights are."
    )
    return Answer(Verdict.NO if not with_pixels else Verdict.PARTLY, told, "licences")
