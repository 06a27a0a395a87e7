/* Facts about the requests of a merge: sums, and how the requests differ. */
'use strict';

/* Adds to the count of a key. */
function countIn(map, key, more = 1) {
    map.set(key, (map.get(key) || 0) + more);
}

/* Returns the text if there is only one, or null. */
function onlyOf(texts) {
    return texts.size === 1 ? [...texts.keys()][0] : null;
}

const SUMMED = ['wall_ns', 'cpu_ns', 'response_bytes', 'calls', 'primitive_calls', 'samples', 'lost'];
/* Texts that may differ: each with the number of its requests. */
const DIFFERING = ['method', 'path', 'mount', 'query', 'status', 'exception', 'python', 'server', 'plugin', 'worker',
                   'interval_ns'];

class MergedMeta {
    constructor() {
        this.mode = null;
        this.count = 0;
        this.first = null; /* meta of the first profile: how functions are sorted */
        this.sums = {};
        this.seen = Object.fromEntries([...DIFFERING, 'route'].map(name => [name, new Map()]));
        this.waits = new Map();
        this.notices = new Map();
        this.peers = new Map();
        this.perRequest = {ids: [], wall_ns: [], cpu_ns: [], started: []};
    }

    add(meta, mode) {
        this.mode = mode;
        this.first = this.first || meta;
        this.count++;
        for (const name of SUMMED)
            if (Number.isFinite(meta[name]))
                this.sums[name] = (this.sums[name] || 0) + meta[name];
        for (const name of DIFFERING)
            if (meta[name] !== undefined && meta[name] !== null)
                countIn(this.seen[name], meta[name]);
        countIn(this.seen.route, this.routeOf(meta));
        for (const [kind, ns] of Object.entries(meta.wait_ns || {}))
            countIn(this.waits, kind, ns);
        for (const notice of meta.notices || [])
            itemOf(this.notices, notice.code, () => ({text: notice.text, profiles: 0})).profiles++;
        for (const {peer, wait, ns} of meta.peers || [])
            countIn(this.peers, wait + '\0' + peer, ns);
        this.addRequest(meta);
    }

    addRequest(meta) {
        this.perRequest.ids.push(meta.id || '');
        this.perRequest.wall_ns.push(meta.wall_ns || 0);
        this.perRequest.cpu_ns.push(meta.cpu_ns || 0);
        this.perRequest.started.push(meta.started || '');
    }

    routeOf(meta) {
        return isText(meta.route) ? meta.route : meta.path || '';
    }

    /* Returns "50 requests of GET /search", or "50 requests of 3 routes". */
    label() {
        const methods = [...this.seen.method.keys()], {route} = this.seen;
        const where = route.size > 1 ? plural(route.size, 'route') : methods.join(', ') + ' ' + onlyOf(route);
        return plural(this.count, 'request') + ' of ' + where.trim();
    }

    /* Returns the values of all requests, each once: "3.11.2, 3.12.1". */
    joined(name) {
        return [...this.seen[name].keys()].join(', ');
    }

    noticeList() {
        const notices = Array.from(this.notices, ([code, {text, profiles}]) => ({
            code, profiles, text: profiles === this.count ? 'all ' + plural(profiles, 'profile') + ': ' + text :
                grouped(profiles) + ' of ' + plural(this.count, 'profile') + ': ' + text}));
        const intervals = this.intervals();
        if (intervals.length > 1)
            notices.push({code: 'intervals', text: 'the profiles were sampled at different intervals (' +
                intervals.map(([ns, count]) => milliseconds(ns) + ': ' + plural(count, 'profile')).join(', ') +
                '): times add up, but a sample does not always stand for the same time'});
        return notices;
    }

    intervals() {
        return [...this.seen.interval_ns].sort((a, b) => a[0] - b[0]);
    }

    peerList() {
        return Array.from(this.peers, ([key, ns]) => {
            const [, wait, peer] = /^(\d*)[^\0]*\0(.*)$/s.exec(key);
            return {peer, wait: Number(wait), ns};
        }).sort((a, b) => b.ns - a.ns);
    }

    /* The object meta of the report. What only one request has is null or absent. */
    columns() {
        const {seen, perRequest} = this, started = perRequest.started.filter(Boolean).sort();
        const counts = name => [...seen[name]].sort((a, b) => b[1] - a[1]);
        const meta = Object.assign({
            id: perRequest.ids.join(','), mode: this.mode, method: onlyOf(seen.method), path: onlyOf(seen.path),
            mount: onlyOf(seen.mount), query: onlyOf(seen.query), route: onlyOf(seen.route),
            status: onlyOf(seen.status), exception: null, location: null, started: started[0] || null,
            wait_ns: Object.fromEntries(this.waits), sort_by: this.first.sort_by || [],
            restrictions: this.first.restrictions || [], python: this.joined('python'), server: this.joined('server'),
            plugin: this.joined('plugin'), worker: onlyOf(seen.worker), notices: this.noticeList(),
            peers: this.peerList(),
        }, this.sums);
        if (seen.interval_ns.size)
            meta.interval_ns = Math.max(...seen.interval_ns.keys());
        meta.merged = {
            count: this.count, ids: perRequest.ids, wall_ns: perRequest.wall_ns, cpu_ns: perRequest.cpu_ns,
            started: started.length ? [started[0], started[started.length - 1]] : [],
            routes: counts('route').map(([route]) => route), methods: counts('method').map(([method]) => method),
            statuses: counts('status'), exceptions: counts('exception'), intervals: this.intervals(), skipped: [],
        };
        return meta;
    }
}
