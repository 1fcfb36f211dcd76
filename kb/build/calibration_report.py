"""Reports for people what a calibration rests on: a sentence, a table and a curve. Pure.

The curve shows, for every threshold, the share of messages that would be answered and the share of
those answers that would be wrong: risk over coverage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from search.evaluation.fit_calibration import Fitted, LanguageReport
from search.evaluation.risk import Point

WIDTH, HEIGHT, MARGIN = 480, 300, 48
SHOWN_THRESHOLDS = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.4)


def sentence(report: LanguageReport, risk_budget: float) -> str:
    """One line of what is claimed for a language, and what is not."""
    grounds = f"{report.gaps} messages that nothing answers"
    if report.labels:
        grounds += f", {report.labels} judged ones, {report.worded} by the words that answer"
    if report.threshold > 1:
        return f"{report.lang}: no message is answered: {grounds} do not carry {risk_budget:.0%}"
    claim = f"answers from {report.threshold:.2f}"
    gap = _at(report.gap_curve, report.threshold)
    bound = f"of messages without an answer at most {gap.bound:.0%} get one"
    if report.has_bound:
        claim += f", at most {risk_budget:.0%} of what is shown wrong"
    else:
        claim += ", without a bound on what is shown wrong"
    return f"{report.lang}: {claim}; {bound} ({grounds})"


def markdown(fitted: Fitted, risk_budget: float) -> str:
    """The whole report: grounds, claims, tables."""
    lines = [
        "# Calibration",
        "",
        f"Made {fitted.calibration.made_at}, policy {fitted.calibration.policy}, risk budget "
        f"{risk_budget:.0%}. Bounds are one-sided Clopper-Pearson bounds at 95 %. Wrong is what is "
        "shown as the answer and does not answer, which the right article may do, too.",
        "",
    ]
    for report in fitted.reports:
        lines += [f"## {report.lang}", "", sentence(report, risk_budget) + ".", ""]
        lines += _gap_table(report)
        if report.curve:
            lines += _answer_table(report)
    return "\n".join(lines) + "\n"


def svg(report: LanguageReport, risk_budget: float) -> str:
    """Risk over coverage of judged messages; without them, the share of gaps answered over the
    threshold."""
    if report.curve:
        title = f"{report.lang}: share of answers shown that are wrong, over the share answered"
        lines = {"seen": _risk(report), "bound": _risk(report, is_bound=True)}
    else:
        title = f"{report.lang}: messages without an answer that get one, over the threshold"
        lines = {"seen": _gaps(report), "bound": _gaps(report, is_bound=True)}
    return "\n".join(_drawing(title, lines, risk_budget))


def _gap_table(report: LanguageReport) -> list[str]:
    rows = [
        f"| {p.threshold:.2f} | {p.answered} of {report.gaps} | {p.bound:.1%} |"
        for p in _shown(report.gap_curve)
    ]
    head = "| threshold | messages without an answer that get one | at most |"
    return [head, "| --- | --- | --- |", *rows, ""]


def _answer_table(report: LanguageReport) -> list[str]:
    rows = [
        f"| {p.threshold:.2f} | {p.answered / report.labels:.0%} | {p.wrong} of {p.answered} "
        f"| {p.bound:.1%} |"
        for p in _shown(report.curve)
        if p.answered
    ]
    head = "| threshold | judged messages answered | shown wrong | at most |"
    return [head, "| --- | --- | --- | --- |", *rows, ""]


def _shown(points: Sequence[Point]) -> Iterator[Point]:
    return (point for point in points if point.threshold in SHOWN_THRESHOLDS)


def _at(points: Sequence[Point], threshold: float) -> Point:
    return min(points, key=lambda point: abs(point.threshold - threshold))


def _risk(report: LanguageReport, *, is_bound: bool = False) -> list[tuple[float, float]]:
    return [
        (p.answered / report.labels, p.bound if is_bound else p.wrong / p.answered)
        for p in report.curve
        if p.answered
    ]


def _gaps(report: LanguageReport, *, is_bound: bool = False) -> list[tuple[float, float]]:
    return [
        (p.threshold, p.bound if is_bound else p.answered / max(1, report.gaps))
        for p in report.gap_curve
    ]


def _drawing(
    title: str, lines: dict[str, list[tuple[float, float]]], risk_budget: float
) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="11">'
    )
    yield f"<title>{escape(title)}</title>"
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    yield f'<text x="{WIDTH / 2}" y="18" text-anchor="middle">{escape(title)}</text>'
    for tenth in range(0, 11, 2):
        share = tenth / 10
        x, y = _place(share, share)
        low = HEIGHT - MARGIN + 16
        yield f'<text x="{x:.0f}" y="{low}" text-anchor="middle">{share:.0%}</text>'
        yield f'<text x="{MARGIN - 6}" y="{y + 4:.0f}" text-anchor="end">{share:.0%}</text>'
    yield _line([(0, risk_budget), (1, risk_budget)], "#b3261e", dashes="2 3")
    yield _line(lines["bound"], "#777", dashes="5 4")
    yield _line(lines["seen"], "#0b57d0")
    yield (
        f'<text x="{MARGIN}" y="{HEIGHT - 10}">blue: seen; grey: upper bound; '
        "red: risk budget</text>"
    )
    yield "</svg>\n"


def _line(points: Sequence[tuple[float, float]], colour: str, *, dashes: str = "") -> str:
    places = " ".join("{:.1f},{:.1f}".format(*_place(x, y)) for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _place(x: float, y: float) -> tuple[float, float]:
    """Shares in [0, 1] → coordinates of the drawing."""
    across, up = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return MARGIN + x * across, HEIGHT - MARGIN - y * up
