#include "tests/test.h"

#include "logic/ccs.h"

static ccs_t ccs;
static int irq_rises;

static void on_irq(void *ctx, bool level)
{
    (void)ctx;
    irq_rises += level;
}

static sim_t *make(void)
{
    sim_t *sim = sim_new();
    ccs_desc_t desc = ccs_desc_default();
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "cci"), SIM_OK);
    ck_assert(sim_wire_connect(&ccs.irq, on_irq, NULL));
    irq_rises = 0;
    sim_reset(sim);
    return sim;
}

static uint32_t page(const char *name)
{
    for (const sim_reg_t *reg = ccs.comp.kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            return reg->addr;
    ck_abort_msg("no register %s", name);
    return 0;
}

static uint32_t host_sees(uint16_t addr)
{
    uint32_t value = 0;
    ck_assert_msg(ccs_host_read(&ccs, addr, &value), "no register 0x%04x", addr);
    return value;
}

static uint32_t core_sees(uint16_t addr)
{
    sim_reg_write(&ccs.comp, page("CCI_ADDR"), addr);
    return sim_reg_read(&ccs.comp, page("CCI_DATA16"));
}

/* ---- registers ---- */

START_TEST(registers_are_big_endian)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0202, 0x1234));
    ck_assert_uint_eq(ccs_byte(&ccs, 0x0202), 0x12);
    ck_assert_uint_eq(ccs_byte(&ccs, 0x0203), 0x34);
    ck_assert_uint_eq(host_sees(0x0202), 0x1234);
    sim_free(sim);
}
END_TEST

START_TEST(a_host_write_interrupts_until_the_core_acknowledges)
{
    sim_t *sim = make();
    sim_reg_write(&ccs.comp, page("CCI_IRQ_EN"), 1);
    ck_assert(ccs_host_write(&ccs, 0x0100, 1));
    ck_assert(ccs.irq.level);
    sim_reg_write(&ccs.comp, page("CCI_STATUS"), 1);
    ck_assert(!ccs.irq.level);
    ck_assert(ccs_host_write(&ccs, 0x0100, 0));
    ck_assert_int_eq(irq_rises, 2);
    ck_assert_uint_eq(sim_reg_read(&ccs.comp, page("CCI_COUNT")), 2);
    sim_free(sim);
}
END_TEST

START_TEST(the_core_reads_and_writes_through_its_window)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0340, 2637));
    ck_assert_uint_eq(core_sees(0x0340), 2637);
    ck_assert_uint_eq(sim_reg_read(&ccs.comp, page("CCI_DATA8")), 2637 >> 8);
    sim_reg_write(&ccs.comp, page("CCI_ADDR"), 0x0005);
    sim_reg_write(&ccs.comp, page("CCI_DATA8"), 77);
    ck_assert_uint_eq(host_sees(0x0005), 77); /* frame_count: read-only to the host */
    sim_free(sim);
}
END_TEST

START_TEST(unknown_and_read_only_registers_keep_what_they_have)
{
    sim_t *sim = make();
    uint32_t value = 0;
    ck_assert(!ccs_host_write(&ccs, 0x0016, 1));
    ck_assert_uint_eq(host_sees(0x0016), 0x0500);
    ck_assert(!ccs_host_write(&ccs, 0x4321, 1));
    ck_assert(!ccs_host_read(&ccs, 0x4321, &value));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 2);
    ck_assert_uint_eq(ccs.host_writes, 0);
    sim_free(sim);
}
END_TEST

START_TEST(what_nothing_listens_to_is_said_once)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0xd8fc, 3)); /* gamma_g_end */
    ck_assert(ccs_host_write(&ccs, 0xd8fc, 1));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_UNIMP), 1);
    sim_free(sim);
}
END_TEST

START_TEST(the_table_has_no_overlaps)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint32_t i = 1; i < count; i++)
        ck_assert_msg(regs[i].addr >= regs[i - 1].addr + regs[i - 1].bytes, "%s", regs[i].name);
}
END_TEST

START_TEST(the_manual_shows_what_the_default_chip_powers_up_with)
{
    ccs_desc_t desc = ccs_desc_default();
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint32_t i = 0; i < count; i++)
        if (regs[i].model == 0 || regs[i].model == desc.model)
            ck_assert_msg(ccs_power_up(&desc, regs[i].addr) == regs[i].reset, "%s", regs[i].name);
}
END_TEST

START_TEST(a_register_of_another_model_is_not_there)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x3210, 3));
    ck_assert(!ccs_host_write(&ccs, 0x3100, 3)); /* the IMX477's */
    sim_free(sim);
}
END_TEST

