/*
 * comp_test.c - components: names, life cycle, registers, statistics, state hash, log and trace.
 */
#include "sim/sim.h"
#include "tests/sim/dies.h"
#include "tests/test.h"

typedef struct {
    sim_comp_t comp;
    sim_event_t work;
    uint32_t ctrl, stat, id, live, fifo, go;
    uint32_t wrote_value, wrote_count, fifo_reads, resets, starts;
    uint64_t frames;
    uint8_t *memory;
    uint32_t memory_bytes;
    sim_err_t check_result;
} block_t;

static void wrote_go(sim_comp_t *comp, uint32_t value)
{
    block_t *dev = (block_t *)comp;
    dev->wrote_value = value;
    dev->wrote_count++;
}

static void dev_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    block_t *dev = (block_t *)comp;
    if (addr == 0x0c)
        dev->live = (uint32_t)(sim_now_ps(comp->sim) / 1000);
    if (addr == 0x10 && !peek)
        dev->fifo = ++dev->fifo_reads;
}

static sim_err_t dev_check(sim_comp_t *comp)
{
    block_t *dev = (block_t *)comp;
    if (dev->check_result != SIM_OK)
        return sim_fail(comp->sim, dev->check_result, "%s.done: not connected", comp->name);
    return SIM_OK;
}

static void dev_reset(sim_comp_t *comp)
{
    block_t *dev = (block_t *)comp;
    dev->resets++;
    dev->frames = dev->ctrl; /* registers have their reset values already */
}

