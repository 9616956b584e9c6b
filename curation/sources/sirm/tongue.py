"""How a post's sentences are read, in any tongue: its words stand in `italian` and `english`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import Match, Pattern

from curation.sources.base_words import affirms_disease, shown

SENTENCE = re.compile(r"[.;]\s")
COVID = re.compile(r"covid[- ]?19", re.IGNORECASE)
# "Influenza A e B" is one clause.
_CLAUSE = re.compile(
    r"([.;,:]|\b(?:e|ed|ma|poi|mentre|and|but|then|while)\b(?!\s+\w\b))", re.IGNORECASE
)
_OURS = re.compile(r"covid|sars[- ]?cov|coronavirus|tampon|\bswab|pcr\b", re.IGNORECASE)
_OTHER_GERM = re.compile(
    r"influenza|\bh1n1|\b(?:rsv|vrs|hiv|cmv|tb[ck]?|mrsa)\b|sinciziale|syncytial|adenovirus|rhinovirus"
    r"|legionell|micoplasma|mycoplasma|pneumococc|streptococc|stafilococc|staphylococc|batteri"
    r"|bacteri|tubercol|tubercul|pneumocystis|(?:altri|other)\W+vir",
    re.IGNORECASE,
)
_RESULT = re.compile(r"\b(?:positiv|negativ)\w+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """The words of one tongue, as patterns, and what is said in `Draft`s for them."""

    sexes: Pattern[str]
    spans: Pattern[str]
    """Lengths of time that are no age: "da 3 giorni", "a 3-day history"."""
    ages: Pattern[str]
    """A number and its unit."""
    ages_after: Pattern[str]
    """A number of years whose unit stands before it or in the same word."""
    kin_before: Pattern[str]
    """A relative at the end of a text, whose age follows; one group: the words in between."""
    kin_after: Pattern[str]
    """A relative at the beginning of a text, whose age stands before it."""
    kin_child: Pattern[str]
    """A child who is not the patient: "madre di un bambino"."""
    children: Pattern[str]
    """A word for a child in its one group, or a word for an adult."""
    years: str
    modalities: Pattern[str]
    """Three groups: radiograph, CT, ultrasound."""
    modality_words: tuple[str, str, str]
    laterals: Pattern[str]
    lateral: str
    sides: Pattern[str]
    """Two groups: AP, PA."""
    lying: tuple[tuple[Pattern[str], str], ...]
    """Positions of the patient, and the word that stands for each."""
    signs: Pattern[str]
    denied: Pattern[str]
    clear: Pattern[str]
    clear_word: str
    others: Pattern[str]
    """Where a sentence on the film goes over to a CT or a swab."""
    swabs: tuple[Pattern[str], ...]
    """Two groups: a word that denies, and what is said of the swab."""
    results: Pattern[str]
    """Two groups: a word that denies, and the stem of the result."""
    positive: str
    """The stem of a positive result."""
    swab_words: tuple[str, str]
    """For a positive and for a negative swab."""
    doubts: Pattern[str]

    def sex(self, text: str) -> str:
        """The first word of the text for the patient's sex."""
        found = self.sexes.search(text)
        return next(group for group in found.groups() if group).lower() if found else ""

    def age(self, text: str) -> str:
        """The patient's age with its unit, such as "65 anni" or "8 mesi".

        It is looked for where the patient is named, then anywhere, and never beside a relative.
        Years come before any other unit, unless the patient is a child: then the first age is.
        """
        text = self.spans.sub(" ", text)
        named = [part for part in SENTENCE.split(text) if self.sexes.search(part)]
        return next(filter(None, map(self._age, [*named, text])), "")

    def _age(self, text: str) -> str:
        told = [(found[1], found[2]) for found in self._own(self.ages, text)]
        years = [(number, unit) for number, unit in told if self.is_in_years(f"{number} {unit}")]
        after = next(self._own(self.ages_after, text), None)
        if told and (years or not after):
            number, unit = (years if years and not self.child(text) else told)[0]
            return f"{number} {unit.lower()}"
        return f"{next(g for g in after.groups() if g)} {self.years}" if after else ""

    def is_in_years(self, age: str) -> bool:
        """Whether an age is told in years: "65 anni", "1 year"."""
        return age.partition(" ")[2][:1].lower() == self.years[0]

    def _own(self, ages: Pattern[str], text: str) -> Iterator[Match[str]]:
        """The ages that are the patient's own, not those of a mother or a son."""
        for found in ages.finditer(text):
            before, after = text[: found.start()], text[found.end() :]
            kin = self.kin_before.search(before)
            if not (kin and not self.sexes.search(kin[1])) and not self.kin_after.match(after):
                yield found

    def child(self, text: str) -> str:
        """The word that calls the patient a child, where none calls an adult before it."""
        found = self.children.search(self.kin_child.sub(" ", text))
        return found[1].lower() if found and found[1] else ""

    def modality(self, text: str, *, is_last: bool = False) -> str:
        """The word for what made the picture, by the first mention; by the last if asked."""
        found = list(self.modalities.finditer(text))
        if not found:
            return ""
        groups = found[-1 if is_last else 0].groups()
        return next(w for w, group in zip(self.modality_words, groups, strict=True) if group)

    def view(self, text: str) -> str:
        """The projection, such as `latero-laterale`, `AP a letto`, `AP`, `PA`, `a letto`."""
        if self.laterals.search(text):
            return self.lateral
        side = self.sides.search(text)
        words = ["AP" if side[1] else "PA"] if side else []
        words += [word for pattern, word in self.lying if pattern.search(text)][:1]
        return " ".join(words)

    def of_the_film(self, text: str) -> str:
        """The sentences that speak of the radiograph, each up to its word for a CT or a swab."""
        radiograph = self.modality_words[0]
        said = [part for part in SENTENCE.split(text) if self.modality(part) == radiograph]
        return "; ".join(self.others.split(sentence)[0] for sentence in said)

    def shown(self, text: str) -> str:
        """What the text says of the radiograph: that it is clear, the first sign, or nothing.

        A film is not clear where the next sentences, up to another examination, tell of disease.
        """
        said = shown(self.of_the_film(text), {self.clear_word: self.clear}, self.signs, self.denied)
        is_clear = said == self.clear_word
        return "" if is_clear and affirms_disease(self._after(text), self.denied) else said

    def _after(self, text: str) -> str:
        """The sentences that follow the radiograph's and name no examination of their own."""
        is_film, told = False, list[str]()
        for part in SENTENCE.split(text):
            if self.modality(part) or self.others.search(part):
                is_film = self.modality(part) == self.modality_words[0]
                is_film = is_film and not self.others.search(part)
            elif is_film:
                told.append(part)
        return "; ".join(told)

    def illness(self, title: str, slug: str) -> str:
        """`COVID-19` where title or address name it and neither doubts it, else the title."""
        words = f"{title} {slug.replace('-', ' ')}"
        return "COVID-19" if COVID.search(words) and not self.doubts.search(words) else title

    def swab(self, text: str) -> str:
        """The swab's result, or nothing; one positive swab of several counts.

        A swab that is not, or was never, positive is negative; "not negative" says nothing, nor
        does a swab for another germ.
        """
        found, text = set[bool](), _of_covid(text)
        for before, told in (pair for swab in self.swabs for pair in swab.findall(text)):
            for denied, result in self.results.findall(told):
                is_positive, is_denied = result.lower() == self.positive, bool(before or denied)
                if is_positive or not is_denied:
                    found.add(is_positive and not is_denied)
        return self.swab_words[not max(found)] if found else ""


def _of_covid(text: str) -> str:
    """The text without the results of tests for other germs."""
    kept, is_other = list[str](), False
    for clause in _CLAUSE.split(text):
        if _OTHER_GERM.search(clause):
            is_other = not re.search(r"covid|sars[- ]?cov", clause, re.IGNORECASE)
        elif clause == "." or _OURS.search(clause):
            is_other = False
        kept.append(_RESULT.sub("", clause) if is_other else clause)
    return "".join(kept)
