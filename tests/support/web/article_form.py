"""The form of an article as a browser without scripts sends it."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.libraries.agent_library import FORM

_INPUT = re.compile(r'<input[^>]* name="([^"]+)"[^>]*>')
_VALUE = re.compile(r' value="([^"]*)"')
_AREA = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected>')


def opened(client: FlaskClient, change_id: str, **args: str) -> dict[str, str]:
    """Fields of the editor's form, with what stands in them."""
    response = client.get(f"/staff/articles/edit/{change_id}", query_string=args)
    assert response.status_code == 200, response.status_code
    return fields_of(response.text)


def fields_of(page: str) -> dict[str, str]:
    form = page[page.index("data-form") : page.index("</form>", page.index("data-form"))]
    found = {
        match[1]: unescape(value[1]) if (value := _VALUE.search(match[0])) else ""
        for match in _INPUT.finditer(form)
    }
    found |= {name: unescape(text) for name, text in _AREA.findall(form)}
    for name, options in _SELECT.findall(form):
        chosen = _CHOSEN.search(options)
        found[name] = chosen[1] if chosen else ""
    return found


def sent(
    client: FlaskClient, change_id: str, fields: dict[str, str], *, as_json: bool = False
) -> TestResponse:
    """Save a filled-in form."""
    return client.post(
        f"/staff/articles/edit/{change_id}",
        data=fields,
        content_type="multipart/form-data",
        headers=FORM | ({"Accept": "application/json"} if as_json else {}),
    )


def step(client: FlaskClient, change_id: str, do: str, **fields: str) -> TestResponse:
    """Take a step from the revision that the page of review shows."""
    page = client.get(f"/staff/articles/review/{change_id}").text
    revision = re.search(r'name="revision" value="([^"]*)"', page)
    data = {"do": do, "revision": revision[1] if revision else "", **fields}
    return client.post(f"/staff/articles/step/{change_id}", data=data, headers=FORM)
