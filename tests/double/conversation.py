"""What is said over one connection: who comes in, what is asked, what is answered, what goes wrong on order."""

import select
import struct
from collections.abc import Callable
from typing import Protocol

import attrs
import psycopg

from tests.double import blocks, calls, handshake
from tests.double.calls import Failure, ending
from tests.double.faults import Effect, Fault
from tests.double.session import Cursor, Outcome, Session
from tests.double.wire import DATA, EOF, MARKER, Channel, Hangup, Marked, Reader, Writer

RESET = b"\1\0\2"
BREAK = b"\1\0\1"
CANCELLED = Failure(1013, "ORA-01013: user requested cancel of current operation\n")
BAD_LOGIN = Failure(1017, "ORA-01017: invalid credential or not authorized; logon denied\n")
CALLS = {
    calls.EXECUTE: "execute",
    calls.REEXECUTE: "execute",
    calls.REEXECUTE_AND_FETCH: "execute",
    calls.FETCH: "fetch",
    calls.COMMIT: "commit",
    calls.ROLLBACK: "rollback",
    calls.PING: "ping",
    calls.LOGOFF: "logoff",
}


class House(Protocol):
    """What a conversation knows of the server that it takes place in."""

    user: str
    password: str

    def databases(self, service: str, /) -> str | None: ...

    def due(self, call: str, sql: str) -> Fault | None: ...


