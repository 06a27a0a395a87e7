"""The page in a real browser: one for all tests of a process."""
import importlib.util
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


def no_browser():
    """Why the page cannot be tested; '' when it can."""
    if not os.path.exists('/usr/bin/chromedriver'):
        return 'no /usr/bin/chromedriver: tests/deps.sh browser installs it on Debian'
    return '' if importlib.util.find_spec('selenium') else 'no selenium for %s' % sys.executable


class Skipped(pytest.Module):
    def collect(self):
        pytest.skip(no_browser(), allow_module_level=True)


def pytest_pycollect_makemodule(module_path, parent):
    if no_browser():
        return Skipped.from_parent(parent, path=module_path)


@pytest.fixture(scope='session')
def chromium(tmp_path_factory):
    from browser import Browser
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