static sim_err_t dev_start(sim_comp_t *comp)
{
    ((block_t *)comp)->starts++;
    return SIM_OK;
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static size_t memory_size(const sim_comp_t *comp)
{
    return ((const block_t *)comp)->memory_bytes;
}

/* clang-format off */
#define R(member) offsetof(block_t, member)
static const sim_reg_t dev_regs[] = {
    /* name       help                     addr  reset       rw_mask     w1c  member   side effect */
    {"DEV_ID",    "31:0: 0x00050001",      0x00, 0x00050001, 0x0,        0x0, R(id),   NULL},
    {"DEV_CTRL",  "7:0: mode; 31: enable", 0x04, 0x11,       0x800000ff, 0x0, R(ctrl), NULL},
    {"DEV_STAT",  "1:0: W1C; 5:4: level",  0x08, 0x0,        0x30,       0x3, R(stat), NULL},
    {"DEV_LIVE",  "31:0: time, ns",        0x0c, 0x0,        0x0,        0x0, R(live), NULL},
    {"DEV_FIFO",  "31:0: next item",       0x10, 0x0,        0x0,        0x0, R(fifo), NULL},
    {"DEV_GO",    "0: start",              0x14, 0x0,        0x0,        0x0, R(go),   wrote_go},
    SIM_REG_END
};

static const sim_stat_t dev_stats[] = {
    SIM_STAT(block_t, frames, "1", "frames seen"),
    SIM_STAT_END,
};

static const sim_field_t dev_fields[] = {
    SIM_FIELD(block_t, ctrl),
    SIM_FIELD(block_t, frames),
    SIM_FIELD_BUF(block_t, memory, memory_size),
    SIM_FIELD_END,
};
/* clang-format on */

static const sim_kind_t dev_kind = {
    .kind = "dev",
    .version = 3,
    .check = dev_check,
    .reset = dev_reset,
    .start = dev_start,
    .fields = dev_fields,
    .stats = dev_stats,
    .regs = dev_regs,
    .refresh = dev_refresh,
};

static sim_t *sim;
static block_t dev;
static uint8_t memory[64];

static struct {
    uint32_t lines;
    uint64_t time_ps;
    sim_log_level_t level;
    char name[64], line[2048];
} heard;

static void hear(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                 const char *line)
{
    (void)ctx;
    heard.lines++;
    heard.time_ps = time_ps;
    heard.level = level;
    snprintf(heard.name, sizeof(heard.name), "%s", name);
    snprintf(heard.line, sizeof(heard.line), "%s", line);
}

static void set_up(void)
{
    sim = sim_new();
    memset(&dev, 0, sizeof(dev));
    memset(&heard, 0, sizeof(heard));
    memset(memory, 0, sizeof(memory));
    ck_assert_int_eq(sim_comp_init(&dev.comp, sim, &dev_kind, "sensor.dev"), SIM_OK);
    sim_event_init(&dev.work, &dev.comp, "work", SIM_PRIO_DRIVE, nothing, &dev);
    dev.memory = memory;
    dev.memory_bytes = sizeof(memory);
    sim_set_log(sim, hear, NULL, SIM_LOG_DEBUG);
    sim_reset(sim);
}

/* ---- names and life ---- */

START_TEST(components_are_found_by_name_in_order_of_registration)
{
    set_up();
    block_t other;
    ck_assert_int_eq(sim_comp_init(&other.comp, sim, &dev_kind, "a"), SIM_OK);
    ck_assert_ptr_eq(sim_comp_first(sim), &dev.comp);
    ck_assert_ptr_eq(sim_comp_first(sim)->next, &other.comp);
    ck_assert_ptr_null(other.comp.next);
    ck_assert_ptr_eq(sim_comp_find(sim, "a"), &other.comp);
    ck_assert_ptr_null(sim_comp_find(sim, "sensor"));
    sim_free(sim);
}
END_TEST

START_TEST(names_that_are_empty_long_or_taken_are_refused)
{
    set_up();
    block_t other;
    char long_name[65];
    memset(long_name, 'x', 64);
    long_name[64] = '\0';
    ck_assert_int_eq(sim_comp_init(&other.comp, sim, &dev_kind, ""), SIM_EDESC);
    ck_assert_int_eq(sim_comp_init(&other.comp, sim, &dev_kind, long_name), SIM_EDESC);
    ck_assert_int_eq(sim_comp_init(&other.comp, sim, &dev_kind, "sensor.dev"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "sensor.dev: name is taken");
    ck_assert_ptr_null(dev.comp.next);
    ck_assert_int_eq(sim_comp_init(&other.comp, sim, &dev_kind, long_name + 1), SIM_OK);
    sim_free(sim);
}
END_TEST

START_TEST(the_first_failing_check_wins)
{
    set_up();
    block_t second = {0}, third = {0};
    sim_comp_init(&second.comp, sim, &dev_kind, "second");
    sim_comp_init(&third.comp, sim, &dev_kind, "third");
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    second.check_result = SIM_EWIRE;
    third.check_result = SIM_EDESC;
    ck_assert_int_eq(sim_check(sim), SIM_EWIRE);
    ck_assert_str_eq(sim_error(sim), "second.done: not connected");
    sim_free(sim);
}
END_TEST

START_TEST(reset_sets_registers_before_the_reset_hook_runs)
{
    set_up();
    ck_assert_uint_eq(dev.resets, 1);
    ck_assert_uint_eq(dev.ctrl, 0x11);
    ck_assert_uint_eq(dev.frames, 0x11);
    ck_assert_uint_eq(dev.wrote_count, 0); /* no side effects */
    ck_assert_int_eq(sim_start(sim), SIM_OK);
    ck_assert_uint_eq(dev.starts, 1);
    sim_free(sim);
}
END_TEST

static void same_event_name(void *ctx)
{
    sim_event_init(ctx, &dev.comp, "work", SIM_PRIO_DRIVE, nothing, NULL);
}

START_TEST(two_events_of_one_name_are_our_own_error)
{
    set_up();
    sim_event_t second = {0};
    ck_assert(dies(same_event_name, &second));
    sim_event_init(&second, &dev.comp, "rest", SIM_PRIO_DRIVE, nothing, NULL);
    ck_assert_ptr_eq(dev.comp.events, &dev.work);
    ck_assert_ptr_eq(dev.comp.events->next, &second);
    sim_free(sim);
}
END_TEST

/* ---- registers ---- */

START_TEST(a_write_changes_the_writable_bits_only)
{
    set_up();
    sim_reg_write(&dev.comp, 0x04, 0xffffff0f);
    ck_assert_uint_eq(sim_reg_read(&dev.comp, 0x04), 0x8000000f);
    sim_reg_write(&dev.comp, 0x04, 0);
    ck_assert_uint_eq(dev.ctrl, 0);
    ck_assert_uint_eq(heard.lines, 0);
    sim_free(sim);
}
END_TEST

START_TEST(a_one_clears_a_w1c_bit_and_a_zero_leaves_it)
{
    set_up();
    dev.stat = 0x3;
    sim_reg_write(&dev.comp, 0x08, 0x21);
    ck_assert_uint_eq(dev.stat, 0x22); /* bit 0 cleared, bit 1 kept, level written */
    sim_reg_write(&dev.comp, 0x08, 0x02);
    ck_assert_uint_eq(dev.stat, 0x00);
    sim_free(sim);
}
END_TEST

START_TEST(a_write_to_a_read_only_register_is_logged_and_ignored)
{
    set_up();
    sim_reg_write(&dev.comp, 0x00, 0x00050001); /* what it has: no change, no complaint */
    ck_assert_uint_eq(heard.lines, 0);
    sim_reg_write(&dev.comp, 0x00, 0xdead);
    ck_assert_uint_eq(heard.lines, 1);
    ck_assert_int_eq(heard.level, SIM_LOG_GUEST);
    ck_assert_str_eq(heard.name, "sensor.dev");
    ck_assert_str_eq(heard.line, "write of 0x0000dead to read-only DEV_ID, ignored");
    ck_assert_uint_eq(sim_reg_read(&dev.comp, 0x00), 0x00050001);
    sim_free(sim);
}
END_TEST

START_TEST(an_address_without_a_register_reads_zero_and_is_logged)
{
    set_up();
    ck_assert_uint_eq(sim_reg_read(&dev.comp, 0x18), 0);
    ck_assert_uint_eq(heard.lines, 1);
    sim_reg_write(&dev.comp, 0xffc, 1);
    ck_assert_uint_eq(heard.lines, 2);
    ck_assert_uint_eq(sim_reg_read(&dev.comp, 0x02), 0); /* not a multiple of 4 */
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 3);
    ck_assert_uint_eq(sim_reg_peek(&dev.comp, 0x18), 0);
    ck_assert_uint_eq(heard.lines, 3); /* a debugger is not the guest */
    ck_assert_ptr_null(sim_reg_at(&dev.comp, 0x18));
    ck_assert_str_eq(sim_reg_at(&dev.comp, 0x14)->name, "DEV_GO");
    sim_free(sim);
}
END_TEST

START_TEST(the_side_effect_gets_the_value_as_written)
{
    set_up();
    sim_reg_write(&dev.comp, 0x14, 0xabcd);
    ck_assert_uint_eq(dev.wrote_count, 1);
    ck_assert_uint_eq(dev.wrote_value, 0xabcd);
    ck_assert_uint_eq(dev.go, 0); /* no writable bit */
    sim_free(sim);
}
END_TEST

START_TEST(reads_refresh_the_member_and_peeks_have_no_effect)
{
    set_up();
    sim_run_until_ps(sim, 5000);
    ck_assert_uint_eq(sim_reg_peek(&dev.comp, 0x0c), 5);
    ck_assert_uint_eq(sim_reg_read(&dev.comp, 0x10), 1);
    ck_assert_uint_eq(sim_reg_peek(&dev.comp, 0x10), 1);
    ck_assert_uint_eq(sim_reg_read(&dev.comp, 0x10), 2);
    sim_free(sim);
}
END_TEST

START_TEST(a_statistic_is_read_through_its_row)
{
    set_up();
    dev.frames = UINT64_C(0x123456789a);
    ck_assert_uint_eq(sim_stat_value(&dev.comp, &dev_stats[0], 0), UINT64_C(0x123456789a));
    sim_free(sim);
}
END_TEST

/* ---- state hash ---- */

START_TEST(the_state_hash_sees_fields_buffers_and_pending_events)
{
    set_up();
    uint64_t start = sim_state_hash(sim);
    ck_assert(sim_state_hash(sim) == start);
    memory[63] = 1;
    ck_assert(sim_state_hash(sim) != start);
    memory[63] = 0;
    dev.ctrl ^= 1;
    ck_assert(sim_state_hash(sim) != start);
    dev.ctrl ^= 1;
    dev.wrote_count++; /* not in the table: not state */
    ck_assert(sim_state_hash(sim) == start);
    sim_event_at(sim, &dev.work, 10);
    uint64_t at_10 = sim_state_hash(sim);
    ck_assert(at_10 != start);
    sim_event_at(sim, &dev.work, 11);
    ck_assert(sim_state_hash(sim) != at_10);
    sim_event_at(sim, &dev.work, 10); /* another sequence number, the same state */
    ck_assert(sim_state_hash(sim) == at_10);
    sim_event_cancel(sim, &dev.work);
    ck_assert(sim_state_hash(sim) == start);
    dev.memory = NULL;
    ck_assert(sim_state_hash(sim) != start);
    sim_free(sim);
}
END_TEST

/* ---- log ---- */

static void miss_two(sim_comp_t *comp, int value)
{
    sim_log(comp, SIM_LOG_UNIMP, "lens shading %d is not modeled", value);
    sim_log(comp, SIM_LOG_UNIMP, "HDR is not modeled");
}

START_TEST(what_is_not_modeled_is_said_once_per_place_and_component)
{
    set_up();
    block_t other;
    sim_comp_init(&other.comp, sim, &dev_kind, "sensor.other");
    miss_two(&dev.comp, 1);
    ck_assert_uint_eq(heard.lines, 2);
    miss_two(&dev.comp, 2);
    ck_assert_uint_eq(heard.lines, 2);
    miss_two(&other.comp, 3);
    ck_assert_uint_eq(heard.lines, 4);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_UNIMP), 4);
    sim_free(sim);
}
END_TEST

