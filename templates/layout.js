/* The rows of the call tree, made from nodes. Library runs are folded.
 *
 * Rows are in preorder, the child with the most time first. A run of foldable functions is one
 * row with the name of its entry. Functions that the run calls are its children. Calls of one
 * function below one row are one row. A row's self time is the sum over all its nodes, so figures
 * add up. If no function is foldable, each node is a row. */
'use strict';

/* Finished rows, in preorder. Of siblings, the one with the most time is first. */
class Rows {
    constructor(profile) {
        this.profile = profile;
    }

    /* rows has columns by row; parents come before their children. Sets this.node, depth, parent,
     * end, folded, self, total, calls, cpu and start. Returns the new number of each row. */
    arrange(rows) {
        const {first, next} = this.linkByWeight(rows), n = this.count = rows.count;
        const place = new Int32Array(n);
        for (const name of ['node', 'depth', 'parent', 'end', 'folded'])
            this[name] = new Int32Array(n);
        for (const name of ['self', 'total', 'calls', 'start'])
            this[name] = new Float64Array(n);
        this.cpu = rows.cpu ? new Float64Array(n) : null;
        let row = 0;
        for (let at = 0; at < n; at++) {
            place[row] = at;
            this.put(at, row, rows, place);
            if (first[row]) {
                row = first[row];
                continue;
            }
            while (row && !next[row])
                row = rows.parent[row];
            row = next[row];
        }
        this.findEnds();
        return place;
    }

    /* Links the children of each row as a list, the one with the most time first. */
    linkByWeight(rows) {
        const order = new Uint32Array(rows.count), total = rows.total;
        for (let i = 0; i < rows.count; i++)
            order[i] = i;
        order.sort((a, b) => total[a] - total[b] || b - a);
        const first = new Int32Array(rows.count), next = new Int32Array(rows.count);
        for (const row of order) {
            if (row === 0)
                continue;
            next[row] = first[rows.parent[row]];
            first[rows.parent[row]] = row;
        }
        return {first, next};
    }

    put(at, row, rows, place) {
        const parent = row ? place[rows.parent[row]] : NONE;
        this.parent[at] = parent;
        this.depth[at] = row ? this.depth[parent] + 1 : 0;
        for (const name of ['node', 'folded', 'self', 'total', 'calls'])
            this[name][at] = rows[name][row];
        if (this.cpu)
            this.cpu[at] = rows.cpu[row];
    }

    /* Finds the end of each subtree, and the start of each row: children are next to each other,
     * self time comes last. */
    findEnds() {
        const free = new Float64Array(this.count);
        for (let i = 0; i < this.count; i++) {
            const above = this.parent[i];
            this.end[i] = i + 1;
            this.start[i] = free[i] = i ? free[above] : 0;
            if (i)
                free[above] += this.total[i];
        }
        for (let i = this.count - 1; i > 0; i--)
            if (this.end[i] > this.end[this.parent[i]])
                this.end[this.parent[i]] = this.end[i];
    }

    /* ---------------------------------------------------------------- one row */

    func(row) {
        return this.profile.func[this.node[row]];
    }

    /* Returns the libraries that are folded into the row, by descending self time. */
    libraries(row) {
        const p = this.profile, selfOf = new Map();
        for (const node of this.nodesOf(row)) {
            const func = p.func[node];
            const lib = p.isHidden(func) ? '__tracebackhide__' :
                p.kindOf[func] === KIND_BUILTIN ? 'built-in' : p.lib(func) ||
                    (p.kindOf[func] === KIND_OWN ? 'own code' : 'other code');
            selfOf.set(lib, (selfOf.get(lib) || 0) + p.self[node]);
        }
        if (selfOf.size > 1)
            selfOf.delete('built-in');
        return [...selfOf].sort((a, b) => b[1] - a[1]).map(([lib]) => lib);
    }
}

class Layout extends Rows {
    /* foldable: by function, 1 if it may join a run. opened: by node, 1 if it has its own row
     * nevertheless. */
    constructor(profile, foldable, opened = new Uint8Array(profile.nodes)) {
        super(profile);
        this.foldable = foldable;
        this.opened = opened;
        this.rowOf = new Int32Array(profile.nodes); /* by node: its row */
        this.isFolding = foldable.some(Boolean);
        const rows = this.isFolding ? this.foldRows() : this.plainRows();
        this.sumUp(rows);
        const place = this.arrange(rows);
        for (let i = 0; i < this.rowOf.length; i++)
            this.rowOf[i] = place[this.rowOf[i]];
        this.nodesByRow = indexBy(this.rowOf, this.count);
    }

    plainRows() {
        const p = this.profile;
        for (let i = 0; i < p.nodes; i++)
            this.rowOf[i] = i;
        return {count: p.nodes, parent: p.parent, node: this.rowOf.slice(),
                self: p.self, calls: p.calls, cpu: p.cpu, folded: new Int32Array(p.nodes)};
    }

