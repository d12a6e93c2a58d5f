/*
 * control.c - values that the user's hand changes: what they are, how far they go, how they are
 * written.
 */
#include "tools/view/control.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const control_row_t control_rows[CONTROL_COUNT] = {
#define X(name, label, reg, unit, help) {label, reg, unit, help},
    CONTROLS(X)
#undef X
};

/* CCS 1.1. */
enum {
    SENSOR_MODEL_ID = 0x0016,
    MODE_SELECT = 0x0100,
    HOLD = 0x0104,
    COARSE = 0x0202,
    DIGITAL_GAIN = 0x020e, /* greenr, red, blue, greenb */
    FRAME_LENGTH = 0x0340,
    FRAME_LENGTH_CTRL = 0x0350,
    GAIN_CODE_MAX = 0x0086,
    COARSE_MIN = 0x1004,
    COARSE_MARGIN = 0x1006,
    DIGITAL_MIN = 0x1084,
    DIGITAL_MAX = 0x1086,
    FRAME_MIN = 0x1140,
    FRAME_MAX = 0x1142,
    IMX477_SHIFT = 0x3100,
    IMX500_SHIFT = 0x3210,
    GAIN_ONE = 1024, /* analog_gain_c0, _c1; m1 is -1 */
    DIGITAL_ONE = 256,
    LIGHT_ONE = 1000,
    LIGHT_MOST = 100 * LIGHT_ONE,
    PATTERNS = 5,
};
_Static_assert((int)CONTROL_COUNT <= (int)UI_WISHES, "a wish for each row");
#define WISH_PS (5 * SIM_PS_PER_MS) /* for so long a write may wait for the bus */

static const char *const pattern_names[PATTERNS] = {"off", "solid color", "color bars",
                                                    "fading bars", "PN9"};

static uint32_t reg16(const play_t *play, uint16_t addr)
{
    return play_register(play, addr, 2);
}

uint16_t control_address(control_t row)
{
    const ccs_reg_t *reg =
        control_rows[row].reg[0] != '\0' ? ccs_named(control_rows[row].reg) : NULL;
    return reg != NULL ? reg->addr : 0;
}

/* ---- lines as time ---- */

/* Line counts count 2^n times: imx500_exp_shift, imx477_exp_shift. */
static uint32_t shift_of(const play_t *play)
{
    uint32_t model = reg16(play, SENSOR_MODEL_ID);
    uint32_t shift = model == 0x0500   ? play_register(play, IMX500_SHIFT, 1)
                     : model == 0x0477 ? play_register(play, IMX477_SHIFT, 1)
                                       : 0;
    return shift < 8 ? shift : 7;
}

/* Of a line of the registers, 2^n shift included; 0: not known. */
static double line_ms(const view_model_t *model, const play_t *play)
{
    if (model->sensor == NULL)
        return 0;
    pix_frame_t frame = pix_frame_asked(&model->sensor->pixel);
    return (double)pix_line_time_ps(&frame) * 1e-9 * (1u << shift_of(play));
}

/* ---- what is so ---- */

static control_state_t absent(const char *why)
{
    return (control_state_t){.why = why};
}

static control_state_t exposure(const play_t *play, control_state_t s)
{
    uint32_t frame = reg16(play, FRAME_LENGTH), margin = reg16(play, COARSE_MARGIN);
    bool grows = play_register(play, FRAME_LENGTH_CTRL, 1) != 0;
    s.least = reg16(play, COARSE_MIN);
    s.most = grows ? UINT16_MAX - margin : frame > margin ? frame - margin : 0;
    s.most = s.most > s.least ? s.most : s.least;
    return s;
}

static control_state_t network(const view_model_t *model, const play_t *play, control_state_t s)
{
    uint32_t count = model->networks != NULL ? model->networks->count : 0;
    if (reg16(play, SENSOR_MODEL_ID) != 0x0500)
        return absent("not on this chip");
    if (count < 2)
        return absent(count == 0 ? "this run has none" : "only one is loaded");
    s.most = count - 1;
    return s;
}

