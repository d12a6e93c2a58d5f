/*
 * desc.c - the pixel die's numbers: defaults, and the "pixel" object of a chip file.
 */
#include "pixel/pixel_int.h"

/* Where each number comes from is said beside it in logic/chips/imx500.json. */
pix_desc_t pix_desc_default(void)
{
    return (pix_desc_t){
        .clk_hz = 744000000,
        .width_px = 4056,
        .height_px = 3040,
        .pitch_um = 1.55,
        .bayer = SIM_BAYER_RGGB,
        .seed = 1,
        .f_number = 1.79,
        .transmission = 0.9,
        .magnification = 0,
        .qe = {{0.04, 0.03, 0.02, 0.02, 0.03, 0.04, 0.06, 0.07, 0.09, 0.3,  0.58,
                0.6,  0.57, 0.54, 0.51, 0.48, 0.45, 0.42, 0.39, 0.36, 0.33, 0.3,
                0.27, 0.24, 0.21, 0.18, 0.15, 0.12, 0.09, 0.06, 0.04},
               {0.05, 0.06, 0.07, 0.13, 0.35, 0.57, 0.67, 0.68, 0.61, 0.39, 0.18,
                0.1,  0.07, 0.08, 0.1,  0.13, 0.16, 0.18, 0.2,  0.24, 0.27, 0.27,
                0.26, 0.24, 0.21, 0.18, 0.15, 0.12, 0.09, 0.06, 0.04},
               {0.34, 0.46, 0.57, 0.59, 0.53, 0.31, 0.13, 0.06, 0.04, 0.03, 0.03,
                0.03, 0.03, 0.03, 0.04, 0.05, 0.07, 0.09, 0.12, 0.18, 0.24, 0.26,
                0.26, 0.24, 0.21, 0.18, 0.15, 0.12, 0.09, 0.06, 0.04}},
        .ir_cut = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.75, 0.1},
        .illuminant_k = 6504,
        .shot = true,
        .full_well_e = 8180,
        .dark_e_per_s = 1.0,
        .dark_at_c = 40,
        .dark_doubling_k = 8,
        .temperature_c = 45,
        .dark_spread = 0.4,
        .prnu = 0.007,
        .dsnu_e = 0.3,
        .read_noise_e = 1.49,
        .read_noise_at_gain1_e = 2.60,
        .dn_per_e = 0.118,
        .adc_bits = 10,
        .black_dn = 64,
        .noise = pix_noise_default(),
        .counter_hz = 744000000,
        .ramp_margin = 64,
        .reset_ramp_permille = 125,
        .reset_settle_ns = 1000,
        .transfer_settle_ns = 1000,
        .column_hz = 746400000,
        .too_short = PIX_STRETCH,
        .too_long = PIX_WAIT,
        .blank_lines_min = 22,
        .coarse_min = 8,
        .coarse_margin = 22,
        .blanking_delay = 3,
        .gain_code_max = 978,
    };
}

static uint32_t read_u32(const sim_cfg_t *cfg, const char *key, uint32_t low, uint32_t high,
                         uint32_t otherwise)
{
    return (uint32_t)sim_cfg_u64(cfg, key, low, high, otherwise);
}

static void read_array(const sim_cfg_t *cfg, pix_desc_t *d)
{
    static const char *const orders[] = {"grbg", "rggb", "bggr", "gbrg"}; /* as sim_bayer_t */
    sim_cfg_t array = sim_cfg_obj(cfg, "array");
    d->width_px = read_u32(&array, "width_px", 16, PIX_MAX_WIDTH, d->width_px);
    d->height_px = read_u32(&array, "height_px", 16, PIX_MAX_WIDTH, d->height_px);
    d->pitch_um = sim_cfg_num(&array, "pitch_um", 0.1, 100, d->pitch_um);
    d->bayer = (sim_bayer_t)sim_cfg_enum(&array, "bayer", orders, SIM_COUNT(orders), d->bayer);
    sim_cfg_done(&array);
}

static void read_optics(const sim_cfg_t *cfg, pix_desc_t *d)
{
    sim_cfg_t lens = sim_cfg_obj(cfg, "lens"), color = sim_cfg_obj(cfg, "color");
    d->f_number = sim_cfg_num(&lens, "f_number", 0.5, 64, d->f_number);
    d->transmission = sim_cfg_num(&lens, "transmission", 0, 1, d->transmission);
    d->magnification = sim_cfg_num(&lens, "magnification", 0, 10, d->magnification);
    d->focal_mm = sim_cfg_num(&lens, "focal_mm", 0, 10000, d->focal_mm);
    sim_cfg_nums(&lens, "shading_red", d->shading[PIX_RED], 2, -1, 1);
    sim_cfg_nums(&lens, "shading_green", d->shading[PIX_GREEN], 2, -1, 1);
    sim_cfg_nums(&lens, "shading_blue", d->shading[PIX_BLUE], 2, -1, 1);
    d->psf_sigma_px = sim_cfg_num(&lens, "psf_sigma_px", 0, 4, d->psf_sigma_px);
    sim_cfg_done(&lens);
    sim_cfg_nums(&color, "qe_red", d->qe[PIX_RED], PIX_SPECTRUM, 0, 1);
    sim_cfg_nums(&color, "qe_green", d->qe[PIX_GREEN], PIX_SPECTRUM, 0, 1);
    sim_cfg_nums(&color, "qe_blue", d->qe[PIX_BLUE], PIX_SPECTRUM, 0, 1);
    sim_cfg_nums(&color, "ir_cut", d->ir_cut, PIX_SPECTRUM, 0, 1);
    d->illuminant_k = sim_cfg_num(&color, "illuminant_k", 1000, 25000, d->illuminant_k);
    sim_cfg_done(&color);
}