/* Facts: imx500.md 2.1, sensor.md 2.3; CCS 1.1: 0x4... are IEEE 754 of 6, 12.. MHz. */
START_TEST(limits_are_the_published_ones)
{
    static const struct {
        uint16_t addr;
        uint32_t value;
    } limits[] = {
        {0x0086, 978},        {0x008e, 1024},       {0x0090, 0xffff}, {0x0092, 1024},
        {0x1004, 8},          {0x1006, 22},         {0x1084, 0x0100}, {0x1086, 0xffff},
        {0x1100, 0x40c00000}, {0x1104, 0x41d80000}, {0x1139, 4},      {0x113a, 2},
        {0x1142, 0xffdc},     {0x1144, 4043},       {0x1146, 0xfff0}, {0x1168, 0x45034000},
        {0x1184, 4055},       {0x1186, 3039},       {0x118c, 4056},   {0x1704, 2704},
    };
    sim_t *sim = make();
    for (uint32_t i = 0; i < SIM_COUNT(limits); i++)
        ck_assert_msg(host_sees(limits[i].addr) == limits[i].value, "0x%04x is 0x%x",
                      limits[i].addr, host_sees(limits[i].addr));
    sim_free(sim);
}
END_TEST

START_TEST(orientation_turns_the_order_of_colors)
{
    static const uint32_t order[4] = {1, 0, 3, 2}; /* RGGB, GRBG, GBRG, BGGR */
    sim_t *sim = make();
    for (uint32_t flips = 0; flips < 4; flips++) {
        ck_assert(ccs_host_write(&ccs, 0x0101, flips));
        ck_assert_uint_eq(host_sees(0x0006), order[flips]);
    }
    sim_free(sim);
}
END_TEST

/* ---- grouped hold ---- */

START_TEST(held_settings_count_all_at_once)
{
    sim_t *sim = make();
    sim_reg_write(&ccs.comp, page("CCI_IRQ_EN"), 1);
    ck_assert(ccs_host_write(&ccs, 0x0104, 1));
    sim_reg_write(&ccs.comp, page("CCI_STATUS"), 1);
    uint32_t seen = sim_reg_read(&ccs.comp, page("CCI_COUNT"));
    ck_assert(ccs_host_write(&ccs, 0x0202, 100));
    ck_assert(ccs_host_write(&ccs, 0x0204, 512));
    ck_assert(ccs_host_write(&ccs, 0x0202, 200));
    ck_assert_uint_eq(host_sees(0x0202), 200); /* what it wrote */
    ck_assert_uint_eq(core_sees(0x0202), 0x640);
    ck_assert_uint_eq(core_sees(0x0204), 0);
    ck_assert_uint_eq(ccs_byte(&ccs, 0x0205), 0);
    ck_assert_uint_eq(sim_reg_read(&ccs.comp, page("CCI_COUNT")), seen);
    ck_assert(!ccs.irq.level);
    ck_assert(ccs_host_write(&ccs, 0x0104, 0));
    ck_assert(ccs.irq.level);
    ck_assert_uint_eq(core_sees(0x0202), 200);
    ck_assert_uint_eq(core_sees(0x0204), 512);
    ck_assert_uint_eq(sim_reg_read(&ccs.comp, page("CCI_COUNT")), seen + 1);
    sim_free(sim);
}
END_TEST

START_TEST(every_retimed_register_can_wait)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0104, 1));
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < count; i++)
            if (regs[i].retimed && (regs[i].model == 0 || regs[i].model == 0x0500))
                ck_assert(ccs_host_write(&ccs, regs[i].addr, round));
    ck_assert(ccs_host_write(&ccs, 0x0104, 0));
    for (uint32_t i = 0; i < count; i++)
        if (regs[i].retimed && (regs[i].model == 0 || regs[i].model == 0x0500))
            ck_assert_uint_eq(host_sees(regs[i].addr), 1);
    sim_free(sim);
}
END_TEST

START_TEST(more_output_than_is_read_is_told_when_the_stream_starts)
{
    sim_t *sim = make(); /* binned by 2: 2028 x 1520 */
    ck_assert(ccs_host_write(&ccs, 0x034c, 2028));
    ck_assert(ccs_host_write(&ccs, 0x034e, 1521));
    ck_assert(ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    ck_assert(ccs_host_write(&ccs, 0x0100, 0));
    ck_assert(ccs_host_write(&ccs, 0x0386, 3)); /* every other pair of rows: 760 */
    ck_assert(ccs_host_write(&ccs, 0x034e, 760));
    ck_assert(ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    sim_free(sim);
}
END_TEST

START_TEST(the_hold_leaves_registers_alone_that_are_not_retimed)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0104, 1));
    ck_assert(ccs_host_write(&ccs, 0x9000, 200));
    ck_assert_uint_eq(core_sees(0x9000), 200);
    ck_assert(ccs_host_write(&ccs, 0x0340, 4000));
    sim_reset(sim); /* forgets both */
    ck_assert(ccs_host_write(&ccs, 0x0104, 0));
    ck_assert_uint_eq(core_sees(0x0340), 2637);
    sim_free(sim);
}
END_TEST