/* What was written a moment ago counts as there. */
static bool is_pending(const view_ui_t *ui, const play_t *play, control_t row, uint32_t value)
{
    const ui_wish_t *wish = &ui->wish[row];
    uint64_t now_ps = play_now_ps(play);
    return wish->on && wish->value != value && now_ps >= wish->at_ps &&
           now_ps - wish->at_ps < WISH_PS;
}

control_state_t control_state(const view_model_t *model, const view_ui_t *ui, const play_t *play,
                              control_t row)
{
    control_state_t s = {.known = true, .why = ""};
    const ccs_reg_t *reg = row == CONTROL_LIGHT ? NULL : ccs_named(control_rows[row].reg);
    s.value = reg != NULL ? play_register(play, reg->addr, reg->bytes) : play_light_now(play);
    s.pending = is_pending(ui, play, row, s.value);
    if (s.pending)
        s.value = ui->wish[row].value;
    switch (row) {
    case CONTROL_EXPOSURE:
        s = exposure(play, s);
        break;
    case CONTROL_GAIN:
        s.most = reg16(play, GAIN_CODE_MAX);
        break;
    case CONTROL_DIGITAL:
        s.least = reg16(play, DIGITAL_MIN);
        s.most = reg16(play, DIGITAL_MAX);
        break;
    case CONTROL_FRAME:
        s.least = reg16(play, FRAME_MIN);
        s.most = reg16(play, FRAME_MAX);
        break;
    case CONTROL_LIGHT:
        s.most = LIGHT_MOST;
        break;
    case CONTROL_NETWORK:
        return network(model, play, s);
    case CONTROL_SCORE:
        s.most = 255;
        break;
    case CONTROL_PATTERN:
        s.most = PATTERNS - 1;
        break;
    case CONTROL_STREAM:
        s.most = 1;
        break;
    default:
        return absent("");
    }
    return s;
}

static double gain_of(uint32_t code)
{
    return code < GAIN_ONE ? (double)GAIN_ONE / (GAIN_ONE - code) : GAIN_ONE;
}

static void lines_text(double ms, uint32_t lines, bool rate, char *out, size_t bytes)
{
    double all = ms * lines;
    if (all <= 0)
        snprintf(out, bytes, "%u lines", lines);
    else if (rate)
        snprintf(out, bytes, "%u lines, %.2f fps", lines, 1e3 / all);
    else
        snprintf(out, bytes, "%.4g ms, %u lines", all, lines);
}

void control_text(const view_model_t *model, const view_ui_t *ui, const play_t *play, control_t row,
                  char *out, size_t bytes)
{
    control_state_t s = control_state(model, ui, play, row);
    uint32_t v = s.value;
    out[0] = '\0';
    if (!s.known) {
        snprintf(out, bytes, "%s", s.why);
        return;
    }
    switch (row) {
    case CONTROL_EXPOSURE:
    case CONTROL_FRAME:
        lines_text(line_ms(model, play), v, row == CONTROL_FRAME, out, bytes);
        break;
    case CONTROL_GAIN:
        snprintf(out, bytes, "x %.2f, code %u", gain_of(v), v);
        break;
    case CONTROL_DIGITAL:
        snprintf(out, bytes, "x %.2f", v / (double)DIGITAL_ONE);
        break;
    case CONTROL_LIGHT:
        snprintf(out, bytes, "%.1f %%", v / 10.0);
        break;
    case CONTROL_NETWORK:
        snprintf(out, bytes, "%u: %s", v,
                 v < model->networks->count ? model->networks->prog[v].meta.name : "none");
        break;
    case CONTROL_SCORE:
        snprintf(out, bytes, "%.2f, %u of 256", v / 256.0, v);
        break;
    case CONTROL_PATTERN:
        snprintf(out, bytes, "%u: %s", v, v < PATTERNS ? pattern_names[v] : "reserved");
        break;
    case CONTROL_STREAM:
        snprintf(out, bytes, "%s", v != 0 ? "on" : "off: standby");
        break;
    default:
        break;
    }
}

/* ---- changes ---- */

static bool write_digital(play_t *play, uint32_t value)
{
    bool done = play_write(play, HOLD, 1, 1); /* all four in one frame */
    for (uint16_t i = 0; i < 4 && done; i++)
        done = play_write(play, (uint16_t)(DIGITAL_GAIN + 2 * i), 2, value);
    return play_write(play, HOLD, 1, 0) && done;
}

