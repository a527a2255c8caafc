"""Binds and ends of statements are found, and nothing that only looks like one."""

import pytest

from fittrack_adapters.store.oracle_block import changing_block, locking_block
from fittrack_adapters.store.statements import statements, with_binds


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select a from t where b = :b and c=:c_1", "select a from t where b = <b> and c=<c_1>"),
        ("select ':no', 'it''s :not' from t where a = :a", "select ':no', 'it''s :not' from t where a = <a>"),
        ('select ":no" from "t;:x" where a = :a', 'select ":no" from "t;:x" where a = <a>'),
        ("select a::text, :a::date from t", "select a::text, <a>::date from t"),
        (
            "select 1 -- :no\nfrom t /* :no\n :no */ where a = :a",
            "select 1 -- :no\nfrom t /* :no\n :no */ where a = <a>",
        ),
        ("select '12:30' || :a", "select '12:30' || <a>"),
        ("$$ begin x := :no; end $$", "$$ begin x := :no; end $$"),
        ("select a[1:2], :A from t", "select a[1:2], :A from t"),
        (
            "begin delete from t where a=:a; :n := sql%rowcount; end;",
            "begin delete from t where a=<a>; <n> := sql%rowcount; end;",
        ),
    ],
)
def test_only_binds_are_rewritten(sql: str, expected: str) -> None:
    assert expected == with_binds(sql, lambda name: f"<{name}>")


def test_changes_make_a_block_in_which_each_has_binds_of_its_own() -> None:
    changes = ("update t set a = :a where b = ':a' and c = :c", "insert into t (a) values (:a)")
    expected = """begin
update t set a = :a_0 where b = ':a' and c = :c_0; :touched_0 := sql%rowcount;
insert into t (a) values (:a_1); :touched_1 := sql%rowcount;
end;"""
    assert expected == changing_block(changes)


def test_locks_make_a_block_that_looks_at_nothing() -> None:
    locks = ("select id from t where id = :id for update", "select id from u where id = :id for update")
    expected = """begin
for r in (select id from t where id = :id_0 for update) loop null; end loop;
for r in (select id from u where id = :id_1 for update) loop null; end loop;
end;"""
    assert expected == locking_block(locks)


def test_a_script_falls_into_its_statements() -> None:
    script = """
    -- A table; with a comment.
    CREATE TABLE a (b {text:10}, -- why; because
        CHECK (b <> ';'));
    {immutable:a}
    CREATE FUNCTION f() AS $$ BEGIN; END; $$; /* the
    end; */
    """
    made = [" ".join(statement.split()) for statement in statements(script)]
    assert [
        "CREATE TABLE a (b {text:10}, CHECK (b <> ';'))",
        "{immutable:a}",
        "CREATE FUNCTION f() AS $$ BEGIN; END; $$",
    ] == made


def test_a_statement_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end: CREATE TABLE b"):
        list(statements("CREATE TABLE a (b {text:10});\nCREATE TABLE b (c {text:10})\n"))
