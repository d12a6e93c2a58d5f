#include "tools/download.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/include/download.h"
#include "tools/boot_image.h"

enum { /* CCS registers, by the kernel driver's names */
       MODE_SELECT = 0x0100,
};
enum { LOADER_BYTES = 64 }; /* what is in it does not matter */
enum { REPLY_TRIES = 5, SEND_TRIES = 100, DOWNLOADING = 1 };
#define POLL_PS (50 * SIM_PS_PER_MS)
#define POWER_UP_PS (9 * SIM_PS_PER_MS) /* the driver's wait after reset */

typedef enum { COMMAND, WAIT_READY, SEND, WAIT_DONE, STREAM } phase_t;

const char *const download_names[DOWNLOAD_IMAGES] = {"loader", "main", "network"};

/* ---- the tape ---- */

static void put_big_endian(uint8_t *to, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

uint32_t download_wrap(const uint8_t *data, uint32_t bytes, uint8_t *out)
{
    const uint32_t around = DOWNLOAD_HEAD_BYTES + DOWNLOAD_FOOT_BYTES;
    uint32_t total = 0;
    for (uint32_t at = 0; at < bytes;) {
        uint32_t room = DOWNLOAD_BLOCK_BYTES - around;
        uint32_t body = bytes - at < room ? bytes - at : room;
        if (out != NULL) {
            uint8_t *block = out + total;
            memset(block, 0, around + (size_t)body);
            memcpy(block, "9464", 4);
            put_big_endian(block + 4, DOWNLOAD_HEAD_BYTES + body);
            memcpy(block + DOWNLOAD_HEAD_BYTES, data + at, body);
            memcpy(block + around + body - 4, "3695", 4);
        }
        total += around + body;
        at += body;
    }
    return total;
}

static bool wrap(boot_image_t *image)
{
    uint8_t *bare = image->data;
    uint32_t bytes = image->bytes;
    image->bytes = download_wrap(bare, bytes, NULL);
    image->data = malloc(image->bytes);
    if (image->data != NULL)
        download_wrap(bare, bytes, image->data);
    free(bare);
    return image->data != NULL;
}

bool download_make_network(const sensor_desc_t *chip, const networks_t *networks, uint32_t n,
                           boot_image_t *image, char *error, size_t error_bytes)
{
    if (!boot_image_load(chip, NULL, &networks->prog[n], 1, image, error, error_bytes))
        return false;
    if (wrap(image))
        return true;
    snprintf(error, error_bytes, "%s: no memory for the image", networks->prog[n].meta.name);
    return false;
}

bool download_make(const sensor_desc_t *chip, const char *firmware, const networks_t *networks,
                   boot_image_t image[DOWNLOAD_IMAGES], char *error, size_t error_bytes)
{
    image[0] = (boot_image_t){calloc(1, LOADER_BYTES), LOADER_BYTES};
    image[1] = image[2] = (boot_image_t){0};
    bool fine =
        boot_image_load(chip, firmware, NULL, 0, &image[1], error, error_bytes) &&
        (networks->count == 0 || boot_image_load(chip, NULL, networks->prog, networks->count,
                                                 &image[2], error, error_bytes));
    for (uint32_t i = 0; fine && i < DOWNLOAD_IMAGES; i++)
        if (image[i].bytes != 0 && (image[i].data == NULL || !wrap(&image[i]))) {
            snprintf(error, error_bytes, "%s: no memory for the image", download_names[i]);
            fine = false;
        }
    if (!fine)
        download_drop(image);
    return fine;
}

void download_drop(boot_image_t image[DOWNLOAD_IMAGES])
{
    for (uint32_t i = 0; i < DOWNLOAD_IMAGES; i++)
        free(image[i].data);
}

static bool make_tape(download_host_t *d, const boot_image_t image[DOWNLOAD_IMAGES])
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < DOWNLOAD_IMAGES; i++) {
        d->from[i] = total;
        d->bytes[i] = image[i].bytes;
        total += d->bytes[i];
    }
    d->tape = malloc(total);
    for (uint32_t i = 0; d->tape != NULL && i < DOWNLOAD_IMAGES; i++)
        memcpy(d->tape + d->from[i], image[i].data, image[i].bytes);
    d->sensor->spit.tape = d->tape;
    d->sensor->spit.tape_bytes = total;
    return d->tape != NULL;
}

