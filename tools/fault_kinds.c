/*
 * fault_kinds.c - the kinds of faults: what each does, and how its outcome shows.
 */
#include "tools/fault.h"

#include <string.h>

static const char *const port_names[] = {"controller", "target"};
enum { PORT_CONTROLLER, PORT_TARGET };

static const char *const irq_names[INTC_SOURCES] = {
#define X(name, number, member) [number] = #name,
    SENSOR_IRQS(X)
#undef X
};
enum {
#define X(name, number, member) LAST_IRQ_##name,
    SENSOR_IRQS(X)
#undef X
        IRQS /* they are numbered from 1, without gaps */
};

/* ---- records ---- */

typedef void (*apply_fn_t)(fault_set_t *set, fault_record_t *record);

/* The oldest record of what `apply` put in that has this outcome, from place `from` on; NULL: none.
 */
static fault_record_t *oldest(fault_set_t *set, apply_fn_t apply, fault_outcome_t outcome,
                              uint32_t from)
{
    for (uint32_t i = from; i < set->count; i++) {
        fault_record_t *r = &set->record[i];
        if (r->outcome == outcome && fault_kind_of(set, r)->apply == apply)
            return r;
    }
    return NULL;
}

static uint32_t place_of(const fault_set_t *set, const fault_record_t *record)
{
    return (uint32_t)(record - set->record);
}

static bool uses(const fault_set_t *set, apply_fn_t apply)
{
    for (uint32_t i = 0; i < set->items; i++)
        if (set->item[i].kind->apply == apply)
            return true;
    return false;
}

/* ---- memories ---- */

/* In met_by, behind the ports of L2: bus_met_t of TCM. */
enum { MET_TCM = L2_MAX_MASTERS + 2 };

static void l2_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    const l2_desc_t *l2 = &chip->logic.l2;
    *low = *usual = l2->base;
    *high = l2->base + (uint64_t)l2->bytes / ECC_WORD_BYTES * ECC_WORD_BYTES - ECC_WORD_BYTES;
}

static void l2_bit_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    *low = *usual = 0;
    *high = (chip->logic.l2.ecc == L2_ECC_NONE ? ECC_DATA_BITS : ECC_BITS) - 1;
}

/* Until somebody comes across it; there may be no room for another one that waits. */
static void begin_wait(fault_set_t *set, fault_record_t *r, bool room)
{
    r->no_room = !room;
    fault_outcome(set, r, room ? FAULT_WAITING : FAULT_ABSENT, FAULT_BY_NOBODY);
}

static void flip_l2(fault_set_t *set, fault_record_t *r)
{
    l2_t *l2 = &set->sensor->l2;
    uint32_t bits = l2_word_bits(l2);
    bool any = false;
    for (uint32_t i = 0; i < r->arg[2]; i++)
        any = l2_flip(l2, (uint32_t)r->arg[0], (uint32_t)(r->arg[1] + i) % bits) || any;
    begin_wait(set, r, any);
}

/* All faults of that word that wait share its fate; one that was detected stays so. */
static void on_l2(void *ctx, uint32_t addr, l2_flip_end_t end, uint32_t who)
{
    static const struct {
        fault_outcome_t outcome;
        fault_by_t by;
    } is[] = {
        [L2_FLIP_CORRECTED] = {FAULT_RECOVERED, FAULT_BY_ECC},
        [L2_FLIP_FATAL] = {FAULT_DETECTED, FAULT_BY_ECC},
        [L2_FLIP_OVERWRITTEN] = {FAULT_NOTHING, FAULT_BY_NOBODY},
        [L2_FLIP_MISSED] = {FAULT_SILENT, FAULT_BY_NOBODY},
    };
    fault_set_t *set = ctx;
    fault_record_t *r = oldest(set, flip_l2, FAULT_WAITING, 0);
    for (; r != NULL; r = oldest(set, flip_l2, FAULT_WAITING, place_of(set, r) + 1))
        if (r->arg[0] == addr) {
            fault_outcome(set, r, is[end].outcome, is[end].by);
            r->met_by = end == L2_FLIP_OVERWRITTEN ? 0 : who + 1;
        }
}

