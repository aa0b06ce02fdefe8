"""Whatever is sent to any address that the application describes, it answers with a page and never with a fault of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.mark.slow
def test_nothing_that_is_sent_makes_it_fail(
    come_in: Callable[..., TestClient], record: Callable[..., None]
) -> None:
    """Schemathesis makes requests from the description; a session is held, so that they get past the door."""
    import schemathesis

    record("anna", {"q1.expression": ("A doubt.", "words")})
    inside = come_in()
    schema = schemathesis.openapi.from_dict(inside.get("/openapi.json").json())
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in {"/leave", "/enter"}:
            continue

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(operation.as_strategy())
        def send(case: Any) -> None:
            nonlocal tried
            tried += 1
            answer = case.call(session=inside) if False else _sent(inside, case)
            assert answer.status_code < 500, (case.method, case.formatted_path, answer.text[:300])

        send()
    assert tried > 200


def _sent(client: TestClient, case: Any) -> Any:
    body = case.body if isinstance(case.body, dict) else {}
    fields = {key: value for key, value in body.items() if isinstance(value, str | int | float | bool | list)}
    query = case.query if isinstance(case.query, dict) else {}
    return client.request(
        case.method, case.formatted_path, params=query, data=fields if case.method != "GET" else None
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1, max_size=40))
def test_any_name_in_an_address(come_in: Callable[..., TestClient], name: str) -> None:
    from urllib.parse import quote

    inside = come_in()
    for place in ("submission", "group", "comments"):
        assert inside.get(f"/{place}/{quote(name, safe='')}").status_code < 500
