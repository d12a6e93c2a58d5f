#include "tools/run_timeline.h"

#include <stdlib.h>
#include <string.h>

#include "mipi/packet.h"
#include "sim/file.h"
#include "sim/time.h"

enum { MAX_ELF_BYTES = 16 << 20, NAME = 160 };

/* ---- interrupts ---- */

/* Numbers are those of the interrupt controller's inputs. */
static void on_irq(void *ctx, bool level)
{
    run_irq_t *irq = ctx;
    run_timeline_t *t = irq->timeline;
    uint32_t n = (uint32_t)(irq - t->irq), bit = 1u << n;
    uint64_t now_ps = sim_now_ps(t->sensor->sim);
    if (level && (t->high & bit) == 0)
        t->rise_ps[n] = now_ps;
    if (!level && (t->high & bit) != 0)
        sim_trace_span(t->sensor->sim, irq->track, irq->track + 4, t->rise_ps[n], now_ps, NULL);
    t->high = level ? t->high | bit : t->high & ~bit;
}

static bool watch_irqs(run_timeline_t *t)
{
    sensor_t *s = t->sensor;
    bool fine = true;
#define X(name, number, member)                                                                    \
    t->irq[number] = (run_irq_t){.timeline = t, .track = "irq." #name};                            \
    fine = fine && sim_wire_connect(&s->member.irq, on_irq, &t->irq[number]);
    SENSOR_IRQS(X)
#undef X
    return fine;
}

/* ---- the link, rows ---- */

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    run_timeline_t *t = ctx;
    if (packet->count < 1)
        return;
    uint8_t dt = packet->bytes[0] & 0x3f; /* the header's first byte, CSI-2 v3.0, 9.1 */
    sim_trace_span(t->sensor->sim, "link.packets", mipi_dt_name(dt), packet->start_ps,
                   packet->more ? packet->last_byte_ps : packet->end_ps,
                   "\"vc\":%u,\"bytes\":%u,\"packet\":%llu", (unsigned)packet->bytes[0] >> 6,
                   packet->count, (unsigned long long)packet->number);
}

static void on_row(void *ctx, const sim_line_t *line)
{
    run_timeline_t *t = ctx;
    sim_trace_span(t->sensor->sim, "pixel.rows", line->exposure != 0 ? "short row" : "row",
                   line->start_ps, line->end_ps, "\"frame\":%u,\"row\":%u", line->frame, line->row);
}

/* ---- functions of the core ---- */

static uint64_t edge_ps(const run_timeline_t *t, uint64_t cycle)
{
    return sim_edge_ps(cycle, t->sensor->core.desc.clk_hz);
}

static void end_call(run_timeline_t *t, uint32_t stack, uint64_t cycle)
{
    const run_call_t *call = &t->call[stack][--t->depth[stack]];
    char track[24], name[NAME];
    const char *func = call->func == CALL_UNKNOWN ? "?" : t->lines.func[call->func].name;
    snprintf(track, sizeof(track), stack == 0 ? "core.calls" : "core.calls.%u", stack);
    snprintf(name, sizeof(name), "%s", func);
    sim_trace_span(t->sensor->sim, track, name, edge_ps(t, call->start_cycle), edge_ps(t, cycle),
                   NULL);
}

/* The stack that runs is as deep now: what is deeper, or another function, has ended. */
static void follow(run_timeline_t *t, uint64_t began, uint64_t ended)
{
    const call_stack_t *stack = &t->profile.calls.stack[t->profile.calls.now];
    uint32_t n = t->profile.calls.now, same = 0;
    uint32_t deep = stack->depth < RUN_TIMELINE_DEPTH ? stack->depth : RUN_TIMELINE_DEPTH;
    while (same < deep && same < t->depth[n] && stack->frame[same].func == t->call[n][same].func)
        same++;
    while (t->depth[n] > same)
        end_call(t, n, began);
    for (; same < deep; same++)
        t->call[n][t->depth[n]++] = (run_call_t){stack->frame[same].func, ended};
}

static void end_calls(run_timeline_t *t)
{
    for (uint32_t n = 0; t->call != NULL && n < CALL_STACKS; n++)
        while (t->depth[n] > 0)
            end_call(t, n, t->profile.end_cycle);
}

/* Under a debugger the core may be where it was before: a step is seen once. */
static bool is_new(run_timeline_t *t)
{
    uint64_t steps = core_steps(&t->sensor->core);
    bool newer = steps > t->seen_steps;
    t->seen_steps = newer ? steps : t->seen_steps;
    return newer;
}

static void on_insn(void *ctx, const core_note_t *note)
{
    run_timeline_t *t = ctx;
    if (!is_new(t))
        return;
    if (t->profile.began && note->pc != t->profile.expected_pc)
        end_calls(t); /* it was reset */
    profile_insn(&t->profile, &t->sensor->core, note);
    follow(t, note->cycle + note->cycles, note->cycle + note->cycles);
}

