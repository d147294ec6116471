"""An approval: a person in a role agrees to one thing in its present form (DESIGN.md section 7)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Approval(BaseModel):
    """One file of ``ledger/approvals``; no time inside, that is git's or the journal's."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["assay.approval/1"] = Field(default="assay.approval/1", alias="schema")
    kind: Text
    """What sort of thing is approved: ``allowance``, ``document``, ``deviation``, ..."""
    subject: Text
    """Its name in the programme."""
    of: Digest
    """Its present form: a record id, or the recipe digest of a deviation, allowance or declaration."""
    role: Text
    person: Text
    """Who approves; a claim until a signature stands under it."""
    author: Text
    """Who made what is approved; never the same person."""
    statement: Text

    @field_validator("kind", "subject", "role", "person", "author")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("must be one line of printable characters")
        return value

    @model_validator(mode="after")
    def _two_people(self) -> Approval:
        if _same(self.person, self.author):
            raise ValueError("author and person are the same: somebody else has to approve")
        return self

    def payload(self) -> dict[str, str]:
        """Return the JSON object that the file holds."""
        return self.model_dump(by_alias=True)


def _same(one: str, other: str) -> bool:
    """Compare names without regard to case and spaces."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
