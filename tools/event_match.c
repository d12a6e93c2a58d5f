#include "tools/event_match.h"

#include <stdlib.h>

/* Best of the first events and reports of a cluster. */
typedef struct {
    uint32_t pairs;
    double off_ps;
} best_t;

typedef struct {
    uint8_t *at;
    size_t stride, count;
} list_t;

/* Neighbors in both lists: of one key, nobody else within the window. */
typedef struct {
    size_t first[2], count[2];
} cluster_t;

static event_item_t *item(const list_t *list, size_t i)
{
    return (event_item_t *)(void *)(list->at + i * list->stride);
}

int event_item_order(const void *a, const void *b)
{
    const event_item_t *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->at_ps < y->at_ps ? -1 : x->at_ps > y->at_ps;
}

static double apart(const event_item_t *a, const event_item_t *b)
{
    return a->at_ps < b->at_ps ? b->at_ps - a->at_ps : a->at_ps - b->at_ps;
}

static bool is_better(best_t a, best_t b)
{
    return a.pairs != b.pairs ? a.pairs > b.pairs : a.off_ps < b.off_ps;
}

/* ---- a cluster ---- */

static void fill(const list_t list[2], const cluster_t *c, double window_ps, best_t *best)
{
    size_t row = c->count[1] + 1;
    for (size_t i = 1; i <= c->count[0]; i++)
        for (size_t k = 1; k <= c->count[1]; k++) {
            double off =
                apart(item(&list[0], c->first[0] + i - 1), item(&list[1], c->first[1] + k - 1));
            best_t top = best[(i - 1) * row + k], left = best[i * row + k - 1];
            best_t both = best[(i - 1) * row + k - 1];
            best_t most = is_better(left, top) ? left : top;
            both.pairs++;
            both.off_ps += off;
            best[i * row + k] = off <= window_ps && is_better(both, most) ? both : most;
        }
}

static bool is_same(best_t a, best_t b)
{
    return !is_better(a, b) && !is_better(b, a);
}

/* Back from the last ones: who is not needed for the best is left alone. */
static void take(const list_t list[2], const cluster_t *c, const best_t *best)
{
    size_t row = c->count[1] + 1, i = c->count[0], k = c->count[1];
    while (i > 0 && k > 0) {
        best_t here = best[i * row + k];
        if (is_same(here, best[(i - 1) * row + k])) {
            i--;
        } else if (is_same(here, best[i * row + k - 1])) {
            k--;
        } else {
            i--;
            k--;
            item(&list[0], c->first[0] + i)->match = (int64_t)(c->first[1] + k);
            item(&list[1], c->first[1] + k)->match = (int64_t)(c->first[0] + i);
        }
    }
}

static bool pair_up(const list_t list[2], const cluster_t *c, double window_ps)
{
    if (c->count[0] == 0 || c->count[1] == 0)
        return true;
    best_t *best = calloc((c->count[0] + 1) * (c->count[1] + 1), sizeof(*best));
    if (best == NULL)
        return false;
    fill(list, c, window_ps, best);
    take(list, c, best);
    free(best);
    return true;
}

/* ---- all of them ---- */

/* The list whose next item is the earlier one; 2: neither has any. */
static uint32_t next_list(const list_t list[2], const size_t next[2])
{
    if (next[0] == list[0].count)
        return next[1] == list[1].count ? 2 : 1;
    if (next[1] == list[1].count)
        return 0;
    return event_item_order(item(&list[1], next[1]), item(&list[0], next[0])) < 0;
}

bool event_match(void *events, size_t event_count, void *reports, size_t report_count,
                 size_t stride, double window_ps)
{
    const list_t list[2] = {{events, stride, event_count}, {reports, stride, report_count}};
    for (int l = 0; l < 2; l++)
        for (size_t i = 0; i < list[l].count; i++)
            item(&list[l], i)->match = -1;
    size_t next[2] = {0, 0};
    const event_item_t *last = NULL;
    cluster_t c = {{0, 0}, {0, 0}};
    for (uint32_t l; (l = next_list(list, next)) < 2; next[l]++) {
        const event_item_t *now = item(&list[l], next[l]);
        bool near = last != NULL && last->key == now->key && apart(last, now) <= window_ps;
        if (!near && !pair_up(list, &c, window_ps))
            return false;
        if (!near)
            c = (cluster_t){{next[0], next[1]}, {0, 0}};
        c.count[l]++;
        last = now;
    }
    return pair_up(list, &c, window_ps);
}
