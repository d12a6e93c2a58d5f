#include "wdog.h"

#define UNLOCK_KEY 0x1acce551u
#define KICK_KEY 0x0d06f00du
#define STATUS_BAD WDOG_STATUS_KICKED_TOO_EARLY_OR_WITH_A_WRONG_KEY_MASK

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
