#include "clkrst.h"

enum { SYSTEM_KEY = 0x5afe };

bool clk_set(uint32_t page, bool on)
{
    uint32_t clocks = reg_read(CLK_ENABLE);
    reg_write(CLK_REFUSED, HAL_BIT(page));
    reg_write(CLK_ENABLE, on ? clocks | HAL_BIT(page) : clocks & ~HAL_BIT(page));
    return ((reg_read(CLK_ENABLE) & HAL_BIT(page)) != 0) == on;
}

void rst_block(uint32_t page)
{
    reg_write(RST_BLOCK, HAL_BIT(page));
    while ((reg_read(RST_BLOCK) & HAL_BIT(page)) != 0)
        ;
}

uint32_t rst_cause(void)
{
    uint32_t cause = reg_read(RST_CAUSE);
    reg_write(RST_CAUSE, cause);
    return cause;
}

_Noreturn void rst_system(void)
{
    reg_write(RST_SYSTEM, SYSTEM_KEY);
    for (;;)
        __asm__ volatile("wfi");
}
