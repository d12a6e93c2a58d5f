#include "tools/energy_report.h"

#include <string.h>

/* ---- figures ---- */

energy_mean_t energy_mean(const energy_t *energy)
{
    const energy_state_t *s = &energy->state;
    energy_mean_t mean = {.ps = s->now_ps - s->start_ps};
    const uint64_t *fj = s->block_fj;
    if (s->frames != 0) {
        mean.frames = s->frames;
        mean.ps = s->frames_ps;
        fj = s->frames_fj;
    }
    memcpy(mean.block_fj, fj, sizeof(mean.block_fj));
    mean.fj = energy_sum_fj(fj);
    return mean;
}

/* fJ in ps are mW. */
double energy_mw(uint64_t fj, uint64_t ps)
{
    return ps != 0 ? (double)fj / (double)ps : 0;
}

/* Operations in 1000 fJ are 10^12 in 1 J. */
double energy_tops_per_w(uint64_t macs, uint64_t fj)
{
    return fj != 0 ? 2000 * (double)macs / (double)fj : 0;
}

static uint64_t phase_fj(const energy_t *e, energy_phase_t phase)
{
    return energy_sum_fj(e->state.phase_fj[phase]);
}

/* What the NPU's work took, whatever the phase (a network may run while rows are read): without
 * leakage. */
static uint64_t npu_work_fj(const energy_t *e)
{
    return e->state.block_fj[TECH_NPU] - e->state.leakage[TECH_NPU].fj;
}

static double npu_tops_per_w(const energy_t *e)
{
    return energy_tops_per_w(energy_watched(e, ENERGY_MACS), npu_work_fj(e));
}

static uint64_t per(uint64_t fj, uint64_t count)
{
    return count != 0 ? fj / count : 0;
}

/* ---- stats.json ---- */

static void add_blocks_of(sim_json_t *parent, const char *key, const uint64_t *fj)
{
    sim_json_t *to = sim_json_add_object(parent, key);
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
        sim_json_add_u64(to, tech_block_names[b], fj[b]);
}

static void add_blocks(sim_json_t *parent, const energy_t *e)
{
    const energy_state_t *s = &e->state;
    sim_json_t *to = sim_json_add_object(parent, "blocks");
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        sim_json_t *block = sim_json_add_object(to, tech_block_names[b]);
        sim_json_add_u64(block, "fj", s->block_fj[b]);
        sim_json_add_u64(block, "leakage_fj", s->leakage[b].fj);
        sim_json_add_num(block, "mean_mw", energy_mw(s->block_fj[b], s->now_ps - s->start_ps));
        sim_json_add_num(block, "peak_mw", energy_mw(s->peak_fj[b], e->tech->sample_ps));
    }
}

static void add_phases(sim_json_t *parent, const energy_t *e)
{
    sim_json_t *to = sim_json_add_object(parent, "phases");
    for (uint32_t p = 0; p < ENERGY_PHASE_COUNT; p++) {
        sim_json_t *phase = sim_json_add_object(to, energy_phase_names[p]);
        sim_json_add_u64(phase, "ps", e->state.phase_ps[p]);
        sim_json_add_u64(phase, "fj", phase_fj(e, (energy_phase_t)p));
        add_blocks_of(phase, "blocks", e->state.phase_fj[p]);
    }
}

/* Every row: what it counted, what that cost. */
static void add_activity(sim_json_t *parent, const energy_t *e)
{
    sim_json_t *to = sim_json_add_array(parent, "activity");
    for (uint32_t r = 0; r < e->tech->rows; r++) {
        const tech_row_t *row = &e->tech->row[r];
        const tech_part_t *part = &e->tech->part[row->part];
        if (!e->there[row->part])
            continue;
        sim_json_t *item = sim_json_add_object(to, NULL);
        sim_json_add_str(item, "block", tech_block_names[part->block]);
        sim_json_add_str(item, "component", part->component);
        sim_json_add_str(item, "stat", row->stat);
        if (row->index != TECH_ALL)
            sim_json_add_u64(item, "index", row->index);
        sim_json_add_u64(item, "count", e->state.count[r]);
        sim_json_add_u64(item, "aj", row->aj);
        sim_json_add_u64(item, "fj", e->state.row[r].fj);
    }
}

