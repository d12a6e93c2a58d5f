/*
 * tx_row.c - rows of pixel die and ISP as payloads, and what they take of the link.
 */
#include <string.h>

#include "mipi/tx_int.h"

/* YUV420: the first of two rows has no chroma. */
static bool is_luma(uint32_t ctrl, const sim_line_t *line)
{
    return line->format == SIM_LINE_YUV422 && (ctrl & MIPI_CTRL_SMALL) && line->row % 2 == 0;
}

static bool is_wide(uint32_t ctrl, const sim_line_t *line)
{
    return line->format == SIM_LINE_YUV422 && (ctrl & MIPI_CTRL_WIDE) && !(ctrl & MIPI_CTRL_SMALL);
}

uint8_t mipi_line_dt(uint32_t ctrl, const sim_line_t *line)
{
    bool small = (ctrl & MIPI_CTRL_SMALL) != 0;
    if (line->format == SIM_LINE_RAW)
        return line->bits <= 16 ? mipi_dt_of_bits(line->bits) : 0;
    if (is_wide(ctrl, line))
        return MIPI_DT_YUV422_10;
    if (line->format == SIM_LINE_YUV422)
        return small ? MIPI_DT_YUV420_8 : MIPI_DT_YUV422_8;
    return small ? MIPI_DT_RGB565 : MIPI_DT_RGB888;
}

uint32_t mipi_line_bytes(uint32_t ctrl, const sim_line_t *line)
{
    uint64_t bytes = line->width_px;
    if (line->format == SIM_LINE_RAW)
        bytes = mipi_row_bytes(line->bits, line->width_px);
    else if (is_wide(ctrl, line))
        bytes = bytes / 2 * 5;
    else if (line->format == SIM_LINE_RGB)
        bytes *= ctrl & MIPI_CTRL_SMALL ? 2 : 3;
    else
        bytes *= is_luma(ctrl, line) ? 1 : 2;
    return bytes > MIPI_MAX_PAYLOAD_BYTES ? MIPI_MAX_PAYLOAD_BYTES + 1 : (uint32_t)bytes;
}

void mipi_line_pack(const mipi_tx_t *tx, uint32_t ctrl, const sim_line_t *line, uint8_t *out)
{
    if (line->format == SIM_LINE_RAW)
        tx->pack[(line->bits - 8) / 2](out, sim_line_raw(line), line->width_px);
    else if (is_luma(ctrl, line))
        mipi_pack_luma(out, line->data.rgb, line->width_px);
    else if (is_wide(ctrl, line))
        mipi_pack_wide(out, line->data.rgb, line->width_px);
    else if (line->format == SIM_LINE_YUV422)
        memcpy(out, line->data.rgb, 2 * (size_t)line->width_px); /* U Y V Y already */
    else if (ctrl & MIPI_CTRL_SMALL)
        mipi_pack_rgb565(out, line->data.rgb, line->width_px);
    else
        mipi_swap_rgb888(out, line->data.rgb, line->width_px);
}

/* ---- what a row takes
 * ----------------------------------------------------------------------------
 */
static void add_short(const mipi_phy_t *phy, mipi_row_cost_t *cost)
{
    cost->bytes += MIPI_HEADER_BYTES;
    cost->ps += mipi_link_packet_ps(phy, MIPI_HEADER_BYTES, false);
}

static void add_long(const mipi_phy_t *phy, uint32_t payload_bytes, bool after_short,
                     mipi_row_cost_t *cost)
{
    uint32_t count = payload_bytes + MIPI_LONG_EXTRA_BYTES;
    cost->bytes += count;
    cost->ps += mipi_link_packet_ps(phy, count, after_short);
}

/* A line with what stands around it: mipi_image_line. */
static void add_line(const mipi_tx_t *tx, const mipi_phy_t *phy, const sim_line_t *line,
                     mipi_row_cost_t *cost)
{
    bool sync = (tx->ctrl & MIPI_CTRL_SYNC) != 0;
    if (sync)
        add_short(phy, cost);
    add_long(phy, mipi_line_bytes(tx->ctrl, line), sync, cost);
    if (sync)
        add_short(phy, cost);
    if (MIPI_FILL_BYTES(tx->fill) != 0)
        add_long(phy, MIPI_FILL_BYTES(tx->fill), sync, cost);
}

mipi_row_cost_t mipi_tx_row_cost(const mipi_tx_t *tx, const mipi_rows_t *rows)
{
    char error[200];
    mipi_phy_t phy;
    mipi_row_cost_t two = {0};
    (void)mipi_tx_phy(tx, &phy, error, sizeof(error));
    for (uint32_t row = 0; row < 2; row++) {
        const sim_line_t raw = {
            .format = SIM_LINE_RAW, .bits = rows->bits, .width_px = rows->width_px, .row = row};
        const sim_line_t isp = {
            .format = rows->isp_format, .width_px = rows->isp_width_px, .row = row};
        if (tx->ctrl & MIPI_CTRL_RAW)
            add_line(tx, &phy, &raw, &two);
        if (tx->ctrl & MIPI_CTRL_ISP)
            add_line(tx, &phy, &isp, &two);
    }
    return (mipi_row_cost_t){(two.bytes + 1) / 2, (two.ps + 1) / 2};
}
