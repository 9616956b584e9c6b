"""The stages that find lungs: one learns how, one does it."""

from training.stage_commands import PARAMS, Folder, params


def segment(masked: Folder, out: Folder) -> None:
    """Learn to find lungs from masks that a person drew; judge it on other patients."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.masked import read_masked
    from training.stages import lungs as use
    from training.stages import segment as room

    settings, least = params("segment", room.Params), params("lungs", use.Params).least_lung
    with whole_folder(out) as part:
        room.main(read_masked(masked), part, settings, least)


def lungs(deduped: Folder, ingested: Folder, trained: Folder, out: Folder) -> None:
    """A mask of the lungs for every film that dedup kept."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import read
    from manifests.contract.table import read_stage
    from manifests.contract.working import WorkingCopies
    from training.stages import lungs as room

    settings = params("lungs", room.Params)
    ids = [str(record_id) for record_id in read_stage(deduped)[0]["record_id"]]
    copies = WorkingCopies([ingested / key for key in sorted(read(PARAMS)["sources"])])
    with whole_folder(out) as part:
        room.main(ids, copies, trained, out, part, settings)
