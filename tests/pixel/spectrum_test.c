/*
 * spectrum_test.c - lamps, photons per lux, colors of photosites.
 */
#include "pixel/spectrum.h"
#include "tests/test.h"

/* CIE standard illuminant D65, 380..780 nm in steps of 10 (ISO 11664-2), and the photopic luminous
 * efficiency V (ISO 23539). */
static const double d65[] = {49.98,  54.65,  82.75,  91.49,  93.43,  86.68,  104.86, 117.01, 117.81,
                             114.86, 115.92, 108.81, 109.35, 107.80, 104.79, 107.69, 104.41, 104.05,
                             100.00, 96.33,  95.79,  88.69,  90.01,  89.60,  87.70,  83.29,  83.70,
                             80.03,  80.21,  82.28,  78.28,  69.72,  71.61,  74.35,  61.60,  69.89,
                             75.09,  63.59,  46.42,  66.81,  63.38};
static const double v[] = {
    3.9e-5,   1.2e-4,   3.96e-4, 1.21e-3, 4e-3,   0.0116, 0.023,   0.038, 0.06,  0.09098, 0.13902,
    0.20802,  0.323,    0.503,   0.71,    0.862,  0.954,  0.99495, 0.995, 0.952, 0.87,    0.757,
    0.631,    0.503,    0.381,   0.265,   0.175,  0.107,  0.061,   0.032, 0.017, 8.21e-3, 4.102e-3,
    2.091e-3, 1.047e-3, 5.2e-4,  2.49e-4, 1.2e-4, 6e-5,   3e-5,    1.5e-5};

/* Photons per second and square meter of 1 lux of D65 between two wavelengths (trapezoids). */
static double photons(int from_nm, int to_nm)
{
    const double h_c = 6.62607015e-34 * 299792458;
    double lux = 0, count = 0;
    for (size_t i = 0; i < SIM_COUNT(d65); i++)
        lux += 683 * d65[i] * v[i] * 10;
    for (int nm = from_nm; nm <= to_nm; nm += 10) {
        double end = nm == from_nm || nm == to_nm ? 0.5 : 1;
        count += end * 10 * d65[(nm - 380) / 10] * nm * 1e-9 / h_c;
    }
    return count / lux;
}

START_TEST(daylight_of_6504_k_is_the_cie_s_table_of_d65)
{
    for (int nm = 400; nm <= 780; nm += 10) /* its components have one digit less */
        ck_assert_double_eq_tol(100 * pix_illuminant(6504, nm), d65[(nm - 380) / 10], 0.06);
}
END_TEST

/* CIE illuminant A (2856 K), ISO 11664-2, scaled to 1 at 560 nm. */
START_TEST(a_planckian_radiator_of_2856_k_is_the_cie_s_table_of_a)
{
    static const struct {
        double nm, power;
    } a[] = {{400, 14.7080}, {500, 59.8611}, {560, 100.000},
             {600, 129.043}, {700, 198.261}, {780, 241.675}};
    for (size_t i = 0; i < SIM_COUNT(a); i++)
        ck_assert_double_eq_tol(100 * pix_illuminant(2856, a[i].nm), a[i].power,
                                0.001 * a[i].power); /* the table's c2 is an older one */
}
END_TEST

START_TEST(a_lux_of_daylight_brings_the_photons_that_follow_from_the_cie_tables)
{
    static const uint32_t bands[][2] = {{400, 490}, {490, 580}, {580, 680}};
    for (size_t i = 0; i < SIM_COUNT(bands); i++) {
        double want = photons((int)bands[i][0], (int)bands[i][1]);
        double got = pix_photons_per_lux(6504, bands[i][0], bands[i][1], NULL);
        ck_assert_double_eq_tol(got, want, 0.002 * want);
    }
}
END_TEST

/* Every photon an electron, f/1 without loss, 1 m^2 of pixel: E = M / 4. */
START_TEST(an_ideal_photosite_counts_the_photons_of_its_light)
{
    pix_desc_t desc = pix_desc_default();
    desc.f_number = desc.transmission = 1;
    desc.pitch_um = 1e6;
    for (uint32_t i = 0; i < PIX_SPECTRUM; i++)
        desc.qe[PIX_RED][i] = desc.ir_cut[i] = 1;
    for (uint32_t i = 15; i < PIX_SPECTRUM; i++)
        desc.ir_cut[i] = 0; /* from 700 nm on; from 680 to 700 in a straight line */
    double e[PIX_COLORS],
        want[PIX_COLORS] = {photons(580, 680), photons(490, 580), photons(400, 490)};
    want[0] += (photons(680, 690) * 1.5 + photons(690, 700) * 0.5) / 2; /* power is flat there */
    pix_electrons_per_lux_s(&desc, PIX_RED, e);
    for (int i = 0; i < PIX_COLORS; i++)
        ck_assert_double_eq_tol(e[i], want[i] / 4, 0.005 * want[i]);
}
END_TEST

START_TEST(without_the_infrared_cut_a_lamp_s_heat_is_seen)
{
    pix_desc_t desc = pix_desc_default();
    double with[PIX_COLORS], without[PIX_COLORS], lamp[PIX_COLORS];
    pix_electrons_per_lux_s(&desc, PIX_BLUE, with);
    for (uint32_t i = 0; i < PIX_SPECTRUM; i++)
        desc.ir_cut[i] = 1;
    pix_electrons_per_lux_s(&desc, PIX_BLUE, without);
    desc.illuminant_k = 2856;
    pix_electrons_per_lux_s(&desc, PIX_BLUE, lamp);
    ck_assert_double_gt(without[PIX_RED], 5 * with[PIX_RED]);
    ck_assert_double_gt(lamp[PIX_RED],
                        3 * without[PIX_RED]);            /* per lux, a hot wire is mostly heat */
    for (int band = PIX_GREEN; band < PIX_COLORS; band++) /* the cut ends at 640 nm */
        ck_assert_double_eq_tol(without[band], with[band], 1e-12);
}
END_TEST

START_TEST(curves_are_straight_between_their_points)
{
    double curve[PIX_SPECTRUM] = {0, 1, 0.5};
    curve[PIX_SPECTRUM - 2] = 0.2;
    curve[PIX_SPECTRUM - 1] = 0.4;
    ck_assert_double_eq(pix_curve_at(curve, 400), 0);
    ck_assert_double_eq_tol(pix_curve_at(curve, 405), 0.25, 1e-12);
    ck_assert_double_eq_tol(pix_curve_at(curve, 430), 0.75, 1e-12);
    ck_assert_double_eq_tol(pix_curve_at(curve, 990), 0.3, 1e-12);
    ck_assert_double_eq_tol(pix_curve_at(curve, 1000), 0.4, 1e-12);
}
END_TEST

TEST_MAIN("pixel spectra", daylight_of_6504_k_is_the_cie_s_table_of_d65,
          a_planckian_radiator_of_2856_k_is_the_cie_s_table_of_a,
          a_lux_of_daylight_brings_the_photons_that_follow_from_the_cie_tables,
          an_ideal_photosite_counts_the_photons_of_its_light,
          without_the_infrared_cut_a_lamp_s_heat_is_seen, curves_are_straight_between_their_points)
