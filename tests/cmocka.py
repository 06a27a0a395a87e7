"""The tests of tests/unit/test_*.c as pytest's: each runs in a process of its own."""
import functools
import os
import re
import tempfile
import xml.etree.ElementTree as xml

import pytest

import building
from environment import BUILD, CC, UNIT_OUT

LOCALE = 'de_DE.UTF-8'

TABLE = re.compile(r'struct CMUnitTest \w+\[\] = \{(.*?)\n\s*\};', re.S)
ENTRY = re.compile(r'\w+\(\s*(\w+)[^()]*\)\s*(?:,|$)')


class File(pytest.File):
    def collect(self):
        """The table that main() gives to cmocka, which has no way of listing it."""
        found = TABLE.findall(self.path.read_text())
        if len(found) != 1:
            raise self.CollectError('%s: %d tables of tests' % (self.path, len(found)))
        rest = ENTRY.sub('', found[0]).strip()
        if rest:
            raise self.CollectError('%s: not a test: %s' % (self.path, rest))
        for name in ENTRY.findall(found[0]):
            yield Test.from_parent(self, name=name)


class Test(pytest.Item):
    def runtest(self):
        binary = building.build('tests/unit/unit.mk', UNIT_OUT, 'CC=' + CC) / self.path.stem
        with tempfile.TemporaryDirectory() as directory:
            report = os.path.join(directory, 'report.xml')
            status, output = building.run(binary, env=dict(
                os.environ, CMOCKA_MESSAGE_OUTPUT='XML', CMOCKA_XML_FILE=report,
                CMOCKA_TEST_FILTER=self.name, LOCPATH=locale_path()))
            case = result(report, self.name)
        if status or case is None:
            said = ''.join(case.itertext()).strip() if case is not None else 'no result'
            pytest.fail('%s\n%s\nstatus %d' % (said, output, status), pytrace=False)
        if case.find('skipped') is not None:
            pytest.skip(output.strip() or 'no reason given')

    def reportinfo(self):
        return self.path, None, '%s::%s' % (self.path.name, self.name)


def result(report, name):
    """What cmocka wrote of the test; None when it did not come to that."""
    try:
        cases = list(xml.parse(report).getroot().iter('testcase'))
    except (OSError, xml.ParseError):
        return None
    return cases[0] if [case.get('name') for case in cases] == [name] else None


@functools.lru_cache(None)
def locale_path():
    """A directory with the locale that tests set: few machines have it."""
    path = BUILD / 'locale'
    with building.locked('locale'):
        if not (path / LOCALE).exists():
            path.mkdir(exist_ok=True)
            language, _, charset = LOCALE.partition('.')
            status, output = building.run('localedef', '-i', language, '-f', charset,
                                          path / LOCALE)
            assert status == 0, output
    return str(path)
