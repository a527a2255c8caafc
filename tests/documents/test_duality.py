"""The duality views keep the server's rules, as far as a text can tell: no Oracle Database has seen them yet."""

import pytest

from fittrack_adapters.store.document_views import oracle_view
from fittrack_adapters.store.documents import (
    DOCUMENT_VIEWS,
    DRAWING_DETAILS,
    USER_ACTIVITIES,
    USER_PROFILE,
    DocumentView,
)
from tests.documents.duality import faults_in, schema, schemas
from tests.double import texts

TABLES = schemas()


@pytest.mark.parametrize("view", DOCUMENT_VIEWS, ids=lambda view: view.name)
def test_our_views_keep_the_rules(view: DocumentView) -> None:
    text = oracle_view(view)
    assert [] == [*faults_in(text, TABLES), *texts.faults_in(text)]


def test_the_balance_moves_through_the_ledger_only() -> None:
    assert "'pointBalance' : w.balance WITH NOUPDATE NOCHECK\n" in oracle_view(USER_PROFILE)


@pytest.mark.parametrize(
    ("view", "good", "bad", "fault"),
    [
        (USER_PROFILE, "'_id' : u.id", "'userId' : u.id", "the document has no _id on the key of its table"),
        (USER_PROFILE, "'_id' : u.id", "'_id' : u.email", "the document has no _id on the key of its table"),
        (DRAWING_DETAILS, "'prizeId' : p.id,", "", "prizes does not show its key"),
        (
            DRAWING_DETAILS,
            "'prizeId' : p.id",
            "'prizeId' : p.id, 'of' : p.drawing_id",
            "is shown, and joins it",
        ),
        (USER_ACTIVITIES, "'_id' : a.id", "'_id' : a.id, 'by' : a.connection_id", "is shown, and joins it"),
        (DRAWING_DETAILS, "FROM drawings d", "FROM drawings d, prizes x", "more than one table after FROM"),
        (DRAWING_DETAILS, "p.drawing_id = d.id", "p.name = d.name", "not a declared foreign key to a key"),
        (DRAWING_DETAILS, "p.drawing_id = d.id", "p.id = d.id", "not a declared foreign key to a key"),
        (DRAWING_DETAILS, "p.drawing_id = d.id", "p.drawing_id < d.id", "something else than equal columns"),
        (USER_ACTIVITIES, "c.id = a.connection_id", "c.user_id = a.user_id", "not a declared foreign key to a key"),
        (USER_PROFILE, "w.balance", "w.credits - w.debits", "an expression instead of a column"),
        (USER_PROFILE, "u.email,", "lower(u.email),", "an expression instead of a column"),
        (USER_PROFILE, "p.goals", "u.email", "an expression instead of a column of its own"),
        (USER_PROFILE, "u.email,", "u.password_hash,", "there is no such column"),
        (USER_PROFILE, "FROM wallets w", "FROM purses w", "there is no table purses"),
        (USER_PROFILE, "NOUPDATE NOCHECK", "NOINSERT", "tagged with what no column is"),
        (USER_PROFILE, "FROM users u", "FROM users u WITH UPSERT", "tagged with what no table is"),
    ],
)
def test_the_rules_have_teeth(view: DocumentView, good: str, bad: str, fault: str) -> None:
    text = oracle_view(view)
    assert good in text
    assert any(fault in found for found in faults_in(text.replace(good, bad, 1), TABLES))


@pytest.mark.parametrize(("view", "brackets", "others"), [(DRAWING_DETAILS, "[]", "()"), (USER_PROFILE, "()", "[]")])
def test_many_rows_stand_in_square_brackets_and_no_others(view: DocumentView, brackets: str, others: str) -> None:
    text = oracle_view(view)
    for one, other in zip(brackets, others, strict=True):
        text = text.replace(one, other)
    assert any("[ ] is for many rows, and only for them" in found for found in faults_in(text, TABLES))


def test_a_row_that_another_refers_to_is_one() -> None:
    text = oracle_view(USER_ACTIVITIES).replace("(", "[").replace(")", "]")
    assert ["connection: [ ] is for many rows, and only for them"] == list(faults_in(text, TABLES))


def test_json_kept_as_text_is_refused() -> None:
    texts_of_json = schema("    id {uuid} PRIMARY KEY,\n    goals {text:500},\n    CHECK (goals IS JSON)")
    text = "CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW v AS SELECT JSON {'_id' : t.id, 'goals' : t.goals} FROM t t"
    assert ["t, goals: a text that IS JSON, instead of the type JSON"] == list(faults_in(text, {"t": texts_of_json}))


def test_a_table_may_be_tagged_as_the_server_knows() -> None:
    text = oracle_view(USER_PROFILE).replace("FROM users u", "FROM users u WITH INSERT UPDATE NODELETE")
    assert [] == list(faults_in(text, TABLES))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("CREATE OR REPLACE", "CREATE"),
        ("SELECT JSON", "SELECT JSONB"),
        ("FROM users u", "OF users u"),
        ("u.id\n", "u.id) \n"),
    ],
)
def test_what_is_no_view_is_refused(good: str, bad: str) -> None:
    with pytest.raises(ValueError, match=r"instead of|begin|end"):
        list(faults_in(oracle_view(USER_PROFILE).replace(good, bad), TABLES))
