"""The caveats of a model card: another manifest, shortcuts, heat beside the lungs."""

from collections.abc import Mapping
from typing import Any

from curation.pages.inputs import Experiment, ReportInputs
from curation.pages.page import share, spaced
from curation.pages.shortcuts import BAD, NOT_TOLD, PASSED, WORDS


def caveats(own: Experiment, about: Mapping[str, Any], inputs: ReportInputs) -> list[str]:
    """What must be known before a figure is believed; `about` is the checkpoint's."""
    made = []
    if about.get("manifest_id") != inputs.figures["manifest_id"]:
        made.append("Trained on another manifest than this release.")
    audit = inputs.audits.get(str((about.get("params") or {}).get("task")))
    if audit is None:
        made.append("Nobody has looked for shortcuts yet: run dvc repro audit.")
    else:
        made += _probed(audit.scores["probes"])
    heat = (own.scores or {}).get("heat_in_lungs")
    if heat is not None:
        made.append(f"{share(heat)} of its heat lies inside the lungs; spread evenly it would be "
                    f"{share((own.scores or {}).get('lungs_in_frame'))}.")  # fmt: skip
    made.append("Judge it on films of a hospital that it never saw before you believe a figure.")
    return made


def _probed(probes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What each probe found; of one that could not be asked nothing is claimed."""
    by_verdict: dict[str, list[str]] = {}
    for name, one in probes.items():
        by_verdict.setdefault(one["verdict"], []).append(spaced(name))
    made = [
        f"Shortcut {spaced(name)}: {WORDS[one['verdict']]}"
        + (f", {one['found']['value']:.3f}." if one["found"]["value"] is not None else ".")
        for name, one in probes.items() if one["verdict"] in BAD
    ]  # fmt: skip
    if passed := by_verdict.get(PASSED):
        made.append("Probes that do not tell the label without looking at a lung: "
                    f"{', '.join(passed)}.")  # fmt: skip
    if untold := by_verdict.get(NOT_TOLD):
        made.append(f"Of these shortcuts nothing is known: {', '.join(untold)}.")
    return made
