/*
 * evaluate_npu.c - one inference on the NPU, and what of it the next one can use.
 *
 *   kept             while                                     else
 *   graph            the model file is the same                read
 *   program          so is all chip data that compilers read   compiled
 *   inference        so are clocks and L2                      run
 *   energy, area     never: worked out from counters and technology each time
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"
#include "sim/rng.h"
#include "tools/energy_report.h"
#include "tools/explore/evaluate_int.h"
#include "tools/inference.h"
#include "tools/network.h"

enum {
    MAX_GRAPHS = SPACE_FILES,
    MAX_PROGRAMS = 8,
    MAX_INFERENCES = 4, /* each has an L2 */
    INPUT_PURPOSE = 0x65787034,
};

typedef struct {
    char file[SPACE_PATH];
    npu_graph_t graph;
    npu_round_t rounding;
} graph_t;

/* What a compiler has made of chip data; error: why it could not. */
typedef struct {
    uint64_t used; /* when last; 0: the place is free */
    uint64_t number;
    const graph_t *graph;
    npu_desc_t desc; /* the clock is 0: compilers do not know it */
    npu_prog_t prog;
    bool fine;
    char error[EVALUATE_REASON];
} program_t;

/* A finished one; its chip stays because the meter looks at it. */
typedef struct {
    uint64_t used;
    uint64_t program; /* number */
    sensor_desc_t chip;
    inference_t in;
    bool fine;
} done_t;

struct npu_evaluator {
    graph_t *graph[MAX_GRAPHS];
    uint32_t graphs;
    program_t program[MAX_PROGRAMS];
    done_t *done[MAX_INFERENCES];
    energy_t energy;
    uint64_t now, numbers;
    evaluator_work_t work;
};

npu_evaluator_t *npu_evaluator_new(void)
{
    return calloc(1, sizeof(npu_evaluator_t));
}

static void drop_program(program_t *p)
{
    npu_prog_free(&p->prog);
    memset(p, 0, sizeof(*p));
}

static void drop_done(done_t **place)
{
    if (*place != NULL)
        inference_free(&(*place)->in);
    free(*place);
    *place = NULL;
}

/* An inference looks at its program. */
static void drop_done_of(npu_evaluator_t *ev, uint64_t program)
{
    for (uint32_t i = 0; i < MAX_INFERENCES; i++)
        if (ev->done[i] != NULL && ev->done[i]->program == program)
            drop_done(&ev->done[i]);
}

void npu_evaluator_free(npu_evaluator_t *ev)
{
    if (ev == NULL)
        return;
    for (uint32_t i = 0; i < MAX_INFERENCES; i++)
        drop_done(&ev->done[i]);
    for (uint32_t i = 0; i < MAX_PROGRAMS; i++)
        drop_program(&ev->program[i]);
    for (uint32_t i = 0; i < ev->graphs; i++) {
        npu_graph_free(&ev->graph[i]->graph);
        free(ev->graph[i]);
    }
    free(ev);
}

evaluator_work_t npu_evaluator_work(const npu_evaluator_t *evaluator)
{
    return evaluator->work;
}

/* ---- graph, program ---- */

static graph_t *find_graph(npu_evaluator_t *ev, const char *file, evaluation_t *e)
{
    char error[EVALUATE_REASON];
    for (uint32_t i = 0; i < ev->graphs; i++)
        if (strcmp(ev->graph[i]->file, file) == 0)
            return ev->graph[i];
    graph_t *g = ev->graphs < MAX_GRAPHS ? calloc(1, sizeof(*g)) : NULL;
    if (g == NULL || strlen(file) >= SPACE_PATH) {
        free(g);
        evaluate_fail(e, "%.200s: too many models, too long a path, or out of memory", file);
        return NULL;
    }
    memcpy(g->file, file, strlen(file) + 1);
    if (!network_graph(file, &g->graph, &g->rounding, error, sizeof(error))) {
        evaluate_refuse(e, "%s", error);
        free(g);
        return NULL;
    }
    ev->work.graphs++;
    return ev->graph[ev->graphs++] = g;
}

bool npu_evaluator_read(npu_evaluator_t *evaluator, const char *model, evaluation_t *e)
{
    return find_graph(evaluator, model, e) != NULL;
}

static void compile(npu_evaluator_t *ev, const graph_t *graph, const npu_desc_t *desc, program_t *p)
{
    npu_compile_options_t how = {.rounding = graph->rounding};
    drop_program(p);
    p->graph = graph;
    p->desc = *desc;
    p->desc.clk_hz = 0;
    p->number = ++ev->numbers;
    p->fine = npu_compile(&graph->graph, desc, &how, &p->prog, NULL, p->error, sizeof(p->error)) ==
              SIM_OK;
    ev->work.programs++;
}

