"""What holds for every route, tried on a toy service over real connections."""

import json
from typing import Any

import httpx
import pytest

from fittrack_domain.shared.errors import FitTrackError
from fittrack_http import errors
from tests.http.live import Server
from tests.http.toys import ADMIN, MEMBER

TOY = {"name": "Bear", "colour": "red", "price": "5.00"}
TOY_PATH = f"/toys/{MEMBER}"


def assert_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    told: dict[str, Any] = response.json()
    assert (status, "application/problem+json") == (response.status_code, response.headers["content-type"])
    assert (f"/docs/errors#{code}", status) == (told["type"], told["status"])
    assert response.headers["x-request-id"] == told["instance"]
    return told


def test_a_body_is_read_and_answered(client: httpx.Client) -> None:
    response = client.post("/toys", json=TOY)
    assert (201, "application/json") == (response.status_code, response.headers["content-type"])
    assert str(MEMBER) == response.json()["toyId"]


def test_every_fault_of_body_query_and_key_is_told_at_once(client: httpx.Client) -> None:
    response = client.post("/orders?x=1", json={**TOY, "name": "B", "price": 5})
    told = assert_problem(response, 400, "invalid")
    assert ["/x", "/name", "/price", "/idempotencyKey"] == [fault["pointer"] for fault in told["errors"]]


@pytest.mark.parametrize(
    "raw", [b'{"name":', b'{"name":"a","name":"b"}', b'{"name":"\xff"}', b"[" * 10_000, b"9" * 999]
)
def test_malformed_json_is_refused(client: httpx.Client, raw: bytes) -> None:
    response = client.post("/toys", content=raw, headers={"content-type": "application/json"})
    assert_problem(response, 400, "malformed_json")


def test_a_nul_character_is_refused(client: httpx.Client) -> None:
    told = assert_problem(client.post("/toys", json={**TOY, "name": "Be\0ar"}), 400, "invalid")
    assert [{"pointer": "/name", "detail": "must not contain NUL characters"}] == told["errors"]


def test_a_missing_body_is_refused(client: httpx.Client) -> None:
    assert "a JSON body is required" in assert_problem(client.post("/toys"), 400, "invalid")["detail"]


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_another_media_type_is_refused(client: httpx.Client, media_type: str) -> None:
    response = client.post("/toys", content=json.dumps(TOY), headers={"content-type": media_type})
    assert_problem(response, 415, "not_json")


def test_json_with_its_charset_is_taken(client: httpx.Client) -> None:
    headers = {"content-type": "Application/JSON; charset=UTF-8"}
    assert 201 == client.post("/toys", content=json.dumps(TOY), headers=headers).status_code


