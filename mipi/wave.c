#include "mipi/wave.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PACKET_LANE (UINT32_MAX - 1) /* edges of the packet itself: its number and kind */
#define UNKNOWN UINT32_MAX
#define PACKET_SIGNALS 2u
#define LANE_SIGNALS 5u

/* Signals of a lane, in this order; the clock lane is the first. */
enum { P, N, HS, BYTE, STATE };

static char name_of(uint32_t signal)
{
    return (char)('!' + signal);
}

static uint32_t first_signal(uint32_t lane)
{
    return PACKET_SIGNALS + LANE_SIGNALS * (lane == MIPI_CLOCK_LANE ? 0 : lane + 1);
}

static void declare_lane(const mipi_wave_t *wave, uint32_t lane)
{
    uint32_t at = first_signal(lane);
    if (lane == MIPI_CLOCK_LANE)
        fprintf(wave->stream, "$scope module clk $end\n");
    else
        fprintf(wave->stream, "$scope module lane%u $end\n", lane);
    fprintf(wave->stream, "$var wire 1 %c p $end\n$var wire 1 %c n $end\n$var wire 1 %c hs $end\n",
            name_of(at + P), name_of(at + N), name_of(at + HS));
    if (lane != MIPI_CLOCK_LANE)
        fprintf(wave->stream, "$var wire 8 %c byte [7:0] $end\n", name_of(at + BYTE));
    fprintf(wave->stream, "$var string 1 %c state $end\n$upscope $end\n", name_of(at + STATE));
}

void mipi_wave_begin(mipi_wave_t *wave, FILE *stream, uint32_t lanes, uint64_t first, uint64_t last)
{
    *wave = (mipi_wave_t){.stream = stream, .first = first, .last = last, .lanes = lanes};
    memset(wave->shown, 0xfe, sizeof(wave->shown)); /* nothing, not even x */
    fprintf(stream, "$comment packets %" PRIu64 " to %" PRIu64 " of the link $end\n", first, last);
    fprintf(stream, "$timescale 1 ps $end\n$scope module link $end\n");
    fprintf(stream, "$var integer 32 %c packet $end\n$var string 1 %c what $end\n", name_of(0),
            name_of(1));
    declare_lane(wave, MIPI_CLOCK_LANE);
    for (uint32_t lane = 0; lane < lanes; lane++)
        declare_lane(wave, lane);
    fprintf(stream, "$upscope $end\n$enddefinitions $end\n");
}

/* ---- values ---- */

static bool changes(mipi_wave_t *wave, uint32_t signal, uint32_t value)
{
    bool yes = wave->shown[signal] != value;
    wave->shown[signal] = value;
    return yes;
}

static void set_bit(mipi_wave_t *wave, uint32_t signal, uint32_t value)
{
    if (changes(wave, signal, value))
        fprintf(wave->stream, "%u%c\n", value, name_of(signal));
}

static void set_vector(mipi_wave_t *wave, uint32_t signal, uint32_t value, uint32_t bits)
{
    if (!changes(wave, signal, value))
        return;
    fputc('b', wave->stream);
    for (uint32_t bit = bits; value != UNKNOWN && bit-- > 0;)
        fputc(value >> bit & 1 ? '1' : '0', wave->stream);
    fprintf(wave->stream, "%s %c\n", value == UNKNOWN ? "x" : "", name_of(signal));
}

static bool has_byte(mipi_line_t line)
{
    return line == MIPI_HS_SYNC || line == MIPI_HS_BYTE || line == MIPI_HS_SPACER ||
           line == MIPI_HS_0101 || line == MIPI_HS_TRAIL;
}

static void show_lane(mipi_wave_t *wave, uint32_t lane, mipi_line_t line, uint32_t byte)
{
    uint32_t at = first_signal(lane);
    set_bit(wave, at + P, line == MIPI_LP11);
    set_bit(wave, at + N, line == MIPI_LP11 || line == MIPI_LP01);
    set_bit(wave, at + HS, line >= MIPI_HS0);
    if (lane != MIPI_CLOCK_LANE)
        set_vector(wave, at + BYTE, has_byte(line) ? byte : UNKNOWN, 8);
    if (changes(wave, at + STATE, line))
        fprintf(wave->stream, "s%s %c\n", mipi_line_name(line), name_of(at + STATE));
}

static void show_packet(mipi_wave_t *wave, bool busy, uint32_t number)
{
    set_vector(wave, 0, busy ? number : UNKNOWN, 32);
    fprintf(wave->stream, "s%s %c\n", busy ? wave->what : "idle", name_of(1));
}

/* ---- time ---- */

