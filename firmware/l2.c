#include "l2.h"

enum { STATUS_FATAL = L2_STATUS_ONE_WAS_NOT_MASK, STATUS_ECC = L2_STATUS_THERE_IS_ECC_MASK };

static hal_irq_fn_t on_fatal;
static volatile uint32_t fatal_addr, fatal_master;

/* The registers point at the last error of either kind: read before anything else happens. */
static void on_l2(void)
{
    fatal_addr = reg_read(L2_ERROR_ADDR);
    fatal_master = reg_read(L2_ERROR_MASTER);
    reg_write(L2_STATUS, STATUS_FATAL);
    on_fatal();
}

bool l2_listen(hal_irq_fn_t fn)
{
    if ((reg_read(L2_STATUS) & STATUS_ECC) == 0)
        return false;
    on_fatal = fn;
    hal_irq_enable(IRQ_L2, on_l2);
    reg_write(L2_IRQ_EN, STATUS_FATAL);
    return true;
}

l2_errors_t l2_errors(void)
{
    return (l2_errors_t){reg_read(L2_CORRECTED), reg_read(L2_FATAL), fatal_addr, fatal_master};
}

void l2_print_errors(void)
{
    l2_errors_t errors = l2_errors();
    hal_print("L2 errors corrected ");
    hal_print_u32(errors.corrected);
    hal_print(" fatal ");
    hal_print_u32(errors.fatal);
    hal_print(" last at ");
    hal_print_hex(errors.addr);
    hal_print(" port ");
    hal_print_u32(errors.master);
    hal_print("\n");
}
