/* configure.h -- registers and checks the profiler-* options. */

#ifndef PROFILER_CONFIGURE_H
#define PROFILER_CONFIGURE_H

#include "server.h"

/* Returns the option table for struct uwsgi_plugin. Call it once, when the plugin is
 * loaded. */
struct uwsgi_option *configure_table(void);

/* Call it after the whole configuration was read. Stops the server (status 1, one line)
 * when an option profiler-... or profiler_... is unknown, or when options contradict
 * each other. */
void configure_finish(void);

/* Call it after the whole configuration was read, before root is dropped. Reads
 * profiler-key-file; if the file can no longer be read after a reload, takes the secret
 * that was carried over. If there is no usable secret: stops the server like
 * configure_finish, but after a reload only refuses flags. */
void configure_read_key(void);

/* Stops the server (status 1) with the line in *error. */
_Noreturn void configure_stop(struct buf *error);

/* Call it after the server has changed its directory, root and user. Stops the server
 * like configure_finish when a file that an option names cannot be created. */
void configure_check_places(void);

/* The same for a server that only reads profiler-dir: it must be there. */
void configure_check_stored(void);

/* Was this option, of any plugin, set? */
bool configure_given(const char *name);

/* Was it set, and not to "false" or "0"? */
bool configure_server_has(const char *name);

#endif
