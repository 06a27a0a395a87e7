/* The list of stored profiles: its address, and how it reads index.json. The server is played
 * here by a list of lines, the oldest first. */
'use strict';

const assert = require('assert');
const {load} = require('./page.js');

const {stateOf, searchOf, stateOfView, filterParameters, RowFeed, RouteFeed, Restarted, rowComparison,
       percentile, median, endingsOf, linkOf, mergeFault} = load('shelf.html', [
    'stateOf', 'searchOf', 'stateOfView', 'filterParameters', 'RowFeed', 'RouteFeed', 'Restarted', 'rowComparison',
    'percentile', 'median', 'endingsOf', 'linkOf', 'mergeFault']);

function line(number, more = {}) {
    return Object.assign({id: String(number).padStart(16, '0'), time: number, method: 'GET', path: '/' + number,
                          status: 200, elapsed_ms: number * 7 % 101, mode: 'sampling', notices: [],
                          files: ['a.json'], route: '/' + number % 3}, more);
}

function lines(count) {
    return Array.from({length: count}, (_, i) => line(i + 1));
}

/* Answers as the server does, with so many lines in a slice. */
class Server {
    constructor(stored, slice) {
        Object.assign(this, {stored, slice, asked: [], generation: 1});
    }

    ask(parameters) {
        this.asked.push(parameters);
        const newest = this.generation + ':' + this.stored.length, answer = {v: 1, newest, unreadable: 0, left: 0};
        const at = parameters.cursor || parameters.after || this.generation + ':0';
        const [generation, place] = at.split(':').map(Number);
        if (generation !== this.generation)
            return Promise.resolve(Object.assign(answer, {restart: true, rows: [], next: null, scanned: 0}));
        return Promise.resolve(Object.assign(answer, this.part(parameters, place)));
    }

    part(parameters, place) {
        const isForward = Boolean(parameters.after) || parameters.sort === 'time' && parameters.order === 'asc';
        const all = isForward ? this.stored : this.stored.slice().reverse();
        const most = parameters.view !== 'routes' && parameters.sort === 'time' ? parameters.limit : Infinity;
        const rows = all.slice(place, place + Math.min(this.slice, most)), end = place + rows.length;
        const next = end < all.length ? this.generation + ':' + end : null;
        const answer = {next, scanned: rows.length, matched: rows.length};
        if (parameters.view === 'routes')
            return Object.assign(answer, {routes: rows.map(row => (
                {route: row.route, count: 1, elapsed_ms: [row.elapsed_ms]}))});
        return Object.assign(answer, {rows: parameters.sort === 'time' ? rows : this.best(parameters, rows)});
    }

    best({sort, order, limit, past}, rows) {
        const compare = rowComparison(sort, order === 'asc'), before = (a, b) => compare(a, b) || b.time - a.time;
        const last = past && this.stored.find(row => row.id === past);
        return rows.map(row => Object.assign({key: row.id}, row)).sort(before)
            .filter(row => !last || before(last, row) < 0).slice(0, limit);
    }
}

function feedOf(Feed, server, parameters) {
    return new Feed(asked => server.ask(asked), parameters, () => {});
}

function timesOf(feed) {
    return Array.from(feed.rows, row => row.time);
}

/* ---------------------------------------------------------------- the address */

test('an address describes its state, and the state its address', () => {
    for (const search of ['?', '?view=routes', '?q=a%26b&method=GET&status=5xx&min=12.5', '?sort=path',
                          '?sort=path&order=desc', '?view=routes&sort=p95', '?last=3600', '?since=5&until=6&order=asc'])
        assert.strictEqual(searchOf(stateOf(search)), search);
});

test('an address ignores a sort order that its view does not have', () => {
    assert.strictEqual(searchOf(stateOf('?sort=p95&order=up&profile=exp%3D1')), '?');
    assert.strictEqual(stateOf('?view=routes&sort=time').sort, 'share');
});

