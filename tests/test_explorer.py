"""The page on which every route can be tried loads everything from this server, and runs in a browser."""

import re
import shutil
import subprocess

import pytest


def test_the_page_names_no_other_server(shipped):
    page = shipped.client.get("/explore")

    assert re.findall(r"https?://", page.text) == []
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert shipped.client.get(asset).status_code == 200


def test_nothing_else_of_the_package_is_served(shipped):
    for name in ("main.py", "..%2F__init__.py", "favicon"):
        assert shipped.client.get(f"/explore/{name}").status_code == 404


def test_a_browser_shows_the_routes(shipped, tmp_path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("Chromium is not installed; Debian has it as the package chromium")

    # The browser's clock does not wait for a busy machine: it gets more time until the page is there.
    for milliseconds in (10_000, 40_000, 160_000):
        shown = dom(browser, f"{shipped.url}/explore", profile=tmp_path, milliseconds=milliseconds)
        if "opblock" in shown:
            break

    assert "Who leads which country" in shown
    assert "opblock" in shown


def dom(browser, url, *, profile, milliseconds):
    """Give the page at `url` as the browser has it after that much of its own time."""
    command = [
        *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
        *(f"--user-data-dir={profile}", f"--virtual-time-budget={milliseconds}", "--dump-dom", url),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
