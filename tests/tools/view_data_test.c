/*
 * view_data_test.c - the viewer's panels of figures over a made-up model: L2, NPU, link, power,
 * console.
 */
#include "mipi/packet.h"
#include "sim/time.h"
#include "tests/tools/board.h"
#include "tests/tools/view_panel_rig.h"
#include "tools/view/plot.h"

#define US SIM_PS_PER_US
#define MS SIM_PS_PER_MS

static view_rig_t *rig;

static void setup(void)
{
    rig = view_rig_new();
}

static void teardown(void)
{
    view_rig_free(rig);
}

static uint32_t fills_of(draw_color_t color)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->draw.cmds; i++)
        count += rig->draw.cmd[i].op == DRAW_FILL && rig->draw.cmd[i].color == color;
    return count;
}

/* ---- what they share ---- */

START_TEST(amounts_have_three_digits_and_a_prefix)
{
    setup();
    static const struct {
        double value;
        const char *unit, *text;
    } list[] = {{0, "B", "0 B"},
                {7, "B", "7 B"},
                {999, "B", "999 B"},
                {1000, "B", "1 kB"},
                {20480, "B", "20.5 kB"},
                {8388480, "B", "8.39 MB"},
                {999499, "B", "999 kB"},
                {999501, "B", "1.00 MB"},
                {0.25, "W", "250 mW"},
                {-1.5, "W", "-1.50 W"},
                {222e6, "B/s", "222 MB/s"},
                {5.5e17, "", "550000 T"},
                {3.8e-3, "J", "3.80 mJ"},
                {15.1e-6, "J", "15.1 uJ"},
                {0.9999, "W", "1.00 W"}};
    for (size_t i = 0; i < SIM_COUNT(list); i++) {
        char out[24];
        ck_assert_str_eq(plot_amount(out, list[i].value, list[i].unit), list[i].text);
    }
    teardown();
}
END_TEST

START_TEST(steps_of_axes_are_1_2_5)
{
    setup();
    static const struct {
        double span;
        uint32_t most;
        double step;
    } list[] = {{10, 10, 1},   {11, 10, 2}, {30, 10, 5}, {51, 10, 10}, {1e11, 9, 2e10},
                {0.3, 4, 0.1}, {0, 5, 1},   {-3, 5, 1},  {4, 0, 1}};
    for (size_t i = 0; i < SIM_COUNT(list); i++) {
        double step = plot_step(list[i].span, list[i].most);
        ck_assert_msg(step > list[i].step * 0.999999 && step < list[i].step * 1.000001,
                      "%g in %u: %g", list[i].span, list[i].most, step);
    }
    teardown();
}
END_TEST

START_TEST(each_panel_says_what_it_waits_for)
{
    setup();
    view_rig_draw(rig, panel_l2, 233, 175);
    view_rig_has(rig, "network in L2");
    view_rig_draw(rig, panel_npu, 233, 175);
    view_rig_has(rig, "first inference");
    view_rig_draw(rig, panel_link, 233, 175);
    view_rig_has(rig, "first packet");
    view_rig_draw(rig, panel_power, 233, 175);
    view_rig_has(rig, "first sample");
    view_rig_draw(rig, panel_console, 600, 60);
    view_rig_has(rig, "nothing was said yet");
    static const networks_t none;
    rig->model.networks = &none;
    view_rig_draw(rig, panel_l2, 233, 175);
    view_rig_has(rig, "this run has no network");
    view_rig_draw(rig, panel_npu, 233, 175);
    view_rig_has(rig, "this run has no network");
    teardown();
}
END_TEST

/* ---- L2 ---- */

static networks_t networks;
static npu_place_plan_t places[3];
static npu_layer_plan_t layers[4];

/* 4 layers; working memory of 1024 bytes of table and three tensors, 7168 bytes in all. */
static void put_network(void)
{
    places[0] = (npu_place_plan_t){"net/image", 1024, 3072, 0, 0, 3};
    places[1] = (npu_place_plan_t){"net/conv_a", 4096, 2048, 0, 0, 1};
    places[2] = (npu_place_plan_t){"net/conv_b", 6144, 2048, 0, 1, 2};
    for (uint32_t i = 0; i < 4; i++)
        layers[i] = (npu_layer_plan_t){.name = "layer", .op = "CONV_2D"};
    networks = (networks_t){.count = 1};
    networks.report[0] = (npu_compile_report_t){.layer = layers,
                                                .layers = 4,
                                                .place = places,
                                                .places = 3,
                                                .constants_l2 = 8000000,
                                                .constants_bytes = 123000,
                                                .program_l2 = 7900000,
                                                .program_bytes = 45600,
                                                .activations_bytes = 7168,
                                                .live_bound_bytes = 6400};
    rig->model.networks = &networks;
}

