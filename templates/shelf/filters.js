/* The line of controls: views, search and filters. */
'use strict';

const SEARCH_MS = 200;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const STATUSES = [['', 'any status'], ['2xx', '2xx'], ['3xx', '3xx'], ['4xx', '4xx'], ['5xx', '5xx'],
                  ['-', 'no status']];
const MODES = [['', 'any mode'], ['sampling', 'sampling'], ['deterministic', 'deterministic']];
const NOTICES = [ /* as in plugin/profile/profile.c */
    'truncated', 'memory', 'callback-replaced', 'other-profiler', 'greenlets', 'threads', 'thinned', 'deep',
    'waits-unknown', 'no-samples', 'time', 'harakiri', 'mercy', 'forked', 'no-own-code', 'source-encoding',
    'client-left',
];
const TIMES = [['', 'any time'], ['900', 'last 15 minutes'], ['3600', 'last hour'], ['86400', 'last day'],
               ['604800', 'last week'], ['between', 'between\u2026']];
const SORT_NAMES = {
    time: 'time', method: 'method', path: 'path', status: 'status', elapsed_ms: 'duration', cpu_ms: 'CPU',
    wait_ms: 'waits', mode: 'mode', worker: 'worker', notices: 'notices', bytes: 'size of files', route: 'route',
    share: 'share of time', count: 'requests', median: 'median', p95: 'p95', slowest: 'slowest',
};
const VIEW_NAMES = [['profiles', 'Profiles'], ['routes', 'Routes']];

/* Returns the text of a datetime-local field for seconds since 1970, and back. */
function fieldTime(seconds) {
    if (!/^\d+(\.\d+)?$/.test(seconds))
        return '';
    const time = new Date(Number(seconds) * 1000), offsetMs = time.getTimezoneOffset() * 60000;
    return new Date(time.getTime() - offsetMs).toISOString().slice(0, 16);
}

function secondsOf(text) {
    const time = new Date(text).getTime();
    return isNaN(time) ? '' : String(Math.floor(time / 1000));
}

class Filters {
    constructor(shelf, element) {
        this.shelf = shelf;
        this.element = element;
        this.seen = {method: new Set(METHODS), notice: new Set(NOTICES)};
        this.makeTabs();
        this.makeSearch();
        this.makeFilters();
        this.toggle = button('Filters', 'Filters and sort order', () => this.open());
        this.toggle.classList.add('options-button');
        attributes(this.toggle, {'aria-expanded': 'false', 'aria-controls': 'filters'});
        add(element, this.tabs, this.searchBox, this.toggle, this.box);
    }

    makeTabs() {
        this.tabs = attributes(make('div', 'tabs'), {role: 'tablist', 'aria-label': 'Views'});
        VIEW_NAMES.forEach(([name, title], i) => {
            const tab = button(title, title + ' (' + (i + 1) + ')', () => this.shelf.showView(name));
            attributes(tab, {role: 'tab', id: 'tab-' + name, 'aria-controls': 'view'}).dataset.view = name;
            add(this.tabs, tab);
        });
        this.tabs.addEventListener('keydown', event => {
            if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')
                return;
            this.shelf.showView(this.shelf.state.view === 'routes' ? 'profiles' : 'routes');
            this.tabs.querySelector('[aria-selected=true]').focus();
            event.preventDefault();
        });
    }

    makeSearch() {
        this.input = attributes(make('input'), {
            type: 'search', placeholder: 'Search in path and id', 'aria-label': 'Search in path and id',
            spellcheck: 'false', autocomplete: 'off'});
        this.searchBox = add(make('div', 'search'), this.input);
        this.typed(this.input, 'q');
        this.input.addEventListener('keydown', event => {
            if (event.key === 'Escape')
                this.set('q', '');
            if (event.key === 'Escape' || event.key === 'Enter') {
                this.shelf.focusView();
                event.preventDefault();
                event.stopPropagation();
            }
        });
    }

    /* A field that filters while the reader types. */
    typed(input, name) {
        const apply = debounce(() => this.set(name, input.value.trim(), false), SEARCH_MS);
        input.addEventListener('input', apply);
    }

    /* Typing does not add to the browser's history; other changes do. */
    set(name, value, isNew = true) {
        if (this.shelf.state[name] !== value)
            this.shelf.go({[name]: value}, isNew);
    }