test('another view keeps the filters', () => {
    const state = stateOfView(stateOf('?q=x&sort=path'), 'routes');
    assert.strictEqual(searchOf(state), '?view=routes&q=x');
});

test('the last hour becomes a time', () => {
    const parameters = filterParameters(stateOf('?last=3600&q=x'), 10000000);
    assert.deepStrictEqual(Object.assign({}, parameters), {q: 'x', since: '6400'});
});

/* -------------------------------------------------------------------- the feed */

test('rows in order of time come slice by slice, as far as they are wanted', async () => {
    const server = new Server(lines(1000), 70), feed = feedOf(RowFeed, server, {sort: 'time', order: 'desc'});
    await feed.load(0);
    assert.strictEqual(feed.rows.length, 560);
    assert.strictEqual(feed.isWhole, false);
    await feed.load(1e9);
    assert.deepStrictEqual(timesOf(feed), timesOf({rows: lines(1000).reverse()}));
    assert.deepStrictEqual([feed.isWhole, feed.scanned, feed.matched], [true, 1000, 1000]);
});

test('two loads at once ask for nothing twice', async () => {
    const server = new Server(lines(900), 50), feed = feedOf(RowFeed, server, {sort: 'time', order: 'desc'});
    await Promise.all([feed.load(200), feed.load(700), feed.load(100)]);
    assert.strictEqual(feed.rows.length, 700);
    assert.strictEqual(server.asked.length, 14);
});

for (const [sort, order] of [['elapsed_ms', 'desc'], ['elapsed_ms', 'asc'], ['path', 'asc'], ['status', 'desc']])
    test('rows sorted by ' + sort + ', ' + order + ', are merged from all slices, page by page', async () => {
        const stored = lines(1300).map((row, i) => Object.assign(row, {status: i % 5 ? 200 + i % 7 : null}));
        const server = new Server(stored, 111), feed = feedOf(RowFeed, server, {sort, order});
        await feed.load(0);
        assert.strictEqual(feed.rows.length, 500);
        await feed.load(1e9);
        const expected = server.best({sort, order, limit: 1e9}, stored);
        assert.deepStrictEqual(timesOf(feed), timesOf({rows: expected}));
        assert.strictEqual(feed.scanned, 1300);
    });

test('a poll adds only new lines, at their places', async () => {
    for (const [sort, order] of [['time', 'desc'], ['time', 'asc'], ['elapsed_ms', 'desc'], ['elapsed_ms', 'asc']]) {
        const server = new Server(lines(60), 25), feed = feedOf(RowFeed, server, {sort, order});
        await feed.load(1e9);
        assert.strictEqual((await feed.poll()).length, 0);
        server.stored.push(...lines(130).slice(60));
        assert.strictEqual((await feed.poll()).length, 70);
        assert.strictEqual((await feed.poll()).length, 0);
        const again = feedOf(RowFeed, server, {sort, order});
        await again.load(1e9);
        assert.deepStrictEqual(timesOf(feed), timesOf(again), sort + ' ' + order);
        assert.strictEqual(feed.scanned, 130);
    }
});

test('a poll leaves out what comes after the rows that are loaded', async () => {
    const server = new Server(lines(2000), 400), feed = feedOf(RowFeed, server, {sort: 'elapsed_ms', order: 'asc'});
    await feed.load(0);
    server.stored.push(line(5000, {elapsed_ms: 1e6}), line(5001, {elapsed_ms: -1}));
    await feed.poll();
    assert.strictEqual(feed.rows.length, 501);
    assert.strictEqual(feed.rows[0].time, 5001);
    await feed.load(1e9);
    assert.strictEqual(feed.rows.length, 2002);
    assert.strictEqual(feed.rows[2001].time, 5000);
});

test('a rewritten index is said to be so, on a load and on a poll', async () => {
    const server = new Server(lines(900), 100), feed = feedOf(RowFeed, server, {sort: 'time', order: 'desc'});
    await feed.load(0);
    server.generation = 2;
    await assert.rejects(feed.load(1e9), Restarted);
    await assert.rejects(feed.poll(), Restarted);
});

