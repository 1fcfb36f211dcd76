"""Templates of a site's own, rendered so that none can harm: in Jinja's sandbox, without anything
but what pages show, within bounds; where one fails, ours is shown in its place.

Ours alone need none of it. Templates are read and checked in `kb.web.layout.site_templates`.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import traceback
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, FunctionLoader, PrefixLoader, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kb.web.layout.site_templates import NOT_GIVEN, ORIGINAL, SEPARATOR

MAX_STEPS = 100_000
"""Steps of all loops while one page is rendered: the longest lists of ours take some thousands."""
MAX_PRODUCT = 100_000
"""Length of a text or list that `*` makes; size of a number that `**` makes."""
_COUNTED = "_counted"

T = TypeVar("T")
log = logging.getLogger(__name__)
_steps: contextvars.ContextVar[list[int]] = contextvars.ContextVar("steps")


class GuardedTemplate(Template):
    """A template that has a stand-in: the one of ours by the same name.

    It gets what the page's own code gives it, not what Flask adds for each blueprint.
    """

    def render(self, *args: Any, **kwargs: Any) -> str:
        environment = self.environment
        if not isinstance(environment, SiteEnvironment) or environment.is_stand_in:
            return super().render(*args, **kwargs)
        given = dict(*args, **kwargs)
        shown = {name: value for name, value in given.items() if name not in NOT_GIVEN}
        token = _steps.set([0])
        try:
            return super().render(shown)
        except Exception as error:  # noqa: BLE001 – of somebody else's making; reported
            environment.report(error, str(self.name))
        finally:
            _steps.reset(token)
        return environment.stand_in.get_template(str(self.name)).render(shown)


class SiteEnvironment(ImmutableSandboxedEnvironment):
    """Loads templates of the site before ours. Made by Flask, like its own."""

    template_class = GuardedTemplate
    intercepted_binops = frozenset(("*", "**"))
    is_stand_in = False
    """True for one that loads nothing but ours."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(loader=app.create_global_jinja_loader(), **options)
        self.filters[_COUNTED] = counted
        self._ours = app.jinja_loader
        self._paths: Mapping[str, str] = {}
        self._reported: set[tuple[str, int, str]] = set()
        self._made: SiteEnvironment | None = None

    def load(self, sources: Mapping[str, str], paths: Mapping[str, str]) -> BaseLoader:
        """A loader of `sources`, by name, and of ours; `paths` are those that operators know."""
        assert self._ours is not None  # noqa: S101 – the application has templates
        self._paths = paths
        own = FunctionLoader(
            lambda name: (sources[name], paths[name], None) if name in sources else None
        )
        original = PrefixLoader({ORIGINAL: self._ours}, SEPARATOR)
        return ChoiceLoader([own, original, self._ours])

    @property
    def stand_in(self) -> SiteEnvironment:
        """The same environment without the site's templates."""
        if self._made is None:
            made = self.overlay(loader=self._ours)
            assert isinstance(made, SiteEnvironment)  # noqa: S101 – `overlay` keeps the class
            made.is_stand_in = True
            self._made = made
        return self._made

    def get_or_select_template(self, *args: Any, **kwargs: Any) -> Template:
        try:
            return super().get_or_select_template(*args, **kwargs)
        except Exception as error:  # too deep to compile within a request
            if self.is_stand_in or args[0] not in self._paths:
                raise
            self.report(error, args[0])
            return self.stand_in.get_or_select_template(*args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if filename in self._paths.values():
            for loop in tree.find_all(nodes.For):
                loop.iter = nodes.Filter(
                    loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno
                )
        return tree

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "*" and _product_length(left, right) > MAX_PRODUCT:
            raise SecurityError(f"`*` makes more than {MAX_PRODUCT} characters or items")
        if operator == "**" and abs(right) * abs(left) > MAX_PRODUCT:
            raise SecurityError("`**` makes too great a number")
        return super().call_binop(context, operator, left, right)

    def report(self, error: Exception, name: str) -> None:
        """Log a fault with its file and line, each once: it may come with every request.

        Without the error's own words, which can hold what a reader wrote.
        """
        path, line = self._place(error) or (self._paths.get(name, name), 1)
        fault = (path, line, type(error).__name__)
        if fault not in self._reported:
            self._reported.add(fault)
            why = f": {error}" if isinstance(error, SecurityError) else ""
            log.error("ours is shown instead of %s:%d: %s%s", *fault, why)

    def _place(self, error: Exception) -> tuple[str, int] | None:
        """File and line of the innermost template of the site that took part."""
        known = set(self._paths.values())
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename in known:
                return frame.filename, frame.lineno or 1
        return None


def counted(items: Iterable[T]) -> Iterator[T]:
    """Count the steps of a loop; raises SecurityError beyond MAX_STEPS of one page."""
    steps = _steps.get([0])
    for item in items:
        steps[0] += 1
        if steps[0] > MAX_STEPS:
            raise SecurityError(f"loops take more than {MAX_STEPS} steps")
        yield item


def install(app: Flask, sources: Mapping[str, str], paths: Mapping[str, str]) -> None:
    """Let templates of the site, if there are any, replace ours; call before any is loaded.

    No template gets the settings, the request, or the session.
    """
    if sources:
        app.jinja_environment = SiteEnvironment  # type: ignore[assignment]  # Flask names its own
    environment = app.jinja_env
    if isinstance(environment, SiteEnvironment):
        app.jinja_loader = environment.load(sources, paths)
    for name in NOT_GIVEN:
        environment.globals.pop(name, None)


def _product_length(left: Any, right: Any) -> int:
    """Length of what a text or list becomes by repetition; 0 for numbers."""
    for many, times in ((left, right), (right, left)):
        if isinstance(times, int):
            with contextlib.suppress(TypeError):
                return len(many) * times
    return 0
