#include "config.h"

#include <stdlib.h>

struct report_choice config_choice(const struct config *c)
{
    return (struct report_choice){
        .outputs = c->outputs,
        .log_style = c->log_style,
        .sort = c->sort,
        .restrictions = &c->restrictions,
        .limit = -1,
        .files = c->files,
        .file_count = c->file_count,
        .source = c->source,
        .rules = {.show = &c->show, .hide = &c->hide},
    };
}

void config_add_file(struct config *c, const struct format *format)
{
    for (size_t i = 0; i < c->file_count; i++)
        if (c->files[i] == format)
            return;
    c->files[c->file_count++] = format;
}

static void free_regexes(struct regex_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        regex_free(list->items[i]);
    free(list->items);
}

void config_free(struct config *c)
{
    triggers_free(&c->triggers);
    free_regexes(&c->path);
    free_regexes(&c->skip);
    free_regexes(&c->show);
    free_regexes(&c->hide);
    routenames_free(&c->groups);
    free(c->stream);
    restrictions_free(&c->restrictions);
    free(c->dir);
    free(c->off_file);
    filename_free(&c->filename);
    free(c->files);
    netlist_free(&c->allow);
    free(c->not_allowed);
    netlist_free(&c->proxies);
    explicit_bzero(&c->key, sizeof c->key);
    free(c->key_file);
    free(c->browse);
    free(c->browse_hosts);
    *c = (struct config){0};
}
