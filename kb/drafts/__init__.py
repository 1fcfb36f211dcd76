"""Articles being written by people without git: drafts, review, publication. No Flask, no SQL.

Every save is a commit in its author's name in the clone of KB_CONTENT_REPOSITORY, at a reference
of the change; the work tree is what is published and does not know drafts.

Whoever shows pages uses these, and hands in who acts as `model.Author(name, email, role)`:

- `repository.clone.open_clone(config)` → `Clone`, or None without the setting; once a process.
- `changes.listed(clone, author=)` → `ArticleEntry`s, `changes.opened(clone, change_id, author=)` →
  `OpenArticle`, `changes.under_way(clone)` → `ArticleChange`s.
- `saves.save(clone, change_id, text, base=, author=, message="", settles="")` → `Saved | Conflict`.
- `review.ask`, `review.send_back`, `review.discard`, each `(clone, change_id, revision=, author=)`.
- `publication.publish(clone, change_id, revision=, author=, message="")` → `Published`; raises
  `MustSettle` with a `Conflict`, which a save with `settles` settles. `publication.push(clone,
  author=)`, `publication.push_status(clone)` → `PushOutcome`, `publication.pull(clone, author=)`.
- `history.versions(clone, change_id, author=)` → `ArticleRevision`s, `history.text_of_version`,
  `history.compared(clone, change_id, old, new, author=)` → `ArticleDiff`, `history.restore(clone,
  change_id, revision, base=, author=)` → `Saved | Conflict`.

A `change_id` is the place an article was found at, `<language>/<section>/<category>/<slug>`. A step
names the revision it starts from and raises `Moved`, or merges, when that is not the newest. All
refusals are `model.DraftError`s, whose message is a sentence, and `kb.accounts.roles.NotAllowed`.
"""
