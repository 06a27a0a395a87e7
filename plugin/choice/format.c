#include "format.h"

const struct format *format_find(const struct format_table *table, struct str name)
{
    for (size_t i = 0; i < table->count; i++)
        if (str_equal(str_from(table->formats[i].name), name))
            return &table->formats[i];
    return NULL;
}

void format_names(const struct format_table *table, struct buf *out)
{
    const char *separator = "";
    for (size_t i = 0; i < table->count; i++) {
        if (table->formats[i].missing)
            continue;
        buf_add_text(out, separator);
        buf_add_text(out, table->formats[i].name);
        separator = ", ";
    }
}