/* ---- the driver: in each phase some accesses on the bus, one after another ---- */

static void access_bus(download_host_t *d, uint16_t addr, const uint32_t *value)
{
    uint32_t bytes = ccs_find(&d->sensor->ccs.desc, addr)->bytes;
    cci_xfer_t xfer = value != NULL ? cci_write_of(d->client, 0, addr, bytes, *value)
                                    : cci_read_of(d->client, 0, addr, bytes);
    cci_submit(&d->sensor->cci, &xfer);
}

static void get(download_host_t *d, uint16_t addr)
{
    access_bus(d, addr, NULL);
}

static void set(download_host_t *d, uint16_t addr, uint32_t value)
{
    access_bus(d, addr, &value);
}

static void go_on(download_host_t *d, phase_t phase, uint32_t tries, uint64_t at_ps)
{
    d->phase = phase;
    d->tries = tries;
    sim_event_at(d->comp.sim, &d->next, at_ps);
}

static void go_on_now(download_host_t *d, phase_t phase, uint32_t tries)
{
    go_on(d, phase, tries, sim_now_ps(d->comp.sim));
}

static void give_up(download_host_t *d, const char *why)
{
    d->failed = true;
    sim_log(&d->comp, SIM_LOG_ERROR, "%s: %s, last reply 0x%02x", download_names[d->image], why,
            d->reply);
}

static void poll_again(download_host_t *d, const char *what)
{
    d->polls++;
    if (d->tries-- > 1)
        sim_event_at(d->comp.sim, &d->next, sim_now_ps(d->comp.sim) + POLL_PS);
    else
        give_up(d, what);
}

/* Access n of the command. */
static void command(download_host_t *d, uint32_t n)
{
    const struct {
        uint16_t addr;
        uint32_t value;
    } writes[] = {
        {DD_FLASH_TYPE, 2},
        {DD_LOAD_MODE, 0},
        {DD_IMAGE_TYPE, d->image},
        {DD_DIV_NUM, (d->bytes[d->image] - 1) / DOWNLOAD_BLOCK_BYTES},
        {DD_FILE_SIZE, d->bytes[d->image]},
        {DD_ST_TRANS_CMD, d->image},
        {DD_CMD_INT, 0},
    };
    if (n == 0)
        get(d, DD_REPLY_CNT);
    else if (n <= SIM_COUNT(writes))
        set(d, writes[n - 1].addr, writes[n - 1].value);
    else
        go_on_now(d, WAIT_READY, REPLY_TRIES);
}

static void image_done(download_host_t *d)
{
    d->image++;
    d->done = d->image == DOWNLOAD_IMAGES;
    if (!d->done)
        go_on_now(d, COMMAND, 1);
    else if (d->starts_stream)
        go_on_now(d, STREAM, 1);
}

/* The counter has moved: a reply is there. */
static void replied(download_host_t *d, uint32_t reply)
{
    d->reply = reply;
    bool ready = d->phase == WAIT_READY;
    if (reply != (ready ? (uint32_t)DOWNLOAD_TRANS_READY : (uint32_t)DOWNLOAD_TRANS_DONE)) {
        give_up(d, "refused");
    } else if (ready) {
        d->sent = 0;
        go_on_now(d, SEND, SEND_TRIES);
    } else {
        image_done(d);
    }
}

static void counted(download_host_t *d, uint32_t counter)
{
    if (counter == d->counter) {
        poll_again(d, "no reply");
        return;
    }
    d->counter = counter;
    get(d, DD_REPLY_STS);
}

