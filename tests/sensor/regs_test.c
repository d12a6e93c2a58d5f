/*
 * regs_test.c - every register of every page of the sensor, from the tables that make them. A new
 * block is walked by being in SENSOR_PAGES.
 */
#include "sim/reg_help.h"

#include "logic/sensor.h"
#include "tests/test.h"

static sim_t *sim;
static sim_pool_t *pool;
static sensor_t *sensor;

/* Small, as every test makes one and the state hash reads all of its memories. */
static void make(void)
{
    sensor_desc_t desc = sensor_desc_default();
    desc.pixel.width_px = 128;
    desc.pixel.height_px = 128;
    desc.logic.l2.bytes = desc.logic.bus.l2_bytes = desc.npu.l2_bytes = 65536;
    desc.logic.bus.tcm_bytes = 4096;
    sim = sim_new();
    pool = sim_pool_new(1);
    sensor = sensor_new();
    ck_assert_msg(sensor_init(sensor, sim, &desc, pool) == SIM_OK, "%s", sim_error(sim));
    sim_reset(sim);
}

static void drop(void)
{
    sensor_free(sensor);
    sim_pool_free(pool);
    sim_free(sim);
}

/* ---- what is walked ---- */

typedef struct {
    sim_comp_t *comp;
    const sim_reg_t *reg;
    uint32_t addr; /* on the bus */
} place_t;

/* Calls visit for every register. Where it leaves traces the sensor is reset after each. */
static uint32_t walk(void (*visit)(const place_t *place), bool leaves_traces)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < BUS_PAGES; n++) {
        sim_comp_t *comp = sensor->bus.page[n];
        if (comp == NULL)
            continue;
        for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++, count++) {
            place_t place = {comp, reg, BUS_PAGE_BASE + n * BUS_PAGE_BYTES + reg->addr};
            visit(&place);
            if (leaves_traces)
                sim_reset(sim);
        }
    }
    ck_assert_uint_gt(count, 300);
    return count;
}

static uint32_t peek(const place_t *p)
{
    return sim_reg_peek(p->comp, p->reg->addr);
}

static void put(const place_t *p, uint32_t value)
{
    ck_assert(bus_write_reg(&sensor->bus, p->addr, 4, value));
}

static uint32_t *member(const place_t *p)
{
    return (uint32_t *)(void *)((char *)p->comp + p->reg->member);
}

static uint64_t guest_errors(void)
{
    return sim_log_count(sim, SIM_LOG_GUEST);
}

/* Registers whose side effect makes of a write something else than the masks say, and why; view:
 * what they show is kept elsewhere, after reset too. */
static const struct {
    const char *name, *why;
    bool view;
} own_rules[] = {
    {"UART_BAUD_DIV", "0 is no rate: 1", false},
    {"SPI_DIV", "odd or below 2 is no rate", false},
    {"CCI_DATA8", "a window onto the CCS register at CCI_ADDR", true},
    {"CCI_DATA16", "a window onto the CCS registers at CCI_ADDR", true},
    {"ISP_DPC_SITE", "a window onto the map at ISP_DPC_INDEX, which moves on", true},
    {"ISP_LSC_GAINS", "a window onto the grid at ISP_LSC_INDEX, which moves on", true},
    {"CLINT_MTIME_LO", "a view of the time", false},
    {"GPIO_STATUS", "follows the levels of pins that do not detect edges", false},
    {"TGT_LEVEL", "0 and above 64 words are no level", false},
    {"MIPI_META_NS", "follows MIPI_META_LINE and the rate of the lanes", true},
    {"CLK_ENABLE", "bits of pages without a gate stay 1", false},
};

static bool has_own_rule(const sim_reg_t *reg)
{
    for (size_t i = 0; i < SIM_COUNT(own_rules); i++)
        if (strcmp(own_rules[i].name, reg->name) == 0)
            return true;
    return false;
}