/* ---- clocks ---- */

START_TEST(the_pll_gives_the_published_rates)
{
    sim_t *sim = make();
    ccs_pll_t pll = ccs_pll(&ccs);
    ck_assert_uint_eq(pll.pixel_hz, 744000000);    /* 24 / 2 * 155 / (2 * 5) * 4 */
    ck_assert_uint_eq(pll.lane_bit_hz, 888000000); /* 24 / 2 * 74 */
    sim_free(sim);
}
END_TEST

static void write_all(const uint32_t (*pair)[2], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        ck_assert_msg(ccs_host_write(&ccs, (uint16_t)pair[i][0], pair[i][1]), "0x%04x", pair[i][0]);
}

START_TEST(clocks_start_with_the_stream)
{
    /* facts: mipi.md 3, the IMX477's settings */
    static const uint32_t imx477[][2] = {{0x0304, 4}, {0x0306, 350}, {0x0302, 2},
                                         {0x0300, 5}, {0x030c, 2},   {0x030e, 150},
                                         {0x030a, 2}, {0x0308, 12},  {0x0112, 0x0c0c}};
    sim_t *sim = make();
    write_all(imx477, SIM_COUNT(imx477));
    ck_assert_uint_eq(ccs_pll(&ccs).pixel_hz, 744000000);
    ck_assert(ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_uint_eq(ccs_pll(&ccs).pixel_hz, 840000000);    /* 24 / 4 * 350 / (2 * 5) * 4 */
    ck_assert_uint_eq(ccs_pll(&ccs).lane_bit_hz, 900000000); /* 24 / 2 * 150 / 2 */
    ck_assert(!ccs_host_write(&ccs, 0x0306, 340));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(host_sees(0x0306), 350);
    sim_free(sim);
}
END_TEST

START_TEST(one_pll_may_drive_both_trees)
{
    /* 24 / 2 * 150 = 1800 MHz: / 2 = 900 Mb/s, / (2 * 5) * 4 = 720 Mpixel/s */
    static const uint32_t single[][2] = {{0x0310, 0}, {0x0306, 150}, {0x030a, 2}, {0x0100, 1}};
    sim_t *sim = make();
    write_all(single, SIM_COUNT(single));
    ck_assert_uint_eq(ccs_pll(&ccs).pixel_hz, 720000000);
    ck_assert_uint_eq(ccs_pll(&ccs).lane_bit_hz, 900000000);
    sim_free(sim);
}
END_TEST

static char said[256];

static void keep_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                     const char *text)
{
    (void)ctx;
    (void)time_ps;
    (void)level;
    (void)name;
    snprintf(said, sizeof(said), "%s", text);
}

START_TEST(clocks_that_cannot_be_leave_the_sensor_in_standby)
{
    static const struct {
        uint32_t addr, value;
        const char *part;
    } cases[] = {
        {0x0306, 200, "vt VCO of 2400000000 Hz, expected 800000000..2200000000"},
        {0x0304, 3, "vt pre-divider 3, expected 1 or even in 1..4"},
        {0x0300, 20, NULL}, /* 46.5 MHz: slow, but a clock */
        {0x030a, 8, NULL},  /* 111 Mb/s */
        {0x030c, 4, "op VCO of 444000000 Hz"},
        {0x0308, 12, "op pixel divider 12, expected 10 as csi_data_format 0x0a0a"},
    };
    for (uint32_t i = 0; i < SIM_COUNT(cases); i++) {
        sim_t *sim = make();
        sim_set_log(sim, keep_log, NULL, SIM_LOG_GUEST);
        ck_assert(ccs_host_write(&ccs, (uint16_t)cases[i].addr, cases[i].value));
        ck_assert(ccs_host_write(&ccs, 0x0100, 1) == (cases[i].part == NULL));
        ck_assert_uint_eq(host_sees(0x0100), cases[i].part == NULL);
        if (cases[i].part != NULL) {
            ck_assert_msg(strstr(said, cases[i].part) != NULL, "%s", said);
            ck_assert_uint_eq(ccs_pll(&ccs).pixel_hz, 744000000);
        }
        sim_free(sim);
    }
}
END_TEST

