/* What the reader has hidden or unfolded, today or some day, said above the view: a page that
 * looks empty, or full, says why, and one click undoes it. */
'use strict';

/* By choice: in the words of the strip; '' where nothing is to be said. */
const STRIP_WORDS = {
    ownOnly: value => value ? 'own code only' : '',
    threshold: value => value ? 'nothing below ' + value + ' % of the time' : '',
    fold: value => value ? '' : 'libraries not folded',
    imports: value => value ? '' : 'imports not folded',
    hide: value => value ? 'folded, too: /' + shown(value, 60) + '/' : '',
    show: value => value ? 'never folded: /' + shown(value, 60) + '/' : '',
};
/* The choices that stand behind one control. */
const STRIP_WITH_FOLD = ['imports', 'hide', 'show'];

class Strip {
    constructor(page, element) {
        this.page = page;
        this.element = element;
    }

    /* Those that have an effect in the view at hand: [[name, words], ...]. */
    parts() {
        const {choices, views, view} = this.page, {uses} = views[view];
        return Object.keys(STRIP_WORDS)
            .filter(name => uses.includes(STRIP_WITH_FOLD.includes(name) ? 'fold' : name))
            .filter(name => !(name === 'imports' && choices.fold)) /* folded with libraries anyway */
            .map(name => [name, STRIP_WORDS[name](choices[name])]).filter(([, words]) => words);
    }

    update() {
        if (!this.page.views || !this.page.view)
            return;
        const parts = this.parts();
        this.element.hidden = !parts.length;
        clear(this.element);
        if (parts.length)
            add(this.element, 'Showing: ' + parts.map(([, words]) => words).join(' \u00b7 ') + ' ',
                button('Reset', 'Show everything, folded as at first', () => this.reset()));
    }

    reset() {
        for (const [name] of this.parts())
            this.page.choose(name, CHOICES[name]);
        this.page.controls.focusView();
    }
}
