#!/usr/bin/env python3
"""Prints what a newcomer does next: show_ini.py SERVER PLUGIN

That is an ini text for this server, to paste: a socket, the plugin by its absolute path,
and the virtualenv, where the server is in one or one is activated.

uWSGI misreads a plugin's path with a blank or one of , : | in it: there it gets the
directory, which it takes as it is.
"""
import os
import re
import sys

from find_python import find_python

INI = """[uwsgi]
http-socket = 127.0.0.1:8000
%(load)s%(plugin)s
%(virtualenv)s# your application: module:callable
module = app:application
"""


def virtualenv(server):
    """The one that the server is in, or that is activated; '' when there is none."""
    around = os.path.dirname(os.path.dirname(os.path.abspath(server)))
    for directory in (around, os.environ.get('VIRTUAL_ENV', '')):
        if directory and os.path.exists(os.path.join(directory, 'pyvenv.cfg')):
            return directory
    return ''


def python_of(environment):
    """'3.12', of a virtualenv; '' where it does not say."""
    with open(os.path.join(environment, 'pyvenv.cfg')) as file:
        found = re.search(r'^version(?:_info)?\s*=\s*(\d+\.\d+)', file.read(), re.M)
    return found.group(1) if found else ''


def fits(environment, version):
    """Can a server of this Python use what is installed there?"""
    python = python_of(environment)
    return not python or version.startswith(python + '.')


def escaped(path):
    """As an ini text has it: uWSGI replaces what follows a percent sign."""
    return path.replace('%', '%%')


def loading(plugin):
    if set(' \t,:|') & set(plugin):
        return 'plugins-dir = %s\nneed-plugin = profiler' % escaped(os.path.dirname(plugin))
    return 'need-plugin = %s' % escaped(plugin)


def main(server, plugin):
    facts, plugin = find_python(server), os.path.abspath(plugin)
    environment, wrong = virtualenv(server), ''
    if environment and not fits(environment, facts['version']):
        environment, wrong = '', environment
    print('%s is for %s with Python %s. An ini for this server:\n'
          % (plugin, server, facts['version']))
    print(INI % {
        'load': 'plugin = %s\n' % facts['plugin'] if facts['plugin'] else '',
        'plugin': loading(plugin),
        'virtualenv': 'virtualenv = %s\n' % escaped(environment) if environment else ''})
    print('%s --ini app.ini, then open http://127.0.0.1:8000/?profile' % server)
    if wrong:
        print('\nthe active virtualenv has no uwsgi, and %s cannot use it (%s, Python %s): for an app '
              'in it, pip install uwsgi, then make' % (server, wrong, python_of(wrong)))


if __name__ == '__main__':
    main(*sys.argv[1:])
