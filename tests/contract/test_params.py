from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.params import SECTIONS, Misspelt, read, section


class Params(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    share: float = Field(ge=0, le=1)
    salt: str


def test_a_wrong_key_is_named_with_the_known_ones() -> None:
    with pytest.raises(Misspelt, match=r"'split\.slat' is no parameter; known here: share, salt"):
        section({"split": {"share": 0.1, "salt": "x", "slat": "y"}}, "split", Params)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(Misspelt, match=r"'split\.salt' is missing"):
        section({"split": {"share": 0.1}}, "split", Params)


def test_a_value_out_of_range_is_shown() -> None:
    with pytest.raises(Misspelt, match=r"'split\.share' is 7"):
        section({"split": {"share": 7, "salt": "x"}}, "split", Params)


def test_a_missing_section_is_named() -> None:
    with pytest.raises(Misspelt, match=r"section 'a\.b' is missing"):
        section({"a": {}}, "a.b", Params)


def whole(**changed: object) -> str:
    return yaml.safe_dump({name: {} for name in SECTIONS} | changed)


def test_all_sections_are_read(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(whole(split={"val": 0.1}))
    assert read(tmp_path / "params.yaml")["split"] == {"val": 0.1}


def test_an_unknown_section_is_named_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(whole(filtr={}))
    with pytest.raises(Misspelt, match="'filtr' is no section; known here: profile, sources"):
        read(tmp_path / "params.yaml")


@pytest.mark.parametrize("value", [None, [1], "x"])
def test_a_section_without_keys_is_named(tmp_path: Path, value: object) -> None:
    (tmp_path / "params.yaml").write_text(whole(sources=value))
    with pytest.raises(Misspelt, match="'sources' is missing or holds no keys"):
        read(tmp_path / "params.yaml")


@pytest.mark.parametrize("text", ["- a list", "a: [", "\xff"])
def test_what_is_no_yaml_is_a_sentence(tmp_path: Path, text: str) -> None:
    place = tmp_path / "params.yaml"
    place.write_bytes(text.encode("latin-1"))
    with pytest.raises(Misspelt, match=r"params\.yaml"):
        read(place)
