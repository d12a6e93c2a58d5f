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

/* ---- records ---- */

static uint64_t hash_of(const sim_memo_key_t *key)
{
    return sim_hash(SIM_HASH_SEED, key->data, key->bytes);
}

static void name_record(const tensors_t *t, const sim_memo_key_t *key, char path[RECORD_PATH])
{
    snprintf(path, RECORD_PATH, "%s/%s-%016" PRIx64, t->folder, key->kind, hash_of(key));
}

static head_t head_of(const sim_memo_key_t *key, const void *data, size_t bytes)
{
    head_t head = {
        .key_bytes = key->bytes, .bytes = bytes, .hash = sim_hash(hash_of(key), data, bytes)};
    memcpy(head.magic, magic, sizeof(magic));
    return head;
}

/* Is that file the record of the key, and whole? */
static bool is_sound(const uint8_t *file, size_t file_bytes, const sim_memo_key_t *key,
                     size_t bytes)
{
    if (file_bytes != sizeof(head_t) + key->bytes + bytes)
        return false;
    head_t expected = head_of(key, file + sizeof(head_t) + key->bytes, bytes);
    return memcmp(file, &expected, sizeof(expected)) == 0 &&
           memcmp(file + sizeof(head_t), key->data, key->bytes) == 0;
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
    bool sound = file != NULL && is_sound(file, file_bytes, key, bytes);
    if (sound) {
        memcpy(to, file + sizeof(head_t) + key->bytes, bytes);
        t->count.reused += is_tensor(key);
    } else {
        unlink(path);
        t->count.rejected++;
    }
    free(file);
    return sound;
}

/* Under a name of its own first: somebody else may make the same file now. */
static bool publish(const char *path, const void *first, size_t first_bytes, const void *second,
                    size_t second_bytes, const void *third, size_t third_bytes)
{
    char mine[RECORD_PATH + 32];
    snprintf(mine, sizeof(mine), "%s.%ld", path, (long)getpid());
    FILE *to = fopen(mine, "wb");
    if (to == NULL)
        return false;
    bool fine = fwrite(first, 1, first_bytes, to) == first_bytes &&
                fwrite(second, 1, second_bytes, to) == second_bytes &&
                fwrite(third, 1, third_bytes, to) == third_bytes;
    fine = fclose(to) == 0 && fine && rename(mine, path) == 0;
    if (!fine)
        unlink(mine);
    return fine;
}

static void keep(void *ctx, const sim_memo_key_t *key, const void *data, size_t bytes)
{
    tensors_t *t = ctx;
    char path[RECORD_PATH];
    size_t file_bytes = sizeof(head_t) + key->bytes + bytes;
    name_record(t, key, path);
    if (file_bytes > t->room_bytes || file_bytes > MAX_RECORD)
        return;
    head_t head = head_of(key, data, bytes);
    if (publish(path, &head, sizeof(head), key->data, key->bytes, data, bytes)) {
        t->room_bytes -= file_bytes;
        t->written_bytes += file_bytes;
        t->count.recorded += is_tensor(key);
    }
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
        return publish(path, text, length, "", 0, "\n", 1);
    bool same = bytes == length + 1 && memcmp(there, text, length) == 0;
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
