#include "cost.h"

static cost_t *first, **last = &first;

static void list(cost_t *cost)
{
    uint32_t held = hal_irq_hold();
    cost->next = 0;
    *last = cost;
    last = &cost->next;
    hal_irq_release(held);
}

void cost_end(cost_t *cost, uint32_t start)
{
    uint32_t cycles = cost_now() - start;
    if (cost->count == 0)
        list(cost);
    cost->count++;
    cost->last = cycles;
    if (cycles > cost->worst)
        cost->worst = cycles;
}

const cost_t *cost_nth(uint32_t n)
{
    const cost_t *cost = first;
    while (n-- > 0 && cost != 0)
        cost = cost->next;
    return cost;
}

static void print_number(uint32_t value, const char *end)
{
    hal_print_u32(value);
    hal_print(end);
}

void cost_print(void)
{
    for (const cost_t *cost = first; cost != 0; cost = cost->next) {
        hal_print("cost ");
        hal_print(cost->name);
        hal_print(" ");
        print_number(cost->count, " ");
        print_number(cost->last, " ");
        print_number(cost->worst, "\n");
    }
}
