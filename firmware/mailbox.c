#include "mailbox.h"

void mailbox_listen(hal_irq_fn_t fn)
{
    hal_irq_enable(IRQ_MAILBOX, fn);
    reg_write(MBX_IRQ_EN, MBX_STATUS_COMMAND_CAME_MASK);
}

bool mailbox_command(uint32_t *command)
{
    if ((reg_read(MBX_STATUS) & MBX_STATUS_COMMAND_WAITS_FOR_ITS_ANSWER_MASK) == 0)
        return false;
    reg_write(MBX_STATUS, MBX_STATUS_COMMAND_CAME_MASK);
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
