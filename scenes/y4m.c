#include "scenes/y4m.h"

#include <stdlib.h>
#include <string.h>

#include "scenes/scene_int.h"

enum { LINE = 1024 };

/* ---- the first line ---- */

/* clang-format off */
static const struct {
    const char *name;
    uint32_t planes, across, down;
    bool on_left, on_top;
    uint32_t bits;
} formats[] = {
    {"420jpeg",  3, 2, 2, false, false,  8},
    {"420",      3, 2, 2, false, false,  8}, /* what it means without more: yuv4mpeg(5) */
    {"420mpeg2", 3, 2, 2, true,  false,  8},
    {"420paldv", 3, 2, 2, true,  true,   8},
    {"422",      3, 2, 1, true,  false,  8},
    {"444",      3, 1, 1, false, false,  8},
    {"411",      3, 4, 1, true,  false,  8},
    {"mono",     1, 1, 1, false, false,  8},
    {"420p10",   3, 2, 2, true,  false, 10},
    {"422p10",   3, 2, 1, true,  false, 10},
    {"444p10",   3, 1, 1, false, false, 10},
    {"mono10",   1, 1, 1, false, false, 10},
    {"420p12",   3, 2, 2, true,  false, 12},
    {"422p12",   3, 2, 1, true,  false, 12},
    {"444p12",   3, 1, 1, false, false, 12},
    {"mono12",   1, 1, 1, false, false, 12},
};
/* clang-format on */

static bool set_format(y4m_t *y4m, const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(formats); i++)
        if (strcmp(name, formats[i].name) == 0) {
            y4m->planes = formats[i].planes;
            y4m->across = formats[i].across;
            y4m->down = formats[i].down;
            y4m->on_left = formats[i].on_left;
            y4m->on_top = formats[i].on_top;
            y4m->bits = formats[i].bits;
            return true;
        }
    return false;
}

/* Decimal digits and nothing else, at most 2^31. */
static bool number(const char *text, const char *end, uint64_t *value)
{
    *value = 0;
    for (const char *c = text; c < end; c++) {
        if (*c < '0' || *c > '9' || *value > INT32_MAX / 10)
            return false;
        *value = *value * 10 + (uint64_t)(*c - '0');
    }
    return text < end;
}

static bool set_side(uint32_t *side, const char *text)
{
    uint64_t value;
    if (!number(text, text + strlen(text), &value) || value < 1 || value > Y4M_MAX_SIDE_PX)
        return false;
    *side = (uint32_t)value;
    return true;
}

/* "30000:1001"; "0:0" is not known. */
static bool set_rate(y4m_t *y4m, const char *text)
{
    const char *colon = strchr(text, ':');
    uint64_t num, den;
    if (colon == NULL || !number(text, colon, &num) ||
        !number(colon + 1, colon + strlen(colon), &den) || (num == 0) != (den == 0))
        return false;
    y4m->fps_num = num;
    y4m->fps_den = den;
    return true;
}

static bool set_levels(y4m_t *y4m, const char *text)
{
    if (strcmp(text, "XCOLORRANGE=FULL") == 0)
        y4m->levels = SCENE_LEVELS_FULL;
    if (strcmp(text, "XCOLORRANGE=LIMITED") == 0)
        y4m->levels = SCENE_LEVELS_LIMITED;
    return true; /* other comments are ignored */
}

/* One word of the line; NULL when it is fine, else what was expected. */
static const char *take_word(y4m_t *y4m, const char *word)
{
    switch (word[0]) {
    case 'W':
        return set_side(&y4m->width_px, word + 1) ? NULL : "W1..W16384";
    case 'H':
        return set_side(&y4m->height_px, word + 1) ? NULL : "H1..H16384";
    case 'F':
        return set_rate(y4m, word + 1) ? NULL : "F<frames>:<seconds>";
    case 'I':
        return word[1] == 'p' || word[1] == '?' ? NULL : "Ip: interlaced video is not read";
    case 'C':
        return set_format(y4m, word + 1)
                   ? NULL
                   : "C mono, 411, 420, 420jpeg, 420mpeg2, 420paldv, 422, 444 or p10, p12 of them";
    case 'X':
        return set_levels(y4m, word) ? NULL : "";
    default: /* A, and what a later version may add */
        return NULL;
    }
}