static void show(mipi_wave_t *wave, const mipi_wave_edge_t *edge)
{
    if (edge->at_ps != wave->now_ps || !wave->begun)
        fprintf(wave->stream, "#%" PRIu64 "\n", edge->at_ps);
    wave->begun = true;
    wave->now_ps = edge->at_ps;
    if (edge->lane == PACKET_LANE)
        show_packet(wave, edge->line != 0, edge->value);
    else
        show_lane(wave, edge->lane, (mipi_line_t)edge->line, edge->value);
}

static void keep(mipi_wave_t *wave, uint64_t at_ps, uint32_t lane, uint32_t line, uint32_t value)
{
    if (wave->edges == wave->room) {
        size_t room = wave->room == 0 ? 4096 : 2 * wave->room;
        mipi_wave_edge_t *more = realloc(wave->edge, room * sizeof(*more));
        if (more == NULL) {
            wave->failed = true;
            return;
        }
        wave->edge = more;
        wave->room = room;
    }
    wave->edge[wave->edges] = (mipi_wave_edge_t){at_ps, (uint32_t)wave->edges, lane, line, value};
    wave->edges++;
}

static int by_time(const void *a, const void *b)
{
    const mipi_wave_edge_t *x = a, *y = b;
    if (x->at_ps != y->at_ps)
        return x->at_ps < y->at_ps ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* Edges up to then; later ones, of lanes that are late, wait for the next packet's. */
static void write_until(mipi_wave_t *wave, uint64_t until_ps)
{
    size_t n = 0;
    if (wave->edges == 0)
        return;
    qsort(wave->edge, wave->edges, sizeof(*wave->edge), by_time);
    for (; n < wave->edges && wave->edge[n].at_ps <= until_ps; n++)
        show(wave, &wave->edge[n]);
    wave->edges -= n;
    memmove(wave->edge, wave->edge + n, wave->edges * sizeof(*wave->edge));
    for (size_t i = 0; i < wave->edges; i++)
        wave->edge[i].order = (uint32_t)i;
}

/* All lanes as they are before the first packet. */
static void begin_at(mipi_wave_t *wave, const mipi_packet_t *packet)
{
    uint64_t at_ps = packet->start_ps - packet->deskew_ps;
    bool gated = packet->phy->dphy.gated_clock, joined = packet->join != MIPI_OWN_BURST;
    mipi_line_t clock = gated && !joined ? MIPI_LP11 : MIPI_HS_CLOCK;
    keep(wave, at_ps, PACKET_LANE, 0, 0);
    keep(wave, at_ps, MIPI_CLOCK_LANE, (uint32_t)clock, 0);
    for (uint32_t lane = 0; lane < wave->lanes; lane++)
        keep(wave, at_ps, lane, joined ? MIPI_HS0 : MIPI_LP11, 0);
}

static void keep_lane(mipi_wave_t *wave, const mipi_packet_t *packet, uint32_t lane)
{
    bool data = lane != MIPI_CLOCK_LANE;
    mipi_walk_t walk;
    mipi_edge_t edge;
    mipi_walk_begin(&walk, packet, lane, data ? wave->lfsr[lane] : 0);
    while (mipi_walk_next(&walk, &edge))
        keep(wave, edge.at_ps, lane, (uint32_t)edge.line, edge.byte);
    if (data)
        wave->lfsr[lane] = walk.lfsr;
}

static void name_packet(mipi_wave_t *wave, const mipi_packet_t *packet)
{
    mipi_header_t header = {0};
    if (packet->count >= MIPI_HEADER_BYTES)
        mipi_header_decode(packet->bytes, &header);
    snprintf(wave->what, sizeof(wave->what), "%.20s.vc%u", mipi_dt_name(header.dt), header.vc);
    for (char *c = wave->what; *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
}

void mipi_wave_packet(void *ctx, const mipi_packet_t *packet)
{
    mipi_wave_t *wave = ctx;
    if (packet->phy == NULL || packet->number < wave->first || packet->number > wave->last)
        return;
    if (!wave->begun)
        begin_at(wave, packet);
    name_packet(wave, packet);
    keep(wave, packet->start_ps - packet->deskew_ps, PACKET_LANE, 1, (uint32_t)packet->number);
    keep_lane(wave, packet, MIPI_CLOCK_LANE);
    for (uint32_t lane = 0; lane < packet->phy->dphy.lanes; lane++)
        keep_lane(wave, packet, lane);
    if (!packet->more)
        keep(wave, packet->end_ps, PACKET_LANE, 0, 0);
    write_until(wave, packet->end_ps);
}

bool mipi_wave_end(mipi_wave_t *wave)
{
    write_until(wave, UINT64_MAX);
    free(wave->edge);
    wave->edge = NULL;
    wave->edges = wave->room = 0;
    return !wave->failed && ferror(wave->stream) == 0;
}
