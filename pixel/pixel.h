/*
 * pixel.h - the pixel die: lens, Bayer array, rolling shutter, column ADC; light in, RAW lines out.
 *
 *              +-----------------------------------------------------------+
 *    light --->| lens -> color filter, QE -> charge -> noise -> gain, ADC  |---> line sinks
 *    (pulled)  +-----------------------------------------------------------+     (row by row)
 *    registers --> latched once a frame                         |   |   |
 *                                                  frame_start--+   |   +-- irq (level)
 *                                                       frame_end --+
 *
 * Timing:       row r of a frame is read from F + r L to F + (r + 1) L pixel clocks, F the frame's
 *               first clock and L line_length_pck; its exposure is the coarse L + fine clocks
 *               before. Its line goes to the sinks at the end. Frames follow each other after
 *               frame_length L clocks. The first frame after stream on begins its exposure there
 *               and then.
 * Row time:     L is what the register says, but at least what the column ADC, the way of a row to
 *               the logic die and the link (if it is asked) need: timing.too_short in the chip file
 *               says whether a shorter one is stretched to that or refused. A refused frame takes
 *               the settings of the one before; a stream cannot begin with one.
 * Latching:     the settings of frame n + 1 are taken when frame n's first row begins to be read
 *               (of the first frame: at stream on). So what is written during frame n shows in
 *               frame n + 2; but window, binning, flips, ADC, line and frame length, HDR, which are
 *               held back for blanking_delay - 2 frames more: libcamera's delays for the IMX500
 *               are 2 for exposure and gain, 3 for blanking. A frame waits when its exposure would
 *               begin before the rows of the one before are read; nothing else ever moves a frame.
 *               With timing.too_long "corrupt" it comes in time and its rows are exposed for as
 *               long as they can be; PIX_CTRL bit 2 keeps the lines of such a frame from the sinks.
 *               PIX_HOLD keeps what is written aside until it ends: several settings of one frame.
 *               The die's temperature is taken with the settings: dark current, hot photosites and
 *               reset noise of all rows of the frame follow it.
 * Clock:        asked for when a stream begins; all times of its frames are edges of that clock.
 * Two exposures: PIX_HDR reads each row twice, in lines of their own (site.h): the long exposure,
 *               and PIX_HDR_DELAY line times later the short one. sim_line_t.exposure tells them.
 * Global reset: all rows begin their exposure together, coarse L + fine before row 0 is read. Rows
 *               are read one after the other all the same, so later ones collect for longer,
 *               unless PIX_SHUTTER says after how many lines a mechanical shutter closes (or a
 *               strobe ends): then only their dark current does.
 * Known frames: with a memo (sim/memo.h) what lines of a frame come to in accounts is found under
 *               its pix_frame_t, which all samples follow from (asked_pck and link_pck aside: the
 *               line length is there); its samples are made only if a sink asks. All that leaves
 *               the die is the same.
 * Stream off:   the frame being read is finished; an exposure not yet read is dropped.
 * Modeled:      lens vignetting, shading and blur; the noise terms of README.md's table, with laws,
 *               sources and tests; analog gain, ADC of 8, 10 or 12 bits with black level; windows,
 *               subsampling, binning of one color as average or sum, flips, digital gain, test
 *               patterns; stuck photosites and rows, if told to.
 * Not modeled:  what lens.h and noise.h leave out; Bayer-corrected (3:1) binning weights; merging
 *               of two exposures; start-up time; changes of temperature inside a frame.
 * Units:        charge in electrons, samples in DN, light in lux.
 */
#ifndef PIXEL_PIXEL_H
#define PIXEL_PIXEL_H

#include "pixel/noise.h"
#include "sim/memo.h"
#include "sim/sim.h"

#define PIX_MAX_SINKS 4u
#define PIX_MAX_WIDTH 8192u
/* Neighbors on each side that blur may ask light for: rows of light may be so much wider than the
 * array, and lie outside of it. */
#define PIX_BLUR_MAX 12u

/* Channels of light and of photosites, in this order wherever there are three. */
enum { PIX_RED, PIX_GREEN, PIX_BLUE, PIX_COLORS };
#define PIX_SPECTRUM 31u /* points of a spectral curve */

/* Kinds of photosites where there are four, in the order of CCS digital gains. */
enum { PIX_PHASE_GR, PIX_PHASE_R, PIX_PHASE_B, PIX_PHASE_GB, PIX_PHASES };

/* A photosite, or a whole row of them, that gives one value from a frame on. A binned sample is the
 * mean, or sum, of its photosites, the stuck ones among them. Values are of adc_bits, scaled. */
