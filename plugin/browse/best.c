#include "best.h"

#include "base/vec.h"

#include <stdlib.h>

struct rank rank_of(const struct index_row *row, uint64_t end, struct order order)
{
    const void *member = row_member(row, order.by);
    struct rank rank = {.end = end};
    if (order.by->kind == ROW_TEXT) {
        rank.text = *(const struct str *)member;
        rank.none = !rank.text.data;
    } else if (order.by->kind == ROW_NAMES) {
        rank.number = (double)((const struct row_names *)member)->count;
    } else {
        rank.number = *(const double *)member;
        rank.none = rank.number < 0;
    }
    return rank;
}

static int compare_text(struct str a, struct str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int result = len ? memcmp(a.data, b.data, len) : 0;
    return result ? result : (a.len > b.len) - (a.len < b.len);
}

bool rank_precedes(struct rank a, struct rank b, bool ascending)
{
    if (a.none != b.none)
        return b.none;
    int order = a.none ? 0 : compare_text(a.text, b.text);
    if (order == 0 && !a.none)
        order = (a.number > b.number) - (a.number < b.number);
    if (order == 0)
        return a.end > b.end;
    return ascending ? order < 0 : order > 0;
}

static bool is_last(const struct best *b, uint32_t i, uint32_t than)
{
    return rank_precedes(b->rows[than].rank, b->rows[i].rank, b->order.ascending);
}

static void swap(struct best *b, uint32_t i, uint32_t with)
{
    struct best_row row = b->rows[i];
    b->rows[i] = b->rows[with];
    b->rows[with] = row;
}

static void sift_up(struct best *b, uint32_t i)
{
    for (; i && is_last(b, i, (i - 1) / 2); i = (i - 1) / 2)
        swap(b, i, (i - 1) / 2);
}

static void sift_down(struct best *b, uint32_t count)
{
    for (uint32_t i = 0, child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && is_last(b, child + 1, child))
            child++;
        if (!is_last(b, child, i))
            break;
        swap(b, i, child);
    }
}

static bool store(struct best *b, struct best_row *to, const struct index_row *row,
                  struct rank rank)
{
    b->bytes -= to->bytes.cap;
    to->bytes.len = 0;
    buf_add_str(&to->bytes, rank.text);
    indexrow_write(row, &to->bytes);
    b->bytes += to->bytes.cap;
    to->text_len = rank.text.len;
    to->rank = rank;
    if (rank.text.data)
        to->rank.text.data = to->bytes.data;
    return !to->bytes.failed;
}

bool best_offer(struct best *b, const struct index_row *row, uint64_t end)
{
    struct rank rank = rank_of(row, end, b->order);
    if (b->count < b->most) {
        if (!VEC_ROOM(b->rows, b->count, b->cap, 16))
            return false;
        b->rows[b->count] = (struct best_row){0};
        if (!store(b, &b->rows[b->count++], row, rank))
            return false;
        sift_up(b, b->count - 1);
        return true;
    }
    if (!rank_precedes(rank, b->rows[0].rank, b->order.ascending))
        return true;
    if (!store(b, &b->rows[0], row, rank))
        return false;
    sift_down(b, b->count);
    return true;
}

void best_sort(struct best *b)
{
    for (uint32_t count = b->count; count > 1;) {
        swap(b, 0, --count);
        sift_down(b, count);
    }
}

void best_free(struct best *b)
{
    for (uint32_t i = 0; i < b->count; i++)
        buf_free(&b->rows[i].bytes);
    free(b->rows);
    *b = (struct best){0};
}
