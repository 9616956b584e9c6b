"""A release that was checked by every rule, then pushed; and what one film more costs."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from hub.server import HubServer
from pushing import NAME, cxr_release, on_hub, push
from released import PARAMS, film, released
from staged import FREE, NO_RULES, NONCOMMERCIAL, files

from curation.publish.checks.mark import mark
from curation.publish.checks.whole import look, rules
from curation.publish.inventory import read_inventory
from curation.publish.material import Material
from manifests.contract.record import Record

ROWS = 5
"""Films in a shard, about."""


def staged(releases: Path, version: str, rows: Sequence[Record]) -> tuple[Path, Material]:
    """The data set of a version where `cxr release stage` puts it, and nobody has checked it."""
    place = releases / version
    asked = PARAMS.model_copy(update={"version": version, "shard_rows": ROWS})
    made = released(rows, place, asked)
    return (place / "release").rename(place / "dataset"), made


def some(number: int, license_: str = FREE) -> list[Record]:
    sides = ("train", "val", "test")
    return [film(f"{license_}-{n}", license=license_, split=sides[n % 3]) for n in range(number)]


def test_a_release_leaves_once_every_rule_has_looked_at_it(hub: HubServer, tmp_path: Path) -> None:
    releases, ledger = tmp_path / "releases", tmp_path / "releases.csv"
    folder, material = staged(releases, "0.1.0", [*some(6), *some(3, NONCOMMERCIAL)])
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.1.0", "--releases", str(releases), "--yes"
    )
    assert done.returncode == 4
    assert "was not checked as it is now" in done.stderr
    assert "run `cxr release check 0.1.0`" in done.stderr
    assert hub.log == []

    nobody = pd.Series(pd.NA, index=material.records.index, dtype="string")
    asked = rules(folder, read_inventory(folder), material, nobody, ledger)
    assert [fault.told() for rule in asked for fault in look(rule)] == []
    mark(folder, NO_RULES)
    push(hub, tmp_path, releases, "0.1.0", "--yes")
    assert files(folder) == on_hub(hub) == on_hub(hub, "v0.1.0")


def test_of_one_film_more_only_the_shards_that_are_new_are_sent(
    hub: HubServer, tmp_path: Path
) -> None:
    releases, rows = tmp_path / "releases", some(60)
    for version, films in (("0.1.0", rows), ("0.2.0", [*rows, film("one-more")])):
        mark(staged(releases, version, films)[0], NO_RULES)
    push(hub, tmp_path, releases, "0.1.0", "--yes")
    hub.log.clear()
    push(hub, tmp_path, releases, "0.2.0", "--yes")

    old = {item.sha256 for item in read_inventory(releases / "0.1.0/dataset").files.values()}
    shards = {path: item for path, item in read_inventory(releases / "0.2.0/dataset").files.items()
              if path.endswith(".parquet")}  # fmt: skip
    new = [item for item in shards.values() if item.sha256 not in old]
    assert sum(item.bytes for item in new) == hub.sent() > 0
    assert len(new) * 4 < len(shards)
    assert files(releases / "0.2.0/dataset") == on_hub(hub, "v0.2.0")
