#include "mode.h"

const char *mode_name(enum profile_mode mode)
{
    static const char *const names[MODE_COUNT] = {
        [MODE_DETERMINISTIC] = "deterministic",
        [MODE_SAMPLING] = "sampling",
    };
    return names[mode];
}

bool mode_find(struct str name, enum profile_mode *mode)
{
    for (enum profile_mode m = 0; m < MODE_COUNT; m++)
        if (str_equal(name, str_from(mode_name(m)))) {
            *mode = m;
            return true;
        }
    return false;
}
