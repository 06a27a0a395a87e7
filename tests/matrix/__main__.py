"""make matrix: the plugin over servers, Pythons, processors and compilers.

python3 tests/matrix [--smoke] [CELL...]     default: all cells; --smoke: only their smoke tests

CELL is a name, or a pattern of names such as 'pip-*'; a word that is none prints the names.
Chroots and virtual environments are kept in build/matrix, or in PROFILER_MATRIX_DIR, for the
next run. A cell that cannot be had here is skipped, with the reason. At the end comes a table
with a row for each cell; the last line is `N passed, N failed, N skipped`. PROFILER_COUNTS
names a file for these counts.
"""
import fnmatch
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from counts import Counts  # noqa: E402
from matrix import cells, compilers, table  # noqa: E402
from matrix.places import KEPT, Failure, Skip  # noqa: E402

SMALL = ('build', 'server', 'smoke')
CELLS = dict([
    cells.debian('system', cells.UNIT + cells.SERVER),
    *(cells.pip(minor) for minor in cells.MINORS),
    ('pyuwsgi', cells.pyuwsgi),
    compilers.compiler('gcc'), compilers.compiler('clang'),
    ('O0', compilers.unoptimized), ('lto', compilers.lto),
    cells.debian('trixie', cells.UNIT + cells.SERVER, 'trixie'),
    cells.debian('sid', cells.UNIT + cells.SERVER, 'sid'),
    cells.debian('i386', cells.UNIT + cells.SERVER, 'bookworm', 'i386'),
    cells.debian('arm64', cells.UNIT + cells.SMOKE, 'bookworm', 'arm64', SMALL),
])


def chosen(words):
    names = [name for name in CELLS if any(fnmatch.fnmatchcase(name, word) for word in words)]
    wrong = [word for word in words if not fnmatch.filter(CELLS, word)]
    if wrong:
        sys.exit('no cell %s; cells: %s' % (', '.join(wrong), ' '.join(CELLS)))
    return names if words else list(CELLS)


def run(name, smoke):
    """The row of one cell."""
    print('--- ' + name, flush=True)
    row = table.Row(name)
    try:
        CELLS[name](row, smoke)
    except Skip as why:
        row.skip(why)
    except Failure as why:
        row.fail(why)
    row.end()
    print('\n'.join(table.lines([row])), flush=True)
    return row


def main(words):
    smoke = '--smoke' in words
    names = chosen([word for word in words if word != '--smoke'])
    KEPT.mkdir(parents=True, exist_ok=True)
    rows, total = [], Counts()
    for name in names:
        rows.append(run(name, smoke))
        total.add(rows[-1].counts)
    if os.environ.get('PROFILER_COUNTS'):
        total.save(os.environ['PROFILER_COUNTS'])
    print('\n'.join(['---', *table.lines(rows), '', *total.lines()]))
    return total.status()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
