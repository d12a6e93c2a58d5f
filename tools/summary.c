/*
 * summary.c - what a run says at its end.
 */
#include "tools/run.h"

#include <stdlib.h>
#include <string.h>

#include "sim/file.h"

static double ms(int64_t ps)
{
    return (double)ps / 1e9;
}

static double between_ms(uint64_t from_ps, uint64_t to_ps)
{
    return ms((int64_t)(to_ps - from_ps));
}

static double mean_ms(const run_latency_t *latency)
{
    return latency->count != 0 ? ms(latency->sum_ps) / (double)latency->count : 0;
}

static pix_size_t frame_size(const run_t *run)
{
    return pix_frame_size(&run->sensor->pixel.now);
}

/* What a camera without a network would have sent: every pixel, 10 bits each. */
static uint64_t raw_bytes(const run_t *run)
{
    pix_size_t size = frame_size(run);
    return (uint64_t)size.width_px * size.height_px * 10 / 8 * run_frames(run);
}

/* Of a frame, mean. */
static double npu_cycles(const run_t *run)
{
    const npu_t *npu = &run->sensor->npu;
    return npu->runs != 0 ? (double)npu->total.cycles / (double)npu->runs : 0;
}

/* The same. */
static double macs(const run_t *run)
{
    const npu_t *npu = &run->sensor->npu;
    return npu->runs != 0 ? (double)npu->total.macs / (double)npu->runs : 0;
}

static double npu_utilization(const run_t *run)
{
    const npu_desc_t *desc = &run->sensor->npu.desc;
    double peak = npu_peak_macs(desc, 0) * npu_cycles(run);
    return peak > 0 ? macs(run) / peak : 0;
}

/* Frame 0, end to end: each part ends where the next begins, so they add up to photon_to_alert. */
static void print_frame_0(const timeline_frame_t *f, FILE *to)
{
    fprintf(to,
            "frame 0   exposure %.3f + readout %.3f + ISP %.3f + NPU %.3f + firmware %.3f + link "
            "%.3f = %.3f ms\n",
            between_ms(f->exposure_start_ps, f->readout_start_ps),
            between_ms(f->readout_start_ps, f->readout_end_ps),
            between_ms(f->readout_end_ps, f->npu_start_ps),
            between_ms(f->npu_start_ps, f->npu_end_ps),
            between_ms(f->npu_end_ps, f->firmware_end_ps),
            between_ms(f->firmware_end_ps, f->link_last_ps),
            between_ms(f->exposure_start_ps, f->link_last_ps));
}

/* What sets the time of the last frame's rows, and what the others would have allowed. */
static void print_row_time(const pix_t *pixel, FILE *to)
{
    uint32_t pck[PIX_LIMITS];
    double us = 1e6 / (double)pixel->desc.clk_hz;
    if (pixel->frames == 0)
        return;
    pix_limit_t limit = pix_row_limit(&pixel->desc, &pixel->now, pck);
    fprintf(to, "row time  %.3f us, set by %s (", pixel->now.line_length_pck * us,
            pix_limit_names[limit]);
    for (uint32_t i = 0; i < PIX_LIMITS; i++)
        fprintf(to, "%s %.3f%s", pix_limit_names[i], pck[i] * us,
                i + 1 < PIX_LIMITS ? ", " : ")\n");
}

/* What the last frame's rows took of the link, as the registers stand. */
typedef struct {
    mipi_row_cost_t row; /* bytes 0: no image is sent */
    uint64_t line_ps;    /* of the frame */
    uint32_t least_pck;  /* line length at which rows drain as fast as they come */
} budget_t;

static budget_t link_budget(const run_t *run)
{
    const pix_t *pixel = &run->sensor->pixel;
    budget_t b = {0};
    if (pixel->frames == 0)
        return b;
    b.row = sensor_row_cost(run->sensor, pixel->now.adc_bits, frame_size(run).width_px);
    b.line_ps = pix_line_time_ps(&pixel->now);
    b.least_pck = (uint32_t)sim_edge_at_or_after(b.row.ps, pixel->now.clk_hz);
    return b;
}

static double fill(const budget_t *b)
{
    return (double)b->row.ps / (double)b->line_ps;
}

