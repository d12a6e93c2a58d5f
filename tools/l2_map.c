#include "tools/l2_map.h"

#include <stdio.h>
#include <string.h>

#include "npu/net_info.h"

enum { ROWS = 24, COLUMNS = 120 };

/* Places are called a..z, A..Z, 0..9, and from then on again. */
static char letter(uint32_t place)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    return letters[place % (sizeof(letters) - 1)];
}

/* What stands at the middle of the row in that layer; '.' for nothing. */
static char at(const npu_compile_report_t *r, uint64_t address, uint32_t layer)
{
    for (uint32_t p = 0; p < r->places; p++) {
        const npu_place_plan_t *place = &r->place[p];
        if (layer >= place->first_layer && layer <= place->last_layer && address >= place->l2 &&
            address < (uint64_t)place->l2 + place->bytes)
            return letter(p);
    }
    return '.';
}

static void print_picture(const npu_compile_report_t *r, FILE *to)
{
    uint32_t layers = r->layers + r->steps, step = layers / COLUMNS + 1;
    for (uint32_t row = ROWS; row-- > 0;) {
        uint64_t from = NPU_NET_BYTES + (uint64_t)r->activations_bytes * row / ROWS;
        uint64_t middle = from + r->activations_bytes / (2 * ROWS);
        fprintf(to, "%9llu |", (unsigned long long)from);
        for (uint32_t layer = 0; layer < layers; layer += step)
            fputc(at(r, middle, layer), to);
        fputc('\n', to);
    }
    fprintf(to, "%9s +", "");
    for (uint32_t layer = 0; layer < layers; layer += step)
        fputc(layer / step % 10 == 0 ? '+' : '-', to);
    fprintf(to, "> layer%s%s\n", step > 1 ? ", some left out" : "",
            r->steps > 0 ? ", in the end the core's operators" : "");
}

static void print_places(const npu_compile_report_t *r, FILE *to)
{
    fprintf(to, "%-3s %-32s %10s %10s %7s %8s %9s\n", "", "L2 place", "offset", "bytes", "from",
            "to layer", "rows kept");
    for (uint32_t i = 0; i < r->places; i++) {
        const npu_place_plan_t *p = &r->place[i];
        size_t length = strlen(p->name);
        char rows[16] = "all";
        if (p->ring_rows != 0)
            snprintf(rows, sizeof(rows), "%u", p->ring_rows);
        fprintf(to, "%c   %-32s %10u %10u %7u %8u %9s\n", letter(i),
                p->name + (length > 32 ? length - 32 : 0), p->l2, p->bytes, p->first_layer,
                p->last_layer, rows);
    }
}

static void print_cascades(const npu_compile_report_t *r, FILE *to)
{
    for (uint32_t i = 0; i < r->cascades; i++) {
        const npu_cascade_plan_t *c = &r->cascade[i];
        fprintf(to,
                "layers %u to %u in stripes of %u rows%s: %llu bytes between them instead of %llu, "
                "about %lld cycles more\n",
                c->first, c->last, c->rows, c->ahead ? ", one made ahead" : "",
                (unsigned long long)c->ring_bytes, (unsigned long long)c->whole_bytes,
                (long long)c->extra_cycles);
    }
    if (r->cascades > 0)
        fprintf(to, "lower bound if every map were whole: %llu bytes\n",
                (unsigned long long)r->whole_bound_bytes);
}

void l2_map_print(const npu_compile_report_t *report, FILE *to)
{
    const npu_compile_report_t *r = report;
    fprintf(to, "L2 over time (bytes from the base of L2; the network table below, program and "
                "constants above)\n");
    fprintf(to, "%9u |constants, %u bytes\n", r->constants_l2, r->constants_bytes);
    fprintf(to, "%9u |program, %u bytes\n", r->program_l2, r->program_bytes);
    if (r->post_bytes > 0)
        fprintf(to, "%9u |operators of the core, %u bytes\n", r->program_l2 - r->post_bytes,
                r->post_bytes);
    if (r->sent_bytes > 0)
        fprintf(to, "%9u |apParams, %u bytes of what is free\n",
                r->program_l2 - r->post_bytes - r->sent_bytes, r->sent_bytes);
    print_picture(r, to);
    print_places(r, to);
    double above = r->live_bound_bytes != 0
                       ? 100.0 * ((double)r->activations_bytes / r->live_bound_bytes - 1)
                       : 0;
    fprintf(
        to,
        "activations %u bytes, %.1f %% above the lower bound %u (largest sum of live tensors)\n",
        r->activations_bytes, above, r->live_bound_bytes);
    print_cascades(r, to);
}

void l2_map_move(npu_compile_report_t *report, uint32_t up, uint32_t down)
{
    for (uint32_t i = 0; i < report->places; i++)
        report->place[i].l2 += up;
    report->constants_l2 -= down;
    report->program_l2 -= down;
}

static void add_cascades(const npu_compile_report_t *r, sim_json_t *to)
{
    sim_json_t *cascades = sim_json_add_array(to, "cascades");
    for (uint32_t i = 0; i < r->cascades; i++) {
        const npu_cascade_plan_t *c = &r->cascade[i];
        sim_json_t *item = sim_json_add_object(cascades, NULL);
        sim_json_add_u64(item, "first_layer", c->first);
        sim_json_add_u64(item, "last_layer", c->last);
        sim_json_add_u64(item, "rows", c->rows);
        sim_json_add_bool(item, "ahead", c->ahead);
        sim_json_add_u64(item, "ring_bytes", c->ring_bytes);
        sim_json_add_u64(item, "whole_bytes", c->whole_bytes);
        sim_json_add_i64(item, "extra_cycles", c->extra_cycles);
    }
}

void l2_map_add(const npu_compile_report_t *report, sim_json_t *to)
{
    const npu_compile_report_t *r = report;
    sim_json_t *l2 = sim_json_add_object(to, "l2");
    sim_json_add_u64(l2, "constants_offset", r->constants_l2);
    sim_json_add_u64(l2, "constants_bytes", r->constants_bytes);
    sim_json_add_u64(l2, "program_offset", r->program_l2);
    sim_json_add_u64(l2, "program_bytes", r->program_bytes);
    sim_json_add_u64(l2, "core_bytes", r->post_bytes);
    sim_json_add_u64(l2, "sent_bytes", r->sent_bytes);
    sim_json_add_u64(l2, "activations_bytes", r->activations_bytes);
    sim_json_add_u64(l2, "activations_lower_bound_bytes", r->live_bound_bytes);
    sim_json_add_u64(l2, "whole_lower_bound_bytes", r->whole_bound_bytes);
    sim_json_t *places = sim_json_add_array(to, "places");
    for (uint32_t i = 0; i < r->places; i++) {
        sim_json_t *item = sim_json_add_object(places, NULL);
        sim_json_add_str(item, "name", r->place[i].name);
        sim_json_add_u64(item, "offset", r->place[i].l2);
        sim_json_add_u64(item, "bytes", r->place[i].bytes);
        sim_json_add_u64(item, "first_layer", r->place[i].first_layer);
        sim_json_add_u64(item, "last_layer", r->place[i].last_layer);
        sim_json_add_u64(item, "ring_rows", r->place[i].ring_rows);
    }
    add_cascades(r, to);
}
