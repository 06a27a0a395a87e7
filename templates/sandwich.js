/* The sandwich: one function in the middle, with all its calls; its callers and their callers
 * above, its callees below. It is made from the call tree, not from pairs of caller and callee:
 * functions above each other were on the stack together.
 *
 *     tree   GET --- a --- f --- x        sandwich of f    GET
 *              \      \--- x                              a | b
 *               \--- b --- f --- y                          f
 *                           \--- f                        x | y | f
 *
 * A recursive call of the function is part of the outermost call, which includes its time. So
 * the middle has the function's cumulative time. */
'use strict';

const CALLERS_MOST = 1000000; /* steps from the function's calls to callers; more are cut */

/* Merges rows of a tree (a Layout): those of one function below one row become one. */
class Merged extends Rows {
    constructor(tree) {
        super(tree.profile);
        this.tree = tree;
        this.keys = new Map();
        this.heaviest = []; /* by row: the time of its node */
        this.sources = {row: [], of: []};
        this.rows = {count: 0, parent: [], node: [], self: [], total: [], calls: [], folded: [], cpu: null};
        this.addRow(NONE);
    }

    addRow(parent) {
        const rows = this.rows;
        rows.parent.push(parent);
        for (const name of ['node', 'self', 'total', 'calls', 'folded'])
            rows[name].push(0);
        this.heaviest.push(NONE);
        return rows.count++;
    }

    rowBelow(above, func) {
        const key = above * this.profile.functions + func;
        let row = this.keys.get(key);
        if (row === undefined)
            this.keys.set(key, row = this.addRow(above));
        return row;
    }

    /* Adds source, a row of the tree, to the row. */
    join(row, source, self, total, calls) {
        this.addFigures(row, source, self, total, calls);
        this.sources.row.push(row);
        this.sources.of.push(source);
    }

    addFigures(row, source, self, total, calls) {
        const rows = this.rows;
        rows.self[row] += self;
        rows.total[row] += total;
        rows.calls[row] += calls;
        rows.folded[row] += this.tree.folded[source];
        if (total > this.heaviest[row]) {
            this.heaviest[row] = total;
            rows.node[row] = this.tree.node[source];
        }
    }

    finish() {
        const place = this.arrange(this.rows), {row, of} = this.sources;
        this.sourcesByRow = indexBy(row.map(one => place[one]), this.count);
        this.sourceList = of;
        this.rows = this.keys = this.heaviest = this.sources = null;
    }

    /* Yields the rows of the tree that are part of the row. */
    *sourcesOf(row) {
        for (const i of this.sourcesByRow.of(row))
            yield this.sourceList[i];
    }
}

class Callees extends Merged {
    constructor(tree, tops) {
        super(tree);
        const rowOf = new Int32Array(tree.count);
        for (const top of tops)
            for (let i = top; i < tree.end[top]; i++) {
                const row = i === top ? 0 : this.rowBelow(rowOf[tree.parent[i]], tree.func(i));
                rowOf[i] = row;
                this.join(row, i, tree.self[i], tree.total[i], tree.calls[i]);
            }
        this.finish();
    }
}

/* The callers, level by level. Each row has the function's time and calls that came from it. */
class Callers extends Merged {
    constructor(tree, tops) {
        super(tree);
        this.isCut = false;
        const steps = {row: [], source: [], top: []}; /* steps from each call of the function to its caller */
        for (const top of tops)
            this.step(steps, 0, top, top);
        for (let from = 0, to = tops.length; from < to; [from, to] = [to, steps.row.length]) {
            this.isCut = 2 * to - from > CALLERS_MOST;
            if (this.isCut)
                break;
            for (let i = from; i < to; i++) {
                const above = tree.parent[steps.source[i]];
                if (above !== NONE)
                    this.step(steps, this.rowBelow(steps.row[i], tree.func(above)), above, steps.top[i]);
            }
        }
        this.finish();
    }

    step(steps, row, source, top) {
        steps.row.push(row);
        steps.source.push(source);
        steps.top.push(top);
        this.join(row, source, 0, this.tree.total[top], this.tree.calls[top]);
    }
}

/* Joins callees and callers. Row 0 is the function, then come its callees, then its callers. */
class Sandwich extends Rows {
    constructor(layout, func) {
        super(layout.profile);
        this.centre = func;
        this.tree = unfolded(layout, func);
        const tops = outermost(this.tree, func);
        const below = this.below = new Callees(this.tree, tops), above = this.above = new Callers(this.tree, tops);
        this.count = below.count + above.count - 1;
        this.levelsAbove = above.depth.reduce((most, depth) => Math.max(most, depth), 0);
        this.isEmpty = tops.length === 0;
        this.isCut = above.isCut;
        for (const name of ['node', 'folded', 'self', 'total', 'calls', 'start', 'depth'])
            this[name] = joined(below[name], above[name]);
        for (let row = 0; row < this.count; row++)
            this.depth[row] = this.levelsAbove + (this.isCaller(row) ? -this.depth[row] : this.depth[row]);
        this.boxes = Boxes.sorted(this.count, this.depth, null, this.start, this.total, this.levelsAbove);
    }

    isCaller(row) {
        return row >= this.below.count;
    }

    sourcesOf(row) {
        return this.isCaller(row) ? this.above.sourcesOf(row - this.below.count + 1) : this.below.sourcesOf(row);
    }

    *nodesOf(row) {
        for (const source of this.sourcesOf(row))
            yield* this.tree.nodesOf(source);
    }

    rowsWith(found) {
        const rows = new Uint8Array(this.count), sources = this.tree.rowsWith(found);
        for (let row = 0; row < this.count; row++)
            for (const source of this.sourcesOf(row))
                if (sources[source]) {
                    rows[row] = 1;
                    break;
                }
        return rows;
    }
}

/* Returns the same layout, but with the function in rows of its own. */
function unfolded(layout, func) {
    if (!layout.foldable[func] && !layout.opened.includes(1))
        return layout;
    const foldable = layout.foldable.slice();
    foldable[func] = 0;
    return new Layout(layout.profile, foldable);
}

/* Returns the rows of a function that are not below another of its rows. */
function outermost(tree, func) {
    const tops = [];
    for (let i = 0; i < tree.count;) {
        const isTop = tree.func(i) === func;
        if (isTop)
            tops.push(i);
        i = isTop ? tree.end[i] : i + 1;
    }
    return tops;
}

/* Joins a column of the callees and that of the callers; both start with the function. */
function joined(below, above) {
    const column = new below.constructor(below.length + above.length - 1);
    column.set(below);
    column.set(above.subarray(1), below.length);
    return column;
}
