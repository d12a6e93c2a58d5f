/*
 * cmd_view.c - fovea view: a run in a window.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/file.h"
#include "sim/time.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/execution.h"
#include "tools/interrupt.h"
#include "tools/remove.h"
#include "tools/view/view.h"

enum { WIDTH = 1280, HEIGHT = 800, LEAST_POINTS = 320, MOST_POINTS = 8192, PATH = 1100 };

typedef struct {
    const char *live, *replay, *out, *hand, *size, *scale, *picture, *at, *keys, *film, *from, *to;
    const char *fps, *slow, *threads, *simd, *close, *headless, *json;
} options_t;

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* "1280x800". */
static bool parse_size(const cli_t *cli, const char *text, window_desc_t *window)
{
    char *end;
    unsigned long width = strtoul(text, &end, 10),
                  height = *end == 'x' ? strtoul(end + 1, &end, 10) : 0;
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && width >= LEAST_POINTS &&
        width <= MOST_POINTS && height >= LEAST_POINTS && height <= MOST_POINTS) {
        window->width = (uint32_t)width;
        window->height = (uint32_t)height;
        return true;
    }
    cli_fail(EXIT_USAGE, "%s: --size: '%s' is no <width>x<height> of %d..%d points", cli->name,
             text, LEAST_POINTS, MOST_POINTS);
    return false;
}

static bool parse_time(const cli_t *cli, const char *option, const char *text, uint64_t *ps)
{
    if (text == NULL || sim_time_parse(text, ps))
        return true;
    cli_fail(EXIT_USAGE, "%s: --%s: '%s' is not <n><ps|ns|us|ms|s>", cli->name, option, text);
    return false;
}

static bool window_options(const cli_t *cli, const options_t *o, window_desc_t *window)
{
    window->width = WIDTH;
    window->height = HEIGHT;
    if (o->size != NULL && !parse_size(cli, o->size, window))
        return false;
    if (o->scale == NULL)
        return true;
    if (!cli_num(cli, "scale", o->scale, &window->scale))
        return false;
    if (window->scale >= 0.5 && window->scale <= 4)
        return true;
    cli_fail(EXIT_USAGE, "%s: --scale: %s, expected 0.5..4", cli->name, o->scale);
    return false;
}

static bool picture_options(const cli_t *cli, const options_t *o, view_desc_t *view)
{
    view->picture = o->picture;
    view->keys = o->keys;
    view->film = o->film;
    if ((o->picture != NULL) != (o->at != NULL)) {
        cli_fail(EXIT_USAGE, "%s: --screenshot and --at need each other", cli->name);
        return false;
    }
    if (o->at != NULL && !when_parse(o->at, &view->at)) {
        cli_fail(EXIT_USAGE, "%s: --at: '%s' is neither <n><ps|ns|us|ms|s> nor frame:N[+row]",
                 cli->name, o->at);
        return false;
    }
    return true;
}

static bool film_options(const cli_t *cli, const options_t *o, view_desc_t *view)
{
    uint64_t fps = 30, slow = 1;
    char error[512];
    view->to_ps = UINT64_MAX;
    if (!parse_time(cli, "from", o->from, &view->from_ps) ||
        !parse_time(cli, "to", o->to, &view->to_ps) ||
        (o->fps != NULL && !cli_u64(cli, "fps", o->fps, 1, 240, &fps)) ||
        (o->slow != NULL && !cli_u64(cli, "slow", o->slow, 1, 1000000, &slow)))
        return false;
    view->fps = (uint32_t)fps;
    view->slow = (uint32_t)slow;
    bool more = o->from != NULL || o->to != NULL || o->fps != NULL || o->slow != NULL;
    if (o->film == NULL && more)
        cli_fail(EXIT_USAGE, "%s: --from, --to, --fps and --slow are of --record", cli->name);
    else if (o->film != NULL && o->picture != NULL)
        cli_fail(EXIT_USAGE, "%s: --record or --screenshot", cli->name);
    else if (o->film != NULL && !view_film_name_check(o->film, error, sizeof(error)))
        cli_fail(EXIT_USAGE, "%s: --record: %s", cli->name, error);
    else if (view->from_ps >= view->to_ps)
        cli_fail(EXIT_USAGE, "%s: --from is not before --to", cli->name);
    else
        return true;
    return false;
}

