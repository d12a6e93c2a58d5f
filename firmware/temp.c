#include "temp.h"

#define CTRL_BITS(bits) (((bits)-9u) << 2)
#define STATUS_OUTSIDE (TEMP_STATUS_ABOVE_TEMP_HIGH_MASK | TEMP_STATUS_BELOW_TEMP_LOW_MASK)

int32_t temp_measure(uint32_t bits)
{
    uint32_t irqs = reg_read(TEMP_IRQ_EN);
    reg_write(TEMP_STATUS, TEMP_STATUS_NEW_VALUE_MASK);
    reg_write(TEMP_IRQ_EN, TEMP_STATUS_NEW_VALUE_MASK);
    reg_write(TEMP_CTRL, (reg_read(TEMP_CTRL) & TEMP_CTRL_CONVERT_AGAIN_AND_AGAIN_MASK) |
                             CTRL_BITS(bits) | TEMP_CTRL_CONVERT_ONCE_MASK);
    hal_sleep_until(IRQ_TEMP, TEMP_STATUS, TEMP_STATUS_NEW_VALUE_MASK);
    reg_write(TEMP_IRQ_EN, irqs);
    return (int32_t)reg_read(TEMP_DATA);
}

void temp_watch(int32_t low, int32_t high, uint32_t period_us, hal_irq_fn_t fn)
{
    hal_irq_enable(IRQ_TEMP, fn);
    reg_write(TEMP_LOW, (uint32_t)low);
    reg_write(TEMP_HIGH, (uint32_t)high);
    reg_write(TEMP_PERIOD, period_us);
    reg_write(TEMP_STATUS, STATUS_OUTSIDE);
    reg_write(TEMP_IRQ_EN, STATUS_OUTSIDE);
    reg_write(TEMP_CTRL, TEMP_CTRL_CONVERT_AGAIN_AND_AGAIN_MASK | CTRL_BITS(12u));
}

int32_t temp_crossed(void)
{
    reg_write(TEMP_STATUS, STATUS_OUTSIDE);
    return (int32_t)reg_read(TEMP_DATA);
}
