/* The view of routes: one row for all requests of a route. The figures are exact: they come from
 * every duration. */
'use strict';

const ROUTE_COLUMNS = [
    ['route', 'Route', 'The path\u2019s route, as profiler-group names it; a link to its requests'],
    ['count', 'Requests', 'The number of its requests'],
    ['median', 'Median', 'Half of its requests were not slower'],
    ['p95', 'p95', '95 % of its requests were not slower'],
    ['slowest', 'Slowest', 'The longest request'],
    ['share', 'Share of time', 'Its part of the time of all requests'],
    ['merge', '', 'Merge its last requests'],
];
const LAST = 50; /* requests that are merged */

class RoutesView {
    constructor(shelf) {
        this.shelf = shelf;
        const columns = ROUTE_COLUMNS.map(([key, name, hint]) => ({
            key, name, hint, isSorted: key !== 'merge',
            className: 'c-' + key + (['route', 'share', 'merge'].includes(key) ? '' : ' number')}));
        this.grid = new Grid(shelf, 'routes', 'Routes', columns, {
            create: () => this.createCells(), render: (cells, route, element) => this.render(cells, route, element),
            open: route => this.open(route)});
        this.grid.list.box.addEventListener('click', event => this.click(event));
        this.element = add(make('div', 'view routes'), this.grid.list.box);
    }

    feed(parameters, changed) {
        return new RouteFeed(askIndex, parameters, changed);
    }

    createCells() {
        const cells = {};
        for (const {key, className} of this.grid.columns)
            cells[key] = key === 'share' ? createBar() : make('span', className);
        cells.share.classList.add('c-share');
        cells.route.link = attributes(make('a', 'label'), {tabindex: '-1'});
        add(cells.route, add(make('bdi', 'path'), cells.route.link));
        cells.merge.last = make('span', 'wide');
        cells.merge.button = attributes(make('button', '', 'merge'), {type: 'button', tabindex: '-1'});
        add(cells.merge, add(cells.merge.button, cells.merge.last));
        return cells;
    }

    render(cells, route, element) {
        const name = shown(route.route, 400), {count} = route;
        setText(cells.route.link, name || '(no route)');
        attributes(cells.route.link, {href: searchOf(this.requestsOf(route)), title: 'Requests of ' + name});
        setText(cells.count, grouped(count));
        for (const key of ['median', 'p95', 'slowest'])
            setText(cells[key], durationText(route[key], this.unit));
        setBar(cells.share, route.sum / this.most, 0, percent(route.sum, this.sum));
        cells.share.title = durationProse(route.sum) + ' of ' + durationProse(this.sum);
        setText(cells.merge.last, count > LAST ? ' last ' + LAST : '');
        attributes(cells.merge.button, {'aria-label': 'Merge the last ' + Math.min(count, LAST) + ' of ' + name});
        attributes(element, {'aria-label': name + ', ' + plural(count, 'request') + ', median ' +
            durationProse(route.median) + ', ' + percent(route.sum, this.sum) + ' of the time'});
    }

    requestsOf(route) {
        return Object.assign(stateOfView(this.shelf.state, 'profiles'), {route: route.route});
    }

    /* ---------------------------------------------------------------- changes */

    update(feed) {
        const routes = Array.from(feed.routes.values(), route => route.figures()), {sort, order} = this.shelf.state;
        const value = route => sort === 'share' ? route.sum : route[sort], sign = order === 'asc' ? 1 : -1;
        routes.sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : 0) || b.sum - a.sum);
        this.sum = feed.sum;
        this.most = Math.max(0, ...routes.map(route => route.sum)) || 1;
        this.unit = columnUnit(Math.max(0, ...routes.map(route => route.slowest)) * NS_PER_MS);
        const inUnits = name => name + ' ' + this.unit.name;
        this.grid.renderHead({median: inUnits('Median'), p95: inUnits('p95'), slowest: inUnits('Slowest')});
        this.grid.show(routes, feed.isWhole, route => route.route);
    }

    begin() {
        this.grid.list.box.scrollTop = 0;
    }

    showFresh() {}

    summary(feed) {
        return [plural(feed.routes.size, 'route'), plural(feed.matched, 'request') + (feed.isWhole ? '' : ' so far')];
    }

    count(feed) {
        return feed.routes.size;
    }

    /* ---------------------------------------------------------- clicks and keys */

    open(route) {
        this.shelf.go(this.requestsOf(route));
    }

    click(event) {
        const index = this.grid.list.indexOf(event), route = this.grid.items[index];
        if (index === NONE || !route)
            return;
        if (event.target.closest('.c-merge button')) {
            this.shelf.chosen.mergeLast({route: route.route});
        } else if (event.target.closest('a') && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
            event.preventDefault();
            this.open(route);
        }
    }

    key(event) {
        return this.grid.handleKey(event);
    }
}
