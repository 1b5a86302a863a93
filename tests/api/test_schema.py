"""The API's description: whole, without warnings, and true of what is answered."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from tests.factories.intake import open_round


@pytest.fixture(scope="module")
def described():
    GENERATOR_STATS.reset()
    made = SchemaGenerator().get_schema(request=None, public=True)
    assert (GENERATOR_STATS._warn_cache, GENERATOR_STATS._error_cache) == ({}, {})
    return json.loads(json.dumps(made, default=str))


def test_the_description_is_openapi_3_1(described):
    assert described["openapi"] == "3.1.0"
    validate_schema(described)


def test_every_operation_has_a_name_a_summary_and_its_faults(described):
    for path, item in described["paths"].items():
        for method, operation in item.items():
            assert operation["operationId"], (path, method)
            assert " · " in operation["summary"], (path, method)
            assert "429" in operation["responses"], (path, method)


@pytest.mark.django_db
def test_answers_are_as_described(described):
    cache.clear()
    call = open_round().call
    for path, address in (
        ("/api/v1/calls/", "/api/v1/calls/"),
        ("/api/v1/calls/{code}/", f"/api/v1/calls/{call.code}/"),
    ):
        answer = Client().get(address)
        shape = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**shape, "components": described["components"]}).validate(json.loads(answer.content))


@pytest.mark.django_db
def test_the_page_to_try_it_comes_from_ourselves():
    page = Client().get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "//cdn" not in text
    assert "<script>" not in text
    assert "<style" not in text
    for file in ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"):
        assert f"/static/drf_spectacular_sidecar/swagger-ui-dist/{file}" in text
    assert b"SwaggerUIBundle(" in Client().get("/api/v1/docs/?script=").content
    assert json.loads(Client().get("/api/v1/openapi.json").content)["info"]["version"] == "1"
