/* The last script; it starts the page. */
'use strict';

/* Data that are not a profile show a card with the reason. The text table stays visible. */
function start() {
    const element = document.getElementById('profile'), text = element ? element.textContent : '';
    try {
        let data = null;
        try {
            data = JSON.parse(text);
        } catch (error) {
            throw new BadProfile('the data are not JSON: ' + error.message);
        }
        document.documentElement.classList.add('started');
        document.getElementById('app').hidden = false;
        window.profilerPage = new Page(text, new Profile(data));
    } catch (error) {
        document.documentElement.classList.remove('started');
        document.getElementById('app').hidden = true;
        const card = document.getElementById('error');
        const why = error instanceof BadProfile ? error.message : 'An error in the page: ' + error;
        card.hidden = false;
        add(clear(card), make('h1', '', 'This profile cannot be shown'), make('p', '', shown(why, 500)),
            make('p', 'hint', 'The text table below needs no script.'));
        if (!(error instanceof BadProfile))
            setTimeout(() => { throw error; });
    }
}

start();