static draw_rect_t place_of(uint32_t n)
{
    const draw_hit_t *hit = view_rig_find(rig, HIT_TENSOR, n);
    ck_assert_ptr_nonnull(hit);
    return hit->rect;
}

START_TEST(tensors_stand_where_they_are_from_layer_to_layer)
{
    setup();
    put_network();
    view_rig_draw(rig, panel_l2, 470, 400);
    draw_rect_t image = place_of(0), a = place_of(1), b = place_of(2);
    /* 400 points of layers (470 - 50 - 12 - 12, less a point between boxes): 99 a layer */
    ck_assert_int_eq(a.x, image.x);
    ck_assert_int_eq(b.x, image.x + 396 / 4);
    ck_assert_int_eq(image.w, 396 - 1);
    ck_assert_int_eq(a.w, 396 / 2 - 1);
    ck_assert_int_eq(b.w, 396 / 2 - 1);
    /* up are addresses */
    ck_assert_int_le(a.y + a.h, image.y);
    ck_assert_int_le(b.y + b.h, a.y);
    ck_assert_int_le(abs(2 * image.h - 3 * a.h), 4);
    ck_assert_ptr_nonnull(view_rig_hit(rig, b.x + 1, b.y + 1, HIT_TENSOR));
    view_rig_has(rig, "conv_a");
    view_rig_has(rig, "123 kB");
    view_rig_has(rig, "45.6 kB");
    view_rig_has(rig, "7.17 kB");
    view_rig_has(rig, "12.0 % over the least");
    teardown();
}
END_TEST

START_TEST(while_a_layer_runs_what_lives_is_brighter)
{
    setup();
    board_t *board = board_new(NULL);
    rig->model.sensor = board->sensor;
    put_network();
    view_rig_draw(rig, panel_l2, 470, 400);
    ck_assert_uint_eq(fills_of(ui_color(2)), 1);
    view_rig_has(rig, "free");
    board->sensor->npu.running = true;
    board->sensor->npu.layer_reg = 0; /* image and a live, b does not yet */
    view_rig_draw(rig, panel_l2, 470, 400);
    ck_assert_uint_eq(fills_of(ui_color(0)), 1);
    ck_assert_uint_eq(fills_of(ui_color(1)), 1);
    ck_assert_uint_eq(fills_of(ui_color(2)), 0);
    view_rig_has(rig, "live 5.12 kB");
    uint32_t cursors = 0;
    for (uint32_t i = 0; i < rig->draw.cmds; i++)
        cursors += rig->draw.cmd[i].op == DRAW_FRAME && rig->draw.cmd[i].color == ui_bright &&
                   rig->draw.cmd[i].rect.x == place_of(0).x && rig->draw.cmd[i].rect.w == 396 / 4;
    ck_assert_uint_eq(cursors, 1);
    board->sensor->npu.running = false;
    rig->ui.select = (ui_select_t){.kind = HIT_LAYER, .a = 3}; /* then the image alone is there */
    view_rig_draw(rig, panel_l2, 470, 400);
    ck_assert_uint_eq(fills_of(ui_color(0)), 1);
    ck_assert_uint_eq(fills_of(ui_color(1)) + fills_of(ui_color(2)), 0);
    view_rig_has(rig, "live 3.07 kB");
    board_free(board);
    teardown();
}
END_TEST

START_TEST(the_tensor_under_the_pointer_is_told)
{
    setup();
    put_network();
    view_rig_draw(rig, panel_l2, 470, 400);
    rig->ui.pointer_x = place_of(2).x + 5;
    rig->ui.pointer_y = place_of(2).y + 5;
    view_rig_draw(rig, panel_l2, 470, 400);
    view_rig_has(rig, "6144");
    view_rig_has(rig, "1..2 ");
    ck_assert_ptr_null(view_rig_text(rig, "over the least"));
    teardown();
}
END_TEST

