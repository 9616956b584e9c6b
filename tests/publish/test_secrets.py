"""What may not leave is found wherever it stands, is never repeated, and nothing else is."""

import base64
import hashlib
import string
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.publish.secrets import CHUNK, leaks, secrets
from manifests.contract.table import write_arrow

CHANCE = np.random.default_rng(1)


def drawn(count: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(CHANCE.choice(list(letters), count))


# Put together here, so that no whole key stands in a file of the project.
HUB = "hf_" + drawn(34)
KEYS = {
    HUB: "a token of the Hugging Face Hub",
    "ghp_" + drawn(36): "a token of GitHub",
    "github_pat_" + drawn(82): "a token of GitHub",
    "AKIA" + "IOSFODNN7EXAMPLE": "an access key of AWS",
    "-----BEGIN " + "RSA PRIVATE KEY-----": "a private key",
    "-----BEGIN " + "PRIVATE KEY-----": "a private key",
    "AWS_SECRET_ACCESS_KEY=" + drawn(40): "a secret key of AWS",
    "https://me:" + "hidden@example.org/a": "a web address with a password",
    '"Authorization": "Bearer ' + drawn(30): "the header of a login",
    '{"username": "me", "key": "' + drawn(32, "0123456789abcdef"): "a key of Kaggle",
    "https://example.org/a?X-Amz-Signature=" + drawn(64, "0123456789abcdef"):
        "a signed web address",
    "saved in /home/somebody/films": "a home folder",
    "file:///Users/somebody/films": "a home folder",
    r"C:\Users\somebody\films": "a home folder",
    r'"C:\\Users\\somebody"': "a home folder",
    "/tmp/tmpab12/out": "a temporary folder",  # noqa: S108 - nothing is written there
    "sk-" + drawn(48): "a key of OpenAI",
    "sk-proj-" + drawn(60) + "_" + drawn(30): "a key of OpenAI",
    "sk-ant-api03-" + drawn(60) + "-" + drawn(32): "a key of Anthropic",
    '"said\\n' + HUB + '\\tand"': "a token of the Hugging Face Hub",
    '"said\\u000a' + HUB + '"': "a token of the Hugging Face Hub",
    "https://example.org/?token%3D" + HUB: "a token of the Hugging Face Hub",
    "https://example.org/" + HUB + "/file": "a token of the Hugging Face Hub",
    "https://example.org/AKIA" + "IOSFODNN7EXAMPLE/x": "an access key of AWS",
    "/root/films/a.png": "a home folder",
    "/mnt/films/a.png": "a folder of a disk",
    "/media/somebody/disk/a.png": "a folder of a disk",
    "file:///srv/films/a.png": "a folder of a disk",
    "a.png,https://example.org/a,/scratch/somebody/a.png": "a folder of a disk",
    "/homes/somebody/a.png": "a folder of a disk",
    "/Volumes/My Disk/a.png": "a folder of a disk",
    r"D:\films\a.png": "a folder of a drive",
    r'"E:\\films\\a.png"': "a folder of a drive",
    "D:/films/a.png": "a folder of a drive",
    r"\\server\share\a.png": "a folder of a server",
    r'"\\\\server\\share\\a.png"': "a folder of a server",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/opt/people/me")


@pytest.mark.parametrize(("words", "kind"), KEYS.items())
def test_a_key_and_a_place_are_found_among_words(words: str, kind: str) -> None:
    assert secrets(f"some words ({words}) and others".encode()) == [kind]
    assert secrets(words.encode()) == [kind]


@pytest.mark.parametrize(
    "words",
    [
        hashlib.sha256(b"a").hexdigest(),
        "hf_" + "x" * 34,
        "hf_models",
        "hf_transfer_of_a_very_long_snake_case_name_of_a_function",
        "https://example.org/home/news/today",
        "https://radiopaedia.org/cases/covid-19-pneumonia?lang=us",
        "data/home/somebody/films",
        "src/tmp/file",
        "https://user@example.org/a",
        "T12:30:05@home",
        "aws_secret_access_key is read from the environment",
        "the film shows a private key finding",
        "AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7EXAMPLE",
        '"key": "normal"',
        "https://site.org/mnt/x/y",
        "https://site.org/a?file=/mnt/x/y",
        '<img src="/media/cases/a.png">',
        'href=\\"/srv/cases/a.png\\"',
        '{"said": "Q:\\nYes\\nA:\\nfine"}',
        r'{"pattern": "\\d+\\s\\w"}',
        r'"\\section\nfoo\nbar"',
        "a ratio of A:B and 12:30, s3://bucket/mnt/x/y",
        "sk-learn-contrib-is-a-name-of-a-project-of-many-words",
        "the root folder /root",
        "risk-" + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL",
    ],
)
def test_usual_words_are_none(words: str) -> None:
    assert secrets(words.encode()) == []


def test_bytes_and_base64_of_pictures_are_none() -> None:
    for _ in range(20):
        data = CHANCE.bytes(1 << 18)
        assert secrets(data) == []
        assert secrets(base64.b64encode(data)) == []
        # Grey levels that are letters.
        assert secrets(b"\0hf_" + bytes(CHANCE.integers(97, 123, 1 << 10).tolist())) == []


def test_the_folders_of_this_machine_are_found_in_words_and_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/opt/people/somebody")
    assert "the folder it was made in" in secrets(f"\0{tmp_path}/film.png\0".encode())
    assert secrets(b"/opt/people/somebody/x") == ["the home folder here"]
    assert secrets(b"/opt/people/somebodyelse/x") == []
    monkeypatch.setenv("HOME", "/opt")
    assert secrets(b"see /opt/x") == ["the home folder here"]
    assert secrets(b"see https://example.org/opt/x and /opt") == []


@pytest.mark.parametrize("shift", range(-60, 61, 7))
def test_a_key_across_two_windows_is_found_once_and_whole(tmp_path: Path, shift: int) -> None:
    place = tmp_path / "long.txt"
    before = b"word\n" * ((CHUNK + shift) // 5)
    place.write_bytes(before + HUB.encode() + b"\n" + b"word\n" * CHUNK)
    (told,) = leaks(place)
    assert told == (
        f"{place}: a token of the Hugging Face Hub, line {len(before) // 5 + 1}; take it out"
    )


def test_part_of_a_longer_word_at_the_end_of_a_window_is_no_key(tmp_path: Path) -> None:
    place = tmp_path / "long.txt"
    word = "AKIA" + "IOSFODNN7EXAMPLE"
    place.write_bytes(b" " * (CHUNK - len(word)) + word.encode() + b"AND" + b"MORE" * CHUNK)
    assert leaks(place) == []


def test_cells_and_metadata_of_a_packed_table_are_read(tmp_path: Path) -> None:
    place = tmp_path / "shard.parquet"
    image = {"bytes": b"\x89PNG\0" + CHANCE.bytes(1000), "path": "a.png"}
    rows = {"image": [image] * 50, "source_url": [*(drawn(30) for _ in range(49)), f"x {HUB} y"],
            "copies": [["a", "/home/somebody/a"]] * 50}  # fmt: skip
    write_arrow(place, pa.table(rows), {"made": "with AKIA" + "IOSFODNN7EXAMPLE"})
    assert HUB.encode() not in place.read_bytes()
    assert {told.removeprefix(f"{place}: ") for told in leaks(place)} == {
        "an access key of AWS, in its metadata; take it out",
        "a token of the Hugging Face Hub, in column source_url; take it out",
        "a home folder, in column copies; take it out",
    }
    image["path"] = "/home/somebody/a.png"
    write_arrow(place, pa.table({"image": [image]}))
    assert leaks(place) == [f"{place}: a home folder, in column image; take it out"]


def test_words_in_utf_16_are_read(tmp_path: Path) -> None:
    words = f"one\ntwo {HUB}\nD:\\films\\a.png\n" * 3
    place = tmp_path / "a.csv"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        place.write_bytes(words.encode(encoding))
        assert leaks(place) == [
            f"{place}: a token of the Hugging Face Hub, line 2; take it out",
            f"{place}: a folder of a drive, line 3; take it out",
        ]
        assert len(secrets(place.read_bytes())) == 2
    place.write_bytes(("word\n" * CHUNK + words).encode("utf-16"))
    assert len(leaks(place)) == 2


def test_what_is_noted_of_a_column_is_read(tmp_path: Path) -> None:
    place = tmp_path / "shard.parquet"
    inner = pa.field("path", pa.string(), metadata={"from": "/mnt/films/a.png"})
    outer = pa.field("image", pa.struct([inner]), metadata={"by": HUB})
    pq.write_table(pa.table([pa.array([{"path": "a"}], outer.type)], pa.schema([outer])), place)
    assert {told.removeprefix(f"{place}: ") for told in leaks(place)} == {
        "a token of the Hugging Face Hub, in the metadata of a column; take it out",
        "a folder of a disk, in the metadata of a column; take it out",
    }


def test_what_is_found_is_not_repeated(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_text("\n".join(KEYS))
    told = " ".join(leaks(place))
    assert len(leaks(place)) == len(set(KEYS.values()))
    assert HUB not in told
    assert "hidden" not in told
