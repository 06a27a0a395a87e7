/* Why a thread does not run: the kinds of waiting, their names, and how long each took. */
'use strict';

const WAIT_NAMES = ['CPU', 'GIL', 'sleep', 'network read', 'network write', 'disk', 'lock',
                    'child', 'other waits', 'switched out', 'event loop', 'CPU wait', 'not known'];
const WAIT_OTHER = 8;
const WAIT_UNKNOWN = 12; /* of the page only: the data do not name the kind */

/* Kinds of a newer server are not known here. */
function knownKinds(numbers) {
    return numbers.map(kind => Math.min(kind, WAIT_UNKNOWN));
}

/* What their names do not say, by name. */
const WAIT_HELP = {
    'other waits': 'Waits that began and ended between two samples, so nobody saw for what; ' +
        'and calls that are none of the other kinds. A shorter interval leaves less of them.',
    'CPU wait': 'The request could run, but other threads or processes had the processors that it may use',
    'switched out': 'The thread served other greenlets or coroutines',
    'event loop': 'For something in the process that is to wake the loop: an executor, a callback of another thread',
};

/* The waits of things: for each, how long of each kind. */
class Parts {
    /* wait: parallel columns of, kind and ns, in the order of the things; undefined: none. */
    constructor(wait, count, what) {
        const items = wait && Array.isArray(wait.of) ? wait.of.length : 0;
        const of = indexes(wait ? wait.of : [], items, what + '.of', count);
        this.kind = knownKinds(indexes(wait ? wait.kind : [], items, what + '.kind', 256));
        this.ns = numbers(wait ? wait.ns : [], items, what + '.ns');
        this.start = new Int32Array(count + 1);
        for (let i = 0; i < items; i++) {
            need(i === 0 || of[i] >= of[i - 1], what + '.of is not in order');
            this.start[of[i] + 1]++;
        }
        for (let i = 0; i < count; i++)
            this.start[i + 1] += this.start[i];
    }

    /* Adds the waits of things from one to before another. */
    addTo(sums, from, to) {
        for (let i = this.start[from]; i < this.start[to]; i++)
            sums[this.kind[i]] += this.ns[i];
        return sums;
    }

    sums(from, to) {
        return Array.from(this.addTo(new Float64Array(WAIT_NAMES.length), from, to));
    }
}

/* [[kind, ns], ...] of sums by kind, what took most first. */
function sortedWaits(sums) {
    return Array.from(sums, (ns, kind) => [kind, ns]).filter(([, ns]) => ns > 0)
        .sort((a, b) => b[1] - a[1]);
}