static void print_budget(const run_t *run, FILE *to)
{
    const mipi_tx_t *tx = &run->sensor->mipi;
    budget_t b = link_budget(run);
    if (b.row.bytes == 0)
        return;
    fprintf(to,
            "link row  %llu bytes, %.3f of %.3f us (%.1f %%); line_length_pck %u or more drains; "
            "FIFO at most %llu of %u bytes, %llu lines lost\n",
            (unsigned long long)b.row.bytes, (double)b.row.ps / 1e6, (double)b.line_ps / 1e6,
            100 * fill(&b), b.least_pck, (unsigned long long)tx->fifo_peak_bytes,
            tx->desc.fifo_bytes, (unsigned long long)tx->lines_lost);
}

static double celsius(uint64_t mk)
{
    return ((double)mk - 273150) / 1000;
}

/* Of dies that were not as warm all the time. */
static void print_temperature(const thermal_t *th, FILE *to)
{
    if (th->most_mk == th->start_mk && th->now_mk == th->start_mk)
        return;
    fprintf(to, "dies      %.2f C at the start, %.2f C at the end, %.2f C at most\n",
            celsius(th->start_mk), celsius(th->now_mk), celsius(th->most_mk));
}

void run_print_faults(const run_t *run, FILE *to)
{
    const fault_set_t *f = &run->faults;
    char why[128];
    if (f->items == 0)
        return;
    fprintf(to,
            "faults    %llu injected: %llu recovered, %llu detected, %llu silent, %llu without "
            "effect, %llu waiting; %llu not injected\n",
            (unsigned long long)f->injected, (unsigned long long)f->total[FAULT_RECOVERED],
            (unsigned long long)f->total[FAULT_DETECTED],
            (unsigned long long)f->total[FAULT_SILENT], (unsigned long long)f->total[FAULT_NOTHING],
            (unsigned long long)f->total[FAULT_WAITING],
            (unsigned long long)f->total[FAULT_ABSENT]);
    for (uint32_t i = 0; i < f->items; i++) {
        uint32_t absent = fault_absent(f, i, why, sizeof(why));
        if (absent != 0)
            fprintf(to, "          faults[%u] %s: %u not injected, %s\n", i, f->item[i].kind->name,
                    absent, why);
    }
}

static void print_people(const run_t *run, FILE *to)
{
    fprintf(to,
            "people    %llu boxes for %llu true ones: precision %.3f, recall %.3f (IoU >= %.1f)\n",
            (unsigned long long)run->score.reported, (unsigned long long)run->score.truth,
            score_precision(&run->score), score_recall(&run->score), SCORE_MIN_IOU);
    fprintf(to, "crossings %u in, %u out (truth: %u in, %u out)\n", run->count_in, run->count_out,
            run->truth_in, run->truth_out);
}

static void print_tensors(const tensor_files_t *tensors, FILE *to)
{
    fprintf(to, "tensors   lines in %llu frames: %llu inputs, %llu outputs\n",
            (unsigned long long)tensors->frames, (unsigned long long)tensors->inputs,
            (unsigned long long)tensors->outputs);
}

/* "3 problems (crc 2, fs_pairing 1)" */
static void print_problems(const host_t *host, FILE *to)
{
    const char *before = " (";
    fprintf(to, "%llu problems", (unsigned long long)host->problems);
    for (uint32_t k = 0; k < MIPI_RX_EVENT_KINDS; k++) {
        mipi_rx_kind_t kind = (mipi_rx_kind_t)k;
        if (host->rx.counts[k] == 0 || mipi_rx_kind_is_note(kind))
            continue;
        fprintf(to, "%s%s %llu", before, mipi_rx_kind_name(kind),
                (unsigned long long)host->rx.counts[k]);
        before = ", ";
    }
    fputs(*before == ',' ? ")" : "", to);
}