    makeFilters() {
        const {state} = this.shelf;
        const select = (name, label, options) => choice(label, options, state[name], value => this.set(name, value));
        this.selects = {
            method: select('method', 'Method', [['', 'any method']]),
            status: select('status', 'Status', STATUSES),
            mode: select('mode', 'Mode', MODES),
            notice: select('notice', 'Notice', [['', 'any notices'], ['any', 'with a notice']]),
        };
        this.min = attributes(make('input', 'least'), {type: 'number', min: '0', step: 'any', inputmode: 'decimal',
                                                       placeholder: 'ms', 'aria-label': 'Shortest duration in ms'});
        this.typed(this.min, 'min');
        this.makeTimes();
        this.sort = choice('Sort', [], '', value => this.shelf.go({sort: value, order: firstOrder(value)}));
        this.sort.classList.add('narrow');
        this.route = button('', 'Show all routes', () => this.set('route', ''));
        this.route.classList.add('route-filter');
        this.clearing = button('Clear filters', 'Show all profiles', () => this.shelf.clearFilters());
        this.box = attributes(make('div', 'filters'), {id: 'filters'});
        add(this.box, this.selects.method, this.selects.status, this.selects.mode, this.selects.notice,
            add(make('label', 'field'), 'at least ', this.min, ' ms'), this.times, this.between, this.sort, this.route,
            this.clearing);
    }

    makeTimes() {
        this.times = choice('Time', TIMES, '', value => this.chooseTime(value));
        const field = (name, label) => {
            const input = attributes(make('input'), {type: 'datetime-local', 'aria-label': label});
            input.addEventListener('change', () => this.set(name, secondsOf(input.value)));
            return this[name] = input;
        };
        this.between = add(make('span', 'between'), field('since', 'From'), ' to ', field('until', 'To'));
        this.isBetween = false;
    }

    chooseTime(value) {
        this.isBetween = value === 'between';
        this.shelf.go({last: this.isBetween ? '' : value, since: '', until: ''});
    }

    open() {
        this.element.classList.toggle('open');
        this.toggle.setAttribute('aria-expanded', this.element.classList.contains('open'));
    }

    /* ---------------------------------------------------------------- changes */

    /* Offers the values that are in the rows or in the address. */
    see(rows) {
        for (const row of rows) {
            if (row.method)
                this.seen.method.add(row.method);
            for (const name of row.notices)
                this.seen.notice.add(name);
        }
    }

    update() {
        const {state} = this.shelf;
        for (const tab of this.tabs.children) {
            const isShown = tab.dataset.view === state.view;
            attributes(tab, {'aria-selected': isShown, tabindex: isShown ? '0' : '-1'});
        }
        for (const [input, name] of [[this.input, 'q'], [this.min, 'min']])
            if (document.activeElement !== input || !state[name])
                input.value = state[name];
        this.min.classList.toggle('active', state.min !== '');
        this.updateSelects(state);
        this.updateTimes(state);
        this.route.hidden = !state.route;
        setText(this.route, 'route ' + shown(state.route, 60) + ' \u00d7');
        this.clearing.hidden = !hasFilters(state);
        const count = FILTERS.filter(name => name !== 'q' && state[name]).length;
        setText(this.toggle, count ? 'Filters: ' + count : 'Filters');
        this.toggle.classList.toggle('active', count > 0);
    }

    updateSelects(state) {
        for (const name of Object.keys(this.selects)) {
            const select = this.selects[name], known = new Set(Array.from(select.options, option => option.value));
            for (const value of [...(this.seen[name] || []), state[name]])
                if (!known.has(value)) {
                    known.add(value);
                    select.append(new Option(shown(value, 40), value));
                }
            select.value = state[name];
            select.classList.toggle('active', state[name] !== '');
        }
        clear(this.sort);
        for (const sort of SORTS[state.view])
            this.sort.append(new Option('by ' + SORT_NAMES[sort], sort, false, sort === state.sort));
    }

    updateTimes(state) {
        if (state.since || state.until)
            this.isBetween = true;
        else if (state.last)
            this.isBetween = false;
        if (state.last && !TIMES.some(([value]) => value === state.last) && !this.times.namedItem('custom'))
            this.times.append(attributes(new Option('last ' + shown(state.last, 12) + ' s', state.last),
                                         {id: 'custom'}));
        this.times.value = this.isBetween ? 'between' : state.last;
        this.times.classList.toggle('active', Boolean(state.last || this.isBetween));
        this.between.hidden = !this.isBetween;
        for (const name of ['since', 'until'])
            if (document.activeElement !== this[name])
                this[name].value = fieldTime(state[name]);
    }
}
