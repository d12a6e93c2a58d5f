/*
 * scenario.h - a scenario file: what to simulate, resolved to files and numbers.
 *
 * Names of files in it are relative to the scenario's own folder; command-line flags override
 * single keys and are relative to the working directory.
 */
#ifndef TOOLS_SCENARIO_H
#define TOOLS_SCENARIO_H

#include "logic/sensor.h"
#include "scenes/scene.h"
#include "sim/json.h"
#include "tools/fault.h"
#include "tools/host_script.h"
#include "tools/kept_scenes.h"
#include "tools/settings.h"

enum {
    SCENARIO_PATH = 1024,
    SCENARIO_MAX_FRAMES = 1000000,
    SCENARIO_MAX_FLASH = 8,
};

/* A file that lies in the flash before time 0. */
typedef struct {
    uint32_t at;
    char file[SCENARIO_PATH];
} scenario_flash_t;

/* One act of the host: over CCI, or on a pin. */
typedef enum { STEP_WRITE, STEP_EXPECT, STEP_PIN, STEP_PIN_EXPECT } step_kind_t;
typedef struct {
    step_kind_t kind;
    bool at_frame;  /* else at at_ps */
    uint32_t frame; /* first row's readout of this frame, plus row lines */
    uint32_t row;
    uint64_t at_ps;
    uint16_t addr;  /* or number of the pin */
    uint32_t bytes; /* of the register */
    uint32_t value;
    char path[64]; /* of the step in the scenario, for messages */
} scenario_step_t;

/* In place of the files: cursors on one document that has all of it. */
typedef struct {
    sim_cfg_t scenario, chip, tech[TECH_DIES];
} scenario_source_t;

/* What the command line says; NULL: the file decides. */
typedef struct {
    const scenario_source_t *source; /* file is then only what names in it are relative to */
    kept_scenes_t *scenes; /* makes scenes that are objects; outlives the scenario; NULL: nobody */
    bool served;           /* the host is another program: nothing is done in its name */
    bool no_images;        /* no images are made for files */
    bool no_files;         /* images are made, but none becomes a file; nor do link and trace */
    const char *late;      /* the host starts the stream so much later than the file says */
    const char *format;    /* image on the link, as output.format, or "none" */
    const char *chip, *firmware, *network, *scene, *frames, *seed, *scene_seed, *host;
} scenario_flags_t;

typedef struct {
    char chip[SCENARIO_PATH], firmware[SCENARIO_PATH];
    char network[NPU_NET_PLACES][SCENARIO_PATH];
    uint32_t networks; /* 0: the program uses none */
    char boot_rom[SCENARIO_PATH];
    scenario_flash_t flash[SCENARIO_MAX_FLASH];
    uint32_t flash_files;
    bool stream_after_download; /* boot "host": the host's last act */
    sensor_desc_t sensor;
    scene_t *scene;
    bool scene_borrowed; /* from flags.scenes */
    uint64_t seed;
    uint32_t frames;
    struct {
        uint32_t link;    /* image on the link: bits of CCS register app_image_out; 0: none */
        bool images;      /* files of the images on the link */
        bool metadata;    /* of every frame; false: the program tells something now and then */
        uint32_t picture; /* a PNG with boxes of every n-th frame; 0: none */
        uint32_t dng;     /* a DNG of every n-th RAW frame; 0: none */
    } output;
    settings_t settings;
    scenario_step_t *step; /* owned */
    uint32_t steps;
    uint64_t late_ps;   /* of that, the step that starts the stream */
    host_script_t host; /* no lines: none */
    fault_item_t fault[FAULT_MAX_ITEMS];
    uint32_t faults;
    sim_json_t *resolved; /* config.json: every choice that was made */
    uint64_t chip_hash;   /* of the chip file's data */
    uint64_t hash;        /* of everything else that is no file of its own */
} scenario_t;

/* False with one line in error. Call scenario_free in any case. */
bool scenario_load(scenario_t *scenario, const char *file, const scenario_flags_t *flags,
                   char *error, size_t error_bytes);
void scenario_free(scenario_t *scenario);

/* Is the flash's content an image of firmware and network, made by the run? */
bool scenario_boots_image(const scenario_t *scenario);

#endif