static void on_trap(void *ctx, const core_trap_t *trap)
{
    run_timeline_t *t = ctx;
    if (!is_new(t))
        return;
    profile_trap(&t->profile, &t->sensor->core, trap);
    follow(t, trap->cycle, trap->cycle);
}

static bool add_program(run_timeline_t *t, const char *file, char *error, size_t error_bytes)
{
    size_t bytes;
    uint8_t *elf = sim_file_read(file, MAX_ELF_BYTES, &bytes, error, error_bytes);
    bool fine = elf != NULL && source_lines_add(&t->lines, elf, bytes, file, error, error_bytes);
    free(elf);
    return fine;
}

static bool watch_core(run_timeline_t *t, const char *const *programs, uint32_t count, char *error,
                       size_t error_bytes)
{
    for (uint32_t i = 0; i < count; i++)
        if (!add_program(t, programs[i], error, error_bytes))
            return false;
    t->call = calloc(CALL_STACKS, sizeof(*t->call));
    if (t->call == NULL || !profile_init(&t->profile, &t->lines, true)) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    t->hooks = (core_hooks_t){.insn = on_insn, .trap = on_trap, .ctx = t};
    core_add_hooks(&t->sensor->core, &t->hooks);
    return true;
}

/* ---- all of it ---- */

bool run_timeline_init(run_timeline_t *t, sensor_t *sensor, trace_file_t *file, bool all,
                       const char *const *programs, uint32_t count, char *error, size_t error_bytes)
{
    bool fine = true;
    *t = (run_timeline_t){.sensor = sensor, .file = file};
    if (all || file->level >= TRACE_BLOCKS)
        fine = watch_irqs(t);
    if (all || file->level >= TRACE_WORK)
        fine = fine && mipi_tx_listen(&sensor->mipi, on_packet, t);
    if (all || file->level >= TRACE_ALL)
        fine = fine && pix_add_sink(&sensor->pixel, (sim_line_sink_t){on_row, t});
    if (!fine)
        snprintf(error, error_bytes, "--trace-level: a port of the sensor has no place left");
    return fine && (file->level < TRACE_ALL || watch_core(t, programs, count, error, error_bytes));
}

void run_timeline_end(run_timeline_t *t)
{
    if (t->call == NULL)
        return;
    core_settle(&t->sensor->core);
    end_calls(t);
}

void run_timeline_free(run_timeline_t *t)
{
    free(t->call);
    profile_free(&t->profile);
    source_lines_free(&t->lines);
    t->call = NULL;
}

/* ---- arrows ---- */

/* Metadata and images of a frame are two arrows. */
static uint64_t flow_id(uint32_t frame, bool image)
{
    return 2 * (uint64_t)frame + image;
}

/* Viewers count in ns, and look for the span that is open at a point: whatever the order of lines,
 * that is the one which began 1 ns before. */
static void put_flow(run_timeline_t *t, char phase, const char *track, const char *name,
                     uint64_t id, uint64_t span_ps)
{
    trace_file_flow(t->file, phase, track, name, id, span_ps + 1000);
}

static void begin_flow(run_timeline_t *t, uint64_t id, const char *name, uint32_t frame,
                       uint64_t exposure_ps)
{
    char track[32];
    snprintf(track, sizeof(track), "pixel.exposure.%u", frame % 2);
    put_flow(t, 's', track, name, id, exposure_ps);
}

void run_timeline_frame(run_timeline_t *t, const timeline_frame_t *f)
{
    uint64_t id = flow_id(f->frame, false);
    static const char name[] = "to metadata";
    char track[32];
    snprintf(track, sizeof(track), "link.vc%u", f->link_vc);
    begin_flow(t, id, name, f->frame, f->exposure_start_ps);
    put_flow(t, 't', "pixel.readout", name, id, f->readout_start_ps);
    put_flow(t, 't', "isp", name, id, f->readout_end_ps);
    put_flow(t, 't', "npu", name, id, f->npu_start_ps);
    put_flow(t, 't', "firmware", name, id, f->npu_end_ps);
    put_flow(t, 'f', track, name, id, f->link_first_ps);
}

void run_timeline_image(run_timeline_t *t, const timeline_image_t *i)
{
    char track[32];
    uint64_t id = flow_id(i->frame, true);
    static const char name[] = "to image";
    if (i->exposure_start_ps == 0 || i->first_ps < i->exposure_start_ps)
        return; /* an image of a frame that was not seen */
    begin_flow(t, id, name, i->frame, i->exposure_start_ps);
    snprintf(track, sizeof(track), "link.vc%u", i->vc);
    put_flow(t, 'f', track, name, id, i->first_ps);
}