static size_t plane_bytes(const y4m_t *y4m, uint32_t plane)
{
    uint32_t across = plane == 0 ? 1 : y4m->across, down = plane == 0 ? 1 : y4m->down;
    size_t width = (y4m->width_px + across - 1) / across;
    size_t height = (y4m->height_px + down - 1) / down;
    return width * height * (y4m->bits > 8 ? 2 : 1);
}

/* A line without its newline; false at the end of the stream or when it is too long. */
static bool read_line(FILE *stream, char line[LINE])
{
    size_t length = 0;
    int c;
    while ((c = getc(stream)) != EOF && c != '\n' && length + 1 < LINE)
        line[length++] = c == '\0' ? ' ' : (char)c;
    line[length] = '\0';
    return c == '\n';
}

static bool take_words(y4m_t *y4m, char *words, const char *name, char *error, size_t error_bytes)
{
    char *rest = NULL;
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        const char *expected = take_word(y4m, word);
        if (expected != NULL) {
            snprintf(error, error_bytes, "%s: found '%.40s', expected %s", name, word, expected);
            return false;
        }
    }
    if (y4m->width_px == 0 || y4m->height_px == 0)
        snprintf(error, error_bytes, "%s: no W and H in the first line", name);
    else if ((uint64_t)y4m->width_px * y4m->height_px > Y4M_MAX_PX)
        snprintf(error, error_bytes, "%s: %u x %u, at most %u pixels", name, y4m->width_px,
                 y4m->height_px, Y4M_MAX_PX);
    else
        return true;
    return false;
}

bool y4m_open(FILE *stream, const char *name, y4m_t *y4m, char *error, size_t error_bytes)
{
    static const char magic[] = "YUV4MPEG2";
    char line[LINE];
    *y4m = (y4m_t){0};
    set_format(y4m, "420jpeg"); /* of a line without C */
    bool whole = read_line(stream, line);
    if (strncmp(line, magic, sizeof(magic) - 1) != 0 ||
        (line[sizeof(magic) - 1] != ' ' && line[sizeof(magic) - 1] != '\0')) {
        snprintf(error, error_bytes, "%s: does not begin with %s: no Y4M video", name, magic);
        return false;
    }
    if (!whole) {
        snprintf(error, error_bytes, "%s: the first line has no end within %d bytes", name, LINE);
        return false;
    }
    if (!take_words(y4m, line + sizeof(magic) - 1, name, error, error_bytes))
        return false;
    for (uint32_t plane = 0; plane < y4m->planes; plane++)
        y4m->frame_bytes += plane_bytes(y4m, plane);
    return true;
}

int y4m_next(FILE *stream, const char *name, uint32_t index, char *error, size_t error_bytes)
{
    char line[LINE];
    int c = getc(stream);
    if (c == EOF)
        return 0;
    ungetc(c, stream);
    bool whole = read_line(stream, line);
    if (whole && strncmp(line, "FRAME", 5) == 0 && (line[5] == '\0' || line[5] == ' '))
        return 1;
    snprintf(error, error_bytes, "%s: frame %u does not begin with a line FRAME", name, index);
    return -1;
}

/* ---- samples ---- */

void y4m_color_init(y4m_color_t *color, const y4m_t *y4m, scene_matrix_t matrix,
                    scene_levels_t levels)
{
    /* ITU-R BT.601-7, 2.5.1 and BT.709-6, 3.2: luma from R and B, the rest is G. */
    double kr = matrix == SCENE_MATRIX_BT601 ? 0.299 : 0.2126;
    double kb = matrix == SCENE_MATRIX_BT601 ? 0.114 : 0.0722;
    double kg = 1 - kr - kb;
    double top = (double)((1u << y4m->bits) - 1), unit = (double)(1u << (y4m->bits - 8));
    bool full = levels == SCENE_LEVELS_FULL;
    *color = (y4m_color_t){
        .luma_zero = full ? 0.0f : (float)(16 * unit),
        .luma_gain = (float)(full ? 1 / top : 1 / (219 * unit)),
        .chroma_zero = (float)(128 * unit),
        .chroma_gain = (float)(full ? 1 / top : 1 / (224 * unit)),
        .cr_r = (float)(2 * (1 - kr)),
        .cb_g = (float)(-2 * kb * (1 - kb) / kg),
        .cr_g = (float)(-2 * kr * (1 - kr) / kg),
        .cb_b = (float)(2 * (1 - kb)),
    };
    uint32_t last = (uint32_t)SIM_COUNT(color->linear) - 2;
    for (uint32_t i = 0; i <= last; i++)
        color->linear[i] = scene_srgb_linear((double)i / last);
    color->linear[last + 1] = color->linear[last];
}

