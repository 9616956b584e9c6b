"""What is declared of a column beside its type."""

from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Column:
    """Who writes a column, whether it must be filled from then on, and what it says."""

    writer: str
    meaning: str
    is_required: bool = False


def required(writer: str, meaning: str) -> Column:
    """A column that must be filled from its writer on."""
    return Column(writer, meaning, is_required=True)


def columns(model: type[BaseModel]) -> dict[str, Column]:
    """The `Column` of every field of `model`, in order."""
    return {
        name: next(fact for fact in field.metadata if isinstance(fact, Column))
        for name, field in model.model_fields.items()
    }
