"""What several tests of the page begin with, and what they look at."""
import json

import pages
from browser import Keys

SAMPLING = json.loads(pages.SAMPLING.read_text())
TRACED = json.loads(pages.TRACED.read_text())
TABLE = pages.TRACED.with_suffix('.txt').read_text()
GOLDEN = pages.ROOT / 'tests' / 'golden'
VIEWS = ('tree', 'flame', 'timeline', 'functions', 'lines')

# Which part of the canvas is painted in another colour than the ground's.
PAINTED = r'''
const canvas = document.querySelector('#view canvas'), context = canvas.getContext('2d');
const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
const ground = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
let painted = 0;
for (let i = 0; i < data.length; i += 4)
    painted += data[i + 3] > 0 && ground.some((value, k) => k < 3 && value !== data[i + k]);
return painted / (data.length / 4)'''


# What moves, selects and zooms: in a view that has nothing to show, nothing.
KEYS = (Keys.ARROW_UP, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.HOME, Keys.END, Keys.PAGE_UP,
        Keys.PAGE_DOWN, Keys.ENTER, '+', '-', '*', '0', 'h', 'n', 'f')


def copy(data):
    return json.loads(json.dumps(data))


def selected(browser):
    return browser.js('return profilerPage.profile.label(profilerPage.func)')


def own_profile(names, times, meta=None):
    """A chain of own functions below the request."""
    data = copy(TRACED)
    data['meta'].update(meta or {})
    data['str'] = ['GET /x', '', '/srv/shop/app.py'] + names
    count = len(names)
    data['func'] = {'name': [0] + [3 + i for i in range(count)], 'file': [1] + [2] * count,
                    'line': [0] + list(range(1, count + 1)), 'lib': [1] * (count + 1),
                    'kind': [4] + [0] * count}
    data['node'] = {'depth': list(range(count + 1)), 'func': list(range(count + 1)),
                    'self': [0] + times, 'calls': [1] * (count + 1)}
    return data


def zoom_range(browser):
    return browser.js('const v = profilerPage.views[profilerPage.view]; return [v.from, v.to]')


def shown_functions(browser):
    return browser.js('const v = profilerPage.views.functions; return v.rows.map(f => v.profile.standardName(f))')
