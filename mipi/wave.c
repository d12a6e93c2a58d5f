#include "mipi/wave.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PACKET_LANE (UINT32_MAX - 1) /* edges of the packet itself: its number and kind */
#define UNKNOWN UINT32_MAX
#define PACKET_SIGNALS 2u
#define LANE_SIGNALS 7u

/* Signals of a lane, in this order; the clock lane is the first. D-PHY's p and n are A and B. */
enum { A, B, C, HS, VALUE, SYMBOL, STATE };

static char name_of(uint32_t signal)
{
    return (char)('A' + signal);
}

static uint32_t first_signal(uint32_t lane)
{
    return PACKET_SIGNALS + LANE_SIGNALS * (lane == MIPI_CLOCK_LANE ? 0 : lane + 1);
}

void mipi_wave_begin(mipi_wave_t *wave, FILE *stream, uint32_t lanes, uint64_t first, uint64_t last)
{
    *wave = (mipi_wave_t){.stream = stream, .first = first, .last = last, .lanes = lanes};
    memset(wave->shown, 0xfe, sizeof(wave->shown)); /* nothing, not even x */
    fprintf(stream, "$comment packets %" PRIu64 " to %" PRIu64 " of the link $end\n", first, last);
    fprintf(stream, "$timescale 1 ps $end\n$scope module link $end\n");
    fprintf(stream, "$var integer 32 %c packet $end\n$var string 1 %c what $end\n", name_of(0),
            name_of(1));
}

static void declare(const mipi_wave_t *wave, uint32_t lane, uint32_t signal, const char *what)
{
    char name = name_of(first_signal(lane) + signal);
    switch (signal) {
    case VALUE:
        fprintf(wave->stream, "$var wire %u %c %s $end\n", wave->signaling == MIPI_DPHY ? 8u : 16u,
                name, what);
        break;
    case SYMBOL:
        fprintf(wave->stream, "$var wire 3 %c %s $end\n", name, what);
        break;
    case STATE:
        fprintf(wave->stream, "$var string 1 %c %s $end\n", name, what);
        break;
    default:
        fprintf(wave->stream, "$var wire 1 %c %s $end\n", name, what);
        break;
    }
}

static void declare_lane(const mipi_wave_t *wave, uint32_t lane)
{
    static const char *const names[2][LANE_SIGNALS] = {
        {"p", "n", NULL, "hs", "byte [7:0]", NULL, "state"},
        {"a", "b", "c", "hs", "word [15:0]", "symbol [2:0]", "state"},
    };
    bool d = wave->signaling == MIPI_DPHY;
    if (lane == MIPI_CLOCK_LANE)
        fprintf(wave->stream, "$scope module clk $end\n");
    else
        fprintf(wave->stream, "$scope module %s%u $end\n", d ? "lane" : "trio", lane);
    for (uint32_t signal = 0; signal < LANE_SIGNALS; signal++)
        if (names[!d][signal] != NULL && (signal != VALUE || lane != MIPI_CLOCK_LANE))
            declare(wave, lane, signal, names[!d][signal]);
    fprintf(wave->stream, "$upscope $end\n");
}

static void declare_all(mipi_wave_t *wave, mipi_signaling_t signaling)
{
    wave->signaling = signaling;
    if (signaling == MIPI_DPHY)
        declare_lane(wave, MIPI_CLOCK_LANE);
    for (uint32_t lane = 0; lane < wave->lanes; lane++)
        declare_lane(wave, lane);
    fprintf(wave->stream, "$upscope $end\n$enddefinitions $end\n");
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

static bool has_value(mipi_line_t line)
{
    return line == MIPI_HS_SYNC || line == MIPI_HS_BYTE || line == MIPI_HS_SPACER ||
           line == MIPI_HS_0101 || line == MIPI_HS_TRAIL;
}

/* Levels of the wires as LP receivers see them. */
static bool is_high(mipi_line_t line, uint32_t wire)
{
    switch (line) {
    case MIPI_LP11:
    case MIPI_LP111:
        return true;
    case MIPI_LP01:
        return wire == B;
    case MIPI_LP001:
        return wire == C;
    default:
        return false;
    }
}

static bool is_low_power(mipi_line_t line)
{
    return line <= MIPI_LP00 || (line >= MIPI_LP111 && line <= MIPI_LP000);
}

static void show_lane(mipi_wave_t *wave, const mipi_wave_edge_t *edge)
{
    uint32_t at = first_signal(edge->lane);
    mipi_line_t line = (mipi_line_t)edge->line;
    bool d = wave->signaling == MIPI_DPHY;
    for (uint32_t wire = A; wire <= (d ? B : C); wire++)
        set_bit(wave, at + wire, is_high(line, wire));
    set_bit(wave, at + HS, !is_low_power(line));
    if (edge->lane != MIPI_CLOCK_LANE)
        set_vector(wave, at + VALUE, has_value(line) ? edge->value : UNKNOWN, d ? 8 : 16);
    if (!d)
        set_vector(wave, at + SYMBOL, edge->symbol, 3);
    if (changes(wave, at + STATE, edge->line))
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
        show_lane(wave, edge);
}

static void keep(mipi_wave_t *wave, mipi_wave_edge_t edge)
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
    edge.order = (uint32_t)wave->edges;
    wave->edge[wave->edges++] = edge;
}

