/* A line above the view that names what the reader has hidden or unfolded, today or earlier. It
 * explains a page that looks empty or too full, and one click undoes it. */
'use strict';

/* The words of the strip by choice; '' if there is nothing to say. */
const STRIP_WORDS = {
    ownOnly: value => value ? 'own code only' : '',
    threshold: value => value ? 'only what took ' + value + ' % or more' : '',
    fold: value => value ? '' : 'libraries not folded',
    imports: value => value ? '' : 'imports not folded',
    hide: value => value ? 'also folded: /' + shown(value, 60) + '/' : '',
    show: value => value ? 'never folded: /' + shown(value, 60) + '/' : '',
};
/* These choices show in views with the "fold" control. */
const STRIP_WITH_FOLD = ['imports', 'hide', 'show'];

class Strip {
    constructor(page, element) {
        this.page = page;
        this.element = element;
    }

    /* Returns the choices that have an effect in this view: [[name, words], ...]. */
    parts() {
        const {choices, views, view} = this.page, {uses} = views[view];
        return Object.keys(STRIP_WORDS)
            .filter(name => uses.includes(STRIP_WITH_FOLD.includes(name) ? 'fold' : name))
            .filter(name => !(name === 'imports' && choices.fold)) /* folding libraries includes imports */
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
                button('Reset', 'Show everything, with the default folding', () => this.reset()));
    }

    reset() {
        for (const [name] of this.parts())
            this.page.choose(name, CHOICES[name]);
        this.page.controls.focusView();
    }
}
