/* Loads the page's scripts without a page, and makes the profiles for the tests. */
'use strict';

const fs = require('fs'), path = require('path'), vm = require('vm');

const ROOT = path.join(__dirname, '..', '..'), TEMPLATES = path.join(ROOT, 'templates');
const NAMES = ['Profile', 'BadProfile', 'Stats', 'Layout', 'Boxes', 'Sandwich', 'Inverted', 'timelineBoxes',
               'Comparison', 'partOf', 'meanOf', 'spreadOf', 'downloadName', 'grouped', 'editorLink', 'templateFault',
               'mappedPath', 'againLinks', 'foldedText',
               'speedscopeText', 'profBytes', 'Merge', 'MixedModes',
               'matchingFunctions', 'searchShare', 'NONE'];

/* Loads the scripts in the order of the page, except for the last one, which starts it. Returns
 * an object with these of their names. */
function load(page = 'report.html', names = NAMES) {
    const html = fs.readFileSync(path.join(TEMPLATES, page), 'utf8');
    const scripts = Array.from(html.matchAll(/<script src="([^"]+)">/g), match => match[1]);
    const context = vm.createContext({TextEncoder, URL, URLSearchParams});
    for (const name of scripts.slice(0, -1)) {
        const file = path.join(TEMPLATES, name);
        vm.runInContext(fs.readFileSync(file, 'utf8'), context, {filename: file});
    }
    return vm.runInContext('({' + names.join(', ') + '})', context);
}

function read(...names) {
    return fs.readFileSync(path.join(ROOT, ...names));
}

/* Returns a generator of numbers from 0 to below limit, the same for each seed. */
function randomNumbers(seed) {
    return limit => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        return Math.floor(seed / 2 ** 32 * limit);
    };
}

/* Returns a profile with recursion, libraries, builtins, imports and nodes without time. */
function made(seed, mode, nodes = 400, functions = 25) {
    const random = randomNumbers(seed), column = make => Array.from({length: functions}, (_, f) => make(f));
    const data = {
        v: 1,
        meta: {id: '00c0ffee00c0ffee', method: 'GET', path: '/made', mode, status: 200, wall_ns: 0,
               cpu_ns: 0, interval_ns: 1000000, sort_by: ['time'], restrictions: [], notices: []},
        str: ['GET /made', '', 'flask', '~', '/srv/shop/app.py',
              '/usr/lib/python3/dist-packages/flask/app.py', ...column(f => 'function_' + f)],
        func: {name: column(f => f ? 6 + f : 0), file: column(f => f ? 3 + f % 3 : 1),
               line: column(f => f % 3 ? f : 0), lib: column(f => f % 3 === 2 ? 2 : 1),
               kind: column(f => f ? [3, 0, 1][f % 3] : 4)},
        node: {depth: [0], func: [0], self: [1234]},
    };
    const {depth, func, self} = data.node;
    for (let i = 1; i < nodes; i++) {
        depth.push(1 + random(Math.min(depth[i - 1] + 1, 40)));
        func.push(1 + random(functions - 1));
        self.push(random(5) ? random(3000000) : 0);
    }
    data.meta.wall_ns = self.reduce((sum, ns) => sum + ns, 0);
    if (mode === 'sampling')
        addSamples(data, random);
    else
        data.node.calls = self.map((_, i) => i ? 1 + random(9) : 1);
    return data;
}

/* Spreads the time of each node over one to three moments, in random order. */
function addSamples(data, random) {
    const {depth, self} = data.node, moments = [], stack = [];
    data.node.samples = self.map(() => 0);
    data.node.cpu = self.map(ns => random(ns + 1));
    data.meta.cpu_ns = data.node.cpu.reduce((sum, ns) => sum + ns, 0);
    for (let i = 0; i < depth.length; i++) {
        stack.length = depth[i];
        stack.push(i);
        for (let left = self[i], parts = 1 + random(3); left > 0; parts--) {
            const dt = parts > 1 ? 1 + random(left) : left;
            moments.push({at: random(1e9), node: i, dt, wait: random(10)});
            left -= dt;
            for (const above of stack)
                data.node.samples[above]++;
        }
    }
    moments.sort((a, b) => a.at - b.at);
    data.tl = Object.fromEntries(['dt', 'node', 'wait'].map(key => [key, moments.map(one => one[key])]));
    data.meta.samples = moments.length;
    data.meta.lost = 0;
}

/* Returns [name, data] of real, golden and made profiles, in both modes. */
function samples() {
    const found = [['templates', 'sample.json'], ['tests', 'browser', 'traced.json'],
                   ['tests', 'golden', 'sample.json'], ['tests', 'golden', 'sampling.json']]
        .map(names => [names.slice(-2).join('/'), JSON.parse(read(...names))]);
    for (const mode of ['deterministic', 'sampling']) {
        for (const seed of [1, 2, 3])
            found.push(['made ' + mode + ' ' + seed, made(seed, mode)]);
        found.push(['the request alone, ' + mode, made(1, mode, 1)]);
    }
    return found;
}

module.exports = {load, made, read, samples};
