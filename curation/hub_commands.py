"""`cxr release push`: a staged version goes to the Hub."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curation.network.hub.gate import Gate, Wishes
from curation.stage_commands import LEDGER, PARAMS, RELEASES, Releases

if TYPE_CHECKING:
    from curation.network.hub.push import Look
    from curation.network.hub.repository import Hub
    from curation.publish.inventory import Inventory

SQUASH = "Afterwards take all older versions away, for good."


def push(  # noqa: PLR0913, PLR0917 - each is one thing that a person may say of a push
    name: Annotated[str, typer.Argument(metavar="ORG/NAME", show_default=False)],
    version: Annotated[str, typer.Option(help="Default: `release.version` of params.yaml.")] = "",
    model: Annotated[str, typer.Option(metavar="KEY", help="A network, not the data set.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else only say what would be.")] = False,  # noqa: FBT002 - a switch of the command line
    pr: Annotated[bool, typer.Option("--pr", help="As a pull request.")] = False,  # noqa: FBT002 - the same
    public: Annotated[bool, typer.Option("--public", help="Public at the end, not private.")] = False,  # noqa: E501, FBT002 - the same
    gate: Annotated[
        Gate | None,
        typer.Option(help="Who may fetch; manual where films are non-commercial and none stands."),
    ] = None,
    squash_history: Annotated[bool, typer.Option("--squash-history", help=SQUASH)] = False,  # noqa: FBT002 - the same
    releases: Releases = RELEASES,
) -> None:  # fmt: skip
    """Send a staged version to the Hugging Face Hub: one commit, compared, then a tag that stays.

    Without `--yes` nothing is changed: it says what would be. The repository is made if there is
    none, private, and gated before anything is sent where films are for non-commercial use only.
    Only what is not there is sent. `main` holds the old version or the new one, never a mixture.
    End it when you like, and repeat it: it does what is left to do. `--pr` opens a pull request,
    or brings the open one up to date; once it is merged, the same command without `--pr` tags it.

    Exit codes: 0 done, or done before; 2 usage, or a pull request is open or a branch is there that
    a squash would destroy; 3 the Hub does not answer now, repeat the command;
    4 the version is there with other content, or the folder is not what was staged; 5 not logged
    in, not allowed, or films for non-commercial use only would have no gate; 7 somebody else
    changed the repository meanwhile.
    """
    from curation.network.hub.fetching import check_name
    from curation.network.hub.gating import coming_gate
    from curation.network.hub.push import look
    from curation.network.hub.repository import repository
    from curation.network.hub.squash import check_alone
    from curation.network.hub.telling import told_plainly
    from manifests.contract.params import Misspelt

    if squash_history and (pr or not yes):
        raise Misspelt("--squash-history takes things away for good: only with --yes, without --pr")
    folder = _staged(releases, version, model)
    told = _checked(folder)
    hub = repository(check_name(name), told.kind)
    hub.owners()
    # Only the owners of a repository make it public, and a proposal never does.
    wishes, before = Wishes(is_public=public and not pr, gate=gate), look(hub, folder, told)
    is_idle = pr and _is_there(before)
    coming = None if is_idle else coming_gate(hub, told, before.state, wishes, is_proposal=pr)
    if squash_history and before.state:
        check_alone(hub)
    for line in told_plainly(hub, told, before, wishes, coming):
        typer.echo(line)
    if not yes:
        typer.echo("nothing is changed; with --yes it is")
    elif pr:
        _propose(hub, folder, told, before, wishes)
    else:
        _push(hub, folder, told, before, wishes, is_squashed=squash_history)


def _staged(releases: Path, version: str, model: str) -> Path:
    from curation.publish.inventory import DATASET, MODELS
    from manifests.contract.params import Misspelt, read

    if not version and not PARAMS.exists():
        raise Misspelt(f"no {PARAMS} here that names a version; add --version")
    version = version or str(read(PARAMS)["release"]["version"])
    place = releases / version
    return place / MODELS / model if model else place / DATASET


def _checked(folder: Path) -> "Inventory":
    """The last look before it leaves; raises where the folder is not what was staged."""
    from curation.publish.checks.mark import check_marked
    from curation.publish.differences import check_files
    from curation.publish.inventory import read_inventory
    from curation.publish.ledger import check_version

    told = read_inventory(folder)
    check_files(folder, told)
    check_marked(folder)
    if PARAMS.exists() and told.kind == "dataset":
        check_version(LEDGER, told.version, told.manifest_id)
    return told


def _is_there(before: "Look") -> bool:
    """Whether main holds the version, so that there is nothing to propose."""
    return bool(before.tagged) or before.plan.is_nothing


def _propose(hub: "Hub", folder: Path, told: "Inventory", before: "Look", wishes: Wishes) -> None:
    from curation.network.hub.proposal import propose

    if _is_there(before):
        typer.echo(f"{hub.name}: main holds {told.version} already; without --pr its tag is set")
        return
    made = propose(hub, folder, told, before, wishes)
    typer.echo(f"{hub.name}: pull request {made.number} {made.what} ({made.ref})")
    typer.echo("once it is merged, the same command without --pr sets the tag")


def _push(  # noqa: PLR0913 - what goes where, and how
    hub: "Hub",
    folder: Path,
    told: "Inventory",
    before: "Look",
    wishes: Wishes,
    *,
    is_squashed: bool,
) -> None:
    from curation.network.hub.push import push as send
    from curation.network.hub.push import tag_of
    from curation.network.hub.squash import WARNING, squash

    done = send(hub, folder, told, before, wishes)
    revision, day = done.revision, done.day
    if is_squashed:
        typer.echo(WARNING)
        left = squash(hub, folder, told)
        revision, day = left.revision, hub.day(left.revision)
        typer.echo(f"taken away: {len(left.tags)} older tags {', '.join(left.tags)}, every older "
                   f"commit, {left.objects} large files")  # fmt: skip
    said = "tagged" if done.is_new else "was there already, tagged"
    typer.echo(f"{hub.name}: {said} {tag_of(told.version)} at {revision} of {day}")
    if PARAMS.exists():
        _enter(hub.name, told, revision, day, is_squashed=is_squashed)


def _enter(
    repository: str, told: "Inventory", revision: str, day: str, *, is_squashed: bool
) -> None:
    from curation.publish.ledger import SQUASHED, Published, enter

    line = Published(
        version=told.version, manifest_id=told.manifest_id, kind=told.kind, name=told.name,
        repository=repository, revision=revision, pushed=day,
        squashed=SQUASHED if is_squashed else "",
    )  # fmt: skip
    if enter(LEDGER, line):
        typer.echo(f"{LEDGER}: one line more; commit it")
