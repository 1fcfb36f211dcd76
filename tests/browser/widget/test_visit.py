"""A visit to the shop: answers, offers, articles, and passing on a question to people.

Under the strictest policy, with the really started server answering."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    BrowserContext,
    expect,
)

from tests.support.libraries.widget_library import (
    ANSWERED,
    FOR_A_PERSON,
    HANDOFFS,
    OFFERED,
    SLOW_MS,
    SOURCE,
    SUGGEST,
    Place,
    Visit,
    answer,
    fits,
    sent_in,
    suggestion,
)

pytestmark = pytest.mark.browser


# A whole visit


def test_whole_visit_breaks_no_policy_and_stays_between_shop_and_help(
    visit: Visit, context: BrowserContext, place: Place
) -> None:
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    expect(visit.page.locator(".prose h4").first).to_be_visible()
    image = visit.page.locator(".prose img").first
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0
    visit.person.click()
    visit.at_the_form().fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
    assert visit.complaints() == []
    assert context.cookies() == []
    assert visit.page.evaluate("localStorage.length") == 0
    hosts = {urlsplit(url).netloc for url in visit.requests}
    assert hosts == {urlsplit(place.help).netloc, urlsplit(place.shop).netloc}


def test_nothing_but_the_loader_comes_before_it_is_wanted(visit: Visit, place: Place) -> None:
    visit.go()
    expect(visit.page.locator("button.launcher")).to_be_visible()
    from_help = [url for url in visit.requests if url.startswith(place.help)]
    assert len(from_help) <= 2
    assert all(re.search(r"/widget/(v1\.js|config)", url) for url in from_help)
    visit.page.locator("button.launcher").hover()
    expect(visit.page.locator("link[rel=modulepreload]").first).to_be_attached()


# Answer, offer, person


def test_answer_is_quoted_with_its_source(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    expect(visit.page.locator(".card .row-title")).to_have_text(SOURCE)
    expect(visit.page.locator(".card .path")).to_have_text("Вопросы и ответы › Возврат и обмен")
    expect(visit.page.get_by_text("Это помогло?")).to_be_visible()
    expect(visit.person).to_be_visible()


BLOCKS: list[dict[str, object]] = [
    {"kind": "paragraph", "heading": "", "text": "Первый абзац."},
    {
        "kind": "steps",
        "heading": "Сброс",
        "lead": "По шагам:",
        "start": 3,
        "items": ["Нажмите <b>.", "Введите:\nда\n\tнет"],
    },
    {"kind": "list", "heading": "Сброс", "lead": "", "items": ["Кабель", "Адаптер"]},
    {
        "kind": "table",
        "heading": "Сброс › Коды",
        "lead": "",
        "head": ["Код", "Причина"],
        "rows": [["E-05", "лидар"]],
        "left_out": 4,
    },
    {"kind": "callout", "tone": "danger", "title": "Осторожно", "text": "Горячо.\nПодождите."},
    {"kind": "definition", "title": "DHCP", "text": "Ничего не нужно."},
    {"kind": "code", "lead": "Команда:", "text": "vega\n  --all"},
    {"kind": "hologram", "text": "Чего никто не знает."},
]


def test_an_answer_is_laid_out_as_what_it_is(visit: Visit) -> None:
    article = {"id": "art_aaaaa", "title": "Статья", "url": "/ru/", "path": []}
    found = {"article": article, "passage": {"anchor": "", "text": ""}, "highlights": []}
    quoted = {"text": "Всё.", "blocks": BLOCKS, "anchor": ""}
    visit.page.route(SUGGEST, answer(suggestion("answer", answer=quoted, results=[found])))
    visit.open().ask("Всё сразу").answered()
    quote = visit.page.locator(".quote")
    expect(quote.locator("ol[start='3'] li")).to_have_text(["Нажмите <b>.", "Введите:данет"])
    expect(quote.locator("ul li")).to_have_text(["Кабель", "Адаптер"])
    expect(quote.locator("thead th")).to_have_text(["Код", "Причина"])
    expect(quote.locator("tbody td")).to_have_text(["E-05", "лидар"])
    expect(quote.locator(".note")).to_have_text(["В статье ещё 4"])
    expect(quote.locator(".callout-danger p")).to_have_text(["Осторожно", "Горячо.", "Подождите."])
    expect(quote.locator("dt, dd")).to_have_text(["DHCP", "Ничего не нужно."])
    expect(quote.locator("pre")).to_have_text("vega\n  --all")
    expect(quote.locator(".heading")).to_have_text(["Сброс", "Сброс › Коды"])
    expect(quote.get_by_text("Чего никто не знает.")).to_be_visible()
    expect(quote.locator("b")).to_have_count(0)
    assert fits(visit)


def test_yes_is_told_and_ends_the_matter(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    with visit.page.expect_response("**/api/v1/feedback") as told:
        visit.button("Да").click()
    assert told.value.ok
    assert sent_in(told.value.request)["verdict"] == "solved"
    expect(visit.page.locator(".thanks")).to_be_focused()
    visit.button("Задать другой вопрос").click()
    expect(visit.page.get_by_role("heading", name="Чем помочь?")).to_be_visible()
    expect(visit.page.locator(".bubble")).to_have_count(0)


def test_no_leads_to_a_person_with_what_was_written(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    with visit.page.expect_response("**/api/v1/feedback") as told:
        visit.button("Нет, нужен человек").click()
    assert told.value.ok
    visit.at_the_form()
    expect(visit.message).to_have_value(ANSWERED)


def test_article_opens_inside_and_asks_after_a_while(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    article = visit.page.locator("article.reading")
    expect(article.get_by_role("heading", name=SOURCE, exact=True)).to_be_visible()
    expect(article.locator("table")).to_have_count(1)
    expect(article.locator(".asking .verdict")).to_be_visible(timeout=SLOW_MS)
    expect(visit.page.get_by_role("status").last).to_have_text("Это помогло?")
    visit.button("Назад").click()
    expect(visit.page.locator(".quote")).to_be_visible()
    expect(visit.button("Нет, нужен человек")).to_be_visible()


def test_links_between_articles_stay_in_the_panel(visit: Visit, place: Place) -> None:
    visit.open().ask(ANSWERED).answered()
    visit.page.locator(".card .row").click()
    link = visit.page.locator(".prose a", has_text="снятие блокировки")
    link.click()
    expect(visit.page.locator("article.reading > h3")).not_to_have_text(SOURCE)
    outside = visit.page.locator(".outside a")
    expect(outside).to_have_attribute("rel", "noopener")
    expect(outside).to_have_attribute("target", "_blank")
    expect(outside).to_have_attribute("href", re.compile(re.escape(place.help)))
    visit.button("Назад").click()
    expect(visit.page.locator("article.reading > h3")).to_have_text(SOURCE)


def test_offer_shows_up_to_three_and_asks_about_what_was_opened(visit: Visit) -> None:
    visit.open().ask(OFFERED).offered()
    rows = visit.page.locator(".results .row")
    assert 1 <= rows.count() <= 3
    expect(rows.first.locator(".row-passage")).to_be_visible()
    title = rows.first.locator(".row-title").inner_text()
    rows.first.click()
    expect(visit.page.locator("article.reading > h3")).to_have_text(title)
    visit.button("Назад").click()
    expect(visit.page.get_by_text(f"Статья «{title}» помогла?")).to_be_visible()


def test_second_list_in_vain_leads_to_a_person(visit: Visit) -> None:
    visit.open().ask(OFFERED).offered()
    visit.button("Ничего не подошло").click()
    expect(visit.page.locator(".reply")).to_contain_text("другими словами")
    visit.ask("доставка").offered()
    visit.button("Ничего не подошло").click()
    visit.at_the_form()
    expect(visit.message).to_have_value(f"{OFFERED}\n\nдоставка")


def test_whoever_asks_for_a_person_gets_the_form(visit: Visit) -> None:
    visit.open().ask(FOR_A_PERSON).at_the_form()
    expect(visit.message).to_have_value(FOR_A_PERSON)


@pytest.mark.parametrize("text", ["здравствуйте", "а?"])
def test_greetings_are_asked_for_the_question(visit: Visit, text: str) -> None:
    visit.open().ask(text)
    expect(visit.page.locator(".reply")).to_contain_text("Опишите вопрос", timeout=SLOW_MS)
    expect(visit.question).to_be_focused()
    expect(visit.person).to_be_visible()


def test_thanks_end_the_talk_and_offer_nothing(visit: Visit) -> None:
    visit.open().ask(ANSWERED).answered()
    visit.ask("спасибо, помогло")
    expect(visit.page.locator(".reply")).to_contain_text("Рады", timeout=SLOW_MS)
    expect(visit.page.locator(".results")).to_be_hidden()


def test_danger_shows_safety_and_a_person_above_the_articles(visit: Visit) -> None:
    visit.open().ask("роутер греется и пахнет гарью")
    line = visit.page.locator(".results .callout-danger")
    expect(line).to_contain_text("Не пользуйтесь устройством", timeout=SLOW_MS)
    expect(visit.page.locator(".quote")).to_have_count(0)
    expect(visit.page.locator(".results .row").first).to_be_visible()
    visit.page.locator(".results").get_by_role("button", name="Написать человеку").click()
    visit.at_the_form()


def test_a_question_in_another_language_is_answered_in_it(visit: Visit) -> None:
    visit.open().ask("how many days does it take until the refund is on my card")
    expect(visit.page.locator(".results .note").first).to_contain_text(
        "английский", timeout=SLOW_MS
    )


def test_long_message_is_cut_for_search_and_whole_for_people(visit: Visit) -> None:
    text = f"{FOR_A_PERSON} " + "очень " * 600 + "нужно"
    visit.open()
    with visit.page.expect_request(SUGGEST) as asked:
        visit.ask(text)
    assert len(sent_in(asked.value)["message"]) == 2000
    visit.at_the_form()
    expect(visit.message).to_have_value(text)


# Passing it on


def test_question_reaches_the_people_with_what_was_tried(visit: Visit, place: Place) -> None:
    words = "Прошло две недели, денег за наушники нет. Номер 7731."
    visit.open().ask(ANSWERED).answered()
    visit.button("Нет, нужен человек").click()
    visit.at_the_form()
    visit.message.fill(words)
    visit.fill_in()
    with visit.page.expect_response(HANDOFFS) as made:
        visit.button("Отправить").click()
    assert made.value.status == 201
    sent = made.value.request
    assert sent.headers["idempotency-key"].count("-") == 4
    assert sent_in(sent)["consent"]["accepted"] is True
    assert "?" not in sent_in(sent)["context"]["page_url"]
    expect(visit.page.locator(".sent h3")).to_be_focused(timeout=SLOW_MS)
    expect(visit.page.locator(".sent")).to_contain_text("anna@example.org")
    with visit.page.expect_response(
        lambda response: "handoffs/status" in response.url and "delivered" in response.text(),
        timeout=SLOW_MS,
    ):
        pass
    letter = place.mailbox.texts()
    assert words in letter
    assert SOURCE in letter


def test_form_says_what_is_missing(visit: Visit) -> None:
    visit.open()
    visit.person.click()
    visit.button("Отправить").click()
    expect(visit.message).to_be_focused()
    expect(visit.message).to_have_attribute("aria-invalid", "true")
    expect(visit.message).to_have_accessible_description("Напишите, что случилось.")
    visit.message.fill("Не работает")
    expect(visit.message).not_to_have_attribute("aria-invalid", "true")
    visit.page.locator("#field-email").fill("не адрес")
    visit.button("Отправить").click()
    expect(visit.page.locator("#error-email")).to_contain_text("Проверьте адрес")
    expect(visit.page.locator("#error-consent")).to_contain_text("Отметьте согласие")


def test_errors_of_the_server_stand_at_their_fields(visit: Visit) -> None:
    problem = {"code": "validation_failed", "errors": [{"pointer": "/contact/email"}]}
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает")
    visit.fill_in()
    visit.page.route(HANDOFFS, answer(problem, 422, "application/problem+json"))
    visit.button("Отправить").click()
    expect(visit.page.locator("#error-email")).to_be_visible()
    expect(visit.page.locator("#field-email")).to_be_focused()
    expect(visit.message).to_have_value("Не работает")


def test_known_customer_finds_the_address_filled_in(visit: Visit) -> None:
    visit.open()
    visit.call("identify", {"id": "u1", "name": "Анна", "email": "anna@example.org", "hash": "00"})
    visit.person.click()
    expect(visit.page.locator("#field-email")).to_have_value("anna@example.org")
    expect(visit.page.locator("#field-consent")).not_to_be_checked()


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        ({"token": "a.b.c"}, {"token": "a.b.c"}),
        ({"id": "u1", "hash": "00", "token": "a.b.c"}, {"token": "a.b.c"}),
        ({"id": 7, "hash": "00"}, {"user_id": "7", "hash": "00"}),
        ({"id": "u1"}, None),
    ],
)
def test_what_the_shop_signed_goes_with_the_hand_off(
    visit: Visit, signed: dict[str, str], expected: dict[str, str] | None
) -> None:
    visit.page.route(HANDOFFS, answer({"code": "no"}, 503))
    visit.open()
    visit.call("identify", {"name": "Анна", "email": "anna@example.org", **signed})
    visit.person.click()
    visit.message.fill("Не работает")
    visit.fill_in()
    with visit.page.expect_request(HANDOFFS) as sent:
        visit.button("Отправить").click()
    assert json.loads(sent.value.post_data or "").get("identity") == expected


def test_what_was_typed_survives_leaving_the_form(visit: Visit) -> None:
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает пульт")
    visit.button("Назад").click()
    visit.button("Закрыть помощь").click()
    visit.page.locator("button.launcher").click()
    visit.person.click()
    expect(visit.message).to_have_value("Не работает пульт")


def test_old_tokens_do_not_stand_in_the_way(visit: Visit) -> None:
    kept = {"id": "ses_0123456789abcdef", "tokens": ["it_of_yesterday"], "failures": 0}
    visit.page.add_init_script(f"sessionStorage.setItem('help-widget', '{json.dumps(kept)}')")
    visit.open()
    visit.person.click()
    visit.message.fill("Не работает")
    visit.fill_in()
    visit.button("Отправить").click()
    expect(visit.page.locator(".sent")).to_be_visible(timeout=SLOW_MS)
