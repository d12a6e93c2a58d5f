/*
 * ccs_derived.c - read-only registers that follow from what the host has set.
 */
#include "logic/ccs_int.h"

enum { EMBEDDED = 1u << 12, VISIBLE = 5u << 12, MOST = 0xfff }; /* descriptor: code, count */

uint32_t ccs_samples_read(const ccs_t *ccs, uint16_t y)
{
    uint32_t start = ccs_get(ccs, (uint16_t)(CCS_X_ADDR_START + 2 * y), 2);
    uint32_t end = ccs_get(ccs, (uint16_t)(CCS_X_ADDR_END + 2 * y), 2);
    uint32_t even = ccs_get(ccs, (uint16_t)(CCS_X_EVEN_INC + 4 * y), 2);
    uint32_t odd = ccs_get(ccs, (uint16_t)(CCS_X_ODD_INC + 4 * y), 2);
    uint32_t type =
        ccs_get(ccs, CCS_BINNING_MODE, 1) != 0 ? ccs_get(ccs, CCS_BINNING_TYPE, 1) : 0x11;
    uint32_t pair = (y == 0 ? type >> 4 : type & 0xf) * (even + odd); /* photosites of two */
    return pair != 0 && end >= start ? 2 * (end + 1 - start) / pair : 0;
}

static uint32_t least_but_0(uint32_t size, uint32_t limit)
{
    return limit != 0 && limit < size ? limit : size;
}

/* What leaves of what is read: digital crop, then output size; 0: all. */
static uint32_t samples_sent(const ccs_t *ccs, uint16_t y)
{
    uint32_t read = ccs_samples_read(ccs, y);
    uint32_t skipped = ccs_get(ccs, (uint16_t)(CCS_X_CROP_OFFSET + 2 * y), 2);
    uint32_t left = read > skipped ? read - skipped : 0;
    left = least_but_0(left, ccs_get(ccs, (uint16_t)(CCS_X_CROP_SIZE + 2 * y), 2));
    left = least_but_0(left, ccs_get(ccs, (uint16_t)(CCS_X_OUTPUT_SIZE + 2 * y), 2));
    return left < MOST ? left : (uint32_t)MOST;
}

void ccs_derive(ccs_t *ccs)
{
    uint32_t flips = ccs_get(ccs, CCS_ORIENTATION, 1) & 3;
    ccs_put(ccs, CCS_PIXEL_ORDER, 1, ccs->desc.timing.pixel_order ^ flips);
    ccs_put(ccs, CCS_FORMAT_COLUMNS, 2, VISIBLE | samples_sent(ccs, 0));
    ccs_put(ccs, CCS_FORMAT_EMBEDDED, 2, EMBEDDED | ccs->desc.timing.embedded);
    ccs_put(ccs, CCS_FORMAT_ROWS, 2, VISIBLE | samples_sent(ccs, 1));
}