START_TEST(a_network_that_came_compiled_has_regions)
{
    setup();
    networks = (networks_t){.count = 1};
    npu_prog_t *prog = &networks.prog[0];
    snprintf(prog->meta.name, sizeof(prog->meta.name), "given");
    prog->meta.l2_peak_bytes = 8000;
    prog->net[NPU_NET_L2_BASE_W] = 0x04000000;
    prog->net[NPU_NET_FREE_ADDR_W] = 0x04000000 + 3000;
    prog->net[NPU_NET_FREE_BYTES_W] = 4000;
    prog->net[NPU_NET_OWN_ADDR_W] = 0x04000000 + 7000;
    prog->net[NPU_NET_OWN_BYTES_W] = 1000;
    rig->model.networks = &networks;
    view_rig_draw(rig, panel_l2, 470, 400);
    view_rig_has(rig, "given");
    view_rig_has(rig, "tensors are not known");
    view_rig_has(rig, "1 kB  constants, program");
    view_rig_has(rig, "4 kB  free");
    view_rig_has(rig, "3 kB  tables, tensors");
    teardown();
}
END_TEST

/* ---- NPU ---- */

static void put_layer(uint32_t n, const char *name, uint64_t cycles, uint64_t macs,
                      uint64_t compute)
{
    view_layer_t *layer = &rig->model.layer[n];
    *layer = (view_layer_t){.op = "CONV_2D", .known = true};
    snprintf(layer->name, sizeof(layer->name), "%s", name);
    layer->report.cycles = cycles;
    layer->report.macs = macs;
    layer->report.classes[NPU_CLASS_COMPUTE] = compute;
    layer->report.classes[NPU_CLASS_DMA] = cycles - compute;
    layer->report.long_pole = NPU_ENGINE_LOAD;
    rig->model.layers = n + 1;
}

START_TEST(a_layer_is_as_wide_as_its_cycles_and_as_high_as_the_array_is_used)
{
    setup();
    board_t *board = board_new(NULL);
    rig->model.sensor = board->sensor;
    uint64_t peak = npu_peak_macs(&board->sensor->npu.desc, 0);
    put_layer(0, "first", 1000, 1000 * peak / 2, 1000);
    put_layer(1, "second", 3000, 3000 * peak / 4, 1500);
    view_rig_draw(rig, panel_npu, 440, 300); /* 400 points for 4000 cycles */
    const draw_hit_t *first = view_rig_find(rig, HIT_LAYER, 0),
                     *second = view_rig_find(rig, HIT_LAYER, 1);
    ck_assert_int_eq(first->rect.w, 100);
    ck_assert_int_eq(second->rect.x, first->rect.x + 100);
    ck_assert_int_eq(second->rect.w, 300);
    view_rig_has(rig, "4 k");
    view_rig_has(rig, "31.2%"); /* (1000 / 2 + 3000 / 4) / 4000 */
    view_rig_has(rig, "compute 62%");
    view_rig_has(rig, "dma 38%");
    int32_t high[2] = {0};
    for (uint32_t i = 0; i < rig->draw.cmds; i++) {
        const draw_cmd_t *c = &rig->draw.cmd[i];
        if (c->op == DRAW_FILL && c->color == ui_block_color("npu"))
            high[c->rect.x > first->rect.x] = c->rect.h;
    }
    ck_assert_int_gt(high[1], 30);
    ck_assert_int_le(abs(high[0] - 2 * high[1]), 1);
    const draw_cmd_t *split = view_rig_image(rig, 0);
    draw_color_t compute = view_rig_pixel(rig, split, 50, 0),
                 dma = view_rig_pixel(rig, split, 250, 0);
    ck_assert_uint_ne(compute, dma);
    ck_assert_uint_eq(view_rig_pixel(rig, split, 250, split->image_h - 1), compute);
    ck_assert_uint_eq(view_rig_pixel(rig, split, 250, split->image_h / 2 + 1), compute);
    ck_assert_uint_eq(view_rig_pixel(rig, split, 250, split->image_h / 2 - 2), dma);
    board_free(board);
    teardown();
}
END_TEST

