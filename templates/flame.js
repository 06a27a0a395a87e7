/* View 2: the call tree as boxes, callers above (icicle), below (flame) or inside
 * (sunburst) their callees; or one function between its callers and its callees
 * (sandwich). */
'use strict';

const PATHS_LABEL = 'Flame graph: arrow keys go to caller, callee and siblings, Enter zooms';
const SANDWICH_LABEL = 'Sandwich: callers above the function, callees below it; arrow keys go to caller, ' +
    'callee and siblings, Enter puts the selected function into the middle';

class FlameView extends Chart {
    constructor(page) {
        super(page, 'flame', PATHS_LABEL);
        this.sunburst = new Sunburst(this);
        this.sandwich = null;
        this.caption = make('div', 'caption');
        this.empty = make('p', 'state');
        this.element.prepend(this.caption);
        this.box.addEventListener('dblclick', () => this.isSandwich && page.openSandwich(page.func));
        this.shape = choice('Shape', [['icicle', 'Icicle'], ['flame', 'Flame'], ['sunburst', 'Sunburst'],
                                      ['sandwich', 'Sandwich']], '', value => this.chooseShape(value));
        add(this.options, this.shape,
            choice('Colours', [['library', 'by library'], ['file', 'by file'], ['self', 'by self time']],
                   page.choices.colour, value => page.choose('colour', value)),
            button('Reset zoom', 'Show all (0)', () => page.zoomTo(0)));
        this.isEmpty = page.profile.nodes === 1;
        if (this.isEmpty)
            this.sayInstead(nothingBelow(page.profile));
    }

    /* The sandwich is of a function in this profile: it is not remembered. */
    chooseShape(value) {
        if (value === 'sandwich')
            this.page.openSandwich(this.page.func);
        else
            this.page.choose('shape', value);
    }

    update(changes) {
        if (this.isEmpty)
            return;
        const page = this.page, isNewShape = this.takeShape(changes);
        if (isNewShape || changes.search)
            this.found = page.found ? this.layout.rowsWith(page.found) : null;
        if (changes.layout || changes.theme || changes.colour)
            this.colour();
        if (isNewShape || changes.zoom)
            this.zoomNow(Boolean(changes.zoom) && !isNewShape);
        if (isNewShape || changes.selection)
            this.takeSelection();
        this.updateNote();
        this.draw();
    }

    colour() {
        this.page.colours.prepare(this.page.choices.colour);
        fillLegend(this.legend, this.page.colours.legend(), true);
    }

    /* What is drawn, and how. Was it something else before? */
    takeShape(changes) {
        const shape = this.page.shape();
        const isNew = Boolean(changes.layout) || this.drawn !== shape ||
            shape === 'sandwich' && this.layout.centre !== this.page.centre;
        if (!isNew)
            return false;
        this.drawn = this.shape.value = shape;
        this.isRound = shape === 'sunburst';
        this.isUp = shape === 'flame';
        this.isSandwich = shape === 'sandwich';
        this.takeBoxes(changes);
        this.element.classList.toggle('round', this.isRound);
        this.box.setAttribute('aria-label', this.isSandwich ? SANDWICH_LABEL : PATHS_LABEL);
        this.describe();
        this.fit();
        if (this.isUp)
            this.box.scrollTop = this.contentHeight();
        else if (this.isSandwich)
            this.box.scrollTop = (this.boxes.base + 1) * BOX_HEIGHT - this.height / 2;
        return true;
    }

    takeBoxes(changes) {
        if (changes.layout || !this.paths)
            this.paths = Boxes.ofLayout(this.page.layout);
        this.layout = this.isSandwich ? new Sandwich(this.page.layout, this.page.centre) : this.page.layout;
        this.boxes = this.isSandwich ? this.layout.boxes : this.paths;
        this.current = this.hovered = NONE;
    }

    /* Above the sandwich: what it is of, and how to read it. */
    describe() {
        const page = this.page, isEmpty = this.isSandwich && !this.layout.total[0];
        this.caption.hidden = !this.isSandwich || isEmpty;
        this.empty.remove();
        if (isEmpty)
            this.element.prepend(this.empty);
        this.box.hidden = this.legend.hidden = isEmpty;
        if (!this.isSandwich)
            return;
        const name = shown(page.profile.label(page.centre), 80);
        setText(this.empty, name + (page.part.range ? ' is not in this range.' : this.layout.isEmpty ?
            ' is not in the call tree, which had no room for it: the side panel has its figures, callers and ' +
            'callees.' : ' took no time that was measured.'));
        clear(this.caption).append(
            page.nameElement('caption-name', page.centre, 80), ': ' + this.timeText() +
            ' in all its calls. Above it who called it, below it what it called, as wide as their part of it.' +
            this.shortcomings());
    }

