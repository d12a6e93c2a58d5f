#include "pixel/spectrum.h"

#include <assert.h>

#include "pixel/pixel_int.h"

enum { STEP_NM = 10, CURVE_STEP_NM = 20, DAYLIGHT_LAST_NM = 830 };

/* CIE 015, components of daylight, 400..830 nm by 10. */
static const double daylight_components[][3] = {
    {94.8, 43.4, -1.1},  {104.8, 46.3, -0.5}, {105.9, 43.9, -0.7}, {96.8, 37.1, -1.2},
    {113.9, 36.7, -2.6}, {125.6, 35.9, -2.9}, {125.5, 32.6, -2.8}, {121.3, 27.9, -2.6},
    {121.3, 24.3, -2.6}, {113.5, 20.1, -1.8}, {113.1, 16.2, -1.5}, {110.8, 13.2, -1.3},
    {106.5, 8.6, -1.2},  {108.8, 6.1, -1.0},  {105.3, 4.2, -0.5},  {104.4, 1.9, -0.3},
    {100.0, 0.0, 0.0},   {96.0, -1.6, 0.2},   {95.1, -3.5, 0.5},   {89.1, -3.5, 2.1},
    {90.5, -5.8, 3.2},   {90.3, -7.2, 4.1},   {88.4, -8.6, 4.7},   {84.0, -9.5, 5.1},
    {85.1, -10.9, 6.7},  {81.9, -10.7, 7.3},  {82.6, -12.0, 8.6},  {84.9, -14.0, 9.8},
    {81.3, -13.6, 10.2}, {71.9, -12.0, 8.3},  {74.3, -13.3, 9.6},  {76.4, -12.9, 8.5},
    {63.3, -10.6, 7.0},  {71.7, -11.6, 7.6},  {77.0, -12.2, 8.0},  {65.2, -10.2, 6.7},
    {47.7, -7.8, 5.2},   {68.6, -11.2, 7.4},  {65.0, -10.4, 6.8},  {66.0, -10.6, 7.0},
    {61.0, -9.7, 6.4},   {53.3, -8.3, 5.5},   {58.9, -9.3, 6.1},   {61.9, -9.8, 6.5},
};

/* ISO 23539, 400..700 nm by 10. */
static const double luminous_efficiency[] = {
    0.000396, 0.00121, 0.004, 0.0116, 0.023,   0.038, 0.06,  0.09098, 0.13902,  0.20802, 0.323,
    0.503,    0.71,    0.862, 0.954,  0.99495, 0.995, 0.952, 0.87,    0.757,    0.631,   0.503,
    0.381,    0.265,   0.175, 0.107,  0.061,   0.032, 0.017, 0.00821, 0.004102,
};

/* ---- illuminants ---- */

/* Planck's law, scaled to 1 at 560 nm. */
static double planck(double kelvin, double nm)
{
    const double c2_nm_k = 1.438776877e7; /* h c / k, CODATA 2018 */
    double ratio = 560 / nm, r2 = ratio * ratio;
    return r2 * r2 * ratio * (pix_exp(c2_nm_k / (560 * kelvin)) - 1) /
           (pix_exp(c2_nm_k / (nm * kelvin)) - 1);
}

/* At a wavelength of the table. CIE 015: chromaticity from temperature, components from that. */
static double daylight_entry(double kelvin, uint32_t entry)
{
    double t = 1000 / kelvin;
    double x = kelvin <= 7000 ? ((-4.6070 * t + 2.9678) * t + 0.09911) * t + 0.244063
                              : ((-2.0064 * t + 1.9018) * t + 0.24748) * t + 0.237040;
    double y = (-3 * x + 2.87) * x - 0.275, m = 0.0241 + 0.2562 * x - 0.7341 * y;
    double m1 = (-1.3515 - 1.7703 * x + 5.9114 * y) / m;
    double m2 = (0.0300 - 31.4424 * x + 30.0717 * y) / m;
    const double *s = daylight_components[entry];
    return (s[0] + m1 * s[1] + m2 * s[2]) / 100;
}

