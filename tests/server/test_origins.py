"""Whose code a function is, for projects as they lie on servers."""
import functools
import json
import os
import re
import subprocess
import tempfile
import textwrap
import zipfile

import pytest

from harness import (PYTHON_PLUGIN, parse_records, remove, run_uwsgi,
                     temporary_directory)
from samples import if_quiet, several_times

OWN, LIBRARY, STDLIB = 0, 1, 2

APP = '''
    import json
    import vendored
    def load(): return json.loads(vendored.render())
    def application(environ, start_response):
        load()
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [b'done']
'''
FACTORY = '''
    import helpers
    def create():
        class Shop:
            def __call__(self, environ, start_response):
                helpers.load()
                start_response('200 OK', [('Content-Type', 'text/plain')])
                return [b'done']
        return Shop()
'''
HELPERS = '''
    import json
    import vendored
    def load(): return json.loads(vendored.render())
'''
VENDORED = 'def render(): return "[1]"\n'


@functools.lru_cache(None)
def server_python():
    """The executable of the Python that the server has inside, and lib/pythonX.Y."""
    script = ('import os, sys; os.write(2, ("\\nPYTHON %s %d.%d\\n" % (sys.base_prefix, '
              '*sys.version_info[:2])).encode()); os._exit(0)')
    load = ['--plugin', PYTHON_PLUGIN] if PYTHON_PLUGIN else []
    with tempfile.NamedTemporaryFile('w', suffix='.py') as file:
        file.write(script)
        file.flush()
        output = run_uwsgi(*load, '--pyrun', file.name)[1]
    prefix, version = re.search('^PYTHON (.*) (.*)$', output, re.M).groups()
    return os.path.join(prefix, 'bin', 'python' + version), 'lib/python' + version


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def make_venv(path):
    """A virtualenv with the library vendored; where packages lie in it."""
    python, lib = server_python()
    if not os.path.exists(python):
        pytest.skip('no ' + python)
    subprocess.run([python, '-m', 'venv', '--without-pip', str(path)], check=True)
    packages = path / lib / 'site-packages'
    write(packages / 'vendored.py', VENDORED)
    return packages


# layouts: each makes its files below a directory, and gives the lines of the ini


def project_in_venv(base):
    make_venv(base / 'venv')
    write(base / 'venv/project/app.py', APP)
    return 'virtualenv = @/venv\nchdir = @/venv/project\npythonpath = .\nmodule = app'


def app_beside_bin(base):
    make_venv(base / 'venv')
    write(base / 'venv/app.py', APP)
    return 'virtualenv = @/venv\nchdir = @/venv\nmodule = app:application'


def only_pythonpath(base):
    make_venv(base / 'venv')
    write(base / 'venv/code/shop/__init__.py', '')
    write(base / 'venv/code/shop/wsgi.py', APP)
    return 'virtualenv = @/venv\nchdir = /\npythonpath = @/venv/code\nmodule = shop.wsgi'


def wsgi_file(base):
    make_venv(base / 'venv')
    write(base / 'venv/project/shop.wsgi', APP)
    return 'virtualenv = @/venv\nchdir = /\nwsgi-file = @/venv/project/shop.wsgi'


def mounted_file(base):
    make_venv(base / 'venv')
    write(base / 'venv/project/app.py', APP)
    return ('virtualenv = @/venv\nchdir = /\nmanage-script-name = true\n'
            'mount = /=@/venv/project/app.py')


def venv_in_project(base):
    make_venv(base / 'shop/.venv')
    write(base / 'shop/app.py', APP)
    return 'virtualenv = @/shop/.venv\nchdir = @/shop\nmodule = app'


def installed_package(base):
    packages = make_venv(base / 'venv')
    write(packages / 'shop/__init__.py', '')
    write(packages / 'shop/wsgi.py', APP)
    return 'virtualenv = @/venv\nchdir = /\nmodule = shop.wsgi:application'


def installed_module(base):
    packages = make_venv(base / 'venv')
    write(packages / 'shop.py', APP)
    return 'virtualenv = @/venv\nchdir = /\nmodule = shop:application'


def installed_factory(base):
    packages = make_venv(base / 'venv')
    write(packages / 'shop/__init__.py', FACTORY.replace('import helpers', 'from . import helpers'))
    write(packages / 'shop/helpers.py', HELPERS)
    return 'virtualenv = @/venv\nchdir = /\nmodule = shop:create()'


def source_layout(base):
    """As poetry's: the package is below src, and a .pth file leads to it."""
    packages = make_venv(base / 'venv')
    write(base / 'venv/checkout/src/shop/__init__.py', '')
    write(base / 'venv/checkout/src/shop/wsgi.py', APP)
    write(packages / 'shop.pth', str(base / 'venv/checkout/src') + '\n')
    return 'virtualenv = @/venv\nchdir = /\nmodule = shop.wsgi'