static void tcm_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    const bus_desc_t *bus = &chip->logic.bus;
    *low = *usual = bus->tcm_base;
    *high = bus->tcm_base + (uint64_t)bus->tcm_bytes - 1;
}

static void flip_tcm(fault_set_t *set, fault_record_t *r)
{
    begin_wait(set, r, bus_flip(&set->sensor->bus, (uint32_t)r->arg[0], (uint32_t)r->arg[1]));
}

static void on_tcm(void *ctx, uint32_t addr, bus_met_t how, uint64_t at_ps)
{
    fault_set_t *set = ctx;
    bool read = how <= BUS_MET_DMA;
    fault_record_t *r = oldest(set, flip_tcm, FAULT_WAITING, 0);
    for (; r != NULL; r = oldest(set, flip_tcm, FAULT_WAITING, place_of(set, r) + 1))
        if (r->arg[0] == addr) {
            fault_outcome(set, r, read ? FAULT_SILENT : FAULT_NOTHING, FAULT_BY_NOBODY);
            r->end_ps = at_ps;
            r->met_by = read ? MET_TCM + how : 0;
        }
}

/* What waits in TCM is watched. */
static void watch_tcm(fault_set_t *set)
{
    bus_unwatch_all(&set->sensor->bus);
    fault_record_t *r = oldest(set, flip_tcm, FAULT_WAITING, 0);
    for (; r != NULL; r = oldest(set, flip_tcm, FAULT_WAITING, place_of(set, r) + 1))
        bus_watch(&set->sensor->bus, (uint32_t)r->arg[0]);
}

const char *fault_met_by(const fault_set_t *set, const fault_record_t *record)
{
    static const char *const tcm[] = {"core", "core fetch", "dma"};
    const l2_t *l2 = &set->sensor->l2;
    if (record->met_by == 0)
        return NULL;
    if (record->met_by >= MET_TCM)
        return tcm[record->met_by - MET_TCM];
    return record->met_by > l2->masters ? "scrub" : l2_master_name(l2, record->met_by - 1);
}

/* ---- pixel die: made with them ---- */

static void column_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    *low = *usual = 0;
    *high = chip->pixel.width_px - 1;
}

static void row_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    *low = *usual = 0;
    *high = chip->pixel.height_px - 1;
}

static void white_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    *low = 0;
    *high = *usual = (1u << chip->pixel.adc_bits) - 1;
}

static void dark_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    white_range(chip, low, high, usual);
    *usual = 0;
}

static void plan_pixel(sensor_desc_t *chip, uint32_t frame, const uint64_t *arg)
{
    chip->pixel.stuck[chip->pixel.stuck_count++] =
        (pix_stuck_t){frame, (uint32_t)arg[0], (uint32_t)arg[1], (uint32_t)arg[2]};
}

static void plan_row(sensor_desc_t *chip, uint32_t frame, const uint64_t *arg)
{
    chip->pixel.stuck[chip->pixel.stuck_count++] =
        (pix_stuck_t){frame, PIX_STUCK_ROW, (uint32_t)arg[0], (uint32_t)arg[1]};
}

static void note_stuck(fault_set_t *set, fault_record_t *r)
{
    fault_outcome(set, r, FAULT_SILENT, FAULT_BY_NOBODY);
}

/* ---- CCI: what a host's write is on the bus ----
 *
 * Bytes 0 and 1 are the address of the register, the rest its value, high byte first. */

enum { CCI_LOSE, CCI_CORRUPT };

static void await(fault_set_t *set, fault_record_t *r)
{
    r->outcome = FAULT_WAITING;
    (void)set;
}

static void arm_cci(fault_set_t *set, fault_record_t *r)
{
    await(set, r);
}

