"""`cxr predict`: what a trained network says of anyone's pictures, and why not to trust it."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from manifests.contract.answers import Answer

PARAMS, TRAINED, LUNGS = Path("params.yaml"), Path("data/train"), Path("data/segment")
HEAT_MAP = re.compile(r"\d{4,}-.+\.png")
"""How stage predict names one."""


def predict(
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE…", help="Pictures, or folders of pictures.")
    ],
    model: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="A trained network; the only one in data/train."),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for answers and heat maps.")
    ] = Path("predictions"),
    segmenter: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Who finds the lungs, if the network sees them alone."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per picture.")] = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Ask a trained network about pictures: label, probability, heat map. Not for diagnosis.

    The network is a folder under data/train or one that `python -m training export` wrote, which
    needs no project. Every picture becomes, byte by byte, the stack that the pipeline makes of it
    by the recipe that the network learnt from; the hash of that recipe is checked. A probability is
    how sure the network is, not how often it is right: it answers whatever it is shown. A picture
    that looks like no frontal film of an adult has a warning beside its answer.

    DIR gets predictions.json, predictions.csv and a heat map for each picture.

    Exit codes: 0 all have an answer; 1 some file is no readable picture (a sentence for each on
    stderr, and all others have one); 2 a file or network is not there; 4 the network was trained
    with another recipe, or its files were changed.
    """
    from curation.folders import pictures
    from curation.predicting.asking import SEGMENTER, ask
    from curation.predicting.other_side import Ended
    from manifests.contract.table import check_counts

    place = model or _only_one()
    _check_free(out)
    own = place / SEGMENTER
    here = pictures(images)
    # Heat maps of an earlier call are no pictures to ask about.
    asked = [file for file in here.files if not file.resolve().is_relative_to(out.resolve())]
    try:
        told = ask(place, asked, out, segmenter or (own if own.is_dir() else LUNGS))
    except Ended as fault:
        raise typer.Exit(fault.code) from None
    refused = [*here.faults, *told.refused]
    for line in filter(None, [*refused, here.told]):
        typer.echo(line, err=True)
    came_in = len(asked) + len(here.faults)
    check_counts("predict", came_in, len(told.answers), len(refused))
    _show(told.answers, out, as_json=as_json)
    _close(place, f"{came_in} pictures came in: {len(told.answers)} have an answer, {len(refused)} "
           "refused", as_json=as_json)  # fmt: skip
    raise typer.Exit(1 if refused else 0)


def _only_one() -> Path:
    """The network in data/train. Raises `Misspelt` where there is none, or a choice."""
    from manifests.contract.network import ABOUT
    from manifests.contract.params import Misspelt

    known = sorted(place.parent for place in TRAINED.glob(f"*/{ABOUT}"))
    if len(known) == 1:
        return known[0]
    if known:
        raise Misspelt(f"which network? name one with --model: {', '.join(map(str, known))}")
    raise Misspelt(
        f"no network in {TRAINED} here; name a folder with --model, or train one with `dvc repro`"
    )


def _check_free(out: Path) -> None:
    """Raise `Misspelt` for a folder that holds anything but earlier answers, or is worked in."""
    from manifests.contract.params import Misspelt

    # It is replaced by another of its name, and whoever stands in it would stand nowhere.
    if Path.cwd().is_relative_to(out.resolve()):
        raise Misspelt(f"{out}: is the folder you work in; name a folder of its own")
    if out.exists() and not (out.is_dir() and all(map(_is_answer, out.iterdir()))):
        raise Misspelt(f"{out}: holds other things than answers; name a folder of its own")


def _is_answer(place: Path) -> bool:
    """True for both files of answers, and for the folder of heat maps with nothing else in it."""
    from manifests.contract.answers import CSV, HEAT, JSON

    if place.name == HEAT and place.is_dir():
        return all(HEAT_MAP.fullmatch(file.name) for file in place.iterdir())
    return place.name in {CSV, JSON}


def _show(answers: "list[Answer]", out: Path, *, as_json: bool) -> None:
    for one in answers:
        heat = str(out / one.heat) if one.heat else None
        if as_json:
            typer.echo(json.dumps({**one.model_dump(mode="json"), "heat": heat}))
            continue
        typer.echo(f"{one.path}: {one.label} {one.probability:.3f}, "
                   f"{f'heat map {heat}' if heat else 'no heat map'}")  # fmt: skip
        for caution in one.cautions:
            typer.echo(f"{one.path}: warning: {caution}", err=True)


def _close(place: Path, counted: str, *, as_json: bool) -> None:
    """How many, and what these answers are not; beside the lines that a program reads, not in."""
    from manifests.contract.network import read_network

    for line in (counted, *reversed(read_network(place).warnings)):
        typer.echo(line, err=as_json)
