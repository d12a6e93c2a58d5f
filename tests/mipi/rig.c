#include "tests/mipi/rig.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- memory -------------------------------------------------------------------------------------
 */
static void mem_answer(void *ctx)
{
    rig_mem_t *mem = ctx;
    sim_mem_req_t *req = mem->head;
    mem->head = req->next;
    uint64_t at = (uint64_t)req->addr - RIG_L2;
    req->error = req->addr < RIG_L2 || at + req->bytes > RIG_L2_BYTES;
    if (req->error)
        memset(req->data, 0, req->bytes);
    else
        memcpy(req->data, mem->data + at, req->bytes);
    req->done(req->ctx, req);
}

static void mem_request(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    rig_mem_t *mem = ctx;
    assert(master == 7);
    assert(mem->head == NULL); /* one at a time */
    assert(!req->write && req->bytes >= 1);
    assert(req->addr / mem->burst_bytes == (req->addr + req->bytes - 1) / mem->burst_bytes);
    uint64_t now = sim_now_ps(mem->comp.sim), n = sim_cycles_at(now, mem->clk_hz);
    assert(sim_edge_ps(n, mem->clk_hz) == now); /* on an edge */
    mem->head = req;
    req->next = NULL;
    req->wait_cycles = 1;
    sim_event_at(mem->comp.sim, &mem->answer, sim_edge_ps(n + mem->latency_cycles, mem->clk_hz));
}

static const sim_kind_t mem_kind = {.kind = "rig_mem", .version = 1};

/* ---- source -------------------------------------------------------------------------------------
 */
static void source_fire(void *ctx)
{
    rig_source_t *s = ctx;
    sim_line_t line = s->line;
    line.row = s->sent % line.height_px;
    line.frame = s->sent / line.height_px;
    line.flags =
        (line.row == 0 ? SIM_LINE_FIRST : 0) | (line.row + 1 == line.height_px ? SIM_LINE_LAST : 0);
    line.start_ps = line.end_ps = sim_now_ps(s->comp.sim);
    line.data.raw = s->px + (size_t)line.row * line.width_px;
    s->sink.line(s->sink.ctx, &line);
    if (++s->sent < s->lines)
        sim_event_at(s->comp.sim, &s->event, s->first_ps + s->sent * s->period_ps);
}

static sim_err_t source_start(sim_comp_t *comp)
{
    rig_source_t *s = (rig_source_t *)comp;
    if (s->lines > 0)
        sim_event_at(comp->sim, &s->event, s->first_ps);
    return SIM_OK;
}

static const sim_kind_t source_kind = {.kind = "rig_source", .version = 1, .start = source_start};

/* ---- recorders ----------------------------------------------------------------------------------
 */
static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    rig_t *rig = ctx;
    assert(rig->packets < RIG_MAX_PACKETS);
    assert(sim_now_ps(rig->sim) == (packet->phy->lrte.on ? packet->last_byte_ps : packet->end_ps));
    rig_packet_t *p = &rig->packet[rig->packets++];
    *p = (rig_packet_t){
        {0},           packet->count, packet->start_ps, packet->first_byte_ps, packet->last_byte_ps,
        packet->end_ps};
    if (packet->count >= MIPI_HEADER_BYTES)
        mipi_header_decode(packet->bytes, &p->header);
}

static void on_frame(void *ctx, const mipi_tx_frame_t *frame)
{
    rig_t *rig = ctx;
    rig->frame[rig->frames++ % SIM_COUNT(rig->frame)] = *frame;
}

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    rig_t *rig = ctx;
    (void)time_ps, (void)name;
    rig->errors_logged += level == SIM_LOG_ERROR;
    rig->guests_logged += level == SIM_LOG_GUEST;
    snprintf(rig->last_log, sizeof(rig->last_log), "%s", line);
}

static void on_irq(void *ctx, bool level)
{
    ((rig_t *)ctx)->irqs += level;
}

/* ---- rig ----------------------------------------------------------------------------------------
 */
mipi_desc_t rig_desc(void)
{
    mipi_desc_t desc = mipi_desc_default();
    desc.clk_hz = 250000000;
    desc.dphy.bit_rate_bps = 1000000000;
    desc.dphy.lanes = 1;
    desc.fifo_bytes = 2048;
    desc.meta_line_bytes = 256;
    return desc;
}

