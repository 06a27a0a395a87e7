/* View 2: the call tree as boxes, callers above (icicle), below (flame) or inside
 * (sunburst) their callees. */
'use strict';

class FlameView extends Chart {
    constructor(page) {
        super(page, 'flame', 'Flame graph: arrow keys go to caller, callee and siblings, Enter zooms');
        this.sunburst = new Sunburst(this);
        add(this.options,
            choice('Shape', [['icicle', 'Icicle'], ['flame', 'Flame'], ['sunburst', 'Sunburst']],
                   page.choices.shape, value => page.choose('shape', value)),
            choice('Colours', [['library', 'by library'], ['file', 'by file'], ['self', 'by self time']],
                   page.choices.colour, value => page.choose('colour', value)),
            button('Reset zoom', 'Show all (0)', () => page.zoomTo(0)));
        this.isEmpty = page.profile.nodes === 1;
        if (this.isEmpty)
            this.sayInstead(nothingBelow(page.profile));
    }

    update(changes) {
        const page = this.page;
        if (this.isEmpty)
            return;
        if (changes.layout) {
            this.layout = page.layout;
            this.boxes = Boxes.ofLayout(this.layout);
        }
        if (changes.layout || changes.search)
            this.found = page.found ? this.layout.rowsWith(page.found) : null;
        if (changes.layout || changes.theme || changes.colour)
            this.colour();
        if (changes.layout || changes.shape)
            this.takeShape();
        if (changes.layout || changes.zoom)
            this.zoomToRow(Boolean(changes.zoom) && !changes.layout);
        if (changes.layout || changes.selection)
            this.takeSelection();
        this.draw();
    }

    colour() {
        this.page.colours.prepare(this.page.choices.colour);
        fillLegend(this.legend, this.page.colours.legend(), true);
    }

    takeShape() {
        this.isRound = this.page.choices.shape === 'sunburst';
        this.isUp = this.page.choices.shape === 'flame';
        this.element.classList.toggle('round', this.isRound);
        this.fit();
        if (this.isUp)
            this.box.scrollTop = this.contentHeight();
    }

    contentHeight() {
        return this.isRound ? 0 : super.contentHeight();
    }

    zoomRow() {
        return this.layout.rowOf[this.page.zoom];
    }

    zoomToRow(isAnimated) {
        const row = this.zoomRow(), start = this.layout.start[row];
        const range = this.page.takeRange(this.name);
        if (range)
            this.setRange(range[0], range[1], false);
        else
            this.setRange(start, start + this.layout.total[row], isAnimated);
    }

    takeSelection() {
        const row = this.layout.rowOf[this.page.node], boxes = this.boxes, level = this.layout.depth[row];
        this.current = NONE;
        for (let i = boxes.firstFrom(level, this.layout.start[row]); i < boxes.levelStart[level + 1]; i++)
            if (boxes.row[i] === row) {
                this.current = i;
                break;
            }
        if (this.current !== NONE && !this.isRound && this.height)
            this.bring(this.current);
    }

    drawBoxes(ctx) {
        if (this.isRound)
            this.sunburst.draw(ctx);
        else
            super.drawBoxes(ctx);
    }

    hit(x, y) {
        return this.isRound ? this.sunburst.hit(x, y) : super.hit(x, y);
    }

    /* In the middle of the sunburst a click leads back out. */
    clickBox(box) {
        if (this.isRound && box !== NONE && this.boxes.row[box] === this.zoomRow() && this.zoomRow())
            this.page.zoomTo(this.layout.node[this.layout.parent[this.zoomRow()]]);
        else
            super.clickBox(box);
    }

    zoomAt(x, factor) {
        if (!this.isRound)
            super.zoomAt(x, factor);
        else if (factor > 1 && this.zoomRow())
            this.page.zoomTo(this.layout.node[this.layout.parent[this.zoomRow()]]);
        else if (factor < 1)
            this.page.zoomTo(this.hovered === NONE ? this.page.node :
                             this.layout.node[this.boxes.row[this.hovered]]);
    }

    pan(pixels) {
        if (!this.isRound)
            super.pan(pixels);
    }

    bring(box) {
        if (!this.isRound)
            super.bring(box);
    }
}

/* ------------------------------------------------------------------- sunburst */

const RINGS = 8, CENTRE_SHARE = 0.24;

/* The zoomed row is the centre; eight levels below it are rings, time runs clockwise. */
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

    /* As many as there are levels, up to eight: few of them are wide. */
    countRings() {
        const layout = this.chart.layout, root = this.root;
        let levels = 3;
        for (let row = root + 1; row < layout.end[root] && levels < RINGS; row++)
            levels = Math.max(levels, layout.depth[row] - layout.depth[root]);
        return Math.min(RINGS, levels);
    }

    draw(ctx) {
        this.measure();
        this.chart.setFont(ctx, false);
        this.chart.characterWidth = this.chart.characterWidth || ctx.measureText('mmmmmmmmmm').width / 10;
        const layout = this.chart.layout, root = this.root, least = 0.6 / this.radius / this.turn;
        for (let row = root + 1; row < layout.end[root];) {
            const ring = layout.depth[row] - layout.depth[root] - 1;
            if (ring >= this.rings) {
                row = layout.end[row];
            } else if (layout.total[row] < least) {
                this.drawRest(ctx, row, ring);
                row = layout.end[layout.parent[row]]; /* the heaviest comes first */
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

    /* A row that is too small to draw, and its siblings behind it, in one. */
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

    /* Only where all of it has room: straight, along a ring that hardly bends so far. */
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

/* --------------------------------------------------------------------- legend */

function fillLegend(host, entries, hasHatch) {
    clear(host);
    const entry = (square, text) => add(host, add(make('span', 'legend-entry'),
                                                  make('span', 'square ' + square), make('bdi', '', text)));
    for (const [name, text] of entries)
        entry('fill-' + name, text);
    if (hasHatch)
        entry('hatched', 'too small, or below the least share');
}
