import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from browser import Browser  # noqa: E402


@pytest.fixture(scope='session')
def chromium(tmp_path_factory):
    downloads = tmp_path_factory.mktemp('pages') / 'downloads'
    downloads.mkdir()
    browser = Browser(downloads)
    yield browser
    browser.driver.quit()


@pytest.fixture
def browser(chromium):
    """Every test ends with a look at the console and at what went over the network."""
    chromium.resize(1280, 800)
    chromium.scheme('light')
    chromium.driver.get('about:blank')
    chromium.errors()
    chromium.requests()
    yield chromium
    chromium.assert_quiet('at the end')