static float sample(const uint8_t *row, uint32_t bits, uint32_t x)
{
    uint32_t top = (1u << bits) - 1;
    uint32_t code = bits > 8 ? (uint32_t)row[2 * x] | (uint32_t)row[2 * x + 1] << 8 : row[x];
    return (float)(code < top ? code : top);
}

/* Where luma sample i lies among chroma samples: the one before, and how far to the next. */
static float chroma_at(uint32_t i, uint32_t step, bool on_first, uint32_t count, uint32_t *before)
{
    float at = (float)i / (float)step;
    if (!on_first)
        at += 0.5f / (float)step - 0.5f;
    at = scene_clamp(at, 0.0f, (float)(count - 1));
    *before = (uint32_t)at;
    return at - (float)*before;
}

/* A row of a chroma plane as wide as luma: first between two rows, then along. */
static void chroma_row(const y4m_t *y4m, const uint8_t *plane, uint32_t row, float *out,
                       float *scratch)
{
    uint32_t width = (y4m->width_px + y4m->across - 1) / y4m->across;
    uint32_t height = (y4m->height_px + y4m->down - 1) / y4m->down;
    size_t stride = (size_t)width * (y4m->bits > 8 ? 2 : 1);
    uint32_t above, left;
    float between = chroma_at(row, y4m->down, y4m->on_top, height, &above);
    const uint8_t *a = plane + stride * above, *b = above + 1 < height ? a + stride : a;
    for (uint32_t x = 0; x < width; x++)
        scratch[x] = scene_lerp(sample(a, y4m->bits, x), sample(b, y4m->bits, x), between);
    for (uint32_t x = 0; x < y4m->width_px; x++) {
        float t = chroma_at(x, y4m->across, y4m->on_left, width, &left);
        float right = scratch[left + 1 < width ? left + 1 : left];
        out[x] = scene_lerp(scratch[left], right, t);
    }
}

static float linear(const y4m_color_t *color, float code)
{
    float at = scene_clamp(code, 0.0f, 1.0f) * (float)(SIM_COUNT(color->linear) - 2);
    uint32_t i = (uint32_t)at;
    return scene_lerp(color->linear[i], color->linear[i + 1], at - (float)i);
}

void y4m_row(const y4m_t *y4m, const y4m_color_t *color, const uint8_t *frame, uint32_t row,
             float *const rgb[3], float *scratch)
{
    uint32_t width = y4m->width_px;
    const uint8_t *luma = frame + plane_bytes(y4m, 0) / y4m->height_px * row;
    float *cb = scratch, *cr = scratch + width, *mixed = cr + width;
    if (y4m->planes == 3) {
        const uint8_t *plane = frame + plane_bytes(y4m, 0);
        chroma_row(y4m, plane, row, cb, mixed);
        chroma_row(y4m, plane + plane_bytes(y4m, 1), row, cr, mixed);
    }
    for (uint32_t x = 0; x < width; x++) {
        float y = (sample(luma, y4m->bits, x) - color->luma_zero) * color->luma_gain;
        float b = y4m->planes == 3 ? (cb[x] - color->chroma_zero) * color->chroma_gain : 0.0f;
        float r = y4m->planes == 3 ? (cr[x] - color->chroma_zero) * color->chroma_gain : 0.0f;
        rgb[0][x] = linear(color, y + color->cr_r * r);
        rgb[1][x] = linear(color, y + color->cb_g * b + color->cr_g * r);
        rgb[2][x] = linear(color, y + color->cb_b * b);
    }
}
