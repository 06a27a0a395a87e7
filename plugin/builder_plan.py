#!/usr/bin/env python3
"""Takes the compiler's place in the server's own builder: CC=builder_plan.py

The builder calls it once, with all flags, files and libraries of the plugin. It compiles
nothing, but writes into the current directory what dev.mk compiles one by one:
    units.mk            UNITS, the .c files; written last
    compile, page, link what the compiler is given: for each object, for those with a page
                        in them as well, and to link. A file that would not change is left
                        alone, as objects depend on it
    $DEV_COMMANDS       compile_commands.json, for clangd; objects are compiled by $DEV_CC
"""
import json
import os
import shlex
import sys

LINKED = ('-l', '-L', '-Wl,', '-shared')
TAKES_NEXT = ('-o', '-iquote', '-isystem', '-I', '-include')


def words(arguments):
    """The arguments; those that belong together are together."""
    rest = iter(arguments)
    for argument in rest:
        yield (argument, next(rest)) if argument in TAKES_NEXT else (argument,)


def kind(word):
    if word[0] == '-o':
        return 'output'
    if word[0].startswith(('-DPAGE_', '-DSHELF_')):
        return 'page'
    if word[0].startswith(LINKED):
        return 'link'
    return 'units' if word[0].endswith('.c') and len(word) == 1 else 'compile'


def write(path, text):
    try:
        with open(path) as file:
            if file.read() == text:
                return
    except OSError:
        pass
    with open(path, 'w') as file:
        file.write(text)


def response(arguments):
    """As gcc and clang read it after an @."""
    return ''.join(shlex.quote(argument) + '\n' for argument in arguments)


def commands(plan):
    compiler = shlex.split(os.environ['DEV_CC'])
    return [{'directory': os.getcwd(), 'file': unit,
             'arguments': compiler + plan['compile'] + plan['page'] + ['-c', unit]}
            for unit in plan['units']]


def main(arguments):
    plan = {'units': [], 'compile': [], 'page': [], 'link': [], 'output': []}
    for word in words(arguments):
        plan[kind(word)] += word
    for name in 'compile', 'page', 'link':
        write(name, response(plan[name]))
    write(os.environ['DEV_COMMANDS'], json.dumps(commands(plan), indent=0) + '\n')
    with open('units.mk', 'w') as file:
        file.write('UNITS := %s\n' % ' '.join(plan['units']))


main(sys.argv[1:])
