"""The report in a real browser with the network off: no error, and every figure drawn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@pytest.fixture(scope="module")
def page(require):
    require(CHROMIUM is not None, "Chromium is not installed, so the report cannot be looked at")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=QUIET + SOFTWARE_GL)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        yield context.new_page()
        browser.close()


def open_report(page, report: Path) -> list[str]:
    """Open a report and return what the browser complained of."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"asked the network for {request.url[:80]}"))
    page.goto(report.absolute().as_uri())
    page.wait_for_function("document.documentElement.dataset.drawn !== undefined", timeout=60_000)
    return complaints


def test_every_figure_is_drawn_without_the_network(page, small_run):
    assert open_report(page, small_run / "report.html") == []
    plots = page.locator(".plot").count()
    assert plots >= 8
    assert page.locator(".plot .main-svg").count() >= plots
    for number in range(plots):
        box = page.locator(".plot").nth(number).bounding_box()
        assert box["width"] > 300
        assert box["height"] > 100


def test_nothing_is_wider_than_a_phone(page, small_run):
    page.set_viewport_size({"width": 390, "height": 800})
    open_report(page, small_run / "report.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