START_TEST(a_divider_out_of_its_limits_is_refused_at_once)
{
    static const uint32_t wrong[][2] = {{0x0300, 0},    {0x0302, 5},  {0x0304, 0},
                                        {0x0306, 1024}, {0x0308, 16}, {0x030a, 0},
                                        {0x030c, 5},    {0x030e, 0},  {0x0112, 0x0a08}};
    sim_t *sim = make();
    for (uint32_t i = 0; i < SIM_COUNT(wrong); i++)
        ck_assert_msg(!ccs_host_write(&ccs, (uint16_t)wrong[i][0], wrong[i][1]), "0x%04x",
                      wrong[i][0]);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), SIM_COUNT(wrong));
    ck_assert(ccs_host_write(&ccs, 0x0100, 1)); /* nothing of it was kept */
    ck_assert_uint_eq(ccs_pll(&ccs).pixel_hz, 744000000);
    sim_free(sim);
}
END_TEST

START_TEST(a_value_without_meaning_is_refused_and_the_last_with_one_is_not)
{
    static const uint32_t last[][2] = {{0x0101, 3},  {0x0380, 15}, {0x0382, 15},
                                       {0x0384, 15}, {0x0386, 15}, {0x0600, 4},
                                       {0x0902, 3},  {0x0c00, 1},  {0x3210, 7}};
    sim_t *sim = make();
    for (uint32_t i = 0; i < SIM_COUNT(last); i++) {
        ck_assert(ccs_host_write(&ccs, (uint16_t)last[i][0], last[i][1]));
        ck_assert(!ccs_host_write(&ccs, (uint16_t)last[i][0], last[i][1] + 1));
        ck_assert_uint_eq(host_sees((uint16_t)last[i][0]), last[i][1]);
    }
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), SIM_COUNT(last));
    sim_free(sim);
}
END_TEST

START_TEST(the_label_of_the_input_clock_is_only_a_label)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0136, 0x1800));
    ck_assert(ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_uint_eq(ccs_pll(&ccs).pixel_hz, 744000000);
    sim_free(sim);
    ccs_desc_t desc = ccs_desc_default();
    desc.inck_hz = 27000000; /* facts: mipi.md 3, what the drivers' comments assume */
    sim = sim_new();
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "cci"), SIM_OK);
    ck_assert_uint_eq(ccs_pll(&ccs).pixel_hz, 837000000);
    ck_assert_uint_eq(ccs_pll(&ccs).lane_bit_hz, 999000000);
    sim_free(sim);
}
END_TEST

START_TEST(an_input_clock_out_of_range_is_refused)
{
    sim_t *sim = sim_new();
    ccs_desc_t desc = ccs_desc_default();
    desc.inck_hz = 5999999;
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "cci"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "cci.inck_hz: 5999999 not in 6000000..27000000");
    desc.inck_hz = 6000000; /* / 2: the PLL's input is too slow */
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "cci"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "cci: clocks after power-up: vt PLL input of 3000000 Hz, "
                                     "expected 6000000..27000000");
    sim_free(sim);
}
END_TEST

/* ---- chip file ---- */

static const char *read_text(const char *text, ccs_desc_t *desc)
{
    static char error[256];
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "chip.json");
    sim_cfg_t cfg = sim_doc_root(doc);
    *desc = ccs_desc_default();
    ccs_desc_read(&cfg, desc);
    snprintf(error, sizeof(error), "%s", sim_doc_error(doc) == NULL ? "" : sim_doc_error(doc));
    sim_doc_free(doc);
    return error;
}

START_TEST(a_chip_file_sets_registers_by_name)
{
    ccs_desc_t desc;
    ck_assert_str_eq(read_text("{\"pixels_per_clock\": 2, \"vt_pll\": {\"vco_hz\": [1e9, 2e9]}, "
                               "\"power_up\": {\"pll_multiplier\": 100, \"binning_mode\": 0}}",
                               &desc),
                     "");
    ck_assert_uint_eq(desc.vt_lanes, 2);
    ck_assert_uint_eq(desc.vt.vco_hz[0], 1000000000);
    ck_assert_uint_eq(ccs_power_up(&desc, 0x0306), 100);
    ck_assert_uint_eq(ccs_power_up(&desc, 0x0900), 0);
    ck_assert_uint_eq(ccs_power_up(&desc, 0x0340), 2637);
    static const char *const wrong[][2] = {
        {"{\"power_up\": {\"frame_count\": 1}}", "power_up.frame_count"}, /* not the host's */
        {"{\"power_up\": {\"binning_mode\": 256}}", "power_up.binning_mode"},
        {"{\"vt_pll\": {\"vco_hz\": [2e9, 1e9]}}", "vt_pll.vco_hz"},
        {"{\"pixels_per_clock\": 0}", "pixels_per_clock"},
        {"{\"pll\": {}}", "pll"},
    };
    for (uint32_t i = 0; i < SIM_COUNT(wrong); i++)
        ck_assert_msg(strstr(read_text(wrong[i][0], &desc), wrong[i][1]) != NULL, "%s: %s",
                      wrong[i][0], read_text(wrong[i][0], &desc));
}
END_TEST

