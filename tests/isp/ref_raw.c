/*
 * ref_raw.c - the RAW domain's part of the reference, sample by sample.
 */
#include <string.h>

#include "tests/isp/ref.h"

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

static int64_t black_corrected(const ref_t *ref, const uint16_t *raw, int64_t x, int64_t y)
{
    int64_t value = (int64_t)raw[y * ref->width_px + x] << (12 - ref->bits);
    return clamp(value - ref->black[ref_phase(ref, x, y)], 0, 4095);
}

/* ---- defects ---- */

static sim_window_t window_of(const ref_t *ref)
{
    sim_window_t all = {0, 0, ref->array_width_px, ref->array_height_px, 0, 0};
    return ref->window.width_px == 0 ? all : ref->window;
}

/* Which sample of an axis a site is in: blocks of 2 photosites in pairs of colors. -1: none. */
static int64_t sample_of(int64_t site, int64_t first, int64_t extent, bool flip, int64_t samples)
{
    if (site < first || site >= first + extent)
        return -1;
    int64_t pair = (site - first) * samples / (2 * extent);
    int64_t at = 2 * pair + (site - first) % 2;
    return at >= samples ? -1 : flip ? samples - 1 - at : at;
}

static bool in_map(const ref_t *ref, int64_t x, int64_t y)
{
    sim_window_t w = window_of(ref);
    for (uint32_t i = 0; i < ref->sites; i++)
        if (sample_of(ref->site[i] % 65536, w.x_px, w.width_px, w.flip_x, ref->width_px) == x &&
            sample_of(ref->site[i] / 65536, w.y_px, w.height_px, w.flip_y, ref->height_px) == y)
            return true;
    return false;
}

/* The neighbor, or the one opposite where there is none. */
static int64_t neighbor(const ref_t *ref, const uint16_t *raw, int64_t x, int64_t y, int dx, int dy)
{
    int64_t nx = x + dx, ny = y + dy;
    nx = nx < 0 || nx >= ref->width_px ? x - dx : nx;
    ny = ny < 0 || ny >= ref->height_px ? y - dy : ny;
    return black_corrected(ref, raw, nx, ny);
}

static int64_t defect_corrected(const ref_t *ref, const uint16_t *raw, int64_t x, int64_t y)
{
    static const int way[4][2] = {{2, 0}, {0, 2}, {2, 2}, {2, -2}};
    int64_t v = black_corrected(ref, raw, x, y), high = 0, low = 4095, least = 5000, mean = 0;
    for (int k = 0; k < 4; k++) {
        int64_t a = neighbor(ref, raw, x, y, way[k][0], way[k][1]);
        int64_t b = neighbor(ref, raw, x, y, -way[k][0], -way[k][1]), d = a < b ? b - a : a - b;
        high = a > high ? a : high;
        high = b > high ? b : high;
        low = a < low ? a : low;
        low = b < low ? b : low;
        if (d < least) {
            least = d;
            mean = (a + b + 1) / 2;
        }
    }
    bool hot = ref->search && v > high + ref->hot_dn + high * ref->hot_q8 / 256;
    bool cold = ref->search && v + ref->cold_dn + low * ref->cold_q8 / 256 < low;
    return hot || cold || in_map(ref, x, y) ? mean : v;
}

/* ---- shading ---- */

/* A sample's center in 1/256 of the grid's intervals, rounded down. */
static int64_t place_of(int64_t sample, int64_t samples, int64_t first, int64_t extent, bool flip,
                        int64_t array, int64_t intervals)
{
    int64_t twice = flip ? 2 * (samples - 1 - sample) + 1 : 2 * sample + 1;
    int64_t place =
        (2 * samples * first + twice * extent) * 256 * intervals / (2 * samples * array);
    return clamp(place, 0, 256 * intervals - 1);
}

static int64_t shading_corrected(const ref_t *ref, int64_t value, int64_t x, int64_t y)
{
    sim_window_t w = window_of(ref);
    int64_t px = place_of(x, ref->width_px, w.x_px, w.width_px, w.flip_x, ref->array_width_px, 15);
    int64_t py =
        place_of(y, ref->height_px, w.y_px, w.height_px, w.flip_y, ref->array_height_px, 11);
    int64_t i = px / 256, j = py / 256, fx = px % 256, fy = py % 256;
    const uint16_t *node = ref->shade_q10 + 64 * j + 4 * i + ref_phase(ref, x, y);
    int64_t sum = node[0] * (256 - fx) * (256 - fy) + node[4] * fx * (256 - fy) +
                  node[64] * (256 - fx) * fy + node[68] * fx * fy;
    int64_t gain = (sum + 8192) / 16384;
    return clamp((value * gain + 2048) / 4096, 0, 4095);
}

int64_t ref_linear(const ref_t *ref, const uint16_t *raw, int64_t x, int64_t y)
{
    bool defects = ref->search || ref->sites > 0;
    int64_t value = defects ? defect_corrected(ref, raw, x, y) : black_corrected(ref, raw, x, y);
    return ref->shading ? shading_corrected(ref, value, x, y) : value;
}

/* ---- statistics ---- */

/* The four samples of a cell: [0] r, [1] gr, [2] gb, [3] b. */
typedef struct {
    int64_t s[4];
} cell_t;

