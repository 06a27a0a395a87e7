/* The head of a merge: its requests, their means and sums, and the spread of their durations. */
'use strict';

/* Returns "29 Nov 2026, 21:05:01 to 21:15:33", on the reader's clock. */
function timesText(first, last) {
    const [from, to] = [new Date(first), new Date(last)];
    if (isNaN(from) || isNaN(to))
        return '';
    const isOneDay = from.toDateString() === to.toDateString();
    const [text, end] = [from.toLocaleString(), to.toLocaleString()];
    return text + (text === end ? '' : ' to ' + (isOneDay ? to.toLocaleTimeString() : end));
}

class MergeHead extends Head {
    constructor(page, element) {
        super(page, element);
        this.addSpread(element);
    }

    addRequest(host) {
        const label = shown(this.page.part.whole.name(0), 300), routes = this.meta.merged.routes;
        document.title = prose(this.mean('wall_ns')) + ' \u00b7 ' + shown(label, 120);
        add(host, attributes(add(make('h1', 'wrapped'), make('bdi', '', label)),
                             {title: shown(routes.join(', '), 2000)}));
    }

    mean(name) {
        return (this.meta[name] || 0) / this.meta.merged.count;
    }

    addFigures(host) {
        const {meta} = this, {merged} = meta, line = make('p', 'figures'), p = this.page.part.whole;
        for (const [status, count] of merged.statuses)
            add(line, this.counted(statusClass(status), statusText({status}), count));
        const none = merged.count - merged.statuses.reduce((sum, [, count]) => sum + count, 0);
        if (none)
            add(line, this.counted(statusClass(null), statusText({}), none));
        for (const [name, count] of merged.exceptions)
            add(line, this.counted('exception', 'raised ' + shown(name, 120), count));
        const what = p.sampling ? 'samples' : 'calls';
        add(line, this.figure(prose(this.mean('wall_ns')), 'wall per request'),
            this.figure(prose(this.mean('cpu_ns')), 'CPU (' + percent(meta.cpu_ns, meta.wall_ns) + ')'),
            this.figure(prose(Math.max(0, this.mean('wall_ns') - this.mean('cpu_ns'))), 'not on CPU'),
            this.figure(grouped(this.mean(what)), what + ' per request'),
            add(make('span'), make('b', '', prose(meta.wall_ns)), ' and ', make('b', '', grouped(meta[what] || 0)),
                ' ' + what + ' in all'),
            make('span', '', p.sampling ? 'sampled every ' + this.intervals() : 'every call counted'),
            make('span', '', 'Python ' + shown(String(meta.python || '?'), 80)));
        add(host, line);
    }

    /* Returns "200 ×48"; without the number if all requests have it. */
    counted(className, text, count) {
        const all = count === this.meta.merged.count;
        return make('b', className, text + (all ? '' : ' \u00d7' + grouped(count)));
    }

    intervals() {
        const known = this.meta.merged.intervals.map(([ns]) => milliseconds(ns));
        return known.length > 1 ? known[0] + ' to ' + known[known.length - 1] : known[0] || '?';
    }

    /* Facts about all requests; each request's own are on its own page. */
    factList() {
        const {meta} = this, {merged} = meta;
        const when = merged.started.length ? timesText(...merged.started) : '';
        return [[when.includes(' to ') ? 'from' : 'at', when], ['mode', meta.mode],
                ['routes', merged.routes.length > 1 ? merged.routes.join(', ') : ''],
                ['samples lost', meta.lost ? grouped(meta.lost) : ''],
                ['not loaded', merged.skipped && merged.skipped.length ? grouped(merged.skipped.length) : ''],
                ['uWSGI', meta.server], ['plugin', meta.plugin], ['worker', meta.worker]];
    }

    /* How long the requests took: a histogram, and some of them. */
    addSpread(host) {
        const durations = this.meta.merged.wall_ns, {marks, counts, from, step} = spreadOf(durations);
        if (durations.length < 2)
            return;
        const most = Math.max(...counts), bars = make('span', 'spread-bars');
        counts.forEach((count, i) => {
            const bar = make('span');
            bar.style.height = 100 * count / most + '%';
            bar.title = prose(from + i * step) + ' to ' + prose(from + (i + 1) * step) + ': ' +
                plural(count, 'request');
            add(bars, bar);
        });
        attributes(bars, {role: 'img', 'aria-label': 'How long ' + plural(durations.length, 'request') +
            ' took, from ' + prose(marks[0][1]) + ' to ' + prose(marks[3][1])});
        const figures = make('span', 'figures');
        for (const [name, ns, request] of marks)
            add(figures, add(make('span'), name + ' ', this.linkTo(request, prose(ns))));
        add(host, add(make('div', 'spread'), make('span', 'hint', 'Durations'), bars, figures));
    }

    /* The page of one request, where the shelf has it. */
    linkTo(request, text) {
        const id = this.meta.merged.ids[request];
        return readShelf() && ID.test(id) ? attributes(make('a', '', text), {href: id, title: 'Open this request'}) :
            make('b', '', text);
    }
}