static void add_frames(sim_json_t *parent, const energy_t *e, const void *frames, size_t bytes)
{
    const energy_frame_t *frame = frames;
    sim_json_t *to = sim_json_add_array(parent, "frames");
    uint64_t rest = energy_sum_fj(e->state.block_fj) - energy_sum_fj(e->state.frames_fj);
    sim_json_add_u64(parent, "outside_frames_fj", rest);
    for (size_t i = 0; i < bytes / sizeof(*frame); i++) {
        sim_json_t *item = sim_json_add_object(to, NULL);
        sim_json_add_u64(item, "frame", frame[i].frame);
        sim_json_add_u64(item, "start_ps", frame[i].start_ps);
        sim_json_add_u64(item, "end_ps", frame[i].end_ps);
        sim_json_add_u64(item, "fj", energy_sum_fj(frame[i].fj));
        add_blocks_of(item, "blocks", frame[i].fj);
    }
}

static void add_area(sim_json_t *parent, const tech_t *tech)
{
    sim_json_t *to = sim_json_add_object(parent, "area_mm2");
    for (uint32_t d = 0; d < TECH_DIES; d++) {
        sim_json_t *die = sim_json_add_object(to, tech_die_names[d]);
        sim_json_add_num(die, "node_nm", tech->node_nm[d]);
        sim_json_add_num(die, "total", tech_die_um2(tech, (tech_die_t)d) / 1e6);
        for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
            double um2 = tech_area_um2(tech, (tech_die_t)d, (tech_block_t)b);
            if (um2 > 0)
                sim_json_add_num(die, tech_block_names[b], um2 / 1e6);
        }
    }
}

/* One die lies on the other: the larger is the footprint. */
static double density_mw_per_mm2(const energy_t *e, double mw)
{
    double pixel = tech_die_um2(e->tech, TECH_PIXEL_DIE);
    double logic = tech_die_um2(e->tech, TECH_LOGIC_DIE);
    double um2 = pixel > logic ? pixel : logic;
    return um2 > 0 ? mw / (um2 / 1e6) : 0;
}

static void add_power(sim_json_t *parent, const energy_t *e)
{
    const energy_state_t *s = &e->state;
    double mean = energy_mw(energy_sum_fj(s->block_fj), s->now_ps - s->start_ps);
    double peak = energy_mw(s->peak_total_fj, e->tech->sample_ps);
    sim_json_t *to = sim_json_add_object(parent, "power");
    sim_json_add_num(to, "mean_mw", mean);
    sim_json_add_num(to, "peak_mw", peak);
    sim_json_add_u64(to, "peak_ps", s->peak_ps);
    sim_json_add_u64(to, "sample_ps", e->tech->sample_ps);
    sim_json_add_num(to, "mean_mw_per_mm2", density_mw_per_mm2(e, mean));
    sim_json_add_num(to, "peak_mw_per_mm2", density_mw_per_mm2(e, peak));
}

void energy_add_stats(sim_json_t *parent, const energy_t *energy, const void *frames,
                      size_t frames_bytes)
{
    const energy_state_t *s = &energy->state;
    if (!energy->on)
        return;
    sim_json_t *to = sim_json_add_object(parent, "energy");
    sim_json_add_u64(to, "fj", energy_sum_fj(s->block_fj));
    sim_json_add_u64(to, "leakage_fj", energy_leakage_fj(energy));
    sim_json_add_u64(to, "ps", s->now_ps - s->start_ps);
    sim_json_add_u64(to, "macs", energy_watched(energy, ENERGY_MACS));
    sim_json_add_u64(to, "inferences", energy_watched(energy, ENERGY_RUNS));
    add_power(to, energy);
    add_blocks(to, energy);
    add_phases(to, energy);
    add_activity(to, energy);
    add_frames(to, energy, frames, frames_bytes);
    add_area(to, energy->tech);
}

/* ---- summaries ---- */

