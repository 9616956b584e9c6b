from pathlib import Path

import pytest
import yaml

from curation.licenses import Licenses
from manifests.contract.params import Misspelt

MANIFESTS = Path(__file__).parents[2] / "manifests"
LICENSES = Licenses.load(MANIFESTS / "licenses.yaml")


@pytest.mark.parametrize(
    ("spdx", "url", "channel"),
    [("CC-BY-3.0", "https://github.com/x", "open"),
     ("CC0-1.0", "https://example.org", "open"),
     ("Apache-2.0", "https://example.org", "open"),
     ("LicenseRef-NIHCC", "https://nihcc.app.box.com/v/ChestXray-NIHCC", "open"),
     ("CC-BY-NC-SA-4.0", "https://www.eurorad.org/case/1", "noncommercial"),
     ("LicenseRef-CC-BY-NC-SA", "https://example.org", "noncommercial"),
     ("CC-BY-NC-ND-4.0", "https://example.org", "pointers"),
     ("NOASSERTION", "https://example.org", "pointers"),
     ("LicenseRef-NLM-TB", "https://example.org", "pointers"),
     ("CC-BY-NC-SA-3.0", "https://radiopaedia.org/cases/x", "pointers"),
     ("CC-BY-4.0", "https://www.radiopaedia.org/cases/x", "pointers"),
     ("CC-BY-4.0", "https://pbs.twimg.com/media/a", "pointers"),
     ("CC-BY-4.0", "https://t.co/a", "pointers"),
     ("CC-BY-4.0", "https://scontent.cdninstagram.com/v/a.jpg", "pointers"),
     ("CC-BY-4.0", "https://scontent.xx.fbcdn.net/v/a.jpg", "pointers"),
     ("CC-BY-4.0", "https://www.facebook.com/a/posts/1", "pointers"),
     ("CC-BY-4.0", "https://not.co/a", "open"),
     ("CC-BY-4.0", "https://notradiopaedia.org/x", "open")],
)  # fmt: skip
def test_a_licence_and_a_host_say_where_a_film_may_go(spdx: str, url: str, channel: str) -> None:
    assert LICENSES.channel(spdx, url) == channel


def test_a_licence_that_nobody_has_read_is_refused() -> None:
    with pytest.raises(Misspelt, match=r"'GPL-3\.0' is not in manifests/licenses\.yaml"):
        LICENSES.of("GPL-3.0")


def test_every_licence_that_a_word_may_mean_is_known() -> None:
    blocks = yaml.safe_load((MANIFESTS / "terms.yaml").read_text(encoding="utf-8"))
    meant = {spdx for block in blocks.values() for spdx in block.get("license", {}).values()}
    assert meant <= set(LICENSES.licenses)


def test_what_may_not_be_changed_is_named_so() -> None:
    for spdx, known in LICENSES.licenses.items():
        assert known.only_unmodified == ("-ND" in spdx)
        assert known.share_alike == ("-SA" in spdx)
        assert known.noncommercial == ("-NC" in spdx or "Stanford" in spdx)


def test_a_wrong_key_is_named(tmp_path: Path) -> None:
    place = tmp_path / "licenses.yaml"
    place.write_text("link_only_hosts: {}\nlicenses: {MIT: {titel: MIT}}\n")
    with pytest.raises(Misspelt, match=r"licenses\.MIT\.titel"):
        Licenses.load(place)


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"- MIT\n", "found a list"), (b"", "found nothing"), (b"a: \xff\n", "is not UTF-8"),
     (b"licenses: {}\nlink_only_hosts: {}\nlicenses: {}\n", "'licenses' stands twice")],
)  # fmt: skip
def test_a_file_without_sections_is_told(data: bytes, found: str, tmp_path: Path) -> None:
    place = tmp_path / "licenses.yaml"
    place.write_bytes(data)
    with pytest.raises(Misspelt, match=rf"licenses\.yaml: .*{found}"):
        Licenses.load(place)
