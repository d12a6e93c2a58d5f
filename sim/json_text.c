/*
 * json_text.c - scanning, locating, comparing and formatting for json.c.
 */
#include "sim/json_text.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORD 40

const char *sim_json_scan(const char *text, size_t bytes, unsigned max_depth, size_t *at)
{
    bool in_string = false;
    unsigned depth = 0;
    for (size_t i = 0; i < bytes; i++) {
        char c = text[i];
        *at = i;
        if ((unsigned char)c < 0x20 && (in_string || strchr("\t\n\r", c) == NULL || c == '\0'))
            return in_string ? "control character in a string" : "control character";
        if (in_string && c == '\\')
            i += i + 1 < bytes && (unsigned char)text[i + 1] >= 0x20;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '[' || c == '{') && ++depth > max_depth)
            return "nested too deeply";
        else if (!in_string && (c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return NULL;
}

void sim_json_locate(const char *text, size_t at, size_t *line, size_t *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < at; i++) {
        (*column)++;
        if (text[i] == '\n') {
            (*line)++;
            *column = 1;
        }
    }
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: row i holds the edits from a[0..i) to every b[0..j). */
unsigned sim_json_edits(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length >= MAX_WORD || b_length >= MAX_WORD)
        return UINT_MAX;
    unsigned rows[3][MAX_WORD];
    unsigned *two_back = rows[0], *back = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *free_row = two_back;
        two_back = back;
        back = row;
        row = free_row;
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] =
                smaller(smaller(row[j - 1], back[j]) + 1, back[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], two_back[j - 2] + 1);
        }
    }
    return row[b_length];
}

/*
 * A decimal of up to DBL_DIG digits survives the way through a double, so shorter ones need no
 * trying: %g drops trailing zeros. Only below DBL_MIN do doubles have fewer digits than that.
 */
void sim_json_format(char text[32], double value)
{
    if (!isfinite(value)) {
        memcpy(text, "null", sizeof("null"));
        return;
    }
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(text, 32, "%.*g", digits, value);
        if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value))
            return;
    }
}