/* What a network made of the frames. */
static void print_inferences(const run_t *run, FILE *to)
{
    if (run->host.tensors.frames != 0)
        print_tensors(&run->host.tensors, to);
    else if (run->scenario.output.metadata)
        print_people(run, to);
    fprintf(
        to,
        "latency   photon_to_alert %.3f ms mean, %.3f max; readout_to_alert %.3f mean, %.3f max\n",
        mean_ms(&run->photon_to_alert), ms(run->photon_to_alert.max_ps),
        mean_ms(&run->readout_to_alert), ms(run->readout_to_alert.max_ps));
    print_frame_0(&run->first, to);
    fprintf(to, "NPU       ");
    for (uint32_t n = 0; n < run->networks.count; n++)
        fprintf(to, "%s%s", n == 0 ? "" : ", ", run->networks.prog[n].meta.name);
    fprintf(to, ": %.0f cycles a frame (%.3f ms), %.1f M MACs, %.1f %% of the array\n",
            npu_cycles(run), mean_ms(&run->npu_time), macs(run) / 1e6, 100 * npu_utilization(run));
}

void run_print_summary(const run_t *run, FILE *to)
{
    pix_size_t size = frame_size(run);
    double simulated = (double)sim_now_ps(run->sim) / 1e12;
    fprintf(to,
            "frames    %llu of %ux%u in %.3f s simulated, %.2f s of host time (%.2f x real time)\n",
            (unsigned long long)run_frames(run), size.width_px, size.height_px, simulated,
            run->host_s, simulated / run->host_s);
    if (run->networks.count != 0)
        print_inferences(run, to);
    print_row_time(&run->sensor->pixel, to);
    fprintf(to, "link      %.1f kB, ", (double)run->sensor->mipi.link_bytes / 1e3);
    print_problems(&run->host, to);
    fprintf(to, "; a raw camera: %.1f MB\n", (double)raw_bytes(run) / 1e6);
    print_budget(run, to);
    run_print_faults(run, to);
    print_temperature(&run->sensor->thermal, to);
    fputs("energy    ", to);
    energy_print_summary(&run->sensor->energy, to);
    fputc('\n', to);
    fprintf(to, "results   %s\n", run->results.dir);
}

static void add_latency(sim_json_t *parent, const char *name, const run_latency_t *latency)
{
    sim_json_t *item = sim_json_add_object(parent, name);
    sim_json_add_num(item, "mean_ms", mean_ms(latency));
    sim_json_add_num(item, "max_ms", ms(latency->max_ps));
}

static void add_row_time(sim_json_t *parent, const pix_t *pixel)
{
    uint32_t pck[PIX_LIMITS];
    if (pixel->frames == 0)
        return;
    pix_limit_t limit = pix_row_limit(&pixel->desc, &pixel->now, pck);
    sim_json_t *row = sim_json_add_object(parent, "row_time");
    sim_json_add_num(row, "us", pixel->now.line_length_pck * 1e6 / (double)pixel->desc.clk_hz);
    sim_json_add_str(row, "set_by", pix_limit_names[limit]);
    for (uint32_t i = 0; i < PIX_LIMITS; i++)
        sim_json_add_u64(row, pix_limit_names[i], pck[i]);
}

static void add_temperature(sim_json_t *parent, const thermal_t *th)
{
    sim_json_t *dies = sim_json_add_object(parent, "temperature_c");
    sim_json_add_num(dies, "start", celsius(th->start_mk));
    sim_json_add_num(dies, "end", celsius(th->now_mk));
    sim_json_add_num(dies, "max", celsius(th->most_mk));
}

static void add_budget(sim_json_t *link, const run_t *run)
{
    const mipi_tx_t *tx = &run->sensor->mipi;
    budget_t b = link_budget(run);
    sim_json_add_u64(link, "fifo_bytes", tx->desc.fifo_bytes);
    sim_json_add_u64(link, "fifo_peak_bytes", tx->fifo_peak_bytes);
    sim_json_add_u64(link, "lines_lost", tx->lines_lost);
    if (b.row.bytes == 0)
        return;
    sim_json_t *row = sim_json_add_object(link, "row");
    sim_json_add_u64(row, "bytes", b.row.bytes);
    sim_json_add_num(row, "us", (double)b.row.ps / 1e6);
    sim_json_add_num(row, "fill", fill(&b));
    sim_json_add_u64(row, "least_line_length_pck", b.least_pck);
}

