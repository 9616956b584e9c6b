"""Why an article gives no film at all, in sentences that both layouts share."""

from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason


def closed(pmcid: str) -> Rejected:
    """The article is no part of PMC's open collection, and nothing of it is here."""
    return Rejected(
        Reason.BLOCKED,
        f"{pmcid}: is not in PMC's open access subset, so no figure may be taken; "
        "take its row out, or keep a link to it only",
    )


def retracted(pmcid: str) -> Rejected:
    """The article was taken back, and its figures with it."""
    return Rejected(
        Reason.WITHDRAWN,
        f"{pmcid}: the article was retracted, so none of its figures is used; take its row out",
    )


def another(asked: str, found: str) -> Rejected:
    """What lies where the article was looked for is about another one."""
    detail = f"{asked}: what lies here is about {found[:40]}, another article; fetch it again"
    return Rejected(Reason.LAYOUT_CHANGED, detail)
