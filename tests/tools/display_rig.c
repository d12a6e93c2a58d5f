#include "tests/tools/display_rig.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/file.h"

enum { START_MS = 20000, WINDOW_MS = 20000, STEP_MS = 20 };

static struct {
    pid_t pid;
    int number;
    char screen[300]; /* the file of its pixels */
} display;

static void nap(void)
{
    nanosleep(&(struct timespec){0, STEP_MS * 1000000L}, NULL);
}

/* The D-Bus library, by which SDL2 keeps screen savers away, never frees what it has. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libdbus-1.so\n";
}

/* ---- Xvfb ---- */

static void become_xvfb(const char *dir, const char *screen, int said)
{
    char fd[16];
    snprintf(fd, sizeof(fd), "%d", said);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(nothing, i);
    execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", screen, "-fbdir", dir, "-nolisten",
           "tcp", (char *)NULL);
    _exit(127);
}

/* It says its number when it is ready. */
static bool read_number(int said)
{
    char text[16] = "";
    size_t used = 0;
    struct pollfd ready = {.fd = said, .events = POLLIN};
    while (strchr(text, '\n') == NULL && poll(&ready, 1, START_MS) == 1) {
        ssize_t got = read(said, text + used, sizeof(text) - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
        text[used] = '\0';
    }
    display.number = atoi(text);
    return strchr(text, '\n') != NULL;
}

bool display_start(const char *dir, uint32_t width, uint32_t height, const char **why)
{
    char error[256], screen[40], name[20];
    int said[2];
    *why = "no Xvfb or xdotool";
    if (system("command -v Xvfb >/dev/null 2>&1 && command -v xdotool >/dev/null 2>&1") != 0)
        return false;
    ck_assert_int_eq(sim_dir_make(dir, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(pipe(said), 0);
    snprintf(screen, sizeof(screen), "%ux%ux24", width, height);
    display.pid = fork();
    ck_assert_int_ge(display.pid, 0);
    if (display.pid == 0)
        become_xvfb(dir, screen, said[1]);
    close(said[1]);
    bool ready = read_number(said[0]);
    close(said[0]);
    ck_assert_msg(ready, "Xvfb does not start");
    snprintf(name, sizeof(name), ":%d", display.number);
    snprintf(display.screen, sizeof(display.screen), "%s/Xvfb_screen0", dir);
    setenv("DISPLAY", name, 1);
    setenv("SDL_VIDEODRIVER", "x11", 1); /* whatever else the user has */
    unsetenv("XAUTHORITY");
    return true;
}

void display_stop(void)
{
    if (display.pid <= 0)
        return;
    kill(display.pid, SIGTERM);
    waitpid(display.pid, NULL, 0);
    display.pid = 0;
}

/* ---- its user ---- */

void display_user(const char *fmt, ...)
{
    char command[1000] = "xdotool ";
    va_list args;
    va_start(args, fmt);
    vsnprintf(command + 8, sizeof(command) - 8, fmt, args);
    va_end(args);
    ck_assert_msg(system(command) == 0, "%s", command);
}

unsigned long display_window(const char *title)
{
    for (uint32_t waited = 0; waited < WINDOW_MS; waited += STEP_MS) {
        char command[300], line[40] = "";
        snprintf(command, sizeof(command), "xdotool search --onlyvisible --name '%s' 2>/dev/null",
                 title);
        FILE *pipe = popen(command, "r");
        ck_assert_ptr_nonnull(pipe);
        bool found = fgets(line, sizeof(line), pipe) != NULL;
        pclose(pipe);
        if (found)
            return strtoul(line, NULL, 10);
        nap();
    }
    ck_abort_msg("no window %s", title);
}

/* ---- what xdotool cannot: a message, by the X protocol (version 11, release 6.8) ---- */

static void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, 4); /* in our own byte order, which we tell */
}

static void send_all(int fd, const void *data, size_t bytes)
{
    ck_assert_int_eq(write(fd, data, bytes), (ssize_t)bytes);
}

static void receive(int fd, void *data, size_t bytes)
{
    for (size_t used = 0; used < bytes;) {
        ssize_t got = read(fd, (char *)data + used, bytes - used);
        ck_assert_int_gt(got, 0);
        used += (size_t)got;
    }
}

static int connect_to(int number)
{
    const uint16_t one = 1;
    uint8_t hello[12] = {*(const uint8_t *)&one == 1 ? 'l' : 'B'}, answer[8];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/.X11-unix/X%d", number);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    memcpy(hello + 2, &(uint16_t){11}, 2);
    send_all(fd, hello, sizeof(hello));
    receive(fd, answer, sizeof(answer));
    ck_assert_uint_eq(answer[0], 1); /* let in */
    uint16_t words;
    memcpy(&words, answer + 6, 2);
    uint8_t *rest = malloc((size_t)words * 4 + 1);
    receive(fd, rest, (size_t)words * 4);
    free(rest);
    return fd;
}

/* InternAtom. */
static uint32_t atom(int fd, const char *name)
{
    uint8_t request[64] = {16}, reply[32];
    uint16_t length = (uint16_t)strlen(name), words = (uint16_t)(2 + (length + 3) / 4);
    memcpy(request + 2, &words, 2);
    memcpy(request + 4, &length, 2);
    memcpy(request + 8, name, length);
    send_all(fd, request, (size_t)words * 4);
    receive(fd, reply, sizeof(reply));
    ck_assert_uint_eq(reply[0], 1);
    uint32_t found;
    memcpy(&found, reply + 8, 4);
    return found;
}

void display_ask_to_close(unsigned long window)
{
    int fd = connect_to(display.number);
    uint32_t protocols = atom(fd, "WM_PROTOCOLS"), delete = atom(fd, "WM_DELETE_WINDOW");
    uint8_t request[44] = {25}; /* SendEvent: ClientMessage, 5 words of 32 bits */
    memcpy(request + 2, &(uint16_t){11}, 2);
    put32(request + 4, (uint32_t)window);
    request[12] = 33;
    request[13] = 32;
    put32(request + 16, (uint32_t)window);
    put32(request + 20, protocols);
    put32(request + 24, delete);
    send_all(fd, request, sizeof(request));
    atom(fd, "WM_PROTOCOLS"); /* answered after the message was sent */
    close(fd);
}

/* ---- its pixels: a file of xwd (X11/XWDFile.h), big end first ---- */

static uint32_t big(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* So many pixels from x, y on. */
static void read_row(uint32_t *px, uint32_t x, uint32_t y, uint32_t count)
{
    uint8_t head[100];
    FILE *file = fopen(display.screen, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(head, 1, sizeof(head), file), sizeof(head));
    uint32_t header_bytes = big(head), colors = big(head + 76), row_bytes = big(head + 48);
    ck_assert_uint_eq(big(head + 44), 32); /* bits of a pixel */
    long at = (long)header_bytes + (long)colors * 12 + (long)y * row_bytes + (long)x * 4;
    ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
    ck_assert_uint_eq(fread(px, 4, count, file), count);
    fclose(file);
    bool little = big(head + 28) == 0;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t b[4];
        memcpy(b, &px[i], 4);
        px[i] = (little ? (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0] : big(b)) & 0xffffff;
    }
}

uint32_t display_pixel(uint32_t x, uint32_t y)
{
    uint32_t px;
    read_row(&px, x, y, 1);
    return px;
}

void display_read(uint32_t *px, uint32_t width, uint32_t height)
{
    for (uint32_t y = 0; y < height; y++)
        read_row(px + (size_t)y * width, 0, y, width);
}