START_TEST(the_layer_that_runs_or_is_pointed_at_is_told)
{
    setup();
    board_t *board = board_new(NULL);
    rig->model.sensor = board->sensor;
    put_layer(0, "first", 1000, 50000, 1000);
    put_layer(1, "second", 3000, 50000, 1500);
    board->sensor->npu.running = true;
    board->sensor->npu.layer_reg = 1;
    view_rig_draw(rig, panel_npu, 440, 300);
    view_rig_has(rig, "second ");
    view_rig_has(rig, "3 k");
    view_rig_has(rig, "load"); /* the long pole */
    rig->ui.pointer_x = view_rig_find(rig, HIT_LAYER, 0)->rect.x + 4;
    rig->ui.pointer_y = view_rig_find(rig, HIT_LAYER, 0)->rect.y + 4;
    view_rig_draw(rig, panel_npu, 440, 300);
    view_rig_has(rig, "first ");
    view_rig_has(rig, "1 k");
    board_free(board);
    teardown();
}
END_TEST

START_TEST(many_layers_need_few_commands)
{
    setup();
    for (uint32_t i = 0; i < VIEW_LAYERS; i++)
        put_layer(i, "block/conv", 100 + i % 7, 1000, 50);
    view_rig_draw(rig, panel_npu, 233, 175);
    ck_assert_uint_lt(rig->draw.cmds, 700);
    rig->model.layer[5].known = false; /* not in the run: no cycles */
    view_rig_draw(rig, panel_npu, 1270, 700);
    ck_assert_ptr_null(view_rig_find(rig, HIT_LAYER, 5));
    ck_assert_ptr_nonnull(view_rig_find(rig, HIT_LAYER, 6));
    ck_assert_uint_lt(rig->draw.cmds, 1300);
    teardown();
}
END_TEST

/* ---- link ---- */

static void put_packet(uint64_t start_ps, uint64_t end_ps, uint8_t dt, uint32_t bytes)
{
    view_packet_t *p = view_tell_packet(&rig->model);
    p->start_ps = start_ps;
    p->end_ps = end_ps;
    p->dt = dt;
    p->bytes = bytes;
    rig->model.now_ps = end_ps;
}

START_TEST(the_link_has_its_rate_and_its_sums)
{
    setup();
    board_t *board = board_new(NULL);
    rig->model.sensor = board->sensor;
    for (uint64_t i = 0; i < 900; i++)
        put_packet(i * 100 * US, i * 100 * US + 50 * US, MIPI_DT_RAW10, 9000);
    for (uint64_t i = 0; i < 100; i++)
        put_packet(90 * MS + i * 100 * US, 90 * MS + i * 100 * US + US, MIPI_DT_USER1, 1000);
    rig->model.now_ps = 100 * MS;
    view_rig_draw(rig, panel_link, 470, 400);
    view_rig_has(rig, "82 MB/s"); /* 8.1 MB and 0.1 MB in 100 ms */
    view_rig_has(rig, "lanes ");
    int32_t raw = view_rig_has(rig, "8.10 MB")->rect.y, user = view_rig_has(rig, "100 kB")->rect.y;
    ck_assert_int_lt(raw, user); /* most bytes first */
    view_rig_has(rig, "  900");
    view_rig_has(rig, " 99%");
    /* busy: half of the time, later a hundredth */
    const draw_cmd_t *busy = view_rig_image(rig, 0);
    uint32_t w = busy->image_w, h = busy->image_h;
    ck_assert_uint_eq(view_rig_pixel(rig, busy, w / 2, h / 4) & 0xff, 0);
    ck_assert_uint_eq(view_rig_pixel(rig, busy, w / 2, h * 3 / 4) & 0xff, 255);
    ck_assert_uint_eq(view_rig_pixel(rig, busy, w * 95 / 100, h * 3 / 4) & 0xff, 0);
    ck_assert_uint_eq(view_rig_pixel(rig, busy, w * 95 / 100, h - 1) & 0xff, 255);
    ck_assert_uint_ne(view_rig_pixel(rig, busy, w / 2, h - 1),
                      view_rig_pixel(rig, busy, w * 95 / 100, h - 1));
    board_free(board);
    teardown();
}
END_TEST

