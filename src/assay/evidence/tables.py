"""The tables of the store, as SQLAlchemy sees them; imported on the first write only.

`import sqlalchemy` costs more than half of what a run with nothing to do may cost in all, and such
a run writes nothing. Reading therefore goes through the driver (`assay.evidence.database`).
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

records = Table(
    "records",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("recipe", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("records_by_recipe", "kind", "subject", "recipe"),
)

rows = Table(
    "rows",
    metadata,
    Column("block", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("time", String, nullable=False),
    Column("host", String, nullable=False),
    Column("user", String, nullable=False),
    Column("event", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", String, nullable=False),
)
