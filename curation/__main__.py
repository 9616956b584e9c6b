"""The command line of curation: `cxr …` for people, `python -m curation STAGE …` for DVC.

A stage takes paths and no options, because an option is a parameter that DVC cannot see. Each one
reads its section of params.yaml and its tables, calls its module, checks what came back, writes.
Rooms are imported inside the commands, so that `--help` answers at once.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from curation import (
    audit_commands,
    enhance_commands,
    fetch_commands,
    folder_commands,
    inspect_commands,
    predict_commands,
    rebuild_commands,
    release_commands,
    review_commands,
    source_commands,
    split_commands,
    stack_commands,
    version_commands,
    withdraw_commands,
)
from curation.interrupted import told_in_a_line
from curation.stage_commands import (
    PARAMS,
    bench,
    came_in,
    keep,
    kept,
    material,
    params,
    report_inputs,
    source_keys,
    working_copies,
)
from manifests.contract.faults import start_stage, told_in_sentences

LICENSES, TERMS = Path("manifests/licenses.yaml"), Path("manifests/terms.yaml")
CORRECTIONS = Path("manifests/corrections.csv")
Command = TypeVar("Command", bound=Callable[..., None])
STAGES = "Stages, called by `dvc repro`"
Folder = Annotated[Path, typer.Argument(show_default=False)]
Key = Annotated[str, typer.Argument(help="Key of a source in params.yaml.", show_default=False)]

app = typer.Typer(
    help="Chest X-ray data from many sources as one manifest that can be trusted. "
    "Research software, not for diagnosis.\n\n`dvc repro` runs the whole road.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(source_commands.app, name="source")
app.add_typer(release_commands.app, name="release")
for panel, commands in {
    "Any folder or list, without a project": (
        folder_commands.duplicates, inspect_commands.inspect, audit_commands.audit,
        enhance_commands.enhance, stack_commands.stack, predict_commands.predict,
    ),
    "Your manifest": (
        version_commands.diff, version_commands.changelog, review_commands.review,
        withdraw_commands.correct, withdraw_commands.withdraw, split_commands.freeze,
        split_commands.protocols, folder_commands.cache,
    ),
    "Real sites": (fetch_commands.fetch, fetch_commands.warc, rebuild_commands.rebuild),
}.items():  # fmt: skip
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.command(hidden=True)(release_commands.load_alone)


def stage(name: str) -> Callable[[Command], Command]:
    """Register a function as the stage `name`."""
    return app.command(name, rich_help_panel=STAGES)


@stage("phantom")
def phantom(out: Folder) -> None:
    """Draw the phantom world: films, replicas of the sources, and the truth."""
    from curation.stages import phantom as room
    from manifests.contract.folder import whole_folder

    with whole_folder(out) as part:
        room.main(part, params("phantom", room.Params))


@stage("ingest")
def ingest(key: Key, out: Folder) -> None:
    """Read one source: decode, hash and translate every film."""
    from curation.sources.loading import load
    from curation.stages import ingest as room
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import read

    source = load(key, read(PARAMS)["sources"])
    with whole_folder(out) as part:
        with bench() as place:
            verdict = room.main(key, source, part, TERMS, params("ingest", room.Params), place)
        keep("ingest", len(verdict.kept) + len(verdict.rejected), verdict, part)


@stage("merge")
def merge(ingested: Folder, corrections: Folder, withdrawals: Folder, out: Folder) -> None:
    """Bring the sources into one table; correct and withdraw."""
    from curation.stages import merge as room
    from manifests.contract.folder import whole_folder

    settings = params("merge", room.Params)
    tables = [kept(ingested / key) for key in source_keys()]
    with whole_folder(out) as part:
        verdict = room.main(tables, corrections, withdrawals, LICENSES, settings)
        keep("merge", sum(map(len, tables)), verdict, part)


@stage("dedup")
def dedup(merged: Folder, ingested: Folder, reviewed: Folder, out: Folder) -> None:
    """One record for each picture; one group for each patient."""
    from curation.corrections import corrected
    from curation.duplicates.pair import Pair
    from curation.duplicates.withdrawn import left_in_merge
    from curation.labels.conflicts import Side, conflicts
    from curation.licenses import Licenses
    from curation.stages import dedup as room
    from manifests.contract import table
    from manifests.contract.folder import whole_folder

    records = kept(merged)
    known = corrected(came_in(ingested), CORRECTIONS, Licenses.load(LICENSES))
    withdrawn = left_in_merge(records, [known])
    with whole_folder(out) as part, bench() as place:
        verdict, pairs = room.main(
            records, withdrawn, working_copies(ingested), reviewed,
            params("dedup", room.Params), place,
        )  # fmt: skip
        keep("dedup", len(records), verdict, part)
        table.write_arrow(part / "pairs.parquet", table.to_arrow(pairs, Pair))
        disputed = conflicts(records, verdict.kept, pairs)
        table.write_arrow(part / "conflicts.parquet", table.to_arrow(disputed, Side))


@stage("masked")
def masked(deduped: Folder, ingested: Folder, out: Folder) -> None:
    """The films whose lungs a person drew."""
    from curation.stages import masked as room
    from manifests.contract.folder import whole_folder

    settings = params("masked", room.Params)
    with whole_folder(out) as part:
        room.main(kept(deduped), ingested, source_keys(), part, settings)


@stage("text")
def text(deduped: Folder, ingested: Folder, out: Folder) -> None:
    """Where words are burned into the films, and which look like a patient's."""
    from curation.stages import text as room
    from manifests.contract.folder import whole_folder

    with whole_folder(out) as part, bench() as place:
        room.main(kept(deduped), working_copies(ingested), part, params("text", room.Params), place)


