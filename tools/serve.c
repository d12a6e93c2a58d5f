#include "tools/serve.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 100 }; /* between looks at Ctrl-C */

/* ---- what the sensor does ---- */

static void finish(serve_t *s)
{
    s->over = true;
    sim_stop(s->comp.sim);
}

/* Something happened that a RUN may wait for. */
static void wake(serve_t *s, uint32_t bits)
{
    if (!s->asked || (s->request.wake & bits) == 0)
        return;
    s->why |= s->request.wake & bits;
    finish(s);
}

/* Waits for a host that is slow. False: it has gone, or Ctrl-C. */
static bool transmit(serve_t *s, server_t *to, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    while (count > 0) {
        int sent = server_send(to, at, count, LOOK_MS);
        bool interrupted = sent == 0 && *s->interrupted != 0;
        if ((sent < 0 || interrupted) && s->end == SERVE_GOES_ON)
            s->end = interrupted ? SERVE_INTERRUPTED : SERVE_GONE;
        if (sent < 0 || interrupted)
            return false;
        at += sent;
        count -= (size_t)sent;
    }
    return true;
}

/* What the capture has written since the last time. */
static bool send_link(serve_t *s)
{
    bool fine = fflush(s->link_file) == 0 && transmit(s, &s->link, s->link_bytes, s->link_count);
    rewind(s->link_file);
    return fine;
}

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    serve_t *s = ctx;
    mipi_header_t header;
    if (s->link_file != NULL && s->end == SERVE_GOES_ON) {
        mipi_capture_packet(&s->capture, packet);
        if (!send_link(s))
            finish(s);
    }
    s->packets = s->link_file != NULL ? s->capture.packets : s->packets + 1;
    bool short_packet = packet->count == MIPI_HEADER_BYTES;
    bool ends = short_packet && mipi_header_decode(packet->bytes, &header) != MIPI_ECC_BAD &&
                header.dt == MIPI_DT_FE;
    wake(s, FOVEA_WAKE_PACKET | (ends ? FOVEA_WAKE_FRAME : 0));
}

static void on_pins(void *ctx, uint32_t levels, uint32_t changed)
{
    (void)levels;
    (void)changed;
    wake(ctx, FOVEA_WAKE_PIN);
}

static void on_cci_done(void *ctx, const cci_xfer_t *xfer)
{
    serve_t *s = ctx;
    s->xfer = *xfer;
    finish(s);
}

/* ---- requests ---- */

static void access_bus(serve_t *s)
{
    const serve_request_t *r = &s->request;
    cci_xfer_t xfer = {.kind = r->type == FOVEA_CCI_WRITE  ? CCI_WRITE
                               : r->type == FOVEA_CCI_READ ? CCI_READ
                                                           : CCI_READ_ON,
                       .device = r->device,
                       .index = r->index,
                       .bytes = r->type == FOVEA_CCI_WRITE ? r->bytes : r->count,
                       .client = s->client};
    if (r->bytes != 0)
        memcpy(xfer.data, r->data, r->bytes);
    s->goal_ps = SIM_NEVER_PS;
    s->refused = !cci_submit(&s->sensor->cci, &xfer);
    if (s->refused)
        finish(s);
}

/* The message holds the bytes until the answer. */
static void send_spi(serve_t *s)
{
    spit_t *spit = &s->sensor->spit;
    uint32_t hz = s->request.hz != 0 ? s->request.hz : spit->desc.most_hz;
    spit->tape = s->request.data;
    spit->tape_bytes = s->request.bytes;
    s->refused = !spit_send(spit, 0, s->request.bytes, hz);
    if (!s->refused)
        spit_sending(spit, &s->goal_ps);
}

static void on_act(void *ctx)
{
    serve_t *s = ctx;
    s->requests++;
    switch (s->request.type) {
    case FOVEA_CCI_WRITE:
    case FOVEA_CCI_READ:
    case FOVEA_CCI_READ_ON:
        access_bus(s);
        break;
    case FOVEA_SPI:
        send_spi(s);
        break;
    case FOVEA_PIN:
        gpio_drive(&s->sensor->gpio, s->request.pin, s->request.level != 0);
        break;
    default: /* time, and no more */
        break;
    }
}

static void begin(serve_t *s)
{
    uint64_t now_ps = sim_now_ps(s->comp.sim);
    bool runs = s->request.type == FOVEA_RUN;
    s->asked = true;
    s->why = 0;
    s->refused = runs && s->request.until_ps < now_ps;
    s->over = false;
    s->goal_ps = runs && !s->refused ? s->request.until_ps : now_ps;
    sim_event_at(s->comp.sim, &s->act, now_ps);
}

