/*
 * ecc.h - single-error correction, double-error detection of a 64-bit word by 8 check bits.
 *
 * The extended Hamming code (72, 64) (R. W. Hamming, "Error detecting and error correcting codes",
 * Bell System Technical Journal 29, 1950): bits have positions 0..71, the check bits are 1, 2, 4,
 * .., 64, and 0 is the parity of all. The code is linear, so what a decoder makes of a word depends
 * on the flipped bits alone: the model keeps these, and no check bits.
 */
#ifndef LOGIC_ECC_H
#define LOGIC_ECC_H

#include <stdint.h>

#define ECC_WORD_BYTES 8u
#define ECC_DATA_BITS 64u
#define ECC_BITS 72u /* of a word: data first, then the check bits 1, 2, 4, .., 64, 0 */

typedef enum {
    ECC_CLEAN,     /* it sees nothing: no flip, or a pattern that is a code word itself */
    ECC_CORRECTED, /* one bit; of three or more flips, a wrong one */
    ECC_FATAL,     /* two bits, or more: detected, not corrected */
} ecc_result_t;

/* What a decoder makes of a word with these bits flipped; *wrong is set to the data bits that are
 * not as they were written then. */
ecc_result_t ecc_decode(uint64_t data, uint32_t check, uint64_t *wrong);

#endif
