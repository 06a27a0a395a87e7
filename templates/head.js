/* The head: the request, its response and its cost; notices; downloads. */
'use strict';

/* Returns the address if a click on it is safe: http, https or a relative address. The browser
 * itself reads it, as it drops tabs and newlines in "java\tscript:". */
function safeLink(location) {
    try {
        return /^https?:$/.test(new URL(location, 'http://localhost/').protocol) ? location : null;
    } catch (error) {
        return null;
    }
}

/* Returns the table that the server has put into the page, or ''. */
function textTable() {
    const element = document.getElementById('text');
    return element ? element.textContent.trim() : '';
}

function statusText(meta) {
    return meta.status === null || meta.status === undefined ? 'no status' : String(meta.status);
}

function statusClass(status) {
    return 'status status-' + (status ? Math.floor(status / 100) : 'none');
}

class Head {
    constructor(page, element) {
        this.page = page;
        this.meta = page.profile.meta;
        const line = make('div', 'head-line'), actions = make('div', 'actions');
        this.addRequest(line);
        this.addFigures(line);
        this.addActions(actions);
        const small = make('div', 'head-small');
        add(element, add(line, actions), small);
        this.addSplit(small);
        this.addFacts(small);
        addAgain(small, this.meta);
        addShelfLinks(page, small, this.meta);
    }

    addRequest(host) {
        const meta = this.meta, path = meta.path || '';
        const request = make('h1');
        add(request, make('bdi', '', shown(meta.method || 'request', 40) + ' ' + shown(path, 300)));
        if (meta.query)
            add(request, make('bdi', 'query', '?' + shown(meta.query, 200)));
        request.title = shown((meta.method || '') + ' ' + path + (meta.query ? '?' + meta.query : ''), 2000);
        document.title = prose(meta.wall_ns) + ' \u00b7 ' + shown((meta.method || '') + ' ' + path, 120);
        add(host, request);
    }

    addFigures(host) {
        const meta = this.meta, p = this.page.profile, line = make('p', 'figures');
        add(line, make('b', statusClass(meta.status), statusText(meta)));
        this.addAnswer(line);
        add(line, this.figure(prose(meta.wall_ns), 'wall'),
            this.figure(prose(meta.cpu_ns), 'CPU (' + percent(meta.cpu_ns, meta.wall_ns) + ')'),
            this.figure(prose(Math.max(0, meta.wall_ns - meta.cpu_ns)), 'not on CPU'),
            p.sampling ? this.figure(grouped(meta.samples || 0), 'samples') :
                this.figure(grouped(meta.calls || 0), 'calls'),
            make('span', '', p.sampling ? 'sampled every ' + milliseconds(meta.interval_ns || 0) :
                'every call counted'),
            make('span', '', 'Python ' + shown(String(meta.python || '?'), 40)),
            make('span', '', 'worker ' + (Number.isFinite(meta.worker) ? meta.worker : '?')));
        add(host, line);
    }

    figure(number, name) {
        return add(make('span'), make('b', '', number), ' ' + name);
    }

    /* The redirect or the exception of the app. */
    addAnswer(line) {
        const meta = this.meta;
        if (meta.location) {
            const safe = safeLink(meta.location), target = make(safe ? 'a' : 'span', 'redirect');
            if (safe)
                attributes(target, {href: safe, rel: 'noreferrer noopener'});
            add(line, add(make('span'), '\u2192 ', add(target, make('bdi', '', shown(meta.location, 120)))));
        }
        if (meta.exception)
            add(line, make('b', 'exception', 'raised ' + shown(meta.exception, 120)));
    }

    addSplit(host) {
        const {meta} = this, {requests} = this.page.profile;
        const parts = [{name: 'CPU', fill: 'wait-0', ns: meta.cpu_ns}];
        let rest = Math.max(0, meta.wall_ns - meta.cpu_ns);
        for (const [name, ns] of Object.entries(meta.wait_ns || {})) {
            const shownName = name === 'other' ? 'other waits' : name;
            const kind = WAIT_NAMES.findIndex(known => known.toLowerCase() === shownName.toLowerCase());
            const part = Math.min(rest, Number(ns) || 0);
            parts.push({name: this.page.profile.waitName(kind) || shown(name, 30),
                        fill: 'wait-' + (kind === NONE ? WAIT_UNKNOWN : kind), ns: part});
            rest -= part;
        }
        const seen = parts.filter(part => part.ns > NAMED_LEAST * meta.wall_ns);
        const isNamed = seen.some(part => part.fill !== 'wait-0'), notOnCpu = Math.max(0, meta.wall_ns - meta.cpu_ns);
        if (rest > 0.005 * meta.wall_ns)
            seen.push({name: restName(isNamed), fill: 'wait-' + WAIT_UNKNOWN,
                       ns: isNamed ? rest : notOnCpu});
        addSplit(host, seen.map(part => Object.assign(part, {ns: part.ns / requests})).sort((a, b) => b.ns - a.ns));
    }

