/* The other formats, made from the profile in the page. They have the same figures as the
 * server's .prof, folded and speedscope files and, if all names are UTF-8, the same bytes.
 * plugin/report/export/prof.c, folded.c and speedscope.c explain the formats. */
'use strict';

/* ---------------------------------------------------------------------- .prof */

/* Python's marshal format, with type codes that every Python 3 reads. */
class Marshal {
    constructor() {
        this.data = new Uint8Array(1 << 16);
        this.view = new DataView(this.data.buffer);
        this.size = 0;
        this.encoder = new TextEncoder();
        this.texts = new Map();
    }

    room(more) {
        if (this.size + more <= this.data.length)
            return;
        const grown = new Uint8Array(2 * (this.size + more));
        grown.set(this.data);
        this.data = grown;
        this.view = new DataView(grown.buffer);
    }

    raw(data) {
        this.room(data.length);
        this.data.set(data, this.size);
        this.size += data.length;
    }

    code(character) {
        this.room(9);
        this.data[this.size++] = character.charCodeAt(0);
    }

    int32(character, value) {
        this.code(character);
        this.view.setUint32(this.size, value, true);
        this.size += 4;
    }

    double(value) {
        this.code('g');
        this.view.setFloat64(this.size, value, true);
        this.size += 8;
    }

    text(text) {
        let data = this.texts.get(text);
        if (!data)
            this.texts.set(text, data = this.encoder.encode(text));
        this.int32('u', data.length);
        this.raw(data);
    }

    /* Numbers above 31 bits are a count of 15-bit digits, then the digits, lowest first. */
    count(value) {
        if (value < 2 ** 31) {
            this.int32('i', value);
            return;
        }
        const digits = [];
        for (let rest = value; rest > 0; rest = Math.floor(rest / 32768))
            digits.push(rest % 32768);
        this.int32('l', digits.length);
        for (const digit of digits)
            this.raw([digit & 0xff, digit >> 8]);
    }

    key(file, line, name) {
        this.int32('(', 3);
        this.text(file);
        this.int32('i', line);
        this.text(name);
    }

    func(profile, func) {
        this.key(profile.file(func), profile.lineOf[func], profile.coName(func));
    }

    /* pstats rejects a .prof without functions, so this adds one. */
    nothing(name) {
        this.key('~', 0, name);
        this.int32('(', 5);
        this.count(0);
        this.count(0);
        this.times({self: 0, cumulative: 0});
        this.code('{');
        this.code('0');
    }

    times(figures) {
        this.double(figures.self * 1e-9);
        this.double(figures.cumulative * 1e-9);
    }
}

/* Returns {function: (primitive, calls, self, cumulative, {caller: (calls, primitive, ...)})}. In
 * callers the two counts are the other way round. */
function profBytes(profile, stats) {
    const out = new Marshal(), callers = stats.allCallers();
    out.code('{');
    for (const func of stats.functions) {
        const figures = stats.byFunction[func];
        out.func(profile, func);
        out.int32('(', 5);
        out.count(figures.primitive);
        out.count(figures.calls);
        out.times(figures);
        out.code('{');
        for (const [caller, pair] of callers.get(func)) {
            out.func(profile, caller);
            out.int32('(', 4);
            out.count(pair.calls);
            out.count(pair.primitive);
            out.times(pair);
        }
        out.code('0');
    }
    if (!stats.functions.length)
        out.nothing(profile.sampling ? '<no samples>' : '<no calls>');
    out.code('0');
    out.raw(out.encoder.encode('\nprofile ' + profile.meta.id + '\n'));
    return out.data.subarray(0, out.size);
}

/* --------------------------------------------------------------------- folded */

const FOLDED_MOST = 64 * 1024 * 1024; /* characters; longer output is cut */
const FOLDED_COUNT = 12;

/* Tools read a number at the end of a frame as a count, and ';' as the end of the frame. */
function foldedLabel(profile, func) {
    const place = func ? profile.place(func) : '';
    return ((func ? profile.label(func) : requestLabel(profile)) + (place ? ' (' + place + ')' : ''))
        .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd').replace(/;/g, ':')
        .replace(/ ([0-9.]+)$/, '_$1');
}