static cell_t cell_at(const ref_t *ref, const uint16_t *raw, int64_t i, int64_t j)
{
    cell_t cell;
    for (int64_t y = 2 * j; y < 2 * j + 2; y++)
        for (int64_t x = 2 * i; x < 2 * i + 2; x++)
            cell.s[ref_phase(ref, x, y)] = ref_linear(ref, raw, x, y);
    return cell;
}

static bool above(const ref_t *ref, const cell_t *cell)
{
    bool any = false;
    for (int k = 0; k < 4; k++)
        any |= cell->s[k] > ref->high;
    return any;
}

static bool below(const ref_t *ref, const cell_t *cell)
{
    bool any = false;
    for (int k = 0; k < 4; k++)
        any |= cell->s[k] < ref->low;
    return any;
}

static bool gray(const ref_t *ref, const cell_t *cell)
{
    int64_t g = cell->s[1] + cell->s[2]; /* r / (g / 2) against ratio / 256 */
    return 512 * cell->s[0] >= ref->rg_q8[0] * g && 512 * cell->s[0] <= ref->rg_q8[1] * g &&
           512 * cell->s[3] >= ref->bg_q8[0] * g && 512 * cell->s[3] <= ref->bg_q8[1] * g;
}

/* Which of n parts of [first, first + count) cells a cell is in, by trying all; -1: none. */
static int part(int64_t cell, int64_t first, int64_t count, int n)
{
    for (int k = 0; k < n; k++)
        if (cell >= first + k * count / n && cell < first + (k + 1) * count / n)
            return k;
    return -1;
}

/* Cells of a window along one axis. */
static void cells_of(const ref_t *ref, bool vertical, const uint32_t *window, int64_t *first,
                     int64_t *count)
{
    int64_t at, size;
    ref_samples(ref, vertical, window[vertical], window[2 + vertical], &at, &size);
    *first = at / 2;
    *count = (at + size) / 2 - at / 2;
}

static void add(uint32_t *word, const cell_t *cell)
{
    word[0] += (uint32_t)cell->s[0];
    word[1] += (uint32_t)(cell->s[1] + cell->s[2]);
    word[2] += (uint32_t)cell->s[3];
    word[3]++;
}

static void add64(uint32_t *word, int64_t value)
{
    uint64_t sum = ((uint64_t)word[1] << 32 | word[0]) + (uint64_t)value;
    word[0] = (uint32_t)sum;
    word[1] = (uint32_t)(sum >> 32);
}

static void count_cell(const ref_t *ref, const cell_t *cell, int64_t i, int64_t j, uint32_t *word)
{
    int64_t x, y, w, h, width = ref->width_px / 2, height = ref->height_px / 2;
    word[2] += above(ref, cell);
    word[3] += below(ref, cell);
    word[48 + cell->s[0] / 32]++;
    word[48 + 128 + (cell->s[1] + cell->s[2]) / 2 / 32]++;
    word[48 + 256 + cell->s[3] / 32]++;
    if (above(ref, cell) || below(ref, cell))
        return;
    add(word + 432 + 4 * (16 * part(j, 0, height, 16) + part(i, 0, width, 16)), cell);
    cells_of(ref, false, ref->awb, &x, &w);
    cells_of(ref, true, ref->awb, &y, &h);
    if (i < x || i >= x + w || j < y || j >= y + h || !gray(ref, cell))
        return;
    add64(word + 4, cell->s[0]);
    add64(word + 6, cell->s[1] + cell->s[2]);
    add64(word + 8, cell->s[3]);
    add64(word + 10, 1);
}

/* Green `channel` (1 or 2) of cell i and of its right neighbor. */
static void count_focus(const ref_t *ref, const cell_t *left, const cell_t *right, int64_t i,
                        int64_t j, uint32_t *word)
{
    int64_t x, y, w, h;
    cells_of(ref, false, ref->focus, &x, &w);
    cells_of(ref, true, ref->focus, &y, &h);
    int column = part(i, x, w, 3), row = part(j, y, h, 3);
    if (column < 0 || row < 0 || part(i + 1, x, w, 3) != column)
        return;
    for (int k = 1; k <= 2; k++) {
        int64_t d = left->s[k] - right->s[k];
        d = d < 0 ? -d : d;
        if (d < ref->focus_min)
            continue;
        add64(word + 12 + 4 * (3 * row + column), d);
        add64(word + 12 + 4 * (3 * row + column) + 2, d * d);
    }
}

void ref_stats(const ref_t *ref, uint32_t frame, const uint16_t *raw, uint32_t *word)
{
    memset(word, 0, 1456 * sizeof(*word));
    word[0] = frame;
    word[1] = ref->height_px / 2 << 16 | ref->width_px / 2;
    for (int64_t j = 0; j < ref->height_px / 2; j++)
        for (int64_t i = 0; i < ref->width_px / 2; i++) {
            cell_t cell = cell_at(ref, raw, i, j);
            count_cell(ref, &cell, i, j, word);
            if (i + 1 >= ref->width_px / 2)
                continue;
            cell_t right = cell_at(ref, raw, i + 1, j);
            count_focus(ref, &cell, &right, i, j, word);
        }
}