@stage("filter")
def filter_(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    deduped: Folder, merged: Folder, ingested: Folder, lungs: Folder, texts: Folder, out: Folder
) -> None:
    """Frontal radiographs of adults."""
    from curation import lung_sizes
    from curation.burned.joined import with_text
    from curation.licenses import Licenses
    from curation.stages import filter as room
    from manifests.contract.folder import whole_folder
    from manifests.contract.measured import write_measured
    from manifests.contract.working import WorkingCopies

    records, known = with_text(kept(deduped), texts), kept(merged)
    left = known[~known["record_id"].isin(records["record_id"])]
    with whole_folder(out) as part, bench() as place:
        records = lung_sizes.measured(
            records, working_copies(ingested), WorkingCopies([lungs]), place
        )
        settings = params("filter", room.Params)
        verdict = room.main(records, left, Licenses.load(LICENSES), settings)
        keep("filter", len(records), verdict, part)
        # Of those that leave as well: a rule is judged by both sides.
        write_measured(part, records)


@stage("split")
def split(
    filtered: Folder, deduped: Folder, frozen: Folder, assignments: Folder, out: Folder
) -> None:
    """A side of the line for every group."""
    from curation.stages import split as room
    from manifests.contract.folder import whole_folder

    records, settings = kept(filtered), split_commands.settings()
    with whole_folder(out) as part:
        ledger = split_commands.ledger(assignments)
        divided = room.main(records, frozen, ledger, settings, kept(deduped))
        keep("split", len(records), divided.verdict, part)
        divided.moved.to_csv(part / "moved.csv", index=False, lineterminator="\n")


@stage("prepare")
def prepare(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    recipe: str, splitted: Folder, ingested: Folder, lungs: Folder, texts: Folder, out: Folder
) -> None:
    """Films as stacks of pixels, packed in shards."""
    from curation.base_film import base_film
    from curation.stages import ingest as ingest_room
    from curation.stages import prepare as room
    from manifests.contract.folder import whole_folder
    from manifests.contract.table import manifest_id_of

    records, asked = kept(splitted), params(f"recipes.{recipe}", room.Params)
    side = params("ingest", ingest_room.Params).max_side
    given = room.pictures(records, working_copies(ingested), lungs, texts, asked, side)
    base = base_film(records, came_in(ingested), asked.base, recipe) if asked.base else ""
    with whole_folder(out) as part, bench() as place:
        room.main(records, given, part, asked, manifest_id_of(records), base, place)


# `release` is the group of commands for people.
@stage("release-stage")
def release(data: Folder, staged: Folder, manifests: Folder) -> None:
    """The manifest, its rejections, its summary, and a folder that may be published."""
    from curation.stages import release as room
    from manifests.contract.folder import whole_folder

    made = material(data)
    with whole_folder(staged) as part:
        room.main(made, part, manifests, params("release", room.Params))


@stage("report")
def report(data: Folder, manifests: Folder, out: Folder) -> None:
    """One page to look at."""
    from curation.pages import cards
    from curation.pages.filters import Limits
    from curation.stages import filter as filtering
    from curation.stages import report as room
    from manifests.contract.folder import whole_folder

    inputs = report_inputs(data, manifests)
    with whole_folder(out) as part:
        asked = params("filter", filtering.Params)
        limits = Limits(
            adult_from=asked.adult_from_years, overrule_from=asked.overrule_from,
            pediatric_from=asked.pediatric_from,
        )  # fmt: skip
        page = room.main(inputs, params("report", room.Params), limits)
        (part / "index.html").write_text(page, encoding="utf-8")
        (part / "checklists.md").write_text(room.lists(inputs), encoding="utf-8")
        (part / "tables.md").write_text(room.in_markdown(inputs), encoding="utf-8")
        (part / cards.FOLDER).mkdir()
        for card in cards.cards(inputs):
            place = part / cards.FOLDER / f"{card.name}.md"
            place.write_text(cards.text(card), encoding="utf-8")


@app.command()
def doctor() -> None:
    """Check this machine and this project, and say what to do about each thing that is wrong."""
    from curation.doctor import checks
    from manifests.contract.params import read

    found = checks(read(PARAMS))
    for check in found:
        typer.echo(f"{'ok  ' if check.is_well else 'BAD '} {check.what}: {check.found}")
        if not check.is_well:
            typer.echo(f"     {check.cure}")
    raise typer.Exit(0 if all(check.is_well for check in found) else 1)


def main() -> None:
    """Run the command that is named, and say in a line what ends it."""
    with told_in_a_line(), told_in_sentences():
        app()


if __name__ == "__main__":
    start_stage()
    main()