/* Returns "20,000 of 51,234 nodes" if the page does not have the whole tree. */
function nodesText(profile) {
    const pruned = profile.pruned(), nodes = profile.nodes - profile.left().nodes;
    return pruned && pruned.nodes > nodes ?
        grouped(nodes) + ' of ' + plural(pruned.nodes, 'node') : plural(nodes, 'node');
}

/* Returns ": 20,000 of 51,234 nodes" for files made from an incomplete tree, or nothing. */
function cutText(profile) {
    return profile.exact ? ': ' + nodesText(profile) + (profile.pruned() ? '' : ' of a truncated tree') : '';
}

/* Returns the name of the request in files. If the page does not have the whole tree, the name
 * says how much it has. The server's own files do not say this of a tree that the server
 * truncated. */
function requestLabel(profile) {
    return profile.name(0) + (profile.pruned() ? ' [' + nodesText(profile) + ']' : '');
}

/* Returns the length at which stacks must be cut to fit. */
function foldedLongest(profile, lengths) {
    let all = 0, longest = 0;
    for (const length of lengths) {
        all += length + FOLDED_COUNT;
        longest = Math.max(longest, length);
    }
    if (all <= FOLDED_MOST)
        return longest;
    return Math.max(lengths[0], Math.floor(FOLDED_MOST / profile.nodes) - FOLDED_COUNT);
}

/* Returns self time by node. The self time of frames that were cut counts for the last frame that
 * is left. */
function cutStacks(profile, lengths, longest) {
    const self = profile.self.slice(), cut = new Float64Array(profile.nodes);
    for (let i = profile.nodes - 1; i > 0; i--) {
        if (lengths[i] <= longest)
            continue;
        cut[profile.parent[i]] += self[i] + cut[i];
        self[i] = cut[i] = 0;
    }
    return {self, cut};
}

/* Times are microseconds, rounded so that their sum is the rounded time of the request. */
function foldedText(profile) {
    const labels = Array.from({length: profile.functions}, (_, f) => foldedLabel(profile, f));
    const lengths = new Float64Array(profile.nodes), lines = [], path = [];
    for (let i = 0; i < profile.nodes; i++)
        lengths[i] = labels[profile.func[i]].length + (i ? lengths[profile.parent[i]] + 1 : 0);
    const longest = foldedLongest(profile, lengths);
    const {self, cut} = cutStacks(profile, lengths, longest);
    let totalNs = 0, totalUs = 0;
    const line = (stack, ns) => {
        totalNs += ns;
        const us = Math.floor((totalNs + 500) / 1000) - totalUs;
        totalUs += us;
        if (us > 0)
            lines.push(stack + ' ' + us + '\n');
    };
    for (let i = 0; i < profile.nodes; i++) {
        if (lengths[i] > longest)
            continue;
        const depth = profile.depth[i];
        path[depth] = (depth ? path[depth - 1] + ';' : '') + labels[profile.func[i]];
        line(path[depth], self[i]);
        line(path[depth] + ';[deeper frames]', cut[i]);
    }
    return lines;
}

/* ----------------------------------------------------------------- speedscope */

const SPEEDSCOPE_MOST = 2000000; /* frames in all stacks of a sampled profile */

function speedscopeFrame(profile, func) {
    const frame = {name: func ? profile.label(func) : requestLabel(profile)};
    if (func && profile.file(func) && profile.file(func) !== '~') {
        frame.file = profile.file(func);
        if (profile.lineOf[func] > 0)
            frame.line = profile.lineOf[func];
    }
    return frame;
}

/* Joins neighbouring moments in the same node. */
function timelineRuns(profile) {
    const runs = [], tl = profile.timeline;
    for (let i = 0; tl && i < tl.count; i++) {
        const last = runs[runs.length - 1];
        if (last && last.node === tl.node[i])
            last.ns += tl.dt[i];
        else
            runs.push({node: tl.node[i], ns: tl.dt[i]});
    }
    return runs;
}

