"""What every command of training needs: its paths, its section of params.yaml, its task."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

PARAMS, STATES = Path("params.yaml"), Path(".cache/training")
Folder = Annotated[Path, typer.Argument(show_default=False)]
Task = Annotated[str, typer.Argument(help="Key in params.yaml's tasks.")]
Experiment = Annotated[str, typer.Argument(help="Key in params.yaml's experiments.")]


def params(name: str, model: Any) -> Any:  # noqa: ANN401 - the model decides the type
    from manifests.contract.params import read, section

    return section(read(PARAMS), name, model)


def task_of(where: str, name: str) -> dict[str, list[str]]:
    """The task that the entry at `where` names. Raises `Misspelt` where there is none."""
    from manifests.contract.params import Misspelt, read

    tasks: dict[str, dict[str, list[str]]] = read(PARAMS)["tasks"]
    if name not in tasks:
        raise Misspelt(f"params.yaml: '{where}.task' is {name!r}; known: {', '.join(tasks)}")
    return tasks[name]


def known_experiments(where: str, names: Sequence[str]) -> None:
    """Raise `Misspelt` where one of `names`, which stand at `where`, is none or stands twice."""
    from manifests.contract.params import Misspelt, read

    known = read(PARAMS)["experiments"]
    for name in names:
        if name not in known:
            raise Misspelt(f"params.yaml: '{where}' has {name!r}; known: {', '.join(known)}")
        if list(names).count(name) > 1:
            raise Misspelt(f"params.yaml: '{where}' has {name!r} twice")


def known_recipes(where: str, names: Sequence[str]) -> None:
    """Raise `Misspelt` where one of `names`, which stand at `where`, is no recipe."""
    from manifests.contract.params import Misspelt, read

    known = read(PARAMS)["recipes"]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Misspelt(f"params.yaml: '{where}' has {unknown[0]!r}; known: {', '.join(known)}")


def same_recipe(name: str, named: str, learnt_from: str) -> None:
    """Raise `Misspelt` where the entry `name` asks for another recipe than its experiment."""
    from manifests.contract.params import Misspelt

    if named != learnt_from:
        raise Misspelt(
            f"params.yaml: '{name}.recipe' is {named!r}, and the experiment learns from "
            f"{learnt_from!r}; name the same"
        )
