/*
 * view_inspect_test.c - the inspector: what it tells of each thing that can be selected.
 */
#include "tests/tools/view_ui_rig.h"

static npu_place_plan_t places[2] = {{"input", 0x100, 4096, 0, 0, 1},
                                     {"act_1", 0x2000, 512, 6, 1, 9}};
static npu_layer_plan_t plans[2] = {{.name = "conv_1",
                                     .op = "CONV_2D",
                                     .fused = "RELU6",
                                     .in = {160, 160, 3},
                                     .out = {80, 80, 16},
                                     .weight_bytes = 432,
                                     .tiles = 5},
                                    {.name = "conv_2", .op = "CONV_2D", .fused = ""}};
static npu_kept_t kept[1] = {{.name = "input", .dims = 4, .shape = {1, 160, 160, 3}}};

static void load_network(void)
{
    rig.networks.count = 1;
    rig.networks.report[0] =
        (npu_compile_report_t){.layer = plans, .layers = 2, .place = places, .places = 2};
    rig.networks.prog[0].kept = kept;
    rig.networks.prog[0].kept_count = 1;
    strcpy(rig.networks.prog[0].meta.name, "person");
    view_layer_t *layer = rig.model.layer;
    strcpy(layer[0].name, "conv_1");
    strcpy(layer[0].op, "CONV_2D");
    strcpy(layer[1].name, "conv_2");
    layer[0].known = true;
    layer[0].report = (npu_layer_report_t){.cycles = 1000,
                                           .start_ps = 1000000,
                                           .end_ps = 5000000,
                                           .macs = 576000, /* of 2304 a cycle: a quarter */
                                           .l2_bytes = 777,
                                           .long_pole = NPU_ENGINE_LOAD};
    layer[0].report.classes[NPU_CLASS_DMA] = 400;
    layer[0].report.busy[NPU_ENGINE_MAC] = 250;
    rig.model.layers = 2;
}

/* The inspector alone, so that all of it is in sight. */
static void show(ui_hit_t kind, uint64_t a, uint64_t b, uint32_t x, uint32_t y)
{
    ui_select(&rig.ui, kind, a, b, x, y);
    rig.ui.big = PANEL_INSPECT;
    rig_draw(&rig, 1920, 1200);
}

/* The value in the row of that key. */
static void check_row(const char *key, const char *value)
{
    const draw_cmd_t *cmd = NULL;
    for (uint32_t i = 0; i < rig.draw.cmds && cmd == NULL; i++)
        if (rig.draw.cmd[i].op == DRAW_STRING && rig.draw.cmd[i].rect.y > UI_BAR &&
            strcmp(draw_string(&rig.draw, &rig.draw.cmd[i]), key) == 0)
            cmd = &rig.draw.cmd[i];
    ck_assert_msg(cmd != NULL, "no row \"%s\"", key);
    for (uint32_t i = 0; i < rig.draw.cmds; i++) {
        const draw_cmd_t *other = &rig.draw.cmd[i];
        if (other->op == DRAW_STRING && other != cmd && other->rect.y == cmd->rect.y &&
            other->rect.x > cmd->rect.x) {
            ck_assert_str_eq(draw_string(&rig.draw, other), value);
            return;
        }
    }
    ck_abort_msg("row \"%s\" has no value", key);
}

START_TEST(a_raw_pixel_has_its_dn_color_and_times_of_its_row)
{
    begin();
    pix_frame_t *f = &rig.sensor->pixel.now;
    *f = pix_frame_default(&rig.sensor->pixel.desc);
    f->frame = 2;
    f->clk_hz = 1000000000;
    f->line_length_pck = 10000; /* 10 us */
    f->readout_pck = 30000000;  /* 30 ms */
    f->coarse_lines = 500;
    f->fine_pck = 0;
    f->gain_code = 512;
    f->y.size = 2 * RIG_H;
    f->y.bin = 2;
    show(HIT_PIXEL, VIEW_RAW, 0, 31, 40); /* RGGB: even row, odd column */
    check_shows("RAW, column 31, row 40");
    check_row("value", "135 DN of 10 bits");
    check_row("color", "Gr");
    check_row("above black", "71 DN");
    check_row("analog gain", "x 2.00");
    char electrons[32];
    snprintf(electrons, sizeof(electrons), "%.0f e-", 71 / rig.sensor->pixel.desc.dn_per_e / 2);
    check_row("electrons", electrons);
    check_row("exposed from", "25.400 ms"); /* 30 + 40 x 0.01 - 500 x 0.01 */
    check_row("that is", "5.000 ms");
    check_row("read from", "30.400 ms");
    check_row("on the array", "63.0, 81.0 px");
    show(HIT_PIXEL, VIEW_RAW, 0, 0, RIG_ROWS);
    check_shows("is not read yet");
    check_shows_not("electrons");
    check_shows("this is the frame before");
    rig.model.picture[VIEW_RAW].first = true; /* there is none */
    show(HIT_PIXEL, VIEW_RAW, 0, 0, RIG_ROWS);
    check_shows("is not read yet.");
    check_shows_not("the frame before");
    check_shows_not("DN");
    rig_free(&rig);
}
END_TEST

