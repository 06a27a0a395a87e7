#include "values.h"
#include "digits.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include <stdlib.h>

struct str value_unquote(struct str value)
{
    if (value.len < 2)
        return value;
    char quote = value.data[0];
    struct str inner = {value.data + 1, value.len - 2};
    if ((quote != '"' && quote != '\'') || value.data[value.len - 1] != quote)
        return value;
    return inner.len && memchr(inner.data, quote, inner.len) ? value : inner;
}

bool value_next_word(struct str *rest, struct str *word)
{
    if (!str_split(rest, ',', word))
        return false;
    *word = str_trim(*word);
    return true;
}

void value_quote(struct buf *error, struct str value)
{
    buf_add_quoted(error, value);
    buf_add_char(error, ' ');
}

bool value_number(struct str value, uint64_t least, uint64_t most, uint64_t *number,
                  struct buf *error)
{
    enum digits_result read = digits_read(value, 10, most, number);
    if (read == DIGITS_OK && *number >= least)
        return true;
    value_quote(error, value);
    buf_add_text(error, read == DIGITS_NONE ? "is not a whole number"
                        : read == DIGITS_OK ? "is too small"
                                            : "is too large");
    return false;
}

static const struct unit {
    struct str name;
    uint64_t ns;
} units[] = {
    {{"s", 1}, 1000000000},
    {{"ms", 2}, 1000000},
    {{"us", 2}, 1000},
};

#define UNIT_COUNT (sizeof units / sizeof *units)

/* Reads the decimals of a unit, in nanoseconds. Returns false if these are not
 * digits. */
static bool read_fraction(struct str digits, uint64_t unit_ns, uint64_t *ns)
{
    *ns = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = digits_value(digits.data[i]);
        if (digit > 9)
            return false;
        unit_ns /= 10;
        *ns += digit * unit_ns;
    }
    return digits.len > 0;
}

/* Reads a whole number or one with digits on both sides of the point. Reports a value
 * above most as some value above most. */
static bool read_decimal(struct str number, uint64_t unit_ns, uint64_t most,
                         uint64_t *ns)
{
    struct str whole;
    uint64_t count, fraction = 0;
    if (!str_split(&number, '.', &whole) ||
        digits_read(whole, 10, most / unit_ns, &count) == DIGITS_NONE ||
        (number.data && !read_fraction(number, unit_ns, &fraction)))
        return false;
    *ns = count == UINT64_MAX ? count : count * unit_ns + fraction;
    return true;
}

#define BILLION 1000000000u
#define BILLION_DIGITS 9

bool value_ratio(struct str value, uint32_t *billionths)
{
    struct str whole, decimals = value;
    uint64_t ones = 0, parts = 0;
    if (!str_split(&decimals, '.', &whole) ||
        ((whole.len || !decimals.data) &&
         digits_read(whole, 10, 1, &ones) != DIGITS_OK) ||
        (decimals.data && !read_fraction(decimals, BILLION, &parts)))
        return false;
    if (decimals.len > BILLION_DIGITS || ones + parts == 0 ||
        ones * BILLION + parts > BILLION)
        return false;
    *billionths = (uint32_t)(ones * BILLION + parts);
    return true;
}

/* Finds the unit by its letters; NULL if there is no unit with this name. */
static const struct unit *find_unit(struct str name)
{
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (str_equal(name, units[i].name))
            return &units[i];
    return NULL;
}

static bool is_numeric(char c)
{
    return (c >= '0' && c <= '9') || c == '.';
}

bool value_duration(struct str value, uint64_t least, uint64_t most, uint64_t *ns,
                    struct buf *error)
{
    struct str number = value;
    while (number.len && !is_numeric(number.data[number.len - 1]))
        number.len--;
    struct str name = {value.data + number.len, value.len - number.len};
    const struct unit *unit = find_unit(name);
    uint64_t read_ns;
    bool ok = number.len && read_decimal(number, unit ? unit->ns : 1, most, &read_ns);
    if (ok && unit && read_ns >= least && read_ns <= most) {
        *ns = read_ns;
        return true;
    }
    value_quote(error, value);
    if (!ok || (name.len && !unit))
        buf_add_text(error, "is not a duration");
    else if (!unit)
        buf_add_text(error, "lacks a unit (us, ms, s)");
    else
        buf_printf(error, "is too %s", read_ns < least ? "short" : "long");
    return false;
}

