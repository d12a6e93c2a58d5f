/*
 * inspect_events.c - what happened, in detail: a pixel, a span, a packet, a box, a line.
 */
#include <stdio.h>
#include <string.h>

#include "mipi/packet.h"
#include "tools/view/image_view.h"
#include "tools/view/inspect.h"

static void put_time(inspect_t *in, const char *key, uint64_t ps)
{
    char text[24];
    inspect_put(in, key, "%s", ui_time(text, ps));
}

static void gone(inspect_t *in, const char *what)
{
    inspect_head(in, 0, "%s", what);
    inspect_say(in, ui_dim, "It is no longer among the newest that are kept, or not yet there.");
}

/* ---- a pixel ---- */

static const char *const picture_names[VIEW_PICTURES] = {[VIEW_RAW] = "RAW",
                                                         [VIEW_ISP] = "ISP image",
                                                         [VIEW_HOST] = "Host's image",
                                                         [VIEW_IDEAL] = "World"};

static pix_frame_t frame_now(const view_model_t *m)
{
    return m->sensor != NULL ? m->sensor->pixel.now : (pix_frame_t){0};
}

/* CCS order of digital gains: Gr, R, B, Gb. */
static uint32_t phase_of(const char *color)
{
    return strcmp(color, "Gr") == 0  ? PIX_PHASE_GR
           : strcmp(color, "R") == 0 ? PIX_PHASE_R
           : strcmp(color, "B") == 0 ? PIX_PHASE_B
                                     : PIX_PHASE_GB;
}

/* What the sample stands for, by the settings of its frame; noise and pattern are in it. */
static void put_electrons(inspect_t *in, const pix_frame_t *f, const char *color, int32_t above_dn)
{
    const pix_desc_t *desc = &in->ui->model->sensor->pixel.desc;
    double digital = f->digital_gain[phase_of(color)] / 256.0;
    double bits = f->adc_bits >= desc->adc_bits ? 1u << (f->adc_bits - desc->adc_bits)
                                                : 1.0 / (1u << (desc->adc_bits - f->adc_bits));
    double dn_per_e = desc->dn_per_e * pix_analog_gain(f->gain_code) * digital * bits;
    inspect_put(in, "analog gain", "x %.2f", pix_analog_gain(f->gain_code));
    inspect_put(in, "digital gain", "x %.2f", digital);
    if (dn_per_e > 0)
        inspect_put(in, "electrons", "%.0f e-", above_dn / dn_per_e);
    if (f->x.bin > 1 || f->y.bin > 1)
        inspect_put(in, "binned", "%u x %u, %s", f->x.bin, f->y.bin,
                    f->bin_sum != 0 ? "sum" : "average");
}

static void put_row_times(inspect_t *in, const pix_frame_t *f, uint32_t row)
{
    uint64_t start = pix_row_exposure_start_ps(f, row), end = pix_row_exposure_end_ps(f, row);
    put_time(in, "exposed from", start);
    put_time(in, "to", end);
    put_time(in, "that is", end > start ? end - start : 0);
    put_time(in, "read from", pix_row_readout_start_ps(f, row));
    put_time(in, "to", pix_row_readout_end_ps(f, row));
}

/* Returns its value, DN. */
static uint32_t inspect_sample(inspect_t *in, const view_picture_t *p, uint32_t x, uint32_t y)
{
    uint32_t dn = p->px.raw[(size_t)y * p->width_px + x];
    inspect_put(in, "value", "%u DN of %u bits", dn, p->bits);
    inspect_put(in, "color", "%s", image_bayer_name(p->bayer, x, y));
    inspect_put(in, "above black", "%d DN", (int32_t)dn - (int32_t)p->black);
    return dn;
}

static void inspect_raw(inspect_t *in, const view_picture_t *p, uint32_t x, uint32_t y)
{
    if (y >= p->rows && p->first) {
        inspect_say(in, ui_warn, "Row %u of frame %u is not read yet.", y, p->frame);
        return;
    }
    uint32_t dn = inspect_sample(in, p, x, y);
    const char *color = image_bayer_name(p->bayer, x, y);
    pix_frame_t f = frame_now(in->ui->model);
    bool settings = f.frame == p->frame && f.clk_hz != 0 && y < p->rows;
    if (settings)
        put_electrons(in, &f, color, (int32_t)dn - (int32_t)p->black);
    if (y >= p->rows) {
        inspect_space(in);
        inspect_say(in, ui_warn, "Row %u of frame %u is not read yet: this is the frame before.", y,
                    p->frame);
    }
    if (!settings || y >= pix_frame_lines(&f))
        return;
    inspect_space(in);
    inspect_head(in, 0, "Row %u of frame %u", y, p->frame);
    put_row_times(in, &f, y);
}