static bool is_view(const sim_reg_t *reg)
{
    for (size_t i = 0; i < SIM_COUNT(own_rules); i++)
        if (own_rules[i].view && strcmp(own_rules[i].name, reg->name) == 0)
            return true;
    return false;
}

START_TEST(every_exception_names_a_register)
{
    make();
    for (size_t i = 0; i < SIM_COUNT(own_rules); i++) {
        bool there = false;
        for (uint32_t n = 0; n < BUS_PAGES; n++) {
            const sim_reg_t *reg = sensor->bus.page[n] ? sensor->bus.page[n]->kind->regs : NULL;
            for (; reg != NULL && reg->name != NULL; reg++)
                there = there || strcmp(reg->name, own_rules[i].name) == 0;
        }
        ck_assert_msg(there, "%s", own_rules[i].name);
    }
    drop();
}
END_TEST

/* ---- the tables ---- */

static void check_help(const place_t *p)
{
    sim_reg_field_t field[SIM_REG_MAX_FIELDS];
    char why[256];
    ck_assert_msg(sim_reg_fields(p->reg, field, why, sizeof(why)) != 0, "%s", why);
}

START_TEST(every_help_text_is_a_list_of_fields)
{
    make();
    walk(check_help, false);
    drop();
}
END_TEST

static void check_place(const place_t *p)
{
    const sim_reg_t *first = p->comp->kind->regs, *reg = p->reg;
    ck_assert_msg(reg->addr % 4 == 0 && reg->addr < BUS_PAGE_BYTES, "%s", reg->name);
    ck_assert_msg((reg->rw_mask & reg->w1c) == 0, "%s: bits of two kinds", reg->name);
    for (; first != reg; first++) {
        ck_assert_msg(first->addr != reg->addr, "%s and %s", first->name, reg->name);
        ck_assert_msg(first->member != reg->member, "%s and %s", first->name, reg->name);
    }
}

START_TEST(registers_have_places_of_their_own)
{
    make();
    walk(check_place, false);
    drop();
}
END_TEST

static const char *names[4096];
static uint32_t names_count;

static void check_name(const place_t *p)
{
    for (uint32_t i = 0; i < names_count; i++)
        ck_assert_str_ne(names[i], p->reg->name);
    ck_assert_uint_lt(names_count, SIM_COUNT(names));
    names[names_count++] = p->reg->name;
}

START_TEST(names_are_unique_in_the_chip)
{
    make();
    walk(check_name, false);
    drop();
}
END_TEST

START_TEST(a_page_begins_with_an_id_of_its_own)
{
    bool taken[256] = {false};
    make();
    for (uint32_t n = 0; n < BUS_PAGES; n++) {
        if (sensor->bus.page[n] == NULL)
            continue;
        const sim_reg_t *id = sensor->bus.page[n]->kind->regs;
        size_t length = strlen(id->name);
        ck_assert_str_eq(id->name + (length < 3 ? 0 : length - 3), "_ID");
        ck_assert_uint_eq(id->addr, 0);
        ck_assert_uint_ge(id->reset & 0xffff, 1);
        ck_assert_uint_lt(id->reset >> 16, 256);
        ck_assert_msg(!taken[id->reset >> 16], "%s", id->name);
        taken[id->reset >> 16] = true;
    }
    drop();
}
END_TEST

/* ---- values ---- */

static void check_reset(const place_t *p)
{
    if (is_view(p->reg))
        return;
    ck_assert_msg(peek(p) == p->reg->reset, "%s is 0x%x after reset, not 0x%x", p->reg->name,
                  peek(p), p->reg->reset);
    put(p, ~p->reg->reset);
    sim_reset(sim);
    ck_assert_msg(peek(p) == p->reg->reset, "%s is 0x%x after another reset, not 0x%x",
                  p->reg->name, peek(p), p->reg->reset);
}

START_TEST(reset_brings_the_value_of_the_table)
{
    make();
    walk(check_reset, true);
    drop();
}
END_TEST

