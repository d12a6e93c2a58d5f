/*
 * expr_fuzz.c - any text as an expression; what is one is worked out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static bool look_up(void *ctx, const char *name, expr_value_t *value)
{
    (void)ctx;
    *value = (expr_value_t){(double)strlen(name) - 2, name[0] == 't' ? "text" : NULL};
    return name[0] != 'n';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[256] = "";
    char *text = malloc(bytes + 1);
    memcpy(text, data, bytes);
    text[bytes] = '\0';
    expr_t *e = expr_parse(text, error, sizeof(error));
    if (e == NULL && strncmp(error, "column ", 7) != 0)
        abort();
    for (uint32_t i = 0; e != NULL && expr_name(e, i, NULL) != NULL; i++)
        if (strlen(expr_name(e, i, NULL)) >= EXPR_NAME)
            abort();
    expr_value_t value;
    if (e != NULL && expr_eval(e, look_up, NULL, &value, error, sizeof(error)) &&
        value.text == NULL && !isfinite(value.num))
        abort();
    expr_free(e);
    free(text);
    return 0;
}
