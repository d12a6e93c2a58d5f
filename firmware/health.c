#include "health.h"

#include <string.h>

#include "cost.h"
#include "l2.h"
#include "mailbox.h"
#include "memory.h"
#include "panic.h"
#include "postmortem.h"

enum { NAME_WORD = 4, NAME_WORDS = 4 };

static bool tell_cost(void)
{
    const cost_t *cost = cost_nth(mailbox_word(0));
    uint32_t name[NAME_WORDS] = {0};
    if (cost == 0)
        return false;
    strncpy((char *)name, cost->name, sizeof(name));
    mailbox_set_word(0, cost->count);
    mailbox_set_word(1, cost->last);
    mailbox_set_word(2, cost->worst);
    for (uint32_t i = 0; i < NAME_WORDS; i++)
        mailbox_set_word(NAME_WORD + i, name[i]);
    return true;
}

static bool tell_memory(void)
{
    mailbox_set_word(0, memory_stack_most());
    mailbox_set_word(1, memory_stack_bytes());
    mailbox_set_word(2, memory_heap_most());
    mailbox_set_word(3, memory_heap_bytes());
    return true;
}

static void print_used(const char *name, uint32_t most, uint32_t bytes)
{
    hal_print(name);
    hal_print_u32(most);
    hal_print(" of ");
    hal_print_u32(bytes);
    hal_print("\n");
}

static bool print_all(void)
{
    cost_print();
    print_used("stack ", memory_stack_most(), memory_stack_bytes());
    print_used("heap ", memory_heap_most(), memory_heap_bytes());
    l2_print_errors();
    return true;
}

static bool tell_death(void)
{
    const uint32_t *packet = panic_last();
    mailbox_set_word(0, packet != 0 ? packet[PM_DEATHS] : 0);
    return panic_send_last();
}

static bool forget(void)
{
    panic_forget();
    return true;
}

static bool tell_l2(void)
{
    l2_errors_t errors = l2_errors();
    mailbox_set_word(0, errors.corrected);
    mailbox_set_word(1, errors.fatal);
    mailbox_set_word(2, errors.addr);
    mailbox_set_word(3, errors.master);
    return true;
}

bool health_command(uint32_t command)
{
    static bool (*const obey[])(void) = {tell_cost,  tell_memory, print_all,
                                         tell_death, forget,      tell_l2};
    if (command - HEALTH_COST >= sizeof(obey) / sizeof(obey[0]))
        return false;
    mailbox_answer(obey[command - HEALTH_COST]());
    return true;
}
