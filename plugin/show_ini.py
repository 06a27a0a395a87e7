#!/usr/bin/env python3
"""Prints an ini text for a server that was just built for: show_ini.py SERVER PLUGIN

The text has a socket, the plugin by its absolute path, and the virtualenv, if the server
is in one or one is active.

uWSGI misreads a plugin's path that contains a blank or one of , : |. For such a path, the
text names the plugin's directory instead, which uWSGI reads unchanged.
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
    """Returns the virtualenv that the server is in, or the active one, or ''."""
    around = os.path.dirname(os.path.dirname(os.path.abspath(server)))
    for directory in (around, os.environ.get('VIRTUAL_ENV', '')):
        if directory and os.path.exists(os.path.join(directory, 'pyvenv.cfg')):
            return directory
    return ''


def python_of(environment):
    """Returns the Python version of a virtualenv, such as '3.12'; '' if unknown."""
    with open(os.path.join(environment, 'pyvenv.cfg')) as file:
        found = re.search(r'^version(?:_info)?\s*=\s*(\d+\.\d+)', file.read(), re.M)
    return found.group(1) if found else ''


def fits(environment, version):
    """Can a server with this Python use the packages of this virtualenv?"""
    python = python_of(environment)
    return not python or version.startswith(python + '.')


def escaped(path):
    """Escapes percent signs for an ini text, where uWSGI gives them a meaning."""
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
