/*
 * serve_test.c - a host outside: over the sockets, with the client library, and with any bytes.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/client/fovea_host.h"
#include "tools/serve_message.h"

#define DIR FOVEA_OUT "/serve"
enum { PATH = 300, SENSOR = 0x1a, OTHER = 0x50 };
enum {
    MODEL_ID = 0x0016,
    MODE_SELECT = 0x0100,
    EXPOSURE = 0x0202,
    LINE_X = 0x9002,
    IMAGE = 0x9006
};

static char text[1 << 16];

/* ---- the command ---- */

typedef struct {
    pid_t pid;
    char cci[PATH], link[PATH], out[PATH], log[PATH];
} served_t;

static void sleep_ms(long ms)
{
    const struct timespec time = {.tv_nsec = ms * 1000000};
    nanosleep(&time, NULL);
}

static const char *read_log(const served_t *s)
{
    FILE *f = fopen(s->log, "rb");
    size_t used = f != NULL ? fread(text, 1, sizeof(text) - 1, f) : 0;
    text[used] = '\0';
    if (f != NULL)
        fclose(f);
    return text;
}

/* Paths of sockets are short: 107 bytes. */
static served_t start_scenario(const char *name, bool link, const char *scenario)
{
    served_t s;
    char error[200];
    const char *program = getenv("FOVEA");
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    snprintf(s.cci, sizeof(s.cci), "unix:" DIR "/%s.cci", name);
    snprintf(s.link, sizeof(s.link), "unix:" DIR "/%s.link", name);
    snprintf(s.out, sizeof(s.out), DIR "/%s", name);
    snprintf(s.log, sizeof(s.log), DIR "/%s.log", name);
    unlink(s.cci + 5);
    unlink(s.link + 5);
    unlink(s.log);
    s.pid = fork();
    if (s.pid == 0) {
        int log = open(s.log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        const char *argv[] = {program != NULL ? program : "build/fovea",
                              "serve",
                              scenario,
                              "--cci",
                              s.cci,
                              "--out",
                              s.out,
                              link ? "--link" : NULL,
                              s.link,
                              NULL};
        execv(argv[0], (char **)(void *)argv);
        _exit(127);
    }
    for (int i = 0; i < 2000 && strstr(read_log(&s), "waits for a host") == NULL; i++)
        sleep_ms(10);
    return s;
}

static served_t start(const char *name, bool link)
{
    return start_scenario(name, link, "scenes/entrance.json");
}

/* Its exit code; what it said is in text. */
static int wait_for(const served_t *s)
{
    int status;
    ck_assert_int_eq(waitpid(s->pid, &status, 0), s->pid);
    read_log(s);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static fovea_host_t *come(const served_t *s, bool link)
{
    char error[200];
    fovea_host_t *host = fovea_host_open(s->cci, link ? s->link : NULL, error, sizeof(error));
    ck_assert_msg(host != NULL, "%s", error);
    return host;
}

static void leave(const served_t *s, fovea_host_t *host)
{
    ck_assert(fovea_host_close(host));
    ck_assert_msg(wait_for(s) == 0, "%s", text);
}

#define FINE(host, call) ck_assert_msg(call, "%s", fovea_host_error(host))

/* ---- the sensor as the host sees it ---- */

/* What `fovea run` does in the host's name: the line of the scene, then the stream. */
START_TEST(the_link_is_that_of_a_run_whose_host_does_the_same)
{
    fovea_packet_t packet;
    uint64_t records = 0;
    ck_assert_msg(fovea(text, sizeof(text), "run scenes/entrance.json -n 2 --out " DIR "/run") == 0,
                  "%s", text);
    FILE *expect = fopen(DIR "/run/link.csi2", "rb");
    ck_assert_ptr_nonnull(expect);
    ck_assert_int_eq(fseek(expect, 32, SEEK_SET), 0);
    served_t s = start("same", true);
    fovea_host_t *host = come(&s, true);
    FINE(host, fovea_host_write(host, LINE_X, 2028, 2));
    FINE(host, fovea_host_write(host, MODE_SELECT, 1, 1));
    while (fovea_host_now_ps(host) < 120 * FOVEA_MS) {
        FINE(host, fovea_host_run_for(host, 7 * FOVEA_MS, 0));
        while (fovea_host_packet(host, &packet)) {
            uint8_t record[28];
            static uint8_t bytes[1 << 17];
            if (fread(record, 1, 28, expect) != 28 || memcmp(record, "PKT1", 4) != 0)
                continue; /* the run is over, the host goes on */
            ck_assert_uint_eq(record[4] | (uint32_t)record[5] << 8, packet.count);
            ck_assert_uint_eq(packet.number, records);
            uint64_t start_ps = 0;
            for (int i = 8; i-- > 0;)
                start_ps = start_ps << 8 | record[16 + i];
            ck_assert_uint_eq(start_ps, packet.start_ps);
            ck_assert_uint_eq(fread(bytes, 1, packet.count, expect), packet.count);
            ck_assert_mem_eq(bytes, packet.bytes, packet.count);
            records++;
        }
    }
    fclose(expect);
    ck_assert_uint_ge(records, 6); /* FS, line, FE of two metadata frames */
    leave(&s, host);
}
END_TEST

/* START to STOP of fast mode, 400 kHz: nine periods of 2.5 us a byte. */
/* With and without bytes that nobody has read. */
START_TEST(a_host_that_leaves_before_it_comes_to_the_link_is_noticed)
{
    for (int bytes = 0; bytes <= 4; bytes += 4) {
        served_t s = start("left", true);
        struct sockaddr_un at = {.sun_family = AF_UNIX};
        strcpy(at.sun_path, s.cci + 5);
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
        ck_assert_int_eq(send(fd, "abcd", (size_t)bytes, 0), bytes);
        sleep_ms(20);
        close(fd);
        ck_assert_int_eq(wait_for(&s), 1); /* or it waits for ever */
        ck_assert_ptr_nonnull(strstr(text, "the host hung up before it came to the link"));
    }
}
END_TEST

START_TEST(an_access_takes_the_time_of_the_bus)
{
    const uint8_t data[8] = {0};
    uint32_t value = 0;
    served_t s = start("time", false);
    fovea_host_t *host = come(&s, false);
    ck_assert_uint_eq(fovea_host_device(host), SENSOR);
    ck_assert_uint_eq(fovea_host_now_ps(host), 0);
    FINE(host, fovea_host_cci_write(host, SENSOR, LINE_X, data, 2));
    uint64_t two = fovea_host_now_ps(host);
    FINE(host, fovea_host_run_for(host, FOVEA_MS, 0)); /* the bus is free again */
    ck_assert_uint_eq(fovea_host_now_ps(host), two + FOVEA_MS);
    FINE(host, fovea_host_cci_write(host, SENSOR, LINE_X, data, 4));
    uint64_t four = fovea_host_now_ps(host) - two - FOVEA_MS;
    ck_assert_uint_eq(four - two, 2 * 9 * 2500 * UINT64_C(1000));
    FINE(host, fovea_host_read(host, MODEL_ID, &value, 2));
    ck_assert_uint_eq(value, 0x0500);
    uint8_t low;
    FINE(host, fovea_host_cci_read(host, SENSOR, MODEL_ID, &low, 1));
    FINE(host, fovea_host_cci_read_on(host, SENSOR, &low, 1));
    ck_assert_uint_eq(low, 0x00); /* low byte of 0x0500 */
    leave(&s, host);
}
END_TEST

START_TEST(what_does_not_answer_and_what_cannot_be_is_told)
{
    uint32_t value;
    const uint8_t words[6] = {0};
    served_t s = start("told", false);
    fovea_host_t *host = come(&s, false);
    uint8_t byte = 0;
    ck_assert(!fovea_host_cci_write(host, OTHER, 0, &byte, 1));
    ck_assert_str_eq(fovea_host_error(host),
                     "device 0x50, register 0x0000: byte 0 was not acknowledged");
    ck_assert(!fovea_host_read(host, MODEL_ID, &value, 5));
    FINE(host, fovea_host_run_for(host, FOVEA_MS, 0));
    ck_assert(!fovea_host_run_until(host, 5, 0));
    ck_assert_str_eq(fovea_host_error(host), "RUN: until_ps is in the past");
    ck_assert(!fovea_host_run_for(host, 5, 0x10));
    ck_assert_str_eq(fovea_host_error(host), "RUN: wake 16, expected bits 0..2");
    ck_assert(!fovea_host_spi(host, words, 6, 0));
    ck_assert_str_eq(fovea_host_error(host), "SPI: bytes of data 6, expected words of 4");
    ck_assert(!fovea_host_spi(host, words, 4, 100000000));
    ck_assert_ptr_nonnull(strstr(fovea_host_error(host), "SPI: hz above the target's"));
    ck_assert(!fovea_host_pin(host, 16, true));
    ck_assert_str_eq(fovea_host_error(host), "PIN: pin 16, expected 0..15");
    leave(&s, host); /* all of that later, it still goes on */
}
END_TEST

/* 40 words at 1 MHz are 1280 bits; a pin of the board shows at once. */
START_TEST(transfers_take_their_time_and_pins_none)
{
    static const uint8_t words[160];
    served_t s = start("spi", false);
    fovea_host_t *host = come(&s, false);
    FINE(host, fovea_host_spi(host, words, sizeof(words), 1000000));
    ck_assert_uint_eq(fovea_host_now_ps(host), 1280 * FOVEA_US);
    ck_assert_uint_eq(fovea_host_pins(host) & 0x20, 0);
    FINE(host, fovea_host_pin(host, 5, true));
    ck_assert_uint_eq(fovea_host_pins(host) & 0x20, 0x20);
    ck_assert_uint_eq(fovea_host_now_ps(host), 1280 * FOVEA_US);
    leave(&s, host);
}
END_TEST

/* A frame end wakes the host when it has left: FE is then the last packet. */
START_TEST(a_run_ends_when_a_frame_has_left)
{
    fovea_packet_t packet;
    unsigned packets = 0, last = 0xff;
    served_t s = start("wake", true);
    fovea_host_t *host = come(&s, true);
    FINE(host, fovea_host_write(host, IMAGE, 1, 2));
    FINE(host, fovea_host_write(host, EXPOSURE, 100, 2));
    FINE(host, fovea_host_write(host, MODE_SELECT, 1, 1));
    for (int frame = 0; frame < 2; frame++) {
        FINE(host, fovea_host_run_for(host, 200 * FOVEA_MS, FOVEA_WAKE_FRAME));
        ck_assert_uint_eq(fovea_host_why(host), FOVEA_WAKE_FRAME);
        while (fovea_host_packet(host, &packet)) {
            last = packet.bytes[0] & 0x3f;
            packets++;
        }
        ck_assert_uint_eq(last, 0x01);
    }
    ck_assert_uint_gt(packets, 1520); /* FS, two register lines, 1520 rows, FE, and metadata */
    FINE(host, fovea_host_run_for(host, 200 * FOVEA_MS, FOVEA_WAKE_PACKET));
    ck_assert_uint_eq(fovea_host_why(host), FOVEA_WAKE_PACKET);
    ck_assert(fovea_host_packet(host, &packet));
    ck_assert(!fovea_host_packet(host, &packet));
    leave(&s, host);
}
END_TEST

/* The same requests, asked quickly and slowly. */
START_TEST(a_slow_host_gets_the_same)
{
    for (int slow = 0; slow < 2; slow++) {
        served_t s = start(slow ? "slow" : "quick", true);
        fovea_host_t *host = come(&s, true);
        FINE(host, fovea_host_write(host, IMAGE, 1, 2));
        FINE(host, fovea_host_write(host, MODE_SELECT, 1, 1));
        for (int i = 0; i < 12; i++) {
            FINE(host, fovea_host_run_for(host, 5 * FOVEA_MS, FOVEA_WAKE_FRAME));
            if (slow)
                sleep_ms(20);
        }
        leave(&s, host);
    }
    const char *file = runs_differ(DIR "/quick", DIR "/slow");
    ck_assert_msg(file == NULL, "%s differs", file);
}
END_TEST

/* ---- hosts that misbehave ---- */

static int raw_connect(const char *address)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    strcpy(at.sun_path, address + 5);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

/* The answer's head and the text behind it. */
static size_t raw_answer(int fd, uint8_t *answer, size_t room)
{
    size_t have = 0;
    while (have < 32 || have < (answer[0] | (size_t)answer[1] << 8)) {
        ssize_t count = recv(fd, answer + have, room - have, 0);
        if (count <= 0)
            break;
        have += (size_t)count;
    }
    return have;
}

static void expect_answer(int fd, uint16_t status, const char *line)
{
    uint8_t answer[256] = {0};
    size_t have = raw_answer(fd, answer, sizeof(answer) - 1);
    ck_assert_uint_ge(have, 32);
    ck_assert_uint_eq(answer[8], status);
    ck_assert_str_eq((const char *)answer + 32, line);
}

START_TEST(a_host_that_hangs_up_leaves_results_and_a_failed_run)
{
    served_t s = start("gone", false);
    int fd = raw_connect(s.cci);
    const uint8_t hello[] = {16, 0, 0, 0, 1, 0, 7, 0, 'F', 'O', 'V', 'H', 1, 0, 0, 0};
    uint8_t answer[256];
    ck_assert_int_eq(send(fd, hello, sizeof(hello), 0), sizeof(hello));
    ck_assert_uint_eq(raw_answer(fd, answer, sizeof(answer)), 48);
    ck_assert_uint_eq(answer[6], 7); /* its tag */
    ck_assert_uint_eq(answer[34], SENSOR);
    close(fd);
    ck_assert_int_eq(wait_for(&s), 1);
    ck_assert_ptr_nonnull(strstr(text, "the host hung up at 0.000000000 s without a BYE"));
    ck_assert_int_eq(access(DIR "/gone/stats.json", R_OK), 0);
    ck_assert_int_ne(access(s.cci + 5, F_OK), 0); /* the socket is gone, too */
}
END_TEST

/* The request would take 53 days. */
START_TEST(a_host_that_hangs_up_within_a_request_is_noticed)
{
    const uint8_t hello[] = {16, 0, 0, 0, 1, 0, 0, 0, 'F', 'O', 'V', 'H', 1, 0, 0, 0};
    const uint8_t run[24] = {24, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40};
    uint8_t answer[256];
    served_t s = start("within", false);
    int fd = raw_connect(s.cci);
    ck_assert_int_eq(send(fd, hello, sizeof(hello), 0), sizeof(hello));
    ck_assert_uint_eq(raw_answer(fd, answer, sizeof(answer)), 48);
    ck_assert_int_eq(send(fd, run, sizeof(run), 0), sizeof(run));
    sleep_ms(50);
    close(fd);
    ck_assert_int_eq(wait_for(&s), 1);
    ck_assert_ptr_nonnull(strstr(text, "s without a BYE"));
}
END_TEST

START_TEST(another_version_and_a_missing_hello_are_turned_away)
{
    const uint8_t other[] = {16, 0, 0, 0, 1, 0, 0, 0, 'F', 'O', 'V', 'H', 2, 0, 0, 0};
    const uint8_t pin[] = {12, 0, 0, 0, 6, 0, 0, 0, 1, 0, 1, 0};
    served_t s = start("version", false);
    int fd = raw_connect(s.cci);
    ck_assert_int_eq(send(fd, other, sizeof(other), 0), sizeof(other));
    expect_answer(fd, FOVEA_BAD_VERSION, "HELLO: version 2, this is version 1");
    ck_assert_int_eq(wait_for(&s), 1);
    ck_assert_ptr_nonnull(strstr(text, "turned away: HELLO: version 2, this is version 1"));
    close(fd);
    s = start("hello", false);
    fd = raw_connect(s.cci);
    ck_assert_int_eq(send(fd, pin, sizeof(pin), 0), sizeof(pin));
    expect_answer(fd, FOVEA_NO_HELLO, "HELLO comes first");
    ck_assert_int_eq(wait_for(&s), 1);
    ck_assert_ptr_nonnull(strstr(text, "turned away: HELLO comes first"));
    close(fd);
}
END_TEST

START_TEST(any_bytes_are_survived)
{
    uint32_t random = 1;
    for (int round = 0; round < 3; round++) {
        uint8_t bytes[4096];
        served_t s = start("bytes", false);
        int fd = raw_connect(s.cci);
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
        if (round > 0) /* a length that is possible */
            memcpy(bytes, round == 1 ? "\x20\0\0\0" : "\x08\0\0\0", 4);
        (void)!send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        ck_assert_int_eq(wait_for(&s), 1);
        ck_assert_ptr_nonnull(strstr(text, "turned away: a message of no possible length"));
        close(fd);
    }
}
END_TEST

START_TEST(an_interrupt_ends_the_wait)
{
    served_t s = start("signal", false);
    kill(s.pid, SIGINT);
    ck_assert_int_eq(wait_for(&s), 1);
    ck_assert_ptr_nonnull(strstr(text, "interrupted"));
    s = start("signal", false);
    fovea_host_t *host = come(&s, false);
    kill(s.pid, SIGINT);
    ck_assert_int_eq(wait_for(&s), 1);
    ck_assert_ptr_nonnull(strstr(text, "interrupted"));
    ck_assert(!fovea_host_run_for(host, 1, 0));
    ck_assert_str_eq(fovea_host_error(host), "the sensor has hung up");
    ck_assert(!fovea_host_close(host));
}
END_TEST

/* More bytes than a socket holds, to a host that never reads them. */
START_TEST(a_link_that_nobody_reads_waits_until_interrupted)
{
    served_t s = start("unread", true);
    const uint8_t hello[] = {16, 0, 0, 0, 1, 0, 7, 0, 'F', 'O', 'V', 'H', 1, 0, 0, 0};
    const uint8_t image[] = {14, 0, 0, 0, 2, 0, 8, 0, SENSOR, 0, 0x06, 0x90, 0, 1};
    const uint8_t stream[] = {13, 0, 0, 0, 2, 0, 9, 0, SENSOR, 0, 0x00, 0x01, 1};
    const uint8_t run[] = {24,   0, 0, 0, 7, 0, 10, 0, 0, 0, 0, 0,
                           0x40, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0};
    uint8_t answer[256];
    int fd = raw_connect(s.cci), link = raw_connect(s.link), late = raw_connect(s.link);
    ck_assert_int_eq(send(fd, hello, sizeof(hello), 0), sizeof(hello));
    ck_assert_uint_eq(raw_answer(fd, answer, sizeof(answer)), 48);
    ck_assert_int_le(recv(late, answer, 1, 0), 0); /* one listens already */
    ck_assert_int_eq(send(fd, image, sizeof(image), 0), sizeof(image));
    ck_assert_uint_eq(raw_answer(fd, answer, sizeof(answer)), 40);
    ck_assert_int_eq(send(fd, stream, sizeof(stream), 0), sizeof(stream));
    ck_assert_uint_eq(raw_answer(fd, answer, sizeof(answer)), 40);
    ck_assert_int_eq(send(fd, run, sizeof(run), 0), sizeof(run)); /* 0.27 s */
    sleep_ms(500);
    ck_assert_int_lt(recv(fd, answer, 1, MSG_DONTWAIT), 0);
    kill(s.pid, SIGINT);
    ck_assert_int_eq(wait_for(&s), 1);
    ck_assert_ptr_nonnull(strstr(text, "interrupted"));
    ck_assert_int_ne(access(s.link + 5, F_OK), 0);
    close(late);
    close(link);
    close(fd);
}
END_TEST

/* Of a server that was killed: told, and left where it is. */
START_TEST(a_socket_that_is_left_over_is_told)
{
    served_t s = start("stale", false);
    kill(s.pid, SIGKILL);
    wait_for(&s);
    ck_assert_int_eq(access(s.cci + 5, F_OK), 0);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "serve scenes/entrance.json --cci unix:" DIR "/stale.cci --out " DIR
                           "/stale"),
                     2);
    ck_assert_ptr_nonnull(strstr(text, "remove it if nobody serves there"));
    ck_assert_int_eq(unlink(s.cci + 5), 0);
}
END_TEST

