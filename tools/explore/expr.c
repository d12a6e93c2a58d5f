#include "tools/explore/expr.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
    NUMBER,
    TEXT,
    NAME,
    NEGATE,
    NOT,
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MODULO,
    POWER,
    LESS,
    LESS_EQUAL,
    MORE,
    MORE_EQUAL,
    EQUAL,
    UNEQUAL,
    AND,
    OR,
    CALL_MIN,
    CALL_MAX,
    CALL_ABS,
    CALL_CEIL,
    CALL_FLOOR,
    CALL_ROUND,
    CALL_SQRT,
    CALL_LOG2,
    CALL_IF,
} op_t;

#define NONE UINT32_MAX

/* Operands of a call hang together by `next`. */
typedef struct {
    op_t op;
    uint32_t column, first, next; /* operands; NONE: no more */
    double num;
    const char *text; /* TEXT, NAME */
} node_t;

struct expr {
    char *source;
    char *pool; /* texts and names, each NUL-terminated */
    size_t pooled;
    node_t *node;
    uint32_t nodes, root;
};

typedef struct {
    expr_t *expr;
    const char *at;
    uint32_t depth;
    bool failed;
    char *error;
    size_t error_bytes;
} parser_t;

/* ---- reading ---- */

static uint32_t parse_fail(parser_t *p, const char *at, const char *fmt, ...) SIM_PRINTF(3, 4);
static uint32_t parse_fail(parser_t *p, const char *at, const char *fmt, ...)
{
    if (p->failed)
        return NONE;
    char what[160];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    p->failed = true;
    snprintf(p->error, p->error_bytes, "column %zu: %s", (size_t)(at - p->expr->source) + 1, what);
    return NONE;
}

static uint32_t add_node(parser_t *p, op_t op, const char *at, uint32_t first)
{
    /* there are no more nodes than bytes: expr_parse made room for so many */
    node_t *n = &p->expr->node[p->expr->nodes];
    *n = (node_t){
        .op = op, .column = (uint32_t)(at - p->expr->source) + 1, .first = first, .next = NONE};
    return p->expr->nodes++;
}

static const char *pool_text(expr_t *e, const char *from, size_t length)
{
    char *to = e->pool + e->pooled;
    memcpy(to, from, length);
    to[length] = '\0';
    e->pooled += length + 1;
    return to;
}

