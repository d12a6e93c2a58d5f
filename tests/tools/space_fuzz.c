/*
 * space_fuzz.c - any bytes as a space; some points of what is one.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/explore/evaluate.h"
#include "tools/explore/strategy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void some_points(const space_t *space, strategy_kind_t kind)
{
    char error[1024];
    double gene[SPACE_FREE];
    space_value_t value[SPACE_PARAMS + 1];
    strategy_t *s = strategy_new(kind, space, space->seed, 8, error, sizeof(error));
    while (s != NULL && strategy_next(s, gene) == STRATEGY_POINT)
        if (space_values(space, gene, value, error, sizeof(error)))
            free(space_values_text(space, value));
    strategy_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static space_t space;
    char error[1024] = "";
    bool fine = space_parse(&space, (const char *)data, bytes, "fuzz/space.json",
                            evaluate_is_figure, error, sizeof(error));
    if (fine == (error[0] != '\0'))
        abort();
    if (fine && space.free > 0) {
        some_points(&space, STRATEGY_GRID);
        some_points(&space, STRATEGY_SOBOL);
    }
    space_free(&space);
    return 0;
}