function sampledProfile(profile, runs) {
    return {
        type: 'sampled',
        samples: runs.map(run => profile.pathTo(run.node).map(node => profile.func[node])),
        weights: runs.map(run => run.ns / 1e9),
    };
}

/* Makes events from the tree. The self time of a node comes before its children. */
function eventedProfile(profile) {
    const events = [], open = [];
    let ns = 0;
    const close = () => events.push({type: 'C', frame: profile.func[open.pop()], at: ns / 1e9});
    for (let i = 0; i < profile.nodes; i++) {
        while (open.length > profile.depth[i])
            close();
        events.push({type: 'O', frame: profile.func[i], at: ns / 1e9});
        open.push(i);
        ns += profile.self[i];
    }
    while (open.length)
        close();
    return {type: 'evented', events};
}

function speedscopeText(profile) {
    const runs = timelineRuns(profile), name = requestLabel(profile);
    const entries = runs.reduce((sum, run) => sum + profile.depth[run.node] + 1, 0);
    const sampled = entries > 0 && entries <= SPEEDSCOPE_MOST;
    const {type, ...rest} = sampled ? sampledProfile(profile, runs) : eventedProfile(profile);
    const ns = sampled ? runs.reduce((sum, run) => sum + run.ns, 0) : profile.total[0];
    return JSON.stringify({
        $schema: 'https://www.speedscope.app/file-format-schema.json',
        exporter: 'uwsgi-profiler', name, activeProfileIndex: 0,
        shared: {frames: Array.from({length: profile.functions},
                                    (_, f) => speedscopeFrame(profile, f))},
        profiles: [{type, name, unit: 'seconds', startValue: 0, endValue: ns / 1e9, ...rest}],
    }) + '\n';
}

/* ------------------------------------------------------------------ downloads */

/* Returns "GET.orders-42.80ms", like the names of the server's files; of a merge
 * "GET.orders.50-requests.4012ms". An incomplete tree is named
 * so: "GET.orders-42.80ms.20000-of-51234-nodes". */
function downloadName(profile, isExact) {
    const {meta} = profile, {merged} = meta;
    const [method, path] = !merged ? [meta.method, meta.path || ''] : [merged.methods.join('-'),
        merged.routes.length > 1 ? plural(merged.routes.length, 'route') : merged.routes[0]];
    const name = path.replace(/[^\w.~-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 100);
    return [method || 'request', name || 'root', ...(merged ? [plural(merged.count, 'request').replace(/,/g, '')] : []),
            Math.round(meta.wall_ns / 1e6) + 'ms',
            ...(isExact || !profile.pruned() ? [] : [nodesText(profile).replace(/,/g, '')])]
        .join('.').replace(/[^\w.~-]/g, '-');
}

/* Downloads always have the whole request, even if a range is shown. */
const DOWNLOADS = [
    {name: '.prof', ending: '.prof', type: 'application/octet-stream',
     title: 'opens in SnakeViz (snakeviz FILE), pstats, gprof2dot', isExact: true,
     make: page => [profBytes(page.part.whole, page.part.stats)]},
    {name: 'speedscope', ending: '.speedscope.json', type: 'application/json',
     title: 'opens in speedscope.app: drop the file on that page',
     make: page => [speedscopeText(page.part.whole)]},
    {name: 'folded', ending: '.folded', type: 'text/plain;charset=utf-8',
     title: 'opens in flamegraph.pl and inferno (inferno-flamegraph FILE)',
     make: page => foldedText(page.part.whole)},
    {name: 'json', ending: '.json', type: 'application/json',
     title: 'the data of this page, for jq and for scripts', make: page => [page.json()]},
];

/* No Content-Security-Policy can forbid a link to a Blob. */
function download(page, format) {
    const url = URL.createObjectURL(new Blob(format.make(page), {type: format.type}));
    const link = attributes(make('a'), {
        href: url, download: downloadName(page.part.whole, format.isExact) + format.ending});
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}
