#include "rng.h"

enum { CTRL_ENABLE = HAL_BIT(0), STATUS_READY = HAL_BIT(0), STATUS_FAILED = HAL_BIT(1) };

void rng_start(void)
{
    reg_write(RNG_STATUS, STATUS_FAILED);
    reg_write(RNG_CTRL, CTRL_ENABLE);
}

bool rng_word(uint32_t *word)
{
    uint32_t status;
    do
        status = reg_read(RNG_STATUS);
    while ((status & (STATUS_READY | STATUS_FAILED)) == 0);
    if ((status & STATUS_FAILED) != 0)
        return false;
    *word = reg_read(RNG_DATA);
    return true;
}
