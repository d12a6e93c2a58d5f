/*
 * digital.h - behind the ADC: stuck photosites, mirror, digital gain, test patterns.
 */
#ifndef PIXEL_DIGITAL_H
#define PIXEL_DIGITAL_H

#include "pixel/pixel.h"

/* Puts the desc's stuck photosites into a line; samples in the order of an unflipped frame. */
void pix_stick(const pix_desc_t *desc, const pix_frame_t *frame, uint32_t line, uint16_t *sample);

/* Last sample first. */
void pix_mirror(uint16_t *sample, uint32_t count);

/* Of what is above the black level, by the color of each sample; rounded to the nearest DN. The
 * samples are as they leave: mirrored. */
void pix_digital_gain(const pix_desc_t *desc, const pix_frame_t *frame, uint32_t line,
                      uint16_t *sample);

/*
 * A line of the frame's test pattern, which takes the place of the image at the very end: of the
 * output's size and Bayer order, from 0 to full scale, whatever gains, flips and black level say.
 *   solid  pattern_dn of each color
 *   bars   white, yellow, cyan, green, magenta, red, blue, black, an eighth of the width each
 *   fade   the bars, full at the first row and mid gray at the last of a multiple of 128 rows,
 * after which they begin anew; the right half of each bar has the first four bits of that, and them
 * again for the others (libcamera, control_ids: ColorBarsFadeToGray) PN9    the sequence of x^9 +
 * x^5 + 1 from nine ones on, each frame anew, most significant bit of a sample first, samples one
 * after the other through all rows
 */
void pix_pattern(const pix_desc_t *desc, const pix_frame_t *frame, uint32_t line, uint16_t *sample);

#endif
