"""The generated Python client, used as its reader would: BASE_URL KEY ORIGIN.

Runs where `otvet_client` was generated, in the environment of tests/clients/requirements.txt.
"""

import json
import sys

from otvet_client import AuthenticatedClient
from otvet_client.api.customers import suggest
from otvet_client.api.reading import get_article, list_articles
from otvet_client.models import (
    ArticleFull,
    ArticleList,
    Problem404,
    Problem422,
    SuggestRequest,
    SuggestResponse,
)

base_url, key, origin = sys.argv[1:]
client = AuthenticatedClient(base_url, token=key, headers={"Origin": origin})

found = suggest.sync(client=client, body=SuggestRequest(message="where is my money", locale="en"))
assert isinstance(found, SuggestResponse), found
refused = suggest.sync(client=client, body=SuggestRequest(message=""))
assert isinstance(refused, Problem422), refused
listed = list_articles.sync(client=client)
assert isinstance(listed, ArticleList), listed
article = get_article.sync(listed.data[0].id, client=client)
assert isinstance(article, ArticleFull), article
missing = get_article.sync("no-such-article", client=client)
assert isinstance(missing, Problem404), missing

report = {
    "action": found.decision.action.value,
    "first": found.results[0].article.id,
    "fault": refused.errors[0].pointer,
    "refused": refused.code.value,
    "article": article.title,
    "missing": missing.code.value,
}
print(json.dumps(report))
