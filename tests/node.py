"""The tests of tests/page/test_*.js as pytest's: the page's scripts under node, with one
process for the chosen tests of a file."""
import json
import shutil

import pytest

import building

RUNNER = 'tests/page/run.js'
NODE = shutil.which('node') or shutil.which('nodejs')


class File(pytest.File):
    results = None

    def collect(self):
        """A file's tests; without node one that is skipped."""
        names = ['all']
        if NODE:
            status, output = building.run(NODE, RUNNER, self.path)
            if status:
                raise self.CollectError(output)
            names = output.splitlines()
        for name in names:
            yield Test.from_parent(self, name=name)

    def run(self):
        """{name: None or what failed}"""
        if self.results is None:
            chosen = [item.name for item in self.session.items if item.parent is self]
            status, output = building.run(NODE, RUNNER, self.path, *chosen)
            assert status == 0, output
            self.results = json.loads(output)
        return self.results


class Test(pytest.Item):
    def runtest(self):
        if not NODE:
            pytest.skip('no node on this machine')
        failed = self.parent.run()[self.name]
        if failed:
            pytest.fail(failed, pytrace=False)

    def reportinfo(self):
        return self.path, None, '%s::%s' % (self.path.name, self.name)