START_TEST(a_thousand_places_are_still_told_apart_exactly)
{
    set_up();
    static char names[1000][24];
    static block_t many[1000];
    for (int i = 0; i < 1000; i++) {
        snprintf(names[i], sizeof(names[i]), "d%d", i);
        ck_assert_int_eq(sim_comp_init(&many[i].comp, sim, &dev_kind, names[i]), SIM_OK);
    }
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000; i++)
            sim_log(&many[i].comp, SIM_LOG_UNIMP, "nothing here");
    ck_assert_uint_eq(heard.lines, 1000);
    sim_free(sim);
}
END_TEST

START_TEST(messages_are_counted_even_when_nobody_wants_them)
{
    set_up();
    sim_set_log(sim, hear, NULL, SIM_LOG_GUEST);
    sim_run_until_ps(sim, 77);
    sim_log(&dev.comp, SIM_LOG_INFO, "hello");
    ck_assert_uint_eq(heard.lines, 0);
    sim_log(&dev.comp, SIM_LOG_ERROR, "FIFO overflow at row %d", 3);
    ck_assert_uint_eq(heard.lines, 1);
    ck_assert_uint_eq(heard.time_ps, 77);
    ck_assert_str_eq(heard.line, "FIFO overflow at row 3");
    sim_set_log(sim, NULL, NULL, SIM_LOG_DEBUG);
    sim_log(&dev.comp, SIM_LOG_INFO, "hello");
    ck_assert_uint_eq(heard.lines, 1);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_INFO), 2);
    ck_assert_str_eq(sim_log_level_name(SIM_LOG_UNIMP), "unimp");
    sim_free(sim);
}
END_TEST

