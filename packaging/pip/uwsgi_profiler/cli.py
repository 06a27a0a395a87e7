"""The command uwsgi-profiler."""
import argparse
import json
import os
import re
import signal
import sys
from importlib import metadata

from . import building, places, servers, trial
from .errors import Failure

import show_ini  # noqa: E402: places has found it

ABOUT = 'Loads the plugin of uwsgi-profiler into the uWSGI server of this environment.'
MEND = 'run %s -m uwsgi_profiler build' % sys.executable


def load_lines(server):
    """The lines of an ini file that load the plugin."""
    lines = ['plugin = ' + server.facts['plugin']] if server.facts['plugin'] else []
    lines += show_ini.loading(places.PLUGIN).splitlines()
    if sys.prefix != sys.base_prefix:
        lines.append('virtualenv = ' + show_ini.escaped(sys.prefix))
    return lines


def need_plugin():
    if not os.path.exists(places.PLUGIN):
        raise Failure('there is no plugin at %s: %s' % (places.PLUGIN, MEND))
    with open(places.BUILT_FOR) as file:
        return json.load(file)


def path():
    """print the lines that load the plugin, for the [uwsgi] section of an ini file"""
    need_plugin()
    print('\n'.join(load_lines(servers.need())), flush=True)
    if sys.stdout.isatty():
        print('\nPaste these lines into the [uwsgi] section of your ini file, restart the server, '
              'and open one of its URLs with ?profile at the end.', file=sys.stderr)


def compare(server, built):
    """Fails unless the plugin was built for this server and this Python."""
    for what, here, there in (('uWSGI', server.version, built['uwsgi']),
                              ('Python', server.minor(), built['python'])):
        if here != there:
            raise Failure('the plugin is for %s %s, and the server has %s %s: %s' % (
                what, there, what, here, MEND))
    if server.defines() != built['defines']:
        raise Failure('the plugin is for a uWSGI %s that was built with other features than this '
                      'one: %s' % (server.version, MEND))


def check():
    """say whether server, Python and plugin fit, and profile a request of a tiny app"""
    built = need_plugin()
    server = servers.need()
    print('server    %s, uWSGI %s with Python %s' % (server.path, server.version, server.python))
    print('plugin    %s, for uWSGI %s and Python %s' % (places.PLUGIN, built['uwsgi'], built['python']))
    for line in built['left_out']:
        print('          ' + line)
    sys.stdout.flush()
    compare(server, built)
    with trial.Trial(server, load_lines(server)) as running:
        for mode in ('deterministic', 'sampling'):
            report = running.profile(mode)
            elapsed = re.search(r'^PROFILE \S+ \S+ (\S+ ms)', report, re.M).group(1)
            print('%-14s a request of a tiny app was profiled: %s' % (mode, elapsed), flush=True)
    print('all fits')


def build():
    """compile the plugin again, for the uWSGI and the Python that are here now"""
    server = servers.need()
    building.build(server, places.sources(), places.PACKAGE)
    record_requirement(server.requirement())
    print('%s is for %s, uWSGI %s with Python %s' % (
        places.PLUGIN, server.path, server.version, server.python))


def record_requirement(requirements):
    """pip reads there which uWSGI this package needs."""
    for distribution in metadata.distributions(name='uwsgi-profiler'):
        for file in distribution.files or ():
            if file.name == 'METADATA':
                rewrite(str(file.locate()), requirements)


def rewrite(path, requirements):
    with open(path, encoding='utf-8') as old:
        head, blank, rest = old.read().partition('\n\n')
    lines = [line for line in head.split('\n') if not line.startswith('Requires-Dist: uwsgi==')]
    lines += ['Requires-Dist: ' + requirement for requirement in requirements]
    with open(path, 'w', encoding='utf-8') as new:
        new.write('\n'.join(lines) + blank + rest)


COMMANDS = {'path': path, 'check': check, 'build': build}


def parser():
    made = argparse.ArgumentParser(
        prog='uwsgi-profiler', description=ABOUT,
        epilog='UWSGI=/path/to/uwsgi in the environment names another server.')
    made.add_argument('--version', action='version',
                      version='uwsgi-profiler ' + places.version())
    commands = made.add_subparsers(dest='command', metavar='COMMAND')
    for name, function in COMMANDS.items():
        commands.add_parser(name, help=function.__doc__, description=function.__doc__)
    return made


def end(number, _):
    """So that what a command has started ends with it."""
    sys.exit(128 + number)


def main():
    made = parser()
    words = made.parse_args()
    if not words.command:
        made.print_help()
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        COMMANDS[words.command]()
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0
