"""What every command of training needs: its paths, its section of params.yaml, its task."""

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


def task_of(experiment: str, name: str) -> dict[str, list[str]]:
    """The task that an experiment names. Raises `Misspelt` where there is none."""
    from manifests.contract.params import Misspelt, read

    tasks: dict[str, dict[str, list[str]]] = read(PARAMS)["tasks"]
    if name not in tasks:
        raise Misspelt(
            f"params.yaml: 'experiments.{experiment}.task' is {name!r}; known: {', '.join(tasks)}"
        )
    return tasks[name]
