#include "tools/waves.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/file.h"
#include "tools/cli.h"

bool waves_wanted(const waves_desc_t *desc)
{
    return desc->lanes != NULL || desc->vcd != NULL || desc->picture != NULL;
}

static bool packet_range(const char *command, const waves_desc_t *desc, uint64_t *from,
                         uint64_t *to)
{
    const cli_t cli = {.name = command};
    *from = 0;
    if (desc->vcd_from != NULL && !cli_u64(&cli, "vcd-from", desc->vcd_from, 0, UINT32_MAX, from))
        return false;
    *to = *from + WAVES_PACKETS - 1;
    return desc->vcd_to == NULL || cli_u64(&cli, "vcd-to", desc->vcd_to, *from, UINT32_MAX, to);
}

bool waves_options(const char *command, const waves_desc_t *desc)
{
    uint64_t from, to;
    if (desc->vcd == NULL && (desc->vcd_from != NULL || desc->vcd_to != NULL)) {
        cli_fail(EXIT_USAGE, "%s: --vcd-from and --vcd-to need --vcd", command);
        return false;
    }
    return packet_range(command, desc, &from, &to);
}

static bool open_file(const char *name, FILE **file, char *error, size_t error_bytes)
{
    *file = name != NULL ? sim_file_create(name, error, error_bytes) : NULL;
    return name == NULL || *file != NULL;
}

/* The link as it is now. */
static mipi_phy_t link_of(const mipi_tx_t *tx)
{
    char error[200];
    mipi_phy_t phy;
    (void)mipi_tx_phy(tx, &phy, error, sizeof(error));
    return phy;
}

/* The lanes, or trios, that there are: a VCD names them once. */
static uint32_t all_lanes(const mipi_tx_t *tx, const mipi_phy_t *phy)
{
    return phy->signaling == MIPI_DPHY ? tx->desc.dphy.lanes : tx->desc.cphy.trios;
}

bool waves_init(waves_t *waves, const waves_desc_t *desc, mipi_tx_t *tx, char *error,
                size_t error_bytes)
{
    uint64_t from, to;
    mipi_phy_t phy = link_of(tx);
    waves->desc = *desc;
    if (!packet_range("run", desc, &from, &to) ||
        !open_file(desc->lanes, &waves->lanes_file, error, error_bytes) ||
        !open_file(desc->vcd, &waves->vcd_file, error, error_bytes))
        return false;
    if (waves->lanes_file != NULL)
        mipi_lane_trace_begin(&waves->lanes, waves->lanes_file, &phy);
    if (waves->vcd_file != NULL)
        mipi_wave_begin(&waves->wave, waves->vcd_file, all_lanes(tx, &phy), from, to);
    bool fine =
        (waves->lanes_file == NULL || mipi_tx_listen(tx, mipi_lane_trace_packet, &waves->lanes)) &&
        (waves->vcd_file == NULL || mipi_tx_listen(tx, mipi_wave_packet, &waves->wave)) &&
        (desc->picture == NULL || mipi_tx_listen(tx, link_picture_packet, &waves->picture));
    if (!fine)
        snprintf(error, error_bytes, "the link has no place left for a listener");
    return fine;
}

bool waves_end(waves_t *waves, char *error, size_t error_bytes)
{
    FILE *lanes = waves->lanes_file, *vcd = waves->vcd_file;
    bool fine = true;
    waves->lanes_file = NULL;
    if (lanes != NULL)
        mipi_lane_trace_end(&waves->lanes);
    if (lanes != NULL)
        fine = sim_file_commit(lanes, waves->desc.lanes, error, error_bytes) == SIM_OK;
    if (vcd != NULL && !mipi_wave_end(&waves->wave)) {
        snprintf(error, error_bytes, "%s: cannot be written", waves->desc.vcd);
        return false; /* waves_free removes it */
    }
    waves->vcd_file = NULL;
    if (waves->desc.picture != NULL)
        fine = link_picture_write(&waves->picture, waves->desc.picture, error, error_bytes) && fine;
    return (vcd == NULL || sim_file_commit(vcd, waves->desc.vcd, error, error_bytes) == SIM_OK) &&
           fine;
}

void waves_free(waves_t *waves)
{
    if (waves->lanes_file != NULL)
        sim_file_abandon(waves->lanes_file, waves->desc.lanes);
    if (waves->vcd_file != NULL)
        sim_file_abandon(waves->vcd_file, waves->desc.vcd);
    free(waves->wave.edge);
    waves->lanes_file = waves->vcd_file = NULL;
}
