#include "mipi/packet.h"

#include <string.h>

/* ---- data types (Linux include/media/mipi-csi2.h; classes as in the CSI-2 overview) ------------
 */
/* clang-format off */
static const char *const dt_names[64] = {
    [0x00] = "FS", "FE", "LS", "LE", "EoT",
    [0x08] = "generic short 1", "generic short 2", "generic short 3", "generic short 4",
             "generic short 5", "generic short 6", "generic short 7", "generic short 8",
    [0x10] = "null", "blanking", "embedded",
             "generic long 1", "generic long 2", "generic long 3", "generic long 4",
    [0x18] = "YUV420 8-bit", "YUV420 10-bit", "YUV420 8-bit legacy",
    [0x1c] = "YUV420 8-bit CSPS", "YUV420 10-bit CSPS", "YUV422 8-bit", "YUV422 10-bit",
    [0x20] = "RGB444", "RGB555", "RGB565", "RGB666", "RGB888",
    [0x26] = "RAW28", "RAW24",
             "RAW6", "RAW7", "RAW8", "RAW10", "RAW12", "RAW14", "RAW16", "RAW20",
    [0x30] = "user 1", "user 2", "user 3", "user 4", "user 5", "user 6", "user 7", "user 8",
    [0x38] = "USL command",
};
/* clang-format on */

bool mipi_dt_known(uint8_t dt)
{
    return dt_names[dt & 0x3f] != NULL;
}

const char *mipi_dt_name(uint8_t dt)
{
    return mipi_dt_known(dt) ? dt_names[dt & 0x3f] : "reserved";
}

/* ---- header ------------------------------------------------------------------------------------
 */
#define HEADER_BITS 26u

/* Column n of the parity matrix: which check bits header bit n takes part in. */
/* clang-format off */
static const uint8_t ecc_column[HEADER_BITS] = {
    0x07, 0x0b, 0x0d, 0x0e, 0x13, 0x15, 0x16, 0x19, /* DI */
    0x1a, 0x1c, 0x23, 0x25, 0x26, 0x29, 0x2a, 0x2c, /* WC LSB */
    0x31, 0x32, 0x34, 0x38, 0x1f, 0x2f, 0x37, 0x3b, /* WC MSB */
    0x3d, 0x3e,                                     /* VCX */
};
/* clang-format on */

uint8_t mipi_ecc(uint32_t header_bits)
{
    uint8_t ecc = 0;
    for (uint32_t n = 0; n < HEADER_BITS; n++)
        if (header_bits >> n & 1)
            ecc ^= ecc_column[n];
    return ecc;
}

void mipi_header_encode(const mipi_header_t *header, uint8_t out[MIPI_HEADER_BYTES])
{
    uint32_t di = (uint32_t)(header->vc & 0x3) << 6 | (header->dt & 0x3fu);
    uint32_t vcx = header->vc >> 2 & 0x3u;
    uint8_t ecc = mipi_ecc(di | (uint32_t)header->word << 8 | vcx << 24);
    out[0] = (uint8_t)di;
    out[1] = (uint8_t)header->word;
    out[2] = (uint8_t)(header->word >> 8);
    out[3] = (uint8_t)(vcx << 6 | ecc);
}

/* Flips the bit that the syndrome points at, if it points at one. */
static mipi_ecc_t ecc_correct(uint32_t *header_bits, uint8_t syndrome)
{
    if (syndrome == 0)
        return MIPI_ECC_OK;
    if ((syndrome & (syndrome - 1)) == 0)
        return MIPI_ECC_CORRECTED; /* a check bit itself */
    for (uint32_t n = 0; n < HEADER_BITS; n++) {
        if (ecc_column[n] == syndrome) {
            *header_bits ^= UINT32_C(1) << n;
            return MIPI_ECC_CORRECTED;
        }
    }
    return MIPI_ECC_BAD;
}

mipi_ecc_t mipi_header_decode(const uint8_t in[MIPI_HEADER_BYTES], mipi_header_t *header)
{
    uint32_t bits =
        in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)(in[3] >> 6) << 24;
    mipi_ecc_t result = ecc_correct(&bits, mipi_ecc(bits) ^ (in[3] & 0x3f));
    header->dt = bits & 0x3f;
    header->vc = (uint8_t)((bits >> 6 & 0x3) | (bits >> 24 & 0x3) << 2);
    header->word = (uint16_t)(bits >> 8);
    return result;
}

/* ---- packets ------------------------------------------------------------------------------------
 */
size_t mipi_short_packet(uint8_t out[MIPI_HEADER_BYTES], uint8_t vc, uint8_t dt, uint16_t data)
{
    mipi_header_encode(&(mipi_header_t){.vc = vc, .dt = dt, .word = data}, out);
    return MIPI_HEADER_BYTES;
}

size_t mipi_long_packet(uint8_t *out, uint8_t vc, uint8_t dt, const uint8_t *payload,
                        uint16_t payload_bytes)
{
    uint8_t *body = out + MIPI_HEADER_BYTES;
    mipi_header_encode(&(mipi_header_t){.vc = vc, .dt = dt, .word = payload_bytes}, out);
    if (payload != body && payload_bytes > 0)
        memcpy(body, payload, payload_bytes);
    uint16_t crc = mipi_crc16(MIPI_CRC_START, body, payload_bytes);
    body[payload_bytes] = (uint8_t)crc;
    body[payload_bytes + 1] = (uint8_t)(crc >> 8);
    return payload_bytes + MIPI_LONG_EXTRA_BYTES;
}

size_t mipi_packet_bytes(const mipi_header_t *header)
{
    return mipi_dt_is_short(header->dt) ? MIPI_HEADER_BYTES
                                        : header->word + (size_t)MIPI_LONG_EXTRA_BYTES;
}