/* The one that is there, or in the place of the one that nobody asked for for longest. */
static program_t *find_program(npu_evaluator_t *ev, const graph_t *graph, const npu_desc_t *desc)
{
    npu_desc_t key = *desc;
    program_t *oldest = &ev->program[0];
    key.clk_hz = 0;
    for (uint32_t i = 0; i < MAX_PROGRAMS; i++) {
        program_t *p = &ev->program[i];
        if (p->used != 0 && p->graph == graph && memcmp(&p->desc, &key, sizeof(key)) == 0) {
            p->used = ++ev->now;
            return p;
        }
        if (p->used < oldest->used)
            oldest = p;
    }
    drop_done_of(ev, oldest->number);
    compile(ev, graph, desc, oldest);
    oldest->used = ++ev->now;
    return oldest;
}

static void tell_program(const npu_prog_t *prog, double *value)
{
    double constants = 0;
    for (uint32_t i = 0; i < prog->blob_count; i++)
        constants += prog->blobs[i].bytes;
    value[EVALUATED_model_macs] = (double)prog->meta.macs;
    value[EVALUATED_insns] = prog->insn_count;
    value[EVALUATED_program_bytes] = (double)prog->insn_count * NPU_INSN_BYTES;
    value[EVALUATED_constants_bytes] = constants;
    value[EVALUATED_l2_peak_bytes] = prog->meta.l2_peak_bytes;
}

/* ---- inference ---- */

static void free_inputs(uint8_t **inputs)
{
    for (uint32_t n = 0; n < NPU_NET_ENDS; n++)
        free(inputs[n]);
}

/* Any codes will do, and always the same. */
static bool make_inputs(const npu_prog_t *prog, uint8_t **inputs)
{
    for (uint32_t n = 0; n < prog->net[NPU_NET_INPUTS_W]; n++) {
        size_t bytes = npu_input_bytes(prog, n);
        sim_stream_t stream = sim_stream(1, INPUT_PURPOSE, n);
        inputs[n] = calloc(1, bytes + 1);
        if (inputs[n] == NULL)
            return false;
        bool codes = n < prog->end_count && (prog->ends[n].dtype == NPU_DTYPE_INT8 ||
                                             prog->ends[n].dtype == NPU_DTYPE_UINT8);
        for (size_t i = 0; codes && i < bytes; i++)
            inputs[n][i] = (uint8_t)sim_stream_u32(&stream);
    }
    return true;
}

static bool infer(done_t *d, const npu_prog_t *prog, bool full, evaluation_t *e)
{
    uint8_t *inputs[NPU_NET_ENDS] = {NULL};
    if (!inference_init(&d->in, &d->chip, prog))
        return evaluate_refuse(e, "%s", d->in.error);
    d->in.npu.timing_only = !full;
    d->in.npu.exact = full;
    d->fine = (!full || make_inputs(prog, inputs)) && inference_run(&d->in, full ? inputs : NULL);
    free_inputs(inputs);
    return d->fine || evaluate_fail(e, "%s", d->in.error);
}

static bool same_machine(const done_t *d, const sensor_desc_t *chip)
{
    return d->chip.npu.clk_hz == chip->npu.clk_hz &&
           memcmp(&d->chip.logic.l2, &chip->logic.l2, sizeof(chip->logic.l2)) == 0;
}

/* NULL: the evaluation has the reason. */
static done_t *find_done(npu_evaluator_t *ev, const program_t *p, const sensor_desc_t *chip,
                         evaluation_t *e)
{
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < MAX_INFERENCES; i++) {
        done_t *d = ev->done[i];
        if (d != NULL && d->program == p->number && same_machine(d, chip)) {
            d->used = ++ev->now;
            return d;
        }
        uint64_t used = d != NULL ? d->used : 0;
        if (used < (ev->done[oldest] != NULL ? ev->done[oldest]->used : 0))
            oldest = i;
    }
    drop_done(&ev->done[oldest]);
    done_t *d = calloc(1, sizeof(*d));
    if (d == NULL) {
        evaluate_fail(e, "out of memory");
        return NULL;
    }
    ev->done[oldest] = d;
    d->chip = *chip;
    d->program = p->number;
    d->used = ++ev->now;
    ev->work.inferences++;
    if (infer(d, &p->prog, false, e))
        return d;
    drop_done(&ev->done[oldest]);
    return NULL;
}

