/*
 * control.h - what the user's hand can change while the run goes on, as a table: a value each, in
 * the unit that people think in, behind it CCS registers or the scene's light.
 *
 *   key, click --> control_step, control_type --> play_write (CCI bus), play_light
 *
 * Ranges are those of the limit registers (CCS 1.1, 9.x) where there are any.
 */
#ifndef TOOLS_VIEW_CONTROL_H
#define TOOLS_VIEW_CONTROL_H

#include "tools/view/ui.h"

/* X(name, label, register, unit that is typed, help). Register "": none. */
/* clang-format off */
#define CONTROLS(X)                                                                                \
    X(EXPOSURE,  "exposure",      "coarse_integration_time", "ms", "how long each row collects light")         \
    X(GAIN,      "analog gain",   "analog_gain_code_global", "x",  "before the ADC: 1024 / (1024 - code)")     \
    X(DIGITAL,   "digital gain",  "digital_gain_greenr",     "x",  "behind the ADC, all four colors, 8.8")     \
    X(FRAME,     "frame length",  "frame_length_lines",      "lines", "from a frame to the next")              \
    X(LIGHT,     "light",         "",                        "%",  "of what the scenario says")                \
    X(NETWORK,   "network",       "network_select",          "",   "which one runs from the next frame on")    \
    X(SCORE,     "least score",   "app_score_min",           "",   "of a box that is reported, 1/256")         \
    X(PATTERN,   "test pattern",  "test_pattern_mode",       "",   "instead of what the photosites saw")       \
    X(STREAM,    "stream",        "mode_select",             "",   "1: frames are read; 0: standby")
/* clang-format on */

typedef enum {
#define X(name, ...) CONTROL_##name,
    CONTROLS(X)
#undef X
        CONTROL_COUNT
} control_t;

typedef struct {
    const char *label, *reg, *unit, *help;
} control_row_t;
extern const control_row_t control_rows[CONTROL_COUNT];

/* In units of the register; of light thousandths. */
typedef struct {
    uint32_t value, least, most;
    bool known;   /* false: this chip or run has none; why says so */
    bool pending; /* value is what was written; the bus has not brought it yet */
    const char *why;
} control_state_t;

control_state_t control_state(const view_model_t *model, const view_ui_t *ui, const play_t *play,
                              control_t row);
/* The register behind a row; 0: none (0 is no register that any row has). */
uint16_t control_address(control_t row);
/* "20.21 ms, 1600 lines" */
void control_text(const view_model_t *model, const view_ui_t *ui, const play_t *play, control_t row,
                  char *out, size_t bytes);

/* One sensible step up or down, within the range. False with the reason in ui->note: nothing was
 * changed. */
bool control_step(const view_model_t *model, view_ui_t *ui, play_t *play, control_t row, bool up);
/* A number in the row's unit. The same. */
bool control_type(const view_model_t *model, view_ui_t *ui, play_t *play, control_t row,
                  const char *text);

#endif