static bool set(view_ui_t *ui, play_t *play, control_t row, uint32_t value)
{
    const ccs_reg_t *reg = row == CONTROL_LIGHT ? NULL : ccs_named(control_rows[row].reg);
    bool done = row == CONTROL_LIGHT     ? play_light(play, value)
                : row == CONTROL_DIGITAL ? write_digital(play, value)
                                         : play_write(play, reg->addr, reg->bytes, value);
    const char *complaint = play_complaint(play);
    ui->note[0] = '\0';
    if (!done)
        snprintf(ui->note, sizeof(ui->note), "%s: %s", control_rows[row].label,
                 complaint[0] != '\0' ? complaint : "not in this run");
    else
        ui->wish[row] = (ui_wish_t){true, value, play_now_ps(play)};
    return done;
}

static uint32_t within(const control_state_t *s, double value)
{
    return value <= s->least ? s->least : value >= s->most ? s->most : (uint32_t)lround(value);
}

/* Rows where a step is a third of a stop; others add. */
static double stepped(control_t row, uint32_t value, bool up)
{
    double third = up ? 1.2599210498948732 : 0.7937005259840998; /* 2^(1/3), its inverse */
    double code = GAIN_ONE - GAIN_ONE / (gain_of(value) * third);
    switch (row) {
    case CONTROL_GAIN:
        return code;
    case CONTROL_EXPOSURE:
    case CONTROL_DIGITAL:
    case CONTROL_LIGHT:
        return value * third;
    case CONTROL_FRAME:
        return value * (up ? 1.1 : 1 / 1.1);
    case CONTROL_SCORE:
        return (double)value + (up ? 8 : -8);
    default:
        return (double)value + (up ? 1 : -1);
    }
}

bool control_step(const view_model_t *model, view_ui_t *ui, play_t *play, control_t row, bool up)
{
    control_state_t s = control_state(model, ui, play, row);
    uint32_t value = within(&s, stepped(row, s.value, up));
    if (up && value <= s.value) /* too little for a whole number */
        value = within(&s, s.value + 1.0);
    else if (!up && value >= s.value)
        value = within(&s, s.value - 1.0);
    if (s.known && value != s.value)
        return set(ui, play, row, value);
    snprintf(ui->note, sizeof(ui->note), "%s: %s", control_rows[row].label,
             !s.known ? s.why
             : up     ? "that is the most"
                      : "that is the least");
    return false;
}

/* A number of the row's unit as its register has it; negative: it cannot be told. */
static double in_register(const view_model_t *model, const play_t *play, control_t row,
                          double number)
{
    double ms = line_ms(model, play);
    switch (row) {
    case CONTROL_EXPOSURE:
        return ms > 0 ? number / ms : -1;
    case CONTROL_GAIN:
        return number >= 1 ? GAIN_ONE - GAIN_ONE / number : -1;
    case CONTROL_DIGITAL:
        return number * DIGITAL_ONE;
    case CONTROL_LIGHT:
        return number * 10;
    default:
        return number;
    }
}

bool control_type(const view_model_t *model, view_ui_t *ui, play_t *play, control_t row,
                  const char *text)
{
    control_state_t s = control_state(model, ui, play, row);
    const control_row_t *r = &control_rows[row];
    char *end;
    double number = strtod(text, &end);
    bool plain = end != text && *end == '\0' && number >= 0 && number < 1e9;
    double value = plain ? round(in_register(model, play, row, number)) : -1;
    if (s.known && value >= s.least && value <= s.most)
        return set(ui, play, row, (uint32_t)value);
    if (!s.known)
        snprintf(ui->note, sizeof(ui->note), "%s: %s", r->label, s.why);
    else if (!plain)
        snprintf(ui->note, sizeof(ui->note), "%s: %.32s is no number", r->label, text);
    else
        snprintf(ui->note, sizeof(ui->note), "%s: %.32s%s%s is out of range", r->label, text,
                 r->unit[0] != '\0' ? " " : "", r->unit);
    return false;
}