/* ---- what follows from the set-up; what does not fit together ---- */

/* Two embedded lines; 2028 x 1520 is 0x7ec x 0x5f0, 4056 x 3040 is 0xfd8 x 0xbe0. */
START_TEST(the_frame_format_follows_the_set_up)
{
    sim_t *sim = make();
    ck_assert_uint_eq(host_sees(0x0040), 1);
    ck_assert_uint_eq(host_sees(0x0041), 0x12);
    ck_assert_uint_eq(host_sees(0x0042), 0x57ec);
    ck_assert_uint_eq(host_sees(0x0044), 0x1002);
    ck_assert_uint_eq(host_sees(0x0046), 0x55f0);
    ck_assert(ccs_host_write(&ccs, 0x0900, 0));
    ck_assert_uint_eq(host_sees(0x0042), 0x5fd8);
    ck_assert_uint_eq(host_sees(0x0046), 0x5be0);
    ck_assert(ccs_host_write(&ccs, 0x0382, 3)); /* every other pair: 2028 */
    ck_assert(ccs_host_write(&ccs, 0x0408, 28));
    ck_assert(ccs_host_write(&ccs, 0x034e, 100));
    ck_assert_uint_eq(host_sees(0x0042), 0x57d0); /* 2000 */
    ck_assert_uint_eq(host_sees(0x0046), 0x5064);
    ck_assert(ccs_host_write(&ccs, 0x040c, 1000)); /* crop of 1000 x 60 */
    ck_assert(ccs_host_write(&ccs, 0x040e, 60));
    ck_assert_uint_eq(host_sees(0x0042), 0x53e8);
    ck_assert_uint_eq(host_sees(0x0046), 0x503c);
    ck_assert(ccs_host_write(&ccs, 0x040e, 0));
    ck_assert(ccs_host_write(&ccs, 0x0104, 1)); /* held: not yet */
    ck_assert(ccs_host_write(&ccs, 0x034e, 50));
    ck_assert_uint_eq(host_sees(0x0046), 0x5064);
    ck_assert(ccs_host_write(&ccs, 0x0104, 0));
    ck_assert_uint_eq(host_sees(0x0046), 0x5032);
    sim_free(sim);
}
END_TEST

START_TEST(what_does_not_fit_together_starts_no_stream_and_says_why)
{
    static const struct {
        uint32_t write[3][2];
        const char *why;
    } cases[] = {
        {{{0x0344, 100}, {0x0348, 99}}, "x_addr_end 99, expected at least x_addr_start 100"},
        {{{0x034a, 3040}}, "y_addr_end 3040, expected at most y_addr_max 3039"},
        {{{0x0380, 2}}, "x_even_inc 2, expected odd, at most 15"},
        {{{0x0386, 4}}, "y_odd_inc 4, expected odd, at most 15"},
        {{{0x0408, 2028}}, "digital_crop_x_offset 2028, but 2028 are read"},
        {{{0x0901, 0x44}}, "binning_type 0x44, expected 0x11, 0x12, 0x21 or 0x22"},
        {{{0x0901, 0x44}, {0x0900, 0}}, NULL}, /* it does not bin */
        {{{0x0111, 3}}, "csi_signaling_mode 3, expected 2 (D-PHY)"},
        {{{0x0114, 2}}, "csi_lane_mode 2, expected one of bits 0x03"},
        {{{0x0114, 0}}, NULL},
        {{{0x0220, 1}, {0x0223, 12}}, "hdr_internal_bit_depth 12, expected max_hdr_bit_depth 10"},
        {{{0x0220, 1}, {0x0221, 0x22}}, "hdr_resolution_reduction 0x22, expected"},
        {{{0x0221, 0x22}, {0x0223, 12}}, NULL}, /* no HDR */
        {{{0x0112, 0x0c0c}}, "op pixel divider 10, expected 12 as csi_data_format 0x0c0c"},
        {{{0x0136, 0x0600}}, NULL}, /* a label */
    };
    for (uint32_t i = 0; i < SIM_COUNT(cases); i++) {
        sim_t *sim = make();
        sim_set_log(sim, keep_log, NULL, SIM_LOG_GUEST);
        for (uint32_t k = 0; k < 3 && cases[i].write[k][0] != 0; k++)
            ck_assert(ccs_host_write(&ccs, (uint16_t)cases[i].write[k][0], cases[i].write[k][1]));
        ck_assert(ccs_host_write(&ccs, 0x0100, 1) == (cases[i].why == NULL));
        ck_assert_uint_eq(host_sees(0x0100), cases[i].why == NULL);
        ck_assert_msg(cases[i].why == NULL || strstr(said, cases[i].why) != NULL, "%s", said);
        ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), cases[i].why != NULL);
        sim_free(sim);
    }
}
END_TEST