    foldRows() {
        const p = this.profile, n = p.nodes, keys = new Map();
        const rows = {count: 1, parent: new Int32Array(n), node: new Int32Array(n),
                      self: new Float64Array(n), calls: new Float64Array(n),
                      cpu: p.cpu ? new Float64Array(n) : null, folded: new Int32Array(n)};
        rows.parent[0] = NONE;
        for (let i = 0; i < n; i++) {
            const row = i ? this.chooseRow(i, rows, keys) : 0;
            this.rowOf[i] = row;
            rows.self[row] += p.self[i];
            if (p.cpu)
                rows.cpu[row] += p.cpu[i];
            if (i && this.rowOf[p.parent[i]] === row)
                rows.folded[row]++;
            else
                rows.calls[row] += p.calls[i];
        }
        return rows;
    }

    chooseRow(node, rows, keys) {
        const p = this.profile, func = p.func[node], above = this.rowOf[p.parent[node]];
        if (this.joins(node) && above && this.joins(rows.node[above]))
            return above;
        const key = above * p.functions + func;
        let row = keys.get(key);
        if (row === undefined) {
            keys.set(key, row = rows.count++);
            rows.parent[row] = above;
            rows.node[row] = node;
        }
        return row;
    }

    joins(node) {
        return this.foldable[this.profile.func[node]] === 1 && !this.opened[node];
    }

    sumUp(rows) {
        rows.total = rows.self.slice(0, rows.count);
        for (let i = rows.count - 1; i > 0; i--)
            rows.total[rows.parent[i]] += rows.total[i];
    }

    /* ---------------------------------------------------------------- by row */

    nodesOf(row) {
        return this.nodesByRow.of(row);
    }

    /* See Profile.waitsOf; this is for the row and the rows below it. */
    waitsOf(row) {
        return this.sumWaits(row, this.end[row]);
    }

    selfWaitsOf(row) {
        return this.sumWaits(row, row + 1);
    }

    sumWaits(from, to) {
        const sums = new Float64Array(WAIT_NAMES.length);
        for (let row = from; row < to; row++)
            for (const node of this.nodesOf(row))
                this.profile.addWaits(sums, node, node + 1);
        return sortedWaits(sums);
    }

    /* Returns whether the node has its own row. If not, it is folded. */
    showsNode(node) {
        return this.func(this.rowOf[node]) === this.profile.func[node];
    }

    /* Returns the nodes of the run that the row is, or belongs to. */
    runOf(row) {
        const p = this.profile, isRun = func => this.foldable[func] === 1, run = [];
        let top = this.node[row];
        while (top && isRun(p.func[p.parent[top]]))
            top = p.parent[top];
        const above = this.rowOf[p.parent[top]], inRun = new Set();
        for (const sibling of this.nodesWithEntry(above, p.func[top])) {
            inRun.add(sibling);
            for (let i = sibling; i < p.end[sibling]; i++)
                if (inRun.has(i) || isRun(p.func[i]) && inRun.has(p.parent[i])) {
                    inRun.add(i);
                    run.push(i);
                }
        }
        return run;
    }

    /* Returns the calls of a function from the nodes of a row: together they enter a run. */
    nodesWithEntry(row, func) {
        const p = this.profile;
        return Array.from(p.nodesOf(func)).filter(node => node && this.rowOf[p.parent[node]] === row);
    }

    /* Returns 1 if the row is a folded run, 2 if it is the entry of an opened run, else 0. */
    foldState(row) {
        if (this.folded[row])
            return 1;
        const p = this.profile, node = this.node[row];
        const isEntry = node && !this.foldable[p.func[p.parent[node]]];
        return isEntry && this.foldable[p.func[node]] && this.opened[node] ? 2 : 0;
    }

    /* Returns the rows whose runs open together with this row. */
    sourcesOf(row) {
        return [row];
    }

    /* Returns a key that identifies the row in any layout of the same profile. */
    keyOf(row) {
        return this.node[row];
    }

    /* Returns the node that is selected first: the hot spot. It is in the row with the most self
     * time. If that row is a folded run, it is the node with more than half of the time, or the
     * run's entry if the time is spread over many functions. The request itself is selected only
     * if it has more self time than all others together: then the server took the time. */
    hotNode() {
        const p = this.profile;
        let best = 0, most = 0;
        for (let row = 1; row < this.count; row++)
            if (this.self[row] > most && !p.isLeft(this.func(row)))
                most = this.self[best = row];
        if (!best || p.self[0] * 2 > p.total[0])
            return 0;
        const nodes = this.nodesOf(best), hot = nodes.reduce((a, b) => p.self[b] > p.self[a] ? b : a);
        return p.self[hot] * 2 > most ? hot : this.node[best];
    }

    /* Follows the child with the most time, while that has more than the row's own self time. */
    hotRow(row = 0) {
        while (this.end[row] > row + 1 && this.total[row + 1] > this.self[row])
            row++; /* the child with the most time is first */
        return row;
    }

    /* Returns 1 for each row with a function that was found. */
    rowsWith(found) {
        const rows = new Uint8Array(this.count), p = this.profile;
        for (let i = 0; i < p.nodes; i++)
            if (found[p.func[i]])
                rows[this.rowOf[i]] = 1;
        return rows;
    }
}