static void check_read_only(const place_t *p)
{
    const sim_reg_t *reg = p->reg;
    if (reg->rw_mask != 0 || reg->w1c != 0 || reg->wrote != NULL)
        return;
    uint32_t before = peek(p);
    uint64_t errors = guest_errors();
    put(p, ~before);
    ck_assert_msg(peek(p) == before, "%s", reg->name);
    ck_assert_msg(guest_errors() == errors + 1, "%s", reg->name);
}

START_TEST(read_only_registers_stay_and_the_guest_is_told)
{
    make();
    walk(check_read_only, false);
    drop();
}
END_TEST

static void check_writable(const place_t *p)
{
    static const uint32_t values[] = {UINT32_MAX, 0, 0x55555555, 0xaaaaaaaa, 0x00010002};
    const sim_reg_t *reg = p->reg;
    if (reg->rw_mask == 0 || has_own_rule(reg))
        return;
    for (size_t i = 0; i < SIM_COUNT(values); i++) {
        sim_reset(sim);
        uint32_t before = peek(p);
        put(p, values[i]);
        uint32_t after = peek(p);
        ck_assert_msg(((after ^ values[i]) & reg->rw_mask) == 0, "%s: wrote 0x%x, has 0x%x",
                      reg->name, values[i], after);
        if (reg->wrote == NULL)
            ck_assert_msg(((after ^ before) & ~(reg->rw_mask | reg->w1c)) == 0,
                          "%s: wrote 0x%x, was 0x%x, has 0x%x", reg->name, values[i], before,
                          after);
    }
}

START_TEST(writable_bits_take_what_is_written_and_others_stay)
{
    make();
    walk(check_writable, true);
    drop();
}
END_TEST

static void check_w1c(const place_t *p)
{
    const sim_reg_t *reg = p->reg;
    if (reg->w1c == 0 || has_own_rule(reg))
        return;
    *member(p) |= reg->w1c;
    put(p, *member(p) & reg->rw_mask);
    ck_assert_msg((peek(p) & reg->w1c) == reg->w1c, "%s: a 0 cleared", reg->name);
    for (uint32_t bit = 0; bit < 32; bit++) {
        if ((reg->w1c >> bit & 1) == 0)
            continue;
        uint32_t before = peek(p);
        put(p, (before & reg->rw_mask) | 1u << bit);
        ck_assert_msg((peek(p) & reg->w1c) == (before & reg->w1c & ~(1u << bit)), "%s: bit %u",
                      reg->name, bit);
    }
}

START_TEST(a_1_clears_its_bit_and_no_other)
{
    make();
    walk(check_w1c, true);
    drop();
}
END_TEST

static void check_command(const place_t *p)
{
    sim_reg_field_t field[SIM_REG_MAX_FIELDS];
    char why[256];
    uint32_t fields = sim_reg_fields(p->reg, field, why, sizeof(why));
    for (uint32_t i = 0; i < fields; i++) {
        uint32_t mask = sim_reg_field_mask(&field[i]);
        if (field[i].access != SIM_WRITE_ONLY)
            continue;
        ck_assert_msg((peek(p) & mask) == 0, "%s: %s", p->reg->name, field[i].name);
        if (strstr(p->reg->help, "reads 1 until") != NULL)
            continue;
        put(p, mask);
        ck_assert_msg((peek(p) & mask) == 0, "%s: %s", p->reg->name, field[i].name);
    }
}

START_TEST(commands_read_0)
{
    make();
    walk(check_command, true);
    drop();
}
END_TEST

static void check_read(const place_t *p)
{
    uint32_t value;
    if (sim_reg_read_acts(p->reg))
        return;
    uint64_t before = sim_state_hash(sim), errors = guest_errors();
    peek(p);
    ck_assert_msg(sim_state_hash(sim) == before, "%s: peeked", p->reg->name);
    ck_assert(bus_read_reg(&sensor->bus, p->addr, 4, &value));
    ck_assert_msg(sim_state_hash(sim) == before, "%s: read", p->reg->name);
    ck_assert_msg(guest_errors() == errors, "%s", p->reg->name);
}