START_TEST(wrong_use_is_told)
{
    ck_assert_int_eq(fovea(text, sizeof(text), "serve scenes/entrance.json"), 2);
    ck_assert_ptr_nonnull(strstr(text, "--cci ADDRESS is missing"));
    ck_assert_int_eq(
        fovea(text, sizeof(text), "serve scenes/entrance.json --cci /tmp --out " DIR "/use"), 2);
    ck_assert_ptr_nonnull(strstr(text, "/tmp: not :PORT, ADDRESS:PORT or unix:PATH"));
    ck_assert_int_eq(fovea(text, sizeof(text), "serve none.json --cci :0"), 2);
}
END_TEST

/* ---- messages ---- */

/* Every length of every type: what is taken is exactly what the protocol's table has. */
START_TEST(bodies_have_the_lengths_of_the_table)
{
    static uint8_t message[SERVE_MOST_BYTES];
    static const struct {
        uint16_t type;
        uint32_t least, most, step;
    } lengths[] = {{FOVEA_CCI_WRITE, 4, 260, 1}, {FOVEA_CCI_READ, 8, 8, 1},
                   {FOVEA_CCI_READ_ON, 8, 8, 1}, {FOVEA_SPI, 12, 8 + FOVEA_MAX_SPI_BYTES, 4},
                   {FOVEA_PIN, 4, 4, 1},         {FOVEA_RUN, 16, 16, 1},
                   {FOVEA_BYE, 0, 0, 1}};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        for (uint32_t body = 0; body <= 300; body++) {
            serve_request_t r;
            char line[SERVE_TEXT];
            serve_put16(message + 4, lengths[i].type);
            message[12] = 1; /* one byte to read */
            bool fits =
                body >= lengths[i].least && body <= lengths[i].most && body % lengths[i].step == 0;
            uint16_t status = serve_request_read(message, 8 + body, &r, line);
            ck_assert_msg((status == FOVEA_OK) == fits, "type %u, %u bytes: %u", lengths[i].type,
                          body, status);
        }
    const uint32_t longest = SERVE_MOST_BYTES;
    serve_put32(message, longest);
    ck_assert_uint_eq(serve_message_bytes(message), longest);
    serve_put32(message, longest + 1);
    ck_assert_uint_eq(serve_message_bytes(message), 0);
    serve_put32(message, 7);
    ck_assert_uint_eq(serve_message_bytes(message), 0);
}
END_TEST

