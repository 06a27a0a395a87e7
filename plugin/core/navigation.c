#include "navigation.h"

#include <strings.h>

static bool is_one_of(struct str value, const char *const *words)
{
    for (; *words; words++)
        if (str_equal(value, str_from(*words)))
            return true;
    return false;
}

/* "text/html,application/xhtml+xml;q=0.9": types are told apart by commas. */
static bool accepts_html(struct str accept)
{
    struct str range, type;
    while (str_split(&accept, ',', &range)) {
        if (!str_split(&range, ';', &type))
            continue;
        type = str_trim(type);
        if (type.len == 9 && strncasecmp(type.data, "text/html", 9) == 0)
            return true;
    }
    return false;
}

bool request_is_navigation(const struct request_view *r)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", NULL};
    static const char *const places[] = {"document", "iframe", NULL};
    struct str place = request_var(r, STR("HTTP_SEC_FETCH_DEST"));
    return is_one_of(r->method, methods) && (!place.data || is_one_of(place, places)) &&
           accepts_html(request_var(r, STR("HTTP_ACCEPT")));
}
