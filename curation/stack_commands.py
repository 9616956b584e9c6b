"""`cxr stack`: anyone's pictures as stacks for a network, with no project around them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from curation.pixels.recipe import Recipe

PARAMS = Path("params.yaml")


def stack(
    places: Annotated[
        list[Path], typer.Argument(metavar="FOLDER…", help="Folders of pictures, or pictures.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder for the shards.")],
    recipe: Annotated[str, typer.Option(help="Name of a recipe in params.yaml.")] = "plain",
    is_exact: Annotated[  # noqa: FBT002 - a switch of the command line
        bool, typer.Option("--exact", help="The pixels of `dvc repro prepare`; slower on JPEG.")
    ] = False,
) -> None:
    """Make every picture a stack as a network sees it, in shards that `datasets` loads.

    Needs no project: any folders of PNG, JPEG, WebP, TIFF or DICOM files, by content and not by
    name. The recipe comes from params.yaml in this folder; where there is none, `plain` is the
    paper's stack. Recipes that crop to lungs, conceal text or match to a base film need a project.
    A JPEG is decoded no larger than it is needed; with --exact it is decoded in full and reduced in
    the steps of the pipeline, so that a film gets the same bytes there and here.

        load_dataset("arrow", data_files="DIR/*.arrow")

    gives a row for each picture: `record_id` is its path, `pixels` are size x size x 3 bytes.

    Exit codes: 0 all are there; 1 some file is no readable picture (a sentence for each on stderr,
    and all others are there); 2 a folder or recipe is not there, or DIR is not empty.
    """
    from curation.folders import pictures
    from curation.stacking import MAX_SIDE, check, stacks
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import Misspelt
    from manifests.contract.table import check_counts

    sections = _sections()
    asked = _recipe(sections, recipe)
    check(asked, recipe)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Misspelt(f"{out}: is there already and holds something; name a new folder")
    max_side = int(sections.get("ingest", {}).get("max_side", MAX_SIDE)) if is_exact else None
    here = pictures(places)
    with whole_folder(out) as part:
        done = stacks(here.files, asked, part, max_side)
    refused = [*here.faults, *done.refused]
    for line in filter(None, [*refused, here.told]):
        typer.echo(line, err=True)
    came_in = len(here.files) + len(here.faults)
    check_counts("stack", came_in, done.kept, len(refused))
    typer.echo(
        f"{came_in} pictures came in: {done.kept} are in {out} by recipe {recipe} "
        f"({asked.recipe_id}), {len(refused)} refused"
    )
    raise typer.Exit(1 if refused else 0)


def _sections() -> dict[str, Any]:
    """params.yaml of a project of ours; nothing where there is none, or another program's."""
    from manifests.contract.params import read_yaml

    sections = read_yaml(PARAMS) if PARAMS.exists() else {}
    return sections if isinstance(sections.get("recipes"), dict) else {}


def _recipe(sections: dict[str, Any], name: str) -> "Recipe":
    from curation.pixels.recipe import PLAIN, Recipe
    from manifests.contract.params import Misspelt, section

    known = sections.get("recipes", {"plain": None})
    if name not in known:
        where = "params.yaml" if sections else "no params.yaml here, and the built-in ones"
        raise Misspelt(f"{where}: no recipe '{name}'; known: {', '.join(sorted(known))}")
    return section(sections, f"recipes.{name}", Recipe) if sections else PLAIN