void duration_add(struct buf *b, uint64_t ns)
{
    const struct unit *unit = units;
    while (ns && ns < unit->ns && unit < units + UNIT_COUNT - 1)
        unit++;
    buf_printf(b, "%" PRIu64, ns / unit->ns);
    uint64_t rest = ns % unit->ns, digit_ns = unit->ns / 10;
    if (rest)
        buf_add_char(b, '.');
    for (; rest; rest %= digit_ns, digit_ns /= 10)
        buf_add_char(b, (char)('0' + rest / digit_ns));
    buf_add_str(b, unit->name);
}

bool value_bytes(struct str value, uint64_t most, uint64_t *bytes, struct buf *error)
{
    static const char letters[] = "kmg";
    struct str number = value;
    const char *unit = NULL;
    char last = value.len ? value.data[value.len - 1] : '\0';
    if (last && (unit = strchr(letters, last | 0x20)) != NULL)
        number.len--;
    unsigned shift = unit ? 10 * (unsigned)(unit - letters + 1) : 0;
    uint64_t count;
    enum digits_result read = digits_read(number, 10, most >> shift, &count);
    if (read == DIGITS_OK) {
        *bytes = count << shift;
        return true;
    }
    value_quote(error, value);
    buf_add_text(error,
                 read == DIGITS_NONE ? "is not a number of bytes" : "is too large");
    return false;
}

bool value_octal(struct str value, mode_t needed, mode_t *mode, struct buf *error)
{
    uint64_t number;
    enum digits_result read = digits_read(value, 8, 0777, &number);
    if (read == DIGITS_OK && ((mode_t)number & needed) == needed) {
        *mode = (mode_t)number;
        return true;
    }
    value_quote(error, value);
    if (read == DIGITS_NONE)
        buf_add_text(error, "is not an octal number");
    else if (read == DIGITS_TOO_LARGE)
        buf_add_text(error, "is above 0777");
    else
        buf_printf(error, "shuts out the owner, who needs 0%03o", (unsigned)needed);
    return false;
}

static bool has_control_character(struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.data[i] < ' ' || value.data[i] == 127)
            return true;
    return false;
}

bool value_path(struct str value, size_t limit, struct buf *error)
{
    bool controls = has_control_character(value);
    if (!controls && value.len <= limit)
        return true;
    value_quote(error, value);
    if (controls)
        buf_add_text(error, "holds a control character");
    else
        buf_printf(error, "is longer than %zu bytes", limit);
    return false;
}

char *value_copy(struct str value)
{
    char *copy = malloc(value.len + 1);
    if (!copy)
        return NULL;
    if (value.len)
        memcpy(copy, value.data, value.len);
    copy[value.len] = '\0';
    return copy;
}

/* Cuts a path to its parent directory: "/a/b/" -> "/a", "b" -> ".". */
static void cut_to_parent(char *path)
{
    char *end = path + strlen(path);
    while (end > path + 1 && end[-1] == '/')
        end--;
    while (end > path && end[-1] != '/')
        end--;
    while (end > path + 1 && end[-1] == '/')
        end--;
    if (end == path)
        *end++ = '.';
    *end = '\0';
}

static bool place_fails(struct buf *error, struct str value, const char *why)
{
    value_quote(error, value);
    buf_add_text(error, why);
    return false;
}

static bool has_parent(char *path, struct str value, struct buf *error)
{
    struct stat parent;
    cut_to_parent(path);
    if (stat(path, &parent) != 0)
        return place_fails(error, value, "is in a directory that does not exist");
    return S_ISDIR(parent.st_mode) ||
           place_fails(error, value, "is in something that is not a directory");
}

bool value_place(struct str value, enum place place, struct buf *error)
{
    char *path = value_copy(value);
    if (!path) {
        error->failed = true;
        return false;
    }
    struct stat there;
    bool ok;
    if (stat(path, &there) == 0)
        ok = S_ISDIR(there.st_mode) == (place == PLACE_DIRECTORY) ||
             place_fails(error, value,
                         place == PLACE_FILE ? "is a directory" : "is not a directory");
    else if (errno == ENOENT)
        ok = has_parent(path, value, error);
    else
        ok = place_fails(error, value,
                         errno == ENOTDIR ? "is in something that is not a directory"
                                          : strerror(errno));
    free(path);
    return ok;
}
