#include "intake.h"

#include "hal.h"

enum { /* CCS registers, by the kernel driver's names */
       BOOT_ERROR_A = 0x9182,
};
enum { WAKE_WORDS = 16, MOST_WORDS = 32 /* in one interrupt */, DOWNLOADING = 1 };

#define TGT_LOST TGT_STATUS_WORDS_LOST_MASK
#define TGT_ENDED TGT_STATUS_TRANSFER_ENDED_MASK
#define TGT_EVENTS (TGT_STATUS_AT_LEAST_TGT_LEVEL_WORDS_WAIT_MASK | TGT_LOST | TGT_ENDED)

static intake_t *active; /* whose words come */

/* ---- what is there ---- */

static bool meets(const uint32_t *segment, uint32_t from, uint32_t end)
{
    uint32_t at = segment[BOOT_SEG_ADDR];
    return at < end && at + segment[BOOT_SEG_BYTES] > from;
}

/* Tables stand one behind the other, working memory behind all of them. */
static bool overwrites(const uint32_t *segment, const net_t *net)
{
    uint32_t table = L2_BASE + net->place * NET_BYTES;
    return meets(segment, table, table + NET_BYTES) ||
           meets(segment, L2_BASE + net->places * NET_BYTES, net->free_addr) ||
           meets(segment, net->own_addr, net->own_addr + net->own_bytes);
}

static bool image_meets(const intake_t *t, const net_t *net)
{
    for (uint32_t n = 0; n < t->stream.header[BOOT_COUNT_W]; n++)
        if (overwrites(boot_segment(t->stream.header, n), net))
            return true;
    return false;
}

/* Of all segments in what was free the first address; they may not meet what the program uses. */
static bool limit_free(intake_t *t)
{
    uint32_t used, end, least = UINT32_MAX;
    t->used(&used, &end);
    for (uint32_t n = 0; n < t->stream.header[BOOT_COUNT_W]; n++) {
        const uint32_t *segment = boot_segment(t->stream.header, n);
        if (meets(segment, used, end))
            return false;
        if (segment[BOOT_SEG_ADDR] >= used && segment[BOOT_SEG_ADDR] < least)
            least = segment[BOOT_SEG_ADDR];
    }
    t->free_end = least;
    return true;
}

/* The tables that the image brings. */
static uint32_t brought(const intake_t *t)
{
    uint32_t places = 0;
    for (uint32_t n = 0; n < t->stream.header[BOOT_COUNT_W]; n++)
        for (uint32_t place = 0; place < NET_PLACES_MOST; place++) {
            uint32_t at = L2_BASE + place * NET_BYTES;
            places |= (uint32_t)meets(boot_segment(t->stream.header, n), at, at + 1) << place;
        }
    return places;
}

/* BOOT_E_FINE: those that the image overwrites are there no more. */
static uint32_t make_room(intake_t *t)
{
    static net_t net;
    uint32_t there = net_there(), gone = 0, needed = t->needed();
    for (uint32_t n = 0; n < NET_PLACES_MOST; n++)
        if ((there >> n & 1u) != 0 && net_read_head(&net, n) && image_meets(t, &net))
            gone |= HAL_BIT(n);
    if (needed != 0 && ((gone & needed) != 0 || !limit_free(t)))
        return BOOT_E_PLACE;
    t->replaced = gone | brought(t);
    for (uint32_t n = 0; n < NET_PLACES_MOST; n++)
        if ((gone >> n & 1u) != 0)
            net_forget(n);
    return BOOT_E_FINE;
}

/* Of what has come: it leaves the program its L2, and the others theirs. */
static bool is_compatible(const intake_t *t)
{
    static net_t net;
    uint32_t used, used_end;
    bool fine = true;
    t->used(&used, &used_end);
    for (uint32_t n = 0; n < NET_PLACES_MOST; n++)
        if ((t->replaced >> n & 1u) != 0 && net_read_head(&net, n))
            fine = fine && (t->needed() == 0 ||
                            (net.free_addr <= used && net.free_addr + net.free_bytes >= used_end));
    return fine;
}

/* ---- the end ---- */

static void drop_replaced(const intake_t *t)
{
    for (uint32_t n = 0; n < NET_PLACES_MOST; n++)
        if ((t->replaced >> n & 1u) != 0)
            net_forget(n);
}

/* Not while words come: in the interrupt, or with interrupts held. */
static void end(intake_t *t, uint32_t reply)
{
    reg_write(TGT_CTRL, TGT_CTRL_EMPTY_THE_FIFO_MASK);
    reg_write(TGT_IRQ_EN, 0);
    reg_write(INTC_ENABLE, reg_read(INTC_ENABLE) & ~HAL_BIT(IRQ_TGT));
    if (reply == DOWNLOAD_UPDATE_DONE && !is_compatible(t)) {
        t->stream.error = BOOT_E_PLACE;
        reply = DOWNLOAD_E_FORMAT;
    }
    if (reply != DOWNLOAD_UPDATE_DONE)
        drop_replaced(t);
    hal_ccs_write8(DD_DOWNLOAD_STS, 0);
    hal_ccs_write16(BOOT_ERROR_A, t->stream.error);
    t->busy = false;
    t->free_end = UINT32_MAX;
    active = 0;
    download_answer(reply);
    t->ended();
}