#define PIX_MAX_STUCK 64u
#define PIX_STUCK_ROW UINT32_MAX
typedef struct {
    uint32_t from_frame;
    uint32_t x, y; /* of the active array; x PIX_STUCK_ROW: all of row y */
    uint32_t value_dn;
} pix_stuck_t;

/* What becomes of a line length that ADC, columns or link cannot keep up with. */
typedef enum { PIX_STRETCH, PIX_REFUSE } pix_too_short_t;
typedef enum { PIX_WAIT, PIX_CORRUPT } pix_too_long_t;

typedef struct {
    uint64_t clk_hz; /* pixel clock, while nobody gives another: what line_length counts */
    uint32_t width_px, height_px; /* of the active array; multiples of 4, 16..8192 */
    double pitch_um;
    sim_bayer_t bayer;
    uint64_t seed; /* of all noise and of the fixed patterns */

    /* Lens: E = M transmission / (4 f_number^2 (1 + magnification)^2), M the scene's exitance. */
    double f_number, transmission, magnification;
    double focal_mm;               /* of natural vignetting; 0: none. See lens.h for this and */
    double shading[PIX_COLORS][2]; /* a, b of each color's shading and */
    double psf_sigma_px;           /* the blur of lens and aperture; 0: none */

    /* Color, at 400, 420, .. 1000 nm: share of photons that each kind of photosite turns into
     * electrons, its filter included; transmission of the infrared cut. Linear r, g, b of the
     * scene scale bands of daylight; infrared is that of a lamp of illuminant_k: spectrum.h. */
    double qe[PIX_COLORS][PIX_SPECTRUM];
    double ir_cut[PIX_SPECTRUM];
    double illuminant_k;

    bool shot;          /* charge is counted: Poisson numbers; false: it is its mean */
    double full_well_e; /* of one photosite */
    double dark_e_per_s, dark_at_c, dark_doubling_k; /* mean dark current, and where it holds */
    double temperature_c;                            /* while nobody gives another */
    double dark_spread;           /* log-normal sigma of dark current from photosite to photosite */
    double prnu;                  /* sigma of a photosite's gain, 1 = 100 % */
    double dsnu_e;                /* sigma of a photosite's offset */
    double read_noise_e;          /* read noise a behind the gain: sigma^2 = a^2 + (b / gain)^2 */
    double read_noise_at_gain1_e; /* b */
    double dn_per_e;              /* system gain at analog gain 1 */
    uint32_t adc_bits;            /* 8, 10, 12: out of reset; dn_per_e, black_dn, stuck are of it */
    uint32_t black_dn;            /* at most half of the range */
    pix_noise_t noise;            /* all that is not said above */

    /* Single-slope ADC, one conversion a sample: the reset level is converted, then the signal:
     * reset_settle + reset ramp + transfer_settle + (2^bits + margin) counts. */
    uint64_t counter_hz;          /* counts a second; both edges of a DDR counter's clock */
    uint32_t ramp_margin;         /* counts */
    uint32_t reset_ramp_permille; /* of 2^bits counts; 0: one ramp only */
    uint32_t reset_settle_ns, transfer_settle_ns;
    uint64_t column_hz; /* samples a second from the columns to the logic die */

    pix_too_short_t too_short;
    pix_too_long_t too_long;
    uint32_t blank_lines_min;           /* frame_length - lines read */
    uint32_t coarse_min, coarse_margin; /* lines; coarse <= frame_length - margin */
    uint32_t blanking_delay;            /* 2, 3: frames until geometry and lengths show */
    uint32_t gain_code_max;

    pix_stuck_t stuck[PIX_MAX_STUCK]; /* faults; where two are on one photosite, the later one */
    uint32_t stuck_count;
} pix_desc_t;

/* What is read along an axis of the array: site.h. */
typedef struct {
    uint32_t start, size; /* window, photosites; even; size: whole pairs of samples */
    uint32_t even_inc;    /* from the even of two photosites that are read to the odd one */
    uint32_t odd_inc;     /* from there to the next even one; both odd, 1..15 */
    uint32_t bin;         /* 1, 2: photosites of one color a sample */
    uint32_t flip;        /* 0, 1: the last one leaves first */
} pix_axis_t;