START_TEST(a_pixel_of_a_picture_has_its_color)
{
    begin();
    show(HIT_PIXEL, VIEW_ISP, 0, 31, 40);
    check_row("R G B", "31 40 0");
    check_row("hex", "#1f2800");
    show(HIT_PIXEL, VIEW_ISP, 0, RIG_W, 0);
    check_shows("no longer");
    rig_free(&rig);
}
END_TEST

START_TEST(a_span_has_all_that_it_was_told_with)
{
    begin();
    show(HIT_SPAN, 0, 0, 0, 0);
    check_shows("conv_1");
    check_row("track", "npu.layers");
    check_row("from", "35.000 ms");
    check_row("that is", "1.000 ms");
    check_row("frame", "1");
    check_row("shape", "{\"h\":3,\"w\":4}");
    check_row("bytes", "4096");
    view_tell_span(&rig.model, "odd", "odd", 1, 2, " \"a\":1, \"lines\":1600", 3);
    show(HIT_SPAN, rig.model.spans.next - 1, 0, 0, 0);
    check_row("lines", "1600"); /* behind a blank */
    show(HIT_SPAN, 99, 0, 0, 0);
    check_shows("no longer");
    rig_free(&rig);
}
END_TEST

START_TEST(members_that_were_cut_or_are_odd_are_shown_as_far_as_they_go)
{
    static const char *const odd[] = {"\"a\":\"x,y\",\"b\":[1,2",  ",,,",  "\"", ":", "}}}},1",
                                      "\"name\":\"\\\"\",\"z\":1", "plain"};
    begin();
    for (size_t i = 0; i < SIM_COUNT(odd); i++) {
        view_tell_span(&rig.model, "odd", "odd", 1, 2, odd[i], 3);
        show(HIT_SPAN, rig.model.spans.next - 1, 0, 0, 0);
        if (i == 0) {
            check_row("a", "\"x,y\"");
            check_row("b", "[1,2");
        }
    }
    rig_free(&rig);
}
END_TEST

START_TEST(a_packets_header_is_taken_apart)
{
    begin();
    show(HIT_PACKET, 0, 0, 0, 0);
    check_shows("RAW10");
    check_row("data type", "0x2b RAW10");
    check_row("DI", "0x6b: VC 1, DT 0x2b"); /* 1 << 6 | 0x2b */
    check_row("word count", "64 bytes");
    check_row("that is", "1.000 us");
    check_row("rate", "560.0 Mbit/s"); /* 70 bytes */
    check_row("first bytes", "64 of 70");
    check_shows("00  6b 40 00");
    check_shows(": right");
    view_packet_t *p = view_tell_packet(&rig.model);
    mipi_short_packet(p->head, 2, MIPI_DT_FS, 17);
    p->bytes = p->kept = 4;
    p->vc = 2;
    p->head[1] ^= 0x10; /* one bit on the way */
    show(HIT_PACKET, 1, 0, 0, 0);
    check_row("kind", "short packet");
    check_row("data field", "17");
    check_shows("one bit corrected");
    rig_free(&rig);
}
END_TEST

START_TEST(a_box_has_its_history_and_the_truth_its_share)
{
    begin();
    show(HIT_BOX, 7, 0, 0, 0);
    check_shows("Host: identity 7");
    check_row("class", "1: person");
    check_row("score", "0.79 (201 of 256)");
    check_row("frame", "1");
    check_row("left, top", "110, 50 px");
    check_row("size", "80 x 160 px");
    check_row("latency", "36.600 ms");
    check_shows("    0  0.78   100    50     80   160");
    check_shows("    1  0.79   110    50     80   160");
    show(HIT_BOX, 7, 1, 0, 0);
    check_shows("Truth: identity 7");
    check_row("visible", "75 %");
    check_row("size", "78.0 x 158.0 px");
    show(HIT_BOX, 8, 0, 0, 0);
    check_shows("no longer");
    show(HIT_BOX, 8, 1, 0, 0);
    check_shows("no longer");
    rig_free(&rig);
}
END_TEST

