#include "mipi/fault.h"

/* False: nothing arrives. */
static bool apply_one(const mipi_fault_t *fault, uint32_t lanes, uint8_t *bytes, uint32_t *count)
{
    switch (fault->kind) {
    case MIPI_FAULT_FLIP:
        if (fault->arg / 8 < *count)
            bytes[fault->arg / 8] ^= (uint8_t)(1u << fault->arg % 8);
        return true;
    case MIPI_FAULT_LOSE_LANE:
        for (uint32_t k = fault->arg; k < *count; k += lanes)
            bytes[k] = 0;
        return true;
    case MIPI_FAULT_TRUNCATE:
        if (fault->arg < *count)
            *count = fault->arg;
        return true;
    case MIPI_FAULT_DROP:
        return false;
    }
    return true;
}

uint32_t mipi_fault_apply(const mipi_fault_t *faults, uint32_t fault_count, uint32_t lanes,
                          uint64_t number, uint8_t *bytes, uint32_t *count, bool *arrives)
{
    uint32_t struck = 0;
    *arrives = true;
    for (uint32_t i = 0; *arrives && i < fault_count; i++) {
        if (faults[i].packet != number)
            continue;
        struck++;
        *arrives = apply_one(&faults[i], lanes, bytes, count);
    }
    return struck;
}