START_TEST(the_newest_packet_is_on_the_right)
{
    setup();
    for (uint64_t i = 0; i < 20; i++)
        put_packet(i * MS, i * MS + US, i == 19 ? MIPI_DT_FE : MIPI_DT_RAW10, 100 + (uint32_t)i);
    rig->ui.select = (ui_select_t){.kind = HIT_PACKET, .a = 18};
    view_rig_draw(rig, panel_link, 233, 175);
    const draw_hit_t *newest = view_rig_find(rig, HIT_PACKET, 19),
                     *before = view_rig_find(rig, HIT_PACKET, 18);
    ck_assert_int_gt(newest->rect.x, before->rect.x + before->rect.w);
    ck_assert_ptr_null(view_rig_find(rig, HIT_PACKET, 2)); /* no room */
    view_rig_has(rig, "FE");
    view_rig_has(rig, "118 B");
    rig->ui.pointer_x = before->rect.x + 3;
    rig->ui.pointer_y = before->rect.y + 3;
    view_rig_draw(rig, panel_link, 233, 175);
    view_rig_has(rig, "118 B ");
    view_rig_has(rig, "in 1.000 us");
    teardown();
}
END_TEST

START_TEST(the_fifo_holds_what_it_was_told_last)
{
    setup();
    put_packet(0, US, MIPI_DT_FS, 4);
    view_tell_fill(&rig->model, 20 * MS, 1000);
    view_tell_fill(&rig->model, 50 * MS, 500);
    view_tell_fill(&rig->model, 80 * MS, 0);
    rig->model.now_ps = 100 * MS;
    view_rig_draw(rig, panel_link, 470, 400);
    const draw_cmd_t *fifo = view_rig_image(rig, 1);
    uint32_t w = fifo->image_w, h = fifo->image_h;
    ck_assert_uint_eq(view_rig_pixel(rig, fifo, w * 10 / 100, h - 1) & 0xff, 0);
    ck_assert_uint_eq(view_rig_pixel(rig, fifo, w * 30 / 100, 1) & 0xff, 255); /* no size: 1000 */
    ck_assert_uint_eq(view_rig_pixel(rig, fifo, w * 60 / 100, 1) & 0xff, 0);
    ck_assert_uint_eq(view_rig_pixel(rig, fifo, w * 60 / 100, h / 2 + 1) & 0xff, 255);
    ck_assert_uint_eq(view_rig_pixel(rig, fifo, w * 90 / 100, h - 1) & 0xff, 0);
    teardown();
}
END_TEST

/* ---- power ---- */

START_TEST(a_small_panel_has_the_figures_of_the_blocks_that_took_most)
{
    setup();
    view_tell_count(&rig->model, "power mW", 0, "\"pixel\":1,\"adc\":2,\"isp\":3,\"npu\":4");
    rig->model.energy_known = true;
    rig->model.energy_fj[TECH_PIXEL] = 1000;
    rig->model.energy_fj[TECH_ADC] = 4000;
    rig->model.energy_fj[TECH_ISP] = 2000;
    rig->model.energy_fj[TECH_NPU] = 3000;
    view_rig_draw(rig, panel_power, 172, 70); /* two lines above, three blocks */
    ck_assert_uint_eq(view_rig_count(rig, DRAW_IMAGE), 0);
    view_rig_has(rig, "adc");
    view_rig_has(rig, "npu");
    view_rig_has(rig, "isp");
    ck_assert_ptr_null(view_rig_text(rig, "pixel"));
    teardown();
}
END_TEST

START_TEST(power_is_stacked_by_block)
{
    setup();
    view_tell_count(&rig->model, "power mW", 0, "\"pixel\":100,\"npu\":100");
    view_tell_count(&rig->model, "power mW", 50 * MS, "\"pixel\":100,\"npu\":0");
    rig->model.now_ps = 100 * MS;
    view_rig_draw(rig, panel_power, 470, 400);
    const draw_cmd_t *stack = view_rig_image(rig, 0);
    uint32_t w = stack->image_w, h = stack->image_h;
    ck_assert_uint_eq(view_rig_pixel(rig, stack, w / 4, h - 2), ui_block_color("pixel"));
    ck_assert_uint_eq(view_rig_pixel(rig, stack, w / 4, h / 2 + 2), ui_block_color("pixel"));
    ck_assert_uint_eq(view_rig_pixel(rig, stack, w / 4, h / 2 - 2), ui_block_color("npu"));
    ck_assert_uint_eq(view_rig_pixel(rig, stack, w / 4, 0), ui_block_color("npu"));
    ck_assert_uint_eq(view_rig_pixel(rig, stack, w * 3 / 4, h / 2 + 2), ui_block_color("pixel"));
    ck_assert_uint_eq(view_rig_pixel(rig, stack, w * 3 / 4, h / 2 - 2) & 0xff, 0);
    view_rig_has(rig, "200 mW");
    view_rig_has(rig, "100 mW"); /* now */
    teardown();
}
END_TEST