START_TEST(a_tensor_has_its_shape_place_and_life)
{
    begin();
    load_network();
    show(HIT_TENSOR, 0, 0, 0, 0);
    check_shows("Tensor input");
    check_row("shape", "1 x 160 x 160 x 3");
    check_row("in L2 at", "0x000100");
    check_row("bytes", "4096");
    check_row("from layer", "0 conv_1");
    check_row("to layer", "1 conv_2");
    show(HIT_TENSOR, 1, 0, 0, 0);
    check_row("ring of", "6 rows at a time");
    check_row("to layer", "9 the core's operators");
    show(HIT_TENSOR, 2, 0, 0, 0);
    check_shows("is not there");
    show(HIT_TENSOR, (uint64_t)1 << 32, 0, 0, 0);
    check_shows("is not there");
    rig_free(&rig);
}
END_TEST

START_TEST(a_layer_has_its_report_and_its_plan)
{
    begin();
    load_network();
    show(HIT_LAYER, 0, 0, 0, 0);
    check_shows("Layer 0: CONV_2D");
    check_row("cycles", "1000");
    check_row("MACs", "576000");
    check_row("utilization", "25.0 %");
    check_row("long pole", "load");
    check_row("L2 traffic", "777 bytes");
    check_row("dma", " 40.0 %  400");
    check_row("mac", " 25.0 %  250");
    check_row("in", "160 x 160 x 3");
    check_row("out", "80 x 80 x 16");
    check_row("with it", "RELU6");
    show(HIT_LAYER, 1, 0, 0, 0);
    check_shows("has not completed");
    show(HIT_LAYER, 2, 0, 0, 0);
    check_shows("is not there");
    rig_free(&rig);
}
END_TEST

START_TEST(a_block_has_its_energy_and_leads_to_its_components)
{
    begin();
    show(HIT_BLOCK, TECH_NPU, 0, 0, 0);
    check_shows("Block npu");
    check_row("energy", "50.000 uJ");
    check_row("share", "9.1 %"); /* 5 of 55 */
    ck_assert_ptr_nonnull(find("sensor.npu"));
    for (uint32_t i = 0; i < rig.draw.hits; i++)
        if (rig.draw.hit[i].kind == HIT_COMP) {
            draw_rect_t r = rig.draw.hit[i].rect;
            input_t input = {.kind = INPUT_DOWN, .x = r.x + 5, .y = r.y + 5, .button = 1};
            ui_input(&rig.ui, &rig.model, &rig.draw, &rig.play, &input);
            input.kind = INPUT_UP;
            ui_input(&rig.ui, &rig.model, &rig.draw, &rig.play, &input);
            break;
        }
    rig_draw(&rig, 1920, 1200);
    ck_assert_int_eq(rig.ui.select.kind, HIT_COMP);
    check_row("kind", "npu");
    check_shows("NPU_CTRL");
    show(HIT_BLOCK, TECH_BLOCK_COUNT, 0, 0, 0);
    show(HIT_BLOCK, UINT64_MAX, 0, 0, 0);
    rig_free(&rig);
}
END_TEST

/* Its number in the list. */
static uint64_t number_of(const char *name)
{
    uint64_t number = 0;
    for (sim_comp_t *c = sim_comp_first(rig.sim); c != NULL; c = c->next, number++)
        if (strcmp(c->name, name) == 0)
            return number;
    ck_abort_msg("no component %s", name);
    return 0;
}

START_TEST(registers_are_shown_with_their_bits_as_they_are)
{
    begin();
    const sim_reg_t *reg = rig.sensor->pixel.comp.kind->regs;
    show(HIT_COMP, number_of("sensor.pixel"), 0, 0, 0);
    check_shows(reg[0].name);
    char line[64];
    snprintf(line, sizeof(line), "%03x %-20s %08x", reg[0].addr, reg[0].name,
             sim_reg_peek(&rig.sensor->pixel.comp, reg[0].addr));
    check_shows(line);
    uint32_t *ctrl = &rig.sensor->pixel.regs.ctrl;
    *ctrl ^= 1; /* as a write would leave it */
    snprintf(line, sizeof(line), "%-20s %08x *", "PIX_CTRL", *ctrl);
    show(HIT_COMP, number_of("sensor.pixel"), 0, 0, 0);
    check_shows(line);
    show(HIT_COMP, 100000, 0, 0, 0);
    check_shows("Click a pixel");
    rig_free(&rig);
}
END_TEST

/* Every row of every component. */
static void look_at_everything(void)
{
    uint64_t number = 0;
    rig.ui.focus = PANEL_INSPECT;
    for (sim_comp_t *c = sim_comp_first(rig.sim); c != NULL; c = c->next) {
        uint32_t row = UINT32_MAX;
        show(HIT_COMP, number++, 0, 0, 0);
        while (row != rig.ui.inspect_row) {
            row = rig.ui.inspect_row;
            key(KEY_PAGE_DOWN);
        }
    }
}

