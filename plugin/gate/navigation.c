#include "navigation.h"

static bool is_one_of(struct str value, const char *const *words)
{
    for (; *words; words++)
        if (str_equal(value, str_from(*words)))
            return true;
    return false;
}

/* Does a list such as "text/html, application/xml;q=0.9" contain the word? The text
 * after the separator is not part of an item's name. */
static bool lists(struct str list, char separator, struct str word)
{
    struct str item, name;
    while (str_split(&list, ',', &item))
        if (str_split(&item, separator, &name) &&
            str_equal_nocase(str_trim(name), word))
            return true;
    return false;
}

bool request_is_navigation(const struct request_view *r)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", NULL};
    static const char *const places[] = {"document", "iframe", NULL};
    struct str place = request_var(r, STR("HTTP_SEC_FETCH_DEST"));
    return is_one_of(r->method, methods) && (!place.data || is_one_of(place, places)) &&
           lists(request_var(r, STR("HTTP_ACCEPT")), ';', STR("text/html"));
}

bool request_is_upgrade(const struct request_view *r)
{
    return lists(request_var(r, STR("HTTP_UPGRADE")), '/', STR("websocket"));
}
