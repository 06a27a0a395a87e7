/* The inverted call tree: functions by self time, and below each its callers. A caller's row has
 * the part of that self time that came from it.
 *
 *     tree   GET --- a --- f        inverted   f --- a --- GET
 *              \--- b --- f                     \--- b --- GET
 *                                               b --- GET
 *
 * It is made from the rows of the tree, so a folded run counts as one function: its entry. Row 0
 * is the whole. The functions below it add up to the request's time. Callers are found when a
 * row is opened, because a tree with all callers would be far too large. */
'use strict';

class Inverted extends Merged {
    constructor(tree) {
        super(tree);
        this.isInverted = true;
        this.steps = []; /* by made row: its steps {source: row of the tree, top: row that had the self time} */
        this.grown = []; /* by made row: the set of its callers' rows; undefined until they are found */
        for (const top of rowsWithSelf(tree)) {
            this.step(this.rowBelow(0, tree.func(top)), top, top);
            this.rows.total[0] += tree.self[top];
        }
        this.grown[0] = new Set(this.steps.keys());
        this.grown[0].delete(0);
        this.settle();
        this.roots = new Map(); /* by function: its made row */
        for (let made = 1; made < this.rows.count; made++)
            this.roots.set(tree.func(this.steps[made][0].source), made);
    }

    step(made, source, top) {
        const {self} = this.tree;
        this.addFigures(made, source, source === top ? self[top] : 0, self[top], this.ownCalls(top));
        (this.steps[made] = this.steps[made] || []).push({source, top});
    }

    /* A sample is self time of one row only, the innermost. */
    ownCalls(top) {
        const tree = this.tree;
        let calls = tree.calls[top];
        for (let i = top + 1; this.profile.sampling && i < tree.end[top]; i = tree.end[i])
            calls -= tree.calls[i];
        return Math.max(0, calls);
    }

    /* Numbers the rows again. place has the row of a made row; made is its inverse. */
    settle() {
        this.place = this.arrange(this.rows);
        this.made = new Int32Array(this.count);
        this.place.forEach((at, made) => { this.made[at] = made; });
    }

    /* Returns whether the callers of the row are found. The request has no callers. */
    isGrown(row) {
        return Boolean(this.grown[this.made[row]]) || this.func(row) === 0;
    }

    /* Finds the callers of rows, then their callers, until there are about most more rows. */
    grow(rows, most = 0) {
        const limit = this.rows.count + most, queue = rows.map(row => this.made[row]);
        for (let i = 0; i < queue.length && (i < rows.length || this.rows.count < limit); i++)
            for (const above of this.growMade(queue[i]))
                queue.push(above);
        this.settle();
    }

    growMade(made) {
        const tree = this.tree, callers = new Set();
        if (this.grown[made])
            return this.grown[made];
        for (const {source, top} of this.steps[made]) {
            const above = tree.parent[source];
            if (above === NONE)
                continue;
            const row = this.rowBelow(made, tree.func(above));
            this.step(row, above, top);
            callers.add(row);
        }
        return this.grown[made] = callers;
    }

    /* -------------------------------------------------------------------- rows */

    /* Returns the row of a function's self time; NONE if it has no self time. */
    rootOf(func) {
        return this.roots.has(func) ? this.place[this.roots.get(func)] : NONE;
    }

    /* Returns the share of self time that came from here: of the function at the root of the row. */
    shareText(row, total = this.total[row]) {
        let root = row;
        while (this.depth[root] > 1)
            root = this.parent[root];
        return percent(total, this.total[root]);
    }

    /* Returns the rows of the tree that the row was made from. */
    sourcesOf(row) {
        return Array.from(new Set((this.steps[this.made[row]] || []).map(step => step.source)));
    }

    nodesOf(row) {
        return this.sourcesOf(row).flatMap(source => Array.from(this.tree.nodesOf(source)));
    }

    selfWaitsOf(row) {
        const sums = new Float64Array(WAIT_NAMES.length);
        for (const node of this.nodesOf(row))
            this.profile.addWaits(sums, node, node + 1);
        return sortedWaits(sums);
    }

    foldState(row) {
        const states = this.sourcesOf(row).map(source => this.tree.foldState(source));
        return states.includes(1) ? 1 : states.includes(2) ? 2 : 0;
    }

    rowsWith(found) {
        const sources = this.tree.rowsWith(found);
        return Uint8Array.from(this.made, (_, row) => this.sourcesOf(row).some(source => sources[source]) ? 1 : 0);
    }

    /* Returns a key that identifies the row in any inverted tree of the same profile. */
    keyOf(row) {
        const path = [];
        for (; row; row = this.parent[row])
            path.push(this.func(row));
        return path.join();
    }
}

/* Returns the rows of functions that have self time somewhere, as calls count everywhere. When
 * sampling, only rows with self time have samples of their own. */
function rowsWithSelf(tree) {
    const has = new Uint8Array(tree.profile.functions), rows = [];
    for (let i = 0; i < tree.count; i++)
        if (tree.self[i] > 0)
            has[tree.func(i)] = 1;
    for (let i = 0; i < tree.count; i++)
        if (tree.self[i] > 0 || !tree.profile.sampling && has[tree.func(i)])
            rows.push(i);
    return rows;
}
