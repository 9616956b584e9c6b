"""`cxr freeze` and `cxr protocols`: what a maintainer types about the sides of the line."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curation.stages.split import Params

PARAMS = Path("params.yaml")
DEDUPED, FILTERED, SPLIT = Path("data/dedup"), Path("data/filter"), Path("data/split")
FROZEN, ASSIGNMENTS = Path("manifests/frozen"), Path("manifests/assignments")
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def settings() -> "Params":
    """The section `split`. Raises `Misspelt` where `external` names what is no source."""
    from curation.sources.loading import keys
    from curation.stages.split import Params
    from manifests.contract.params import Misspelt, read, section

    found = section(read(PARAMS), "split", Params)
    for key in found.external:
        # A slip of the pen would quietly send the films into training.
        if key not in keys():
            raise Misspelt(
                f"params.yaml: split.external names '{key}', which is no source; "
                f"known here: {', '.join(keys())}"
            )
    return found


def ledger(assignments: Path) -> Path:
    """The ledger of the profile in params.yaml: drawn films never stand among real ones."""
    from manifests.contract.params import Profile, read, section

    return assignments / f"{section(read(PARAMS), 'profile', Profile).name}.csv"


def freeze() -> None:
    """Take every film that is new into the ledger of the split, so that it stays where it is put.

    Reads data/filter and data/dedup, writes `manifests/assignments/PROFILE.csv`. What stands there
    stays, unless two groups were proved to be one. A new group goes to the side that is furthest
    below its share of the group's class, which may move a film that was never frozen. Read the
    change with `git diff`, commit it, then run `dvc repro`. Do it before you publish or train for
    good.

    Exit codes: 0 done; 2 something to mend in params.yaml, the ledger or a frozen list.
    """
    from curation.splits import freezing
    from curation.splits import ledger as ledgers
    from curation.stages import split as room
    from manifests.contract.table import read_stage

    place, shares = ledger(ASSIGNMENTS), settings()
    records = read_stage(FILTERED)[0]
    now = room.main(records, FROZEN, place, shares, read_stage(DEDUPED)[0])
    known = ledgers.read(place) or {}
    frozen = freezing.frozen(now.verdict.kept, known, now.ruled, shares, now.everyone)
    ledgers.write(place, frozen.known)
    typer.echo(
        f"{place}: {frozen.added} films taken in, {frozen.moved} of them to another side than "
        f"their hash says; {frozen.mended} old lines changed because groups were proved to be one; "
        f"{len(frozen.known)} lines. Now: dvc repro"
    )


def protocols(as_json: Json = False) -> None:  # noqa: FBT002 - a switch of the command line
    """List the protocols a network may be trained under, with their films and what leaks.

    honest, paper, and loso:KEY for each source; name one as `protocol` of an experiment in
    params.yaml. `leaked` are the test films whose patient or copy is in training too.
    """
    from curation.splits.protocols import lines
    from manifests.contract.table import read_stage

    found = lines(read_stage(SPLIT)[0])
    if as_json:
        for line in found:
            typer.echo(json.dumps(line._asdict()))
        return
    wide = max(len(line.protocol) for line in found)
    typer.echo(f"{'protocol':<{wide}}  train    val   test external  leaked")
    for line in found:
        typer.echo(
            f"{line.protocol:<{wide}} {line.train:6} {line.val:6} {line.test:6} {line.external:8} "
            f"{line.leaked:7}"
        )