START_TEST(a_column_of_many_samples_is_their_mean)
{
    setup();
    for (uint64_t i = 0; i < 1000; i++) /* a block of 100 mW; another of 200 and 0 in turns */
        view_tell_count(&rig->model, "power mW", i * 100 * US,
                        i % 2 == 0 ? "\"adc\":100,\"npu\":200" : "\"adc\":100,\"npu\":0");
    rig->model.now_ps = 100 * MS;
    view_rig_draw(rig, panel_power, 212, 200); /* 50 columns, of 20 samples each */
    const draw_cmd_t *stack = view_rig_image(rig, 0);
    ck_assert_uint_eq(stack->image_w, 50);
    view_rig_has(rig, "200 mW"); /* the top of the axis */
    uint32_t h = stack->image_h;
    for (uint32_t x = 0; x < 50; x++) {
        ck_assert_uint_eq(view_rig_pixel(rig, stack, x, h / 2 + 2), ui_block_color("adc"));
        ck_assert_uint_eq(view_rig_pixel(rig, stack, x, h / 2 - 2), ui_block_color("npu"));
        ck_assert_uint_eq(view_rig_pixel(rig, stack, x, 1), ui_block_color("npu"));
    }
    teardown();
}
END_TEST

START_TEST(energy_and_temperature_are_told)
{
    setup();
    view_tell_count(&rig->model, "power mW", 0, "\"pixel\":10,\"npu\":20");
    view_tell_count(&rig->model, "temperature", 0, "\"die_c\": 36.125");
    rig->model.now_ps = 10 * MS;
    view_rig_draw(rig, panel_power, 300, 200);
    view_rig_has(rig, "36.12");
    view_rig_has(rig, "no frame is over yet");
    rig->model.energy_known = true;
    rig->model.energy_frame = 12;
    rig->model.energy_fj[TECH_PIXEL] = UINT64_C(1000000000000); /* 1 mJ */
    rig->model.energy_fj[TECH_NPU] = UINT64_C(345000000000);
    view_rig_draw(rig, panel_power, 300, 200);
    view_rig_has(rig, "frame 12");
    view_rig_has(rig, "1.34 mJ");
    view_rig_has(rig, "345 uJ");
    ck_assert_ptr_nonnull(view_rig_find(rig, HIT_BLOCK, TECH_PIXEL));
    ck_assert_ptr_nonnull(view_rig_find(rig, HIT_BLOCK, TECH_NPU));
    ck_assert_ptr_null(view_rig_find(rig, HIT_BLOCK, TECH_CORE)); /* no series of it */
    teardown();
}
END_TEST

/* ---- console ---- */

START_TEST(the_newest_line_is_at_the_bottom)
{
    setup();
    for (uint32_t i = 0; i < 30; i++)
        view_tell_line(&rig->model, i % 2 == 0 ? LINE_UART : LINE_EVENT, i * MS, "line %u of it",
                       i);
    view_rig_draw(rig, panel_console, 600, 60); /* four */
    ck_assert_ptr_null(view_rig_text(rig, "line 25 "));
    ck_assert_int_lt(view_rig_has(rig, "line 26 ")->rect.y, view_rig_has(rig, "line 29 ")->rect.y);
    ck_assert_uint_eq(view_rig_has(rig, "line 28 ")->color, ui_text);
    ck_assert_uint_eq(view_rig_has(rig, "line 29 ")->color, ui_good);
    view_rig_has(rig, "29.000 ms");
    view_rig_has(rig, "event");
    draw_rect_t last = view_rig_has(rig, "line 29 ")->rect;
    ck_assert_uint_eq(view_rig_hit(rig, last.x, last.y + 2, HIT_LINE)->a, 29);
    teardown();
}
END_TEST