def zipped(base):
    make_venv(base / 'venv')
    with zipfile.ZipFile(base / 'venv/shop.pyz', 'w') as archive:
        archive.writestr('shop/__init__.py', '')
        archive.writestr('shop/wsgi.py', textwrap.dedent(APP))
    return 'virtualenv = @/venv\nchdir = /\npythonpath = @/venv/shop.pyz\nmodule = shop.wsgi'


def dist_packages(base):
    """As Debian installs an app."""
    write(base / 'lib/python3/dist-packages/vendored.py', VENDORED)
    write(base / 'lib/python3/dist-packages/shop/__init__.py', '')
    write(base / 'lib/python3/dist-packages/shop/wsgi.py', APP)
    return ('chdir = /\npythonpath = @/lib/python3/dist-packages\n'
            'wsgi-file = @/lib/python3/dist-packages/shop/wsgi.py')


def settings_of_django(base):
    """The file that the server loads is elsewhere than what it runs."""
    packages = make_venv(base / 'venv')
    write(packages / 'shop/__init__.py', FACTORY.replace('import helpers', 'from . import helpers'))
    write(packages / 'shop/helpers.py', HELPERS)
    write(packages / 'shop/settings.py', '')
    write(base / 'etc/shop.wsgi', '''
        import os
        os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')
        import shop, shop.settings
        application = shop.create()''')
    return 'virtualenv = @/venv\nchdir = /\nwsgi-file = @/etc/shop.wsgi'


def under_lib(base):
    write(base / 'usr/local/lib/shop/app.py', APP)
    write(base / 'usr/local/lib/python3/dist-packages/vendored.py', VENDORED)
    return ('chdir = @/usr/local/lib/shop\npythonpath = .\n'
            'pythonpath = @/usr/local/lib/python3/dist-packages\nmodule = app')


LAYOUTS = [project_in_venv, app_beside_bin, only_pythonpath, wsgi_file, mounted_file,
           venv_in_project, installed_package, installed_module, installed_factory,
           source_layout, zipped, dist_packages, settings_of_django, under_lib]


@pytest.fixture
def start(serve):
    base = temporary_directory()

    def start_layout(layout, ini=''):
        lines = layout(base).replace('@', str(base))
        return serve('', 'need-app = true\n%s\n%s' % (lines, ini))
    yield start_layout
    remove(base)


def kinds(profile):
    """{function: kind}, of Python functions."""
    func, text = profile['func'], profile['str']
    return {text[name].rpartition('.')[2]: kind for name, file, kind in
            zip(func['name'], func['file'], func['kind']) if text[file].endswith(('.py', '.wsgi'))}


@pytest.mark.parametrize('layout', LAYOUTS, ids=lambda layout: layout.__name__)
def test_own_code_is_found_wherever_it_lies(start, layout):
    server = start(layout)
    for _ in range(2):
        profile = json.loads(server.get('/?profile=json').body)
        found = kinds(profile)
        assert found['load'] == found.get('application', found.get('__call__')) == OWN, found
        assert found['render'] == LIBRARY and found['loads'] == STDLIB
        assert not profile['meta']['notices']


THIN = '''
    import os
    import shop
    application = shop.create()
'''


def not_to_be_found(base):
    """Two lines elsewhere call what is installed."""
    packages = make_venv(base / 'venv')
    write(packages / 'shop/__init__.py', FACTORY.replace('import helpers', 'from . import helpers'))
    write(packages / 'shop/helpers.py', HELPERS.replace(
        'def load():', 'def load():\n        import time; time.sleep(0.2);'))
    write(base / 'etc/start.py', THIN)
    return 'virtualenv = @/venv\nchdir = @/etc\npythonpath = .\nmodule = start'


def test_where_none_is_found_all_is_shown_with_a_line_that_says_so(start):
    server = start(not_to_be_found)

    def check():
        [record] = parse_records(server.get('/?profile=sampling,txt').body.decode())
        if_quiet('load' in record.tree, record.text)
        [notice] = record.notices
        assert notice.startswith('NOTICE no-own-code: ') and 'profiler-show' in notice
        assert '__call__' in record.tree and 'hidden' not in record.tree, record.text
        return record.notices
    notices = several_times(check)
    profile = json.loads(server.get('/?profile=json').body)
    assert [one['code'] for one in profile['meta']['notices']] == ['no-own-code']
    assert set(kinds(profile).values()) == {OWN}
    assert b'no-own-code' in server.get('/?profile=html').body
    line = server.get('/', {'X-Profile': 'log'})
    assert server.record(line).notices == notices


def test_profiler_show_ends_that(start):
    server = start(not_to_be_found, 'profiler-show = /shop/\n')
    profile = json.loads(server.get('/?profile=json').body)
    found = kinds(profile)
    assert (found['load'], found['render'], found['loads']) == (OWN, LIBRARY, STDLIB)
    assert not profile['meta']['notices']
