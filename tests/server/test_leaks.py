"""Many profiled requests in one worker: memory and references stay where they are.

PROFILER_LEAK_REQUESTS says how many (default 2,000; 10,000 for the long run)."""
import json
import os

import pytest

COUNT = int(os.environ.get('PROFILER_LEAK_REQUESTS', '2000'))


def facts(server):
    return json.loads(server.get('/memory').body)


@pytest.mark.parametrize('path', ['recursion', 'raising', 'raising_generator', 'touches', 'dying',
                                  'generated', 'own_cprofile'])
def test_nothing_grows(serve, path):
    """RSS by less than 1 % after the first tenth; not one reference or object more."""
    server = serve('plain', 'profiler-stream = /dev/null\nprofiler-dir = @DIR@/profiles\n'
                            'profiler-output = log, file\nprofiler-filename-format = same\n'
                            'disable-logging = true')
    index = server.directory / 'profiles'

    def ask(count):
        for i in range(count):
            server.get('/%s?profile%s' % (path, '=log' if i % 10 else ''))
            if i % 200 == 0 and index.exists():
                for file in index.glob('same*'):
                    file.unlink()
    count = COUNT if path in ('recursion', 'raising') else max(COUNT // 10, 200)
    ask(count // 10)
    facts(server)
    before = facts(server)
    ask(count - count // 10)
    facts(server)
    after = facts(server)
    assert after['rss'] < before['rss'] * 1.01, (before, after)
    assert after['references'] == before['references']
    assert after['counted'] == before['counted'] and after['profile'] == 'None'
    assert abs(after['objects'] - before['objects']) <= 20, (before, after)
    # Python itself lets go of some hundreds while it specializes code
    assert count < 1500 or abs(after['none'] - before['none']) < count / 2
    server.log_path.write_text('')  # 2,000 tracebacks are no news