/* What is latched for a frame, and when it happens: all that its samples depend on. */
typedef struct {
    uint64_t readout_pck; /* clock at which row 0 begins to be read; the exposure ends there */
    uint64_t clk_hz;      /* of that clock: the stream's */
    int64_t die_uc;       /* temperature of the die when latched, 1/1,000,000 degree Celsius */
    uint32_t frame;       /* number, from 0, over all streams since reset */
    uint32_t bin_sum;     /* 1: binned charge is added, 0: averaged */
    pix_axis_t x, y;
    uint32_t adc_bits; /* 8, 10, 12 */
    uint32_t line_length_pck;
    uint32_t asked_pck;          /* the register's line length: stretched when above is longer */
    uint32_t link_pck;           /* what the link needs a line */
    uint32_t exposure_shift;     /* 0..7: register values of the next two times 2^shift */
    uint32_t frame_length_lines; /* as it is: shifted */
    uint32_t coarse_lines;       /* the same */
    uint32_t fine_pck;
    uint32_t gain_code;
    uint32_t digital_gain[PIX_PHASES]; /* 8.8 */
    uint32_t short_lines;              /* coarse time of the second exposure, 0: there is one */
    uint32_t short_delay;              /* lines from a row's long readout to its short one; odd */
    uint32_t global_reset;
    uint32_t shutter_lines;          /* of global reset: light for so long; 0: till the readout */
    uint32_t pattern;                /* pix_pattern_t */
    uint32_t pattern_dn[PIX_PHASES]; /* of the solid color */
} pix_frame_t;

/* CCS test_pattern_mode. */
typedef enum {
    PIX_PATTERN_OFF,
    PIX_PATTERN_SOLID,
    PIX_PATTERN_BARS, /* 100 % color bars */
    PIX_PATTERN_FADE, /* the bars, fading to gray downwards */
    PIX_PATTERN_PN9,
    PIX_PATTERNS
} pix_pattern_t;

/* When the whole of a frame is exposed and read. */
typedef struct {
    uint32_t frame;
    uint64_t exposure_start_ps; /* of the first row */
    uint64_t exposure_end_ps;   /* of the last row */
    uint64_t readout_start_ps, readout_end_ps;
} pix_timing_t;

/* Register file, in page order. */
typedef struct {
    uint32_t id, ctrl, bin, line_length, frame_length, coarse, gain;
    uint32_t black, frame, sof_lo, sof_hi, status, irq_en;
    uint32_t fine, exposure_shift, x_start, y_start, x_size, y_size, x_inc, y_inc;
    uint32_t bin_weight, flip, digital_gain[PIX_PHASES], pattern, pattern_dn[PIX_PHASES];
    uint32_t adc_bits, hdr, hdr_coarse, hdr_delay, global_reset, shutter;
    uint32_t order, row_pck, row_limit, hold, clock_hz;
} pix_regs_t;

enum {
    PIX_ID_VALUE = 0x00040002, /* block 4, version 2 */
    PIX_CTRL_STREAM = 1u << 0,
    PIX_CTRL_CUT = 1u << 1,           /* a stream that stops ends with the row that is read */
    PIX_CTRL_MASK = 1u << 2,          /* corrupt frames do not leave */
    PIX_STATUS_FRAME_START = 1u << 0, /* the first row begins to be read */
    PIX_STATUS_FRAME_END = 1u << 1,   /* the last row is read */
    PIX_STATUS_CLAMPED = 1u << 2,     /* a setting was out of range when latched */
    PIX_STATUS_REFUSED = 1u << 3,     /* too short a line: the settings were not taken */
};

#define PIX_MAX_THREADS 64u
#define PIX_BAND_ROWS 32u
#define PIX_BAND_JOB_ROWS 4u

/* Rows computed ahead. Not state: they follow from a latched frame. */
typedef struct {
    struct pix *pix;
    sim_batch_t batch;
    pix_frame_t frame;
    uint32_t first_row, rows; /* lines of the frame; rows 0: empty */
    uint16_t *sample;         /* PIX_BAND_ROWS rows of pix_row_room samples */
    uint32_t saturated[PIX_BAND_ROWS];
    uint64_t codes[PIX_BAND_ROWS]; /* pix_row_codes */
} pix_band_t;

/* What accounts need of a line. */
typedef struct {
    uint64_t codes; /* pix_row_codes */
    uint64_t saturated;
} pix_count_t;

/* Lines of the frame that is read, found again or to be kept. Not state. */
typedef struct {
    pix_count_t *count; /* of each line */
    bool found;         /* all of them; else of the lines that were read: */
    uint32_t taken;
    pix_frame_t key; /* the frame, but for what asked for a line of its length */
    sim_line_source_t source;
} pix_known_t;

struct pix_lens;    /* lens.h */
struct pix_fpn;     /* fpn.h: fixed patterns */
struct pix_columns; /* columns.h: those of the converters */
struct pix_rare;    /* rare.h: hot photosites, traps */
struct pix_kernels; /* kernels.h: row arithmetic at one vector level */