static double daylight(double kelvin, double nm)
{
    const uint32_t last = SIM_COUNT(daylight_components) - 1;
    if (nm > DAYLIGHT_LAST_NM)
        return daylight_entry(kelvin, last) * planck(kelvin, nm) / planck(kelvin, DAYLIGHT_LAST_NM);
    double at = (nm - PIX_SPECTRUM_FIRST_NM) / STEP_NM;
    uint32_t entry = (uint32_t)at < last ? (uint32_t)at : last - 1;
    double low = daylight_entry(kelvin, entry), high = daylight_entry(kelvin, entry + 1);
    return low + (at - entry) * (high - low);
}

double pix_illuminant(double kelvin, double nm)
{
    assert(nm >= PIX_SPECTRUM_FIRST_NM && nm <= PIX_SPECTRUM_LAST_NM);
    return kelvin >= 4000 ? daylight(kelvin, nm) : planck(kelvin, nm);
}

/* ---- integrals: trapezoids of 10 nm ---- */

double pix_curve_at(const double curve[PIX_SPECTRUM], double nm)
{
    double at = (nm - PIX_SPECTRUM_FIRST_NM) / CURVE_STEP_NM;
    uint32_t i = (uint32_t)at < PIX_SPECTRUM - 1 ? (uint32_t)at : PIX_SPECTRUM - 2;
    return curve[i] + (at - i) * (curve[i + 1] - curve[i]);
}

static double lux_of(double kelvin)
{
    double sum = 0;
    for (uint32_t i = 0; i < SIM_COUNT(luminous_efficiency); i++)
        sum += luminous_efficiency[i] * pix_illuminant(kelvin, PIX_SPECTRUM_FIRST_NM + STEP_NM * i);
    return 683 * STEP_NM * sum;
}

/* The same for the product of two curves; either may be NULL. */
static double photons(double kelvin, uint32_t from_nm, uint32_t to_nm, const double *a,
                      const double *b)
{
    const double h_c_nm = 6.62607015e-34 * 299792458 * 1e9; /* J nm; SI */
    double sum = 0;
    for (uint32_t nm = from_nm; nm <= to_nm; nm += STEP_NM) {
        double power = pix_illuminant(kelvin, nm) * (nm == from_nm || nm == to_nm ? 0.5 : 1);
        sum += power * nm * (a != NULL ? pix_curve_at(a, nm) : 1) *
               (b != NULL ? pix_curve_at(b, nm) : 1);
    }
    return sum * STEP_NM / h_c_nm / lux_of(kelvin);
}

double pix_photons_per_lux(double kelvin, uint32_t from_nm, uint32_t to_nm,
                           const double filter[PIX_SPECTRUM])
{
    return photons(kelvin, from_nm, to_nm, filter, NULL);
}

void pix_electrons_per_lux_s(const pix_desc_t *desc, uint32_t photosite, double e[PIX_COLORS])
{
    enum { D65_K = 6504, VISIBLE_END_NM = 680 };
    static const uint32_t band_nm[PIX_COLORS][2] = {
        [PIX_RED] = {580, VISIBLE_END_NM}, [PIX_GREEN] = {490, 580}, [PIX_BLUE] = {400, 490}};
    const double *qe = desc->qe[photosite], *cut = desc->ir_cut;
    double n = desc->f_number, m = 1 + desc->magnification;
    double sensor_lux = desc->transmission / (4 * n * n * m * m); /* of one lux of exitance */
    double area_m2 = desc->pitch_um * desc->pitch_um * 1e-12;
    for (uint32_t band = 0; band < PIX_COLORS; band++)
        e[band] = photons(D65_K, band_nm[band][0], band_nm[band][1], qe, cut);
    e[PIX_RED] += photons(desc->illuminant_k, VISIBLE_END_NM, PIX_SPECTRUM_LAST_NM, qe, cut);
    for (uint32_t band = 0; band < PIX_COLORS; band++)
        e[band] *= sensor_lux * area_m2;
}
