/* The view of profiles: one row each. */
'use strict';

const PROFILE_COLUMNS = [
    ['check', '', 'Check profiles to merge or compare them'],
    ['time', 'Time', 'When the request began'],
    ['method', 'Method', 'The request\u2019s method'],
    ['path', 'Path', 'The path and the query; a link to the profile'],
    ['status', 'Status', 'The status of the response'],
    ['elapsed_ms', 'Duration', 'Wall time of the request; dark: on CPU'],
    ['cpu_ms', 'CPU', 'Time on CPU'],
    ['wait_ms', 'Waits', 'Time that the request waited'],
    ['mode', 'Mode', 'deterministic: every call counted; sampling: sampled'],
    ['worker', 'Worker', 'The number of the worker'],
    ['notices', 'Notices', 'What the profile lacks, and the exception'],
    ['bytes', 'Files', 'Downloads; sorts by their size'],
];
const NUMBER_COLUMNS = ['status', 'cpu_ms', 'wait_ms', 'worker'];
const FRESH_MS = 4000;

class ProfilesView {
    constructor(shelf) {
        this.shelf = shelf;
        this.scale = this.scaledRows = 0;
        this.fresh = new Set();
        const columns = PROFILE_COLUMNS.map(([key, name, hint]) => ({
            key, name, hint, isSorted: key !== 'check',
            className: 'c-' + key + (NUMBER_COLUMNS.includes(key) ? ' number' : '')}));
        this.grid = new Grid(shelf, 'profiles', 'Profiles', columns, {
            create: () => this.createCells(), render: (cells, row, element) => this.render(cells, row, element),
            open: row => this.open(row)});
        const {box} = this.grid.list;
        this.more = button('', 'Scroll to the newest', () => this.showNewest());
        this.more.classList.add('more-above');
        this.more.hidden = true;
        this.above = 0;
        this.element = add(make('div', 'view profiles'), box, this.more);
        box.addEventListener('scroll', () => this.scrolled(), {passive: true});
        box.addEventListener('click', event => this.click(event));
    }

    feed(parameters, changed) {
        const {sort, order} = this.shelf.state;
        return new RowFeed(askIndex, Object.assign({sort, order}, parameters), changed);
    }

    /* ------------------------------------------------------------------- rows */

    createCells() {
        const cells = {};
        for (const {key, className} of this.grid.columns)
            cells[key] = key === 'elapsed_ms' ? createBar() : make('span', className);
        cells.elapsed_ms.classList.add('c-elapsed_ms');
        cells.check.input = attributes(make('input'), {type: 'checkbox', tabindex: '-1'});
        cells.path.link = attributes(make('a', 'label'), {tabindex: '-1'});
        add(cells.check, cells.check.input);
        add(cells.path, add(make('bdi', 'path'), cells.path.link));
        return cells;
    }

    render(cells, row, element) {
        const text = pathText(row), link = linkOf(row), isChecked = this.shelf.chosen.has(row.id);
        setText(cells.time, timeText(row.time, this.shelf.now()));
        cells.time.title = fullTime(row.time);
        setText(cells.method, shown(row.method, 20));
        setText(cells.path.link, text);
        this.renderLink(cells.path.link, row, link);
        this.renderStatus(cells.status, row);
        this.renderDuration(cells.elapsed_ms, row);
        for (const key of ['cpu_ms', 'wait_ms'])
            setText(cells[key], durationText(row[key], this.unit));
        setText(cells.mode, shown(row.mode, 20));
        setText(cells.worker, isKnown(row.worker) ? row.worker : '');
        this.renderNotices(cells.notices, row);
        this.renderFiles(cells.bytes, row);
        cells.check.input.checked = isChecked;
        attributes(cells.check.input, {'aria-label': 'Check ' + row.method + ' ' + text});
        attributes(element, {'aria-selected': isChecked, 'aria-label': this.labelOf(row, text)});
        element.classList.toggle('checked', isChecked);
        element.classList.toggle('fresh', this.fresh.has(row.id));
        element.classList.toggle('marked', this.shelf.chosen.isMarked(row.id));
    }

    labelOf(row, text) {
        return row.method + ' ' + text + ', ' + (row.status || 'no status') + ', ' +
            (isKnown(row.elapsed_ms) ? durationProse(row.elapsed_ms) : 'no duration') + ', ' +
            timeText(row.time, this.shelf.now());
    }

    renderLink(link, row, href) {
        link.title = pathText(row) + '\nroute ' + shown(row.route, 200) + '\nid ' + row.id +
            (href === null ? '\nstored without json: there is no page' : '');
        if (href === null)
            link.removeAttribute('href');
        else
            link.setAttribute('href', href);
    }

    renderStatus(cell, row) {
        setText(cell, row.status || '\u2013');
        cell.className = 'c-status number status-' + String(row.status || 0)[0];
        cell.title = row.status ? '' : 'no response, or none was begun';
    }

