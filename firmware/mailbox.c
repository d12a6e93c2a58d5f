#include "mailbox.h"

#define STATUS_CAME HAL_BIT(0)
#define STATUS_WORKING HAL_BIT(3)

void mailbox_listen(hal_irq_fn_t fn)
{
    hal_irq_enable(IRQ_MAILBOX, fn);
    reg_write(MBX_IRQ_EN, STATUS_CAME);
}

bool mailbox_command(uint32_t *command)
{
    if ((reg_read(MBX_STATUS) & STATUS_WORKING) == 0)
        return false;
    reg_write(MBX_STATUS, STATUS_CAME);
    *command = reg_read(MBX_COMMAND);
    return true;
}

uint32_t mailbox_word(uint32_t n)
{
    return reg_read(MBX_DATA0 + 4 * n);
}

void mailbox_set_word(uint32_t n, uint32_t value)
{
    reg_write(MBX_DATA0 + 4 * n, value);
}

void mailbox_answer(uint32_t result)
{
    reg_write(MBX_ANSWER, result);
}

void mailbox_ring(uint32_t number)
{
    reg_write(MBX_EVENT, number);
}
