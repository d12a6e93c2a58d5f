#include "tools/when.h"

#include <stdio.h>
#include <string.h>

#include "sim/time.h"

bool when_parse(const char *text, when_t *when)
{
    unsigned frame, row = 0;
    int used = 0;
    *when = (when_t){0};
    if (strncmp(text, "frame:", 6) != 0)
        return sim_time_parse(text, &when->at_ps);
    if (text[6] < '0' || text[6] > '9' ||
        sscanf(text, "frame:%9u%n+%9u%n", &frame, &used, &row, &used) < 1 || text[used] != '\0')
        return false;
    *when = (when_t){.at_frame = true, .frame = frame, .row = row};
    return true;
}
