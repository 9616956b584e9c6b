"""What every stage command does: read its parameters and tables, check what came back, write."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from curation.pages.inputs import ReportInputs
    from curation.publish.material import Material
    from curation.verdict import Verdict

log = logging.getLogger("curation")
PARAMS, DATA, MANIFESTS = Path("params.yaml"), Path("data"), Path("manifests")
RELEASES, LEDGER = Path("releases"), Path("manifests/releases.csv")
Releases = Annotated[Path, typer.Option(metavar="DIR", help="Where releases are staged.")]


def params(name: str, model: Any) -> Any:  # noqa: ANN401 - the model decides the type
    from manifests.contract.params import read, section

    return section(read(PARAMS), name, model)


def keep(name: str, came_in: int, verdict: "Verdict", folder: Path) -> None:
    """Check that nothing is lost and write both tables into `folder`."""
    from manifests.contract import table
    from manifests.contract.record import Record
    from manifests.contract.rejection import Rejection

    table.check_counts(name, came_in, len(verdict.kept), len(verdict.rejected))
    table.check_records(verdict.kept, name)
    table.write(folder / table.RECORDS, verdict.kept, Record)
    table.write(folder / table.REJECTED, verdict.rejected, Rejection)
    reasons = verdict.rejected["reason"].value_counts().sort_index()
    log.info(
        "%s: %d in, %d kept, %d rejected%s", name, came_in, len(verdict.kept),
        len(verdict.rejected), "".join(f", {reason} {count}" for reason, count in reasons.items()),
    )  # fmt: skip


def kept(folder: Path) -> "pd.DataFrame":
    from manifests.contract.table import read_stage

    return read_stage(folder)[0]


def bench() -> Any:  # noqa: ANN401 - imported late
    from curation.work import bench as room

    return room.bench(params("compute", room.Params))


def source_keys() -> list[str]:
    from manifests.contract.params import read

    return sorted(read(PARAMS)["sources"])


def came_in(ingested: Path) -> "pd.DataFrame":
    """Every film that some source brought."""
    import pandas as pd

    return pd.concat([kept(ingested / key) for key in source_keys()], ignore_index=True)


def working_copies(ingested: Path) -> Any:  # noqa: ANN401 - imported late
    from manifests.contract.working import WorkingCopies

    return WorkingCopies([ingested / key for key in source_keys()])


def report_inputs(data: Path = DATA, manifests: Path = MANIFESTS) -> "ReportInputs":
    """All that the stages found, for a page or a card."""
    from curation.pages.inputs import load
    from manifests.contract.params import read

    known = read(PARAMS)
    bases = [recipe["base"] for recipe in known["recipes"].values() if recipe.get("base")]
    return load(data, manifests, source_keys(), list(known["experiments"]), bases)


def material(data: Path = DATA) -> "Material":
    """What the next release is made of, as the stages left it in `data`."""
    from curation.licenses import Licenses
    from curation.publish.material import Material
    from curation.publish.papers import papers
    from curation.publish.summary import stage_counts
    from curation.sources.loading import load
    from curation.stages.release import Params
    from manifests.contract.params import Misspelt, Profile, read

    for stage in ("split", "merge", "ingest"):
        if not (data / stage).is_dir():
            raise Misspelt(f"{data / stage}: nothing is made yet; run `dvc repro release`")
    asked, entries = params("release", Params), read(PARAMS)["sources"]
    return Material(
        records=kept(data / "split"),
        ingested=kept(data / "merge"),
        counts=stage_counts(data, source_keys()),
        copies=working_copies(data / "ingest"),
        rules=Licenses.load(MANIFESTS / "licenses.yaml"),
        papers=papers(
            MANIFESTS / "CHANGELOG.md", MANIFESTS / "withdrawals.csv", data / "audit",
            data / "gate/gate.json", {key: load(key, entries) for key in entries},
        ),
        profile=params("profile", Profile).name,
        name=asked.name, version=asked.version,
        withholds_words=asked.personal_text == "withhold",
    )  # fmt: skip


def withdrawn(records: "pd.DataFrame") -> "pd.Series[str]":
    """The sentence for each record that manifests/withdrawals.csv names by now."""
    from curation.stages.merge import Params
    from curation.withdrawal.notices import withdrawn as named

    within = params("merge", Params).withdrawn_within
    return named(records, MANIFESTS / "withdrawals.csv", within)
