/*
 * spectrum.h - from spectra to three numbers a photosite: how many electrons a lux of the scene's
 * red, green and blue brings it.
 *
 *   illuminant (CIE D65)  x  infrared cut  x  quantum efficiency of each color   over 400..1000 nm
 *        |
 *        red 580..680 nm, green 490..580, blue 400..490; infrared 680..1000 goes with red
 *
 * The scene gives linear r, g, b; each scales its band of daylight. How much infrared comes with a
 * lux depends on the lamp: description, illuminant_k (CIE daylight from 4000 K, a Planckian
 * radiator below). A surface reflects infrared as it does red: assumed. Sources: CIE 015, daylight
 * components S0, S1, S2; ISO 23539, V(lambda). Beyond 830 nm, where the components end, daylight
 * goes on as a Planckian radiator of its temperature: assumed.
 */
#ifndef PIXEL_SPECTRUM_H
#define PIXEL_SPECTRUM_H

#include "pixel/pixel.h"

enum { PIX_SPECTRUM_FIRST_NM = 400, PIX_SPECTRUM_LAST_NM = 1000 };

/* Relative spectral power, 1 at 560 nm, of the light of a color temperature, 1000..25000 K. */
double pix_illuminant(double kelvin, double nm);

/* Value of a curve given at PIX_SPECTRUM wavelengths, straight between them. */
double pix_curve_at(const double curve[PIX_SPECTRUM], double nm);

/* Photons per second and square meter, between two wavelengths (multiples of 10), of one lux of a
 * lamp, behind the filter if there is one (NULL: none). */
double pix_photons_per_lux(double kelvin, uint32_t from_nm, uint32_t to_nm,
                           const double filter[PIX_SPECTRUM]);

#endif
