#include "tools/code_counts.h"

#include <stdlib.h>

bool code_counts_init(code_counts_t *counts)
{
    *counts = (code_counts_t){.page = calloc(CODE_PAGES, sizeof(*counts->page))};
    return counts->page != NULL;
}

void code_counts_free(code_counts_t *counts)
{
    for (uint32_t i = 0; i < CODE_PAGES && counts->page != NULL; i++)
        free(counts->page[i]);
    free(counts->page);
    *counts = (code_counts_t){0};
}

code_count_t *code_count_of(code_counts_t *counts, uint32_t pc)
{
    code_count_t **page = &counts->page[pc >> CODE_PAGE_SHIFT];
    if (*page == NULL && (*page = calloc(CODE_PAGE_SLOTS, sizeof(**page))) == NULL) {
        counts->no_memory = true;
        return &counts->spare;
    }
    return &(*page)[pc / 2 % CODE_PAGE_SLOTS];
}

const code_count_t *code_count_at(const code_counts_t *counts, uint32_t pc)
{
    const code_count_t *page = counts->page[pc >> CODE_PAGE_SHIFT];
    return page != NULL ? &page[pc / 2 % CODE_PAGE_SLOTS] : NULL;
}

static bool is_used(const code_count_t *count)
{
    return count->cost.instructions != 0 || count->cost.cycles != 0 || count->cost.sleep != 0;
}

const code_count_t *code_count_next(const code_counts_t *counts, uint64_t *pc)
{
    while (*pc < UINT64_C(1) << 32) {
        const code_count_t *count = code_count_at(counts, (uint32_t)*pc);
        if (count != NULL && is_used(count))
            return count;
        *pc = count != NULL ? *pc + 2 : ((*pc >> CODE_PAGE_SHIFT) + 1) << CODE_PAGE_SHIFT;
    }
    return NULL;
}

void code_cost_add(code_cost_t *to, const code_cost_t *cost)
{
    to->instructions += cost->instructions;
    to->cycles += cost->cycles;
    to->stalls += cost->stalls;
    to->sleep += cost->sleep;
}

code_cost_t code_cost_between(const code_cost_t *a, const code_cost_t *b)
{
    return (code_cost_t){a->instructions - b->instructions, a->cycles - b->cycles,
                         a->stalls - b->stalls, a->sleep - b->sleep};
}