static void send(download_host_t *d, uint32_t status)
{
    uint64_t end_ps = sim_now_ps(d->comp.sim);
    uint32_t left = d->bytes[d->image] - d->sent;
    uint32_t part = left < DOWNLOAD_BLOCK_BYTES ? left : DOWNLOAD_BLOCK_BYTES;
    if (status == DOWNLOADING) {
        poll_again(d, "never ready for data");
        return;
    }
    spit_send(&d->sensor->spit, d->from[d->image] + d->sent, part, d->sensor->spit.desc.most_hz);
    spit_sending(&d->sensor->spit, &end_ps);
    d->sent += part;
    bool more = d->sent < d->bytes[d->image];
    go_on(d, more ? SEND : WAIT_DONE, more ? SEND_TRIES : REPLY_TRIES, end_ps);
}

/* The first access of a phase. */
static void on_next(void *ctx)
{
    download_host_t *d = ctx;
    d->access = 0;
    if (d->phase == COMMAND)
        command(d, 0);
    else if (d->phase == STREAM)
        set(d, MODE_SELECT, 1);
    else
        get(d, d->phase == SEND ? DD_DOWNLOAD_STS : DD_REPLY_CNT);
}

static void proceed(download_host_t *d, uint32_t value)
{
    uint32_t access = d->access++;
    if (d->phase == COMMAND && access == 0)
        d->counter = value;
    if (d->phase == COMMAND)
        command(d, d->access);
    else if (d->phase == SEND)
        send(d, value);
    else if (d->phase != STREAM && access == 0)
        counted(d, value);
    else if (d->phase != STREAM)
        replied(d, value);
}

/* What is not acknowledged is sent once more. */
static void on_done(void *ctx, const cci_xfer_t *xfer)
{
    download_host_t *d = ctx;
    bool again = xfer->nak != 0 && d->again == 0;
    d->again = again;
    if (again)
        cci_submit(&d->sensor->cci, xfer);
    else if (xfer->nak != 0)
        give_up(d, "the sensor does not answer");
    else
        proceed(d, cci_value(xfer));
}

/* ---- tables ---- */

#define F(member) SIM_FIELD(download_host_t, member)
static const sim_field_t fields[] = {
    F(phase),  F(image), F(tries), F(sent),   F(counter), F(reply),
    F(failed), F(done),  F(polls), F(access), F(again),   SIM_FIELD_END,
};
#undef F

static const sim_stat_t stats[] = {
    SIM_STAT(download_host_t, polls, "1", "times the host waited 50 ms"),
    SIM_STAT_END,
};

static sim_err_t start(sim_comp_t *comp)
{
    download_host_t *d = (download_host_t *)(void *)comp;
    go_on(d, COMMAND, 1, POWER_UP_PS);
    return SIM_OK;
}

static const sim_kind_t kind = {
    .kind = "download", .version = 2, .start = start, .fields = fields, .stats = stats};
_Static_assert(offsetof(download_host_t, comp) == 0, "comp stays first");

bool download_init(download_host_t *download, sensor_t *sensor, const char *firmware,
                   const networks_t *networks, bool starts_stream, char *error, size_t error_bytes)
{
    boot_image_t image[DOWNLOAD_IMAGES];
    download->sensor = sensor;
    download->starts_stream = starts_stream;
    if (!download_make(&sensor->desc, firmware, networks, image, error, error_bytes))
        return false;
    bool fine = make_tape(download, image) &&
                sim_comp_init(&download->comp, sensor->sim, &kind, "host.download") == SIM_OK;
    download_drop(image);
    if (!fine) {
        snprintf(error, error_bytes, "host.download: no memory for the images");
        return false;
    }
    download->client = cci_client(&sensor->cci, on_done, download);
    sim_event_init(&download->next, &download->comp, "next", SIM_PRIO_REQUEST, on_next, download);
    return true;
}

void download_free(download_host_t *download)
{
    free(download->tape);
}
