#include "wdog.h"

#define UNLOCK_KEY 0x1acce551u
#define KICK_KEY 0x0d06f00du
#define STATUS_BAD WDOG_STATUS_KICKED_TOO_EARLY_OR_WITH_A_WRONG_KEY_MASK

#define STATUS_OPEN WDOG_STATUS_WINDOW_OPEN_MASK

static hal_irq_fn_t handler;

static void write_locked(uint32_t addr, uint32_t value)
{
    reg_write(WDOG_UNLOCK, UNLOCK_KEY);
    reg_write(addr, value);
}

void wdog_start(uint32_t timeout, uint32_t window, uint32_t grace)
{
    write_locked(WDOG_TIMEOUT, timeout);
    write_locked(WDOG_WINDOW, window);
    write_locked(WDOG_GRACE, grace);
    write_locked(WDOG_CTRL, 1);
}

void wdog_kick(void)
{
    reg_write(WDOG_KICK, KICK_KEY);
    if (handler != 0)
        reg_write(WDOG_IRQ_EN, STATUS_OPEN);
}

/* The bit stays until the kick, which is not for the handler to do. */
static void on_irq(void)
{
    reg_write(WDOG_IRQ_EN, 0);
    handler();
}

void wdog_on_window(hal_irq_fn_t fn)
{
    handler = fn;
    hal_irq_enable(IRQ_WDOG, on_irq);
    reg_write(WDOG_IRQ_EN, STATUS_OPEN);
}

uint32_t wdog_left(void)
{
    return reg_read(WDOG_COUNT);
}

bool wdog_kicked_badly(void)
{
    bool bad = (reg_read(WDOG_STATUS) & STATUS_BAD) != 0;
    reg_write(WDOG_STATUS, STATUS_BAD);
    return bad;
}
