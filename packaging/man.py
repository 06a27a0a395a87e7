#!/usr/bin/env python3
"""Prints the man page uwsgi-profiler(7): man.py VERSION DATE

Options, words of flags, formats and headers are the tables of docs/. Tests compare those with
the plugin.
"""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')

PAGE = r""".\" made by packaging/man.py from docs/
.TH UWSGI-PROFILER 7 "{date}" "uwsgi-profiler {version}" "uWSGI plugins"
.SH NAME
uwsgi-profiler \- profiles single requests of a Python application in uWSGI
.SH SYNOPSIS
.nf
[uwsgi]
plugin = python3
need\-plugin = profiler
http\-socket = 127.0.0.1:8000
module = app:application
.fi
.SH DESCRIPTION
This plugin of
.BR uwsgi (1)
profiles single requests of a Python web application, whatever its framework. The application
needs no change. A
.I flag
asks for the profile of one request: the query parameter
.B profile
or the header
.BR X\-Profile .
In a browser, http://127.0.0.1:8000/?profile shows an interactive page. The command
.IP
curl 'http://127.0.0.1:8000/?profile=txt'
.PP
prints the report. By default, only clients on this machine may profile.
.PP
There are two modes. The mode
.B deterministic
counts every call and return. The mode
.B sampling
looks at the request's stack about once a millisecond.
.SH OPTIONS
These are options of uWSGI, for its ini file or its command line.
{options}
.SH WORDS OF A FLAG
The value of a flag is a list of words, separated by commas.
{words}
.SH FORMATS
{formats}
.SH HEADERS OF THE ANSWER
{headers}
.SH FILES
.TP
.I /usr/share/doc/uwsgi\-plugin\-profiler\-python3
All chapters of the documentation (in Debian's package), and an example.
.SH SEE ALSO
.BR uwsgi (1)
"""


def document(name):
    with open(os.path.join(ROOT, 'docs', name), encoding='utf-8') as file:
        return file.read()


def table(name, heading):
    """The rows of the first table below a heading: lists of cells."""
    text = document(name)
    below = text[text.index('\n' + heading + '\n'):] if heading else text
    lines = re.search(r'^\|.*\|\n\|[-|]+\|\n((?:\|.*\|\n)+)', below, re.M).group(1).splitlines()
    return [[cell.strip() for cell in re.split(r'(?<!\\)\|', line)[1:-1]] for line in lines]


def escaped(text):
    return text.replace('\\', '\\e').replace('-', '\\-').replace("'", '\\(aq').replace('`', '\\(ga')


def roff(text):
    """Of a cell in Markdown: code becomes bold, links become their texts."""
    text = re.sub(r'\[([^][]*(?:\[[^][]*\][^][]*)*)\]\([^()]*\)', r'\1', text)
    parts = re.split(r'`([^`]*)`', text.replace('**', ''))
    return ''.join('\\fB%s\\fR' % escaped(part) if number % 2 else escaped(part)
                   for number, part in enumerate(parts))


def items(rows):
    return '\n'.join('.TP\n%s\n%s' % (roff(tag), roff(text)) for tag, text in rows)


def options():
    return [(name, values if default == 'none' else '%s (default: %s)' % (values, default))
            for name, values, default in table('options.md', None)]


def formats():
    return [(word, '%s: %s' % (ending, text)) for word, ending, text in
            table('formats.md', '## Formats')]


def main(version, date):
    print(PAGE.format(
        version=version, date=date, options=items(options()), formats=items(formats()),
        words=items(table('flags.md', '## The words of a flag')),
        headers=items(table('flags.md', '## Headers of the answer'))), end='')


if __name__ == '__main__':
    main(*sys.argv[1:])
