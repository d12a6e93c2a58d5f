/*
 * settings_fuzz.c - any bytes as a scenario with settings: what is read can be written to registers
 * and as JSON, which reads as the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static bool take(const char *text, size_t bytes, settings_t *settings)
{
    sim_doc_t *doc = sim_doc_parse(text, bytes, "fuzz");
    *settings = (settings_t){0};
    if (doc != NULL && sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        settings_read(&root, 4056, 3040, settings);
    }
    bool fine = doc != NULL && sim_doc_error(doc) == NULL;
    sim_doc_free(doc);
    return fine;
}

static void must(bool fine)
{
    if (!fine)
        abort();
}

static char *print(const settings_t *settings)
{
    sim_json_t *root = sim_json_object();
    settings_write(settings, sim_json_add_object(root, "settings"));
    char *text = sim_json_print(root, false);
    sim_json_free(root);
    must(text != NULL);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static settings_t s;
    static settings_reg_t regs[SETTINGS_MOST_REGS];
    if (!take((const char *)data, bytes, &s))
        return 0;
    must(settings_regs(&s, regs) <= SETTINGS_MOST_REGS && s.zones <= APP_ZONES_MOST);
    char *text = print(&s);
    must(take(text, strlen(text), &s));
    char *again = print(&s);
    must(strcmp(text, again) == 0);
    free(again);
    free(text);
    return 0;
}
