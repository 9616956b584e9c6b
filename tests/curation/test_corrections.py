from pathlib import Path

import pytest
from records import record, records
from typer.testing import CliRunner

from curation.__main__ import app
from curation.corrections import CORRECTABLE, HEADER, add
from curation.licenses import Licenses
from manifests.contract.params import Misspelt

LICENSES = Licenses.load(Path(__file__).parents[2] / "manifests/licenses.yaml")
OLD = ",".join(HEADER) + "\ncohen/b,age_years,61,read the caption,r1,2026-01-01\n"


def line(column: str, value: str, film: str = "cohen/a") -> dict[str, str]:
    cells = (film, column, value, "second reader, blind", "r2", "2026-05-01")
    return dict(zip(HEADER, cells, strict=True))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "corrections.csv"
    made.write_text(OLD)
    return made


def test_a_correction_is_a_line_under_the_others(place: Path) -> None:
    add(place, line("findings", "ards|covid19"), records([record("a")]), LICENSES)
    new = 'cohen/a,findings,ards|covid19,"second reader, blind",r2,2026-05-01\n'
    assert place.read_text() == OLD + new


@pytest.mark.parametrize(
    ("column", "value", "film", "found"),
    [
        ("age_years", "old", "cohen/a", "makes age_years = 'old'"),
        ("sha256", "0", "cohen/a", "'sha256' cannot be corrected; these can: license"),
        ("age_years", "7", "cohen/z", "cohen/z: no such film here"),
        ("license", "CC-BY-9", "cohen/a", "license 'CC-BY-9' is not in"),
    ],
)
def test_a_wrong_correction_is_told_and_not_written(
    place: Path, column: str, value: str, film: str, found: str
) -> None:
    with pytest.raises(Misspelt, match=found):
        add(place, line(column, value, film), records([record("a")]), LICENSES)
    assert place.read_text() == OLD


def test_the_help_names_every_column_that_can_be_corrected() -> None:
    told = CliRunner().invoke(app, ["correct", "--help"]).output
    assert [column for column in CORRECTABLE if column not in told] == []
