#include "nmi.h"

/* nmi_entry.S: between entry and saved, and between leaving and end, mepc is not on the stack. */
extern const uint8_t nmi_entry[], nmi_saved[], nmi_leaving[], nmi_end[];

static hal_irq_fn_t handler;

static bool inside(uint32_t pc, const uint8_t *first, const uint8_t *end)
{
    return pc >= (uint32_t)first && pc < (uint32_t)end;
}

void nmi_dispatch(uint32_t pc)
{
    handler();
    if (inside(pc, nmi_entry, nmi_saved) || inside(pc, nmi_leaving, nmi_end))
        hal_stop("NMI on the way into or out of a handler");
}

void nmi_listen(hal_irq_fn_t fn)
{
    handler = fn;
    __asm__ volatile("csrw mtvec, %0" ::"r"(nmi_entry) : "memory");
}
