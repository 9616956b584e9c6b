"""Where films ever were, in words for the person who has to answer for it."""

from collections.abc import Iterator, Sequence
from typing import Any

from curation.versions.networks import LEARNT
from curation.versions.sought import Sighting, by_place
from curation.versions.whereabouts import Whereabouts

TITLES = {
    "manifest": "Versions of the manifest",
    "folder": "Staged folders here",
    "published": "Published data sets",
    "network": "Networks",
    "published network": "Published networks",
}
SERVED = "Old revisions on the Hub keep serving a film until their history is squashed"
GONE = "By the ledger no revision on the Hub serves them any more: their history was squashed"
COPIES = "Copies that others made cannot be called back."


def told(found: Whereabouts, most: int = 20) -> Iterator[str]:
    """One line after another, with at most `most` films in each."""
    for kind, title in TITLES.items():
        places = by_place([one for one in found.sightings if one.kind == kind])
        yield f"{title} that held them: {len({place.where for place in places}) or 'none'}"
        last = ""
        for place, films in places.items():
            if place.where != last:
                yield f"  {place.where}"
            last = place.where
            cells = (place.config, place.split, place.shard)
            yield f"    {', '.join(filter(None, cells)) or 'no side'}: {_some(films, most)}"
    yield f"Not looked at: {len(found.unseen) or 'nothing was left out'}"
    yield from (f"  {sentence}" for sentence in found.unseen)
    yield from consequences(found)


def consequences(found: Whereabouts) -> list[str]:
    """What no line in a file undoes."""
    pushed = [one for one in found.sightings if one.kind.startswith("published")]
    pushes = dict.fromkeys(sorted(_squashing(one) for one in pushed if not one.is_gone))
    squashed = " and ".join(pushes) or "squash where one was pushed"
    made = [f"{SERVED}: push the next version, then {squashed}. {COPIES}"]
    if pushed and not pushes:
        made = [f"{GONE}. {COPIES}"]
    learnt = [one.where for one in found.sightings
              if one.kind.endswith("network") and one.split in LEARNT.values()]  # fmt: skip
    if learnt:
        names = ", ".join(dict.fromkeys(learnt))
        made.append(f"A network keeps what it learnt; to be trained again: {names}")
    return made


def to_json(found: Whereabouts) -> dict[str, Any]:
    """The same for a program: a row for each sighting."""
    return {
        "sightings": [one._asdict() for one in found.sightings],
        "not_looked_at": list(found.unseen),
        "consequences": consequences(found),
    }


def _squashing(one: Sighting) -> str:
    """The command that takes away every revision but the next one."""
    model = f" --model {one.name}" if one.kind == "published network" else ""
    return f"`cxr release push {one.where.partition(' ')[0]} --yes --squash-history{model}`"


def _some(films: Sequence[str], most: int) -> str:
    more = len(films) - most
    return ", ".join(films[:most]) + (f" and {more} more" if more > 0 else "")
