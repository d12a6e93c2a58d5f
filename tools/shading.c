#include "tools/shading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/develop.h"

#define NODES (LSC_COLUMNS * LSC_ROWS)
#define CELLS_X (8 * (LSC_COLUMNS - 1)) /* 8 in a mesh of the grid, at most */
#define CELLS_Y (8 * (LSC_ROWS - 1))
#define MOST_GAIN 3.999 /* 4095 / 1024 */
#define DARKEST 0.05    /* of white, where the field is brightest */
enum { MIN_WIDTH = 64, MIN_HEIGHT = 48 };

/* Samples of one color that lie close together. */
typedef struct {
    double sum, x, y; /* x and y: sums of centers, of the picture's width and height */
    uint32_t count;
} cell_t;

/* Of one color: means of the picture, and the normal equations of the gains at the nodes. */
typedef struct {
    cell_t cell[CELLS_Y][CELLS_X];
    double matrix[NODES][NODES], gain[NODES]; /* gain: the right-hand side until solved */
} fit_t;

/* ---- cells ---- */

static void fill_cells(const sim_raw_t *raw, uint32_t phase, fit_t *fit)
{
    uint32_t place = develop_phase(raw->bayer, phase);
    for (uint32_t y = place / 2; y < raw->height_px; y += 2)
        for (uint32_t x = place % 2; x < raw->width_px; x += 2) {
            double at_x = (x + 0.5) / raw->width_px, at_y = (y + 0.5) / raw->height_px;
            cell_t *cell = &fit->cell[(uint32_t)(at_y * CELLS_Y)][(uint32_t)(at_x * CELLS_X)];
            cell->sum += raw->data[(size_t)y * raw->width_px + x] - raw->black[place];
            cell->x += at_x;
            cell->y += at_y;
            cell->count++;
        }
}

static double brightest(const fit_t *fit)
{
    double most = 0;
    for (uint32_t y = 0; y < CELLS_Y; y++)
        for (uint32_t x = 0; x < CELLS_X; x++) {
            const cell_t *cell = &fit->cell[y][x];
            double mean = cell->count > 0 ? cell->sum / cell->count : 0;
            most = mean > most ? mean : most;
        }
    return most;
}

/* ---- least squares ---- */

/* gain(cell) * level = 1: four nodes share the gain. */
static void add_cell(fit_t *fit, const cell_t *cell, double level)
{
    double x = cell->x / cell->count * (LSC_COLUMNS - 1);
    double y = cell->y / cell->count * (LSC_ROWS - 1);
    uint32_t i = (uint32_t)x, j = (uint32_t)y, node[4];
    double weight[4];
    for (uint32_t k = 0; k < 4; k++) {
        node[k] = (j + k / 2) * LSC_COLUMNS + i + k % 2;
        weight[k] = (k % 2 ? x - i : 1 - (x - i)) * (k / 2 ? y - j : 1 - (y - j)) * level;
    }
    for (uint32_t a = 0; a < 4; a++) {
        fit->gain[node[a]] += weight[a];
        for (uint32_t b = 0; b < 4; b++)
            fit->matrix[node[a]][node[b]] += weight[a] * weight[b];
    }
}

static void subtract_row(fit_t *fit, uint32_t from, uint32_t row, double factor)
{
    for (uint32_t k = row; k < NODES; k++)
        fit->matrix[from][k] -= factor * fit->matrix[row][k];
    fit->gain[from] -= factor * fit->gain[row];
}

/* Gauss's elimination; the matrix is symmetric and positive, so it needs no pivots. */
static void solve(fit_t *fit)
{
    for (uint32_t row = 0; row < NODES; row++)
        for (uint32_t below = row + 1; below < NODES; below++)
            if (fit->matrix[below][row] != 0)
                subtract_row(fit, below, row, fit->matrix[below][row] / fit->matrix[row][row]);
    for (uint32_t row = NODES; row-- > 0;) {
        for (uint32_t k = row + 1; k < NODES; k++)
            fit->gain[row] -= fit->matrix[row][k] * fit->gain[k];
        fit->gain[row] /= fit->matrix[row][row];
    }
}

/* ---- a grid ---- */

static bool take_gains(const fit_t *fit, uint32_t phase, uint16_t gain_q10[LSC_GAINS], char *error,
                       size_t error_bytes)
{
    static const char *const names[4] = {"R", "Gr", "Gb", "B"};
    double least = fit->gain[0];
    for (uint32_t i = 1; i < NODES; i++)
        least = fit->gain[i] < least ? fit->gain[i] : least;
    for (uint32_t i = 0; i < NODES; i++) {
        double gain = fit->gain[i] / least;
        if (!(least > 0 && gain < MOST_GAIN)) {
            snprintf(error, error_bytes,
                     "%s at column %u, row %u of the grid would need a gain of %.2f: expected at "
                     "most %.2f",
                     names[phase], i % LSC_COLUMNS, i / LSC_COLUMNS, gain, MOST_GAIN);
            return false;
        }
        gain_q10[4 * i + phase] = (uint16_t)(gain * LSC_ONE + 0.5);
    }
    return true;
}

static bool fit_phase(const sim_raw_t *raw, uint32_t phase, fit_t *fit, uint16_t *gain_q10,
                      char *error, size_t error_bytes)
{
    memset(fit, 0, sizeof(*fit));
    fill_cells(raw, phase, fit);
    double most = brightest(fit);
    if (most < DARKEST * raw->white) {
        snprintf(error, error_bytes, "too dark: %.1f DN above black where it is brightest, of %u",
                 most, raw->white);
        return false;
    }
    for (uint32_t y = 0; y < CELLS_Y; y++)
        for (uint32_t x = 0; x < CELLS_X; x++)
            if (fit->cell[y][x].count > 0)
                add_cell(fit, &fit->cell[y][x], fit->cell[y][x].sum / fit->cell[y][x].count / most);
    solve(fit);
    return take_gains(fit, phase, gain_q10, error, error_bytes);
}

static bool usable(const sim_raw_t *raw, char *error, size_t error_bytes)
{
    size_t samples = (size_t)raw->width_px * raw->height_px, saturated = 0;
    if (raw->width_px < MIN_WIDTH || raw->height_px < MIN_HEIGHT) {
        snprintf(error, error_bytes, "%u x %u: a grid needs %u x %u or more", raw->width_px,
                 raw->height_px, MIN_WIDTH, MIN_HEIGHT);
        return false;
    }
    for (size_t i = 0; i < samples; i++)
        saturated += raw->data[i] >= raw->white;
    if (saturated * 1000 <= samples)
        return true;
    snprintf(error, error_bytes, "%.2f %% of the samples are saturated: expected 0.1 at most",
             100.0 * (double)saturated / (double)samples);
    return false;
}

bool shading_fit(const sim_raw_t *raw, uint16_t gain_q10[LSC_GAINS], char *error,
                 size_t error_bytes)
{
    if (!usable(raw, error, error_bytes))
        return false;
    fit_t *fit = malloc(sizeof(*fit));
    bool fine = fit != NULL;
    if (!fine)
        snprintf(error, error_bytes, "no memory");
    for (uint32_t phase = 0; fine && phase < 4; phase++)
        fine = fit_phase(raw, phase, fit, gain_q10, error, error_bytes);
    free(fit);
    return fine;
}