/* ---- answers ---- */

static void send_answer(serve_t *s, uint16_t status, const uint8_t *body, uint32_t bytes)
{
    uint8_t head[FOVEA_ANSWER_BYTES];
    const serve_answer_t answer = {.type = s->request.type,
                                   .tag = s->request.tag,
                                   .status = status,
                                   .pins = (uint16_t)s->sensor->gpio.in,
                                   .why = s->why,
                                   .time_ps = sim_now_ps(s->comp.sim),
                                   .packets = s->packets};
    serve_answer_write(head, &answer, bytes);
    (void)transmit(s, &s->control, head, sizeof(head));
    (void)transmit(s, &s->control, body, bytes);
}

static void send_text(serve_t *s, uint16_t status, const char *text)
{
    send_answer(s, status, (const uint8_t *)text, (uint32_t)strlen(text));
}

static void greet(serve_t *s)
{
    uint8_t body[16];
    s->greeted = true;
    serve_put16(body, FOVEA_PROTOCOL);
    serve_put16(body + 2, (uint16_t)ccs_device(&s->sensor->ccs));
    serve_put32(body + 4, s->sensor->cci.desc.hz);
    serve_put32(body + 8, s->sensor->spit.desc.most_hz);
    serve_put32(body + 12, s->link_file != NULL);
    send_answer(s, FOVEA_OK, body, sizeof(body));
}

static void answer_bus(serve_t *s)
{
    uint8_t body[8 + CCI_MAX_BYTES];
    uint32_t data = s->xfer.kind == CCI_WRITE ? 0 : s->xfer.moved;
    serve_put16(body, (uint16_t)s->xfer.nak);
    serve_put16(body + 2, (uint16_t)s->xfer.nak_at);
    serve_put32(body + 4, s->xfer.moved);
    memcpy(body + 8, s->xfer.data, data);
    send_answer(s, FOVEA_OK, body, 8 + data);
}

static const char *why_refused(uint16_t type)
{
    return type == FOVEA_RUN   ? "RUN: until_ps is in the past"
           : type == FOVEA_SPI ? "SPI: hz above the target's, or a transfer is under way"
                               : "CCI: the bus cannot do that";
}

static void answer(serve_t *s)
{
    uint16_t type = s->request.type;
    bool bus = type == FOVEA_CCI_WRITE || type == FOVEA_CCI_READ || type == FOVEA_CCI_READ_ON;
    s->asked = false;
    if (s->refused)
        send_text(s, FOVEA_REFUSED, why_refused(type));
    else if (type == FOVEA_HELLO)
        greet(s);
    else if (bus)
        answer_bus(s);
    else
        send_answer(s, FOVEA_OK, NULL, 0);
    if (type == FOVEA_BYE)
        s->end = SERVE_BYE;
}

/* ---- the control socket ---- */

static void turn_away(serve_t *s, const char *why)
{
    s->end = SERVE_GONE;
    snprintf(s->turned_away, sizeof(s->turned_away), "%s", why);
}

/* A whole message has come. */
static void take(serve_t *s, uint32_t bytes)
{
    char text[SERVE_TEXT];
    uint16_t status = serve_request_read(s->message, bytes, &s->request, text);
    if (status == FOVEA_OK && !s->greeted && s->request.type != FOVEA_HELLO) {
        status = FOVEA_NO_HELLO;
        snprintf(text, sizeof(text), "HELLO comes first");
    }
    s->why = 0;
    if (status == FOVEA_OK)
        begin(s);
    else
        send_text(s, status, text);
    if (status == FOVEA_BAD_VERSION || status == FOVEA_NO_HELLO)
        turn_away(s, text);
}

/* Up to `bytes` of the message are there, or something else has happened. */
static bool receive(serve_t *s, uint32_t bytes)
{
    while (s->have < bytes && s->end == SERVE_GOES_ON) {
        int count = server_receive(&s->control, s->message + s->have, bytes - s->have, LOOK_MS);
        if (count < 0)
            s->end = SERVE_GONE;
        else if (*s->interrupted != 0)
            s->end = SERVE_INTERRUPTED;
        else
            s->have += (uint32_t)count;
        server_turn_away(&s->link);
    }
    return s->end == SERVE_GOES_ON;
}