/* A write's first byte is lost; the host sends again what was not acknowledged. */
static bool lose_cci(fault_set_t *set)
{
    fault_record_t *again = set->unacknowledged != 0 ? &set->record[set->unacknowledged - 1] : NULL;
    fault_record_t *r = oldest(set, arm_cci, FAULT_WAITING, 0);
    bool lost = r != NULL && fault_kind_of(set, r)->variant == CCI_LOSE;
    set->unacknowledged = 0;
    if (!lost && again != NULL)
        fault_outcome(set, again, FAULT_RECOVERED, FAULT_BY_HOST);
    if (lost) {
        fault_outcome(set, r, FAULT_DETECTED, FAULT_BY_HOST);
        set->unacknowledged = place_of(set, r) + 1;
    }
    return lost;
}

/* No check on the bus tells. */
static void corrupt_cci(fault_set_t *set, const cci_xfer_t *xfer, uint32_t at, uint8_t *byte)
{
    fault_record_t *r = oldest(set, arm_cci, FAULT_WAITING, 0);
    if (r == NULL || fault_kind_of(set, r)->variant != CCI_CORRUPT ||
        at != (uint32_t)r->arg[0] % (2 + xfer->bytes))
        return;
    *byte ^= (uint8_t)r->arg[1];
    fault_outcome(set, r, FAULT_SILENT, FAULT_BY_NOBODY);
}

static bool on_cci(void *ctx, const cci_xfer_t *xfer, uint32_t at, uint8_t *byte)
{
    if (at == 0 && lose_cci(ctx))
        return false;
    corrupt_cci(ctx, xfer, at, byte);
    return true;
}

/* ---- SPI ---- */

enum { SPI_LOSE, SPI_CORRUPT };
enum { BOOT_STATUS = 0x9180, BOOT_ERRORS = 0x9182, BOOT_AT_WORK = 1 }; /* firmware/README.md */

static void arm_spi(fault_set_t *set, fault_record_t *r)
{
    r->left = r->arg[1];
    await(set, r);
}

static uint32_t ccs_word(const fault_set_t *set, uint16_t addr)
{
    const ccs_t *ccs = &set->sensor->ccs;
    return (uint32_t)ccs_byte(ccs, addr) << 8 | ccs_byte(ccs, (uint16_t)(addr + 1));
}

/* The next one for bytes at this time through that port, once `bytes` more have passed. */
static fault_record_t *spi_record(fault_set_t *set, uint64_t port, uint64_t at_ps, uint32_t bytes)
{
    fault_record_t *r = oldest(set, arm_spi, FAULT_WAITING, 0);
    while (r != NULL && (r->arg[0] != port || r->at_ps > at_ps))
        r = oldest(set, arm_spi, FAULT_WAITING, place_of(set, r) + 1);
    if (r == NULL || r->left < bytes)
        return r;
    r->left -= bytes;
    return NULL;
}

static void struck_spi(fault_set_t *set, fault_record_t *r, bool any)
{
    r->state = ccs_word(set, BOOT_STATUS) == BOOT_AT_WORK;
    fault_outcome(set, r, any ? FAULT_SILENT : FAULT_NOTHING, FAULT_BY_NOBODY);
}

/* A lost byte reads as a line that nobody drives. */
static uint8_t on_spi(void *ctx, uint8_t in, uint64_t at_ps)
{
    fault_set_t *set = ctx;
    fault_record_t *r = spi_record(set, PORT_CONTROLLER, at_ps, 1);
    if (r == NULL)
        return in;
    bool lose = fault_kind_of(set, r)->variant == SPI_LOSE;
    uint8_t seen = lose ? 0xff : in ^ (uint8_t)r->arg[2];
    struck_spi(set, r, seen != in);
    return seen;
}

/* The target takes whole words: a lost byte costs its word. */
static bool on_spit(void *ctx, uint32_t *word)
{
    fault_set_t *set = ctx;
    fault_record_t *r = spi_record(set, PORT_TARGET, sim_now_ps(set->comp.sim), 4);
    if (r == NULL)
        return true;
    bool lose = fault_kind_of(set, r)->variant == SPI_LOSE;
    *word ^= lose ? 0 : (uint32_t)r->arg[2] << 8 * r->left;
    struck_spi(set, r, true);
    return !lose;
}

