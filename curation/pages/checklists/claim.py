"""The 44 items of CLAIM, update of 2024, in our own short words.

Tejani, Klontzas, Gatti, Mongan, Moy, Park, Kahn: Checklist for Artificial Intelligence in Medical
Imaging (CLAIM): 2024 Update. Radiology: Artificial Intelligence 2024;6(4):e240300.
"""

from curation.pages.checklists import (
    chosen,
    collected,
    judged,
    labelled,
    partitions,
    people,
    sturdy,
    trained,
)
from curation.pages.checklists.answers import Evidence, Item

CITATION = (
    "CLAIM, 2024 update, 44 items: Tejani et al., Radiology: Artificial Intelligence "
    "2024;6(4):e240300"
)
ADDRESS = "https://doi.org/10.1148/ryai.240300"
NOTE = (
    "It asks whether a thing is told: yes means that this page tells it, no that it is missing or "
    "that what is told is a flaw. "
    "The words of the items are ours; a submission fills in the original form."
)

_HEAD, _DATA, _TRUTH = "Title to design", "Methods: data", "Methods: reference standard"
_SIDES, _MODEL = "Methods: partitions", "Methods: model and training"
_EVALUATION, _RESULTS, _END = "Methods: evaluation", "Results", "Discussion and other"

_LINES: tuple[tuple[str, str, str | Evidence], ...] = (
    (_HEAD, "The title names AI and its kind", "Name the technique in the title of the paper."),
    (_HEAD, "A structured summary", "Write it, with sides, design and what is available."),
    (_HEAD, "Background, intended use, clinical role", "Say who would use it, and for what."),
    (_HEAD, "Aims and hypotheses", "State them as they were before the first figure."),
    (_HEAD, "Prospective or retrospective", "Say it: films of others are retrospective."),
    (_HEAD, "Goal of the study", "Say whether it makes, compares or tries out a model."),
    (_DATA, "Where the data come from", collected.sources),
    (_DATA, "Who is let in, who is not", collected.eligibility),
    (_DATA, "What is done to a picture first", trained.preprocessing),
    (_DATA, "Which part of the data is used", trained.subsets),
    (_DATA, "How identities are removed", people.deidentified),
    (_DATA, "What is missing, and what is done about it", people.unknowns),
    (_DATA, "How pictures were taken", collected.acquisition),
    (_TRUTH, "What the reference standard is", labelled.covid_tests),
    (_TRUTH, "Why this standard", "Say why the word of a source is trusted, and against what."),
    (_TRUTH, "Who annotated, with what training", "Ask each source who labelled its films."),
    (_TRUTH, "How test films were annotated", "Ask each source with what tool and what rules."),
    (_TRUTH, "How far readers agree", labelled.disagreement),
    (_SIDES, "How films were dealt to sides", partitions.assigned),
    (_SIDES, "At which level sides are disjoint", partitions.disjoint),
    (_SIDES, "How large a test set was meant to be", partitions.test_size),
    (_MODEL, "The model in full", trained.architecture),
    (_MODEL, "Software and versions", "constraints.txt pins them: name those that matter."),
    (_MODEL, "First weights", trained.first_weights),
    (_MODEL, "Training in full", trained.training),
    (_MODEL, "How the final model was chosen", chosen.selection),
    (_MODEL, "How models were combined", "If any were: the figures of dvc repro combine."),
    (_EVALUATION, "Measures of performance", judged.metrics),
    (_EVALUATION, "Uncertainty of the measures", judged.uncertainty),
    (_EVALUATION, "Robustness and sensitivity", sturdy.robust),
    (_EVALUATION, "Explanations, and whether they hold", sturdy.explained),
    (_EVALUATION, "Tests on data of the same sources", judged.internal),
    (_EVALUATION, "Tests on data from elsewhere", judged.external),
    (_EVALUATION, "Registration of a trial", "Say that this is no trial, or give its number."),
    (_RESULTS, "Numbers in and out", collected.flow),
    (_RESULTS, "Who they are, on each side", people.demographics),
    (_RESULTS, "Performance by side and subgroup", judged.subgroups),
    (_RESULTS, "Estimates with intervals", judged.estimates),
    (_RESULTS, "Failures", judged.failures),
    (_END, "Limitations", "Start from what is no or partly in both lists."),
    (_END, "What it means for practice", "Say what must be shown before anyone relies on it."),
    (_END, "Full protocol", "Cite dvc.yaml, params.yaml and the version of this project."),
    (_END, "Availability of code, model and data", collected.availability),
    (_END, "Funding and the funders' part", "Name them."),
)  # fmt: skip

ITEMS = tuple(
    Item(number=str(number), section=section, asks=asks, to_write=answer)
    if isinstance(answer, str)
    else Item(number=str(number), section=section, asks=asks, evidence=answer)
    for number, (section, asks, answer) in enumerate(_LINES, 1)
)