static void keep_packet(mipi_wave_t *wave, uint64_t at_ps, bool busy, uint64_t number)
{
    keep(wave, (mipi_wave_edge_t){
                   .at_ps = at_ps, .lane = PACKET_LANE, .line = busy, .value = (uint32_t)number});
}

static void keep_state(mipi_wave_t *wave, uint64_t at_ps, uint32_t lane, mipi_line_t line)
{
    keep(wave, (mipi_wave_edge_t){
                   .at_ps = at_ps, .lane = lane, .line = (uint32_t)line, .symbol = UNKNOWN});
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
    bool d = packet->phy->signaling == MIPI_DPHY;
    mipi_line_t stop = d ? MIPI_LP11 : MIPI_LP111, high_speed = d ? MIPI_HS0 : MIPI_HS_PREAMBLE;
    declare_all(wave, packet->phy->signaling);
    keep_packet(wave, at_ps, false, 0);
    if (d)
        keep_state(wave, at_ps, MIPI_CLOCK_LANE, gated && !joined ? stop : MIPI_HS_CLOCK);
    for (uint32_t lane = 0; lane < wave->lanes; lane++)
        keep_state(wave, at_ps, lane, joined ? high_speed : stop);
}

/* The symbols that an edge of C-PHY stands for; returns how many. */
static uint32_t symbols_of(const mipi_cphy_desc_t *cphy, const mipi_edge_t *edge, bool again,
                           uint8_t symbols[MIPI_WORD_UI])
{
    static const uint8_t sync[MIPI_WORD_UI] = {3, 4, 4, 4, 4, 4, 3};
    symbols[0] = edge->line == MIPI_HS_PREAMBLE ? 3 : 4;
    switch (edge->line) {
    case MIPI_HS_SYNC:
        memcpy(symbols, sync, sizeof(sync));
        return MIPI_WORD_UI;
    case MIPI_HS_BYTE:
    case MIPI_HS_SPACER:
        mipi_cphy_encode(edge->value, symbols);
        return MIPI_WORD_UI;
    case MIPI_HS_PROG:
        memcpy(symbols, cphy->prog_symbol + (again ? MIPI_WORD_UI : 0), MIPI_WORD_UI);
        return MIPI_WORD_UI;
    default:
        return edge->line == MIPI_HS_PREAMBLE || edge->line == MIPI_HS_POST;
    }
}

static void keep_symbols(mipi_wave_t *wave, const mipi_packet_t *packet, uint32_t lane,
                         const mipi_edge_t *edge, bool again)
{
    uint8_t symbols[MIPI_WORD_UI];
    uint32_t count = symbols_of(&packet->phy->cphy, edge, again, symbols);
    mipi_dphy_time_t at = edge->at;
    for (uint32_t n = 0; n < count; n++, at.ui++)
        keep(wave, (mipi_wave_edge_t){.at_ps = edge->from_ps + mipi_phy_time_ps(packet->phy, at),
                                      .lane = lane,
                                      .line = (uint32_t)edge->line,
                                      .value = edge->value,
                                      .symbol = symbols[n]});
    if (count == 0)
        keep_state(wave, edge->at_ps, lane, edge->line);
}

static void keep_lane(mipi_wave_t *wave, const mipi_packet_t *packet, uint32_t lane)
{
    bool data = lane != MIPI_CLOCK_LANE;
    mipi_line_t before = MIPI_LINES;
    mipi_walk_t walk;
    mipi_edge_t edge;
    mipi_walk_begin(&walk, packet, lane, data ? wave->lfsr[lane] : 0);
    while (mipi_walk_next(&walk, &edge)) {
        if (wave->signaling == MIPI_CPHY)
            keep_symbols(wave, packet, lane, &edge, before == edge.line);
        else
            keep(wave, (mipi_wave_edge_t){.at_ps = edge.at_ps,
                                          .lane = lane,
                                          .line = (uint32_t)edge.line,
                                          .value = edge.value});
        before = edge.line;
    }
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
    if (wave->signaling == 0)
        begin_at(wave, packet);
    if (packet->phy->signaling != wave->signaling)
        return;
    name_packet(wave, packet);
    keep_packet(wave, packet->start_ps - packet->deskew_ps, true, packet->number);
    if (wave->signaling == MIPI_DPHY)
        keep_lane(wave, packet, MIPI_CLOCK_LANE);
    for (uint32_t lane = 0; lane < mipi_phy_lanes(packet->phy); lane++)
        keep_lane(wave, packet, lane);
    if (!packet->more)
        keep_packet(wave, packet->end_ps, false, 0);
    write_until(wave, packet->end_ps);
}

bool mipi_wave_end(mipi_wave_t *wave)
{
    write_until(wave, UINT64_MAX);
    if (wave->signaling == 0) /* there was none of these packets */
        fprintf(wave->stream, "$upscope $end\n$enddefinitions $end\n");
    free(wave->edge);
    wave->edge = NULL;
    wave->edges = wave->room = 0;
    return !wave->failed && ferror(wave->stream) == 0;
}