/* A folder is that of a run: its config.json makes it again. */
static bool find_scenario(const cli_t *cli, const options_t *o, const char *argument,
                          char config[PATH], view_desc_t *view)
{
    bool folder = is_folder(argument);
    view->run.scenario = argument;
    view->may_change = o->replay == NULL && (!folder || o->live != NULL);
    if (o->live != NULL && o->replay != NULL) {
        cli_fail(EXIT_USAGE, "%s: --live or --replay", cli->name);
        return false;
    }
    if (!folder)
        return true;
    if (snprintf(config, PATH, "%s/config.json", argument) >= PATH) {
        cli_fail(EXIT_USAGE, "%s: %s: the name is too long", cli->name, argument);
        return false;
    }
    view->run.scenario = config;
    view->recorded = view->may_change ? NULL : argument;
    return true;
}

/* What was done by hand must not be lost at the end. */
static bool check_hand(const cli_t *cli, const char *file)
{
    char error[PATH + 80];
    FILE *stream = sim_file_create(file, error, sizeof(error));
    if (stream != NULL)
        sim_file_abandon(stream, file);
    else
        cli_fail(EXIT_FAILED, "%s: --hand: %s", cli->name, error);
    return stream != NULL;
}

/* Results go where they are wanted, or for a while into a folder of their own. */
static bool make_out(const options_t *o, char temporary[PATH], view_desc_t *view)
{
    const char *tmp = getenv("TMPDIR");
    temporary[0] = '\0';
    view->run.out_dir = o->out;
    if (o->out != NULL)
        return true;
    snprintf(temporary, PATH, "%s/fovea-view-XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    if (mkdtemp(temporary) == NULL) {
        cli_fail(EXIT_FAILED, "view: %s: %s", temporary, strerror(errno));
        temporary[0] = '\0';
        return false;
    }
    view->run.out_dir = temporary;
    view->run.flags.no_files = true;
    view->run.trace_level = 1 + TRACE_BLOCKS;
    return true;
}

static void print_told(const view_told_t *told)
{
    sim_json_t *out = sim_json_object();
    char hash[24];
    snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)told->hash);
    sim_json_add_u64(out, "pictures", told->shown);
    sim_json_add_num(out, "pictures_per_s",
                     told->seconds > 0 ? (double)told->shown / told->seconds : 0);
    sim_json_add_num(out, "run_s", told->run_s);
    sim_json_add_num(out, "real_time_ratio",
                     told->run_s > 0 ? (double)told->run_ps / 1e12 / told->run_s : 0);
    sim_json_add_u64(out, "changes", told->changes);
    if (told->hash != 0)
        sim_json_add_str(out, "state_hash", hash);
    if (told->hash != 0 && told->recorded)
        sim_json_add_bool(out, "as_recorded", told->same);
    char *text = sim_json_print(out, true);
    printf("%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(out);
}

