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
- `placement.start(clone, lang=, section=, category=, title=, author=, slug="")` → `OpenArticle`,
  `placement.translate(clone, change_id, lang=, author=)`, `placement.move(clone, change_id,
  section=, category=, slug=, revision=, author=)` → the new revision,
  `placement.known_categories(clone)`; `retirement.retire(clone, change_id, revision=, author=)`.
- `pictures.add(clone, change_id, data, author=)` → `AddedPicture`, `pictures.content(clone,
  change_id, name, author=)` → bytes for a preview.

A `change_id` is the place an article was found at, `<language>/<section>/<category>/<slug>`. A step
names the revision it starts from and raises `Moved`, or merges, when that is not the newest. All
refusals are `model.DraftError`s, whose message is a sentence, and `kb.accounts.roles.NotAllowed`.
"""