START_TEST(values_that_a_capability_rules_out_are_refused)
{
    static const struct {
        uint32_t addr, value;
        const char *why;
    } cases[] = {
        {0x0400, 1, "scaling_mode: expected at most 0x0, scaling_capability is none"},
        {0x0120, 1, "gain_mode: expected at most 0x0, analog_gain_capability is global"},
        {0x0220, 3, "hdr_mode: expected no bits but 0x21, hdr_capability_1 has no more"},
        {0x0100, 2, "mode_select: expected at most 0x1, refused"},
        {0x0104, 2, "grouped_parameter_hold: expected at most 0x1, refused"},
        {0x0106, 2, "fast_standby_ctrl: expected at most 0x1, refused"},
        {0xd680, 4, "image_rotate: expected at most 0x3, refused"},
        {0x0110, 16, "csi_channel_identifier: expected at most 0xf, refused"},
        {0x0107, 0x35, "cci_address_ctrl: expected an I2C address"},
        {0x0107, 0x0e, "cci_address_ctrl: expected an I2C address"},
        {0x0107, 0xf0, "cci_address_ctrl: expected an I2C address"},
        {0x0112, 0x0e0e, "csi_data_format 0x0e0e is in no data_format_descriptor"},
        {0x082a, 1, "twakeup: expected at most 0x0, phy_ctrl_capability_3 has no twakeup"},
        {0x082b, 1, "tinit: expected at most 0x0, phy_ctrl_capability_3 has no tinit"},
        {0x0833, 1, "expected at most 0x0, dphy_calibration_capability has no alternate_seq"},
        {0x0868, 0x10, "expected at most 0x0, lrte_cphy_capability has no more"},
        {0x0869, 0x10, "expected at most 0x0, lrte_dphy_capability has no spacer_variable_opt2"},
        {0x0870, 0x0d, "expected no bits but 0x1, scrambling_capability has one seed a lane"},
        {0x0c02, 0, "expected only 0x10, global resets come again and again, without strobes"},
        {0x0c02, 0x30, "expected only 0x10, global resets come again and again"},
        {0x3056, 2558, "ch07_input_x_size: expected a multiple of 4, 16 at least, refused"},
        {0x3054, 12, "ch06_kpi_x_size: expected a multiple of 4, 16 at least, refused"},
        {0x3060, 2046, "ch08_output_y_size: expected 0..2045 lines, refused"},
        {0x3067, 16, "ch09_pq_vc: expected 0..15, refused"},
        {0x3069, 0x11, "ch07_input_dt: expected 0x12..0x16 or 0x30..0x37, refused"},
        {0x306b, 0x17, "ch09_pq_dt: expected 0x12..0x16 or 0x30..0x37, refused"},
        {0x3068, 0x2f, "ch06_kpi_dt: expected 0x12..0x16 or 0x30..0x37, refused"},
        {0x306a, 0x38, "ch08_output_dt: expected 0x12..0x16 or 0x30..0x37, refused"},
        {0x306c, 1, "ch06_kpi_packing: expected 2 (8 bits) or 3 (10 bits), refused"},
        {0x306f, 4, "ch09_pq_packing: expected 2 (8 bits) or 3 (10 bits), refused"},
    };
    sim_t *sim = make();
    sim_set_log(sim, keep_log, NULL, SIM_LOG_GUEST);
    for (uint32_t i = 0; i < SIM_COUNT(cases); i++) {
        uint32_t before = host_sees((uint16_t)cases[i].addr);
        ck_assert(!ccs_host_write(&ccs, (uint16_t)cases[i].addr, cases[i].value));
        ck_assert_msg(strstr(said, cases[i].why) != NULL, "%s", said);
        ck_assert_uint_eq(host_sees((uint16_t)cases[i].addr), before);
    }
    sim_free(sim);
}
END_TEST

