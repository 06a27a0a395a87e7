"""Texts that an app, a client or the configuration chose, in the log: a line is a line, and
a terminal shows what was written."""
import json
import re

import pytest

from harness import DASHES, header, parse_records, profile_id, wait_for

# Controls but the line's end, and what changes how the rest is shown and is not seen.
MISLEADING = re.compile('[\0-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f'
                        '\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]')


def misleading(data):
    return MISLEADING.findall(data.decode('utf-8'))  # valid, too


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
@pytest.mark.parametrize('style', ['table', 'line', 'json'])
def test_no_name_forges_a_line(serve, mode, style):
    server = serve('forging', '''
        profiler-stream = @DIR@/profiles.log
        profiler-log-style = %s
        profiler-mode = %s
        profiler-interval = 200us
        profiler-restrictions = none
        profiler-dir = @DIR@/profiles\u202e
    ''' % (style, mode))
    paths = ('/hello', '/raise', '/%0a%1b%5b31m%c2%85%e2%80%ae%ff')
    ids = [profile_id(server.get(path, {'X-Profile': '1'})) for path in paths]
    stream = server.directory / 'profiles.log'

    def written():
        data = stream.read_bytes() if stream.exists() else b''
        return data if all(('%s' % i).encode() in data for i in ids) and data.endswith(b'\n') else None
    data = wait_for('three reports', written)
    assert not misleading(data)
    if style == 'table':
        records = wait_for('whole ones', lambda: (
            lambda found: found if len(found) == 3 else None)(parse_records(stream.read_text())))
        assert [record.id for record in records] == ids
        assert stream.read_text().count(DASHES + '\n') == 6
        if mode == 'deterministic':
            assert '\\x1b[2K' in records[0].table and '\\u202e' in records[0].table
    else:
        lines = stream.read_text().splitlines()
        assert len(lines) == 3
        if style == 'json':
            assert [json.loads(line)['id'] for line in lines] == ids
            name = json.loads(lines[1])['exception']
            assert name == 'Forged\x1b[31m\nError\u202e'
    log = re.sub(rb'^(?!profiler:).*\n', b'', server.log_path.read_bytes(), flags=re.M)
    assert b'profiles\\u202e' in log and not misleading(log)


def test_the_server_s_own_log_is_as_safe(serve):
    server = serve('forging', 'profiler-restrictions = none')
    response = server.get('/hello', {'X-Profile': '1'})
    record = server.record(response)
    assert not misleading(record.text.encode('utf-8', 'surrogateescape'))
    assert '\\x1b[2K' in record.table


def test_a_txt_report_has_the_bytes_of_pstats(serve):
    server = serve('forging', 'profiler-dir = @DIR@/profiles\nprofiler-format = txt')
    answer = server.get('/hello?profile=txt,limit=500')
    assert header(answer, 'X-Profile-Id')
    [path] = wait_for('a file', lambda: list((server.directory / 'profiles').glob('*.txt')))
    server.get('/hello', {'X-Profile': 'file,limit=500'})
    for body in (answer.body, path.read_bytes()):
        assert '\r\x1b[2K\x1b[31mforged'.encode() in body and '\u202egnp.exe'.encode() in body


def test_an_option_s_error_is_one_line(serve):
    with pytest.raises(AssertionError) as error:
        serve('forging', 'profiler-\x1b[31mx\u202e = 1')
    [line] = [line for line in str(error.value).splitlines() if 'there is no such option' in line]
    assert not misleading(line.encode()) and '\\x1b[31mx\\u202e' in line