def test_a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_not(client: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    most = json.dumps(TOY).ljust(1024 * 1024)
    assert 201 == client.post("/toys", content=most, headers=headers).status_code
    assert_problem(client.post("/toys", content=most + " ", headers=headers), 413, "body_too_large")


def test_ten_mebibytes_are_refused_while_they_arrive(client: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    assert_problem(client.post("/toys", content=b" " * 10_485_760, headers=headers), 413, "body_too_large")


def test_whoever_is_not_logged_in_is_told_how(server: Server) -> None:
    with server.client() as nobody:
        response = nobody.post("/toys", json={})
    assert_problem(response, 401, "not_logged_in")
    assert "Bearer" == response.headers["www-authenticate"]


def test_only_admins_are_let_in_where_only_admins_may(server: Server, client: httpx.Client) -> None:
    assert_problem(client.get("/everything"), 403, "admins_only")
    with server.client("admin") as admin:
        assert {"everything": True} == admin.get("/everything").json()
        assert str(ADMIN) == admin.post("/toys", json=TOY).json()["toyId"]


@pytest.mark.parametrize("path", ["/nothing", "/", "/toys/", "//toys", "/%2e%2e/toys", "/Toys", "/docs/../toys/x/y"])
def test_an_unknown_path_is_not_found(server: Server, path: str) -> None:
    answer = server.raw(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"unknown_path" in answer


@pytest.mark.parametrize("part", ["5", "x", "%00", "..", "0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8"])
def test_a_part_of_the_path_that_names_nothing_is_not_found(server: Server, part: str) -> None:
    answer = server.raw(f"GET /toys/{part} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"toyId must be a UUID" in answer


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_a_method_that_a_path_does_not_know_is_refused_with_those_it_knows(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/toys")
    assert_problem(response, 405, "method_not_allowed")
    assert "GET, HEAD, OPTIONS, POST" == response.headers["allow"]


def test_head_tells_what_get_would_without_the_body(client: httpx.Client) -> None:
    got, head = client.get(TOY_PATH), client.head(TOY_PATH)
    assert (200, b"") == (head.status_code, head.content)
    assert all(got.headers[name] == head.headers[name] for name in ("content-length", "content-type", "etag"))


def test_options_tells_the_methods(client: httpx.Client) -> None:
    response = client.options(TOY_PATH)
    assert (204, "DELETE, GET, HEAD, OPTIONS") == (response.status_code, response.headers["allow"])
    assert "access-control-allow-methods" not in response.headers


def test_an_answer_without_a_body_says_so(client: httpx.Client) -> None:
    response = client.delete(TOY_PATH)
    assert (204, b"") == (response.status_code, response.content)
    assert "content-type" not in response.headers


def test_what_the_client_has_already_is_not_sent_again(client: httpx.Client) -> None:
    tag = client.get(TOY_PATH).headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        response = client.get(TOY_PATH, headers={"if-none-match": known})
        assert (304, b"", tag) == (response.status_code, response.content, response.headers["etag"])
    assert 200 == client.get(TOY_PATH, headers={"if-none-match": '"other"'}).status_code


@pytest.mark.parametrize("key", ["k", '"a-key"', "x" * 100, '"' + "x" * 100 + '"'])
def test_an_idempotency_key_is_taken_quoted_or_not(client: httpx.Client, key: str) -> None:
    response = client.post("/orders", json=TOY, headers={"idempotency-key": key})
    assert 201 == response.status_code
    assert "idempotency-replayed" not in response.headers


@pytest.mark.parametrize("key", ["", '""', "x" * 101, "a b", "\u00e9"])
def test_an_idempotency_key_is_1_to_100_visible_characters(client: httpx.Client, key: str) -> None:
    response = client.post("/orders", json=TOY, headers=[(b"idempotency-key", key.encode())])
    assert "/idempotencyKey" == assert_problem(response, 400, "invalid")["errors"][0]["pointer"]


def test_a_missing_key_is_told_only_where_it_is_required(client: httpx.Client) -> None:
    told = assert_problem(client.post("/orders", json=TOY), 400, "invalid")
    assert "the header Idempotency-Key is required" == told["errors"][0]["detail"]
    assert 201 == client.post("/toys", json=TOY).status_code


@pytest.mark.parametrize("key", ["again", '"again"'])
def test_a_stored_answer_says_that_it_is_one(client: httpx.Client, key: str) -> None:
    response = client.post("/toys", json=TOY, headers={"idempotency-key": key})
    assert "true" == response.headers["idempotency-replayed"]


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [("sold", 409, "toy_sold"), ("none", 404, "no_toy"), ("reused", 422, "idempotency_key_reused")],
)
def test_the_kind_of_an_error_decides_the_status(client: httpx.Client, how: str, status: int, code: str) -> None:
    assert_problem(client.get(f"/fail/{how}"), status, code)


def test_who_is_limited_is_told_how_long(client: httpx.Client) -> None:
    response = client.get("/fail/fast")
    assert_problem(response, 429, "too_fast")
    assert "7" == response.headers["retry-after"]


@pytest.mark.parametrize(("how", "status", "code"), [("bug", 500, "unexpected"), ("store", 503, "store_unreachable")])
def test_nothing_internal_leaks(server: Server, how: str, status: int, code: str) -> None:
    response = httpx.get(f"{server.url}/fail/{how}")
    assert_problem(response, status, code)
    assert "secret" not in response.text


def test_a_good_request_id_is_taken_over_and_a_bad_one_replaced(client: httpx.Client) -> None:
    def answered(given: str) -> str:
        return client.get("/health/live", headers={"x-request-id": given}).headers["x-request-id"]

    assert "0197a3c2-7f6e" == answered("0197a3c2-7f6e")
    for bad in ("a b", "x" * 65, "<script>", ""):
        assert answered(bad) not in (bad, answered(bad))


def test_every_answer_has_the_security_headers(client: httpx.Client) -> None:
    for path in ("/health/live", "/nothing", "/fail/sold", "/docs"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert {"nosniff", "DENY", "no-referrer"} <= set(headers.values())
        assert headers["strict-transport-security"].startswith("max-age=")
        assert "server" not in headers


def test_pages_of_configured_origins_may_call(client: httpx.Client) -> None:
    origin = "https://app.example"
    preflight = client.options("/toys", headers={"origin": origin, "access-control-request-method": "POST"})
    assert origin == preflight.headers["access-control-allow-origin"]
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Idempotency-Key" in preflight.headers["access-control-allow-headers"]
    response = client.get("/toys", headers={"origin": origin})
    assert (origin, True) == (response.headers["access-control-allow-origin"], "Origin" in response.headers["vary"])


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil.example", "null"])
def test_pages_of_other_origins_may_not(client: httpx.Client, origin: str) -> None:
    for response in (
        client.get("/toys", headers={"origin": origin}),
        client.options("/toys", headers={"origin": origin}),
    ):
        assert "access-control-allow-origin" not in response.headers


def test_every_error_has_one_status_and_a_name() -> None:
    kinds = errors.catalogue()
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(400 <= errors.status_of(kind) < 600 for kind in kinds)
    assert all(issubclass(kind, FitTrackError) for kind in kinds)
    assert all(kind.__doc__ for kind in kinds)
