/* One side of a comparison: a profile on the common tree, per request. */
'use strict';

/* Adds up a column of a profile by place; divisor: the number of requests. */
function sumByPlace(column, place, count, divisor) {
    const sums = new Float64Array(count);
    for (let i = 0; i < place.length; i++)
        sums[place[i]] += column[i];
    return divisor === 1 ? sums : sums.map(sum => sum / divisor);
}

/* Returns the waits of nodes at their places. */
function partsByPlace(parts, place, count, divisor) {
    const order = indexBy(place, count), items = parts.kind.length;
    const moved = Object.assign(Object.create(Parts.prototype), {
        kind: new Int32Array(items), ns: new Float64Array(items), start: new Int32Array(count + 1)});
    for (let at = 0, next = 0; at < count; at++) {
        for (const node of order.of(at))
            for (let i = parts.start[node]; i < parts.start[node + 1]; i++) {
                moved.kind[next] = parts.kind[i];
                moved.ns[next++] = parts.ns[i] / divisor;
            }
        moved.start[at + 1] = next;
    }
    return moved;
}

/* Returns the profile of a side. common: what the sides share; numbers: the common number of each
 * function of the profile; place: the common node of each of its nodes. */
function makeSide(common, profile, numbers, place) {
    const count = common.nodes, {requests} = profile;
    const sum = column => sumByPlace(column, place, count, requests);
    const side = Object.assign(Object.create(Profile.prototype), common, {
        meta: profile.meta, profile, requests, self: sum(profile.self), calls: sum(profile.calls),
        cpu: profile.cpu ? sum(profile.cpu) : null, parts: partsByPlace(profile.parts, place, count, requests),
        seen: new Uint8Array(count), /* by node: 1 if the profile has it */
    });
    for (const at of place)
        side.seen[at] = 1;
    side.derive();
    side.stats = new Stats(side, profile.exact ? commonExact(side, profile, numbers) : null);
    side.cpuWait = new Measure(side, cpuWaits(side));
    side.variance = new Measure(side, profile.sampling ?
        sumByPlace(variances(profile), place, count, requests ** 2) : new Float64Array(count));
    return side;
}

/* Adds up a figure of nodes as for times: self, with callees, and by function. */
class Measure {
    constructor(side, self) {
        this.self = self;
        this.total = sumUpwards(self, side.parent);
        this.byFunction = {self: new Float64Array(side.functions), cumulative: new Float64Array(side.functions)};
        if (this.total[0] > 0)
            this.addFunctions(side);
    }

    addFunctions({nodes, func, parent}) {
        const onPath = new Int32Array(this.byFunction.self.length), {self, cumulative} = this.byFunction;
        let last = 0;
        for (let node = 1; node < nodes; node++) {
            for (; last !== parent[node]; last = parent[last])
                onPath[func[last]]--;
            self[func[node]] += this.self[node];
            if (onPath[func[node]]++ === 0)
                cumulative[func[node]] += this.total[node];
            last = node;
        }
    }
}

function sumUpwards(self, parent) {
    const total = self.slice();
    for (let i = total.length - 1; i > 0; i--)
        total[parent[i]] += total[i];
    return total;
}

/* Returns by node the time in which the thread waited for a CPU. */
function cpuWaits(side) {
    const sums = new Float64Array(side.nodes), {parts} = side;
    for (let node = 0; node < side.nodes; node++)
        for (let i = parts.start[node]; i < parts.start[node + 1]; i++)
            if (parts.kind[i] === CPU_WAIT)
                sums[node] += parts.ns[i];
    return sums;
}

/* Returns the server's exact figures by common function, as Profile.readExact does. Functions of
 * one name and file become one. Calls and self time add up; their cumulative time is at least that
 * of the one with the most, as one may call the other. */
function commonExact(side, profile, numbers) {
    const rows = new Map(), {exact} = profile, {requests} = side;
    const put = (figures, [calls, primitive, self, cumulative]) => {
        figures.calls += calls / requests;
        figures.primitive += primitive / requests;
        figures.self += self / requests;
        figures.cumulative = Math.max(figures.cumulative, cumulative / requests);
    };
    exact.func.forEach((func, i) => {
        const number = numbers[func];
        if (!rows.has(number))
            rows.set(number, {figures: new Figures(), callers: new Map()});
        const row = rows.get(number);
        put(row.figures, [exact.calls[i], exact.primitive[i], exact.self[i], exact.cumulative[i]]);
        for (const [caller, ...figures] of exact.callers[i]) {
            if (!row.callers.has(numbers[caller]))
                row.callers.set(numbers[caller], new Figures());
            put(row.callers.get(numbers[caller]), figures);
        }
    });
    const list = [...rows.values()], column = key => list.map(row => row.figures[key]);
    return {
        func: [...rows.keys()], calls: column('calls'), primitive: column('primitive'), self: column('self'),
        cumulative: column('cumulative'), callers: list.map(row => [...row.callers].map(
            ([caller, {calls, primitive, self, cumulative}]) => [caller, calls, primitive, self, cumulative])),
    };
}