int cmd_view(int argc, char **argv)
{
    view_desc_t view = {.run.verbose = SIM_LOG_UNIMP};
    options_t o = {0};
    scenario_flags_t *f = &view.run.flags;
    const cli_opt_t opts[] = {
        {0, "live", NULL, "goes on until the window is closed; changes by hand are allowed",
         &o.live},
        {0, "replay", NULL, "as it was, nothing is changed by hand (default for a run's folder)",
         &o.replay},
        {'s', "scene", "FILE", "scene, PNG, Y4M or - to look at (default: the scenario's)",
         &f->scene},
        {'m', "network", "FILE", "network, .tflite, .onnx or .fnp (default: the scenario's)",
         &f->network},
        {'f', "firmware", "ELF", "program of the core (default: the scenario's)", &f->firmware},
        {'c', "chip", "FILE", "chip data (default: the scenario's)", &f->chip},
        {0, "host", "FILE", "host script", &f->host},
        {'n', "frames", "N", "frames to simulate", &f->frames},
        {0, "seed", "N", "seed of the noise", &f->seed},
        {0, "scene-seed", "N", "seed of the world", &f->scene_seed},
        {'o', "out", "DIR", "the run's results stay there (default: they do not stay)", &o.out},
        {0, "hand", "FILE", "host script of what was changed by hand (default: hand.txt)", &o.hand},
        {0, "size", "WxH", "of the window, points (default: 1280x800)", &o.size},
        {0, "scale", "X", "pixels of a point, 0.5..4 (default: the display's)", &o.scale},
        {0, "font-dir", "DIR", "where DejaVu fonts are (default: where Debian has them)",
         &view.window.font_dir},
        {0, "screenshot", "FILE", "no window: a PNG of it at --at", &o.picture},
        {0, "at", "TIME", "300ms, frame:9+700", &o.at},
        {0, "keys", "TEXT", "typed before the picture or film: what `?` in the window lists",
         &o.keys},
        {0, "record", "FILE",
         "no window: a film of it, FILE.y4m or numbered PNG files, film_%04d.png", &o.film},
        {0, "from", "TIME", "of the film: where it begins (default: 0)", &o.from},
        {0, "to", "TIME", "where it ends (default: with the run)", &o.to},
        {0, "fps", "N", "frames a second (default: 30)", &o.fps},
        {0, "slow", "N", "simulated time passes so many times slower (default: 1)", &o.slow},
        {0, "close", NULL, "the window closes when the run is complete", &o.close},
        {0, "headless", NULL, "a window that is nowhere: to measure, with --close", &o.headless},
        {0, "json", NULL, "what the session was, as one JSON object", &o.json},
        {'j', "threads", "N", "threads (default: one a processor); no effect on results",
         &o.threads},
        {0, "simd", "LEVEL",
         "scalar, avx2, avx512 or amx (default: the best); no effect on results", &o.simd},
    };
    const cli_t cli = {
        "view", "SCENARIO|RUNDIR", "A run in a window: scene, pixels, chip, link, host.",
        opts,   SIM_COUNT(opts),   1,
        1};
    char **args, config[PATH], temporary[PATH];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (!execution_options(&cli, o.threads, o.simd, &view.run.threads) ||
        !window_options(&cli, &o, &view.window) || !picture_options(&cli, &o, &view) ||
        !film_options(&cli, &o, &view) || !find_scenario(&cli, &o, args[0], config, &view))
        return EXIT_USAGE;
    if (o.headless != NULL && o.close == NULL)
        return cli_fail(EXIT_USAGE, "view: --headless without --close would never end");
    if (!window_is_built())
        return cli_fail(EXIT_FAILED,
                        "view: this fovea was built without SDL2 (Debian: libsdl2-dev, "
                        "libsdl2-ttf-dev)");
    if (o.live != NULL && f->frames == NULL)
        f->frames = "1000000";
    view.window.title = args[0];
    view.hand = o.hand != NULL ? o.hand : "hand.txt";
    view.close = o.close != NULL;
    view.window.headless = o.headless != NULL;
    view.run.interrupted = interrupt_watch();
    view.run.shuffle = execution_shuffle();
    if ((o.hand != NULL && !check_hand(&cli, o.hand)) || !make_out(&o, temporary, &view))
        return EXIT_FAILED;
    view_told_t told = {0};
    int code = view_session(&view, &told);
    if (temporary[0] != '\0')
        (void)remove_all(temporary);
    if (o.json != NULL && (code == EXIT_FINE || told.hash != 0)) /* also of a run that failed */
        print_told(&told);
    return code;
}
