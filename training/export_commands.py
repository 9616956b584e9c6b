"""`python -m training export`: a trained network as a folder for others."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    trained: Annotated[Path, typer.Argument(show_default=False, help="A folder in data/train.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    segmenter: Annotated[
        Path, typer.Option(help="Taken along where the network sees lungs alone.")
    ] = Path("data/segment"),
) -> None:
    """Write a network for timm, for ONNX and for `cxr predict`, checked against torch."""
    import logging

    from training.export.writing import export as write

    # They tell every step of what is only checked at the end.
    for library in ("onnx_ir", "onnxscript", "timm"):
        logging.getLogger(library).setLevel(logging.WARNING)
    for line in write(trained, out, segmenter):
        typer.echo(line)
