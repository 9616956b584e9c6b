from pathlib import Path

import pytest

from curation.sources.cohen import Cohen
from curation.sources.loading import keys, load
from manifests.contract.params import Misspelt


def test_a_key_is_the_name_of_a_file() -> None:
    assert {"cohen", "nih_cxr14", "radiopaedia", "sirm"} <= set(keys())
    assert not {"base", "base_files", "loading"} & set(keys())


def test_an_entry_becomes_its_source(tmp_path: Path) -> None:
    found = load("cohen", {"cohen": {"files": tmp_path, "commit": "drawn"}})
    assert found == Cohen(files=tmp_path, commit="drawn")


@pytest.mark.parametrize("key", ["cohn", "base", "loading", "../cohen", "os", "", "Cohen"])
def test_an_unknown_key_is_named_beside_the_known_ones(key: str) -> None:
    with pytest.raises(Misspelt, match=r"is no source; known here: .*\bcohen, "):
        load(key, {key: {}})


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [({"files": "x", "comit": "y"}, "'sources.cohen.comit' is no parameter; known here: files"),
     ({"files": "x"}, "'sources.cohen.commit' is missing"),
     ({"files": 3, "commit": "y"}, "'sources.cohen.files' is 3")],
)  # fmt: skip
def test_a_wrong_parameter_is_named(entry: dict[str, object], sentence: str) -> None:
    with pytest.raises(Misspelt) as fault:
        load("cohen", {"cohen": entry})
    assert sentence in str(fault.value)


def test_a_missing_entry_is_named() -> None:
    with pytest.raises(Misspelt, match=r"section 'sources\.cohen' is missing"):
        load("cohen", {})
