"""`cxr rebuild`: from published pointers to the films, for who may have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curation.network.fetch import Params

PARAMS = Path("params.yaml")


def rebuild(  # noqa: PLR0913, PLR0917 - each is one thing that a user has, or may have
    what: Annotated[
        str,
        typer.Argument(metavar="WHAT", help="org/name@VERSION on the Hub, or a folder that "
                       "`cxr release stage` or a download made.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="Folder to write into; what is there is used.")],
    config: Annotated[str, typer.Option(help="Configuration of the release.")] = "pointers",
    from_: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="KEY=FOLDER", help="A copy of a source that you have, laid "
                     "out as upstream lays it out; archives stay packed."),
    ] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch the sources without --from.")] = False,  # noqa: E501, FBT002 - a switch of the command line
    contact: Annotated[
        str, typer.Option(help="Whom a site may write to; fetch.contact of params.yaml without.")
    ] = "",
    permission: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=FILE", help="Your permission record for a source."),
    ] = None,
    mirror: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN=BASE", help="Ask BASE in place of ORIGIN, as a proxy does."),
    ] = None,
) -> None:  # fmt: skip
    """Get the films of a release that holds pointers only, from whom you may have them.

    Each film is the published one by its bytes, else by its pixels; another file under its name is
    not taken. Writes the films into DIR/films, a row for each into films.csv, with labels, side,
    group, licence and credit, and a row for each that is missing into gap.csv, with the reason and
    what to do. Fetches as `cxr fetch` does, into DIR/raw. Run it again: what came stays.

    Exit codes: 0 all films are here; 1 some are missing; 2 something to mend in the command;
    3 a site does not answer now, try again later; 4 the release is damaged; 5 terms or a missing
    permission forbid a fetch; 6 a site has a new layout; 7 another run fills DIR; 8 the disk is too
    small.
    """
    from curation.rebuilding import rebuild as room
    from curation.rebuilding.published import read_published
    from curation.rebuilding.reasons import exit_code
    from curation.rebuilding.tables import FILMS, GAP, told, write
    from curation.rebuilding.withdrawn import withdrawn

    folders, grants = _pairs("--from", from_), _pairs("--permission", permission)
    asked = room.Asked(
        out=out, folders={key: Path(place) for key, place in folders.items()},
        permissions={key: Path(place) for key, place in grants.items()},
        mirrors=_pairs("--mirror", mirror), params=_params(contact) if fetch else None,
    )  # fmt: skip
    with _alone(out):
        folder, newest = _release(what, config, out)
        published = read_published(folder, config)
        made = room.rebuild(published, asked, withdrawn(published.rows, newest))
        write(out, published, made)
    for line in told(published, made):
        typer.echo(line)
    typer.echo(f"{out / FILMS}, {out / GAP}")
    raise typer.Exit(exit_code(made.faults, has_gap=bool(made.missing)))


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    from manifests.contract.params import Misspelt

    pairs: dict[str, str] = {}
    for words in given or ():
        # An address may hold an equals sign, a key and an origin do not.
        name, sign, value = words.partition("=")
        if not (name and sign and value) or name in pairs:
            raise Misspelt(f"{option} {words}: write NAME=VALUE, each name once")
        pairs[name] = value
    return pairs


def _params(contact: str) -> "Params":
    """How to fetch, as params.yaml says it where there is one, for the person who asks."""
    from curation.network.fetch import Params
    from curation.network.manners import USUAL
    from manifests.contract.params import Misspelt, read, section

    usual = read(PARAMS)["fetch"] if PARAMS.exists() else USUAL
    told = {**usual, "contact": contact or usual["contact"]}
    if not told["contact"]:
        raise Misspelt("--fetch: needs --contact, an e-mail address or page of yours")
    return section({"fetch": told}, "fetch", Params)


def _release(what: str, config: str, out: Path) -> tuple[Path, Path]:
    """The folder of the release, and the newest withdrawals of its publisher."""
    from curation.rebuilding.published import WANTED, folder_of
    from curation.rebuilding.withdrawn import WITHDRAWALS

    if here := folder_of(what):
        return here, here / WITHDRAWALS
    from curation.network.hub.fetching import downloaded, named

    name, version = named(what)
    only = [pattern.format(config=config) for pattern in WANTED]
    folder = downloaded(name, version, out / "release" / version, only)
    newest = out / "newest" / WITHDRAWALS
    # Of an earlier day it would not say what was withdrawn since.
    newest.unlink(missing_ok=True)
    downloaded(name, "main", newest.parent, [WITHDRAWALS])
    return folder, newest


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    from manifests.contract.folder import PART, Busy

    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / f".rebuild.lock{PART}", timeout=0):
            yield
    except Timeout:
        raise Busy(f"{out}: another run fills it; wait for it or end it") from None
