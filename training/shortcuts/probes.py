"""The probes, what each is shown, and what a person reads of it."""

from collections.abc import Mapping
from enum import StrEnum


class Probe(StrEnum):
    """What a plain classifier is given in the place of the lungs."""

    FILE = "file_statistics"
    BORDER = "border"
    CORNERS = "corners"
    OUTSIDE = "lungs_blacked_out"
    TEXT = "burned_in_text"
    METADATA = "metadata"
    SOURCE = "source_classifier"
    SHARED = "source_and_label"
    PRETRAINING = "pretraining"


SHOWN: Mapping[Probe, str] = {
    Probe.FILE: "width, height, aspect, colour, format, mean grey and its spread; no picture",
    Probe.BORDER: "the outer 5 % of the film",
    Probe.CORNERS: "the four corners of the film",
    Probe.OUTSIDE: "the film without its lungs",
    Probe.TEXT: "where words are burned in, and nothing else",
    Probe.METADATA: "age, sex and view, and whether they are known",
    Probe.SOURCE: "the whole film, small; it is asked for the source, not for the label",
    Probe.SHARED: "the name of the source: the share of what the label holds that it tells",
    Probe.PRETRAINING: "the share of judged films that a network's start may have learnt from",
}
READING = (
    "Each probe is shown something that ought to tell nothing of the disease, and asked for the "
    "label of films whose groups it never saw. Its AUC, the mean over the labels, is 0.5 where it "
    "guesses. A probe fails when the lower end of its interval lies above its threshold: then a "
    "network may reach the same score without looking at a lung. `within` compares only films of "
    "one source (of one label, for the source classifier), so what is left there is no look of a "
    "source. Two controls must come out at chance: labels dealt anew over all groups, and labels "
    "dealt anew over the groups of each source."
)
