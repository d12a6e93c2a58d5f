#include "tools/picture.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/file.h"

void picture_fill(sim_image_t *image, int32_t x, int32_t y, int32_t w, int32_t h, rgb_t color)
{
    int32_t x1 = x + w, y1 = y + h;
    int32_t width = (int32_t)image->width_px, height = (int32_t)image->height_px;
    x = x < 0 ? 0 : x;
    y = y < 0 ? 0 : y;
    x1 = x1 > width ? width : x1;
    y1 = y1 > height ? height : y1;
    for (; y < y1; y++) {
        uint8_t *px = image->data + 3 * ((size_t)y * image->width_px + (size_t)x);
        for (int32_t i = x; i < x1; i++, px += 3) {
            px[0] = color.r;
            px[1] = color.g;
            px[2] = color.b;
        }
    }
}

void picture_box(sim_image_t *image, int32_t x, int32_t y, int32_t w, int32_t h, int32_t thick,
                 rgb_t color)
{
    picture_fill(image, x, y, w, thick, color);
    picture_fill(image, x, y + h - thick, w, thick, color);
    picture_fill(image, x, y, thick, h, color);
    picture_fill(image, x + w - thick, y, thick, h, color);
}

/* Cuts away what is outside 0..size along one axis: shares of the way, of a line from a to b. */
static void clip(float a, float b, float size, float *from, float *to)
{
    float at_0 = -a / (b - a), at_1 = (size - a) / (b - a);
    float low = at_0 < at_1 ? at_0 : at_1, high = at_0 < at_1 ? at_1 : at_0;
    *from = low > *from ? low : *from;
    *to = high < *to ? high : *to;
}

void picture_line(sim_image_t *image, float x0, float y0, float x1, float y1, int32_t thick,
                  rgb_t color)
{
    float from = 0, to = 1, dx = x1 - x0, dy = y1 - y0;
    float wide = dx < 0 ? -dx : dx, high = dy < 0 ? -dy : dy;
    float width = (float)image->width_px, height = (float)image->height_px;
    if (wide > 0)
        clip(x0, x1, width, &from, &to);
    else if (!(x0 >= 0 && x0 <= width))
        return;
    if (high > 0)
        clip(y0, y1, height, &from, &to);
    else if (!(y0 >= 0 && y0 <= height))
        return;
    float steps = (wide > high ? wide : high) * (to - from);
    int32_t last = steps > 0 ? (int32_t)steps + 1 : 0;
    for (int32_t i = 0; i <= last && from <= to; i++) {
        float t = last > 0 ? from + (to - from) * (float)i / (float)last : from;
        picture_fill(image, (int32_t)(x0 + t * dx), (int32_t)(y0 + t * dy), thick, thick, color);
    }
}

