"""What the audit finds on real films: files that tell the label, a source that is the label.

    python benchmarks/shortcuts.py ../shared/data

The mixed set is put together as the sets of 2020 were: COVID-19 from Cohen's collection, normal
films and pneumonia from NIH ChestX-ray14. Beside it stand the films of NIH alone, and labels dealt
anew within each source, which must both be guessed.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from curation.audit.dealing import dealt_anew, drawn_again, folds_of, middle, numbered
from curation.audit.informing import told_by_source
from curation.audit.plain import out_of_fold
from curation.audit.statistics import FOLDS, facts_of
from manifests.contract.association import Floats, Whole, macro_area

AGAIN = 500


def films(folder: Path) -> pd.DataFrame:
    """path, label, source, patient of every film whose picture is there."""
    cohen = pd.read_csv(folder / "cohen" / "metadata.csv", dtype=str).fillna("")
    cohen = cohen[cohen["modality"].eq("X-ray") & ~cohen["view"].eq("L")]
    is_covid = cohen["finding"].str.contains("COVID")
    kind = cohen["finding"].map(lambda word: "normal" if word == "No Finding" else "pneumonia")
    one = pd.DataFrame({
        "path": "cohen/images/" + cohen["filename"], "source": "cohen",
        "label": kind.mask(is_covid, "covid19"), "patient": "cohen/" + cohen["patientid"],
    })[~cohen["finding"].isin(["todo", "Unknown", ""])]  # fmt: skip
    nih = pd.read_csv(folder / "nih" / "Data_Entry_2017_v2020.csv", dtype=str)
    words = nih["Finding Labels"]
    other = pd.DataFrame({
        "path": "nih/images/" + nih["Image Index"], "source": "nih",
        "label": words.map(lambda w: "normal" if w == "No Finding" else "pneumonia"),
        "patient": "nih/" + nih["Patient ID"],
    })[words.eq("No Finding") | words.str.contains("Pneumonia")]  # fmt: skip
    made = pd.concat([one, other], ignore_index=True)
    return made[[(folder / path).is_file() for path in made["path"]]].reset_index(drop=True)


def told(name: str, rows: pd.DataFrame, facts: pd.DataFrame) -> None:
    """One line: the AUC of the label by seven statistics of the file, and two controls."""
    seen, groups = facts.loc[rows["path"]].to_numpy(), numbered(rows["patient"].tolist())
    labels = sorted(set(rows["label"]))
    targets = np.array([labels.index(label) for label in rows["label"]], np.int64)
    folds = folds_of(targets, groups, FOLDS)

    def auc(weights: Floats, own: Whole, strata: Whole) -> Floats:
        return macro_area(weights, own, out_of_fold(seen, own, folds, len(labels)), strata)

    once, apart = np.ones((1, len(rows))), folds * 9 + numbered(rows["source"].tolist())
    found = auc(once, targets, folds)[0]
    low, high = middle(auc(drawn_again(groups, AGAIN), targets, folds))
    anew = middle(np.array([auc(once, row, folds)[0] for row in dealt_anew(targets, groups, 40)]))
    within = targets.copy()[None].repeat(40, 0)
    for source in sorted(set(rows["source"])):
        own = np.flatnonzero(rows["source"] == source)
        within[:, own] = dealt_anew(targets[own], numbered(rows["patient"][own].tolist()), 40)
    drawn = np.array([auc(once, row, apart)[0] for row in within])
    # Where each source has one label there is no pair to compare.
    inside = "no pair" if np.isnan(drawn).all() else "{:.3f} to {:.3f}".format(*middle(drawn))
    print(
        f"{name}: {len(rows)} films, {groups.max() + 1} patients, {', '.join(labels)}: "
        f"AUC {found:.3f} ({low:.3f} to {high:.3f}); dealt anew {anew[0]:.3f} to {anew[1]:.3f}; "
        f"dealt anew and compared within each source {inside}; "
        f"the source alone: {told_by_source(rows)}"
    )


def main() -> None:
    folder = Path(sys.argv[1])
    rows = films(folder)
    print(rows.groupby(["source", "label"]).size().to_string())
    facts = facts_of({path: folder / path for path in rows["path"]})
    rows = rows[rows["path"].isin(facts.index)].reset_index(drop=True)
    is_mixed = (rows["source"] == "nih") | (rows["label"] == "covid19")
    mixed = rows[is_mixed].assign(
        label=lambda own: own["label"].where(own["label"] == "covid19", "other")
    )
    told("COVID-19 of cohen, the rest of nih", mixed.reset_index(drop=True), facts)
    told("both sources, three labels", rows, facts)
    told("nih alone", rows[rows["source"] == "nih"].reset_index(drop=True), facts)


if __name__ == "__main__":
    main()
