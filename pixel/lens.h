/*
 * lens.h - the scene's light as it falls on a row of the array: vignetting, shading, blur.
 *
 *   scene rows y-k..y+k --> PSF (k = 0: none) --> x cos^4 --> x shading of each color --> lux
 *
 * With u = (r / r_corner)^2, r the distance from the array's center:
 *   natural vignetting   cos^4 = 1 / (1 + u tan^2)^2, tan = half diagonal / focal length
 *   shading              1 + a u + b u^2 for each color: microlenses, mechanical vignetting
 *   PSF                  Gaussian of sigma photosites, cut at 3 sigma; the neighbors' light is
 *                        that of the row's own exposure
 * f-number and transmission scale all rows alike: spectrum.h.
 *
 * Not modeled:  distortion, chief-ray angle, color fringes, flare, a PSF that changes over the
 *               field.
 */
#ifndef PIXEL_LENS_H
#define PIXEL_LENS_H

#include "pixel/pixel.h"

/* What the description says, worked out once; all zero: a lens that does nothing. */
typedef struct pix_lens {
    double tan2;                 /* of the field's corner */
    double shade[PIX_COLORS][2]; /* a, b */
    double sigma_px;
    double center_x_px, center_y_px, corner2; /* r_corner^2, photosites */
} pix_lens_t;

pix_lens_t pix_lens_of(const pix_desc_t *desc);

/* Room for one worker, floats, of rows up to width_px. */
size_t pix_lens_room(const pix_lens_t *lens, uint32_t width_px);

/*
 * One row of light behind the lens, for req and samples y_step_px rows apart. scratch:
 * pix_lens_room floats. A pure function of lens, source and request.
 */
void pix_lens_row(const pix_lens_t *lens, const sim_light_t *source, const sim_light_req_t *req,
                  float y_step_px, float *scratch, const sim_light_row_t *out);

#endif