START_TEST(a_long_line_is_cut)
{
    setup();
    char text[VIEW_LINE];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    view_tell_line(&rig->model, LINE_LOG, MS, "%s", text);
    view_rig_draw(rig, panel_console, 300, 60);
    view_rig_has(rig, "xxx\xe2\x80\xa6");
    ck_assert_ptr_null(view_rig_text(rig, text));
    teardown();
}
END_TEST

/* ---- all of them ---- */

START_TEST(they_stay_inside_of_any_size)
{
    setup();
    static const ui_panel_fn_t panel[] = {panel_l2, panel_npu, panel_link, panel_power,
                                          panel_console};
    board_t *board = board_new(NULL);
    for (uint32_t i = 0; i < 30; i++) {
        put_packet(i * MS, i * MS + 200 * US, MIPI_DT_RAW10, 2544);
        put_layer(i, "a/long/name/of_a_layer", 1000 + i, 12345, 700);
        view_tell_line(&rig->model, LINE_HAND, i * MS, "a line that is longer than some");
        view_tell_count(
            &rig->model, "power mW", i * MS,
            "\"pixel\":1.5,\"adc\":100.25,\"readout\":7,\"isp\":1,\"npu\":200,\"l2\":3");
    }
    for (uint32_t round = 0; round < 3; round++) {
        put_network();
        rig->model.energy_known = round > 0;
        rig->model.sensor = round > 1 ? board->sensor : NULL;
        if (round == 0)
            networks.report[0].layers = 0;
        for (size_t i = 0; i < SIM_COUNT(panel); i++)
            for (int32_t w = 0; w < 1300; w = w * 2 + 1)
                for (int32_t h = 0; h < 800; h = h * 2 + 1)
                    view_rig_draw(rig, panel[i], w, h); /* checks that */
        for (size_t i = 0; i < SIM_COUNT(panel); i++) {
            view_rig_draw(rig, panel[i], 233, 175);
            ck_assert_uint_lt(rig->draw.cmds, 400);
        }
    }
    board_free(board);
    teardown();
}
END_TEST

START_TEST(going_back_takes_what_was_told_later)
{
    setup();
    put_packet(10 * MS, 11 * MS, MIPI_DT_FS, 4);
    put_packet(20 * MS, 21 * MS, MIPI_DT_USER1, 77);
    view_tell_line(&rig->model, LINE_UART, 5 * MS, "early");
    view_tell_line(&rig->model, LINE_UART, 15 * MS, "late");
    view_tell_count(&rig->model, "power mW", 5 * MS, "\"npu\":50");
    view_tell_count(&rig->model, "power mW", 15 * MS, "\"npu\":90");
    view_model_back(&rig->model, 12 * MS);
    view_rig_draw(rig, panel_link, 300, 200);
    ck_assert_ptr_null(view_rig_text(rig, "77 B"));
    view_rig_has(rig, "4 B");
    view_rig_draw(rig, panel_console, 300, 60);
    view_rig_has(rig, "early");
    ck_assert_ptr_null(view_rig_text(rig, "late"));
    view_rig_draw(rig, panel_power, 300, 200);
    view_rig_has(rig, "50 mW");
    ck_assert_ptr_null(view_rig_text(rig, "90 mW"));
    teardown();
}
END_TEST

TEST_MAIN("view data", amounts_have_three_digits_and_a_prefix, steps_of_axes_are_1_2_5,
          each_panel_says_what_it_waits_for, tensors_stand_where_they_are_from_layer_to_layer,
          while_a_layer_runs_what_lives_is_brighter, the_tensor_under_the_pointer_is_told,
          a_network_that_came_compiled_has_regions,
          a_layer_is_as_wide_as_its_cycles_and_as_high_as_the_array_is_used,
          the_layer_that_runs_or_is_pointed_at_is_told, many_layers_need_few_commands,
          the_link_has_its_rate_and_its_sums, the_newest_packet_is_on_the_right,
          the_fifo_holds_what_it_was_told_last,
          a_small_panel_has_the_figures_of_the_blocks_that_took_most, power_is_stacked_by_block,
          a_column_of_many_samples_is_their_mean, energy_and_temperature_are_told,
          the_newest_line_is_at_the_bottom, a_long_line_is_cut, they_stay_inside_of_any_size,
          going_back_takes_what_was_told_later)