/* What the boot ROM has refused it has detected; it has recovered when something runs. */
static void judge_spi(fault_set_t *set)
{
    enum {
        HEADER_CRC = 4,
        FIRMWARE_CRC = 9,
        NETWORK_CRC = 10,
        RUNS_FIRST = 0x0a,
        RUNS_LAST = 0x0c
    };
    uint32_t a = ccs_word(set, BOOT_ERRORS), b = ccs_word(set, BOOT_ERRORS + 2);
    uint32_t status = ccs_word(set, BOOT_STATUS), why = a != 0 ? a : b;
    bool crc = why == HEADER_CRC || why == FIRMWARE_CRC || why == NETWORK_CRC;
    bool runs = status >= RUNS_FIRST && status <= RUNS_LAST;
    fault_record_t *r = oldest(set, arm_spi, FAULT_SILENT, 0);
    for (; why != 0 && r != NULL; r = oldest(set, arm_spi, FAULT_SILENT, place_of(set, r) + 1))
        if (r->state != 0) {
            r->outcome = runs ? FAULT_RECOVERED : FAULT_DETECTED;
            r->by = crc ? FAULT_BY_CRC : FAULT_BY_REGISTER;
        }
}

/* ---- power ---- */

static void brown_out(fault_set_t *set, fault_record_t *r)
{
    await(set, r);
    clkrst_request(&set->sensor->clkrst, RST_BROWN_OUT);
}

/* A reset that tells of it, or mends it; metadata afterwards: the firmware is back. */
static void judge_reset(fault_set_t *set, apply_fn_t apply, bool reset, bool metadata)
{
    fault_record_t *r = oldest(set, apply, FAULT_WAITING, 0);
    for (; reset && r != NULL; r = oldest(set, apply, FAULT_WAITING, place_of(set, r) + 1))
        fault_outcome(set, r, FAULT_DETECTED, FAULT_BY_REGISTER);
    r = oldest(set, apply, FAULT_DETECTED, 0);
    for (; metadata && r != NULL; r = oldest(set, apply, FAULT_DETECTED, place_of(set, r) + 1))
        fault_outcome(set, r, FAULT_RECOVERED, FAULT_BY_REGISTER);
}

static void hang_npu(fault_set_t *set, fault_record_t *r)
{
    await(set, r);
    npu_hang(&set->sensor->npu);
}

/* Whatever it was about to do, or slept for. */
static void jump_core(fault_set_t *set, fault_record_t *r)
{
    await(set, r);
    set->sensor->core.pc = (uint32_t)r->arg[0] & ~1u;
}

static void judge_resets(fault_set_t *set, bool metadata)
{
    const sensor_t *s = set->sensor;
    bool restarted = (s->clkrst.cause & (RST_WATCHDOG | RST_SOFTWARE)) != 0;
    judge_reset(set, jump_core, restarted, metadata);
    judge_reset(set, brown_out, (s->clkrst.cause & RST_BROWN_OUT) != 0, metadata);
    judge_reset(set, hang_npu, !s->npu.hung, metadata);
}

bool fault_has_reset(const fault_set_t *set, uint64_t *at_ps)
{
    bool reset = false;
    for (uint32_t i = 0; i < set->count; i++)
        if (fault_kind_of(set, &set->record[i])->apply == brown_out) {
            reset = set->record[i].outcome != FAULT_RECOVERED;
            *at_ps = set->record[i].at_ps;
        }
    return reset;
}

/* ---- interrupts ---- */

static void lose_irq(fault_set_t *set, fault_record_t *r)
{
    await(set, r);
    if (set->item[r->item].for_ps != 0)
        intc_block(&set->sensor->intc, (uint32_t)r->arg[0], true);
    else
        intc_lose(&set->sensor->intc, (uint32_t)r->arg[0]);
}

