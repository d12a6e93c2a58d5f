/*
 * view_run_bench.c - what a window costs: a run under the viewer as a share of the speed of the
 * same run without, and how many pictures it shows meanwhile. Budgets: 0.8, 30 pictures/s. Of a
 * chip that makes images of its own, of one that leaves metadata only, of one that mostly sleeps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"

enum { TURNS = 5 };

static char text[1 << 16];

static double number(const char *key)
{
    const char *at = strstr(text, key);
    return at != NULL ? strtod(strchr(at + strlen(key), ':') + 1, NULL) : 0;
}

/* Simulated seconds of a second. */
static double plain(const char *scenario)
{
    char error[256], command[256];
    size_t bytes;
    snprintf(command, sizeof(command), "run %s --out " FOVEA_OUT "/view_run_bench", scenario);
    if (fovea(text, sizeof(text), "%s", command) != 0)
        return 0;
    uint8_t *host = sim_file_read(FOVEA_OUT "/view_run_bench/host.json", sizeof(text) - 1, &bytes,
                                  error, sizeof(error));
    if (host == NULL)
        return 0;
    memcpy(text, host, bytes);
    text[bytes] = '\0';
    free(host);
    return number("\"real_time_ratio\"");
}

static double viewed(const char *scenario, double *pictures_per_s)
{
    if (fovea(text, sizeof(text), "view %s --headless --close --json", scenario) != 0)
        return 0;
    *pictures_per_s = number("\"pictures_per_s\"");
    return number("\"real_time_ratio\"");
}

static void measure(const char *name, const char *scenario)
{
    double without = 0, with = 0, pictures = 0;
    for (int i = 0; i < TURNS; i++) { /* in turns: the machine may have other things to do */
        double speed = plain(scenario), rate = 0;
        without = speed > without ? speed : without;
        speed = viewed(scenario, &rate);
        if (speed > with) {
            with = speed;
            pictures = rate;
        }
    }
    if (without == 0 || with == 0) {
        printf("# view: %s\n", text);
        return;
    }
    printf("view_%s/of_run's_speed %.2f 1\n", name, with / without);
    printf("view_%s/pictures %.1f 1/s\n", name, pictures);
}

int main(void)
{
    measure("images", "scenes/entrance.json --frames 40");
    measure("metadata", "scenes/faults/dead_pixels.json");
    measure("asleep", "scenes/yes_no/visit.json");
    return 0;
}
