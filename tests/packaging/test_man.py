"""The man page, which is made from the documentation."""
import re
import shutil
import subprocess

import pytest

from environment import ROOT
from packing import succeeds


@pytest.fixture(scope='module')
def page():
    return succeeds('packaging/man.py', '1.2.3', '2026-11-30', cwd=ROOT)


def plain(text):
    text = re.sub(r'\\f[BRI]', '', text)
    for escape, character in (('\\-', '-'), ('\\(aq', "'"), ('\\(ga', '`'), ('\\e', '\\')):
        text = text.replace(escape, character)
    return text


def test_every_option_format_and_word_has_an_entry(page):
    entries = re.findall(r'^\.TP\n(.*)$', plain(page), re.M)
    options = re.findall(r'\.name = "(profiler-[a-z-]+)"',
                         (ROOT / 'plugin/options/options.c').read_text())
    formats = re.findall(r'^    \{"(\w+)", "', (ROOT / 'plugin/report/formats.c').read_text(), re.M)
    assert len(options) > 30 and len(formats) > 5
    for name in options + formats + ['X-Profile-Error']:
        assert any(re.match(re.escape(name) + r'\b(?!-)', entry) for entry in entries), name
    assert any('deterministic, sampling' in entry for entry in entries)


def test_nothing_is_left_of_markdown(page):
    assert '`' not in page and '](' not in page and '**' not in page
    requests = set(re.findall(r"^([.'].*?)(?: |$)", page, re.M))
    assert requests <= {'.\\"', '.TH', '.SH', '.TP', '.PP', '.IP', '.nf', '.fi', '.B', '.BR', '.I'}
    assert '.TH UWSGI-PROFILER 7 "2026-11-30" "uwsgi-profiler 1.2.3"' in page


@pytest.mark.skipif(not shutil.which('groff'), reason='there is no groff')
def test_groff_has_no_warning(page):
    done = subprocess.run(['groff', '-man', '-ww', '-z', '-K', 'utf8'], input=page.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, b'')
