"""Topics of messages that go to a person whatever the articles say, and how messages are read for
them. The release's lists stand in `kb/languages/topics`; a site's file is read in
`kb.content.topics_file`.
"""

from kb.content.topics.lists import RELEASE, Topics, groups_of

__all__ = ["RELEASE", "Topics", "groups_of"]
