import csv
from pathlib import Path

from manifests.contract.answers import Answer, read_answers, write_answers


def test_a_file_name_is_no_formula_in_the_table_and_itself_in_the_json(tmp_path: Path) -> None:
    answer = Answer(
        path="=cmd|x!A1.png", sha256="0" * 64, label="normal", probability=0.75,
        probabilities={"normal": 0.75, "covid19": 0.25}, heat=None, shown="whole",
    )  # fmt: skip
    write_answers(tmp_path, [answer], {"experiment": "net"}, ["normal", "covid19"])
    with (tmp_path / "predictions.csv").open() as source:
        assert [row["path"] for row in csv.DictReader(source)] == ["'=cmd|x!A1.png"]
    assert read_answers(tmp_path) == (
        [answer],
        {"experiment": "net", "labels": ["normal", "covid19"]},
    )
