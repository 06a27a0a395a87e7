"""The source text of a report is what Python decodes, in any encoding."""
import json

import pytest

# Python's codec and a text that it can write: as many of them as the C library knows.
ENCODINGS = {
    'utf_8': 'größe 你 𝔘', 'utf_8_sig': 'größe 你', 'latin_1': 'größe', 'iso8859_2': 'żółć',
    'iso8859_3': 'ħ', 'iso8859_4': 'ŧ', 'iso8859_5': 'мир', 'iso8859_6': 'سلام',
    'iso8859_7': 'κόσμε', 'iso8859_8': 'שלום', 'iso8859_9': 'İstanbul', 'iso8859_10': 'þ',
    'iso8859_11': 'ไทย', 'iso8859_13': 'ž', 'iso8859_14': 'ŵ', 'iso8859_15': '€', 'iso8859_16': 'ș',
    'cp437': 'größe', 'cp850': 'größe', 'cp866': 'мир', 'cp1250': 'żółć', 'cp1251': 'мир',
    'cp1252': '“größe”', 'cp1253': 'κόσμε', 'cp1254': 'İ', 'cp1255': 'שלום', 'cp1256': 'سلام',
    'cp1257': 'ž', 'cp1258': 'đ', 'koi8_r': 'мир', 'koi8_u': 'їжак', 'koi8_t': 'ҷ',
    'mac_roman': 'größe', 'mac_cyrillic': 'мир', 'ptcp154': 'мир', 'kz1048': 'мир',
    'shift_jis': 'ソフト表', 'cp932': 'ソフト表①', 'shift_jis_2004': 'ソフト表', 'euc_jp': 'ソフト表',
    'euc_jis_2004': 'ソフト表', 'iso2022_jp': 'ソフト表', 'iso2022_jp_3': 'ソフト表',
    'gb2312': '你好', 'gbk': '你好', 'gb18030': '你好𝔘', 'big5': '你好', 'big5hkscs': '你好',
    'cp950': '你好', 'euc_kr': '안녕', 'cp949': '안녕', 'johab': '안녕', 'iso2022_kr': '안녕',
    'utf_7': 'größe 你', 'tis_620': 'ไทย', 'hp_roman8': 'größe', 'cp1125': 'мир',
}

MODULE = '''# -*- coding: %s -*-
import time
def spend(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until: "%s"
'''
APP = '''
import importlib, json, os
modules = []
for name in json.loads(os.environ['NAMES']):
    try:
        modules.append(importlib.import_module('in_' + name))
    except SyntaxError:
        pass  # this Python does not know it
def application(environ, start_response):
    for module in modules:
        module.spend(0.02)
    start_response('200 OK', [('Content-Type', 'text/plain'), ('X-Count', str(len(modules)))])
    return [b'done']
'''


def texts(server):
    """{module: text of the line that took the time}, and the notices' codes."""
    profile = json.loads(server.get('/?profile=sampling,json,interval=1ms').body.decode())
    lines, func, strings = profile['lines'], profile['func'], profile['str']
    found = {}
    for number, line, text in zip(lines['func'], lines['line'], lines['text']):
        name = strings[func['file'][number]].rpartition('/')[2][:-len('.py')]
        if name.startswith('in_') and line == 5:
            found[name[len('in_'):]] = strings[text]
    return found, [notice['code'] for notice in profile['meta']['notices']]


def start(serve, files):
    def prepare(directory):
        (directory / 'start.py').write_text(APP)
        for name, data in files.items():
            (directory / ('in_%s.py' % name)).write_bytes(data)
    return serve('start', '''
        env = NAMES=%s
        pythonpath = @DIR@
        profiler-source = on''' % json.dumps(list(files)), prepare=prepare)


@pytest.mark.parametrize('half', [0, 1])
def test_each_encoding_is_decoded_as_python_does(serve, half):
    files = {name: (MODULE % (name, text)).encode(name)
             for name, text in sorted(ENCODINGS.items())[half::2]}
    server = start(serve, files)
    found, notices = {}, []
    for _ in range(20):  # until each has been met by a sample
        more, notices = texts(server)
        found.update(more)
        if len(found) >= len(files):
            break
    assert {name: '    while time.thread_time() < until: "%s"' % ENCODINGS[name]
            for name in found} == found
    assert len(found) >= len(files) - 2 and 'source-encoding' not in notices


def test_what_cannot_be_decoded_is_said(serve):
    """The file has changed since it was imported; a codec that only Python has."""
    text = MODULE % ('latin_1', 'größe')
    server = start(serve, {'changed': text.encode('latin_1'),
                           'python_only': (MODULE % ('mac_turkish', 'größe')).encode('mac_turkish')})
    path = server.directory / 'in_changed.py'
    for _ in range(20):
        found, notices = texts(server)
        if len(found) == 2:
            break
    assert 'größe' in found['changed']
    assert '"gr\\x9a\\xa7e"' in found['python_only']
    assert 'source-encoding' in notices
    path.write_bytes(text.encode('latin_1').replace(b'latin_1', b'utf_8'))
    for _ in range(20):
        found, notices = texts(server)
        if 'changed' in found:
            break
    assert '"gr\\xf6\\xdfe"' in found['changed']
