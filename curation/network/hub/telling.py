"""What a push would do, in lines for a person."""

from collections.abc import Iterator

from curation.network.hub.gate import Gate, Wishes
from curation.network.hub.gating import noncommercial
from curation.network.hub.push import Look, tag_of
from curation.network.hub.repository import Hub
from curation.network.hub.told import State
from curation.publish.inventory import Inventory

WHOLE = "the Hub gates a repository as a whole, its free films as well"


def told_plainly(
    hub: Hub, told: Inventory, before: Look, wishes: Wishes, gate: Gate | None
) -> Iterator[str]:
    """Where it goes, who will see it, every file that moves, and how many bytes are sent.

    `gate` is what `coming_gate` gave: the one that is set, or None where it stays.
    """
    yield f"{hub.name}: {hub.kind} {told.name} {told.version}, manifest {told.manifest_id}"
    yield f"  repository: {_visibility(before.state, wishes)}"
    yield f"  gate: {_gate(told, before.state, gate)}"
    if before.tagged:
        yield f"  {tag_of(told.version)} is there already, with this content"
        return
    yield f"  main: holds {before.replaces or 'no release'}"
    yield from (f"  new: {path}" for path in before.plan.new)
    yield from (f"  changed: {path}" for path in before.plan.changed)
    yield from (f"  renamed: {old} -> {path}" for path, old in before.plan.renamed.items())
    yield from (f"  deleted: {path}" for path in before.plan.deleted)
    yield (
        f"  {len(before.plan.new)} new, {len(before.plan.changed)} changed, "
        f"{len(before.plan.renamed)} renamed, {len(before.plan.unchanged)} unchanged, "
        f"{len(before.plan.deleted)} deleted; at most {before.plan.bytes:,} bytes to send"
    )


def _visibility(state: State | None, wishes: Wishes) -> str:
    if state is None:
        return "is made, private" + (", and public when all is there" if wishes.is_public else "")
    if not state.is_private:
        return "there, public"
    return "there, private" + (", and public when all is there" if wishes.is_public else "")


def _gate(told: Inventory, state: State | None, wanted: Gate | None) -> str:
    films = noncommercial(told)
    stands = wanted or (state.gate if state else "") or Gate.NONE
    why = f"{films} films are for non-commercial use only" if films else "every film is free"
    if stands == Gate.NONE:
        return f"none; {why}"
    return f"{stands}{' is set' if wanted else ''}; {why}; {WHOLE}"
