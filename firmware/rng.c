#include "rng.h"

enum {
    CTRL_ENABLE = RNG_CTRL_ENABLE_MASK,
    STATUS_READY = RNG_STATUS_WORD_IS_READY_MASK,
    STATUS_FAILED = RNG_STATUS_HEALTH_TEST_FAILED_MASK,
};

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
