/* Reads index.json. The server answers in slices, each computed in a moment: a feed asks for one
 * after the other. A poll asks only for lines that are new. */
'use strict';

const FIRST_ROWS = 100, MORE_ROWS = 500; /* rows of the first answer, few so that it comes soon; of the others */

/* The index was rewritten: all of it must be read again. */
class Restarted extends Error {}

class Feed {
    /* ask(parameters) resolves to an answer of index.json; changed() is called after each answer
     * that changed something. */
    constructor(ask, parameters, changed) {
        this.ask = ask;
        this.parameters = parameters;
        this.changed = changed;
        this.newest = null; /* where the next poll starts; null: nothing was read yet */
        this.isWhole = false;
        this.isStopped = false;
        this.loading = null;
        this.scanned = this.matched = this.unreadable = this.left = 0;
        this.wanted = MORE_ROWS;
    }

    stop() {
        this.isStopped = true;
    }

    async request(parameters) {
        const answer = await this.ask(Object.assign({}, this.parameters, parameters));
        if (answer.restart)
            throw new Restarted();
        return answer;
    }

    count(answer) {
        this.scanned += answer.scanned;
        this.matched += answer.matched;
        this.unreadable += answer.unreadable;
    }

    /* Loads until there are that many rows, or all. There is one load at a time. */
    load(wanted) {
        this.wanted = Math.max(this.wanted, wanted);
        if (!this.loading)
            this.loading = this.loadSlices().finally(() => { this.loading = null; });
        return this.loading;
    }

    async loadSlices() {
        while (!this.isStopped && this.needsMore())
            await this.loadMore();
    }

    /* Polls start at the end of the index that the first answer names. */
    note(answer) {
        if (this.newest === null)
            this.newest = answer.newest;
        this.left = answer.left;
    }

    /* Resolves to the answers with new lines, from the oldest to the newest. */
    async poll() {
        const answers = [], page = {after: this.newest, limit: MORE_ROWS, sort: 'time', order: 'asc'};
        let answer = await this.request(page);
        answers.push(answer);
        while (answer.next !== null) {
            answer = await this.request(Object.assign({cursor: answer.next}, page));
            answers.push(answer);
        }
        this.newest = answer.newest;
        for (const one of answers)
            this.count(one);
        return answers.filter(one => one.scanned);
    }
}

/* ----------------------------------------------------------------------- rows */

/* Returns the row with every member in its place: an older line lacks some. */
function completeRow(row) {
    const complete = Object.assign({method: '', path: '', query: '', mode: '', route: ''}, row);
    for (const name of ['method', 'path', 'query', 'mode', 'route'])
        complete[name] = row[name] === null || row[name] === undefined ? '' : String(row[name]);
    complete.notices = row.notices || [];
    complete.files = row.files || [];
    return complete;
}

function sortValue(row, sort) {
    const value = sort === 'notices' ? row.notices.length : row[sort];
    return value === undefined ? null : value;
}

/* Compares as the server does: rows without a value are last in both orders. */
function rowComparison(sort, isUp) {
    return (a, b) => {
        const x = sortValue(a, sort), y = sortValue(b, sort);
        if (x === null || y === null)
            return (x === null) - (y === null);
        return (x < y ? -1 : x > y ? 1 : 0) * (isUp ? 1 : -1);
    };
}

class RowFeed extends Feed {
    constructor(ask, parameters, changed) {
        super(ask, parameters, changed);
        this.rows = [];
        this.ids = new Set();
        this.cursor = this.past = undefined;
        this.settled = 0; /* rows of whole pages */
        this.isByTime = parameters.sort === 'time';
        this.isUp = parameters.order === 'asc';
        this.compare = rowComparison(parameters.sort, this.isUp);
    }

    needsMore() {
        return !this.isWhole && this.rows.length < this.wanted;
    }

    loadMore() {
        return this.isByTime ? this.loadSlice() : this.loadSorted();
    }

    newRows(answer) {
        const rows = answer.rows.filter(row => !this.ids.has(row.id)).map(completeRow);
        for (const row of rows)
            this.ids.add(row.id);
        return rows;
    }

