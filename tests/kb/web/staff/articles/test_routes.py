"""Writing without scripts: list, form, save, review, publish, conflict, history, new, elsewhere."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts.roles import LEAST_ROLE, ROLES
from tests.support.libraries.agent_library import FORM
from tests.support.repositories import ANNA, ARTICLE, BEN, EXCHANGE, OTHER, RITA, Workplace
from tests.support.web.article_form import fields_of, opened, sent, step
from tests.support.web.editor_library import AGENT, signed_in

NEW_LINE = "A line by Anna."


def saved(client: FlaskClient, change_id: str = ARTICLE, line: str = NEW_LINE) -> None:
    fields = opened(client, change_id)
    fields["body"] += f"\n{line}\n"
    response = sent(client, change_id, fields)
    assert response.status_code == 303, response.text


# The list


def test_the_list_is_searched_and_chosen_from(author: FlaskClient) -> None:
    page = author.get("/staff/articles").text
    assert "Refund" in page
    assert "Exchange" in page
    assert page.count('class="writing-row"') == 2
    found = author.get("/staff/articles?q=exch").text
    assert 'href="/staff/articles/edit/en/guides/returns/exchange"' in found
    assert found.count('class="writing-row"') == 1
    saved(author)
    assert author.get("/staff/articles?state=changed").text.count('class="writing-row"') == 1
    assert author.get("/staff/articles?in=ru").text.count('class="writing-row"') == 0


@pytest.mark.parametrize(
    "query", ["q=" + "я" * 5000, "state=x", "in=xx", "page=99999999", "page=-1", "page=٣", "q=%00"]
)
def test_any_address_of_the_list_is_answered(author: FlaskClient, query: str) -> None:
    assert author.get(f"/staff/articles?{query}").status_code == 200


# Who may


def test_every_route_declares_its_permission(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("articles.")]
    assert len(rules) > 12
    for rule in rules:
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        least = {str(action): role for action, role in LEAST_ROLE.items()}.get(str(permission))
        assert least, rule
        assert ROLES.index(least) >= ROLES.index("author"), rule


def test_strangers_sign_in_first_and_come_back(app: Flask) -> None:
    response = app.test_client().get(f"/staff/articles/edit/{ARTICLE}")
    assert response.location == f"/agent/sign-in?next=/staff/articles/edit/{ARTICLE}"


def test_agents_have_no_editor(app: Flask) -> None:
    client = signed_in(app, AGENT)
    assert client.get("/staff/articles").status_code == 403
    assert "/staff/articles" not in client.get("/agent").text
    assert sent(client, ARTICLE, {"file": "x", "base": ""}).status_code == 403


def test_authors_cannot_publish(author: FlaskClient, place: Workplace) -> None:
    saved(author)
    assert 'value="publish"' not in author.get(f"/staff/articles/review/{ARTICLE}").text
    assert step(author, ARTICLE, "publish").status_code == 403
    assert NEW_LINE not in place.remote_text(f"articles/{ARTICLE}.md")


def test_other_sites_cannot_send_the_forms(author: FlaskClient) -> None:
    for path in (f"edit/{ARTICLE}", f"step/{ARTICLE}", f"try/{ARTICLE}", "push", "new"):
        response = author.post(
            f"/staff/articles/{path}", data={"file": "x"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert response.status_code == 403, path


def test_nothing_is_kept_by_caches(author: FlaskClient) -> None:
    for path in ("", f"/edit/{ARTICLE}", f"/history/{ARTICLE}", f"/review/{ARTICLE}", "/new"):
        response = author.get(f"/staff/articles{path}")
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["X-Robots-Tag"] == "noindex"


# Writing


def test_a_save_is_a_commit_that_readers_do_not_see(author: FlaskClient, place: Workplace) -> None:
    saved(author)
    page = author.get(f"/staff/articles/edit/{ARTICLE}?done=saved").text
    assert NEW_LINE in page
    assert "Saved. Readers do not see it until it is published." in page
    assert NEW_LINE not in place.remote_text(f"articles/{ARTICLE}.md")
    assert place.is_clean()


def test_fields_change_their_keys_alone(author: FlaskClient, place: Workplace) -> None:
    fields = opened(author, OTHER)
    fields["f-title"] = "Exchange: how?"
    fields["f-questions"] = "can i swap it\r\nwrong size\r\n"
    assert sent(author, OTHER, fields).status_code == 303
    file = opened(author, OTHER, **{"as": "file"})["file"]
    before = EXCHANGE.replace("title: Exchange\n", 'title: "Exchange: how?"\n')
    assert file.replace("questions:\n  - can i swap it\n  - wrong size\n", "") == before
    assert place.is_clean()


def test_a_form_sent_unchanged_saves_nothing(author: FlaskClient) -> None:
    response = sent(author, ARTICLE, opened(author, ARTICLE))
    assert response.location.endswith("done=unchanged")


def test_scripts_get_json(author: FlaskClient) -> None:
    fields = opened(author, ARTICLE)
    fields["body"] += "\nMore.\n"
    answer = sent(author, ARTICLE, fields, as_json=True).get_json()
    assert answer["done"] == "saved"
    assert re.fullmatch("[0-9a-f]{40}", answer["revision"])


def test_a_text_that_cannot_be_kept_comes_back(author: FlaskClient) -> None:
    fields = opened(author, ARTICLE)
    fields["body"] = "Half\0"
    response = sent(author, ARTICLE, fields)
    assert response.status_code == 400
    assert "Half" in response.text
    assert fields_of(response.text)["f-title"] == "Refund"


@pytest.mark.parametrize(("size", "status"), [(1_500_000, 400), (2_500_000, 413)])
def test_too_much_is_refused(author: FlaskClient, size: int, status: int) -> None:
    response = author.post(
        f"/staff/articles/edit/{ARTICLE}",
        data=b"base=&file=" + b"x" * size,
        content_type="application/x-www-form-urlencoded",
        headers=FORM,
    )
    assert response.status_code == status


def test_front_matter_that_cannot_be_read_is_one_text(
    author: FlaskClient, place: Workplace
) -> None:
    place.push_elsewhere(f"articles/{OTHER}.md", "---\ntitle: [\n---\nText\n")
    author.post("/staff/articles/pull", headers=FORM)
    fields = opened(author, OTHER)
    assert set(fields) & {"file", "body"} == {"file"}
    fields["file"] = EXCHANGE
    assert sent(author, OTHER, fields).status_code == 303


@pytest.mark.parametrize(
    "change_id", ["en/guides/returns/none", "xx/guides/returns/refund", "a", "../../etc/passwd"]
)
def test_what_is_no_article_is_refused(author: FlaskClient, change_id: str) -> None:
    assert author.get(f"/staff/articles/edit/{change_id}").status_code in (400, 404)


def test_a_text_is_tried_without_scripts(author: FlaskClient) -> None:
    fields = opened(author, ARTICLE)
    fields |= {"do": "try", "body": "## New\n\nSee [it](gone.md).\n"}
    page = sent(author, ARTICLE, fields).text
    assert '<h2 id="new">New' in page
    assert "links to gone.md, which does not exist" in page
    assert "This is not saved yet." in page
    assert "See [it](gone.md)." not in opened(author, ARTICLE)["body"]


# Review and publication


def test_review_and_publication(
    author: FlaskClient, reviewer: FlaskClient, place: Workplace
) -> None:
    saved(author)
    assert step(author, ARTICLE, "ask", note="Look, please").location.endswith("done=asked")
    assert "Look, please" in reviewer.get("/staff/articles?state=review").text
    page = reviewer.get(f"/staff/articles/review/{ARTICLE}").text
    assert "added" in page
    assert NEW_LINE in page
    assert step(reviewer, ARTICLE, "send_back", note="Say when").location.endswith("sent-back")
    assert "Say when" in author.get(f"/staff/articles/edit/{ARTICLE}").text
    assert step(reviewer, ARTICLE, "publish").location.endswith("done=published")
    assert NEW_LINE in place.remote_text(f"articles/{ARTICLE}.md")


def test_a_refused_push_is_shown_and_sent_again(
    author: FlaskClient, reviewer: FlaskClient, place: Workplace
) -> None:
    hook = place.refuse_pushes("not on Fridays")
    saved(author)
    assert step(reviewer, ARTICLE, "publish").location.endswith("done=unsent")
    page = reviewer.get("/staff/articles?done=unsent").text
    assert "not on Fridays" in page
    assert "Send again" in page
    assert "Send again" not in author.get("/staff/articles").text
    hook.unlink()
    assert reviewer.post("/staff/articles/push", headers=FORM).location.endswith("done=pushed")
    assert NEW_LINE in place.remote_text(f"articles/{ARTICLE}.md")
    assert "not on Fridays" not in reviewer.get("/staff/articles").text


def test_an_article_that_readers_would_not_see_is_not_published(
    author: FlaskClient, reviewer: FlaskClient
) -> None:
    fields = opened(author, ARTICLE)
    fields["f-title"] = ""
    assert sent(author, ARTICLE, fields).status_code == 303
    response = step(reviewer, ARTICLE, "publish")
    assert response.status_code == 422
    assert "has no `title`" in response.text


def test_a_change_is_given_up(author: FlaskClient) -> None:
    saved(author)
    assert step(author, ARTICLE, "discard").location.endswith("done=discarded")
    assert NEW_LINE not in opened(author, ARTICLE)["body"]


# Two people


def test_two_who_changed_other_lines_are_merged(app: Flask, author: FlaskClient) -> None:
    ben = signed_in(app, BEN)
    fields = opened(ben, ARTICLE)
    saved(author)
    fields["body"] = fields["body"].replace("First paragraph.", "First, by Ben.")
    assert sent(ben, ARTICLE, fields).location.endswith("done=merged")
    body = opened(author, ARTICLE)["body"]
    assert "First, by Ben." in body
    assert NEW_LINE in body


def test_a_conflict_shows_both_and_is_settled(app: Flask, author: FlaskClient) -> None:
    ben = signed_in(app, BEN)
    mine, theirs = opened(ben, ARTICLE), opened(author, ARTICLE)
    theirs["body"] = theirs["body"].replace("First paragraph.", "First, by Anna.")
    assert sent(author, ARTICLE, theirs).status_code == 303
    mine["body"] = mine["body"].replace("First paragraph.", "First, by Ben.")
    response = sent(ben, ARTICLE, mine)
    assert response.status_code == 409
    assert "First, by Ben." in response.text
    assert "First, by Anna." in response.text
    assert "(Anna Author)" in response.text
    fields = _settling(response.text)
    assert sent(ben, ARTICLE, fields).status_code == 409  # with its marks still in it
    fields["file"] = re.sub(r"(?m)^(<{7,}|={7,}|>{7,}).*\n", "", fields["file"])
    assert sent(ben, ARTICLE, fields).status_code == 303
    body = opened(author, ARTICLE)["body"]
    assert "First, by Ben." in body
    assert "First, by Anna." in body


def test_a_publication_that_conflicts_is_settled_and_published(
    author: FlaskClient, reviewer: FlaskClient, place: Workplace
) -> None:
    fields = opened(author, ARTICLE)
    fields["body"] = fields["body"].replace("First paragraph.", "First, by Anna.")
    sent(author, ARTICLE, fields)
    published = place.remote_text(f"articles/{ARTICLE}.md")
    elsewhere = published.replace("First paragraph.", "First, elsewhere.")
    place.push_elsewhere(f"articles/{ARTICLE}.md", f"{elsewhere}\n")
    response = step(reviewer, ARTICLE, "publish")
    assert response.status_code == 409
    fields = _settling(response.text)
    assert fields["settles"]
    fields["file"] = re.sub(r"(?m)^(<{7,}|={7,}|>{7,}).*\n", "", fields["file"])
    assert sent(reviewer, ARTICLE, fields).status_code == 303
    assert step(reviewer, ARTICLE, "publish").location.endswith("done=published")
    assert "First, by Anna." in place.remote_text(f"articles/{ARTICLE}.md")


def _settling(page: str) -> dict[str, str]:
    return fields_of(page.replace("data-settle", "data-form"))


# Versions


def test_versions_are_compared_and_brought_back(author: FlaskClient, reviewer: FlaskClient) -> None:
    saved(author)
    step(reviewer, ARTICLE, "publish")
    page = author.get(f"/staff/articles/history/{ARTICLE}").text
    revisions = re.findall(r'name="old" value="([0-9a-f]{40})"', page)
    assert len(revisions) == 2
    compared = author.get(
        f"/staff/articles/history/{ARTICLE}",
        query_string={"old": revisions[1], "new": revisions[0]},
    ).text
    assert f"<code>{NEW_LINE}</code>" in compared
    base = opened(author, ARTICLE)["base"]
    response = author.post(
        f"/staff/articles/restore/{ARTICLE}",
        data={"restored": revisions[1], "base": base},
        headers=FORM,
    )
    assert response.location.endswith("done=restored")
    assert NEW_LINE not in opened(author, ARTICLE)["body"]


@pytest.mark.parametrize("revision", ["", "x", "0" * 40, "HEAD", "--all", "main"])
def test_no_other_revision_is_shown(author: FlaskClient, revision: str) -> None:
    known = opened(author, ARTICLE)["base"]
    response = author.get(
        f"/staff/articles/history/{ARTICLE}", query_string={"old": revision, "new": known}
    )
    assert response.status_code == (404 if revision else 200)


# Beginning, moving, ending


def test_a_new_article_is_begun_and_published(
    author: FlaskClient, reviewer: FlaskClient, place: Workplace
) -> None:
    assert "Returns" in author.get("/staff/articles/new").text
    response = author.post(
        "/staff/articles/new",
        data={"title": "Keeping the box", "shelf": "guides/returns", "in": "en"},
        headers=FORM,
    )
    change_id = "en/guides/returns/keeping-the-box"
    assert response.location.startswith(f"/staff/articles/edit/{change_id}")
    fields = opened(author, change_id)
    fields |= {"f-summary": "Keep it.", "f-status": "published", "body": "Keep the box.\n"}
    assert sent(author, change_id, fields).status_code == 303
    assert step(reviewer, change_id, "publish").location.endswith("done=published")
    assert "Keep the box." in place.remote_text(f"articles/{change_id}.md")


@pytest.mark.parametrize(
    ("title", "shelf", "lang"), [("", "guides/returns", "en"), ("A", "x/y", "en"), ("A", "", "xx")]
)
def test_an_article_that_cannot_be_begun_says_why(
    author: FlaskClient, title: str, shelf: str, lang: str
) -> None:
    data = {"title": title, "shelf": shelf, "in": lang}
    response = author.post("/staff/articles/new", data=data, headers=FORM)
    assert response.status_code in (400, 409)
    assert 'role="alert"' in response.text


def test_an_article_moves_is_translated_and_taken_off(
    author: FlaskClient, reviewer: FlaskClient, place: Workplace
) -> None:
    def put(change_id: str, **data: str) -> str:
        data |= {"revision": opened(author, change_id)["base"]}
        response = author.post(f"/staff/articles/place/{change_id}", data=data, headers=FORM)
        assert response.status_code == 303, response.text
        return str(response.location)

    assert "Русский" in author.get(f"/staff/articles/place/{ARTICLE}").text
    assert put(ARTICLE, do="move", shelf="guides/returns", slug="money-back").endswith("moved")
    step(reviewer, ARTICLE, "publish")
    assert "id: k2m7p" in place.remote_text("articles/en/guides/returns/money-back.md")
    assert put(OTHER, do="translate", **{"in": "ru"}).startswith(
        "/staff/articles/edit/ru/guides/returns/exchange"
    )
    assert put(OTHER, do="retire", note="Old").endswith("done=retiring")
    step(reviewer, OTHER, "publish")
    assert "b2x7n" in place.remote_text("articles/retired.txt")


def test_without_a_clone_there_is_no_editor(place: Workplace, app: Flask) -> None:
    (place.clone.folder / ".git").rename(place.clone.folder / "gone")
    client = signed_in(app, RITA)
    assert client.get("/staff/articles").status_code == 503
    assert signed_in(app, ANNA).get(f"/staff/articles/edit/{ARTICLE}").status_code == 503


@pytest.mark.parametrize("blank", ["", "\n"])
def test_problems_name_the_line_of_the_text_in_the_form(
    author: FlaskClient, place: Workplace, blank: str
) -> None:
    """A blank line below the front matter, which the form does not show, changes nothing."""
    head = "---\nid: b2x7n\ntitle: Exchange\nsummary: One.\n---\n"
    place.push_elsewhere(f"articles/{OTHER}.md", f"{head}{blank}Text.\n")
    author.post("/staff/articles/pull", headers=FORM)
    fields = opened(author, OTHER) | {"body": "Text.\n\nSee [it](gone.md).\n"}
    response = author.post(
        f"/staff/articles/try/{OTHER}",
        data=fields,
        content_type="multipart/form-data",
        headers=FORM | {"Accept": "application/json"},
    )
    assert [one["bodyLine"] for one in response.get_json()["problems"]] == [3]