/* The line buffer has 4096 bytes: 3276 of data in 10-bit packing are 4095, 3280 are 4100. */
START_TEST(channels_must_fit_the_line_buffer_while_they_are_sent)
{
    sim_t *sim = make();
    sim_set_log(sim, keep_log, NULL, SIM_LOG_GUEST);
    ck_assert(ccs_host_write(&ccs, 0x306e, 3));
    ck_assert(ccs_host_write(&ccs, 0x3058, 3280));
    ck_assert(!ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_ptr_nonnull(
        strstr(said, "channel 8: lines of 4100 bytes on the link, expected at most 4096"));
    ck_assert(ccs_host_write(&ccs, 0x3058, 3276));
    ck_assert(ccs_host_write(&ccs, 0x305a, 4100));
    ck_assert(!ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_ptr_nonnull(strstr(said, "channel 9: lines of 4100 bytes on the link"));
    ck_assert(ccs_bus_write(&ccs, 0x305b, 0x06)); /* half of it: 0x1006 */
    ck_assert(ccs_bus_stop(&ccs));
    ck_assert(!ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_ptr_nonnull(strstr(said, "ch09_pq_x_size 0x1006, expected a multiple of 4"));
    ck_assert(ccs_host_write(&ccs, 0x3052, 0)); /* nobody asks for them */
    ck_assert(ccs_host_write(&ccs, 0x0100, 1));
    sim_free(sim);
}
END_TEST

/* A part of a register may be wrong for a while: all is judged when the stream starts. */
START_TEST(parts_of_registers_are_judged_with_the_rest)
{
    sim_t *sim = make();
    sim_set_log(sim, keep_log, NULL, SIM_LOG_GUEST);
    ck_assert(ccs_bus_write(&ccs, 0x0112, 0x0e)); /* 0x0e0a */
    ck_assert(ccs_bus_stop(&ccs));
    ck_assert(ccs_bus_write(&ccs, 0x0307, 3)); /* multiplier 3 */
    ck_assert(ccs_bus_stop(&ccs));
    ck_assert(!ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_ptr_nonnull(strstr(said, "csi_data_format 0x0e0a is in no"));
    ck_assert(ccs_host_write(&ccs, 0x0112, 0x0a0a));
    ck_assert(!ccs_host_write(&ccs, 0x0100, 1));
    ck_assert_ptr_nonnull(strstr(said, "vt multiplier 3, expected 16..1023"));
    sim_free(sim);
}
END_TEST

/* 744 Mpixel/s of the array; the link: 2 x 888 / 10 = 177.6. With dividers 4
 * and 20 the array has 24 / 2 x 155 / 80 x 4 = 93: then the link is the faster one. */
START_TEST(without_a_fifo_array_and_link_must_have_the_same_rate)
{
    static const struct {
        uint32_t fifo, sys_div, pix_div;
        const char *why;
    } cases[] = {
        {2, 2, 5, NULL},
        {2, 4, 20, NULL},
        {1, 2, 5, NULL},
        {1, 4, 20, "the link sends 177600000 pixels/s, expected at most the array's 93000000"},
        {0, 2, 5, "the link sends 177600000 pixels/s, expected as many as the array's 744000000"},
    };
    for (uint32_t i = 0; i < SIM_COUNT(cases); i++) {
        ccs_desc_t desc = ccs_desc_default();
        ccs_pll_t pll;
        char error[200] = "";
        desc.fifo = cases[i].fifo;
        desc.power_ups = 2;
        desc.power_up[0].addr = 0x0302;
        desc.power_up[0].value = cases[i].sys_div;
        desc.power_up[1].addr = 0x0300;
        desc.power_up[1].value = cases[i].pix_div;
        ck_assert(ccs_pll_power_up(&desc, &pll, error, sizeof(error)) == (cases[i].why == NULL));
        ck_assert_msg(cases[i].why == NULL || strstr(error, cases[i].why) != NULL, "%s", error);
        ck_assert_uint_eq(ccs_power_up(&desc, 0x1502), cases[i].fifo);
    }
}
END_TEST

static uint32_t restarts;

static void on_restart(void *ctx)
{
    restarts += ctx == &ccs;
}

START_TEST(software_reset_asks_for_one_and_reads_0)
{
    sim_t *sim = make();
    ccs.restart = on_restart;
    ccs.restart_ctx = &ccs;
    restarts = 0;
    ck_assert(ccs_host_write(&ccs, 0x0103, 0));
    ck_assert_uint_eq(restarts, 0);
    ck_assert(ccs_host_write(&ccs, 0x0103, 1));
    ck_assert_uint_eq(restarts, 1);
    ck_assert_uint_eq(host_sees(0x0103), 0);
    ccs_frame_started(&ccs, 0x1234);
    ck_assert_uint_eq(host_sees(0x0005), 0x34);
    sim_free(sim);
}
END_TEST

/* The registers of MIPI CCS 1.1 that drivers look for (facts: mipi.md 2), each there and obeyed. */
START_TEST(registers_of_the_standard_are_there)
{
    static const uint16_t pairs[][2] = {
        {0x0000, 0x0002}, {0x0005, 0x0009}, {0x000e, 0x0010}, {0x0016, 0x0018}, {0x001a, 0x001a},
        {0x001c, 0x0023}, {0x0040, 0x0047}, {0x0080, 0x0081}, {0x0084, 0x0093}, {0x00c0, 0x00c7},
        {0x0100, 0x0101}, {0x0103, 0x0107}, {0x0110, 0x0114}, {0x011e, 0x0120}, {0x0136, 0x013a},
        {0x0200, 0x0205}, {0x020e, 0x0219}, {0x0220, 0x0225}, {0x0300, 0x0310}, {0x0340, 0x0350},
        {0x0380, 0x0387}, {0x0400, 0x0401}, {0x0404, 0x040f}, {0x0600, 0x0609}, {0x0900, 0x0902},
        {0x0a00, 0x0a02}, {0x0a04, 0x0a43}, {0x1000, 0x1001}, {0x1004, 0x100b}, {0x1081, 0x1081},
        {0x1084, 0x1089}, {0x1100, 0x113a}, {0x1140, 0x1151}, {0x1160, 0x1177}, {0x1180, 0x118f},
        {0x11a0, 0x11b9}, {0x11c0, 0x11c7}, {0x1200, 0x1201}, {0x1204, 0x120b}, {0x120e, 0x120e},
        {0x1210, 0x1213}, {0x121b, 0x121c}, {0x1300, 0x1300}, {0x1310, 0x1311}, {0x1502, 0x1502},
        {0x1600, 0x160b}, {0x1618, 0x1618}, {0x1700, 0x170d}, {0x1710, 0x1715}, {0x1800, 0x1800},
    };
    uint32_t count, at = 0;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint32_t i = 0; i < SIM_COUNT(pairs); i++)
        for (uint32_t addr = pairs[i][0]; addr <= pairs[i][1]; addr++) {
            const ccs_reg_t *reg = NULL;
            for (at = 0; at < count && reg == NULL; at++)
                if (addr >= regs[at].addr && addr - regs[at].addr < regs[at].bytes)
                    reg = &regs[at];
            ck_assert_msg(reg != NULL, "0x%04x", addr);
            ck_assert_msg(reg->modeled, "%s", reg->name);
        }
}
END_TEST

/* A register begins where the one before has ended: no byte is in two, names are said once. */
START_TEST(the_table_is_in_order)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint32_t i = 1; i < count; i++)
        ck_assert_msg(regs[i].addr >= regs[i - 1].addr + regs[i - 1].bytes, "%s", regs[i].name);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < i; k++)
            ck_assert_msg(strcmp(regs[i].name, regs[k].name) != 0, "%s", regs[i].name);
}
END_TEST