static void add_faults(sim_json_t *parent, const fault_set_t *f)
{
    char why[128];
    if (f->items == 0)
        return;
    sim_json_t *faults = sim_json_add_object(parent, "faults");
    sim_json_add_u64(faults, "injected", f->injected);
    for (uint32_t i = 0; i < FAULT_OUTCOMES; i++)
        sim_json_add_u64(faults, fault_outcome_names[i], f->total[i]);
    sim_json_t *list = sim_json_add_array(faults, "absent");
    for (uint32_t i = 0; i < f->items; i++) {
        uint32_t absent = fault_absent(f, i, why, sizeof(why));
        if (absent == 0)
            continue;
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_u64(item, "fault", i);
        sim_json_add_str(item, "kind", f->item[i].kind->name);
        sim_json_add_u64(item, "count", absent);
        sim_json_add_str(item, "reason", why);
    }
}

/* What the scenario's host did, and did not get to. */
static void add_host(sim_json_t *out, const script_t *script)
{
    uint32_t at = 0;
    sim_json_t *host = sim_json_add_object(out, "host");
    sim_json_add_u64(host, "steps", script->steps);
    sim_json_add_u64(host, "done", script->done);
    sim_json_t *list = sim_json_add_array(host, "unreached");
    for (const scenario_step_t *step; (step = script_unreached(script, &at)) != NULL;)
        sim_json_add_str(list, NULL, step->path);
}

sim_json_t *run_summary_json(const run_t *run)
{
    sim_json_t *out = sim_json_object();
    sim_json_add_u64(out, "frames", run_frames(run));
    sim_json_add_num(out, "simulated_s", (double)sim_now_ps(run->sim) / 1e12);
    sim_json_t *people = sim_json_add_object(out, "people");
    sim_json_add_u64(people, "boxes", run->score.reported);
    sim_json_add_u64(people, "truth", run->score.truth);
    sim_json_add_u64(people, "right", run->score.right);
    sim_json_add_num(people, "precision", score_precision(&run->score));
    sim_json_add_num(people, "recall", score_recall(&run->score));
    sim_json_t *counts = sim_json_add_object(out, "counts");
    sim_json_add_u64(counts, "in", run->count_in);
    sim_json_add_u64(counts, "out", run->count_out);
    sim_json_add_u64(counts, "truth_in", run->truth_in);
    sim_json_add_u64(counts, "truth_out", run->truth_out);
    if (run->host.tensors.frames != 0) {
        sim_json_t *tensors = sim_json_add_object(out, "tensors");
        sim_json_add_u64(tensors, "frames", run->host.tensors.frames);
        sim_json_add_u64(tensors, "inputs", run->host.tensors.inputs);
        sim_json_add_u64(tensors, "outputs", run->host.tensors.outputs);
    }
    sim_json_t *latency = sim_json_add_object(out, "latency");
    add_latency(latency, "photon_to_alert", &run->photon_to_alert);
    add_latency(latency, "readout_to_alert", &run->readout_to_alert);
    add_row_time(out, &run->sensor->pixel);
    sim_json_t *npu = sim_json_add_object(out, "npu");
    sim_json_add_num(npu, "cycles", npu_cycles(run));
    sim_json_add_num(npu, "utilization", npu_utilization(run));
    sim_json_t *link = sim_json_add_object(out, "link");
    sim_json_add_u64(link, "bytes", run->sensor->mipi.link_bytes);
    sim_json_add_u64(link, "raw_camera_bytes", raw_bytes(run));
    sim_json_add_u64(link, "problems", run->host.problems);
    link_counters_json(&run->host.rx, link);
    add_budget(link, run);
    if (run->script.steps != 0)
        add_host(out, &run->script);
    add_faults(out, &run->faults);
    add_temperature(out, &run->sensor->thermal);
    pix_size_t size = frame_size(run);
    energy_add_summary(out, &run->sensor->energy, (uint64_t)size.width_px * size.height_px);
    return out;
}

bool run_write_summary(const run_t *run, const char *dir, char *error, size_t error_bytes)
{
    char path[1280];
    sim_json_t *summary = run_summary_json(run);
    char *text = sim_json_print(summary, true);
    snprintf(path, sizeof(path), "%s/summary.json", dir);
    bool fine =
        text != NULL && sim_file_write(path, text, strlen(text), error, error_bytes) == SIM_OK;
    free(text);
    sim_json_free(summary);
    return fine;
}