test('a load that failed goes on where it was', async () => {
    const server = new Server(lines(1200), 100), feed = feedOf(RowFeed, server, {sort: 'elapsed_ms', order: 'desc'});
    const ask = feed.ask;
    let left = 3;
    feed.ask = parameters => left-- ? ask(parameters) : Promise.reject(new Error('gone'));
    await assert.rejects(feed.load(0), /gone/);
    feed.ask = ask;
    await feed.load(1e9);
    assert.strictEqual(new Set(timesOf(feed)).size, 1200);
    assert.strictEqual(feed.rows.length, 1200);
});

test('a feed that was stopped asks no more', async () => {
    const server = new Server(lines(1000), 10), feed = feedOf(RowFeed, server, {sort: 'time', order: 'desc'});
    const loading = feed.load(1e9);
    feed.stop();
    await loading;
    assert.strictEqual(server.asked.length, 1);
});

/* ------------------------------------------------------------------- the routes */

test('the figures of routes are those of all their durations', async () => {
    const server = new Server(lines(1001), 90), feed = feedOf(RouteFeed, server, {});
    await feed.load(0);
    server.stored.push(line(3000, {elapsed_ms: 5555}), line(1, {id: 'x', route: '/new', elapsed_ms: 8}));
    await feed.poll();
    const names = Array.from(feed.routes.keys()).sort();
    assert.deepStrictEqual(names, ['/0', '/1', '/2', '/new']);
    let sum = 0;
    for (const name of names) {
        const durations = server.stored.filter(row => row.route === name).map(row => row.elapsed_ms)
            .sort((a, b) => a - b);
        const {count, median: middle, p95, slowest, sum: whole} = feed.routes.get(name).figures();
        const half = durations.length / 2, isOdd = durations.length % 2 === 1;
        const expected = isOdd ? durations[Math.floor(half)] : (durations[half - 1] + durations[half]) / 2;
        assert.deepStrictEqual([count, middle, slowest],
                               [durations.length, expected, durations[durations.length - 1]]);
        assert.ok(durations.filter(ms => ms <= p95).length >= 0.95 * count);
        assert.ok(durations.filter(ms => ms < p95).length < 0.95 * count);
        sum += whole;
    }
    assert.ok(Math.abs(sum - feed.sum) < 1e-6);
    assert.strictEqual(feed.matched, 1003);
});

test('percentiles are values that were measured; the median may be a mean', () => {
    const numbers = Float64Array.from({length: 20}, (_, i) => i + 1);
    assert.strictEqual(percentile(numbers, 0.95), 19);
    assert.strictEqual(percentile(numbers.subarray(0, 1), 0.95), 1);
    assert.strictEqual(median(numbers), 10.5);
    assert.strictEqual(median(numbers.subarray(0, 3)), 2);
});

/* -------------------------------------------------------------------- the rows */

test('a page is made of the json file, which is not that of speedscope', () => {
    const row = files => line(1, {files: files.map(ending => 'get.' + ending)});
    assert.deepStrictEqual(Array.from(endingsOf(row(['pb.gz', 'speedscope.json', 'prof', 'exe']))),
                           ['prof', 'speedscope.json', 'pb.gz']);
    assert.strictEqual(linkOf(row(['speedscope.json', 'html'])), line(1).id + '.html');
    assert.strictEqual(linkOf(row(['speedscope.json', 'json'])), line(1).id);
    assert.strictEqual(linkOf(row(['prof'])), null);
});

test('modes are not mixed, and a merge needs the json files', () => {
    assert.strictEqual(mergeFault([line(1), line(2)]), '');
    assert.match(mergeFault([line(1), line(2, {mode: 'deterministic'})]), /do not add up/);
    assert.match(mergeFault([line(1), line(2, {files: ['a.prof']})]), /1 profile without a json file/);
});
