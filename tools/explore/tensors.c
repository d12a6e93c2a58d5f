#include "tools/explore/tensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/hash.h"
#include "tools/version.h"

enum { RECORD_PATH = SPACE_PATH + 128, MAX_WORLD = 1 << 24, MAX_RECORD = 1 << 28 };

/* Of the machine that made it: nobody carries records elsewhere. */
typedef struct {
    char magic[8];
    uint64_t key_bytes, bytes, hash; /* of both */
} head_t;

static const char magic[8] = "FVRECRD1";

/* ---- a record ---- */

static uint64_t hash_of(const sim_memo_key_t *key)
{
    return sim_hash(SIM_HASH_SEED, key->data, key->bytes);
}

size_t tensors_record_bytes(const sim_memo_key_t *key, size_t bytes)
{
    return sizeof(head_t) + key->bytes + bytes;
}

void tensors_record(const sim_memo_key_t *key, const void *data, size_t bytes, uint8_t *record)
{
    head_t head = {
        .key_bytes = key->bytes, .bytes = bytes, .hash = sim_hash(hash_of(key), data, bytes)};
    memcpy(head.magic, magic, sizeof(magic));
    memcpy(record, &head, sizeof(head));
    memcpy(record + sizeof(head), key->data, key->bytes);
    memcpy(record + sizeof(head) + key->bytes, data, bytes);
}

bool tensors_unpack(const uint8_t *record, size_t record_bytes, const sim_memo_key_t *key, void *to,
                    size_t bytes)
{
    head_t head;
    if (record_bytes != tensors_record_bytes(key, bytes))
        return false;
    memcpy(&head, record, sizeof(head));
    const uint8_t *content = record + sizeof(head) + key->bytes;
    if (memcmp(head.magic, magic, sizeof(magic)) != 0 || head.key_bytes != key->bytes ||
        head.bytes != bytes || memcmp(record + sizeof(head), key->data, key->bytes) != 0 ||
        head.hash != sim_hash(hash_of(key), content, bytes))
        return false;
    memcpy(to, content, bytes);
    return true;
}

/* ---- records in files ---- */

static void name_record(const tensors_t *t, const sim_memo_key_t *key, char path[RECORD_PATH])
{
    snprintf(path, RECORD_PATH, "%s/%s-%016" PRIx64, t->folder, key->kind, hash_of(key));
}

/* Frames are counted once, though the pixel die has records of its own. */
static uint32_t is_tensor(const sim_memo_key_t *key)
{
    return strcmp(key->kind, "isp") == 0;
}

static bool find(void *ctx, const sim_memo_key_t *key, void *to, size_t bytes)
{
    tensors_t *t = ctx;
    char path[RECORD_PATH], error[RECORD_PATH + 64];
    size_t file_bytes;
    name_record(t, key, path);
    if (access(path, R_OK) != 0)
        return false;
    uint8_t *file = sim_file_read(path, MAX_RECORD, &file_bytes, error, sizeof(error));
    bool sound = file != NULL && tensors_unpack(file, file_bytes, key, to, bytes);
    free(file);
    if (!sound)
        unlink(path);
    t->count.rejected += !sound;
    t->count.reused += sound && is_tensor(key);
    return sound;
}

/* Under a name of its own first: somebody else may make the same file now. */
static bool publish(const char *path, const void *data, size_t bytes)
{
    char mine[RECORD_PATH + 32];
    snprintf(mine, sizeof(mine), "%s.%ld", path, (long)getpid());
    FILE *to = fopen(mine, "wb");
    if (to == NULL)
        return false;
    bool fine = fwrite(data, 1, bytes, to) == bytes;
    fine = fclose(to) == 0 && fine && rename(mine, path) == 0;
    if (!fine)
        unlink(mine);
    return fine;
}

static void keep(void *ctx, const sim_memo_key_t *key, const void *data, size_t bytes)
{
    tensors_t *t = ctx;
    char path[RECORD_PATH];
    size_t record_bytes = tensors_record_bytes(key, bytes);
    bool fits = record_bytes <= t->room_bytes && record_bytes <= MAX_RECORD;
    uint8_t *record = fits ? malloc(record_bytes) : NULL;
    if (record == NULL)
        return;
    name_record(t, key, path);
    tensors_record(key, data, bytes, record);
    if (publish(path, record, record_bytes)) {
        t->room_bytes -= record_bytes;
        t->written_bytes += record_bytes;
        t->count.recorded += is_tensor(key);
    }
    free(record);
}

/* ---- the world ---- */

/* All of the chip but for what light, samples and pixels reach only later: a key that is new
 * counts. What those parts do to the front end (clocks, settings, temperature) is in the keys. */
static void add_chip(sim_json_t *world, const sim_json_t *chip)
{
    static const char *const behind[] = {"npu", "mipi", "logic", "tech"};
    sim_json_t *to = sim_json_add_object(world, "chip");
    for (const sim_json_t *v = sim_json_first(chip); v != NULL; v = sim_json_next(v)) {
        const sim_cfg_t cursor = {.node = v};
        bool counts = true;
        for (size_t i = 0; i < SIM_COUNT(behind); i++)
            counts = counts && strcmp(sim_json_key(v), behind[i]) != 0;
        if (counts)
            sim_json_add_value(to, sim_json_key(v), sim_cfg_copy(&cursor));
    }
}

/* NULL: it cannot be told. */
static char *describe(const scenario_t *s, const sim_json_t *chip)
{
    char hash[20], error[512];
    uint64_t files = SIM_HASH_SEED;
    sim_json_t *world = sim_json_object();
    if (world == NULL || scene_hash_files(s->scene, &files, error, sizeof(error)) != SIM_OK) {
        sim_json_free(world);
        return NULL;
    }
    snprintf(hash, sizeof(hash), "%016" PRIx64, files);
    sim_json_add_str(world, "fovea", fovea_version);
    sim_json_add_u64(world, "seed", s->seed);
    add_chip(world, chip);
    scene_desc_write(scene_desc(s->scene), sim_json_add_object(world, "scene"));
    sim_json_add_str(world, "scene_files", hash);
    char *text = sim_json_print(world, false);
    sim_json_free(world);
    return text;
}

/* False where another world of the same hash has the folder, or it cannot be written. */
static bool settle(const tensors_t *t, const char *text)
{
    char path[RECORD_PATH], error[RECORD_PATH + 64];
    size_t bytes, length = strlen(text);
    if (sim_dir_make(t->folder, error, sizeof(error)) != SIM_OK)
        return false;
    snprintf(path, sizeof(path), "%s/world.json", t->folder);
    uint8_t *there = sim_file_read(path, MAX_WORLD, &bytes, error, sizeof(error));
    if (there == NULL)
        return publish(path, text, length);
    bool same = bytes == length && memcmp(there, text, length) == 0;
    free(there);
    return same;
}

const sim_memo_t *tensors_open(tensors_t *t, const char *folder, uint64_t room_bytes,
                               const scenario_t *scenario, const sim_json_t *chip)
{
    *t = (tensors_t){.memo = {find, keep, t}, .room_bytes = room_bytes};
    if (scenario->faults != 0 || scene_is_pipe(scenario->scene))
        return NULL;
    char *text = describe(scenario, chip);
    bool fine = text != NULL;
    if (fine) {
        int length = snprintf(t->folder, sizeof(t->folder), "%s/%016" PRIx64, folder,
                              sim_hash(SIM_HASH_SEED, text, strlen(text)));
        fine = length > 0 && (size_t)length < sizeof(t->folder) && settle(t, text);
    }
    free(text);
    return fine ? &t->memo : NULL;
}
