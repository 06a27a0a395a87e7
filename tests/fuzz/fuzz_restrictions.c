/* profiler-restrictions and profiler-sort-by, and the table that they make.
 *
 * Input: the restrictions, the sort keys, then a profile in the format of made.h. */

#include "fuzz.h"
#include "made.h"

#include "report/text/rows.h"
#include "report/text/table.h"

/* As in pstats: a count keeps the first rows, a fraction rounds half up. */
static void check_reduced(const struct restriction *r, uint32_t before, uint32_t after)
{
    CHECK(after <= before);
    if (r->kind == RESTRICT_COUNT)
        CHECK(after == (r->count < before ? r->count : before));
    if (r->kind == RESTRICT_FRACTION)
        CHECK(r->fraction >= 0 && r->fraction < 1 &&
              after == (uint32_t)(before * r->fraction + .5));
}

static void check_rows(const struct made *m)
{
    struct rows rows;
    CHECK(rows_sort(&rows, REPORT(m)));
    CHECK(rows.count == m->stats.func_count);
    for (size_t i = 0; i < m->restrictions.count; i++) {
        uint32_t before = rows.count;
        CHECK(rows_reduce(&rows, &m->restrictions.items[i]));
        check_reduced(&m->restrictions.items[i], before, rows.count);
    }
    for (uint32_t i = 0; i < rows.count; i++)
        CHECK(rows.rows[i] < m->stats.func_count);
    rows_free(&rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_input(data, size);
    struct str restrictions = fuzz_line(&rest), sort = fuzz_line(&rest);
    struct made made;
    struct buf table = {0};
    if (!rest.data)
        rest = STR("");
    made_from(&made, &rest);
    made_sort(&made, restrictions, sort);
    check_rows(&made);
    CHECK(table_write(REPORT(&made), false, &table) && table.len);
    CHECK(table.data[table.len - 1] == '\n');
    buf_free(&table);
    made_free(&made);
    return 0;
}