void rig_open(rig_t *rig, const mipi_desc_t *desc)
{
    memset(rig, 0, sizeof(*rig));
    rig->sim = sim_new();
    sim_set_log(rig->sim, on_log, rig, SIM_LOG_DEBUG);
    assert(mipi_tx_init(&rig->tx, rig->sim, desc, "sensor.mipi") == SIM_OK);
    assert(sim_comp_init(&rig->mem.comp, rig->sim, &mem_kind, "l2") == SIM_OK);
    assert(sim_comp_init(&rig->source.comp, rig->sim, &source_kind, "source") == SIM_OK);
    sim_event_init(&rig->mem.answer, &rig->mem.comp, "answer", SIM_PRIO_DRIVE, mem_answer,
                   &rig->mem);
    sim_event_init(&rig->source.event, &rig->source.comp, "line", SIM_PRIO_DRIVE, source_fire,
                   &rig->source);
    rig->mem.clk_hz = desc->clk_hz;
    rig->mem.latency_cycles = 4;
    rig->mem.burst_bytes = 16;
    for (uint32_t i = 0; i < RIG_L2_BYTES; i++)
        rig->mem.data[i] = (uint8_t)(i * 13 + i / 256);
    rig->tx.mem = (sim_mem_port_t){.request = mem_request,
                                   .ctx = &rig->mem,
                                   .master = 7,
                                   .beat_bytes = 16,
                                   .max_burst_bytes = 16,
                                   .clk_hz = desc->clk_hz};
    rig->tx.frame_sent = on_frame;
    rig->tx.frame_ctx = rig;
    mipi_tx_listen(&rig->tx, on_packet, rig);
    sim_wire_connect(&rig->tx.irq, on_irq, rig);
    rig->source.sink = mipi_tx_line_sink(&rig->tx);
}

void rig_lines(rig_t *rig, uint32_t width_px, uint32_t height_px, uint32_t lines, uint64_t first_ps,
               uint64_t period_ps, const uint16_t *px)
{
    rig->source.line = (sim_line_t){.format = SIM_LINE_RAW,
                                    .bayer = SIM_BAYER_RGGB,
                                    .bits = 10,
                                    .width_px = width_px,
                                    .height_px = height_px};
    rig->source.lines = lines;
    rig->source.first_ps = first_ps;
    rig->source.period_ps = period_ps;
    rig->source.px = px;
}

void rig_start(rig_t *rig)
{
    assert(sim_check(rig->sim) == SIM_OK);
    sim_reset(rig->sim);
    assert(sim_start(rig->sim) == SIM_OK);
}

void rig_close(rig_t *rig)
{
    sim_free(rig->sim);
    mipi_tx_free(&rig->tx);
}

uint64_t rig_busy_ps(rig_t *rig)
{
    sim_tally(rig->sim);
    return rig->tx.link_busy_ps;
}

void rig_write(rig_t *rig, uint32_t reg, uint32_t value)
{
    sim_reg_write(&rig->tx.comp, reg, value);
}

uint32_t rig_read(rig_t *rig, uint32_t reg)
{
    return sim_reg_read(&rig->tx.comp, reg);
}

void rig_meta(rig_t *rig, uint64_t time_ps, uint32_t bytes, uint32_t line_bytes, uint32_t dest)
{
    sim_run_until_ps(rig->sim, time_ps);
    rig_write(rig, RIG_META_ADDR, RIG_L2);
    rig_write(rig, RIG_META_BYTES, bytes);
    rig_write(rig, RIG_META_LINE, line_bytes);
    rig_write(rig, RIG_META_DEST, dest);
    rig_write(rig, RIG_META_GO, 1);
}

uint64_t rig_row_ps(const rig_t *rig, uint32_t bits, uint32_t width_px, uint32_t isp_width_px)
{
    const mipi_rows_t rows = {bits, width_px, SIM_LINE_RGB, isp_width_px};
    return mipi_tx_row_cost(&rig->tx, &rows).ps;
}

bool rig_is(const rig_t *rig, uint32_t n, uint8_t vc, uint8_t dt)
{
    return n < rig->packets && rig->packet[n].header.vc == vc && rig->packet[n].header.dt == dt;
}
