#include "logic/nvm.h"

#include <string.h>

enum { CTRL = 0x0a00, STATUS = 0x0a01, PAGE = 0x0a02, DATA = 0x0a04, LAST = 0x0a43 };
enum { ENABLE = 0x1, WRITE = 0x2, CLEAR_ERROR = 0x4 };
enum { READ_READY = 0x1, WRITE_READY = 0x2, CORRUPTED = 0x4, IMPROPER = 0x8 };

static void finish_after(nvm_t *nvm, uint32_t us)
{
    sim_event_at(nvm->comp.sim, &nvm->done, sim_now_ps(nvm->comp.sim) + us * SIM_PS_PER_US);
}

static uint8_t *fuses(nvm_t *nvm)
{
    return nvm->fuse + (size_t)nvm->open * NVM_PAGE_BYTES;
}

static void program(nvm_t *nvm)
{
    uint8_t *page = fuses(nvm);
    for (uint32_t i = 0; i < NVM_PAGE_BYTES; i++) {
        page[i] |= nvm->data[i];
        nvm->status |= page[i] != nvm->data[i] ? (uint32_t)CORRUPTED : 0u;
    }
    nvm->pages_programmed++;
    nvm->status |= WRITE_READY;
}

static void on_done(void *ctx)
{
    nvm_t *nvm = ctx;
    if ((nvm->ctrl & WRITE) != 0) {
        program(nvm);
        return;
    }
    memcpy(nvm->data, fuses(nvm), NVM_PAGE_BYTES);
    nvm->pages_read++;
    nvm->status |= READ_READY;
}

/* ---- the host ---- */

static void improper(nvm_t *nvm, const char *what)
{
    nvm->status |= IMPROPER;
    sim_log(&nvm->comp, SIM_LOG_GUEST, "data transfer: %s", what);
}

/* Programming that has begun is not stopped. */
static void wrote_ctrl(nvm_t *nvm, uint32_t value)
{
    if ((value & CLEAR_ERROR) != 0)
        nvm->status &= ~(uint32_t)(CORRUPTED | IMPROPER);
    if (sim_event_pending(&nvm->done)) {
        improper(nvm, "ctrl written while a page is under way");
        return;
    }
    nvm->ctrl = value & (ENABLE | WRITE);
    nvm->status &= ~(uint32_t)(READ_READY | WRITE_READY);
    if ((value & ENABLE) == 0)
        return;
    memset(nvm->data, 0, sizeof(nvm->data));
    if (nvm->page >= NVM_PAGES) {
        improper(nvm, "no such page");
        return;
    }
    nvm->open = nvm->page;
    if ((value & WRITE) != 0)
        nvm->status |= WRITE_READY;
    else
        finish_after(nvm, nvm->desc.read_us);
}

static void wrote_data(nvm_t *nvm, uint32_t at, uint32_t value)
{
    if ((nvm->status & WRITE_READY) == 0) {
        improper(nvm, "data that nobody takes");
        return;
    }
    nvm->data[at] = (uint8_t)value;
    if (at + 1 < NVM_PAGE_BYTES)
        return;
    nvm->status &= ~(uint32_t)WRITE_READY;
    finish_after(nvm, nvm->desc.program_us);
}

static bool host_write(void *ctx, uint16_t addr, uint32_t value)
{
    nvm_t *nvm = ctx;
    if (addr == CTRL)
        wrote_ctrl(nvm, value);
    else if (addr == PAGE && sim_event_pending(&nvm->done))
        improper(nvm, "page_select written while a page is under way");
    else if (addr == PAGE)
        nvm->page = value;
    else
        wrote_data(nvm, (uint32_t)(addr - DATA), value);
    return true;
}

static uint32_t host_read(void *ctx, uint16_t addr)
{
    const nvm_t *nvm = ctx;
    if (addr == CTRL)
        return nvm->ctrl;
    if (addr == STATUS)
        return nvm->status;
    return addr == PAGE ? nvm->page : nvm->data[addr - DATA];
}

ccs_window_t nvm_window(nvm_t *nvm)
{
    return (ccs_window_t){CTRL, LAST, host_write, host_read, nvm};
}

/* ---- the block ---- */

static void reset(sim_comp_t *comp)
{
    nvm_t *nvm = (nvm_t *)(void *)comp;
    sim_event_cancel(comp->sim, &nvm->done);
    memset(nvm->data, 0, sizeof(nvm->data));
    nvm->ctrl = nvm->status = nvm->page = nvm->open = 0;
    nvm->pages_read = nvm->pages_programmed = 0;
}

/* clang-format off */
static const sim_field_t fields[] = {
    SIM_FIELD(nvm_t, fuse), SIM_FIELD(nvm_t, data), SIM_FIELD(nvm_t, ctrl), SIM_FIELD(nvm_t, status),
    SIM_FIELD(nvm_t, page), SIM_FIELD(nvm_t, open), SIM_FIELD(nvm_t, pages_read), SIM_FIELD(nvm_t, pages_programmed),
    SIM_FIELD_END,
};
static const sim_stat_t stats[] = {
    SIM_STAT(nvm_t, pages_read,       "pages", "pages of fuses that the host fetched"),
    SIM_STAT(nvm_t, pages_programmed, "pages", "pages of fuses that the host programmed"),
    SIM_STAT_END,
};
/* clang-format on */
static const sim_kind_t kind = {
    .kind = "nvm", .version = 2, .reset = reset, .fields = fields, .stats = stats};
_Static_assert(offsetof(nvm_t, comp) == 0, "comp stays first");

nvm_desc_t nvm_desc_default(void)
{
    return (nvm_desc_t){.read_us = 50, .program_us = 2000};
}

static void fill(nvm_t *nvm, const ccs_desc_t *ccs)
{
    static const uint16_t identity[] = {0x0000, 0x0002, 0x0010, 0x000e, 0x001c};
    uint32_t at = 0;
    for (size_t i = 0; i < SIM_COUNT(identity); i++) {
        uint32_t value = ccs_power_up(ccs, identity[i]);
        for (uint32_t left = ccs_find(ccs, identity[i])->bytes; left > 0; left--)
            nvm->fuse[at++] = (uint8_t)(value >> 8 * (left - 1));
    }
}

sim_err_t nvm_init(nvm_t *nvm, sim_t *sim, const nvm_desc_t *desc, const ccs_desc_t *ccs,
                   const char *name)
{
    memset(nvm, 0, sizeof(*nvm));
    nvm->desc = *desc;
    fill(nvm, ccs);
    sim_err_t err = sim_comp_init(&nvm->comp, sim, &kind, name);
    if (err == SIM_OK)
        sim_event_init(&nvm->done, &nvm->comp, "done", SIM_PRIO_REQUEST, on_done, nvm);
    return err;
}