/* ---- figures ---- */

static void tell_cycles(const inference_t *in, double *value)
{
    npu_perf_t p = npu_perf(&in->npu);
    double cycles = (double)p.cycles, share = cycles > 0 ? 1 / cycles : 0;
    value[EVALUATED_npu_cycles] = cycles;
    value[EVALUATED_npu_ms] = cycles / (double)in->npu.desc.clk_hz * 1e3;
    value[EVALUATED_utilization] = (double)p.macs * share / (double)npu_peak_macs(&in->npu.desc, 0);
    value[EVALUATED_l2_read_bytes] = (double)p.l2_read;
    value[EVALUATED_l2_written_bytes] = (double)p.l2_written;
    value[EVALUATED_load_share] = (double)p.load_busy * share;
    value[EVALUATED_store_share] = (double)p.store_busy * share;
    value[EVALUATED_mac_share] = (double)p.mac_busy * share;
    value[EVALUATED_vec_share] = (double)p.vec_busy * share;
    value[EVALUATED_compute_share] = (double)p.split[NPU_CLASS_COMPUTE] * share;
    value[EVALUATED_dma_share] = (double)p.split[NPU_CLASS_DMA] * share;
    value[EVALUATED_drain_share] = (double)p.split[NPU_CLASS_DRAIN] * share;
    value[EVALUATED_bank_share] = (double)p.split[NPU_CLASS_BANK] * share;
    value[EVALUATED_dependency_share] = (double)p.split[NPU_CLASS_DEPENDENCY] * share;
    value[EVALUATED_fetch_share] = (double)p.split[NPU_CLASS_FETCH] * share;
}

/* A meter of this technology over what the blocks have counted. */
static bool tell_energy(npu_evaluator_t *ev, const inference_t *in, const sensor_desc_t *chip,
                        evaluation_t *e)
{
    if (energy_attach(&ev->energy, in->sim, &chip->tech) != SIM_OK)
        return evaluate_refuse(e, "%s", sim_error(in->sim));
    if (!ev->energy.on)
        return true;
    energy_settle(&ev->energy);
    uint64_t fj = energy_sum_fj(ev->energy.state.block_fj), macs = npu_perf(&in->npu).macs;
    e->value[EVALUATED_energy_uj] = (double)fj * 1e-9;
    e->value[EVALUATED_tops_per_w] = energy_tops_per_w(macs, fj);
    e->value[EVALUATED_mean_mw] = energy_mw(fj, sim_now_ps(in->sim));
    return true;
}

static bool tell_all(npu_evaluator_t *ev, const inference_t *in, const evaluate_job_t *job)
{
    tell_cycles(in, job->e->value);
    return tell_energy(ev, in, job->chip, job->e) && evaluate_known(job);
}

/* Everything anew, and with numbers: what the fast way has to equal. */
static void evaluate_fully(npu_evaluator_t *ev, const graph_t *graph, const evaluate_job_t *job)
{
    program_t *p = calloc(1, sizeof(*p));
    done_t *d = calloc(1, sizeof(*d));
    if (p != NULL && d != NULL) {
        compile(ev, graph, &job->chip->npu, p);
        d->chip = *job->chip;
        if (!p->fine)
            evaluate_refuse(job->e, "%s", p->error);
        else if (tell_program(&p->prog, job->e->value), infer(d, &p->prog, true, job->e))
            (void)tell_all(ev, &d->in, job);
    } else {
        evaluate_fail(job->e, "out of memory");
    }
    if (d != NULL && d->in.prog != NULL)
        inference_free(&d->in);
    free(d);
    if (p != NULL)
        npu_prog_free(&p->prog);
    free(p);
}

void npu_evaluate(npu_evaluator_t *ev, const evaluate_job_t *job)
{
    const graph_t *graph = find_graph(ev, sim_cfg_str(&job->root, "model", ""), job->e);
    if (graph == NULL)
        return;
    if (job->desc->full) {
        evaluate_fully(ev, graph, job);
        return;
    }
    const program_t *p = find_program(ev, graph, &job->chip->npu);
    if (!p->fine) {
        evaluate_refuse(job->e, "%s", p->error);
        return;
    }
    tell_program(&p->prog, job->e->value);
    if (!evaluate_known(job))
        return;
    const done_t *d = find_done(ev, p, job->chip, job->e);
    if (d == NULL)
        return;
    (void)tell_all(ev, &d->in, job);
    if (job->desc->finished != NULL)
        job->desc->finished(job->desc->ctx, &d->in);
}