START_TEST(reading_changes_nothing_where_the_help_does_not_say_so)
{
    make();
    sim_run_until_ps(sim, 10 * SIM_PS_PER_MS); /* so that the time's upper half is not 0 */
    walk(check_read, false);
    drop();
}
END_TEST

/* ---- where no register is ---- */

static void check_gap(uint32_t page, sim_comp_t *comp)
{
    for (uint32_t offset = 0; offset < BUS_PAGE_BYTES; offset += 4) {
        uint32_t addr = BUS_PAGE_BASE + page * BUS_PAGE_BYTES + offset, value = 1;
        uint64_t errors = guest_errors();
        if (sim_reg_at(comp, offset) != NULL)
            continue;
        ck_assert(bus_read_reg(&sensor->bus, addr, 4, &value));
        ck_assert_uint_eq(value, 0);
        ck_assert_msg(guest_errors() == errors + 1, "read of 0x%08x", addr);
        ck_assert(bus_write_reg(&sensor->bus, addr, 4, UINT32_MAX));
        ck_assert_msg(guest_errors() == errors + 2, "write of 0x%08x", addr);
    }
}

START_TEST(reserved_words_read_0_ignore_writes_and_are_told)
{
    make();
    for (uint32_t n = 0; n < BUS_PAGES; n++) {
        if (sensor->bus.page[n] == NULL)
            continue;
        uint64_t before = sim_state_hash(sim);
        check_gap(n, sensor->bus.page[n]);
        ck_assert_msg(sim_state_hash(sim) == before, "page %u", n);
    }
    drop();
}
END_TEST

START_TEST(pages_without_a_block_answer_nothing)
{
    make();
    uint32_t value = 0, empty = 0;
    for (uint32_t n = 0; n < BUS_PAGES; n++) {
        uint32_t addr = BUS_PAGE_BASE + n * BUS_PAGE_BYTES;
        if (sensor->bus.page[n] != NULL)
            continue;
        ck_assert(!bus_read_reg(&sensor->bus, addr, 4, &value));
        ck_assert(!bus_write_reg(&sensor->bus, addr, 4, 0));
        empty++;
    }
    ck_assert_uint_gt(empty, 0);
    ck_assert_uint_eq(sensor->bus.faults, 2 * empty);
    drop();
}
END_TEST

/* ---- widths ---- */

static void check_width(const place_t *p)
{
    static const struct {
        uint32_t offset, bytes;
    } wrong[] = {{0, 1}, {1, 1}, {3, 1}, {0, 2}, {2, 2}, {1, 2}, {1, 4}, {2, 4}, {3, 4}};
    uint32_t before = peek(p);
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        uint64_t faults = sensor->bus.faults;
        uint32_t value = 0x1234, addr = p->addr + wrong[i].offset;
        ck_assert(!bus_read_reg(&sensor->bus, addr, wrong[i].bytes, &value));
        ck_assert(!bus_write_reg(&sensor->bus, addr, wrong[i].bytes, ~before));
        ck_assert_uint_eq(value, 0x1234);
        ck_assert_uint_eq(sensor->bus.faults, faults + 2);
        ck_assert_msg(peek(p) == before, "%s", p->reg->name);
    }
}

START_TEST(only_aligned_words_are_answered)
{
    make();
    walk(check_width, false);
    drop();
}
END_TEST

TEST_MAIN("sensor registers", every_exception_names_a_register, every_help_text_is_a_list_of_fields,
          registers_have_places_of_their_own, names_are_unique_in_the_chip,
          a_page_begins_with_an_id_of_its_own, reset_brings_the_value_of_the_table,
          read_only_registers_stay_and_the_guest_is_told,
          writable_bits_take_what_is_written_and_others_stay, a_1_clears_its_bit_and_no_other,
          commands_read_0, reading_changes_nothing_where_the_help_does_not_say_so,
          reserved_words_read_0_ignore_writes_and_are_told, pages_without_a_block_answer_nothing,
          only_aligned_words_are_answered)
