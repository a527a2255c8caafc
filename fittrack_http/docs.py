"""The reference: the OpenAPI document as a page that needs nothing from elsewhere, and the catalogue of errors."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from fittrack_http import errors, openapi
from fittrack_http.routes import JSON, Access, Content, Route

HTML: Final = "text/html; charset=utf-8"
STYLE: Final = files("fittrack_http").joinpath("docs.css").read_text("utf-8")
STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_HEADERS: Final = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'",
}

Document = Mapping[str, Any]


def docs_routes(described: Sequence[Route]) -> tuple[Route, ...]:
    """The routes of the reference, which describes `described` and itself."""
    pages: dict[str, Content] = {}

    def docs() -> Content:
        """Show this reference as a page."""
        return pages["docs"]

    def openapi_document() -> Content:
        """Give this reference as an OpenAPI 3.1 document."""
        return pages["openapi"]

    def error_catalogue() -> Content:
        """List every error that an answer can name, with its status and meaning."""
        return pages["errors"]

    routes = (
        _route("/docs", docs, HTML),
        _route("/docs/openapi.json", openapi_document, JSON),
        _route("/docs/errors", error_catalogue, HTML),
    )
    document = openapi.document((*described, *routes))
    pages["docs"] = Content(_page("FitTrack", _reference(document)), HTML, PAGE_HEADERS)
    pages["openapi"] = Content(json.dumps(document, ensure_ascii=False).encode(), JSON)
    pages["errors"] = Content(_page("FitTrack errors", _catalogue()), HTML, PAGE_HEADERS)
    return routes


def _route(path: str, handler: Callable[[], Content], media_type: str) -> Route:
    return Route("GET", path, handler, Access.ANYONE, "Reference", media_type=media_type, limited=False, inline=True)


def _page(title: str, content: str) -> bytes:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return (
        f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head><body><main>{content}</main></body>'
        "</html>"
    ).encode()


def _reference(document: Document) -> str:
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    operations.sort(key=lambda found: found[2]["tags"][0])
    parts = [f"<h1>FitTrack {escape(document['info']['version'])}</h1>", _paragraphs(document["info"]["description"])]
    parts.append('<p><a href="/docs/openapi.json">OpenAPI 3.1</a> · <a href="/docs/errors">errors</a></p>')
    for tag, group in groupby(operations, key=lambda found: found[2]["tags"][0]):
        parts.append(f"<h2>{escape(tag)}</h2>")
        parts += [_operation(document, *found) for found in group]
    return "".join(parts)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n") if paragraph)


def _operation(document: Document, method: str, path: str, operation: Mapping[str, Any]) -> str:
    anyone = "" if operation["security"] else " <em>no log-in needed</em>"
    called = f"<b>{method}</b> <code>{escape(path)}</code> {escape(operation['summary'])}{anyone}"
    parts = [
        f'<details id="{operation["operationId"]}"><summary>{called}</summary>',
        _paragraphs(operation["description"]),
        _parameters(document, operation["parameters"]),
    ]
    body = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    if body:
        parts.append(f"<h3>Body</h3><pre>{escape(shape(document, body))}</pre>")
    parts += [_response(document, status, answer) for status, answer in operation["responses"].items()]
    parts.append(f"<h3>Example</h3><pre>{escape(_curl(document, method, path, operation))}</pre></details>")
    return "".join(parts)


def _parameters(document: Document, parameters: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(given['name'])}</code></td><td>{given['in']}{', required' * given['required']}</td>"
        f"<td>{escape(shape(document, given['schema']))}</td><td>{escape(given.get('description', ''))}</td></tr>"
        for given in parameters
    )
    return f"<h3>Parameters</h3><table>{rows}</table>" if rows else ""


def _response(document: Document, status: str, answer: Mapping[str, Any]) -> str:
    text = escape(answer["description"]).replace("\n", "<br>")
    schema = answer.get("content", {}).get(JSON, {}).get("schema")
    told = f"<pre>{escape(shape(document, schema))}</pre>" if schema else ""
    return f"<h3>{status}</h3><p>{text}</p>{told}"


def shape(document: Document, schema: Mapping[str, Any], indent: str = "") -> str:
    """A schema as one reads it: objects as braces, everything else in words."""
    if "$ref" in schema:
        return shape(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], indent)
    if "anyOf" in schema:
        return " or ".join(shape(document, arm, indent) for arm in schema["anyOf"])
    if "properties" in schema:
        required = schema.get("required", ())
        lines = (
            f"{indent}  {name}{'' if name in required else '?'}: {shape(document, part, indent + '  ')}\n"
            for name, part in schema["properties"].items()
        )
        return "{\n" + "".join(lines) + indent + "}"
    if schema.get("type") == "array":
        return f"[{shape(document, schema['items'], indent)}, …]"
    if "enum" in schema:
        return " | ".join(schema["enum"])
    return _words(schema)


def _words(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "anything")
    words = [" or ".join(kind) if isinstance(kind, list) else kind]
    words += [schema[name] for name in ("format", "pattern") if name in schema and schema[name] != "int64"]
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if (lowest, highest) != (openapi.PLAIN[int]["minimum"], openapi.PLAIN[int]["maximum"]):
        words += [f"from {lowest}"] if lowest is not None else []
        words += [f"to {highest}"] if highest is not None else []
    if "maxLength" in schema:
        words.append(f"{schema.get('minLength', 0)} to {schema['maxLength']} characters")
    return " ".join(words)


def _curl(document: Document, method: str, path: str, operation: Mapping[str, Any]) -> str:
    words = [f"curl -X {method}" if method != "GET" else "curl"]
    if {"bearer": []} in operation["security"]:
        words.append('-H "Authorization: Bearer $TOKEN"')
    if any(given["name"] == "Idempotency-Key" for given in operation["parameters"]):
        words.append('-H "Idempotency-Key: $(uuidgen)"')
    if "requestBody" in operation:
        body = example(document, operation["requestBody"]["content"][JSON]["schema"])
        words.append(f"-H \"Content-Type: application/json\" -d '{json.dumps(body)}'")
    return " ".join((*words, f'"$FITTRACK{path.replace("{", "$")}"'.replace("}", "")))


def example(document: Document, schema: Mapping[str, Any]) -> Any:
    """A value that a schema admits, with what is required only."""
    if "$ref" in schema:
        return example(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "properties" in schema:
        return {name: example(document, schema["properties"][name]) for name in schema.get("required", ())}
    if "examples" in schema or "enum" in schema:
        return (schema.get("examples") or schema["enum"])[0]
    if schema["type"] == "array":
        return [example(document, schema["items"])] * schema.get("minItems", 0)
    return EXAMPLES[schema.get("format") or schema["type"]]


EXAMPLES: Final = {
    "boolean": True,
    "date": "2026-05-17",
    "date-time": "2026-05-17T21:00:00Z",
    "int64": 1,
    "object": {},
    "string": "text",
    "uuid": "0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b",
}


def _catalogue() -> str:
    rows = "".join(
        f'<tr id="{kind.code}"><td><code>{kind.code}</code></td><td>{errors.status_of(kind)}</td>'
        f"<td>{escape(' '.join((kind.__doc__ or '').split()))}</td></tr>"
        for kind in errors.catalogue()
    )
    intro = "The <code>type</code> of a problem is this page's address with the error's code: it never changes."
    return f"<h1>Errors</h1><p>{intro}</p><table><tr><th>code</th><th>status</th><th>meaning</th></tr>{rows}</table>"
