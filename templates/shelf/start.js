/* The last script; it starts the list. */
'use strict';

window.profilerShelf = new Shelf();
