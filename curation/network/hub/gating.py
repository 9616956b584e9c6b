"""Which gate a repository gets before a release is sent, and when none must be sent to it."""

from curation.network.hub.errors import NotAllowed
from curation.network.hub.gate import Gate, Wishes
from curation.network.hub.repository import Hub
from curation.network.hub.told import State
from curation.publish.channels import Channel
from curation.publish.inventory import Inventory


def noncommercial(told: Inventory) -> int:
    """Films whose pixels go out for non-commercial use only."""
    return sum(told.channels.get(Channel.NONCOMMERCIAL, {}).values())


def coming_gate(
    hub: Hub, told: Inventory, state: State | None, wishes: Wishes, *, is_proposal: bool
) -> Gate | None:
    """The gate that is set before the first byte; None where things stay as they are.

    Only a proposal may go to a repository of others, whose gate is theirs: there it stays.
    Raises `NotAllowed` where films for non-commercial use would lie open to everybody; a pull
    request is as open as its repository.
    """
    films = noncommercial(told)
    if films and wishes.gate == Gate.NONE:
        raise NotAllowed(
            f"{hub.name}: {films} films are for non-commercial use only, and without a gate "
            "everybody gets them once it is public; say --gate auto or --gate manual"
        )
    wanted = _wanted(films, wishes, state)
    if wanted is None or not is_proposal or state is None or _is_ours(hub):
        return wanted
    if films and not (state.is_private or state.gate):
        raise NotAllowed(
            f"{hub.name}: {films} films are for non-commercial use only, and there everybody would "
            "get them, since it is public, without a gate, and not yours; ask its owners to set "
            "one on the Hub's page of its settings, then repeat this"
        )
    return None


def _wanted(films: int, wishes: Wishes, state: State | None) -> Gate | None:
    stands = (state.gate if state else "") or Gate.NONE
    if wishes.gate is not None:
        return None if wishes.gate == stands else wishes.gate
    return Gate.MANUAL if stands == Gate.NONE and films else None


def _is_ours(hub: Hub) -> bool:
    return hub.name.split("/", maxsplit=1)[0] in hub.owners()