static void let_irq(fault_set_t *set, fault_record_t *r)
{
    intc_block(&set->sensor->intc, (uint32_t)r->arg[0], false);
    if (r->outcome == FAULT_WAITING)
        fault_outcome(set, r, FAULT_NOTHING, FAULT_BY_NOBODY);
}

/* A rise was lost; or its source was served all the same, or is seen late. */
static void on_irq(void *ctx, uint32_t number, bool lost)
{
    fault_set_t *set = ctx;
    fault_outcome_t from = lost ? FAULT_WAITING : FAULT_SILENT;
    fault_record_t *r = oldest(set, lose_irq, from, 0);
    while (r != NULL && r->arg[0] != number)
        r = oldest(set, lose_irq, from, place_of(set, r) + 1);
    if (r != NULL)
        fault_outcome(set, r, lost ? FAULT_SILENT : FAULT_RECOVERED,
                      lost ? FAULT_BY_NOBODY : FAULT_BY_REGISTER);
}

/* ---- random numbers ---- */

static void spoil_rng(fault_set_t *set, fault_record_t *r)
{
    await(set, r);
    rng_set_fault(&set->sensor->rng, (rng_fault_t)fault_kind_of(set, r)->variant);
}

/* Nobody saw it, if it still waits. */
static void mend_rng(fault_set_t *set, fault_record_t *r)
{
    rng_set_fault(&set->sensor->rng, RNG_FAULT_NONE);
    if (r->outcome == FAULT_WAITING)
        fault_outcome(set, r, FAULT_SILENT, FAULT_BY_NOBODY);
}

static void on_rng(void *ctx)
{
    fault_set_t *set = ctx;
    fault_record_t *r = oldest(set, spoil_rng, FAULT_WAITING, 0);
    if (r != NULL)
        fault_outcome(set, r, FAULT_DETECTED, FAULT_BY_REGISTER);
}

/* ---- link ---- */

enum { RNG_LINK = 0xfa03 }; /* purpose */

static void lane_range(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual)
{
    *low = *usual = 0;
    *high = chip->mipi.dphy.lanes - 1;
}

/* The value of the first of these keys that the kind has. */
static uint32_t key_value(const fault_set_t *set, const fault_record_t *r,
                          const char *const names[], uint32_t otherwise)
{
    const fault_key_t *key = fault_kind_of(set, r)->key;
    for (; *names != NULL; names++)
        for (uint32_t i = 0; i < FAULT_KEYS && key[i].name != NULL; i++)
            if (strcmp(key[i].name, *names) == 0)
                return (uint32_t)r->arg[i];
    return otherwise;
}

static mipi_fault_t link_fault(const fault_set_t *set, const fault_record_t *r)
{
    static const char *const args[] = {"bit", "one_in", "bytes", "lane", NULL};
    static const char *const extras[] = {"bits", "late", "mask", NULL};
    static const char *const skip[] = {"skip", NULL}, *const packets[] = {"packets", NULL};
    sim_stream_t random = sim_stream(set->item[r->item].seed, RNG_LINK, r->item);
    random.column = 2 * set->drawn[r->item];
    uint64_t high = sim_stream_u32(&random);
    return (mipi_fault_t){
        .packet = set->sensor->mipi.packets + key_value(set, r, skip, 0),
        .seed = high << 32 | sim_stream_u32(&random),
        .kind = fault_kind_of(set, r)->variant,
        .arg = key_value(set, r, args, 0),
        .extra = key_value(set, r, extras, 0),
        .packets = key_value(set, r, packets, 1),
        .tag = place_of(set, r),
    };
}

/* Does it take packets away, so that others show that they are missing? */
static bool takes_away(const fault_set_t *set, const fault_record_t *r)
{
    uint32_t variant = fault_kind_of(set, r)->variant;
    return variant == MIPI_FAULT_DROP || variant == MIPI_FAULT_DROP_FE ||
           variant == MIPI_FAULT_LOSE_LANE;
}

/* What becomes of a fault that damaged packets; the worst of them counts. Skew that nobody noticed
 * was taken out. */
