/*
 * work.h - a workload of the kind that small cores are compared by: a linked list that is searched,
 * reversed and sorted; matrices of 16-bit numbers; a state machine over text; a CRC over what comes
 * out. Integers only, no library. Compiled for the core and for the host, which must agree.
 */
#ifndef TESTS_TOOLS_GUEST_WORK_H
#define TESTS_TOOLS_GUEST_WORK_H

#include <stddef.h>
#include <stdint.h>

enum { WORK_NODES = 48, WORK_SIDE = 10, WORK_TEXT = 320 };

typedef struct work_node {
    struct work_node *next;
    uint16_t key, value;
} work_node_t;

typedef struct {
    work_node_t node[WORK_NODES];
    work_node_t *list;
    int16_t a[WORK_SIDE][WORK_SIDE], b[WORK_SIDE][WORK_SIDE];
    int32_t product[WORK_SIDE][WORK_SIDE];
    char text[WORK_TEXT];
    uint32_t seed;
} work_t;

static inline uint32_t work_random(work_t *w)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 17;
    w->seed ^= w->seed << 5;
    return w->seed;
}

/* ---- CRC-16, polynomial 0x1021, a bit at a time ---- */

static inline uint16_t work_crc_byte(uint16_t crc, uint8_t byte)
{
    uint32_t c = crc ^ (uint32_t)byte << 8;
    for (int bit = 0; bit < 8; bit++)
        c = (c & 0x8000) != 0 ? c << 1 ^ 0x1021 : c << 1;
    return (uint16_t)c;
}

static inline uint16_t work_crc_word(uint16_t crc, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        crc = work_crc_byte(crc, (uint8_t)(word >> 8 * i));
    return crc;
}

/* ---- list ---- */

static inline void work_make_list(work_t *w)
{
    w->list = NULL;
    for (int i = 0; i < WORK_NODES; i++) {
        w->node[i] = (work_node_t){w->list, (uint16_t)(work_random(w) & 0xff),
                                   (uint16_t)(work_random(w) >> 16)};
        w->list = &w->node[i];
    }
}

