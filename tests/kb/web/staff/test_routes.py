"""The pages for staff: who sees them, what they show, and that nobody else learns of it."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from jinja2 import StrictUndefined

from kb.accounts import staff
from kb.build import build
from kb.catalog import staff_search
from kb.catalog.generation import LiveGeneration
from kb.web.auth import login_throttle
from search.generation.store import Store
from search.semantic.encoder import HashEncoder
from tests.support import agent_library
from tests.support.agent_library import (
    DRAFT,
    EMAIL,
    FORM,
    HANDOFF,
    NAME,
    PASSWORD,
    REFUND,
    SECRET,
    close,
    services_of,
    sign_in,
)
from tests.support.corpus import HashSource

PAGES = ("/agent", "/agent?q=деньги", f"/agent?handoff={HANDOFF}", f"/agent/a/{SECRET}")
HTTPS = {"base_url": "https://localhost"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = agent_library.built(tmp_path_factory.mktemp("agent"))
    app.jinja_env.undefined = StrictUndefined
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def agent(client: FlaskClient) -> FlaskClient:
    assert sign_in(client).status_code == 303
    return client


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Flask]:
    """The same with limits."""
    app = agent_library.built(tmp_path, rate_limits=True)
    yield app
    close(app)


def cookies(response: Any) -> dict[str, str]:
    """Name → whole text of each cookie set."""
    found = response.headers.getlist("Set-Cookie")
    return {text.partition("=")[0]: text for text in found}


# --- who gets in


@pytest.mark.parametrize("address", PAGES)
def test_without_a_session_every_page_asks_to_sign_in(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/agent/sign-in")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "zyx" not in response.text


def test_every_route_for_staff_is_guarded(app: Flask, client: FlaskClient) -> None:
    """Also those that come later."""
    open_to_all = {"/agent/sign-in", "/agent/sign-out"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/agent")]
    assert len(rules) == 5
    for rule in rules:
        path = rule.rule.replace("<article_id>", SECRET)
        if path not in open_to_all:
            assert client.get(path).headers["Location"].startswith("/agent/sign-in")
        assert client.get(f"{path}/").status_code == 404


def test_signing_in_leads_to_what_was_asked_for(client: FlaskClient) -> None:
    asked = client.get(f"/agent/a/{SECRET}?reader=ru")
    form = client.get(asked.headers["Location"])
    wanted = re.search(r'name="next" value="([^"]*)"', form.text)
    assert wanted is not None
    data = {"email": EMAIL, "password": PASSWORD, "next": wanted[1]}
    response = client.post("/agent/sign-in", data=data, headers=FORM)
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"/agent/a/{SECRET}?reader=ru",
    )
    assert "zyxsecret" in client.get(response.headers["Location"]).text


@pytest.mark.parametrize(
    "wanted",
    [
        *(
            "https://evil.example/",
            "//evil.example/agent",
            "/\\evil.example",
            "javascript:alert(1)",
        ),
        *("/agent\\..\\x", "/agentevil", "/agent/../en/", "/en/", "", "/agent/sign-in?next=/agent"),
        *("/agent?\r\nX: y", "/agent@evil.example", "/agent/" + "a" * 3000, "/agent/\u0430"),
    ],
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, wanted: str) -> None:
    data = {"email": EMAIL, "password": PASSWORD, "next": wanted}
    response = client.post("/agent/sign-in", data=data, headers=FORM)
    assert response.headers["Location"] == "/agent"


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "a wrong password"), ("nobody@shop.example", PASSWORD), ("", ""), ("\0", "\ud800")],
)
def test_a_refusal_is_the_same_for_all(client: FlaskClient, email: str, password: str) -> None:
    data = {"email": email, "password": password.encode("utf-8", "replace").decode()}
    response = client.post("/agent/sign-in", data=data, headers=FORM | {"Accept-Language": "en"})
    assert response.status_code == 403
    assert "do not belong together" in response.text
    assert cookies(response) == {}
    assert password not in response.text or not password


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_forms_of_other_sites_change_nothing(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    data = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/agent/sign-in", data=data, headers=headers).status_code == 403
    sign_in(client)
    assert client.post("/agent/sign-out", headers=headers).status_code == 403
    assert client.get("/agent").status_code == 200
    assert client.get("/agent/sign-out").status_code == 405


# --- sessions


def test_the_session_cookie_is_for_this_host_over_tls_alone(app: Flask) -> None:
    response = sign_in(app.test_client(), **HTTPS)
    for name in ("__Host-otvet_staff", "__Host-otvet_known"):
        text = cookies(response)[name]
        parts = {part.strip() for part in text.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert "Domain" not in text
    assert "Expires" not in cookies(response)["__Host-otvet_staff"]


def test_cookies_of_plain_http_do_not_count_over_tls(app: Flask) -> None:
    client = app.test_client()
    plain = cookies(sign_in(client))["otvet_staff"].split(";")[0]
    other = app.test_client(use_cookies=False)
    for cookie in (plain, f"__Host-{plain}"):
        headers = {"Cookie": cookie}
        expected = 200 if cookie.startswith("__Host-") else 303
        assert other.get("/agent", headers=headers, **HTTPS).status_code == expected


def test_signing_in_makes_a_session_of_its_own(client: FlaskClient) -> None:
    first = cookies(sign_in(client))["otvet_staff"]
    second = cookies(sign_in(client))["otvet_staff"]
    assert first
    assert second
    with client.session_transaction() as session:
        session["planted"] = "x"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session


def replay(app: Flask, cookie: str) -> int:
    headers = {"Cookie": cookie.split(";")[0]}
    return app.test_client(use_cookies=False).get("/agent", headers=headers).status_code


def test_a_copied_cookie_dies_with_the_session(app: Flask, client: FlaskClient) -> None:
    cookie = cookies(sign_in(client))["otvet_staff"]
    assert replay(app, cookie) == 200
    response = client.post("/agent/sign-out", headers=FORM)
    assert (response.status_code, response.headers["Location"]) == (303, "/agent/sign-in")
    assert replay(app, cookie) == 303
    assert client.get("/agent").status_code == 303


def test_a_new_password_and_a_removal_end_sessions_everywhere(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    database = services_of(app).database
    client, other = app.test_client(), app.test_client()
    try:
        changes: list[Callable[[], None]] = [
            lambda: staff.set_password(database, email=EMAIL, password="another long password"),
            lambda: staff.deactivate(database, email=EMAIL),
        ]
        for change in changes:
            password = "another long password" if client.get("/agent").status_code == 303 else ""
            for one in (client, other):
                if sign_in(one).status_code != 303:
                    assert sign_in(one, password=password).status_code == 303
            change()
            assert [one.get("/agent").status_code for one in (client, other)] == [303, 303]
    finally:
        close(app)


def test_a_session_lasts_twelve_hours_however_much_it_is_used(
    app: Flask, agent: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()
    for hours, status in ((1, 200), (11.9, 200), (12.1, 303)):
        monkeypatch.setattr(time, "time", lambda hours=hours: start + hours * 3600)
        response = agent.get("/agent")
        assert response.status_code == status
        assert "otvet_staff" not in cookies(response) or status == 303


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"_user_id": "st_1.x"},
        {"_user_id": "x", "since": 1},
        {"_user_id": "st_1.x", "since": "now"},
        {"_user_id": "", "since": 9e9},
    ],
)
def test_cookies_that_say_too_little_open_nothing(app: Flask, content: dict[str, Any]) -> None:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    assert replay(app, f"otvet_staff={serializer.dumps(content)}") == 303


def test_a_forged_cookie_opens_nothing(app: Flask) -> None:
    for value in ("x", "e30.x.y", "a" * 5000, "remember_token=1|x"):
        assert replay(app, f"otvet_staff={value}") == 303
        assert replay(app, f"remember_token={value}") == 303


@pytest.mark.parametrize("address", ["/ru/", "/ru/faq/returns/courier", "/ru/search?q=x", "/"])
def test_public_pages_neither_set_nor_read_the_session(app: Flask, address: str) -> None:
    client = app.test_client()
    plain = client.get(address)
    assert cookies(plain) == {}
    sign_in(client)
    seen = client.get(address)
    assert cookies(seen) == {}
    assert seen.headers.get("Vary") == plain.headers.get("Vary")
    assert NAME not in seen.text


# --- guessing


def test_a_client_has_ten_tries_in_a_quarter_of_an_hour(guarded: Flask) -> None:
    client = guarded.test_client()
    seen = [sign_in(client, email=f"x{n}@y.example").status_code for n in range(11)]
    assert seen == [403] * 10 + [429]
    assert 1 <= int(client.post("/agent/sign-in", headers=FORM).headers["Retry-After"]) <= 900
    assert client.get("/agent/sign-in").status_code == 200


def test_an_office_behind_one_address_signs_in_all_day(guarded: Flask) -> None:
    client = guarded.test_client()
    for _ in range(15):
        assert sign_in(client).status_code == 303
    stranger = guarded.test_client()
    seen = [sign_in(stranger, password="a wrong password").status_code for _ in range(10)]
    assert 429 in seen
    assert sign_in(client).status_code == 303


def from_address(number: int) -> dict[str, Any]:
    return {"environ_overrides": {"REMOTE_ADDR": f"198.51.{number // 250}.{number % 250}"}}


def test_wrong_passwords_for_one_account_make_waiting_longer(guarded: Flask) -> None:
    client = guarded.test_client()
    here = from_address(1)
    for _ in range(login_throttle.FREE_TRIES + 1):
        assert sign_in(client, password="a wrong password", **here).status_code == 403
    response = sign_in(client, **here)
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= login_throttle.FIRST_WAIT_S
    assert sign_in(client, **from_address(2)).status_code == 303


def test_who_attacks_an_account_from_everywhere_does_not_lock_its_owner_out(
    guarded: Flask,
) -> None:
    owner = guarded.test_client()
    assert sign_in(owner, **from_address(1)).status_code == 303
    attacker = guarded.test_client()
    numbers = itertools.count(10)
    tries = [
        sign_in(attacker, password="a wrong password", **from_address(next(numbers))).status_code
        for _ in range(login_throttle.FREE_TRIES_OF_ALL + 3)
    ]
    assert tries.count(429) >= 2
    owner.post("/agent/sign-out", headers=FORM)
    assert sign_in(owner, **from_address(1)).status_code == 303
    # Somebody else's account is not touched, and a stranger waits for this one.
    assert sign_in(guarded.test_client(), **from_address(999)).status_code == 429


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [login_throttle.wait_after(tries, free=5) for tries in range(5, 20)]
    assert waits[:5] == [0, 15, 30, 60, 120]
    assert waits[-1] == login_throttle.MAX_WAIT_S == max(waits)
    assert login_throttle.wait_after(10**9, free=5) == login_throttle.MAX_WAIT_S


def test_a_known_browser_of_one_account_is_a_stranger_to_others(guarded: Flask) -> None:
    client = guarded.test_client()
    sign_in(client, **from_address(1))
    with guarded.test_request_context("/", headers={"Cookie": known_cookie(client)}):
        assert login_throttle._known_browser(EMAIL)
        assert not login_throttle._known_browser("boris@shop.example")
    with guarded.test_request_context("/", headers={"Cookie": "otvet_known=forged.x.y"}):
        assert not login_throttle._known_browser(EMAIL)


def known_cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie("otvet_known")
    assert cookie is not None
    return f"otvet_known={cookie.value}"


# --- search


def test_public_and_internal_articles_are_found_together(agent: FlaskClient) -> None:
    text = agent.get("/agent?q=возврат денег&reader=ru").text
    assert "Спорный" in text
    assert "Когда" in text
    assert "zyxdraft" not in text
    assert 'class="badge badge-internal"' in text
    assert 'class="badge badge-public"' in text


def finds(text: str) -> list[dict[str, str]]:
    """The data of every result, by name."""
    items = re.findall(r"<li class=\"find[^>]*>", text)
    return [dict(re.findall(r'data-([a-z]+)="([^"]*)"', item)) for item in items]


@pytest.mark.parametrize(
    ("kind", "expected"), [("public", {False}), ("internal", {True}), ("all", {True, False})]
)
def test_one_kind_of_articles_can_be_searched(
    agent: FlaskClient, kind: str, expected: set[bool]
) -> None:
    found = finds(agent.get(f"/agent?q=возврат денег&reader=ru&show={kind}").text)
    assert {not one["link"] for one in found} == expected


def test_links_are_permanent_and_lead_to_the_readers_language(agent: FlaskClient) -> None:
    english = finds(agent.get("/agent?q=refund card&reader=en").text)[0]
    assert english["link"] == f"http://localhost/a/{REFUND}/en#refund-to-a-card"
    assert english["markdown"] == f"[When the \\[refund\\] arrives]({english['link']})"
    assert english["text"].endswith(f"\n{english['link']}")
    russian = finds(agent.get("/agent?q=возврат на карту&reader=ru").text)
    link = next(one["link"] for one in russian if REFUND in one["link"])
    assert link.startswith(f"http://localhost/a/{REFUND}/ru#%D0%B2")
    landed = agent.get(link.partition("#")[0])
    assert landed.headers["Location"] == "/ru/faq/returns/refund"


def test_links_carry_the_public_address(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path, public_url="https://help.example.com")
    client = app.test_client()
    public = {"base_url": "https://help.example.com"}
    try:
        sign_in(client, **public)
        text = client.get("/agent?q=refund&reader=en", **public).text
    finally:
        close(app)
    assert {one["link"].partition("#")[0] for one in finds(text) if REFUND in one["link"]} == {
        f"https://help.example.com/a/{REFUND}/en"
    }


def test_internal_articles_offer_nothing_to_copy(agent: FlaskClient) -> None:
    found = finds(agent.get("/agent?q=возврат денег&reader=ru&show=internal").text)
    assert found
    assert all(not one[name] for one in found for name in ("link", "markdown", "text"))


def test_any_text_can_be_asked(agent: FlaskClient) -> None:
    for text in ('"<script>', "\0\ud7ff", "x" * 5000, "((((", "*", "%00", "  "):
        assert agent.get("/agent", query_string={"q": text}).status_code == 200
    for query in ("offset=-1", "offset=999", "show=x", "reader=xx", "lang=xx", "handoff=';--"):
        assert agent.get(f"/agent?q=деньги&{query}").status_code == 200


def test_the_part_for_the_script_holds_results_only(agent: FlaskClient) -> None:
    text = agent.get("/agent?q=деньги&part=results").text
    assert "<html" not in text
    assert finds(text)


def test_the_language_of_the_pages_follows_the_browser_and_the_address(agent: FlaskClient) -> None:
    english = {"Accept-Language": "en"}
    assert "The customer reads" in agent.get("/agent", headers=english).text
    assert "Клиент читает" in agent.get("/agent", headers={"Accept-Language": "ru"}).text
    text = agent.get("/agent?lang=ru&q=деньги", headers=english).text
    assert "Клиент читает" in text
    assert '<html lang="ru" ' in text
    assert 'name="lang" value="ru"' in text


# --- hand-offs


def test_a_handoff_shows_what_the_customer_did(agent: FlaskClient) -> None:
    text = agent.get(f"/agent?handoff={HANDOFF}", headers={"Accept-Language": "en"}).text
    for words in (
        "Вернул чайник, где мои &lt;i&gt;деньги&lt;/i&gt;?",
        "где мои деньги",
        "opened for 34 s; did not help: on the topic, but no answer",
        "&lt;b&gt;Доставка&lt;/b&gt; курьером",
        "not opened",
        "срок возврата",
        "Заказ 17",
        "The articles did not help",
        "Delivered",
        "Статья, которой нет",
    ):
        assert words in text, words
    assert "javascript:" not in text


def test_what_was_shown_is_marked_among_the_results(agent: FlaskClient) -> None:
    headers = {"Accept-Language": "en"}
    text = agent.get(f"/agent?q=деньги&handoff={HANDOFF}", headers=headers).text
    marked = [part for part in text.split("<li class=")[1:] if "already seen" in part]
    assert any(f"/a/{REFUND}/" in part for part in marked)
    assert not any("badge-internal" in part for part in marked)
    assert "already seen" not in agent.get("/agent?q=деньги", headers=headers).text


def test_the_customers_language_is_that_of_the_handoff(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    agent_library.put_handoff(
        services_of(app).database,
        id="ho_2",
        idempotency_key="2",
        lang="en",
        tried=[1, {}, {"shown": "x"}],
    )
    client = app.test_client()
    try:
        sign_in(client)
        text = client.get("/agent?handoff=ho_2", headers={"Accept-Language": "ru"}).text
    finally:
        close(app)
    assert re.search(r'name="reader" value="en" checked', text)


@pytest.mark.parametrize(("lang", "expected"), [("en", "Another reason"), ("ru", "Другая причина")])
def test_the_reason_other_is_said_in_words(tmp_path: Path, lang: str, expected: str) -> None:
    app = agent_library.built(tmp_path)
    agent_library.put_handoff(
        services_of(app).database, id="ho_3", idempotency_key="3", reason="other"
    )
    client = app.test_client()
    try:
        sign_in(client)
        text = client.get("/agent?handoff=ho_3", headers={"Accept-Language": lang}).text
    finally:
        close(app)
    assert expected in text
    assert not re.search(r">\s*other\s*<", text)


@pytest.mark.parametrize("handoff_id", ["ho_none", "x", "ho_" + "x" * 500, "ho_'%00", "ho_%D0%B0"])
def test_an_unknown_handoff_is_said_to_be_gone(agent: FlaskClient, handoff_id: str) -> None:
    response = agent.get(f"/agent?handoff={handoff_id}", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    assert "There is no hand-off with this number" in response.text


# --- reading


def test_staff_read_internal_articles_and_public_ones(agent: FlaskClient) -> None:
    headers = {"Accept-Language": "en"}
    secret = agent.get(f"/agent/a/{SECRET}", headers=headers).text
    assert "zyxsecret" in secret
    assert "Customers cannot open this article" in secret
    assert f'href="/agent/a/{SECRET}?reader=ru"' in secret  # links to itself as an article does
    assert 'href="/ru/faq/returns/refund"' in secret
    public = agent.get(f"/agent/a/{REFUND}?reader=en", headers=headers).text
    assert "Banks take up to ten days" in public
    assert "As customers see it" in public


@pytest.mark.parametrize("article_id", [DRAFT, "zzzzz", "x", "a" * 300])
def test_drafts_and_unknown_articles_are_not_found(agent: FlaskClient, article_id: str) -> None:
    assert agent.get(f"/agent/a/{article_id}").status_code == 404


@pytest.mark.parametrize("address", [*PAGES, "/agent/sign-in", "/agent/a/zzzzz"])
def test_nothing_may_be_kept_or_framed(agent: FlaskClient, address: str) -> None:
    response = agent.get(address)
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe" not in policy
    assert not re.search(r"<script(?! type=\"module\" src=)| style=| on\w+=", response.text)


# --- the library for staff


def test_internal_articles_are_in_no_public_generation(app: Flask) -> None:
    services = services_of(app)
    services.staff_loaded()
    public = services.library.require()
    assert public.internal == frozenset()
    assert public.catalog.page_for(SECRET, "ru") is None
    for path in services.config.index_dir.rglob("*"):
        if path.is_file():
            assert b"zyxsecret" not in path.read_bytes(), path
    staff_only = services.staff_library.require()
    assert staff_only.internal == {f"ru/{SECRET}"}
    assert staff_only.catalog.page_for(DRAFT, "ru") is None
    assert {page.id for page in staff_only.catalog.all_pages} > {
        page.id for page in public.catalog.all_pages
    }


def test_without_internal_articles_the_public_generation_serves(tmp_path: Path) -> None:
    articles = {a: one for a, one in agent_library.ARTICLES.items() if one[2] == "published"}
    agent_library.write_articles(tmp_path / "articles", articles)
    build.build(agent_library.config(tmp_path))
    app = agent_library.application(tmp_path)
    try:
        services = services_of(app)
        assert not (tmp_path / "var" / "staff-index").exists()
        assert services.staff_loaded() is services.loaded()
    finally:
        close(app)


def test_an_internal_article_is_gone_with_the_next_build(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    try:
        services = services_of(app)
        assert services.staff_loaded().catalog.page_for(SECRET, "ru")
        (tmp_path / "articles/ru/faq/returns/exceptions.md").unlink()
        build.build(agent_library.config(tmp_path))
        services.staff_library.refresh()
        assert services.staff_loaded().catalog.page_for(SECRET, "ru") is None
        assert services.staff_loaded().internal == frozenset()
    finally:
        close(app)


def test_an_article_made_public_carries_no_anchor_of_its_internal_time(tmp_path: Path) -> None:
    app = agent_library.built(tmp_path)
    try:
        front = {"id": SECRET, "title": "Открыто", "summary": "Открыто", "status": "published"}
        body = "Да.\n\n## Кому писать\n\nНам."
        agent_library.write(tmp_path / "articles", "ru/faq/returns/exceptions", front, body)
        build.build(agent_library.config(tmp_path))
        services_of(app).library.refresh()
        page = services_of(app).loaded().catalog.page(SECRET, "ru")
        assert page is not None
        assert "кто-решает" not in page.html
    finally:
        close(app)


def test_staff_search_with_the_encoder_that_is_loaded_already(tmp_path: Path) -> None:
    config = agent_library.config(tmp_path, encoder="bundled")
    agent_library.write_articles(tmp_path / "articles")
    build.build(config, memory=build.Memory(source=HashSource(tmp_path)))
    loads: list[Path] = []

    def load(folder: Path) -> HashEncoder:
        loads.append(folder)
        return HashEncoder()

    library = LiveGeneration(Store(config.index_dir), load_encoder=load)
    beside = library.beside(Store(tmp_path / "var" / "staff-index"))
    library.start()
    beside.start()
    try:
        assert library.fence().wait_until_ready(10)
        assert beside.fence().wait_until_ready(10)
        found = staff_search.find(beside.require(), "возврат денег", lang="ru")
        assert not found.is_degraded
        assert {hit.visibility for hit in found.hits} == {"public", "internal"}
        assert len(loads) == 1
        library._fence = None  # as when a generation without an encoder comes
        assert staff_search.find(beside.require(), "другие слова", lang="ru").is_degraded
    finally:
        library.close()
    assert beside._thread is not None
    assert not beside._thread.is_alive()
