/*
 * color.c - sRGB, illuminants, and the sine that replaces libm's in results.
 */
#include "scenes/scene_int.h"

/* sin(2 pi x) for x in -1/4..1/4: Taylor terms to x^11, error below 6e-8. */
static double sine_quarter(double x)
{
    double a = x * 6.283185307179586;
    double s = a * a;
    return a * (1.0 +
                s * (-1.0 / 6 + s * (1.0 / 120 + s * (-1.0 / 5040 +
                                                      s * (1.0 / 362880 - s * (1.0 / 39916800))))));
}

float scene_sin(double turns)
{
    double whole = (double)(int64_t)turns;
    double x = turns - whole; /* -1..1 */
    if (x < 0)
        x += 1;
    if (x > 0.75)
        x -= 1;
    else if (x > 0.25)
        x = 0.5 - x;
    return (float)sine_quarter(x);
}

float scene_cos(double turns)
{
    return scene_sin(turns + 0.25);
}

/* x^(1/5) for x in 0..1 by Newton's method from above: falls to the root, then stands still. */
static double fifth_root(double x)
{
    double y = 1;
    for (int i = 0; i < 64; i++) {
        double y4 = y * y * y * y;
        y -= (y4 * y - x) / (5 * y4);
    }
    return y;
}

/* IEC 61966-2-1: ((c + 0.055) / 1.055)^2.4 above 0.04045; x^2.4 = x^2 * (x^2)^(1/5). */
float scene_srgb_linear(double c)
{
    if (c <= 0.04045)
        return (float)(c / 12.92);
    double x = (c + 0.055) / 1.055;
    return (float)(x * x * fifth_root(x * x));
}

float scene_srgb_decode(uint8_t code)
{
    return scene_srgb_linear(code / 255.0);
}

scene_rgb_t scene_rgb_hex(uint32_t hex)
{
    return (scene_rgb_t){scene_srgb_decode((uint8_t)(hex >> 16)),
                         scene_srgb_decode((uint8_t)(hex >> 8)), scene_srgb_decode((uint8_t)hex)};
}

/*
 * White under a light of that temperature, in linear sRGB with mean 1. Up to 4000 K a Planckian
 * radiator (chromaticity: Kim et al., US patent 7024034, cubic in 1/T), from 5000 K daylight (CIE
 * 15, daylight locus), 4500 K their mean; xyY to sRGB by the matrix of IEC 61966-2-1; four digits.
 */
scene_rgb_t scene_illuminant(float kelvin)
{
    /* clang-format off */
    static const struct { float kelvin; scene_rgb_t rgb; } table[] = {
        { 2000, {2.3731f, 0.6081f, 0.0188f}},
        { 2250, {2.2211f, 0.7026f, 0.0763f}},
        { 2500, {2.0805f, 0.7775f, 0.1419f}},
        { 2750, {1.9527f, 0.8354f, 0.2119f}},
        { 3000, {1.8373f, 0.8792f, 0.2835f}},
        { 3500, {1.6395f, 0.9359f, 0.4246f}},
        { 4000, {1.4779f, 0.9650f, 0.5572f}},
        { 4500, {1.3425f, 0.9963f, 0.6612f}},
        { 5000, {1.2279f, 1.0192f, 0.7529f}},
        { 5500, {1.1367f, 1.0166f, 0.8467f}},
        { 6000, {1.0619f, 1.0097f, 0.9284f}},
        { 6500, {1.0000f, 1.0000f, 1.0000f}}, /* the locus gives 1.0001 1.0007 0.9992 */
        { 7000, {0.9485f, 0.9908f, 1.0607f}},
        { 8000, {0.8678f, 0.9709f, 1.1613f}},
        { 9000, {0.8085f, 0.9528f, 1.2388f}},
        {10000, {0.7634f, 0.9369f, 1.2997f}},
    };
    /* clang-format on */
    float k = scene_clamp(kelvin, table[0].kelvin, table[SIM_COUNT(table) - 1].kelvin);
    size_t i = 1;
    while (i < SIM_COUNT(table) - 1 && k > table[i].kelvin)
        i++;
    float t = (k - table[i - 1].kelvin) / (table[i].kelvin - table[i - 1].kelvin);
    return scene_rgb_mix(table[i - 1].rgb, table[i].rgb, t);
}
