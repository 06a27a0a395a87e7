"""The pages that a reader has: README.md, CONTRIBUTING.md, CHANGELOG.md, the chapters of docs/."""
import re

from harness import ROOT

PAGES = {str(path.relative_to(ROOT)): path.read_text()
         for path in sorted([*ROOT.glob('*.md'), *ROOT.glob('docs/*.md')])}
README = PAGES['README.md']
# What somebody who runs the profiler reads.
USERS = '\n'.join(text for name, text in PAGES.items()
                  if name not in ('CHANGELOG.md', 'CONTRIBUTING.md', 'docs/architecture.md'))
FENCED = r'^ *```.*?^ *```$'


def snippet(kind, comment):
    """The one block of this kind whose first line is this comment, wherever it stands."""
    found = re.findall(r'^```%s\n# %s\n(.*?)^```$' % (kind, re.escape(comment)), USERS, re.M | re.S)
    assert len(found) == 1, '%s blocks "%s": %d' % (kind, comment, len(found))
    return found[0]


def without_blocks(text):
    """The same text, of the same length: blocks are blank."""
    return re.sub(FENCED, lambda match: re.sub('.', ' ', match.group()), text, flags=re.M | re.S)


def headings(page):
    return re.findall(r'^(#+) (.*)$', without_blocks(PAGES[page]), re.M)


def section(page, heading):
    """From this heading to the next one of its level or above."""
    prose = without_blocks(PAGES[page])
    start = re.search('^%s$' % re.escape(heading), prose, re.M).start()
    level = heading.split(' ')[0]
    ends = [match.start() for match in re.finditer(r'^#{1,%d} ' % len(level), prose, re.M)
            if match.start() > start]
    return PAGES[page][start:min(ends, default=None)]


def table(page, heading):
    """The cells of each row of the section's first table, without its head."""
    rows = re.search(r'(?:^\|.*\n)+', section(page, heading), re.M).group().splitlines()
    return [re.split(r' \|(?: |$)', row[2:-2]) for row in rows[2:]]


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r'[^\w -]', '', heading.lower()).replace(' ', '-')
