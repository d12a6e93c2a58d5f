#include "gpio.h"

static hal_irq_fn_t handler[GPIO_PINS];

static void set_bit(uint32_t addr, uint32_t pin, bool value)
{
    uint32_t bits = reg_read(addr);
    reg_write(addr, value ? bits | HAL_BIT(pin) : bits & ~HAL_BIT(pin));
}

void gpio_output(uint32_t pin, bool level)
{
    gpio_set(pin, level);
    set_bit(GPIO_DIR, pin, true);
}

void gpio_input(uint32_t pin)
{
    set_bit(GPIO_DIR, pin, false);
}

void gpio_set(uint32_t pin, bool level)
{
    reg_write(level ? GPIO_SET : GPIO_CLEAR, HAL_BIT(pin));
}

bool gpio_get(uint32_t pin)
{
    return (reg_read(GPIO_IN) & HAL_BIT(pin)) != 0;
}

static void on_irq(void)
{
    uint32_t happened = reg_read(GPIO_STATUS) & reg_read(GPIO_IRQ_EN);
    reg_write(GPIO_STATUS, happened);
    for (uint32_t pin = 0; pin < GPIO_PINS; pin++)
        if ((happened & HAL_BIT(pin)) != 0 && handler[pin] != 0)
            handler[pin]();
}

void gpio_listen(uint32_t pin, uint32_t edges, hal_irq_fn_t fn)
{
    set_bit(GPIO_IRQ_EN, pin, false);
    handler[pin] = fn;
    set_bit(GPIO_EDGE, pin, true);
    set_bit(GPIO_HIGH, pin, (edges & GPIO_RISING) != 0);
    set_bit(GPIO_LOW, pin, (edges & GPIO_FALLING) != 0);
    reg_write(GPIO_STATUS, HAL_BIT(pin));
    hal_irq_enable(IRQ_GPIO, on_irq);
    set_bit(GPIO_IRQ_EN, pin, true);
}