static const char boot_scenario[] =
    "{\"chip\": \"../../../logic/chips/imx500.json\", \"boot\": \"host\","
    "\"firmware\": \"../../firmware/imx500.elf\","
    "\"networks\": [\"../../../scenes/person_160.tflite\"],"
    "\"scene\": {\"seed\": 1, \"lux\": 500, \"background\": {\"kind\": \"room\"}}}";

static uint8_t *image_of(const char *name, size_t *bytes)
{
    char path[PATH], error[200];
    snprintf(path, sizeof(path), DIR "/images/%s.bin", name);
    uint8_t *data = sim_file_read(path, 1 << 24, bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    return data;
}

START_TEST(a_host_outside_boots_the_sensor_from_nothing)
{
    static const char *const names[] = {"loader", "main", "network"};
    uint8_t *image[3];
    size_t bytes[3];
    uint32_t state;
    char error[200];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/boot.json", boot_scenario, strlen(boot_scenario), error,
                                    sizeof(error)),
                     SIM_OK);
    ck_assert_int_eq(
        fovea(text, sizeof(text),
              "image build/firmware/imx500.elf scenes/person_160.tflite --for-host " DIR "/images"),
        0);
    for (unsigned i = 0; i < 3; i++)
        image[i] = image_of(names[i], &bytes[i]);
    served_t s = start_scenario("boot", false, DIR "/boot.json");
    fovea_host_t *host = come(&s, false);
    FINE(host, fovea_host_run_for(host, 9 * FOVEA_MS, 0));
    ck_assert(!fovea_host_download(host, 2, image[2], bytes[2])); /* out of order */
    ck_assert_str_eq(fovea_host_error(host), "reply 0xff, expected 0x00");
    FINE(host, fovea_host_download(host, 0, image[0], bytes[0]));
    image[1][32 + 256 + 8] ^= 1; /* code */
    ck_assert(!fovea_host_download(host, 1, image[1], bytes[1]));
    ck_assert_str_eq(fovea_host_error(host), "reply 0xfe, expected 0x01");
    image[1][32 + 256 + 8] ^= 1;
    ck_assert(!fovea_host_download(host, 1, image[1], bytes[1] - 64)); /* cut */
    ck_assert_str_eq(fovea_host_error(host), "reply 0xfa, expected 0x01");
    FINE(host, fovea_host_download(host, 1, image[1], bytes[1]));
    FINE(host, fovea_host_download(host, 2, image[2], bytes[2]));
    FINE(host, fovea_host_read(host, 0xd02a, &state, 1));
    ck_assert_uint_eq(state, 2);
    FINE(host, fovea_host_write(host, MODE_SELECT, 1, 1));
    FINE(host, fovea_host_run_for(host, 200 * FOVEA_MS, FOVEA_WAKE_FRAME));
    ck_assert_uint_eq(fovea_host_why(host), FOVEA_WAKE_FRAME);
    FINE(host, fovea_host_read(host, 0xd02a, &state, 1));
    ck_assert_uint_eq(state, 3);
    /* 1 reply out of order, 2 to each of the five others; errors; errors in data */
    FINE(host, fovea_host_read(host, 0xd010, &state, 4));
    ck_assert_uint_eq(state, 0x0b030200);
    leave(&s, host);
    for (unsigned i = 0; i < 3; i++)
        free(image[i]);
}
END_TEST