/* Two milliseconds of a core that spins, with timer and random numbers on. */
static uint64_t run_and_look(bool look)
{
    begin();
    sim_reg_write(&rig.sensor->timer.comp, rig.sensor->timer.comp.kind->regs[1].addr, 1);
    sim_reg_write(&rig.sensor->rng.comp, rig.sensor->rng.comp.kind->regs[1].addr, 1);
    for (uint64_t ms = 1; ms <= 2; ms++) {
        sim_run_until_ps(rig.sim, ms * SIM_PS_PER_MS);
        if (look)
            look_at_everything();
    }
    uint64_t hash = sim_state_hash(rig.sim);
    rig_free(&rig);
    return hash;
}

START_TEST(looking_changes_no_state)
{
    uint64_t alone = run_and_look(false);
    ck_assert_uint_eq(run_and_look(true), alone);
}
END_TEST

START_TEST(a_ccs_register_has_its_name_value_and_meaning)
{
    begin();
    show(HIT_REGISTER, 0x0202, 0, 0, 0);
    check_shows("coarse_integration_time");
    check_row("value", "0x0640 = 1600");
    check_row("access", "read, write");
    check_row("effect", "with the frame, or its group");
    fake_put(&rig.play, 0x9000, 2, 99);
    show(HIT_REGISTER, 0x9000, 0, 0, 0);
    check_row("value", "0x0063 = 99");
    check_row("at power-up", "0x0080 = 128");
    check_shows("least score of a box");
    show(HIT_REGISTER, 0x0203, 0, 0, 0);
    check_shows("has none there");
    show(HIT_REGISTER, 0x3100, 0, 0, 0); /* the IMX477's */
    check_shows("has none there");
    rig_free(&rig);
}
END_TEST

START_TEST(a_line_is_told_whole)
{
    begin();
    view_tell_line(&rig.model, LINE_HAND, 1000000000, "write coarse_integration_time %s %s %s",
                   "and then a very long line of text that does not fit into one row of a panel",
                   "which is why it goes on in the next one and in the one after that, to the",
                   "last_word");
    ui_select(&rig.ui, HIT_LINE, 1, 0, 0, 0);
    rig_draw(&rig, 1280, 800);
    check_shows("Changed by hand");
    check_row("at", "1.000 ms");
    check_shows("last_word");
    show(HIT_LINE, 2, 0, 0, 0);
    check_shows("no longer");
    rig_free(&rig);
}
END_TEST

START_TEST(it_scrolls_to_its_end_and_no_further)
{
    begin();
    ui_select(&rig.ui, HIT_COMP, number_of("sensor.cci"), 0, 0, 0);
    rig.ui.focus = PANEL_INSPECT;
    rig_draw(&rig, 1280, 800);
    draw_rect_t inside = ui_inside(rig.ui.panel[PANEL_INSPECT]);
    uint32_t rows = inspect_rows(&rig.model, &rig.ui, &rig.play, inside);
    ck_assert_uint_gt(rows, 1000);
    for (int i = 0; i < 1000; i++)
        put((input_t){.kind = INPUT_WHEEL, .x = inside.x + 20, .y = inside.y + 20, .wheel = -20});
    uint32_t last = rig.ui.inspect_row;
    ck_assert_uint_lt(last, rows);
    ck_assert_uint_gt(last + 40, rows);
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    check_shows(regs[count - 1].name);
    key(KEY_DOWN);
    ck_assert_uint_eq(rig.ui.inspect_row, last);
    ui_select(&rig.ui, HIT_LINE, 0, 0, 0, 0);
    ck_assert_uint_eq(rig.ui.inspect_row, 0);
    rig_free(&rig);
}
END_TEST

START_TEST(without_a_run_it_says_what_is_awaited)
{
    begin();
    rig.model.sensor = NULL;
    rig.model.networks = NULL;
    for (uint32_t kind = 0; kind < HIT_COUNT; kind++) {
        show((ui_hit_t)kind, 0, 0, 0, 0);
        show((ui_hit_t)kind, UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX);
    }
    show(HIT_PANEL, 0, 0, 0, 0);
    check_shows("They are listed when there is a run.");
    rig.model.sensor = rig.sensor;
    rig_free(&rig);
}
END_TEST

TEST_MAIN("tools view_inspect", a_raw_pixel_has_its_dn_color_and_times_of_its_row,
          a_pixel_of_a_picture_has_its_color, a_span_has_all_that_it_was_told_with,
          members_that_were_cut_or_are_odd_are_shown_as_far_as_they_go,
          a_packets_header_is_taken_apart, a_box_has_its_history_and_the_truth_its_share,
          a_tensor_has_its_shape_place_and_life, a_layer_has_its_report_and_its_plan,
          a_block_has_its_energy_and_leads_to_its_components,
          registers_are_shown_with_their_bits_as_they_are, looking_changes_no_state,
          a_ccs_register_has_its_name_value_and_meaning, a_line_is_told_whole,
          it_scrolls_to_its_end_and_no_further, without_a_run_it_says_what_is_awaited)
