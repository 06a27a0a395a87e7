"""make dist: a source archive, with the same bytes for the same files."""
import os
import tarfile

import pytest

from environment import UWSGI
from packing import COMMIT, NAME, checkout, copy, names_in, run, succeeds, tree_files


def dist(directory):
    return directory / succeeds('make', '-s', 'dist', cwd=directory).splitlines()[-1]


def unpacked(archive, directory):
    with tarfile.open(str(archive)) as file:
        file.extractall(str(directory))
    return directory / NAME


def test_the_archive_holds_the_files_of_the_last_commit(tmp_path):
    here = checkout(tmp_path / 'checkout')
    archive = dist(here)
    assert archive == here / 'build' / (NAME + '.tar.gz')
    tracked = succeeds('git', 'ls-files', '-z', cwd=here).split('\0')
    assert names_in(archive) == sorted('%s/%s' % (NAME, name) for name in tracked if name)
    before = archive.read_bytes()
    assert dist(here).read_bytes() == before
    (here / 'README.md').write_text('changed\n')
    status, output = run('make', '-s', 'dist', cwd=here)
    assert status == 0 and output.splitlines()[0] == (
        'dist: changes that are not committed are not in the archive')
    assert archive.read_bytes() == before
    succeeds('git', *COMMIT, '-a', cwd=here)
    assert dist(here).read_bytes() != before


def test_the_version_has_one_place(tmp_path):
    here = checkout(tmp_path / 'checkout')
    header = here / 'plugin/base/version.h'
    text = header.read_text()
    header.write_text(text.replace('"%s"' % NAME.rpartition('-')[2], '"9.8.7"'))
    assert header.read_text() != text
    succeeds('git', *COMMIT, '-a', cwd=here)
    archive = dist(here)
    assert archive.name == 'uwsgi-profiler-9.8.7.tar.gz'
    assert names_in(archive)[0].startswith('uwsgi-profiler-9.8.7/')


def test_an_unpacked_archive_gives_an_archive_of_the_same_files(tmp_path):
    first = dist(checkout(tmp_path / 'checkout'))
    here = unpacked(first, tmp_path / 'unpacked')
    (here / 'profiler_plugin.so').touch()
    (here / 'plugin' / '__pycache__').mkdir(exist_ok=True)
    (here / 'plugin' / '__pycache__' / 'page.cpython-311.pyc').touch()
    (here / 'build' / 'dev').mkdir(parents=True)
    (here / 'build' / 'dev' / 'x.o').touch()
    second = dist(here)
    assert names_in(second) == names_in(first)
    before = second.read_bytes()
    assert dist(here).read_bytes() == before
    again = unpacked(second, tmp_path / 'again')
    assert dist(again).read_bytes() == before
    assert os.access(str(again / 'plugin' / 'needs.sh'), os.X_OK)


def test_a_checkout_of_somebody_else_above_is_not_taken(tmp_path):
    (tmp_path / 'other').mkdir()
    succeeds('git', 'init', '-q', cwd=tmp_path / 'other')
    here = copy(tmp_path / 'other' / 'profiler')
    assert names_in(dist(here)) == sorted('%s/%s' % (NAME, name) for name in tree_files())


@pytest.mark.slow
def test_the_unpacked_archive_builds(tmp_path, serve_with):
    here = unpacked(dist(checkout(tmp_path / 'checkout')), tmp_path / 'unpacked')
    output = succeeds('make', '-o', 'deps-build', 'UWSGI=' + UWSGI, cwd=here)
    assert 'An ini for this server' in output
    server = serve_with(here / 'profiler_plugin.so')
    for mode in ('deterministic', 'sampling'):
        answer = server.get('/recursion?profile=%s,txt' % mode)
        assert answer.status == 200 and b'PROFILE ' in answer.body