    /* In order of time, slices come in that order. */
    async loadSlice() {
        const limit = this.rows.length ? MORE_ROWS : FIRST_ROWS;
        const answer = await this.request(this.cursor === undefined ? {limit} : {limit, cursor: this.cursor});
        this.note(answer);
        this.count(answer);
        this.rows = this.rows.concat(this.newRows(answer));
        this.cursor = answer.next;
        this.isWhole = answer.next === null;
        this.changed();
    }

    /* In another order, each slice has its best rows. Those of all slices, from the newest to the
     * oldest, make the next page of the list. */
    async loadSorted() {
        const start = this.settled, isFirst = this.past === undefined;
        const page = isFirst ? {limit: MORE_ROWS} : {limit: MORE_ROWS, past: this.past};
        let found = [], cursor = null, answer;
        do {
            answer = await this.request(cursor === null ? page : Object.assign({cursor}, page));
            if (isFirst)
                this.count(answer);
            this.note(answer);
            found = found.concat(answer.rows.map(completeRow)).sort(this.compare).slice(0, MORE_ROWS);
            this.rows = this.rows.slice(0, start).concat(found);
            cursor = answer.next;
            this.changed();
        } while (cursor !== null && !this.isStopped);
        for (const row of found)
            this.ids.add(row.id);
        this.isWhole = found.length < MORE_ROWS;
        this.past = found.length ? found[found.length - 1].key : this.past;
        this.settled = this.rows.length;
        this.changed();
    }

    /* Resolves to the new rows. They go to their places; those after the last loaded row come
     * when the reader scrolls there. */
    async poll() {
        if (!this.isByTime && this.loading)
            return [];
        const rows = (await super.poll()).flatMap(answer => this.newRows(answer));
        if (this.isByTime && !this.isUp)
            this.rows = rows.slice().reverse().concat(this.rows);
        else
            rows.forEach(row => this.insert(row));
        if (rows.length)
            this.changed();
        return rows;
    }

    insert(row) {
        let low = 0, high = this.rows.length;
        if (this.isByTime)
            low = high;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.compare(this.rows[middle], row) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low === this.rows.length && !this.isWhole) {
            this.ids.delete(row.id);
            return;
        }
        this.rows.splice(low, 0, row);
        this.settled++;
    }
}

/* --------------------------------------------------------------------- routes */

/* All requests of a route: its figures are exact. */
class Route {
    constructor(name) {
        this.route = name;
        this.durations = [];
        this.sum = 0;
        this.isSorted = false;
    }

    add(durations) {
        for (const ms of durations) {
            this.durations.push(ms);
            this.sum += ms;
        }
        this.isSorted = false;
    }

    /* In ms. */
    figures() {
        if (!this.isSorted) {
            const sorted = Float64Array.from(this.durations).sort();
            Object.assign(this, {count: sorted.length, median: median(sorted), p95: percentile(sorted, 0.95),
                                 slowest: sorted[sorted.length - 1], isSorted: true});
        }
        return this;
    }
}

class RouteFeed extends Feed {
    constructor(ask, parameters, changed) {
        super(ask, Object.assign({view: 'routes'}, parameters), changed);
        this.routes = new Map();
        this.cursor = null;
        this.sum = 0;
    }

    needsMore() {
        return !this.isWhole;
    }

    add(answer) {
        for (const one of answer.routes) {
            if (!this.routes.has(one.route))
                this.routes.set(one.route, new Route(one.route));
            const route = this.routes.get(one.route), before = route.sum;
            route.add(one.elapsed_ms);
            this.sum += route.sum - before;
        }
    }

    async loadMore() {
        const answer = await this.request(this.cursor === null ? {} : {cursor: this.cursor});
        this.note(answer);
        this.count(answer);
        this.add(answer);
        this.cursor = answer.next;
        this.isWhole = answer.next === null;
        this.changed();
    }

    async poll() {
        const answers = await super.poll();
        for (const answer of answers)
            this.add(answer);
        if (answers.length)
            this.changed();
        return [];
    }
}
