#include "imx500_lines.h"

#include "dma.h"
#include "link.h"

/* CCS registers of channel 6 + n. */
enum { X_SIZE = 0x3054, Y_SIZE = 0x305c, VC = 0x3064, DATA_TYPE = 0x3068, PACKING = 0x306c };

enum { KPI, INPUT, OUTPUT, PQ, CHANNELS };
enum { PACKING_10_BITS = 3 };
enum { HEADER_WORDS = 3, HEADER_BYTES = 4 * HEADER_WORDS };
enum { KPI_DNN_WORD = 9, KPI_DSP_WORD = 10, KPI_WORDS = 11 };
enum { MAX_SENT = NET_ENDS, COPY_CHANNEL = 1, PIECES = 5 };

typedef struct {
    uint32_t line, lines, vc, dest; /* bytes of a line; lines to send, 0: none; of MIPI_META_DEST */
} channel_t;

/* What of a channel lies together. */
typedef struct {
    uint32_t channel, addr, bytes, lines;
} piece_t;

static channel_t channel[CHANNELS];

/* Bus addresses of the buffers; the input's and the outputs' begin with the header. */
static uint32_t kpi, input_header, output_lines;
static uint32_t input_body, input_bytes, output_bytes;
static net_t network; /* whose lines these are */
static uint32_t header_lines[2];
static uint32_t place[MAX_SENT]; /* of each output in output_lines */
static dma_desc_t copy[MAX_SENT];

/* ---- the host's registers ---- */

static uint32_t lines_of(uint32_t bytes, uint32_t line)
{
    return (bytes + line - 1) / line;
}

static void print_channel(uint32_t n, const char *what)
{
    hal_print("channel ");
    hal_print_u32(6 + n);
    hal_print(what);
    hal_print("\n");
}

/* What makes no sense the CCS block has refused. */
static void read_channel(uint32_t n)
{
    channel_t *c = &channel[n];
    bool packed = hal_ccs_read8(PACKING + n) == PACKING_10_BITS;
    c->line = hal_ccs_read16(X_SIZE + 2 * n);
    c->lines = hal_ccs_read16(Y_SIZE + 2 * n);
    c->vc = hal_ccs_read8(VC + n);
    c->dest = c->vc << 8 | hal_ccs_read8(DATA_TYPE + n) |
              (packed ? MIPI_META_DEST_PACKED_AS_RAW10_MASK : 0);
}

/* ---- buffers ---- */

static uint32_t sent(const net_t *net, uint32_t n, uint32_t offset)
{
    return reg_read(net->sent_addr + n * 4 * SENT_WORDS + offset);
}

/* Header and apParams at `at`; the header itself is written for each frame. */
static void put_ap_params(uint32_t at)
{
    uint32_t from = network.ap_addr;
    for (uint32_t i = 0; i < (network.ap_bytes + 3u) / 4u; i++)
        reg_write(at + HEADER_BYTES + 4 * i, reg_read(from + 4 * i));
}

/* Each output begins a line behind the last one; returns the bytes of all lines. */
static uint32_t place_outputs(uint32_t at)
{
    uint32_t line = channel[OUTPUT].line, lines = header_lines[1];
    for (uint32_t n = 0; n < network.sent; n++) {
        uint32_t bytes = sent(&network, n, SENT_BYTES);
        place[n] = at + lines * line;
        copy[n] = dma_copy((void *)place[n], (const void *)sent(&network, n, SENT_ADDR),
                           (bytes + 3u) & ~3u);
        lines += lines_of(bytes, line);
    }
    return lines * line;
}

static uint32_t behind(uint32_t addr, uint32_t bytes)
{
    return (addr + bytes + 31u) & ~31u;
}

static void lay_out(const net_t *net)
{
    kpi = behind(net->free_addr, 0);
    input_header = behind(kpi, 4 * KPI_WORDS);
    output_lines = behind(input_header, HEADER_BYTES + network.ap_bytes);
    output_bytes = place_outputs(output_lines);
    uint32_t end = output_lines + output_bytes;
    for (uint32_t i = 0; i < KPI_WORDS; i++)
        reg_write(kpi + 4 * i, 0);
    for (uint32_t at = output_lines; at < end; at += 4)
        reg_write(at, 0);
    put_ap_params(input_header);
    put_ap_params(output_lines);
}

uint32_t lines_room(const net_t *net)
{
    uint32_t line = hal_ccs_read16(X_SIZE + 2 * OUTPUT), heads = HEADER_BYTES + net->ap_bytes;
    uint32_t lines = lines_of(heads, line), places = 3 * 31u;
    for (uint32_t n = 0; n < net->sent; n++)
        lines += lines_of(sent(net, n, SENT_BYTES), line);
    return places + 4 * KPI_WORDS + heads + lines * line;
}

bool lines_fit(const net_t *net)
{
    if (net->ap_addr == 0)
        hal_print("the network has no apParams, its tensors cannot be sent\n");
    else if (lines_room(net) > net->free_bytes)
        hal_print("the network leaves no room in L2 for its tensor lines\n");
    else
        return true;
    return false;
}

/* What the host leaves to us: 0 lines of a tensor. */
static void need(uint32_t n, uint32_t lines)
{
    if (channel[n].lines == 0)
        channel[n].lines = lines;
    else if (channel[n].lines < lines)
        print_channel(n, ": fewer lines than the network has, the rest is cut");
}

