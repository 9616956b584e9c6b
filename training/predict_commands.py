"""The half of `cxr predict` that needs torch; each may be called alone as well."""

from typing import Annotated

import typer

from training.stage_commands import Folder


def predict(stacks: Folder, network: Folder, out: Folder) -> None:
    """Ask a network about prepared stacks, of `cxr stack --exact` say: labels and heat maps.

    `network` is a folder under data/train, or an exported one. The stacks must be made as those
    that it learnt from. `cxr predict` makes them, of any pictures, and calls this.
    """
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.answering import answer

    with whole_folder(out) as part:
        answer(read_prepared(stacks), network, part)


def masks(
    copies: Folder,
    segmenter: Folder,
    out: Folder,
    least_lung: Annotated[
        float | None, typer.Option(help="Share of the frame; a smaller island is no lung.")
    ] = None,
) -> None:
    """Find the lungs on working copies, `images-*.parquet`, without a project around them."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.lungs import LEAST_LUNG
    from manifests.contract.params import section
    from manifests.contract.working import WorkingCopies
    from training.stages import lungs

    settings = section(
        {"lungs": {"least_lung": LEAST_LUNG if least_lung is None else least_lung}},
        "lungs",
        lungs.Params,
    )
    given = WorkingCopies([copies])
    with whole_folder(out) as part:
        lungs.main(list(given), given, segmenter, out, part, settings)
