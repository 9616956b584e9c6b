"""What a push would change, file by file."""

import shutil
from pathlib import Path

from hub.server import HubServer
from pushing import NAME, TOKEN, on_hub, placed
from staged import altered, files

from curation.network.hub.plan import plan
from curation.network.hub.repository import repository
from curation.network.hub.told import MAIN
from curation.publish.inventory import INVENTORY, read_inventory

OLD, NEW = "data/open/train-00000-of-00001.parquet", "data/open/train-00000-of-00002.parquet"


def test_every_file_is_told_by_what_becomes_of_it(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0")
    own = tmp_path / "own/0.1.1/dataset"
    shutil.copytree(releases / "0.1.0/dataset", own)
    (own / OLD).rename(own / NEW)
    (own / "LICENSES.md").unlink()
    (own / "NOTES.md").write_bytes(b"new words\n")
    altered(own, "README.md", b"---\nlicense: other\n---\n")
    there = repository(NAME, "dataset", endpoint=hub.url, token=TOKEN)
    found = plan(own, read_inventory(own), there.tree(MAIN))
    assert found.new == ("NOTES.md",)
    assert found.changed == ("README.md", INVENTORY)
    assert found.renamed == {NEW: OLD}
    assert found.deleted == ("LICENSES.md", OLD)
    assert "ATTRIBUTION.csv" in found.unchanged
    sent = [own / path for path in ("NOTES.md", "README.md", INVENTORY)]
    assert sum(place.stat().st_size for place in sent) == found.bytes


def test_a_shard_that_is_only_renamed_is_not_sent(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0")
    own = tmp_path / "own/0.1.1/dataset"
    shutil.copytree(releases / "0.1.0/dataset", own)
    (own / OLD).rename(own / NEW)
    told = (own / INVENTORY).read_text(encoding="utf-8")
    (own / INVENTORY).write_text(told.replace('"0.1.0"', '"0.1.1"'), encoding="utf-8")
    altered(own, "README.md", b"---\nlicense: other\n---\n")
    hub.log.clear()
    placed(hub, tmp_path / "own", "0.1.1")
    assert (0, files(own)) == (hub.sent(), on_hub(hub, "v0.1.1"))