/* Columns of five dots each, lowest bit on top. */
static const struct {
    char c;
    uint8_t column[5];
} font[] = {
    {'0', {0x3e, 0x51, 0x49, 0x45, 0x3e}}, {'1', {0x00, 0x42, 0x7f, 0x40, 0x00}},
    {'2', {0x42, 0x61, 0x51, 0x49, 0x46}}, {'3', {0x21, 0x41, 0x45, 0x4b, 0x31}},
    {'4', {0x18, 0x14, 0x12, 0x7f, 0x10}}, {'5', {0x27, 0x45, 0x45, 0x45, 0x39}},
    {'6', {0x3c, 0x4a, 0x49, 0x49, 0x30}}, {'7', {0x01, 0x71, 0x09, 0x05, 0x03}},
    {'8', {0x36, 0x49, 0x49, 0x49, 0x36}}, {'9', {0x06, 0x49, 0x49, 0x29, 0x1e}},
    {'A', {0x7e, 0x09, 0x09, 0x09, 0x7e}}, {'E', {0x7f, 0x49, 0x49, 0x49, 0x41}},
    {'F', {0x7f, 0x09, 0x09, 0x09, 0x01}}, {'I', {0x00, 0x41, 0x7f, 0x41, 0x00}},
    {'M', {0x7f, 0x02, 0x0c, 0x02, 0x7f}}, {'N', {0x7f, 0x04, 0x08, 0x10, 0x7f}},
    {'O', {0x3e, 0x41, 0x41, 0x41, 0x3e}}, {'R', {0x7f, 0x09, 0x19, 0x29, 0x46}},
    {'T', {0x01, 0x01, 0x7f, 0x01, 0x01}}, {'U', {0x3f, 0x40, 0x40, 0x40, 0x3f}},
    {'B', {0x7f, 0x49, 0x49, 0x49, 0x36}}, {'C', {0x3e, 0x41, 0x41, 0x41, 0x22}},
    {'D', {0x7f, 0x41, 0x41, 0x22, 0x1c}}, {'G', {0x3e, 0x41, 0x49, 0x49, 0x7a}},
    {'H', {0x7f, 0x08, 0x08, 0x08, 0x7f}}, {'J', {0x20, 0x40, 0x41, 0x3f, 0x01}},
    {'K', {0x7f, 0x08, 0x14, 0x22, 0x41}}, {'L', {0x7f, 0x40, 0x40, 0x40, 0x40}},
    {'P', {0x7f, 0x09, 0x09, 0x09, 0x06}}, {'Q', {0x3e, 0x41, 0x51, 0x21, 0x5e}},
    {'S', {0x46, 0x49, 0x49, 0x49, 0x31}}, {'V', {0x1f, 0x20, 0x40, 0x20, 0x1f}},
    {'W', {0x3f, 0x40, 0x38, 0x40, 0x3f}}, {'X', {0x63, 0x14, 0x08, 0x14, 0x63}},
    {'Y', {0x07, 0x08, 0x70, 0x08, 0x07}}, {'Z', {0x61, 0x51, 0x49, 0x45, 0x43}},
    {'-', {0x08, 0x08, 0x08, 0x08, 0x08}}, {'/', {0x20, 0x10, 0x08, 0x04, 0x02}},
    {'#', {0x14, 0x7f, 0x14, 0x7f, 0x14}}, {'%', {0x23, 0x13, 0x08, 0x64, 0x62}},
    {'.', {0x00, 0x60, 0x60, 0x00, 0x00}}, {':', {0x00, 0x36, 0x36, 0x00, 0x00}},
};

static const uint8_t *glyph(char c)
{
    for (size_t i = 0; i < SIM_COUNT(font); i++)
        if (font[i].c == toupper((unsigned char)c))
            return font[i].column;
    return NULL;
}

void picture_text(sim_image_t *image, int32_t x, int32_t y, int32_t scale, rgb_t color,
                  const char *text)
{
    for (; *text != '\0'; text++, x += 6 * scale) {
        const uint8_t *columns = glyph(*text);
        for (int32_t dot = 0; columns != NULL && dot < 5 * 8; dot++)
            if ((columns[dot / 8] >> (dot % 8) & 1) != 0)
                picture_fill(image, x + dot / 8 * scale, y + dot % 8 * scale, scale, scale, color);
    }
}

/* ---- files ---- */

bool picture_knows(const char *file)
{
    const char *name = strrchr(file, '/') != NULL ? strrchr(file, '/') : file;
    return strrchr(name, '.') == NULL || sim_file_ends(file, ".png") ||
           sim_file_ends(file, ".ppm") || sim_file_ends(file, ".pgm");
}

static sim_err_t write_netpbm(const char *file, const sim_image_t *image, char *error,
                              size_t error_bytes)
{
    FILE *to = sim_file_create(file, error, error_bytes);
    if (to == NULL)
        return SIM_EFILE;
    fprintf(to, "P%c\n%u %u\n255\n", image->channels == 1 ? '5' : '6', image->width_px,
            image->height_px);
    fwrite(image->data, image->channels, (size_t)image->width_px * image->height_px, to);
    return sim_file_commit(to, file, error, error_bytes);
}

sim_err_t picture_write(const char *file, const sim_image_t *image, char *error, size_t error_bytes)
{
    if (sim_file_ends(file, ".ppm") || sim_file_ends(file, ".pgm"))
        return write_netpbm(file, image, error, error_bytes);
    return sim_png_write(file, image, error, error_bytes);
}
