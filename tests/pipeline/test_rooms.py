"""Holds the table "Who may know whom" of the plan."""

import ast
from pathlib import Path

import pytest
from project import ROOT, imported, modules

COMMANDS = ("__main__.py", "_commands.py")
ALL = sorted(path.relative_to(ROOT).as_posix() for path in modules())


def roots(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported(ROOT / module)}


@pytest.mark.parametrize("module", [m for m in ALL if m.startswith("manifests/")])
def test_the_contract_imports_nothing_of_ours(module: str) -> None:
    assert {"curation", "training"} & roots(module) == set()


@pytest.mark.parametrize("module", [m for m in ALL if m.startswith("curation/")])
def test_curation_knows_neither_training_nor_torch(module: str) -> None:
    assert {"training", "torch", "timm", "torchvision"} & roots(module) == set()


@pytest.mark.parametrize("module", [m for m in ALL if m.startswith("training/")])
def test_training_knows_neither_curation_nor_the_network(module: str) -> None:
    assert {"curation", "requests", "bs4", "urllib", "socket"} & roots(module) == set()


@pytest.mark.parametrize("module", [m for m in ALL if not m.startswith("curation/network/")])
def test_only_the_network_room_has_a_window(module: str) -> None:
    windows = {
        "requests",
        "huggingface_hub",
        "socket",
        "http",
        "httpx",
        "httpx2",
        "aiohttp",
        "urllib3",
    }
    assert windows & roots(module) == set()
    assert "urllib.request" not in imported(ROOT / module)


@pytest.mark.parametrize("module", [m for m in ALL if m != "manifests/contract/table.py"])
def test_only_table_touches_parquet(module: str) -> None:
    assert not {n for n in imported(ROOT / module) if n.startswith("pyarrow.parquet")}
    assert "read_parquet" not in (ROOT / module).read_text()
    assert "to_parquet" not in (ROOT / module).read_text()


@pytest.mark.parametrize("module", [m for m in ALL if m != "manifests/contract/images.py"])
def test_only_images_opens_pictures_from_outside(module: str) -> None:
    text = (ROOT / module).read_text()
    assert "cv2.imread" not in text
    assert "imdecode" not in text
    # Our own packed PNGs are opened by their one reader.
    assert "Image.open" not in text or module == "manifests/contract/packing.py"
    if module != "manifests/contract/packing.py":
        assert "manifests.contract.grey_png" not in imported(ROOT / module)
    assert "pydicom" not in roots(module) or module == "manifests/contract/dicom.py"
    assert "manifests.contract.dicom" not in imported(ROOT / module)


@pytest.mark.parametrize("module", [m for m in ALL if m != "training/seed.py"])
def test_only_seed_seeds(module: str) -> None:
    tree = ast.parse((ROOT / module).read_text())
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    seeding = {"np.random.seed", "np.random.default_rng", "torch.manual_seed", "random.seed",
               "random.Random", "np.random.RandomState"}  # fmt: skip
    assert called & seeding == set()
    assert "random" not in roots(module)


@pytest.mark.parametrize("module", [m for m in ALL if "/stages/" in m])
def test_a_stage_imports_no_other_stage(module: str) -> None:
    assert not {n for n in imported(ROOT / module) if ".stages." in n}


@pytest.mark.parametrize(
    "module", [m for m in ALL if m.startswith("curation/sources/") and Path(m).stem != "loading"]
)
def test_a_source_imports_only_base_and_its_own_parts(module: str) -> None:
    parts = f"curation.sources.{Path(module).parent.name}"
    allowed = ("curation.sources.base", parts)
    ours = {n for n in imported(ROOT / module) if n.startswith("curation")}
    assert not {n for n in ours if not n.startswith(allowed)} - {"curation", "curation.sources"}


@pytest.mark.parametrize("module", [m for m in ALL if not m.endswith(COMMANDS)])
def test_only_the_commands_read_params_and_arguments(module: str) -> None:
    assert "sys.argv" not in (ROOT / module).read_text()
    if module != "manifests/contract/params.py":
        assert "manifests.contract.params.read" not in imported(ROOT / module)


@pytest.mark.parametrize("module", [m for m in ALL if m != "curation/network/fetch.py"])
def test_only_fetch_asks_the_clock(module: str) -> None:
    text = (ROOT / module).read_text()
    assert "datetime.now" not in text
    assert "date.today" not in text


def test_no_import_goes_in_a_circle() -> None:
    graph = {m: {f for n in imported(m) if (f := _file(n)) and f != m} for m in modules()}
    done: set[Path] = set()

    def visit(module: Path, path: tuple[Path, ...]) -> None:
        assert module not in path, " -> ".join(p.relative_to(ROOT).as_posix() for p in path)
        if module not in done:
            for other in sorted(graph[module]):
                visit(other, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def _file(name: str) -> Path | None:
    place = ROOT / Path(*name.split("."))
    return place.with_suffix(".py") if place.with_suffix(".py").exists() else None


@pytest.mark.parametrize("module", ALL)
def test_a_module_is_a_room(module: str) -> None:
    # The command line lists every command once; it is a table, not a room.
    limit = 300 if module == "curation/__main__.py" else 200
    assert len((ROOT / module).read_text().splitlines()) <= limit
