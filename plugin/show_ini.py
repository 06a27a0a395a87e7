#!/usr/bin/env python3
"""Prints what a newcomer does next: show_ini.py SERVER PLUGIN

That is an ini text for this server, to paste: a socket, the plugin by its absolute path,
and the virtualenv, where the server is in one or one is activated.
"""
import os
import sys

from find_python import find_python

INI = """[uwsgi]
http-socket = 127.0.0.1:8000
%(load)sneed-plugin = %(plugin)s
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


def escaped(path):
    """As an ini text has it: uWSGI replaces what follows a percent sign."""
    return path.replace('%', '%%')


def main(server, plugin):
    facts, plugin = find_python(server), os.path.abspath(plugin)
    environment = virtualenv(server)
    print('%s is for %s with Python %s. An ini for this server:\n'
          % (plugin, server, facts['version']))
    print(INI % {
        'load': 'plugin = %s\n' % facts['plugin'] if facts['plugin'] else '',
        'plugin': escaped(plugin),
        'virtualenv': 'virtualenv = %s\n' % escaped(environment) if environment else ''})
    print('%s --ini app.ini, then open http://127.0.0.1:8000/?profile' % server)
    if set(',:|') & set(plugin):
        print('(uWSGI loads no plugin from a path with one of , : | in it: copy the file)')


if __name__ == '__main__':
    main(*sys.argv[1:])
