"""Evidence about how networks were made: what goes in, first weights, settings."""

from collections.abc import Callable, Mapping
from typing import Any

from curation.pages.checklists.answers import Answer, Verdict, graded, missing, named, of, span
from curation.pages.inputs import Experiment, ReportInputs

Made = tuple[Experiment, Mapping[str, Any]]
NOBODY = "No network is trained"
SHAPE = ("model", "labels", "channels", "size")


def trained(inputs: ReportInputs) -> list[Made]:
    """The experiments that left a checkpoint, with it."""
    return [(own, own.checkpoint) for own in inputs.experiments if own.checkpoint is not None]


def protocol(own: Experiment) -> str:
    """The protocol that it was trained or judged under; empty if nobody says."""
    about = (own.metrics or {}).get("about", {})
    return str((own.checkpoint or {}).get("protocol") or about.get("protocol") or "")


def _all(inputs: ReportInputs, keys: tuple[str, ...], told: Callable[[str], str]) -> Answer:
    """Yes where every experiment's checkpoint holds `keys`; `told` words the count of them."""
    found = trained(inputs)
    if not found:
        return missing("train", NOBODY)
    whole, total = (
        sum(all(own.get(key) for key in keys) for _, own in found),
        len(inputs.experiments),
    )
    return Answer(graded(whole, total, 0), told(of(whole, total)), "models")


def preprocessing(inputs: ReportInputs) -> Answer:
    """What is done to a film before a network sees it."""
    return _all(inputs, ("recipe", "size"), "Recipe and size are on record for {} networks.".format)


def architecture(inputs: ReportInputs) -> Answer:
    """The network: its name, what goes in, what comes out."""
    models = named(sorted({str(own.get("model")) for _, own in trained(inputs)}))
    return _all(inputs, SHAPE, lambda counted: (
        f"Network, inputs, size and labels are on record for {counted} ({models}); the code holds "
        f"the layers."
    ))  # fmt: skip


def no_picking(inputs: ReportInputs) -> Answer:
    """Whether inputs were picked by how they go with the label: none is, all pixels go in."""
    return _all(
        inputs, ("channels",), "All pixels of the film go in, none is picked: {} networks.".format
    )


def standardised(inputs: ReportInputs) -> Answer:
    """Grey levels stay continuous, and no threshold is chosen on films that test it."""
    found = trained(inputs)
    if not found:
        return missing("train", NOBODY)
    whole = sum(bool(own.get("mean")) and bool(own.get("deviation")) for _, own in found)
    sides = {
        str(operating["chosen_on"])
        for own, _ in found
        if (operating := (own.metrics or {}).get("operating")) and operating.get("chosen_on")
    }
    told = (
        f"Grey levels stay continuous, standardised by the training films, for "
        f"{of(whole, len(found))} networks; thresholds are chosen on: {named(sorted(sides))}."
    )
    if sides - {"val"}:
        return Answer(Verdict.NO, told, "models")
    return Answer(graded(whole, len(found), 0), told, "models")


def subsets(inputs: ReportInputs) -> Answer:
    """Which films were used, and whether as many as were asked for."""
    found = trained(inputs)
    if not found:
        return missing("train", NOBODY)
    sizes = [sum(own["train_films"].values()) for _, own in found if own.get("train_films")]
    if not sizes:
        return Answer(Verdict.NO, "No checkpoint counts the films it was trained on.", "models")
    short = [str(facts["experiment"]) for facts in inputs.repeats if facts.get("shortfall")]
    told = (
        f"Networks were trained on {span(sizes)} films whose finding makes a label; "
        f"repeats with fewer films than asked for: {named(short)}."
    )
    whole = len(sizes) == len(inputs.experiments) and not short
    return Answer(Verdict.YES if whole else Verdict.PARTLY, told, "models")


def first_weights(inputs: ReportInputs) -> Answer:
    """Where weights begin, and with what seed."""
    found = trained(inputs)
    if not found:
        return missing("train", NOBODY)
    whole = sum(
        own.get("seed") is not None and "pretrained" in (own.get("params") or {})
        for _, own in found
    )
    borrowed = sum(
        bool(
            (own.get("params") or {}).get("pretrained") or (own.get("params") or {}).get("weights")
        )
        for _, own in found
    )
    told = (
        f"First weights and seed are on record for {of(whole, len(inputs.experiments))} networks; "
        f"{borrowed} begin with weights of other pictures."
    )
    return Answer(graded(whole, len(inputs.experiments), 0), told, "models")


def training(inputs: ReportInputs) -> Answer:
    """Settings and learning curves."""
    found = trained(inputs)
    if not found:
        return missing("train", NOBODY)
    settings = sum(bool(own.get("params")) for _, own in found)
    curves = sum(own.history is not None for own, _ in found)
    total = len(inputs.experiments)
    told = f"All settings are on record for {of(settings, total)} networks, curves for {curves}."
    return Answer(graded(min(settings, curves), total, 0), told, "models")
