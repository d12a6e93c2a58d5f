#include "mipi/rx_event.h"

/* clang-format off */
static const struct {
    const char *name, *text;
} kinds[MIPI_RX_EVENT_KINDS] = {
#define X(name, key, text) [MIPI_RX_##name] = {key, text},
    MIPI_RX_EVENTS(X)
#undef X
};
/* clang-format on */

const char *mipi_rx_kind_name(mipi_rx_kind_t kind)
{
    return kinds[kind].name;
}

const char *mipi_rx_kind_text(mipi_rx_kind_t kind)
{
    return kinds[kind].text;
}
