/* The rows of the common tree, with the figures of A and of B. a and b are the same rows: they
 * have the times, calls and starts of one side. */
'use strict';

class CompareLayout extends Layout {
    constructor(comparison, foldable, opened) {
        super(comparison.common, foldable, opened);
        this.noise = comparison.noise;
        [this.a, this.b] = [comparison.a, comparison.b].map(side => rowsOfSide(this, side));
    }

    difference(row) {
        return this.b.total[row] - this.a.total[row];
    }

    /* name: "total" or "self" */
    isNoise(name, rows) {
        return this.noise.isNoise(...[this.a, this.b].map(side => ({
            ns: sumOf(side[name], rows), cpuWait: sumOf(side.cpuWait[name], rows),
            variance: sumOf(side.variance[name], rows),
        })));
    }

    onlyIn(row) {
        return this.a.seen[row] && this.b.seen[row] ? '' : this.a.seen[row] ? 'A' : 'B';
    }

    /* Returns the node of the row whose self time differs most. A run stays folded. */
    hotNode() {
        let best = 0, most = 0;
        for (let row = 1; row < this.count; row++) {
            const ns = Math.abs(this.b.self[row] - this.a.self[row]);
            if (ns > most && !this.isNoise('self', [row]))
                [best, most] = [row, ns];
        }
        return best ? this.node[best] : super.hotNode();
    }

    /* Follows the child with the greatest difference, while that is more than the row's own. */
    hotRow(row = 0) {
        for (;;) {
            let best = NONE, most = Math.abs(this.b.self[row] - this.a.self[row]);
            for (let i = row + 1; i < this.end[row]; i = this.end[i])
                if (Math.abs(this.difference(i)) > most)
                    [best, most] = [i, Math.abs(this.difference(i))];
            if (best === NONE)
                return row;
            row = best;
        }
    }
}

function rowsOfSide(layout, side) {
    const count = layout.count, column = () => new Float64Array(count);
    const rows = Object.assign(Object.create(layout), {
        profile: side, self: column(), calls: column(), start: column(), seen: new Uint8Array(count),
        cpuWait: {self: column()}, variance: {self: column()},
    });
    for (let node = 0; node < side.nodes; node++) {
        const row = layout.rowOf[node];
        rows.self[row] += side.self[node];
        rows.cpuWait.self[row] += side.cpuWait.self[node];
        rows.variance.self[row] += side.variance.self[node];
        rows.seen[row] |= side.seen[node];
        if (!node || layout.rowOf[side.parent[node]] !== row)
            rows.calls[row] += side.calls[node];
    }
    for (const measured of [rows, rows.cpuWait, rows.variance])
        measured.total = sumUpwards(measured.self, layout.parent);
    rows.findEnds();
    return rows;
}
