#include "dma.h"

#define AT(channel, reg) (DMA0_##reg + (DMA1_CTRL - DMA0_CTRL) * (channel))
#define FLAGS (DMA_DONE | DMA_FAILED | DMA_TOLD | DMA_ABORTED)

enum {
    CTRL_START = DMA0_CTRL_START_MASK,
    CTRL_ABORT = DMA0_CTRL_ABORT_MASK,
    CTRL_IRQS = DMA0_CTRL_INTERRUPT_AT_THE_END_OF_A_CHAIN_MASK | DMA0_CTRL_INTERRUPT_ON_ERROR_MASK |
                DMA0_CTRL_INTERRUPT_WHEN_TOLD_MASK,
};

static void (*handler[DMA_CHANNELS])(uint32_t status);

dma_desc_t dma_copy(void *to, const void *from, uint32_t bytes)
{
    return (dma_desc_t){
        .source = (uint32_t)from, .destination = (uint32_t)to, .bytes = bytes, .rows = 1};
}

dma_desc_t dma_fill(void *to, uint32_t word, uint32_t bytes)
{
    return (dma_desc_t){
        .flags = DMA_FILL, .source = word, .destination = (uint32_t)to, .bytes = bytes, .rows = 1};
}

dma_desc_t dma_send(uint32_t reg, const void *from, uint32_t bytes, uint32_t line)
{
    dma_desc_t desc = dma_copy((void *)reg, from, bytes);
    desc.flags = DMA_FIXED_DESTINATION | DMA_BYTES | DMA_PACED(line);
    return desc;
}

dma_desc_t dma_receive(void *to, uint32_t reg, uint32_t bytes, uint32_t line)
{
    dma_desc_t desc = dma_copy(to, (const void *)reg, bytes);
    desc.flags = DMA_FIXED_SOURCE | DMA_BYTES | DMA_PACED(line);
    return desc;
}

dma_desc_t dma_collect(uint32_t *to, uint32_t reg, uint32_t words, uint32_t line)
{
    dma_desc_t desc = dma_copy(to, (const void *)reg, 4 * words);
    desc.flags = DMA_FIXED_SOURCE | DMA_PACED(line);
    return desc;
}

void dma_chain(dma_desc_t *desc, const dma_desc_t *next)
{
    desc->next = (uint32_t)next;
}

/* What was stored before is in memory when the channel looks. */
static void start(uint32_t channel, const dma_desc_t *first)
{
    __asm__ volatile("fence" ::: "memory");
    reg_write(AT(channel, FIRST), (uint32_t)first);
    reg_write(AT(channel, CTRL), CTRL_START | CTRL_IRQS);
}

bool dma_run(uint32_t channel, const dma_desc_t *first)
{
    uint32_t irqs = hal_irq_hold(); /* on_irq would take the flags */
    start(channel, first);
    hal_sleep_until(IRQ_DMA, AT(channel, STATUS), DMA_DONE | DMA_FAILED | DMA_ABORTED);
    uint32_t status = dma_status(channel);
    reg_write(AT(channel, STATUS), FLAGS);
    hal_irq_release(irqs); /* what it wrote is read after this */
    return (status & DMA_DONE) != 0;
}

static void on_irq(void)
{
    uint32_t waiting = reg_read(DMA_IRQ);
    for (uint32_t n = 0; n < DMA_CHANNELS; n++) {
        if ((waiting & HAL_BIT(n)) == 0)
            continue;
        uint32_t status = dma_status(n) & (DMA_DONE | DMA_FAILED | DMA_TOLD);
        reg_write(AT(n, STATUS), status);
        if (handler[n] != 0)
            handler[n](status);
    }
}

void dma_start(uint32_t channel, const dma_desc_t *first, void (*fn)(uint32_t status))
{
    handler[channel] = fn;
    hal_irq_enable(IRQ_DMA, on_irq);
    start(channel, first);
}

void dma_abort(uint32_t channel)
{
    reg_write(AT(channel, CTRL), CTRL_ABORT | CTRL_IRQS);
    while ((dma_status(channel) & DMA_BUSY) != 0)
        ;
}

uint32_t dma_status(uint32_t channel)
{
    return reg_read(AT(channel, STATUS));
}

uint32_t dma_error(uint32_t channel)
{
    return dma_status(channel) >> 8 & 0xffu;
}

uint32_t dma_error_addr(uint32_t channel)
{
    return reg_read(AT(channel, ERROR_ADDR));
}

uint64_t dma_bytes(uint32_t channel)
{
    uint32_t low = reg_read(AT(channel, BYTES_LO)); /* latches the high word */
    return (uint64_t)reg_read(AT(channel, BYTES_HI)) << 32 | low;
}