static void skip_blanks(parser_t *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

static bool take(parser_t *p, const char *sign)
{
    skip_blanks(p);
    size_t length = strlen(sign);
    if (strncmp(p->at, sign, length) != 0)
        return false;
    p->at += length;
    return true;
}

static uint32_t parse_or(parser_t *p);

static uint32_t parse_number(parser_t *p)
{
    const char *at = p->at;
    char *end;
    double value = strtod(at, &end);
    /* strtod would take 0x10 and 1e, too; what follows a number is no letter */
    if (end == at || isalnum((unsigned char)*end) || memchr(at, 'x', (size_t)(end - at)) != NULL ||
        memchr(at, 'X', (size_t)(end - at)) != NULL)
        return parse_fail(p, at, "not a number");
    if (!isfinite(value))
        return parse_fail(p, at, "number too large");
    p->at = end;
    uint32_t n = add_node(p, NUMBER, at, NONE);
    p->expr->node[n].num = value;
    return n;
}

static uint32_t parse_text(parser_t *p)
{
    const char *at = p->at, quote = *at, *end = strchr(at + 1, quote);
    if (end == NULL)
        return parse_fail(p, at, "text without end");
    uint32_t n = add_node(p, TEXT, at, NONE);
    p->expr->node[n].text = pool_text(p->expr, at + 1, (size_t)(end - at - 1));
    p->at = end + 1;
    return n;
}

static const struct {
    const char *name;
    op_t op;
    uint32_t low, high; /* operands */
} functions[] = {
    {"min", CALL_MIN, 2, 32},  {"max", CALL_MAX, 2, 32},    {"abs", CALL_ABS, 1, 1},
    {"ceil", CALL_CEIL, 1, 1}, {"floor", CALL_FLOOR, 1, 1}, {"round", CALL_ROUND, 1, 1},
    {"sqrt", CALL_SQRT, 1, 1}, {"log2", CALL_LOG2, 1, 1},   {"if", CALL_IF, 3, 3},
};

static uint32_t parse_call(parser_t *p, const char *at, size_t length)
{
    size_t f = 0;
    while (f < SIM_COUNT(functions) &&
           (strlen(functions[f].name) != length || strncmp(functions[f].name, at, length) != 0))
        f++;
    if (f == SIM_COUNT(functions))
        return parse_fail(p, at, "no function '%.*s'", (int)length, at);
    uint32_t call = add_node(p, functions[f].op, at, NONE), last = NONE, count = 0;
    do {
        uint32_t operand = parse_or(p);
        if (p->failed)
            return NONE;
        if (last == NONE)
            p->expr->node[call].first = operand;
        else
            p->expr->node[last].next = operand;
        last = operand;
        count++;
    } while (take(p, ","));
    if (!take(p, ")"))
        return parse_fail(p, p->at, "expected ',' or ')'");
    if (count < functions[f].low || count > functions[f].high)
        return parse_fail(p, at, "%s takes %u%s operands, not %u", functions[f].name,
                          functions[f].low, functions[f].high > functions[f].low ? " or more" : "",
                          count);
    return call;
}

static uint32_t parse_name(parser_t *p)
{
    const char *at = p->at;
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    p->at += length;
    if (length >= EXPR_NAME)
        return parse_fail(p, at, "name of %zu bytes, at most %d", length, EXPR_NAME - 1);
    if (take(p, "("))
        return parse_call(p, at, length);
    uint32_t n = add_node(p, NAME, at, NONE);
    p->expr->node[n].text = pool_text(p->expr, at, length);
    return n;
}

static uint32_t parse_operand(parser_t *p)
{
    skip_blanks(p);
    unsigned char c = (unsigned char)*p->at;
    if (isdigit(c) || c == '.')
        return parse_number(p);
    if (isalpha(c) || c == '_')
        return parse_name(p);
    if (c == '"' || c == '\'')
        return parse_text(p);
    if (c == '\0')
        return parse_fail(p, p->at, "ends where a value is expected");
    if (!take(p, "("))
        return parse_fail(p, p->at, "expected a value");
    uint32_t inner = parse_or(p);
    if (!p->failed && !take(p, ")"))
        return parse_fail(p, p->at, "expected ')'");
    return inner;
}

static uint32_t pair(parser_t *p, op_t op, const char *at, uint32_t left, uint32_t right)
{
    if (p->failed)
        return NONE;
    p->expr->node[left].next = right;
    return add_node(p, op, at, left);
}

static uint32_t parse_unary(parser_t *p)
{
    uint32_t n;
    skip_blanks(p);
    const char *at = p->at;
    if (++p->depth > EXPR_DEPTH)
        return parse_fail(p, at, "nested deeper than %d", EXPR_DEPTH);
    if (take(p, "-") || (strncmp(at, "!=", 2) != 0 && take(p, "!"))) {
        uint32_t operand = parse_unary(p);
        n = p->failed ? NONE : add_node(p, *at == '-' ? NEGATE : NOT, at, operand);
    } else {
        n = parse_operand(p);
        skip_blanks(p);
        const char *sign = p->at;
        if (!p->failed && take(p, "^"))
            n = pair(p, POWER, sign, n, parse_unary(p));
    }
    p->depth--;
    return n;
}

typedef struct {
    const char *sign;
    op_t op;
} sign_t;

/* { left sign right }: those of one precedence, from the left; once: at most one. */
static uint32_t parse_chain(parser_t *p, uint32_t (*inner)(parser_t *p), const sign_t *sign,
                            bool once)
{
    uint32_t left = inner(p);
    for (bool more = true; more && !p->failed;) {
        skip_blanks(p);
        const char *at = p->at;
        const sign_t *s = sign;
        while (s->sign != NULL && !take(p, s->sign))
            s++;
        if (s->sign == NULL)
            break;
        left = pair(p, s->op, at, left, inner(p));
        more = !once;
    }
    return left;
}

static uint32_t parse_product(parser_t *p)
{
    static const sign_t signs[] = {{"*", MULTIPLY}, {"/", DIVIDE}, {"%", MODULO}, {NULL, NUMBER}};
    return parse_chain(p, parse_unary, signs, false);
}

static uint32_t parse_sum(parser_t *p)
{
    static const sign_t signs[] = {{"+", ADD}, {"-", SUBTRACT}, {NULL, NUMBER}};
    return parse_chain(p, parse_product, signs, false);
}

static uint32_t parse_compare(parser_t *p)
{
    static const sign_t signs[] = {{"<=", LESS_EQUAL}, {">=", MORE_EQUAL}, {"==", EQUAL},
                                   {"!=", UNEQUAL},    {"<", LESS},        {">", MORE},
                                   {NULL, NUMBER}};
    return parse_chain(p, parse_sum, signs, true);
}

static uint32_t parse_and(parser_t *p)
{
    static const sign_t signs[] = {{"&&", AND}, {NULL, NUMBER}};
    return parse_chain(p, parse_compare, signs, false);
}

static uint32_t parse_or(parser_t *p)
{
    static const sign_t signs[] = {{"||", OR}, {NULL, NUMBER}};
    if (++p->depth > EXPR_DEPTH)
        return parse_fail(p, p->at, "nested deeper than %d", EXPR_DEPTH);
    uint32_t n = parse_chain(p, parse_and, signs, false);
    p->depth--;
    return n;
}

expr_t *expr_parse(const char *text, char *error, size_t error_bytes)
{
    size_t length = strlen(text);
    if (length > EXPR_TEXT) {
        snprintf(error, error_bytes, "column %d: longer than %d bytes", EXPR_TEXT + 1, EXPR_TEXT);
        return NULL;
    }
    expr_t *e = calloc(1, sizeof(*e));
    if (e != NULL) {
        e->source = malloc(length + 1);
        e->pool = malloc(2 * length + 2);
        e->node = calloc(length + 1, sizeof(*e->node));
    }
    if (e == NULL || e->source == NULL || e->pool == NULL || e->node == NULL) {
        snprintf(error, error_bytes, "out of memory");
        expr_free(e);
        return NULL;
    }
    memcpy(e->source, text, length + 1);
    parser_t p = {.expr = e, .at = e->source, .error = error, .error_bytes = error_bytes};
    e->root = parse_or(&p);
    skip_blanks(&p);
    if (!p.failed && *p.at != '\0')
        parse_fail(&p, p.at, "expected an operator or the end");
    if (p.failed) {
        expr_free(e);
        return NULL;
    }
    return e;
}

void expr_free(expr_t *expr)
{
    if (expr == NULL)
        return;
    free(expr->source);
    free(expr->pool);
    free(expr->node);
    free(expr);
}

const char *expr_text(const expr_t *expr)
{
    return expr->source;
}

static bool named_before(const expr_t *e, uint32_t node)
{
    for (uint32_t i = 0; i < node; i++)
        if (e->node[i].op == NAME && strcmp(e->node[i].text, e->node[node].text) == 0)
            return true;
    return false;
}

const char *expr_name(const expr_t *expr, uint32_t index, uint32_t *column)
{
    for (uint32_t i = 0; i < expr->nodes; i++) {
        if (expr->node[i].op != NAME || named_before(expr, i) || index-- > 0)
            continue;
        if (column != NULL)
            *column = expr->node[i].column;
        return expr->node[i].text;
    }
    return NULL;
}

/* ---- working out ---- */

typedef struct {
    const expr_t *expr;
    expr_lookup_t lookup;
    void *ctx;
    char *error;
    size_t error_bytes;
} eval_t;

static bool eval_fail(const eval_t *e, const node_t *n, const char *what, const char *name)
{
    snprintf(e->error, e->error_bytes, "column %u: %s%s", n->column, what, name);
    return false;
}

static bool eval_node(const eval_t *e, uint32_t index, expr_value_t *value);

static bool eval_number(const eval_t *e, uint32_t index, double *value)
{
    expr_value_t v = {0};
    if (!eval_node(e, index, &v))
        return false;
    *value = v.num;
    return v.text == NULL || eval_fail(e, &e->expr->node[index], "text, expected a number", "");
}

static bool eval_equal(const eval_t *e, const node_t *n, double *value)
{
    expr_value_t a = {0}, b = {0};
    if (!eval_node(e, n->first, &a) || !eval_node(e, e->expr->node[n->first].next, &b))
        return false;
    if ((a.text == NULL) != (b.text == NULL))
        return eval_fail(e, n, "text is compared with a number", "");
    bool equal = a.text != NULL ? strcmp(a.text, b.text) == 0 : !(a.num < b.num || a.num > b.num);
    *value = equal == (n->op == EQUAL);
    return true;
}

/* && and ||: the second operand only where it decides. */
static bool eval_logic(const eval_t *e, const node_t *n, double *value)
{
    double v;
    if (!eval_number(e, n->first, &v))
        return false;
    bool truth = v < 0 || v > 0;
    if (truth == (n->op == AND)) {
        if (!eval_number(e, e->expr->node[n->first].next, &v))
            return false;
        truth = v < 0 || v > 0;
    }
    *value = truth;
    return true;
}

static bool eval_if(const eval_t *e, const node_t *n, expr_value_t *value)
{
    double v;
    uint32_t then = e->expr->node[n->first].next;
    if (!eval_number(e, n->first, &v))
        return false;
    return eval_node(e, v < 0 || v > 0 ? then : e->expr->node[then].next, value);
}

static bool eval_most(const eval_t *e, const node_t *n, double *value)
{
    double v;
    for (uint32_t i = n->first; i != NONE; i = e->expr->node[i].next) {
        if (!eval_number(e, i, &v))
            return false;
        if (i == n->first || (n->op == CALL_MAX ? v > *value : v < *value))
            *value = v;
    }
    return true;
}

static double one_of(op_t op, double a)
{
    switch (op) {
    case NEGATE:
        return -a;
    case NOT:
        return !(a < 0 || a > 0);
    case CALL_ABS:
        return fabs(a);
    case CALL_CEIL:
        return ceil(a);
    case CALL_FLOOR:
        return floor(a);
    case CALL_ROUND:
        return round(a);
    case CALL_SQRT:
        return sqrt(a);
    default:
        return log2(a);
    }
}

static double two_of(op_t op, double a, double b)
{
    switch (op) {
    case ADD:
        return a + b;
    case SUBTRACT:
        return a - b;
    case MULTIPLY:
        return a * b;
    case DIVIDE:
        return a / b;
    case MODULO:
        return fmod(a, b);
    case POWER:
        return pow(a, b);
    case LESS:
        return a < b;
    case LESS_EQUAL:
        return a <= b;
    case MORE:
        return a > b;
    default:
        return a >= b;
    }
}

static bool eval_two(const eval_t *e, const node_t *n, double *value)
{
    double a, b;
    uint32_t second = e->expr->node[n->first].next;
    if (!eval_number(e, n->first, &a) || !eval_number(e, second, &b))
        return false;
    if ((n->op == DIVIDE || n->op == MODULO) && !(b < 0 || b > 0))
        return eval_fail(e, n, "division by 0", "");
    *value = two_of(n->op, a, b);
    return isfinite(*value) || eval_fail(e, n, "no finite number", "");
}

static bool eval_one(const eval_t *e, const node_t *n, double *value)
{
    double a;
    if (!eval_number(e, n->first, &a))
        return false;
    *value = one_of(n->op, a);
    return isfinite(*value) || eval_fail(e, n, "no finite number", "");
}

static bool eval_node(const eval_t *e, uint32_t index, expr_value_t *value)
{
    const node_t *n = &e->expr->node[index];
    *value = (expr_value_t){.num = n->num};
    switch (n->op) {
    case NUMBER:
        return true;
    case TEXT:
        value->text = n->text;
        return true;
    case NAME:
        return e->lookup(e->ctx, n->text, value) || eval_fail(e, n, "no value for ", n->text);
    case CALL_IF:
        return eval_if(e, n, value);
    case CALL_MIN:
    case CALL_MAX:
        return eval_most(e, n, &value->num);
    case EQUAL:
    case UNEQUAL:
        return eval_equal(e, n, &value->num);
    case AND:
    case OR:
        return eval_logic(e, n, &value->num);
    case NEGATE:
    case NOT:
    case CALL_ABS:
    case CALL_CEIL:
    case CALL_FLOOR:
    case CALL_ROUND:
    case CALL_SQRT:
    case CALL_LOG2:
        return eval_one(e, n, &value->num);
    default:
        return eval_two(e, n, &value->num);
    }
}

bool expr_eval(const expr_t *expr, expr_lookup_t lookup, void *ctx, expr_value_t *value,
               char *error, size_t error_bytes)
{
    eval_t e = {expr, lookup, ctx, error, error_bytes};
    return eval_node(&e, expr->root, value);
}