/* Waits for the next request; false: there will be none. */
static bool next_request(serve_t *s)
{
    while (!s->asked && s->end == SERVE_GOES_ON) {
        uint32_t bytes = 0;
        s->have = 0;
        if (!receive(s, 4))
            return false;
        bytes = serve_message_bytes(s->message);
        if (bytes == 0) {
            static const char why[] = "a message of no possible length";
            s->request = (serve_request_t){0};
            send_text(s, FOVEA_BAD_MESSAGE, why);
            turn_away(s, why); /* where the next one begins is not known */
        } else if (receive(s, bytes)) {
            take(s, bytes);
        }
    }
    return s->end == SERVE_GOES_ON;
}

/* ---- running ---- */

/* All of this instant. */
static void settle(sim_t *sim)
{
    while (sim_stopped(sim))
        sim_run_until_ps(sim, sim_now_ps(sim));
}

bool serve_run(serve_t *s, uint64_t until_ps)
{
    sim_t *sim = s->comp.sim;
    if (s->asked && server_has_left(&s->control))
        s->end = SERVE_GONE;
    while (s->end == SERVE_GOES_ON && sim_now_ps(sim) < until_ps) {
        if (!s->asked && !next_request(s))
            break;
        sim_run_until_ps(sim, s->goal_ps < until_ps ? s->goal_ps : until_ps);
        bool over = s->over || sim_now_ps(sim) >= s->goal_ps;
        if (!over && sim_stopped(sim))
            return true;
        settle(sim);
        if (over && s->end == SERVE_GOES_ON)
            answer(s);
    }
    return s->end == SERVE_GOES_ON;
}

static bool wait_for_control(serve_t *s)
{
    while (!server_accept(&s->control, LOOK_MS))
        if (*s->interrupted != 0)
            return false;
    return true;
}

/* A host that leaves meanwhile will not come to the link. */
static bool wait_for_link(serve_t *s)
{
    while (!server_accept_beside(&s->link, &s->control, LOOK_MS)) {
        if (server_has_left(&s->control))
            s->end = SERVE_GONE;
        if (*s->interrupted != 0 || s->end == SERVE_GONE)
            return false;
    }
    return true;
}

bool serve_wait(serve_t *s, const mipi_phy_t *phy)
{
    s->end = SERVE_INTERRUPTED;
    if (!wait_for_control(s) || (s->link.listener >= 0 && !wait_for_link(s)))
        return false;
    s->end = SERVE_GOES_ON;
    if (s->link.listener >= 0)
        s->link_file = open_memstream(&s->link_bytes, &s->link_count);
    if (s->link_file != NULL) {
        mipi_capture_begin(&s->capture, s->link_file, phy);
        (void)send_link(s);
    }
    return true;
}

/* ---- life ---- */

static const sim_field_t fields[] = {SIM_FIELD(serve_t, requests), SIM_FIELD_END};
static const sim_stat_t stats[] = {SIM_STAT(serve_t, requests, "1", "requests of the host"),
                                   SIM_STAT_END};
static const sim_kind_t kind = {.kind = "serve", .version = 1, .fields = fields, .stats = stats};
_Static_assert(offsetof(serve_t, comp) == 0, "comp stays first");

bool serve_init(serve_t *s, sensor_t *sensor, const serve_desc_t *desc,
                const volatile sig_atomic_t *interrupted, char *error, size_t error_bytes)
{
    s->sensor = sensor;
    s->interrupted = interrupted;
    s->control.listener = s->control.peer = s->link.listener = s->link.peer = -1;
    s->message = malloc(SERVE_MOST_BYTES);
    if (s->message == NULL || sim_comp_init(&s->comp, sensor->sim, &kind, "host.serve") != SIM_OK) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    sim_event_init(&s->act, &s->comp, "act", SIM_PRIO_REQUEST, on_act, s);
    s->client = cci_client(&sensor->cci, on_cci_done, s);
    sensor->gpio.moved = on_pins;
    sensor->gpio.moved_ctx = s;
    if (!mipi_tx_listen(&sensor->mipi, on_packet, s)) {
        snprintf(error, error_bytes, "the link has no place for a listener");
        return false;
    }
    return server_listen(&s->control, desc->control, error, error_bytes) &&
           (desc->link == NULL || server_listen(&s->link, desc->link, error, error_bytes));
}

void serve_end(serve_t *s)
{
    if (s->link_file != NULL) {
        mipi_capture_end(&s->capture);
        (void)send_link(s);
        fclose(s->link_file);
        free(s->link_bytes);
    }
    s->link_file = NULL;
    server_close(&s->control);
    server_close(&s->link);
}

void serve_free(serve_t *s)
{
    if (s->message == NULL)
        return;
    serve_end(s);
    free(s->message);
    s->message = NULL;
}