bool lines_setup(const net_t *net)
{
    if (!lines_fit(net))
        return false;
    network = *net;
    for (uint32_t n = 0; n < CHANNELS; n++)
        read_channel(n);
    for (uint32_t n = 0; n < 2; n++)
        header_lines[n] = lines_of(HEADER_BYTES + network.ap_bytes, channel[INPUT + n].line);
    input_body = net->input;
    input_bytes = net->plane_bytes * net->channels;
    lay_out(net);
    need(INPUT, header_lines[0] + lines_of(input_bytes, channel[INPUT].line));
    need(OUTPUT, output_bytes / channel[OUTPUT].line);
    return true;
}

uint32_t lines_count(void)
{
    uint32_t lines = 0;
    for (uint32_t n = 0; n < CHANNELS; n++)
        lines += channel[n].lines;
    return lines;
}

uint32_t lines_time_us(void)
{
    uint32_t ns = 0, line = reg_read(MIPI_META_LINE); /* link.c's */
    for (uint32_t n = 0; n < CHANNELS; n++) {
        reg_write(MIPI_META_LINE, channel[n].line);
        reg_write(MIPI_META_DEST, channel[n].dest);
        ns += channel[n].lines * reg_read(MIPI_META_NS);
    }
    reg_write(MIPI_META_LINE, line);
    return ns / 1000 + 1;
}

static bool in_image(uint32_t n)
{
    return channel[n].vc == reg_read(MIPI_IMAGE_VC);
}

bool lines_in_image(void)
{
    for (uint32_t n = 0; n < CHANNELS; n++)
        if (channel[n].lines != 0 && in_image(n))
            return true;
    return false;
}

bool lines_busy(void)
{
    return (reg_read(MIPI_STATUS) & MIPI_STATUS_META) != 0;
}

/* ---- a frame ---- */

/* Codes that are sent unsigned pass the core, all others the DMA. */
static void copy_flipped(uint32_t n, uint32_t flip)
{
    uint32_t from = sent(&network, n, SENT_ADDR), to = place[n];
    for (uint32_t left = (sent(&network, n, SENT_BYTES) + 3u) / 4u; left != 0;
         left--, from += 4, to += 4)
        reg_write(to, reg_read(from) ^ flip);
}

bool lines_take_outputs(void)
{
    dma_desc_t *last = 0, *first = 0;
    for (uint32_t n = 0; n < network.sent; n++) {
        uint32_t flip = sent(&network, n, SENT_XOR);
        if (flip != 0) {
            copy_flipped(n, flip);
            continue;
        }
        if (last != 0)
            dma_chain(last, &copy[n]);
        else
            first = &copy[n];
        last = &copy[n];
    }
    if (last == 0)
        return true;
    last->next = 0;
    return dma_run(COPY_CHANNEL, first);
}

static void put_header(uint32_t at, uint32_t n, bool valid, uint32_t count)
{
    reg_write(at, (uint32_t)valid | (count & 0xffu) << 8 | channel[n].line << 16);
    reg_write(at + 4, network.ap_bytes | (network.id & 0xffffu) << 16);
    reg_write(at + 8, n - INPUT);
}

/* `more` of its frame follows. */
static void send(const piece_t *p, bool more)
{
    const channel_t *c = &channel[p->channel];
    reg_write(MIPI_META_ADDR, p->addr);
    reg_write(MIPI_META_BYTES, p->bytes);
    reg_write(MIPI_META_LINE, c->line);
    reg_write(MIPI_META_LINES, p->lines);
    reg_write(MIPI_META_DEST, c->dest | (in_image(p->channel) ? MIPI_META_DEST_INLINE_MASK : 0) |
                                  (more ? MIPI_META_DEST_MORE_OF_THIS_FRAME_FOLLOWS_MASK : 0));
    reg_write(MIPI_META_GO, 1);
}

/* The piece at or behind `from` with lines on that virtual channel; PIECES: none. */
static uint32_t next_of(const piece_t *p, uint32_t from, uint32_t vc)
{
    while (from < PIECES && (p[from].lines == 0 || channel[p[from].channel].vc != vc))
        from++;
    return from;
}

/* Those of one virtual channel are a frame, or stand in the image's; the one with the lowest
 * channel goes first, so that KPI does. */
static void send_all(const piece_t *p)
{
    uint32_t sent = 0; /* virtual channels */
    for (uint32_t i = 0; i < PIECES; i++) {
        uint32_t vc = channel[p[i].channel].vc, next;
        if (p[i].lines == 0 || (sent >> vc & 1) != 0)
            continue;
        sent |= HAL_BIT(vc);
        for (uint32_t at = i; at < PIECES; at = next) {
            next = next_of(p, at + 1, vc);
            send(&p[at], next < PIECES);
        }
    }
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void lines_send(const lines_frame_t *frame)
{
    uint32_t head = least(header_lines[0], channel[INPUT].lines);
    const piece_t pieces[PIECES] = {
        {KPI, kpi, 4 * KPI_WORDS, channel[KPI].lines},
        {INPUT, input_header, HEADER_BYTES + network.ap_bytes, head},
        {INPUT, input_body, input_bytes, channel[INPUT].lines - head},
        {OUTPUT, output_lines, output_bytes, channel[OUTPUT].lines},
        {PQ, kpi, 0, channel[PQ].lines},
    };
    uint32_t line = reg_read(MIPI_META_LINE);
    reg_write(kpi + 4 * KPI_DNN_WORD, frame->dnn_us);
    reg_write(kpi + 4 * KPI_DSP_WORD, frame->dsp_us);
    put_header(input_header, INPUT, frame->input_valid, frame->count);
    put_header(output_lines, OUTPUT, frame->output_valid, frame->count);
    reg_write(MIPI_META_FRAME, frame->frame);
    send_all(pieces);
    reg_write(MIPI_META_LINES, 0); /* as link.c expects them */
    reg_write(MIPI_META_LINE, line);
}
