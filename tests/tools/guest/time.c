/*
 * time.c - guest of exec_test: what semihosting says of time, against mcycle.
 */
#include <semihost.h>
#include <stdio.h>

static uint32_t mcycle(void)
{
    uint32_t value;
    __asm__ volatile("csrr %0, mcycle" : "=r"(value));
    return value;
}

int main(void)
{
    uint32_t before = mcycle();
    uint32_t elapsed = (uint32_t)sys_semihost_elapsed(), after = mcycle();
    printf("in order %d, hertz %d, seconds %d\n", before < elapsed && elapsed < after,
           (int)sys_semihost_tickfreq(), (int)sys_semihost_time());
    printf("now %u\n", (unsigned)elapsed);
    return 0;
}