    /* Facts that are hidden until the reader asks for more. */
    addFacts(host) {
        const list = this.facts = make('dl', 'head-facts'), {requests} = this.page.profile;
        const peers = (Array.isArray(this.meta.peers) ? this.meta.peers : []).slice(0, 5).map(peer =>
            ['waited for', shown(String(peer.peer), 60) + ' ' + prose((Number(peer.ns) || 0) / requests)]);
        for (const [name, text] of [...this.factList(), ...peers])
            if (text !== '' && text !== undefined && text !== null)
                add(list, add(make('div'), make('dt', '', name),
                              add(make('dd'), make('bdi', '', shown(text, 200)))));
        add(host, list);
    }

    /* Returns [[name, text], ...]; what has no text is not shown. */
    factList() {
        const meta = this.meta, started = new Date(meta.started), p = this.page.profile;
        return [['at', isNaN(started) ? meta.started : started.toLocaleString()], ['mode', meta.mode],
                ['primitive calls', !p.sampling && meta.primitive_calls !== meta.calls ?
                    grouped(meta.primitive_calls || 0) : ''],
                ['samples lost', meta.lost ? grouped(meta.lost) : ''],
                ['body', meta.response_bytes ? bytes(meta.response_bytes) : ''], /* 0: not known */
                ['uWSGI', meta.server], ['plugin', meta.plugin], ['pid', meta.pid], ['core', meta.core],
                ['id', meta.id]];
    }

    /* ---------------------------------------------------------------- buttons */

    addActions(host) {
        const page = this.page, menu = make('details', 'menu');
        const items = attributes(make('div', 'menu-items'), {role: 'group', 'aria-label': 'Download'});
        for (const format of DOWNLOADS) {
            const title = format.title + (format.isExact ? '' : cutText(page.profile));
            const item = button(format.name, title, () => {
                download(page, format);
                menu.open = false;
            });
            item.dataset.format = format.name;
            add(items, add(item, make('span', 'hint', ' ' + title)));
        }
        if (textTable())
            add(items, attributes(add(button('copy table', 'The text table, as in the log', () => {
                page.copy(textTable() + '\n', 'The table was copied');
                menu.open = false;
            }), make('span', 'hint', ' the text table, as in the log')), {id: 'copy-table'}));
        add(menu, make('summary', '', 'Download'), items);
        menu.firstChild.title = 'Other formats, made in this page';
        document.addEventListener('click', event => {
            if (!menu.contains(event.target))
                menu.open = false;
        });
        menu.addEventListener('keydown', event => {
            if (event.key === 'Escape') {
                menu.open = false;
                menu.firstChild.focus();
                event.stopPropagation();
            }
        });
        const about = 'More about ' + page.profile.requestWord();
        const more = button('\u2026', about, () => this.facts.classList.toggle('open'));
        more.classList.add('more');
        attributes(more, {'aria-label': about});
        const theme = button('\u25d0', 'Light or dark (t)', () => page.toggleTheme());
        const help = button('?', 'Keys and words (?)', () => showHelp(page));
        attributes(theme, {'aria-label': 'Light or dark'});
        attributes(help, {'aria-label': 'Help: keys and words'});
        add(host, fileButton(file => page.compareWith(file)), menu, more, theme, help);
    }
}

/* Says how much of the profile the tree contains, and where the rest is. */
function lackText(profile, stats) {
    const {calls, ofCalls, ns} = lackOf(profile, stats);
    const part = profile.sampling ? percent(calls, ofCalls) + ' of the frames that samples saw' :
        grouped(calls) + ' of ' + plural(ofCalls, 'call') + ' (' + percent(calls, ofCalls) + ')';
    const places = [[profile.left().ns, 'rows \u201cnot in the tree\u201d'],
                    [ns - profile.left().ns, 'the self time of its callers']]
        .filter(([time]) => time > 0.0005 * profile.total[0])
        .map(([time, where]) => where + ': ' + prose(time) + ', ' + percent(time, profile.total[0]) + ' of the time');
    return 'The call tree has ' + nodesText(profile) + ', with ' + part + '.' +
        (places.length ? ' The rest is in ' + places.join('; in ') + '.' : '') +
        ' Functions, callers and callees are exact.';
}

/* Shows the notices: reasons why the figures are incomplete or inexact. */
function addNotices(host, profile, stats) {
    host.hidden = true;
    for (const text of noticeTexts(profile, stats))
        addNotice(host, text);
}

function addNotice(host, text) {
    add(host, make('p', '', shown(text, 10000))).hidden = false;
}

function noticeTexts(profile, stats = null) {
    const given = profile.notices();
    const notices = given.map(notice => notice.text);
    if (profile.isUnseen() && !given.some(notice => notice.code === 'no-samples'))
        notices.push('No samples were taken: the request ended before the first one.');
    if (profile.exact)
        notices.push(lackText(profile, stats || new Stats(profile)));
    return notices;
}
