"""The peer's copy of a town: the same members, standings, days and drawings, in its own tables, with its own tokens."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from tests.bench.load.town import Town
from tests.bench.peer.orm import Base, Drawing, Gate, LogLine, Profile, Shop, Transfer, User, Wallet
from tests.bench.peer.tables import DayScore, Prize, Sponsor, Standing

AUDIENCE: Final = "peer-api"
CHUNK: Final = 5_000
LIFE: Final = timedelta(hours=1)

READ: Final[Mapping[type, Callable[[Any], Any]]] = {
    UUID: lambda value: UUID(bytes=value),
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
    bool: bool,
    object: json.loads,
}
COPIED: Final[Sequence[type[Base]]] = (
    User, Profile, Drawing, Gate, Wallet, Transfer, LogLine, Standing, DayScore, Sponsor, Prize,
)  # fmt: skip


def copied(ours: Path, theirs: Path) -> Town:
    """Fills `theirs` with what is in `ours`, and makes a key, which lies beside it, and tokens signed with that."""
    engine = Shop(f"sqlite:///{theirs}").engine
    source = sqlite3.connect(ours)
    with Session(engine) as session, session.begin():
        for model in COPIED:
            for chunk in _chunks(source, model):
                session.execute(insert(model), chunk)
    _publish_terms(source, engine)
    members = [UUID(bytes=member) for (member,) in source.execute("select id from users order by id")]
    (drawing_id,) = source.execute("select id from drawings where drawing_type = 'annual'").fetchone()
    source.close()
    return Town(_tokens(members, theirs.with_suffix(".pem")), str(UUID(bytes=drawing_id)))


def _chunks(source: sqlite3.Connection, model: type[Base]) -> Iterator[list[dict[str, Any]]]:
    """The rows of one of our tables, as far as the peer has their columns."""
    ours = {name for _, name, *_ in source.execute(f"pragma table_info({model.__tablename__})")}
    columns = [column for column in model.__table__.columns if column.name in ours]
    reads = [READ.get(column.type.python_type) for column in columns]
    names = [column.name for column in columns]
    cursor = source.execute(f"select {', '.join(names)} from {model.__tablename__}")
    while rows := cursor.fetchmany(CHUNK):
        yield [
            {
                name: value if read is None or value is None else read(value)
                for name, read, value in zip(names, reads, row, strict=True)
            }
            for row in rows
        ]


def _publish_terms(source: sqlite3.Connection, engine: Engine) -> None:
    terms = source.execute("select drawing_id, hash, record from draw_records where kind = 'terms'").fetchall()
    with Session(engine) as session, session.begin():
        for drawing_id, digest, record in terms:
            drawing = session.get_one(Drawing, UUID(bytes=drawing_id))
            drawing.terms_hash, drawing.seed_commitment = digest, json.loads(record)["seed_commitment"]


def _tokens(members: Sequence[UUID], key_file: Path) -> Sequence[str]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    key_file.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    now = datetime.now().astimezone()
    claims = {"iss": "peer", "aud": AUDIENCE, "role": "user", "iat": now, "nbf": now, "exp": now + LIFE}
    return [jwt.encode({**claims, "sub": str(member)}, key, "RS256") for member in members]