class Conversation:
    """What is said over one connection."""

    def __init__(self, double: House, channel: Channel) -> None:
        self.double = double
        self.channel = channel
        self.cursors: dict[int, Cursor] = {}

    def hold(self) -> None:
        service = handshake.offered_service(self.channel)
        url = self.double.databases(service)
        if url is None:
            handshake.refuse(self.channel, handshake.UNKNOWN_SERVICE)
            return
        handshake.accept(self.channel)
        if not self._admits():
            return
        self.session = Session(url)
        try:
            while self._answer_next():
                pass
        finally:
            self.session.postgres.close()

    def _admits(self) -> bool:
        reader = Reader(self._packet(), self._packet)
        handshake.read_introduction(reader)
        _function(reader, tokens=False)
        handshake.read_pairs(reader)
        challenge = handshake.Challenge(self.double.password)
        question = challenge.question().raw(bytes(ending(busy=False)))
        self.channel.respond(handshake.introduction() + bytes(question))
        reader = Reader(self._packet(), self._packet)
        _function(reader)
        user, given = handshake.read_pairs(reader)
        verdict = challenge.verdict(given) if user.lower() == self.double.user else None
        if verdict is None:
            self._say(ending(failure=BAD_LOGIN, busy=False))
            return False
        self._say(verdict.raw(bytes(ending(busy=False))))
        return True

    def _packet(self) -> bytes:
        kind, body = self.channel.receive()
        if kind == MARKER:
            raise Marked(body)
        if kind != DATA or struct.unpack(">H", body[:2])[0] & EOF:
            raise Hangup
        return body[2:]

    def _say(self, answer: Writer) -> None:
        self.channel.respond(bytes(answer))

    def _answer_next(self) -> bool:
        try:
            reader = Reader(self._packet(), self._packet)
            function = _function(reader, self._forget)
            self._say(self._faulty(CALLS[function], function, reader))
        except Marked as marked:
            self._break_off(marked.args[0])
            return True
        return function != calls.LOGOFF

    def _break_off(self, marker: bytes) -> None:
        """The client gave up waiting: both sides say so, and what it waited for has failed."""
        while marker != RESET:
            self.channel.send(MARKER, BREAK)
            marker = self.channel.receive()[1]
        self.channel.send(MARKER, RESET)
        self._say(ending(failure=CANCELLED, busy=self.session.busy))

    def _faulty(self, call: str, function: int, reader: Reader) -> Writer:
        request = self._read(function, reader)
        fault = self.double.due(call, request.cursor.sql)
        if fault is not None and fault.effect is Effect.CUT_BEFORE:
            raise Hangup
        if fault is not None and fault.effect is Effect.FAIL:
            failure = Failure(fault.code, f"ORA-{fault.code:05d}: on order\n")
            return ending(cursor=request.number, failure=failure, busy=self.session.busy)
        if fault is not None and fault.effect is Effect.WAIT:
            self._dawdle(fault.seconds)
        answer = self._answer(function, request)
        if fault is not None and fault.effect is Effect.CUT_AFTER:
            raise Hangup
        return answer

    def _dawdle(self, seconds: float) -> None:
        """Waits, unless the client has enough of it."""
        if select.select([self.channel.connection], [], [], seconds)[0]:
            raise Marked(self.channel.receive()[1])

    def _read(self, function: int, reader: Reader) -> "Request":
        if function == calls.EXECUTE:
            return self._read_execute(reader)
        if function in (calls.REEXECUTE, calls.REEXECUTE_AND_FETCH):
            number, rows = reader.number(), reader.number()
            reader.skip("n")
            commits = bool(reader.number() & calls.OPTION_COMMIT_AGAIN)
            cursor = self.cursors[number]
            sent = cursor.sent_again
            times = (1 if cursor.is_query else rows) if sent else 0
            binds = [calls.read_row(reader, sent, in_order=cursor.is_block) for _ in range(times)]
            fetches = function == calls.REEXECUTE_AND_FETCH
            return Request(number, cursor, binds, runs=True, rows=rows, fetches=fetches, commits=commits)
        if function == calls.FETCH:
            number, rows = reader.number(), reader.number()
            return Request(number, self.cursors[number], [], rows=rows, fetches=True)
        return Request(0, Cursor(""), [])

    def _read_execute(self, reader: Reader) -> "Request":
        asked = calls.read_execution(reader)
        number = asked.cursor or max(self.cursors, default=0) + 1
        cursor = self.cursors.setdefault(number, Cursor(asked.sql))
        cursor.sql = asked.sql or cursor.sql
        if asked.defines:
            cursor.defines = asked.defines
        runs = bool(asked.options & calls.OPTION_EXECUTE)
        if runs and not asked.defines:
            cursor.binds = asked.binds
        times = (1 if cursor.is_query else asked.times) if asked.binds else 0
        binds = [calls.read_row(reader, asked.binds, in_order=cursor.is_block) for _ in range(times)]
        return Request(
            number,
            cursor,
            binds,
            runs=runs,
            rows=asked.rows,
            fetches=bool(asked.options & calls.OPTION_FETCH),
            collects_errors=bool(asked.options & calls.OPTION_BATCH_ERRORS),
            describes=not asked.cursor,
            commits=bool(asked.options & calls.OPTION_COMMIT),
        )

    def _answer(self, function: int, request: "Request") -> Writer:
        try:
            if function == calls.COMMIT:
                self.session.commit()
            elif function == calls.ROLLBACK:
                self.session.roll_back()
            elif function == calls.LOGOFF:
                self.session.postgres.close()
            elif request.cursor.sql:
                return self._run(request)
        except psycopg.OperationalError as error:
            raise Hangup from error
        return ending(busy=self.session.busy)

    def _run(self, request: "Request") -> Writer:
        session, cursor, number = self.session, request.cursor, request.number
        outcome = None
        if request.runs:
            outcome = session.run(cursor, request.binds, collect_errors=request.collects_errors)
            if request.commits and not outcome.failure:
                session.commit()
            if outcome.failure or not cursor.is_query:
                end = ending(
                    cursor=number,
                    count=outcome.count,
                    failure=outcome.failure,
                    failed=outcome.failed,
                    warned=outcome.warned,
                    busy=session.busy,
                )
                return _brought_back(cursor, outcome).raw(bytes(end))
        answer = calls.description(cursor.columns) if request.describes else Writer()
        if not (request.fetches and cursor.told_in_full):
            return answer.raw(bytes(ending(cursor=number, busy=session.busy)))
        found = cursor.next(request.rows)
        answer.raw(bytes(calls.rows(cursor.columns, cursor.defines, found)))
        over = Failure(calls.NO_MORE_ROWS, "ORA-01403: no data found\n") if cursor.over else None
        return answer.raw(bytes(ending(cursor=number, count=cursor.at, failure=over, busy=session.busy)))

    def _forget(self, numbers: list[int]) -> None:
        for number in numbers:
            self.cursors.pop(number, None)


@attrs.frozen
class Request:
    """A call about a statement, as it was read."""

    number: int
    cursor: Cursor
    binds: list[list[object]]
    runs: bool = False
    rows: int = 0
    fetches: bool = False
    collects_errors: bool = False
    describes: bool = False
    commits: bool = False


def _brought_back(cursor: Cursor, outcome: Outcome) -> Writer:
    """What a block that was run has to say before the end; nothing for any other statement."""
    if outcome.failure or not cursor.is_block:
        return Writer()
    cursor.told_directions = True
    block = blocks.parsed(cursor.sql)
    return calls.brought_back([name in block.outs for name in block.names], outcome.touched)


def _function(reader: Reader, forget: Callable[[list[int]], None] = lambda _: None, *, tokens: bool = True) -> int:
    """Which function the client calls, past what rides on the message: lists of cursors it has done with."""
    while True:
        kind, function = reader.u8(), reader.u8()
        reader.u8()
        if tokens:
            reader.number()
        if kind == calls.FUNCTION:
            return function
        assert kind == calls.PIGGYBACK, f"message {kind} is not known here"
        assert function == calls.CLOSE_CURSORS, f"function {function} is not known here"
        reader.u8()
        forget([reader.number() for _ in range(reader.number())])
