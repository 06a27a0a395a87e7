#!/usr/bin/env python3
"""Builds the pages from templates/: page.py DIRECTORY

Writes DIRECTORY/page.html, the page of html reports, and DIRECTORY/shelf.html, the list of
stored profiles. They are report.html and shelf.html with the style and the scripts inline.
The page of reports has two marks, which report/page/html.c replaces by the text table and
the data. Prints compiler flags: for each page the name of this file, and the hashes of
style and script for its Content-Security-Policy.
"""
import base64
import hashlib
import os
import re
import shlex
import sys

TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'templates')

# The page's file in templates/, the built file, and the prefix of its flags.
PAGES = (('report', 'page', 'PAGE'), ('shelf', 'shelf', 'SHELF'))


def read(name):
    with open(os.path.join(TEMPLATES, name), encoding='utf-8') as file:
        return file.read()


def between(page, name):
    """Returns the text between the two marker lines of that name, without and with them."""
    pattern = r'<!-- profiler:%s -->\n(.*?)<!-- /profiler:%s -->\n' % (name, name)
    found = re.search(pattern, page, re.S)
    if not found:
        sys.exit('page.py: a page has no profiler:%s' % name)
    return found.group(1), found.group(0)


def sha256(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def put_together(name='report'):
    """Returns (page, style, script)."""
    page = re.sub(r'<!--\n.*?-->\n', '', read(name + '.html'), count=1, flags=re.S)
    links, style_mark = between(page, 'style')
    scripts, script_mark = between(page, 'script')
    style = '\n'.join(read(name) for name in re.findall('href="([^"]+)"', links))
    script = '\n'.join(read(name) for name in re.findall('src="([^"]+)"', scripts))
    if '</script' in script or '<!--' in script or '</style' in style:
        sys.exit('page.py: templates/ contains a tag that would end the script or style early')
    for mark in ('text', 'data') if name == 'report' else ():
        page = page.replace(between(page, mark)[1], '<!-- profiler:%s -->' % mark)
    page = page.replace(style_mark, '<style>%s</style>\n' % style)
    return page.replace(script_mark, '<script>%s</script>\n' % script), style, script


def make(directory):
    """Writes the pages; returns the flags, quoted for a shell.

    The paths are relative to the current directory, where the compiler will run: the
    assembler fails on an absolute path with a blank or a quote in it."""
    os.makedirs(directory, exist_ok=True)
    flags = []
    for name, built, prefix in PAGES:
        page, style, script = put_together(name)
        path = os.path.relpath(os.path.join(directory, built + '.html'))
        with open(path, 'w', encoding='utf-8') as file:
            file.write(page)
        flags += [(prefix + '_FILE', path), (prefix + '_STYLE_HASH', sha256(style)),
                  (prefix + '_SCRIPT_HASH', sha256(script))]
    return [shlex.quote('-D%s="%s"' % flag) for flag in flags]


if __name__ == '__main__':
    print(' '.join(make(sys.argv[1])))