/* ---- words ---- */

static uint32_t reply_of(stream_result_t result)
{
    return result == STREAM_BAD_CRC ? DOWNLOAD_E_AUTH : DOWNLOAD_E_FORMAT;
}

static void store(void *ctx, uint32_t addr, uint32_t word)
{
    (void)ctx;
    reg_write(addr, word);
}

/* The host waits for dd_download_sts 0 before each of its transfers of 1 MiB. */
static void begin_chunk(intake_t *t)
{
    uint32_t left = t->stream.left;
    t->chunk_left = t->chunk_bytes = left < DOWNLOAD_BLOCK_BYTES ? left : DOWNLOAD_BLOCK_BYTES;
    hal_ccs_write8(DD_DOWNLOAD_STS, 0);
}

/* One word; false: that was the last of the transfer, or of all. */
static bool take_word(intake_t *t)
{
    bool head = t->stream.image_at < BOOT_HEADER_BYTES;
    stream_result_t result = stream_word(&t->stream, reg_read(TGT_DATA), store, 0);
    t->chunk_left -= 4;
    if (result == STREAM_GOES_ON && head && t->stream.image_at == BOOT_HEADER_BYTES) {
        t->stream.error = make_room(t);
        result = t->stream.error == BOOT_E_FINE ? STREAM_GOES_ON : STREAM_BAD_FORMAT;
    }
    if (result != STREAM_GOES_ON)
        end(t, reply_of(result));
    else if (t->stream.left == 0)
        end(t, stream_is_whole(&t->stream) ? DOWNLOAD_UPDATE_DONE : DOWNLOAD_E_FORMAT);
    else if (t->chunk_left == 0)
        begin_chunk(t);
    return t->busy && t->chunk_left != t->chunk_bytes;
}

/* Words of a segment, as many of those as are its alone. */
static uint32_t take_run(intake_t *t, uint32_t words)
{
    uint32_t addr = 0, crc = t->stream.crc, run = stream_run(&t->stream, &addr);
    run = run < words ? run : words;
    run = run < t->chunk_left / 4 ? run : t->chunk_left / 4 - 1;
    for (uint32_t end = addr + 4 * run; addr != end; addr += 4) {
        uint32_t word = reg_read(TGT_DATA);
        reg_write(addr, word);
        crc = boot_crc_word(crc, word);
    }
    if (run != 0)
        stream_ran(&t->stream, run, crc);
    t->chunk_left -= 4 * run;
    return run;
}

/* Status before the count: words that came in between are taken the next time. */
static void on_target(void)
{
    intake_t *t = active;
    uint32_t status = reg_read(TGT_STATUS), words = reg_read(TGT_COUNT);
    bool begins = t->chunk_left == t->chunk_bytes;
    if ((status & TGT_LOST) != 0) {
        end(t, DOWNLOAD_E_INTERNAL);
        return;
    }
    if (words == 0 && (status & TGT_ENDED) != 0) {
        reg_write(TGT_STATUS, TGT_ENDED); /* of the transfer before, or too early */
        if (!begins)
            end(t, DOWNLOAD_E_FORMAT);
        return;
    }
    if (begins && words != 0)
        hal_ccs_write8(DD_DOWNLOAD_STS, DOWNLOADING);
    t->alive = true;
    words = words < MOST_WORDS ? words : MOST_WORDS;
    words -= take_run(t, words);
    while (words != 0 && take_word(t)) {
        words--;
        words -= take_run(t, words);
    }
}

/* ---- the command ---- */

void intake_begin(intake_t *t, const boot_limits_t *limits, uint32_t bytes)
{
    t->stream.limits = *limits;
    stream_begin(&t->stream, DOWNLOAD_TYPE_NETWORK, bytes);
    t->replaced = t->quiet_us = 0;
    t->free_end = UINT32_MAX;
    t->busy = true;
    active = t;
    begin_chunk(t);
    reg_write(TGT_STATUS, TGT_ENDED | TGT_LOST);
    reg_write(TGT_LEVEL, WAKE_WORDS);
    reg_write(TGT_CTRL, TGT_CTRL_ENABLE_MASK | TGT_CTRL_EMPTY_THE_FIFO_MASK);
    hal_ccs_write8(DD_UPDATE_CANCEL, 0);
    download_answer(DOWNLOAD_UPDATE_READY);
    reg_write(TGT_IRQ_EN, TGT_EVENTS);
    hal_irq_enable(IRQ_TGT, on_target);
}

void intake_look(intake_t *t, uint32_t us)
{
    uint32_t held = hal_irq_hold();
    t->quiet_us = t->alive ? 0 : t->quiet_us + us;
    t->alive = false;
    if (t->busy && hal_ccs_read8(DD_UPDATE_CANCEL) != 0)
        end(t, DOWNLOAD_UPDATE_CANCELED);
    else if (t->busy && t->quiet_us >= DOWNLOAD_TIMEOUT_US)
        end(t, DOWNLOAD_E_TIMEOUT);
    hal_irq_release(held);
}