typedef struct pix {
    sim_comp_t comp; /* stays first */
    pix_desc_t desc; /* as given to pix_init, never changed afterwards */
    sim_pool_t *pool;
    sim_event_t frame_event, row_event;
    sim_wire_t frame_start, frame_end; /* out, pulses, optional */
    sim_wire_t irq;                    /* out, level, optional */
    sim_wire_t active;                 /* out: a stream, or the rest of one, is under way */
    sim_light_t light;                 /* in, required; set it before sim_check */
    /* How long a line of these samples occupies the link, asked when a frame is latched; NULL:
     * there is no link. */
    uint64_t (*link_line_ps)(void *ctx, uint32_t bits, uint32_t width_px);
    void *link_ctx;
    /* The pixel clock, asked when a stream begins; NULL: desc.clk_hz. */
    uint64_t (*clock_hz)(void *ctx);
    void *clock_ctx;
    /* The die's temperature, 1/1,000,000 degree Celsius, asked when a frame is latched; NULL:
     * desc.temperature_c. */
    int64_t (*die_uc)(void *ctx);
    void *die_ctx;
    sim_line_sink_t sink[PIX_MAX_SINKS];
    uint32_t sinks;
    /* Of dies with this desc under this light; NULL: none. Set it before pix_init: then pix_row
     * needs pix_keep first. */
    const sim_memo_t *memo;

    const struct pix_kernels *kernels;
    double electrons[PIX_COLORS][PIX_COLORS]; /* [photosite]: pix_electrons_per_lux_s */
    struct pix_lens *lens;
    struct pix_fpn *fpn;
    struct pix_columns *columns;
    struct pix_rare *rare;
    float *scratch[PIX_MAX_THREADS]; /* a worker's planes (pix_plane_t), and the lens's */
    uint8_t *maps[PIX_MAX_THREADS];  /* a worker's row of fixed patterns */
    pix_band_t band[2];
    pix_known_t known;

    pix_regs_t regs;  /* state: every field from here on has a row in pix_fields */
    pix_regs_t kept;  /* those that count while PIX_HOLD is on */
    uint64_t clk_hz;  /* of the stream */
    pix_frame_t now;  /* the frame that is read, or was read last */
    pix_frame_t next; /* latched: the frame that is exposed */
    pix_frame_t held; /* settings at the latch before: blanking_delay */
    bool pending;     /* next is on its way */
    bool reading;
    bool holding;
    bool illegal; /* the settings latched last had to be clamped */
    uint32_t row; /* line next to be read */
    uint64_t frames, rows, saturated_px, dropped_frames, stretched_frames, clamped_settings;
    uint64_t cut_frames, corrupt_frames, masked_frames;
    bool corrupt, masked; /* next has less exposure than asked for; now does not leave */
    uint64_t refused_settings, stretched_lines;
    uint64_t row_pck, register_pck, adc_pck, column_pck, link_pck; /* of the frame that is read */

    uint64_t counted_ps;    /* up to where the times below are */
    uint64_t shutter_ended; /* of shutter_rows: frames that are over */
    uint64_t shutter_rows, shutter_resets, read_rows, px_reads, column_settles;
    uint64_t conversions_8, conversions_10, conversions_12, ramp_counts, counter_clocks, die_bits;
    uint64_t convert_ps, readout_ps, stream_ps, standby_ps;
} pix_t;

/* The IMX500: facts and assumptions are told apart in logic/chips/imx500.json and README.md. */
pix_desc_t pix_desc_default(void);

/* Reads the "pixel" object of a chip file over what desc holds; complaints are in sim_doc_error. */
void pix_desc_read(const sim_cfg_t *cfg, pix_desc_t *desc);

/*
 * Checks desc, registers pix with sim and makes its memories: fixed patterns of the array, bands of
 * rows. The caller owns pix, zeroed; it must outlive sim, and pool must outlive pix.
 */
sim_err_t pix_init(pix_t *pix, sim_t *sim, const pix_desc_t *desc, const char *name,
                   sim_pool_t *pool);
/* Waits for rows on their way. Before sim_pool_free; a zeroed pix is fine. */
void pix_free(pix_t *pix);

/* False when all places are taken. Sinks are called in the order they were added. */
bool pix_add_sink(pix_t *pix, sim_line_sink_t sink);

/* Of the frame that is read, or was read last; all zero before the first. */
pix_timing_t pix_timing(const pix_t *pix);

/* ---- settings: pure functions (settings.c) ---- */

