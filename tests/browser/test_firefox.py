"""Every view of both samples in Firefox: no error, something drawn, keys and clicks arrive."""
import base64
import os
import shutil
from pathlib import Path

import pytest

import pages
from firefox import Firefox

SHOTS = os.environ.get('PROFILER_SCREENSHOTS')
PROGRAM = shutil.which('firefox-esr') or shutil.which('firefox')
pytestmark = pytest.mark.skipif(not PROGRAM, reason='no firefox-esr: apt-get install firefox-esr')

PROFILES = [pytest.param(pages.TRACED, id='deterministic'), pytest.param(pages.SAMPLING, id='sampling')]

# Of the view at hand: its name, whether it has rows, dots on its canvas, or a sentence instead.
SHOWN = '''const view = document.querySelector('#view > .view'), canvas = view.querySelector('canvas');
const rows = view.querySelectorAll('.row:not([hidden])').length;
const dots = canvas && canvas.width ? canvas.getContext('2d')
    .getImageData(0, 0, canvas.width, canvas.height).data.some(value => value > 0) : false;
return [document.querySelector('[role=tab][aria-selected=true]').dataset.view,
    rows > 0 || dots || view.querySelector('.state') !== null];'''


@pytest.fixture(scope='module')
def firefox(tmp_path_factory):
    firefox = Firefox(PROGRAM, tmp_path_factory.mktemp('firefox') / 'profile')
    yield firefox
    firefox.close()


def shot(firefox, name):
    """A picture, for people: only where a directory for them is named."""
    if SHOTS:
        os.makedirs(SHOTS, exist_ok=True)
        Path(SHOTS, name + '.png').write_bytes(base64.b64decode(firefox.picture()))


@pytest.mark.parametrize('width', [1280, 500])
@pytest.mark.parametrize('profile', PROFILES)
def test_every_view_in_firefox(firefox, profile, width, tmp_path):
    page = tmp_path / 'page.html'
    page.write_text(pages.build(profile.read_text(), profile.with_suffix('.txt').read_text()))
    firefox.resize(width, 800)
    firefox.go(page.as_uri())
    assert firefox.js('return document.getElementById("error").hidden && !document.getElementById("app").hidden')
    for number, view in enumerate(['tree', 'flame', 'timeline', 'functions', 'lines'], 1):
        firefox.press(str(number))
        name, is_there = firefox.js(SHOWN)
        assert name == view and is_there, (name, view)
        assert firefox.js('return document.documentElement.scrollWidth <= innerWidth'), view
        shot(firefox, 'firefox-%s-%s-%d' % (profile.stem, view, width))
    firefox.press('t')
    firefox.press('?')
    assert firefox.js('return document.getElementById("help").open')
    shot(firefox, 'firefox-%s-help-%d' % (profile.stem, width))
    assert firefox.errors() == []


def test_what_firefox_reports_is_seen(firefox, tmp_path):
    """The test above would notice."""
    page = tmp_path / 'broken.html'
    page.write_text('<script>setTimeout(() => { throw new Error("on purpose") })</script>')
    firefox.go(page.as_uri())
    assert any('on purpose' in error for error in firefox.errors())