/* ---- trace ---- */

static struct {
    uint32_t spans;
    char track[32], name[32], args[2048];
    uint64_t start_ps, end_ps;
} seen;

static void see(void *ctx, const char *track, const char *name, uint64_t start_ps, uint64_t end_ps,
                const char *args)
{
    (void)ctx;
    seen.spans++;
    snprintf(seen.track, sizeof(seen.track), "%s", track);
    snprintf(seen.name, sizeof(seen.name), "%s", name);
    snprintf(seen.args, sizeof(seen.args), "%s", args != NULL ? args : "(none)");
    seen.start_ps = start_ps;
    seen.end_ps = end_ps;
}

START_TEST(spans_reach_the_listener_with_formatted_arguments)
{
    set_up();
    ck_assert(!sim_tracing(sim));
    sim_trace_span(sim, "npu", "conv", 1, 2, NULL); /* nobody listens */
    memset(&seen, 0, sizeof(seen));
    sim_set_trace(sim, see, NULL);
    ck_assert(sim_tracing(sim));
    sim_trace_span(sim, "npu.mac", "conv", 100, 250, "\"layer\":%d", 4);
    ck_assert_uint_eq(seen.spans, 1);
    ck_assert_str_eq(seen.track, "npu.mac");
    ck_assert_str_eq(seen.name, "conv");
    ck_assert_str_eq(seen.args, "\"layer\":4");
    ck_assert_uint_eq(seen.start_ps, 100);
    ck_assert_uint_eq(seen.end_ps, 250);
    sim_trace_span(sim, "npu.mac", "idle", 250, 300, NULL);
    ck_assert_str_eq(seen.args, "(none)");
    sim_trace_span(sim, "npu.mac", "long", 0, 1, "\"text\":\"%2000d\"", 1);
    ck_assert_str_eq(seen.args, "(none)"); /* too long: dropped rather than cut */
    ck_assert_uint_eq(seen.spans, 3);
    sim_free(sim);
}
END_TEST