static void judge_link(fault_set_t *set, fault_record_t *r)
{
    bool skew = fault_kind_of(set, r)->variant == MIPI_FAULT_SKEW;
    bool all = r->noticed >= r->hits;
    if (!all)
        fault_outcome(set, r, skew && r->noticed == 0 ? FAULT_NOTHING : FAULT_SILENT,
                      FAULT_BY_NOBODY);
    else
        fault_outcome(set, r, r->fixed >= r->hits ? FAULT_RECOVERED : FAULT_DETECTED,
                      FAULT_BY_HOST);
}

/* Looks up what faults did since the last time (record->left: packets damaged), and forgets those
 * that are over. True: something was damaged. */
static bool collect_links(fault_set_t *set)
{
    uint32_t kept = 0;
    bool any = false;
    for (uint32_t i = 0; i < set->links; i++) {
        mipi_fault_t *fault = &set->link[i];
        fault_record_t *r = &set->record[fault->tag];
        r->left = fault->hits - r->hits;
        r->hits = fault->hits;
        any |= r->left != 0;
        if (r->left != 0)
            judge_link(set, r);
        else if (fault->done != 0 && fault->hits == 0)
            fault_outcome(set, r, FAULT_NOTHING, FAULT_BY_NOBODY);
        if (fault->done < fault->packets)
            set->link[kept++] = *fault;
    }
    for (uint32_t i = kept; i < set->links; i++)
        set->link[i] = (mipi_fault_t){0};
    set->links = set->sensor->mipi.fault_count = kept;
    return any;
}

static void damage_link(fault_set_t *set, fault_record_t *r)
{
    begin_wait(set, r, set->links < FAULT_MAX_LINK);
    if (r->no_room)
        return;
    set->link[set->links++] = link_fault(set, r);
    set->sensor->mipi.fault_count = set->links;
}

static void notice(fault_set_t *set, fault_record_t *r, uint64_t packets, bool corrected)
{
    r->noticed += (uint32_t)packets;
    r->fixed += corrected ? (uint32_t)packets : 0;
    judge_link(set, r);
}

/* The host had problems with a packet: with its own damage, or because others are missing. */
static void settle_links(fault_set_t *set, bool own, bool problems, bool corrected)
{
    for (uint32_t i = 0; i < set->count; i++) {
        fault_record_t *r = &set->record[i];
        if (fault_kind_of(set, r)->apply != damage_link || r->hits == 0)
            continue;
        if (problems && own && r->left != 0)
            notice(set, r, r->left, corrected);
        else if (problems && !own && takes_away(set, r) && r->noticed < r->hits)
            notice(set, r, r->hits - r->noticed, corrected);
        r->left = 0;
    }
}

void fault_heard(fault_set_t *set)
{
    bool own = collect_links(set);
    if (set->host == NULL)
        return;
    uint64_t fixed =
        set->host->rx.counts[MIPI_RX_ECC_CORRECTED] + set->host->rx.counts[MIPI_RX_SOT];
    uint64_t problems = set->host->problems - set->problems, corrected = fixed - set->corrected;
    bool metadata = set->host->metadata_frames != set->metadata;
    if (own || problems != 0)
        settle_links(set, own, problems != 0, problems == corrected);
    judge_resets(set, metadata);
    set->problems = set->host->problems;
    set->corrected = fixed;
    set->metadata = set->host->metadata_frames;
}

/* ---- the table ---- */