TEST_MAIN("ccs", registers_are_big_endian, a_host_write_interrupts_until_the_core_acknowledges,
          the_core_reads_and_writes_through_its_window,
          unknown_and_read_only_registers_keep_what_they_have, what_nothing_listens_to_is_said_once,
          the_table_has_no_overlaps, the_manual_shows_what_the_default_chip_powers_up_with,
          a_register_of_another_model_is_not_there, limits_are_the_published_ones,
          orientation_turns_the_order_of_colors, held_settings_count_all_at_once,
          every_retimed_register_can_wait, more_output_than_is_read_is_told_when_the_stream_starts,
          the_hold_leaves_registers_alone_that_are_not_retimed, the_pll_gives_the_published_rates,
          clocks_start_with_the_stream, one_pll_may_drive_both_trees,
          clocks_that_cannot_be_leave_the_sensor_in_standby,
          a_divider_out_of_its_limits_is_refused_at_once,
          a_value_without_meaning_is_refused_and_the_last_with_one_is_not,
          the_label_of_the_input_clock_is_only_a_label, an_input_clock_out_of_range_is_refused,
          a_chip_file_sets_registers_by_name, the_frame_format_follows_the_set_up,
          what_does_not_fit_together_starts_no_stream_and_says_why,
          values_that_a_capability_rules_out_are_refused,
          channels_must_fit_the_line_buffer_while_they_are_sent,
          parts_of_registers_are_judged_with_the_rest,
          without_a_fifo_array_and_link_must_have_the_same_rate,
          software_reset_asks_for_one_and_reads_0, registers_of_the_standard_are_there,
          the_table_is_in_order)
