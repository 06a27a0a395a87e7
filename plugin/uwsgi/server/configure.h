/* configure.h -- the profiler-* options as the server reads them. */

#ifndef PROFILER_CONFIGURE_H
#define PROFILER_CONFIGURE_H

#include "server.h"

/* The table for struct uwsgi_plugin, made once when the plugin is loaded. */
struct uwsgi_option *configure_table(void);

/* After the whole configuration was read: ends the server (status 1) with one line when
 * an option named profiler-... or profiler_... is none of ours, or the options do not
 * go together. */
void configure_finish(void);

/* After the whole configuration was read, as the user that the server was started by:
 * reads profiler-key-file, or takes what was carried over a reload when it cannot be
 * read any more. Ends the server likewise when it cannot be used; after a reload, flags
 * are refused instead. */
void configure_read_key(void);
/* Ends the server (status 1) with the line in *error. */
_Noreturn void configure_stop(struct buf *error);

/* After the server has changed its directory, root and user: ends it likewise when the
 * files that the options name cannot be. */
void configure_check_places(void);

/* Was this option, of any plugin, set? */
bool configure_given(const char *name);

/* And that to something that is not "false" or "0"? */
bool configure_server_has(const char *name);

#endif
