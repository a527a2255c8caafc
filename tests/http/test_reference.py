"""The OpenAPI document and the pages made from it."""

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from fittrack_http import errors
from fittrack_http.auth import Caller
from fittrack_http.openapi import NO_NUL, problems_of
from fittrack_http.routes import Access, Route
from fittrack_http.structuring import camel
from tests.http.live import Server
from tests.http.toys import ROUTES


@pytest.fixture(scope="module")
def document(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{server.url}/docs/openapi.json").json()
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_is_described_and_nothing_else(server: Server, document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    served = set()
    for route in server.app.router.routes:
        path = "/" + re.sub(r"<(\w+):str>", lambda found: f"{{{camel(found[1])}}}", route.path)
        served |= {(method, path) for method in route.methods - {"HEAD", "OPTIONS"}}
    assert described == served


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]
    assert len(names) == len(set(names))


def test_the_body_of_an_operation_is_told_with_its_limits(document: dict[str, Any]) -> None:
    toy = document["components"]["schemas"]["NewToy"]
    assert ["name", "colour", "price"] == toy["required"]
    assert toy["additionalProperties"] is False
    name = {"type": "string", "minLength": 3, "maxLength": 20, "pattern": NO_NUL}
    assert name == toy["properties"]["name"]
    assert {"type": ["string", "null"], "pattern": "^(?:[A-Z]{2})$"}.items() <= toy["properties"]["state"].items()
    assert (0, 4) == (toy["properties"]["wheels"]["minItems"], toy["properties"]["wheels"]["maxItems"])
    assert toy["properties"]["gift"] == {"type": "boolean", "default": False}


def test_the_answer_of_an_operation_has_all_its_fields(document: dict[str, Any]) -> None:
    toy = document["components"]["schemas"]["Toy"]
    assert list(toy["properties"]) == toy["required"]


def test_parameters_are_told(document: dict[str, Any]) -> None:
    found = {given["name"]: given for given in document["paths"]["/toys"]["get"]["parameters"]}
    assert {"minimum": 1, "maximum": 1000, "default": 1}.items() <= found["page"]["schema"].items()
    assert not any(given["required"] for given in found.values())
    (key,) = document["paths"]["/orders"]["post"]["parameters"]
    assert ("Idempotency-Key", True) == (key["name"], key["required"])


def test_the_errors_of_an_operation_are_told(document: dict[str, Any]) -> None:
    answers = document["paths"]["/fail/{how}"]["get"]["responses"]
    assert {"200", "304", "400", "404", "409", "422", "429", "500", "503"} == set(answers)
    assert "`toy_sold`: The toy is gone." in answers["409"]["description"]


class Reader(HTMLParser):
    """Collects the addresses that a page refers to, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        self.addresses += [value or "" for name, value in attributes if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("page", ["/docs", "/docs/errors"])
def test_the_pages_need_nothing_from_elsewhere(server: Server, page: str) -> None:
    response = httpx.get(f"{server.url}{page}")
    reader = Reader()
    reader.feed(response.text)
    assert "text/html; charset=utf-8" == response.headers["content-type"]
    assert all(address.startswith("/docs") for address in reader.addresses)
    assert "url(" not in response.text
    assert "@import" not in response.text


def test_the_reference_shows_every_operation_with_an_example(server: Server) -> None:
    reader = Reader()
    reader.feed(httpx.get(f"{server.url}/docs").text)
    for route in ROUTES:
        assert f"{route.method} {re.sub('toy_id', 'toyId', route.path)}" in reader.words
    expected = """curl -X POST -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: $(uuidgen)" """
    assert expected in reader.words
    assert '\'{"name": "text", "colour": "red", "price": "50.00"}\'' in reader.words
    assert "spokeCount: integer from 0 to 99" in reader.words


def test_the_catalogue_shows_every_error_that_an_operation_names_under_its_anchor(server: Server) -> None:
    page = httpx.get(f"{server.url}/docs/errors").text
    named = {kind.code for route in ROUTES for kind in problems_of(route)}
    named |= {errors.UnknownPath.code, errors.MethodNotAllowed.code}
    assert all(f'<tr id="{code}">' in page for code in named)


def test_a_handler_that_asks_for_what_there_is_not_is_refused_at_once() -> None:
    def handler(weather: Caller) -> None:
        """Wonder."""

    with pytest.raises(AssertionError, match="weather"):
        Route("GET", "/x", handler, Access.ANYONE, "Toys")
