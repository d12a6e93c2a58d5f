/*
 * expr.h - arithmetic over names: what a space says of its parameters and figures.
 *
 *   or      and { "||" and }                      power    operand [ "^" unary ]
 *   and     compare { "&&" compare }              operand  number | "text" | name | ( or )
 *   compare sum [ < <= > >= == != sum ]                    | function ( or { , or } )
 *   sum     product { + - product }
 *   product unary { * / % unary }                 unary    - unary | ! unary | power
 *
 * Functions: min max (2 and more), abs ceil floor round sqrt log2, if (condition, then, else).
 * Values are numbers or text; text can be compared with == and !=, and chosen by `if`. A condition
 * is 1 or 0; anything but 0 is true. What && || and `if` do not need is not worked out.
 */
#ifndef TOOLS_EXPLORE_EXPR_H
#define TOOLS_EXPLORE_EXPR_H

#include "sim/types.h"

enum { EXPR_TEXT = 1000, EXPR_NAME = 48, EXPR_DEPTH = 64 };

typedef struct expr expr_t;

/* text NULL: a number. Text is owned by the expression or by who looked the name up. */
typedef struct {
    double num;
    const char *text;
} expr_value_t;

/* NULL, with "column 7: what" in error, when it is none: also above EXPR_TEXT bytes, and nested
 * deeper than EXPR_DEPTH. */
expr_t *expr_parse(const char *text, char *error, size_t error_bytes);
void expr_free(expr_t *expr); /* NULL is fine */

/* As it was written. */
const char *expr_text(const expr_t *expr);
/* Names in it, each once; NULL beyond the last. column of the first place, from 1. */
const char *expr_name(const expr_t *expr, uint32_t index, uint32_t *column);

/* False: there is no such name. */
typedef bool (*expr_lookup_t)(void *ctx, const char *name, expr_value_t *value);

/* False, with "column 7: what" in error: an unknown name, text where a number is needed, division
 * by 0, a number that is not finite. */
bool expr_eval(const expr_t *expr, expr_lookup_t lookup, void *ctx, expr_value_t *value,
               char *error, size_t error_bytes);

#endif