static void read_charge(const sim_cfg_t *cfg, pix_desc_t *d)
{
    sim_cfg_t c = sim_cfg_obj(cfg, "charge");
    d->shot = sim_cfg_bool(&c, "shot", d->shot);
    d->full_well_e = sim_cfg_num(&c, "full_well_e", 1, 1e6, d->full_well_e);
    d->dark_e_per_s = sim_cfg_num(&c, "dark_e_per_s", 0, 1e6, d->dark_e_per_s);
    d->dark_at_c = sim_cfg_num(&c, "dark_at_c", -100, 200, d->dark_at_c);
    d->dark_doubling_k = sim_cfg_num(&c, "dark_doubling_k", 1, 100, d->dark_doubling_k);
    d->dark_spread = sim_cfg_num(&c, "dark_spread", 0, 0.6, d->dark_spread);
    d->temperature_c = sim_cfg_num(&c, "temperature_c", -100, 200, d->temperature_c);
    d->prnu = sim_cfg_num(&c, "prnu", 0, 0.1, d->prnu);
    d->dsnu_e = sim_cfg_num(&c, "dsnu_e", 0, 1000, d->dsnu_e);
    sim_cfg_done(&c);
}

static void read_adc(const sim_cfg_t *cfg, pix_desc_t *d)
{
    sim_cfg_t adc = sim_cfg_obj(cfg, "adc");
    d->read_noise_e = sim_cfg_num(&adc, "read_noise_e", 0, 1000, d->read_noise_e);
    d->read_noise_at_gain1_e =
        sim_cfg_num(&adc, "read_noise_at_gain1_e", 0, 1000, d->read_noise_at_gain1_e);
    d->dn_per_e = sim_cfg_num(&adc, "dn_per_e", 1e-4, 100, d->dn_per_e);
    d->adc_bits = read_u32(&adc, "bits", 8, 12, d->adc_bits);
    if (d->adc_bits % 2 != 0)
        sim_cfg_fail(&adc, "bits", "%u: expected 8, 10 or 12", d->adc_bits);
    d->black_dn = read_u32(&adc, "black_dn", 0, 1u << (d->adc_bits - 1), d->black_dn);
    d->gain_code_max = read_u32(&adc, "gain_code_max", 0, 1023, d->gain_code_max);
    d->counter_hz = sim_cfg_u64(&adc, "counter_hz", 1000000, UINT64_C(10000000000), d->counter_hz);
    d->ramp_margin = read_u32(&adc, "ramp_margin", 0, 4096, d->ramp_margin);
    d->reset_ramp_permille = read_u32(&adc, "reset_ramp_permille", 0, 1000, d->reset_ramp_permille);
    d->reset_settle_ns = read_u32(&adc, "reset_settle_ns", 0, 10000, d->reset_settle_ns);
    d->transfer_settle_ns = read_u32(&adc, "transfer_settle_ns", 0, 10000, d->transfer_settle_ns);
    sim_cfg_done(&adc);
}

static void read_timing(const sim_cfg_t *cfg, pix_desc_t *d)
{
    sim_cfg_t t = sim_cfg_obj(cfg, "timing");
    static const char *const too_short[] = {"stretch", "refuse"}; /* as pix_too_short_t */
    static const char *const too_long[] = {"wait", "corrupt"};    /* as pix_too_long_t */
    d->column_hz = sim_cfg_u64(&t, "column_hz", 1000000, UINT64_C(100000000000), d->column_hz);
    d->too_short = (pix_too_short_t)sim_cfg_enum(&t, "too_short", too_short, SIM_COUNT(too_short),
                                                 d->too_short);
    d->too_long =
        (pix_too_long_t)sim_cfg_enum(&t, "too_long", too_long, SIM_COUNT(too_long), d->too_long);
    d->blanking_delay = read_u32(&t, "blanking_delay", 2, 3, d->blanking_delay);
    d->blank_lines_min = read_u32(&t, "blank_lines_min", 1, 10000, d->blank_lines_min);
    d->coarse_min = read_u32(&t, "coarse_min", 1, 1000, d->coarse_min);
    d->coarse_margin = read_u32(&t, "coarse_margin", 1, 1000, d->coarse_margin);
    sim_cfg_done(&t);
}

void pix_desc_read(const sim_cfg_t *cfg, pix_desc_t *desc)
{
    desc->seed = sim_cfg_u64(cfg, "seed", 0, UINT64_MAX, desc->seed);
    read_array(cfg, desc);
    read_optics(cfg, desc);
    read_charge(cfg, desc);
    read_adc(cfg, desc);
    pix_noise_read(cfg, &desc->noise);
    read_timing(cfg, desc);
    if (desc->width_px % 4 != 0 || desc->height_px % 4 != 0)
        sim_cfg_fail(cfg, "array", "%u x %u: expected multiples of 4", desc->width_px,
                     desc->height_px);
    sim_cfg_done(cfg);
}