START_TEST(names_can_stand_between_quotes)
{
    char out[SIM_TRACE_NAME], longest[SIM_TRACE_NAME + 8];
    ck_assert_str_eq(sim_trace_quote(out, "conv/1"), "conv/1");
    ck_assert_str_eq(sim_trace_quote(out, "a\"b\\c\n"), "a_b_c_");
    memset(longest, 'x', sizeof(longest));
    memcpy(longest + SIM_TRACE_NAME - 2, "\xc2\xb5", 2); /* a character across the end */
    longest[sizeof(longest) - 1] = '\0';
    ck_assert_uint_eq(strlen(sim_trace_quote(out, longest)), SIM_TRACE_NAME - 2);
}
END_TEST

TEST_MAIN("sim comp", names_can_stand_between_quotes,
          components_are_found_by_name_in_order_of_registration,
          names_that_are_empty_long_or_taken_are_refused, the_first_failing_check_wins,
          reset_sets_registers_before_the_reset_hook_runs, two_events_of_one_name_are_our_own_error,
          a_write_changes_the_writable_bits_only, a_one_clears_a_w1c_bit_and_a_zero_leaves_it,
          a_write_to_a_read_only_register_is_logged_and_ignored,
          an_address_without_a_register_reads_zero_and_is_logged,
          the_side_effect_gets_the_value_as_written,
          reads_refresh_the_member_and_peeks_have_no_effect, a_statistic_is_read_through_its_row,
          the_state_hash_sees_fields_buffers_and_pending_events,
          what_is_not_modeled_is_said_once_per_place_and_component,
          a_thousand_places_are_still_told_apart_exactly,
          messages_are_counted_even_when_nobody_wants_them,
          spans_reach_the_listener_with_formatted_arguments)