    shortcomings() {
        const profile = this.page.profile;
        return (this.layout.isCut ? ' Callers more than ' + plural(this.boxes.base, 'level') +
                ' up are left out.' : '') +
            (profile.exact ? ' The picture is of the call tree that is left; callers and callees at the side ' +
                'are exact.' : '');
    }

    /* "50 ms of its 80 ms", where the tree had no room for all of it. */
    timeText() {
        const {profile, stats, centre} = this.page, inTree = this.layout.total[0];
        const all = centre ? stats.figuresOf(centre).cumulative : inTree;
        return prose(inTree) + (profile.exact && all !== inTree ? ' of its ' + prose(all) : '');
    }

    contentHeight() {
        return this.isRound ? 0 : super.contentHeight();
    }

    zoomRow() {
        return this.layout.rowOf[this.page.zoom];
    }

    zoomNow(isAnimated) {
        const row = this.isSandwich ? 0 : this.zoomRow(), start = this.layout.start[row];
        const range = this.isSandwich ? null : this.page.takeRange(this.name);
        if (range)
            this.setRange(range[0], range[1], false);
        else
            this.setRange(start, start + this.layout.total[row], isAnimated);
    }

    takeSelection() {
        if (this.isSandwich) {
            if (this.current === NONE)
                this.current = this.boxes.whole;
            return;
        }
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

    /* The function stands between two lines. */
    drawOver(ctx) {
        if (!this.isSandwich)
            return;
        const y = this.levelY(this.boxes.base);
        ctx.fillStyle = this.look.ink;
        ctx.fillRect(0, y - 2, this.width, 1);
        ctx.fillRect(0, y + BOX_HEIGHT, this.width, 1);
    }

    hit(x, y) {
        return this.isRound ? this.sunburst.hit(x, y) : super.hit(x, y);
    }

    /* In the middle of the sunburst a click leads back out. */
    clickBox(box) {
        if (this.isSandwich)
            this.go(box);
        else if (this.isRound && box !== NONE && this.boxes.row[box] === this.zoomRow() && this.zoomRow())
            this.page.zoomTo(this.layout.node[this.layout.parent[this.zoomRow()]]);
        else
            super.clickBox(box);
    }

    /* In a sandwich the selection moves, and the function in the middle stays. */
    go(box) {
        if (!this.isSandwich || box === NONE) {
            super.go(box);
            return;
        }
        const row = this.boxes.row[box];
        this.current = box;
        this.page.select(this.layout.node[row], true);
        this.page.say(shown(this.page.profile.label(this.layout.func(row)), 80) + ', ' + this.shareText(row));
        this.bring(box);
    }

    nextMatch(step) {
        if (!this.isSandwich) {
            this.page.nextMatchingNode(step);
            return;
        }
        const count = this.layout.count;
        for (let k = 1; k <= count; k++) {
            const box = ((this.current + step * k) % count + count) % count;
            if (this.found[this.boxes.row[box]]) {
                this.go(box);
                return;
            }
        }
    }

    /* "12 ms of the 40 ms of f came from here (30 %)" */
    shareText(row) {
        const layout = this.layout, whole = layout.total[0], isCaller = layout.isCaller(row);
        const name = shown(this.page.profile.label(this.page.centre), 60);
        if (row === 0)
            return prose(whole) + ' (' + percent(whole, this.page.profile.total[0]) + ' of the request), ' +
                'in all its calls';
        return prose(layout.total[row]) + ' of the ' + prose(whole) + ' of ' + name +
            (isCaller ? ' came from here (' : ' were spent here (') + percent(layout.total[row], whole) + ')';
    }

    tipLines(box, row) {
        if (!this.isSandwich)
            return super.tipLines(box, row);
        const layout = this.layout, count = this.page.countOf(layout.calls[row]);
        return [this.shareText(row), layout.isCaller(row) ? count : 'self ' + prose(layout.self[row]) + ', ' + count];
    }

    /* The zoom that views share is of a call path. */
    noteRange() {
        if (!this.isSandwich)
            super.noteRange();
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

const RINGS = 8, CENTRE_SHARE = 0.24, RING_SHARE = 0.005;

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

    /* As many as there are levels with anything wide enough to be seen, up to eight. */
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
        const layout = this.chart.layout, root = this.root, least = Math.max(0.6 / this.radius / this.turn, this.chart.leastTime());
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

/* A legend's entry says what its name does not. */
function helped(entry, name) {
    if (Object.hasOwn(WAIT_HELP, name))
        entry.title = WAIT_HELP[name];
    return entry;
}

function fillLegend(host, entries, hasHatch) {
    clear(host);
    const entry = (square, text) => add(host, add(helped(make('span', 'legend-entry'), text),
                                                  make('span', 'square ' + square), make('bdi', '', text)));
    for (const [name, text] of entries)
        entry('fill-' + name, text);
    if (hasHatch)
        entry('hatched', 'too small to draw, or hidden');
}