static inline work_node_t *work_reverse(work_node_t *list)
{
    work_node_t *done = NULL;
    while (list != NULL) {
        work_node_t *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static inline int work_before(const work_node_t *a, const work_node_t *b, int by_value)
{
    return by_value ? a->value <= b->value : a->key <= b->key;
}

static inline work_node_t *work_merge(work_node_t *a, work_node_t *b, int by_value)
{
    work_node_t head = {NULL, 0, 0}, *last = &head;
    while (a != NULL && b != NULL) {
        work_node_t **from = work_before(a, b, by_value) ? &a : &b;
        last->next = *from;
        last = *from;
        *from = (*from)->next;
    }
    last->next = a != NULL ? a : b;
    return head.next;
}

static inline work_node_t *work_sort(work_node_t *list, int by_value)
{
    work_node_t *bin[8] = {NULL}; /* bin[n] holds 2^n sorted nodes, or none */
    while (list != NULL) {
        work_node_t *run = list;
        list = list->next;
        run->next = NULL;
        int n = 0;
        for (; bin[n] != NULL; n++) {
            run = work_merge(bin[n], run, by_value);
            bin[n] = NULL;
        }
        bin[n] = run;
    }
    for (int n = 0; n < 8; n++)
        list = work_merge(bin[n], list, by_value);
    return list;
}

static inline uint32_t work_find(const work_node_t *list, uint16_t key)
{
    uint32_t steps = 0;
    while (list != NULL && list->key != key) {
        list = list->next;
        steps++;
    }
    return list != NULL ? list->value + steps : steps;
}

static inline uint16_t work_on_list(work_t *w, uint16_t crc)
{
    for (uint32_t key = 0; key < 16; key++)
        crc = work_crc_word(crc, work_find(w->list, (uint16_t)(work_random(w) & 0xff)));
    w->list = work_sort(w->list, 0);
    crc = work_crc_word(crc, work_find(w->list, w->node[3].key));
    w->list = work_sort(work_reverse(w->list), 1);
    return work_crc_word(crc, work_find(w->list, w->node[5].key));
}

/* ---- matrices ---- */

static inline void work_make_matrices(work_t *w)
{
    for (int i = 0; i < WORK_SIDE; i++) {
        for (int k = 0; k < WORK_SIDE; k++) {
            w->a[i][k] = (int16_t)(work_random(w) & 0x3ff);
            w->b[i][k] = (int16_t)(work_random(w) & 0x3ff);
        }
    }
}

static inline void work_multiply(work_t *w)
{
    for (int i = 0; i < WORK_SIDE; i++) {
        for (int k = 0; k < WORK_SIDE; k++) {
            int32_t sum = 0;
            for (int n = 0; n < WORK_SIDE; n++)
                sum += w->a[i][n] * w->b[n][k];
            w->product[i][k] = sum;
        }
    }
}

static inline uint16_t work_on_matrices(work_t *w, uint16_t crc, uint32_t round)
{
    uint32_t sum = 0;
    work_multiply(w);
    for (int i = 0; i < WORK_SIDE; i++) {
        for (int k = 0; k < WORK_SIDE; k++) {
            uint32_t p = (uint32_t)w->product[i][k];
            sum += (p >> 2 & 0xf) * (p >> 5 & 0x7f);
            w->a[i][k] = (int16_t)((w->a[i][k] + (int16_t)(p & 7) + (int16_t)round) & 0x3ff);
        }
    }
    return work_crc_word(crc, sum);
}

/* ---- numbers in a text: whole, fraction, exponent, or none ---- */

typedef enum {
    WORK_START,
    WORK_WHOLE,
    WORK_FRACTION,
    WORK_POWER,
    WORK_BAD,
    WORK_STATES
} work_state_t;

static inline void work_make_text(work_t *w)
{
    static const char letters[] = "0123456789012345678901234567890,,,,,,.e-x";
    for (int i = 0; i < WORK_TEXT - 1; i++)
        w->text[i] = letters[work_random(w) % (sizeof(letters) - 1)];
    w->text[WORK_TEXT - 1] = '\0';
}

static inline work_state_t work_step(work_state_t state, char c)
{
    int digit = c >= '0' && c <= '9';
    switch (state) {
    case WORK_START:
        return digit ? WORK_WHOLE : c == '.' ? WORK_FRACTION : c == '-' ? WORK_START : WORK_BAD;
    case WORK_WHOLE:
        return digit ? WORK_WHOLE : c == '.' ? WORK_FRACTION : c == 'e' ? WORK_POWER : WORK_BAD;
    case WORK_FRACTION:
        return digit ? WORK_FRACTION : c == 'e' ? WORK_POWER : WORK_BAD;
    case WORK_POWER:
        return digit || c == '-' ? WORK_POWER : WORK_BAD;
    default:
        return WORK_BAD;
    }
}

static inline uint16_t work_on_text(work_t *w, uint16_t crc, uint32_t round)
{
    uint32_t seen[WORK_STATES] = {0};
    work_state_t state = WORK_START;
    for (const char *c = w->text; *c != '\0'; c++) {
        if (*c == ',') {
            seen[state]++;
            state = WORK_START;
        } else {
            state = work_step(state, *c);
        }
    }
    for (int i = 0; i < WORK_STATES; i++)
        crc = work_crc_word(crc, seen[i]);
    char *changed = &w->text[round * 7 % (WORK_TEXT - 1)];
    *changed = *changed == ',' ? '5' : ',';
    return crc;
}

/* ---- all of it ---- */

static inline uint16_t work_run(work_t *w, uint32_t rounds)
{
    uint16_t crc = 0xffff;
    w->seed = 0x2545f491;
    work_make_list(w);
    work_make_matrices(w);
    work_make_text(w);
    for (uint32_t round = 0; round < rounds; round++) {
        crc = work_on_list(w, crc);
        crc = work_on_matrices(w, crc, round);
        crc = work_on_text(w, crc, round);
    }
    return crc;
}

#endif