/* What the registers say out of reset, latched: the whole array, 2x2 binned. */
pix_frame_t pix_frame_default(const pix_desc_t *desc);
/* What the registers say now, as a frame latched now would take it; without times and number. */
pix_frame_t pix_frame_asked(const pix_t *pix);
/* Brings settings into range, as the die does when it latches them; true when any was outside. */
bool pix_clamp(const pix_desc_t *desc, pix_frame_t *frame);

/* ---- of a latched frame (site.c) ---- */

typedef struct {
    uint32_t width_px, height_px;
} pix_size_t;

pix_size_t pix_frame_size(const pix_frame_t *frame);
uint32_t pix_frame_exposures(const pix_frame_t *frame); /* 1, 2 */
/* Lines that leave: the height times the exposures. pix_row_* and pix_row count these. */
uint32_t pix_frame_lines(const pix_frame_t *frame);
sim_bayer_t pix_frame_bayer(const pix_desc_t *desc, const pix_frame_t *frame); /* of the output */
sim_window_t pix_frame_window(const pix_frame_t *frame);
/* Array row of the center of a line. */
float pix_row_y_px(const pix_frame_t *frame, uint32_t row);

/* ---- times and laws (timing.c) ---- */

/* What sets the row time, and the line lengths that each of them asks for. */
typedef enum {
    PIX_LIMIT_REGISTER,
    PIX_LIMIT_ADC,
    PIX_LIMIT_COLUMNS,
    PIX_LIMIT_LINK,
    PIX_LIMITS
} pix_limit_t;

extern const char *const pix_limit_names[PIX_LIMITS];

/* Of a clamped frame; pck gets the four lengths. Where two are equal: the first. */
pix_limit_t pix_row_limit(const pix_desc_t *desc, const pix_frame_t *frame,
                          uint32_t pck[PIX_LIMITS]);

/* One conversion: settling, ramps. */
uint64_t pix_adc_time_ps(const pix_desc_t *desc, uint32_t bits);

/* 1024 / (1024 - code), code 0..1023. */
double pix_analog_gain(uint32_t gain_code);
/* The code whose gain is nearest to gain, within the desc's range. */
uint32_t pix_gain_code(const pix_desc_t *desc, double gain);
uint64_t pix_line_time_ps(const pix_frame_t *frame);
uint64_t pix_frame_time_ps(const pix_frame_t *frame);
uint64_t pix_row_exposure_start_ps(const pix_frame_t *frame, uint32_t row);
uint64_t pix_row_exposure_end_ps(const pix_frame_t *frame, uint32_t row);
uint64_t pix_row_readout_start_ps(const pix_frame_t *frame, uint32_t row);
uint64_t pix_row_readout_end_ps(const pix_frame_t *frame, uint32_t row);
/* For how many pixel clocks a line's photosites collect light, and dark current. */
uint64_t pix_row_light_pck(const pix_frame_t *frame, uint32_t row);
uint64_t pix_row_dark_pck(const pix_frame_t *frame, uint32_t row);
pix_timing_t pix_frame_timing(const pix_frame_t *frame);

/* Mean electrons a photosite of `photosite` color gains per second and lux of scene exitance in
 * each channel (white: all three at once). Sums over spectra: not for every row. */
void pix_electrons_per_lux_s(const pix_desc_t *desc, uint32_t photosite, double e[PIX_COLORS]);
/* How much more dark current there is at a temperature than at dark_at_c. */
double pix_dark_factor(const pix_desc_t *desc, double temperature_c);
/* Read noise of the difference of two samples, e-. */
double pix_read_noise_e(const pix_desc_t *desc, double analog_gain);
/* Of one conversion: that with CDS; without, one sample's part of it and the reset noise, which
 * goes with the temperature. */
double pix_sample_noise_e(const pix_desc_t *desc, double analog_gain, double temperature_c);

/* ---- samples (row.c) ---- */

/* Room that pix_row needs in `out`: the width rounded up to the widest vector. */
uint32_t pix_row_room(const pix_frame_t *frame);

/*
 * Keeps the fixed patterns of the frame's samples at hand: rows of this frame, and of others of its
 * mode (increments, binning; any window on the same grid), are the same without, but slower, for
 * they gather theirs each time. The die does it for the frames it reads. Not while pix_row runs on
 * another thread.
 */
void pix_keep(pix_t *pix, const pix_frame_t *frame);

/*
 * Makes one line of a frame: a pure function of pix's desc and light, frame and row. Any row, in
 * any order, on any thread that has its own worker number (0..pool threads - 1), at any vector
 * level: the same samples. out has pix_row_room samples. Returns how many are at full scale.
 */
uint32_t pix_row(const pix_t *pix, const pix_frame_t *frame, uint32_t row, uint32_t worker,
                 uint16_t *out);

#endif