    renderDuration(cell, row) {
        const total = isKnown(row.elapsed_ms) ? row.elapsed_ms : 0;
        const part = name => isKnown(row[name]) ? durationProse(row[name]) : 'not known';
        setBar(cell, total / this.scale, (row.cpu_ms || 0) / this.scale, durationText(row.elapsed_ms, this.unit));
        cell.title = part('elapsed_ms') + '; on CPU: ' + part('cpu_ms') + '; waits: ' + part('wait_ms');
        cell.classList.toggle('over', total > this.scale);
    }

    renderNotices(cell, row) {
        const names = row.notices.map(name => shown(name, 30));
        clear(cell);
        if (row.exception)
            add(cell, make('span', 'exception', shown(row.exception, 60)), names.length ? ', ' : '');
        add(cell, names.join(', '));
        cell.title = cell.textContent;
    }

    renderFiles(cell, row) {
        const endings = endingsOf(row), key = row.id + endings;
        if (cell.key === key)
            return;
        cell.key = key;
        clear(cell).title = isKnown(row.bytes) ? bytes(row.bytes) : '';
        for (const ending of endings)
            add(cell, attributes(make('a', '', ending.replace(/\..*/, '')), {
                href: row.id + '.' + ending, tabindex: '-1', download: '', title: 'Download .' + ending}), ' ');
    }

    /* ---------------------------------------------------------------- changes */

    /* The bars' scale fits nearly all rows: one very long request does not shrink the other bars. */
    rescale(rows) {
        if (rows.length < this.scaledRows * 1.2 && rows.length >= this.scaledRows)
            return;
        const durations = Float64Array.from(rows.filter(row => isKnown(row.elapsed_ms)), row => row.elapsed_ms).sort();
        const slowest = durations.length ? durations[durations.length - 1] : 1;
        const most = durations.length ? percentile(durations, 0.95) : 1;
        this.scaledRows = rows.length;
        this.scale = slowest > 2 * most ? most * 1.25 : slowest;
        this.scale = this.scale || 1;
        this.unit = columnUnit(slowest * NS_PER_MS);
    }

    update(feed) {
        this.rescale(feed.rows);
        const inUnits = name => name + ' ' + this.unit.name;
        this.grid.renderHead({elapsed_ms: inUnits('Duration'), cpu_ms: inUnits('CPU'), wait_ms: inUnits('Waits')});
        this.grid.show(feed.rows, feed.isWhole, row => row.id);
        this.rows = feed.rows;
    }

    /* Another list: its scale, and its beginning. */
    begin() {
        this.scaledRows = 0;
        this.above = 0;
        this.more.hidden = true;
        this.grid.list.box.scrollTop = 0;
    }

    /* Lights up new rows for a while; counts those that are out of sight. */
    showFresh(rows) {
        const {sort, order} = this.shelf.state;
        for (const row of rows)
            this.fresh.add(row.id);
        setTimeout(() => {
            for (const row of rows)
                this.fresh.delete(row.id);
            this.grid.list.draw();
        }, FRESH_MS);
        this.grid.list.draw();
        if (sort === 'time' && order === 'desc' && this.grid.list.box.scrollTop > 0) {
            this.above += rows.length;
            setText(this.more, '\u2191 ' + plural(this.above, 'new profile'));
            this.more.hidden = false;
        }
    }

    showNewest() {
        this.grid.list.box.scrollTop = 0;
        this.grid.list.box.focus();
    }

    scrolled() {
        if (this.grid.list.box.scrollTop === 0) {
            this.above = 0;
            this.more.hidden = true;
        }
        this.shelf.loadAhead(this.grid.lastInSight());
    }

    summary(feed) {
        const parts = [grouped(feed.rows.length) + ' shown'];
        if (feed.isWhole || feed.matched > feed.rows.length)
            parts.push(grouped(Math.max(feed.matched, feed.rows.length)) + (feed.isWhole ? ' match' : ' match so far'));
        return parts;
    }

    count(feed) {
        return feed.rows.length;
    }

    /* ---------------------------------------------------------- clicks and keys */

    open(row) {
        const link = linkOf(row);
        if (link === null)
            this.shelf.say('This profile was stored without json: there is no page');
        else
            location.assign(link);
    }

    click(event) {
        const index = this.grid.list.indexOf(event);
        if (index === NONE || !event.target.closest('.c-check'))
            return;
        if (event.shiftKey && this.lastChecked !== undefined)
            this.checkRange(this.lastChecked, index);
        else
            this.shelf.chosen.toggle(this.rows[index]);
        this.lastChecked = index;
    }

    checkRange(from, to) {
        for (let i = Math.min(from, to); i <= Math.max(from, to); i++)
            if (this.rows[i] && !this.shelf.chosen.has(this.rows[i].id))
                this.shelf.chosen.toggle(this.rows[i]);
        this.grid.list.draw();
    }

    key(event) {
        const row = this.grid.activeItem();
        if (event.key !== ' ' || !row)
            return this.grid.handleKey(event);
        this.lastChecked = this.grid.index();
        this.shelf.chosen.toggle(row);
        return true;
    }
}
