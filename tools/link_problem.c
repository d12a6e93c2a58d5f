#include "tools/link_problem.h"

link_problem_t link_problem_of_event(const mipi_rx_event_t *event)
{
    return (link_problem_t){
        .what = mipi_rx_kind_name(event->kind),
        .text = mipi_rx_kind_text(event->kind),
        .packet = event->packet,
        .has_time = true,
        .time_ps = event->time_ps,
        .has_place = event->header_known,
        .vc = event->vc,
        .dt = event->dt,
        .has_lane = mipi_rx_kind_of_lane(event->kind) && event->kind != MIPI_RX_LANE_COUNT,
        .lane = event->lane,
        .corrected = event->corrected,
        .found = event->found,
        .expected = event->expected,
    };
}

link_problem_t link_problem_of_capture(const mipi_capture_problem_t *problem)
{
    return (link_problem_t){
        .what = mipi_capture_kind_name(problem->kind),
        .text = mipi_capture_kind_text(problem->kind),
        .packet = problem->packet,
        .has_offset = true,
        .offset = problem->offset,
        .found = problem->found,
        .expected = problem->expected,
    };
}

void link_problem_print(const link_problem_t *p, FILE *to)
{
    const uint64_t s = UINT64_C(1000000000000);
    fprintf(to, "packet %llu", (unsigned long long)p->packet);
    if (p->has_time)
        fprintf(to, ", %llu.%012llu s", (unsigned long long)(p->time_ps / s),
                (unsigned long long)(p->time_ps % s));
    if (p->has_offset)
        fprintf(to, ", byte %llu", (unsigned long long)p->offset);
    if (p->has_place)
        fprintf(to, ", VC %u %s", p->vc, mipi_dt_name(p->dt));
    if (p->has_lane)
        fprintf(to, ", lane %u", p->lane);
    fprintf(to, ": %s: %s", p->what, p->text);
    if (p->found != p->expected)
        fprintf(to, ": found 0x%llx, expected 0x%llx", (unsigned long long)p->found,
                (unsigned long long)p->expected);
    fputc('\n', to);
}

sim_json_t *link_problem_json(const link_problem_t *p)
{
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "packet", p->packet);
    if (p->has_time)
        sim_json_add_u64(line, "time_ps", p->time_ps);
    if (p->has_offset)
        sim_json_add_u64(line, "byte", p->offset);
    if (p->has_place) {
        sim_json_add_u64(line, "vc", p->vc);
        sim_json_add_u64(line, "dt", p->dt);
    }
    if (p->has_lane)
        sim_json_add_u64(line, "lane", p->lane);
    sim_json_add_str(line, "what", p->what);
    sim_json_add_str(line, "text", p->text);
    sim_json_add_bool(line, "corrected", p->corrected);
    sim_json_add_u64(line, "found", p->found);
    sim_json_add_u64(line, "expected", p->expected);
    return line;
}

void link_counters_json(const mipi_rx_t *rx, sim_json_t *out)
{
    sim_json_t *all = sim_json_add_object(out, "counters");
    sim_json_t *by = sim_json_add_object(out, "by_channel_or_lane");
    for (uint32_t k = 0; k < MIPI_RX_EVENT_KINDS; k++) {
        const char *name = mipi_rx_kind_name((mipi_rx_kind_t)k);
        sim_json_add_u64(all, name, rx->counts[k]);
        sim_json_t *of = rx->counts[k] != 0 ? sim_json_add_object(by, name) : NULL;
        for (uint32_t n = 0; of != NULL && n < MIPI_VCS; n++) {
            char key[4];
            snprintf(key, sizeof(key), "%u", n);
            if (rx->by[k][n] != 0)
                sim_json_add_u64(of, key, rx->by[k][n]);
        }
    }
    sim_json_add_u64(all, "vcx_frame_error", mipi_rx_vcx_frame_errors(rx));
}