/* clang-format off */
#define NO_WRITE  "no register write of the host came after it"
#define NO_BYTE   "the byte did not pass that port after it"
#define NO_PACKET "the packet did not leave after it"
#define SKIP   {.name = "skip", .absent = FAULT_USUAL, .high = UINT32_MAX}
#define MASK   {.name = "mask", .absent = FAULT_DRAWN, .low = 1, .high = 255, .usual = 1}
#define PORT   {.name = "port", .absent = FAULT_USUAL, .high = 1, .names = port_names}
#define LANE   {.name = "lane", .absent = FAULT_DRAWN, .range = lane_range}
#define PACKETS(n) {.name = "packets", .absent = FAULT_USUAL, .low = 1, .high = UINT32_MAX, .usual = (n)}
#define L2_BIT {.name = "bit", .absent = FAULT_DRAWN, .range = l2_bit_range}
const fault_kind_t fault_kinds[] = {
    /* bits of a word of 8 bytes of L2, from `bit` on; 64 to 71 are check bits (ECC) */
    {.name = "l2_flip",
     .key = {{.name = "address", .address = true, .absent = FAULT_DRAWN, .step = ECC_WORD_BYTES, .range = l2_range}, L2_BIT,
             {.name = "bits", .absent = FAULT_USUAL, .low = 1, .high = 8, .usual = 1}},
     .apply = flip_l2},
    /* a bit of a byte of the tightly coupled RAM */
    {.name = "tcm_flip",
     .key = {{.name = "address", .address = true, .absent = FAULT_DRAWN, .range = tcm_range},
             {.name = "bit", .absent = FAULT_DRAWN, .high = 7}},
     .apply = flip_tcm},
    /* a photosite gives `value`, from a frame on */
    {.name = "pixel_stuck",
     .key = {{.name = "x", .absent = FAULT_DRAWN, .range = column_range},
             {.name = "y", .absent = FAULT_DRAWN, .range = row_range},
             {.name = "value", .absent = FAULT_USUAL, .range = white_range}},
     .from_frame = true, .plan = plan_pixel, .apply = note_stuck},
    /* a row of photosites gives `value`, from a frame on */
    {.name = "row_stuck",
     .key = {{.name = "y", .absent = FAULT_DRAWN, .range = row_range},
             {.name = "value", .absent = FAULT_USUAL, .range = dark_range}},
     .from_frame = true, .plan = plan_row, .apply = note_stuck},
    /* the host's next CCI write loses a byte: it is not acknowledged */
    {.name = "cci_drop",
     .variant = CCI_LOSE, .apply = arm_cci, .awaits = NO_WRITE},
    /* a byte of the host's next CCI write (0, 1: address; then the value) xor `mask` */
    {.name = "cci_corrupt",
     .key = {{.name = "byte", .absent = FAULT_DRAWN, .high = 5}, MASK},
     .variant = CCI_CORRUPT, .apply = arm_cci, .awaits = NO_WRITE},
    /* a byte on SPI is lost, `skip` bytes after the time */
    {.name = "spi_drop",
     .key = {PORT, SKIP}, .variant = SPI_LOSE, .apply = arm_spi, .awaits = NO_BYTE},
    /* the same, xor `mask` */
    {.name = "spi_corrupt",
     .key = {PORT, SKIP, MASK}, .variant = SPI_CORRUPT, .apply = arm_spi, .awaits = NO_BYTE},
    /* the supply dips: a system reset, the host's registers included */
    {.name = "brown_out",
     .apply = brown_out, .awaits = "the run ended before the reset"},
    /* the core goes on somewhere else in its RAM */
    {.name = "core_jump",
     .key = {{.name = "address", .address = true, .absent = FAULT_NEEDED, .step = 2, .range = tcm_range}},
     .apply = jump_core},
    /* the NPU stands still until its reset */
    {.name = "npu_hang",
     .apply = hang_npu},
    /* the next rise of an interrupt is lost, or all of it `for` a time */
    {.name = "irq_lost",
     .key = {{.name = "irq", .absent = FAULT_NEEDED, .low = 1, .high = IRQS, .names = irq_names}},
     .apply = lose_irq, .end = let_irq, .awaits = "the interrupt did not rise after it"},
    /* the source of random numbers repeats itself, for good or `for` a time */
    {.name = "rng_stuck",
     .variant = RNG_FAULT_STUCK, .apply = spoil_rng, .end = mend_rng},
    /* three of four of its bits are 1 */
    {.name = "rng_biased",
     .variant = RNG_FAULT_BIASED, .apply = spoil_rng, .end = mend_rng},
    /* a bit of a packet on the link, `skip` packets after the time */
    {.name = "link_flip",
     .key = {SKIP, {.name = "bit", .absent = FAULT_USUAL, .high = 1u << 20}},
     .variant = MIPI_FAULT_FLIP, .apply = damage_link, .awaits = NO_PACKET},
    /* one bit in `one_in` is wrong, for that many packets */
    {.name = "link_noise",
     .key = {{.name = "one_in", .absent = FAULT_NEEDED, .low = 2, .high = UINT32_MAX}, PACKETS(UINT32_MAX), SKIP},
     .variant = MIPI_FAULT_NOISE, .apply = damage_link, .awaits = NO_PACKET},
    /* `bits` of a packet from `bit` on: the first and the last are wrong, of the others half */
    {.name = "link_burst",
     .key = {SKIP, {.name = "bit", .absent = FAULT_USUAL, .high = 1u << 20},
             {.name = "bits", .absent = FAULT_DRAWN, .low = 1, .high = 64}},
     .variant = MIPI_FAULT_BURST, .apply = damage_link, .awaits = NO_PACKET},
    /* a lane stays in LP-11 */
    {.name = "link_lane",
     .key = {SKIP, LANE, PACKETS(1)},
     .variant = MIPI_FAULT_LOSE_LANE, .apply = damage_link, .awaits = NO_PACKET},
    /* a lane comes `late` byte times behind the others */
    {.name = "link_skew",
     .key = {LANE, {.name = "late", .absent = FAULT_DRAWN, .low = 1, .high = 255}, PACKETS(1)},
     .variant = MIPI_FAULT_SKEW, .apply = damage_link, .awaits = NO_PACKET},
    /* a lane's sync byte xor `mask` */
    {.name = "link_sync",
     .key = {LANE, MASK, PACKETS(1)},
     .variant = MIPI_FAULT_SYNC, .apply = damage_link, .awaits = NO_PACKET},
    /* `bytes` of a packet arrive */
    {.name = "link_truncate",
     .key = {SKIP, {.name = "bytes", .absent = FAULT_USUAL, .high = 1u << 20}},
     .variant = MIPI_FAULT_TRUNCATE, .apply = damage_link, .awaits = NO_PACKET},
    /* a packet does not arrive */
    {.name = "link_drop",
     .key = {SKIP, PACKETS(1)}, .variant = MIPI_FAULT_DROP, .apply = damage_link, .awaits = NO_PACKET},
    /* the next frame end does not */
    {.name = "link_drop_fe",
     .key = {PACKETS(1)}, .variant = MIPI_FAULT_DROP_FE, .apply = damage_link, .awaits = NO_PACKET},
};
/* clang-format on */
const uint32_t fault_kind_count = SIM_COUNT(fault_kinds);

void fault_connect_kinds(fault_set_t *set)
{
    sensor_t *s = set->sensor;
    s->l2.noted = on_l2;
    s->bus.met = on_tcm;
    s->bus.met_ctx = set;
    s->intc.noted = on_irq;
    s->rng.noted = on_rng;
    s->l2.noted_ctx = s->intc.noted_ctx = s->rng.noted_ctx = set;
    s->cci.line_ctx = s->spi.line_ctx = s->spit.line_ctx = set;
    s->cci.line = uses(set, arm_cci) ? on_cci : NULL;
    s->spi.line = uses(set, arm_spi) ? on_spi : NULL;
    s->spit.line = uses(set, arm_spi) ? on_spit : NULL;
    s->mipi.faults = set->link;
    s->mipi.fault_count = 0;
    if (s->desc.logic.l2.ecc != L2_ECC_NONE && uses(set, flip_l2))
        s->npu.exact = true;
}

void fault_restored_kinds(fault_set_t *set)
{
    set->sensor->mipi.fault_count = set->links;
    watch_tcm(set);
}

void fault_judge_kinds(fault_set_t *set)
{
    collect_links(set);
    judge_resets(set, false);
    judge_spi(set);
}