/* ---- another network while one runs ---- */

/* The ids of the networks, a digit a frame. */
static const char *networks_of(const served_t *s)
{
    static char ids[64];
    char path[400], line[4096], *at;
    size_t frames = 0;
    snprintf(path, sizeof(path), "%s/tensors.jsonl", s->out);
    FILE *f = fopen(path, "rb");
    ck_assert_ptr_nonnull(f);
    while (frames < sizeof(ids) - 1 && fgets(line, sizeof(line), f) != NULL) {
        ck_assert_ptr_nonnull(strstr(line, "\"output_valid\":true"));
        at = strstr(line, "\"network\":");
        ids[frames++] = at != NULL ? at[10] : '?';
    }
    ids[frames] = '\0';
    fclose(f);
    return ids;
}

START_TEST(a_host_outside_brings_a_network_and_selects_it_while_another_runs)
{
    static const uint16_t on[][2] = {{0x3050, 1}, {0x3051, 0}, {0x3052, 1}, {0xd100, 4}};
    static const char *const names[] = {"loader", "main", "network_0", "network_1"};
    uint8_t *image[4];
    size_t bytes[4];
    char error[200];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/boot.json", boot_scenario, strlen(boot_scenario), error,
                                    sizeof(error)),
                     SIM_OK);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "image build/firmware/imx500.elf scenes/person_160.tflite "
                           "npu/networks/cifar_baseline.topo --for-host " DIR "/images"),
                     0);
    for (unsigned i = 0; i < 4; i++)
        image[i] = image_of(names[i], &bytes[i]);
    served_t s = start_scenario("swap", false, DIR "/boot.json");
    fovea_host_t *host = come(&s, false);
    FINE(host, fovea_host_run_for(host, 9 * FOVEA_MS, 0));
    for (unsigned i = 0; i < 3; i++)
        FINE(host, fovea_host_download(host, i, image[i], bytes[i]));
    for (unsigned i = 0; i < 4; i++)
        FINE(host, fovea_host_write(host, on[i][0], on[i][1], 1));
    FINE(host, fovea_host_write(host, MODE_SELECT, 1, 1));
    FINE(host, fovea_host_run_for(host, 200 * FOVEA_MS, FOVEA_WAKE_FRAME));
    image[3][bytes[3] / 2] ^= 1;
    ck_assert(!fovea_host_update(host, image[3], bytes[3]));
    ck_assert_str_eq(fovea_host_error(host), "reply 0xfe, expected 0x11");
    image[3][bytes[3] / 2] ^= 1;
    FINE(host, fovea_host_update(host, image[3], bytes[3]));
    FINE(host, fovea_host_run_for(host, 200 * FOVEA_MS, FOVEA_WAKE_FRAME));
    FINE(host, fovea_host_write(host, 0xd701, 1, 1));
    for (unsigned i = 0; i < 3; i++)
        FINE(host, fovea_host_run_for(host, 200 * FOVEA_MS, FOVEA_WAKE_FRAME));
    FINE(host, fovea_host_run_for(host, 30 * FOVEA_MS, 0));
    leave(&s, host);
    const char *ids = networks_of(&s), *first = strchr(ids, '1');
    ck_assert_msg(first != NULL && strspn(ids, "0") == (size_t)(first - ids), "%s", ids);
    ck_assert_str_eq(first, "11"); /* of three frames since the selection the second and third */
    ck_assert_int_ge(first - ids, 3);
    for (unsigned i = 0; i < 4; i++)
        free(image[i]);
}
END_TEST