static void inspect_rgb(inspect_t *in, const view_picture_t *p, uint32_t x, uint32_t y)
{
    const uint8_t *rgb = &p->px.rgb[3 * ((size_t)y * p->width_px + x)];
    inspect_put(in, "R G B", "%u %u %u", rgb[0], rgb[1], rgb[2]);
    inspect_put(in, "hex", "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
    inspect_put(in, "frame", "%u%s", p->frame, y < p->rows ? "" : ": this is the one before");
}

void inspect_pixel(inspect_t *in, const ui_select_t *s)
{
    view_picture_kind_t kind = s->a < VIEW_PICTURES ? (view_picture_kind_t)s->a : VIEW_RAW;
    const view_picture_t *p = &in->ui->model->picture[kind];
    if (s->x >= p->width_px || s->y >= p->height_px || p->px.rgb == NULL) {
        gone(in, "Pixel");
        return;
    }
    double array[2];
    image_pixel_array(p, s->x, s->y, array);
    inspect_head(in, 0, "%s, column %u, row %u", picture_names[kind], s->x, s->y);
    if (kind == VIEW_RAW)
        inspect_raw(in, p, s->x, s->y);
    else if (p->bits != 0)
        inspect_sample(in, p, s->x, s->y);
    else
        inspect_rgb(in, p, s->x, s->y);
    inspect_space(in);
    inspect_put(in, "on the array", "%.1f, %.1f px", array[0], array[1]);
    inspect_put(in, "picture", "%u x %u px", p->width_px, p->height_px);
}

/* ---- a span ---- */

/* The inside of a JSON object, a row a member. */
static void put_args(inspect_t *in, const char *args)
{
    char key[VIEW_ARGS], value[VIEW_ARGS];
    for (const char *at = args + strspn(args, " "); *at != '\0'; at += strspn(at, " ")) {
        bool quoted = false;
        int depth = 0;
        const char *end = at;
        for (; *end != '\0' && (quoted || depth > 0 || *end != ','); end++) {
            quoted ^= *end == '"';
            depth += quoted ? 0 : (*end == '{' || *end == '[') - (*end == '}' || *end == ']');
        }
        int bytes = (int)(end - at);
        const char *colon = memchr(at, ':', (size_t)bytes);
        int name = colon != NULL ? (int)(colon - at) : bytes;
        snprintf(key, sizeof(key), "%.*s", name >= 2 && *at == '"' ? name - 2 : name,
                 at + (*at == '"'));
        snprintf(value, sizeof(value), "%.*s", colon != NULL ? bytes - name - 1 : 0,
                 colon != NULL ? colon + 1 : "");
        inspect_put(in, key, "%s", value);
        at = end + (*end == ',');
    }
}

void inspect_span(inspect_t *in, const ui_select_t *select)
{
    const uint64_t number = select->a;
    const view_model_t *m = in->ui->model;
    if (number < m->spans.first || number >= m->spans.next) {
        gone(in, "Span");
        return;
    }
    const view_span_t *span = view_span(m, number);
    inspect_head(in, ui_color(span->track), "%s", span->name);
    inspect_put(in, "track", "%s", m->track[span->track]);
    put_time(in, "from", span->start_ps);
    put_time(in, "to", span->end_ps);
    put_time(in, "that is", span->end_ps - span->start_ps);
    if (span->frame >= 0 && strstr(span->args, "\"frame\":") == NULL)
        inspect_put(in, "frame", "%d", span->frame);
    put_args(in, span->args);
}

/* ---- a packet ---- */

enum { CSI_SIGNALING_MODE = 0x0111, CPHY = 3 }; /* CCS 1.1 */

static void put_header(inspect_t *in, const view_packet_t *p)
{
    static const char *const ecc[] = {"right", "one bit corrected", "wrong"};
    mipi_header_t header;
    if (p->kept < MIPI_HEADER_BYTES)
        return;
    mipi_ecc_t check = mipi_header_decode(p->head, &header);
    inspect_put(in, "DI", "0x%02x: VC %u, DT 0x%02x", p->head[0], header.vc, header.dt);
    inspect_put(in, mipi_dt_is_short(header.dt) ? "data field" : "word count", "%u%s", header.word,
                mipi_dt_is_short(header.dt) ? "" : " bytes");
    inspect_put(in, "ECC", "0x%02x: %s", p->head[3] & 0x3f, ecc[check]);
}

static void put_bytes(inspect_t *in, const view_packet_t *p)
{
    inspect_space(in);
    inspect_put(in, p->kept < p->bytes ? "first bytes" : "bytes", "%u of %u", p->kept, p->bytes);
    for (uint32_t at = 0; at < p->kept && at < VIEW_HEAD; at += 8) {
        char text[80];
        int used = snprintf(text, sizeof(text), "%02x ", at);
        for (uint32_t i = at; i < at + 8 && i < p->kept && i < VIEW_HEAD; i++)
            used += snprintf(text + used, sizeof(text) - (size_t)used, " %02x", p->head[i]);
        inspect_mono(in, at == 0 ? ui_bright : ui_text, "%s", text);
    }
}

void inspect_packet(inspect_t *in, const ui_select_t *select)
{
    const uint64_t number = select->a;
    const view_model_t *m = in->ui->model;
    if (number < m->packets.first || number >= m->packets.next) {
        gone(in, "Packet");
        return;
    }
    const view_packet_t *p = view_packet(m, number);
    uint64_t took = p->end_ps > p->start_ps ? p->end_ps - p->start_ps : 0;
    inspect_head(in, ui_block_color("link"), "Packet %llu: %s", (unsigned long long)p->number,
                 mipi_dt_name(p->dt));
    inspect_put(in, "kind", "%s packet", mipi_dt_is_short(p->dt) ? "short" : "long");
    inspect_put(in, "VC", "%u", p->vc);
    inspect_put(in, "data type", "0x%02x %s", p->dt, mipi_dt_name(p->dt));
    bool trios = play_register(in->ui->play, CSI_SIGNALING_MODE, 1) == CPHY;
    if (!trios)
        put_header(in, p);
    put_time(in, "from", p->start_ps);
    put_time(in, "to", p->end_ps);
    put_time(in, "that is", took);
    if (took > 0)
        inspect_put(in, "rate", "%.1f Mbit/s", (double)p->bytes * 8e6 / (double)took);
    put_bytes(in, p);
}

/* ---- a line of the console ---- */

void inspect_line(inspect_t *in, const ui_select_t *select)
{
    const uint64_t number = select->a;
    static const char *const kinds[] = {"Console (UART)", "Event on the link", "Changed by hand",
                                        "The simulator's log"};
    const view_model_t *m = in->ui->model;
    if (number < m->lines.first || number >= m->lines.next) {
        gone(in, "Line");
        return;
    }
    const view_line_t *line = view_line(m, number);
    inspect_head(in, 0, "%s", kinds[line->kind]);
    put_time(in, "at", line->told_ps);
    inspect_say(in, ui_text, "%s", line->text);
}

/* ---- a box ---- */

static void put_class(inspect_t *in, uint32_t class_id)
{
    const char *name = scene_class_name(class_id);
    inspect_put(in, "class", name != NULL ? "%u: %s" : "%u", class_id, name);
}

static void inspect_truth(inspect_t *in, uint64_t identity)
{
    const scene_truth_t *truth = &in->ui->model->truth;
    uint32_t i = 0;
    while (i < truth->count && truth->box[i].id != identity)
        i++;
    if (!in->ui->model->truth_known || i == truth->count) {
        gone(in, "Box of the truth");
        return;
    }
    const scene_box_t *box = &truth->box[i];
    inspect_head(in, ui_color(box->id), "Truth: identity %u", box->id);
    put_class(in, box->class_id);
    inspect_put(in, "frame", "%u", truth->frame);
    inspect_put(in, "left, top", "%.1f, %.1f px", (double)box->x, (double)box->y);
    inspect_put(in, "size", "%.1f x %.1f px", (double)box->w, (double)box->h);
    inspect_put(in, "visible", "%.0f %%", 100.0 * (double)box->visible);
    if (box->age > 0 && box->age <= SCENE_AGES)
        inspect_put(in, "age", "%s", scene_age_name((scene_age_t)(box->age - 1)));
    if (box->pose != NULL)
        inspect_put(in, "pose", "%s", box->pose);
}

static const metadata_box_t *box_in(const view_report_t *report, uint64_t identity)
{
    for (uint32_t i = 0; i < report->boxes && i < VIEW_BOXES; i++)
        if (report->box[i].id == identity)
            return &report->box[i];
    return NULL;
}

/* Newest first. */
static void put_history(inspect_t *in, uint64_t identity)
{
    const view_model_t *m = in->ui->model;
    inspect_space(in);
    inspect_mono(in, ui_dim, "frame score  left   top  width height px");
    for (uint64_t i = m->reports.next; i > m->reports.first; i--) {
        const view_report_t *report = view_report(m, i - 1);
        const metadata_box_t *box = box_in(report, identity);
        if (box != NULL)
            inspect_mono(in, ui_text, "%5u  %.2f %5u %5u  %5u %5u", report->frame,
                         box->score / 256.0, box->x, box->y, box->w, box->h);
    }
}

void inspect_box(inspect_t *in, const ui_select_t *select)
{
    const uint64_t identity = select->a;
    const bool truth = select->b != 0;
    const view_model_t *m = in->ui->model;
    const metadata_box_t *box = NULL;
    uint64_t i = m->reports.next;
    if (truth) {
        inspect_truth(in, identity);
        return;
    }
    while (i > m->reports.first && box == NULL)
        box = box_in(view_report(m, --i), identity);
    if (box == NULL) {
        gone(in, "Box");
        return;
    }
    const view_report_t *report = view_report(m, i);
    char latency[24];
    inspect_head(in, ui_color(box->id), "Host: identity %u", box->id);
    put_class(in, box->class_id);
    inspect_put(in, "score", "%.2f (%u of 256)", box->score / 256.0, box->score);
    inspect_put(in, "frame", "%u", report->frame);
    inspect_put(in, "left, top", "%u, %u px", box->x, box->y);
    inspect_put(in, "size", "%u x %u px", box->w, box->h);
    inspect_put(in, "latency", "%s", ui_time(latency, (uint64_t)report->latency_us * 1000000));
    inspect_put(in, "network", "%u", report->network);
    put_history(in, identity);
}
