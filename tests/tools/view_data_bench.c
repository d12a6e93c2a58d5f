/*
 * view_data_bench.c - what a draw of each panel of figures takes with everything full: 65,536
 * spans in sight, 8,192 packets and fills, 2,048 samples of power, 512 layers. Time is the
 * processor's, the best of a few, in a window of 1280 x 800.
 */
#include <stdio.h>
#include <time.h>

#include "sim/time.h"
#include "tools/view/ui.h"

enum { TURNS = 40 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void tell_spans(view_model_t *m)
{
    static const char *const track[] = {"npu.load", "npu.mac", "npu.vec", "npu.store",
                                        "npu.seq",  "core",    "irq.NPU", "link.packets"};
    for (uint64_t i = 0; i < 2 * VIEW_SPANS; i++) {
        uint64_t start = i * SIM_PS_PER_US, end = start + (1 + i % 3) * SIM_PS_PER_US;
        view_tell_span(m, track[i % SIM_COUNT(track)], "conv", start, end,
                       "\"insn\":123,\"layer\":4", start + 3 * SIM_PS_PER_US);
    }
    m->now_ps = 2 * VIEW_SPANS * SIM_PS_PER_US;
}

static void tell_the_rest(view_model_t *m)
{
    uint64_t whole = m->now_ps;
    for (uint64_t i = 0; i < VIEW_PACKETS; i++) {
        view_packet_t *p = view_tell_packet(m);
        p->start_ps = i * (whole / VIEW_PACKETS);
        p->end_ps = p->start_ps + whole / VIEW_PACKETS / 2;
        p->dt = 0x2b;
        p->bytes = 2544;
    }
    for (uint64_t i = 0; i < VIEW_FILLS; i++)
        view_tell_fill(m, i * (whole / VIEW_FILLS), (uint32_t)(i % 3) * 5000);
    for (uint64_t i = 0; i < VIEW_SAMPLES; i++)
        view_tell_count(m, "power mW", i * (whole / VIEW_SAMPLES),
                        "\"pixel\":10,\"adc\":100,\"readout\":3,\"isp\":10,\"npu\":20,\"l2\":10,"
                        "\"core\":9,\"bus\":1,\"link\":1,\"other\":9");
    for (uint32_t i = 0; i < VIEW_LAYERS; i++) {
        view_layer_t *layer = &m->layer[i];
        snprintf(layer->name, sizeof(layer->name), "layer_%u", i);
        layer->known = true;
        layer->report.cycles = 1000 + i % 100;
        layer->report.macs = 100000;
        layer->report.classes[NPU_CLASS_COMPUTE] = layer->report.classes[NPU_CLASS_DMA] = 500;
    }
    m->layers = VIEW_LAYERS;
    for (uint32_t i = 0; i < VIEW_LINES; i++)
        view_tell_line(m, LINE_UART, i, "a line of the console, number %u", i);
}

int main(void)
{
    static const struct {
        const char *name;
        ui_panel_fn_t fn;
        int32_t w, h;
    } panel[] = {{"timeline", panel_timeline, 947, 148},
                 {"npu", panel_npu, 231, 175},
                 {"link", panel_link, 231, 175},
                 {"power", panel_power, 231, 175},
                 {"console", panel_console, 947, 58}};
    static view_model_t model;
    static view_ui_t state;
    static draw_t draw;
    ui_t ui = {.model = &model, .ui = &state, .draw = &draw};
    if (!view_model_init(&model))
        return 1;
    view_ui_init(&state);
    tell_spans(&model);
    tell_the_rest(&model);
    state.span_ps = model.now_ps / 2; /* as much as the ring has */
    for (size_t i = 0; i < SIM_COUNT(panel); i++) {
        double best = 1e9;
        for (uint32_t turn = 0; turn < TURNS; turn++) {
            double start = now_ms();
            draw_begin(&draw, (uint32_t)panel[i].w, (uint32_t)panel[i].h);
            panel[i].fn(&ui, (draw_rect_t){0, 0, panel[i].w, panel[i].h});
            double ms = now_ms() - start;
            best = ms < best ? ms : best;
        }
        printf("view_%s_full %.3f ms\n", panel[i].name, best);
        printf("view_%s_full_list %u commands\n", panel[i].name, draw.cmds);
    }
    view_model_free(&model);
    draw_free(&draw);
    return 0;
}