/* ---- tensor lines ---- */

static const char lines_scenario[] =
    "{\"chip\": \"../../../logic/chips/imx500.json\", \"firmware\": \"../../firmware/imx500.elf\","
    "\"networks\": [\"../../../scenes/person_160.tflite\"],"
    "\"scene\": {\"seed\": 1, \"lux\": 500, \"background\": {\"kind\": \"room\"}}}";

enum { TENSOR_LINES = 1 + 24 + 3 + 1, TENSOR_LINE = 2560 }; /* KPI, input, output, PQ */

typedef struct {
    uint16_t addr;
    uint8_t value;
} setting_t;

/* The first frame's lines, in the order in which they come; set[n]: of VC, type, packing. */
static void take_lines(const char *name, const setting_t *set, size_t sets,
                       uint8_t lines[TENSOR_LINES][TENSOR_LINE])
{
    fovea_packet_t packet;
    uint32_t count = 0, seen[16] = {0};
    served_t s = start_scenario(name, true, DIR "/lines.json");
    fovea_host_t *host = come(&s, true);
    FINE(host, fovea_host_write(host, 0x3051, 0, 1)); /* no pixels */
    for (size_t i = 0; i < sets; i++)
        FINE(host, fovea_host_write(host, set[i].addr, set[i].value, 1));
    FINE(host, fovea_host_write(host, MODE_SELECT, 1, 1));
    for (uint32_t ms = 0; count < TENSOR_LINES && ms < 100; ms++) {
        FINE(host, fovea_host_run_for(host, FOVEA_MS, 0));
        while (count < TENSOR_LINES && fovea_host_packet(host, &packet)) {
            uint8_t line[TENSOR_LINE * 5 / 4];
            bool raw10 = packet.count == 4 + TENSOR_LINE * 5 / 4 + 2;
            size_t bytes = fovea_packet_data(&packet, raw10, line, sizeof(line));
            if (bytes != TENSOR_LINE)
                continue; /* FS, FE, embedded lines of 2544 bytes */
            seen[fovea_packet_channel(&packet)] |= 1u << (fovea_packet_type(&packet) & 0x1f);
            memcpy(lines[count++], line, TENSOR_LINE);
        }
    }
    leave(&s, host);
    ck_assert_uint_eq(count, TENSOR_LINES);
    for (size_t i = 0; i < sets; i++) /* each type on its channel */
        if (set[i].addr >= 0x3068 && set[i].addr < 0x306c)
            ck_assert_uint_eq(seen[set[i - 1].value], 1u << (set[i].value & 0x1f));
}