void energy_add_summary(sim_json_t *parent, const energy_t *energy, uint64_t px)
{
    energy_mean_t mean = energy_mean(energy);
    uint64_t runs = energy_watched(energy, ENERGY_RUNS);
    if (!energy->on)
        return;
    sim_json_t *to = sim_json_add_object(parent, "energy");
    sim_json_add_u64(to, "frames", mean.frames);
    sim_json_add_u64(to, "frame_fj", per(mean.fj, mean.frames));
    sim_json_add_u64(to, "pixel_fj", per(mean.fj, mean.frames * px));
    sim_json_add_u64(to, "inference_fj", per(phase_fj(energy, ENERGY_INFERENCE), runs));
    sim_json_add_u64(to, "inference_npu_fj", per(npu_work_fj(energy), runs));
    sim_json_add_num(to, "mean_mw", energy_mw(mean.fj, mean.ps));
    sim_json_add_num(to, "peak_mw",
                     energy_mw(energy->state.peak_total_fj, energy->tech->sample_ps));
    sim_json_add_num(to, "npu_tops_per_w", npu_tops_per_w(energy));
    sim_json_add_num(to, "mean_mw_per_mm2",
                     density_mw_per_mm2(energy, energy_mw(mean.fj, mean.ps)));
    sim_json_t *area = sim_json_add_object(to, "area_mm2");
    for (uint32_t d = 0; d < TECH_DIES; d++)
        sim_json_add_num(area, tech_die_names[d], tech_die_um2(energy->tech, (tech_die_t)d) / 1e6);
    sim_json_t *blocks = sim_json_add_object(to, "frame_blocks_fj");
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
        sim_json_add_u64(blocks, tech_block_names[b], per(mean.block_fj[b], mean.frames));
}

typedef struct {
    const char *name;
    double fj;
} unit_t;

static unit_t unit_of(double fj)
{
    static const unit_t units[] = {{"J", 1e15}, {"mJ", 1e12}, {"uJ", 1e9}, {"nJ", 1e6}};
    uint32_t u = 0;
    while (u + 1 < SIM_COUNT(units) && fj < units[u].fj)
        u++;
    return units[u];
}

/* "7.31 mJ`what`: pixel 2.10, adc 1.90": blocks of one percent and more. */
static void print_blocks(const uint64_t *fj, double count, const char *what, FILE *to)
{
    double sum = (double)energy_sum_fj(fj) / count;
    unit_t unit = unit_of(sum);
    const char *before = ": ";
    fprintf(to, "%.2f %s%s", sum / unit.fj, unit.name, what);
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        double part = (double)fj[b] / count;
        if (part * 100 < sum || fj[b] == 0)
            continue;
        fprintf(to, "%s%s %.2f", before, tech_block_names[b], part / unit.fj);
        before = ", ";
    }
}

void energy_print_summary(const energy_t *energy, FILE *to)
{
    energy_mean_t mean = energy_mean(energy);
    if (!energy->on) {
        fputs("not metered", to);
        return;
    }
    print_blocks(mean.block_fj, mean.frames != 0 ? (double)mean.frames : 1,
                 mean.frames != 0 ? " a frame" : "", to);
    fprintf(to, "; %.1f mW mean, %.1f peak", energy_mw(mean.fj, mean.ps),
            energy_mw(energy->state.peak_total_fj, energy->tech->sample_ps));
    if (npu_tops_per_w(energy) > 0)
        fprintf(to, "; NPU %.2f TOPS/W", npu_tops_per_w(energy));
}

/* ---- parts of a sensor ---- */

void energy_add_account(sim_json_t *parent, const energy_t *energy)
{
    const energy_state_t *s = &energy->state;
    if (!energy->on)
        return;
    sim_json_t *to = sim_json_add_object(parent, "energy");
    sim_json_add_u64(to, "fj", energy_sum_fj(s->block_fj));
    sim_json_add_u64(to, "leakage_fj", energy_leakage_fj(energy));
    sim_json_add_num(to, "mean_mw", energy_mw(energy_sum_fj(s->block_fj), s->now_ps - s->start_ps));
    if (energy_watched(energy, ENERGY_MACS) != 0)
        sim_json_add_num(
            to, "npu_tops_per_w",
            energy_tops_per_w(energy_watched(energy, ENERGY_MACS), s->block_fj[TECH_NPU]));
    sim_json_t *blocks = sim_json_add_object(to, "blocks");
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
        if (s->block_fj[b] != 0)
            sim_json_add_u64(blocks, tech_block_names[b], s->block_fj[b]);
    add_activity(to, energy);
}

void energy_print_account(const energy_t *energy, FILE *to)
{
    const energy_state_t *s = &energy->state;
    if (!energy->on)
        return;
    fputs("energy ", to);
    print_blocks(s->block_fj, 1, "", to);
    fprintf(to, "; %.1f mW mean", energy_mw(energy_sum_fj(s->block_fj), s->now_ps - s->start_ps));
    if (energy_watched(energy, ENERGY_MACS) != 0)
        fprintf(to, "; NPU %.2f TOPS/W",
                energy_tops_per_w(energy_watched(energy, ENERGY_MACS), s->block_fj[TECH_NPU]));
    fputc('\n', to);
}
