/* The flame graph as rings. The zoomed row is the centre. Up to eight levels below it are rings;
 * time runs clockwise. */
'use strict';

const RINGS = 8, CENTRE_SHARE = 0.24, RING_SHARE = 0.005;

class Sunburst {
    constructor(chart) {
        this.chart = chart;
    }

    measure() {
        const {width, height} = this.chart;
        this.x = width / 2;
        this.y = height / 2;
        this.radius = Math.max(60, Math.min(width, height) / 2 - 8);
        this.centre = this.radius * CENTRE_SHARE;
        this.root = this.chart.zoomRow();
        this.rings = this.countRings();
        this.ring = (this.radius - this.centre) / this.rings;
        this.from = this.chart.layout.start[this.root];
        this.turn = 2 * Math.PI / (this.chart.layout.total[this.root] || 1);
    }

    /* Returns the number of rings: of levels with a visible arc, at most eight. */
    countRings() {
        const layout = this.chart.layout, root = this.root, least = RING_SHARE * layout.total[root];
        let levels = 3;
        for (let row = root + 1; row < layout.end[root] && levels < RINGS;) {
            const isSeen = layout.total[row] >= least;
            if (isSeen)
                levels = Math.max(levels, layout.depth[row] - layout.depth[root]);
            row = isSeen ? row + 1 : layout.end[row];
        }
        return levels;
    }

    draw(ctx) {
        this.measure();
        this.chart.setFont(ctx, false);
        this.chart.characterWidth = this.chart.characterWidth || ctx.measureText('mmmmmmmmmm').width / 10;
        const layout = this.chart.layout, root = this.root;
        const least = Math.max(0.6 / this.radius / this.turn, this.chart.leastTime());
        for (let row = root + 1; row < layout.end[root];) {
            const ring = layout.depth[row] - layout.depth[root] - 1;
            if (ring >= this.rings) {
                row = layout.end[row];
            } else if (layout.total[row] < least) {
                this.drawRest(ctx, row, ring);
                row = layout.end[layout.parent[row]]; /* siblings come in descending order of time */
            } else {
                this.drawArc(ctx, row, ring);
                row++;
            }
        }
        this.drawCentre(ctx);
    }

    arc(ctx, row, ring) {
        const layout = this.chart.layout, inner = this.centre + ring * this.ring;
        const start = (layout.start[row] - this.from) * this.turn - Math.PI / 2;
        const end = start + layout.total[row] * this.turn;
        ctx.beginPath();
        ctx.arc(this.x, this.y, inner, start, end);
        ctx.arc(this.x, this.y, inner + this.ring - 1, end, start, true);
        ctx.closePath();
        return (start + end) / 2;
    }

    /* Draws a row that is too small and its later siblings as one arc. */
    drawRest(ctx, row, ring) {
        const layout = this.chart.layout, parent = layout.parent[row], inner = this.centre + ring * this.ring;
        const end = layout.start[parent] + layout.total[parent] - layout.self[parent];
        const from = (layout.start[row] - this.from) * this.turn - Math.PI / 2;
        const to = (end - this.from) * this.turn - Math.PI / 2;
        ctx.beginPath();
        ctx.arc(this.x, this.y, inner + this.ring / 2, from, Math.max(to, from + 0.6 / this.radius));
        ctx.lineWidth = this.ring - 2;
        ctx.strokeStyle = this.chart.look.hatch;
        ctx.globalAlpha = 0.5;
        ctx.stroke();
        ctx.globalAlpha = 1;
    }

    drawArc(ctx, row, ring) {
        const chart = this.chart, func = chart.layout.func(row), colour = chart.page.colours.of(func);
        const middle = this.arc(ctx, row, ring), isFound = chart.found && chart.found[row];
        ctx.globalAlpha = chart.found && !isFound ? 0.25 : 1;
        ctx.fillStyle = colour.fill;
        ctx.fill();
        ctx.lineWidth = 1;
        ctx.strokeStyle = chart.look.ground;
        ctx.stroke();
        if (func === chart.page.hovered) {
            ctx.lineWidth = 3;
            ctx.strokeStyle = chart.look.lit;
            ctx.stroke();
        }
        this.drawLabel(ctx, row, ring, middle, colour.ink);
        ctx.globalAlpha = 1;
        if (row === chart.layout.rowOf[chart.page.node])
            this.outline(ctx, row, ring);
    }

    outline(ctx, row, ring) {
        for (const [width, colour] of [[4, this.chart.look.outer], [1.5, this.chart.look.inner]]) {
            this.arc(ctx, row, ring);
            ctx.lineWidth = width;
            ctx.strokeStyle = colour;
            ctx.stroke();
        }
    }

    /* Draws a straight label if it fits completely, and if the ring bends little over its length. */
    drawLabel(ctx, row, ring, angle, ink) {
        const chart = this.chart, radius = this.centre + (ring + 0.5) * this.ring;
        const label = chart.page.shortLabel(chart.layout.func(row));
        const half = label.columns * chart.characterWidth / 2;
        const turn = Math.min(Math.PI, chart.layout.total[row] * this.turn);
        const bend = radius - Math.sqrt(radius ** 2 - half ** 2);
        if (half + 4 > radius * Math.sin(turn / 2) || bend + 6 > this.ring / 2)
            return;
        const isBelow = Math.sin(angle) > 0;
        ctx.save();
        ctx.translate(this.x + radius * Math.cos(angle), this.y + radius * Math.sin(angle));
        ctx.rotate(angle + (isBelow ? -Math.PI / 2 : Math.PI / 2));
        ctx.textAlign = 'center';
        ctx.fillStyle = ink;
        ctx.fillText(label.text, 0, 0);
        ctx.restore();
    }

    drawCentre(ctx) {
        const chart = this.chart, layout = chart.layout;
        const label = chart.page.shortLabel(layout.func(this.root));
        const room = Math.floor(1.7 * this.centre / chart.characterWidth);
        ctx.textAlign = 'center';
        ctx.fillStyle = chart.look.ink;
        const lines = [label.columns <= room ? label.text : label.cut(room), prose(layout.total[this.root]),
                       percent(layout.total[this.root], layout.total[0])];
        lines.forEach((line, i) => {
            chart.setFont(ctx, i === 0);
            ctx.fillText(line, this.x, this.y + (i - 1) * 17);
        });
        ctx.textAlign = 'start';
    }

    hit(x, y) {
        this.measure();
        const chart = this.chart, distance = Math.hypot(x - this.x, y - this.y), layout = chart.layout;
        const level = layout.depth[this.root] + 1 + Math.floor((distance - this.centre) / this.ring);
        if (distance < this.centre)
            return this.boxOf(this.root);
        if (distance > this.radius)
            return NONE;
        const angle = (Math.atan2(y - this.y, x - this.x) + 2.5 * Math.PI) % (2 * Math.PI);
        const box = chart.boxes.at(level, this.from + angle / this.turn);
        return box;
    }

    boxOf(row) {
        const {boxes, layout} = this.chart, level = layout.depth[row];
        let box = boxes.firstFrom(level, layout.start[row]);
        while (boxes.row[box] !== row)
            box++;
        return box;
    }
}