START_TEST(a_host_outside_reads_tensor_lines_wherever_they_are)
{
    static uint8_t plain[TENSOR_LINES][TENSOR_LINE], moved[TENSOR_LINES][TENSOR_LINE];
    static const setting_t set[] = {{0x3064, 2},  {0x3068, 0x30}, {0x3065, 5},    {0x3069, 0x31},
                                    {0x306d, 3},  {0x3066, 9},    {0x306a, 0x16}, {0x306e, 3},
                                    {0x3067, 15}, {0x306b, 0x12}};
    char error[200];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/lines.json", lines_scenario, strlen(lines_scenario),
                                    error, sizeof(error)),
                     SIM_OK);
    take_lines("plain", NULL, 0, plain);
    take_lines("moved", set, sizeof(set) / sizeof(set[0]), moved);
    ck_assert_uint_eq(plain[1][0], 1); /* valid */
    ck_assert_mem_eq(plain, moved, sizeof(plain));
}
END_TEST

TEST_MAIN("tools serve", a_host_outside_brings_a_network_and_selects_it_while_another_runs,
          the_link_is_that_of_a_run_whose_host_does_the_same,
          a_host_that_leaves_before_it_comes_to_the_link_is_noticed,
          an_access_takes_the_time_of_the_bus, what_does_not_answer_and_what_cannot_be_is_told,
          transfers_take_their_time_and_pins_none, a_run_ends_when_a_frame_has_left,
          a_slow_host_gets_the_same, a_host_that_hangs_up_leaves_results_and_a_failed_run,
          a_host_that_hangs_up_within_a_request_is_noticed,
          another_version_and_a_missing_hello_are_turned_away, any_bytes_are_survived,
          an_interrupt_ends_the_wait, a_link_that_nobody_reads_waits_until_interrupted,
          a_socket_that_is_left_over_is_told, wrong_use_is_told,
          a_host_outside_boots_the_sensor_from_nothing,
          a_host_outside_reads_tensor_lines_wherever_they_are, bodies_have_the_lengths_of_the_table)
