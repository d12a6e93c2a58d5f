#include "tools/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool refuse(char *error, size_t bytes, const char *address, const char *why)
{
    snprintf(error, bytes, "%s: %s", address, why);
    return false;
}

/* ---- TCP ---- */

/* "host:port", "[host]:port", ":port". */
static bool split(const char *address, char host[128], char port[16])
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || strlen(colon + 1) == 0 || strlen(colon + 1) > 5 ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1) || atoi(colon + 1) > 65535)
        return false;
    size_t length = (size_t)(colon - address);
    bool brackets = length >= 2 && address[0] == '[' && colon[-1] == ']';
    if (length >= 128)
        return false;
    memcpy(host, address + brackets, length - 2 * (size_t)brackets);
    host[length - 2 * (size_t)brackets] = '\0';
    if (host[0] == '\0')
        strcpy(host, "127.0.0.1");
    strcpy(port, colon + 1);
    return true;
}

static void name_tcp(server_t *server, const char *host)
{
    struct sockaddr_storage at;
    socklen_t bytes = sizeof(at);
    char port[16];
    if (getsockname(server->listener, (struct sockaddr *)&at, &bytes) != 0 ||
        getnameinfo((struct sockaddr *)&at, bytes, NULL, 0, port, sizeof(port), NI_NUMERICSERV) !=
            0)
        strcpy(port, "?");
    bool six = strchr(host, ':') != NULL;
    snprintf(server->name, sizeof(server->name), six ? "[%s]:%s" : "%s:%s", host, port);
}

static int bind_to(const struct addrinfo *at)
{
    const int on = 1;
    int fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, 1) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static bool listen_tcp(server_t *server, const char *address, char *error, size_t error_bytes)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM},
                    *found = NULL;
    char host[128], port[16];
    if (!split(address, host, port) || getaddrinfo(host, port, &hints, &found) != 0)
        return refuse(error, error_bytes, address, "not :PORT, ADDRESS:PORT or unix:PATH");
    server->listener = bind_to(found);
    int why = errno;
    freeaddrinfo(found);
    if (server->listener < 0)
        return refuse(error, error_bytes, address, strerror(why));
    name_tcp(server, host);
    return true;
}

/* ---- Unix ---- */

static bool listen_unix(server_t *server, const char *path, char *error, size_t error_bytes)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (path[0] == '\0' || strlen(path) >= sizeof(at.sun_path))
        return refuse(error, error_bytes, path, "no name for a Unix socket, or too long");
    strcpy(at.sun_path, path);
    server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&at, sizeof(at)) != 0)
        return refuse(error, error_bytes, path,
                      errno == EADDRINUSE ? "there is such a file; remove it if nobody serves there"
                                          : strerror(errno));
    strcpy(server->path, path); /* ours from now on */
    if (listen(server->listener, 1) != 0)
        return refuse(error, error_bytes, path, strerror(errno));
    snprintf(server->name, sizeof(server->name), "%s", path);
    return true;
}

bool server_listen(server_t *server, const char *address, char *error, size_t error_bytes)
{
    *server = (server_t){.listener = -1, .peer = -1};
    bool fine = strncmp(address, "unix:", 5) == 0
                    ? listen_unix(server, address + 5, error, error_bytes)
                    : listen_tcp(server, address, error, error_bytes);
    if (!fine)
        server_close(server);
    return fine;
}

void server_hang_up(server_t *server)
{
    if (server->peer >= 0)
        close(server->peer);
    server->peer = -1;
}

void server_close(server_t *server)
{
    server_hang_up(server);
    if (server->listener >= 0)
        close(server->listener);
    if (server->path[0] != '\0')
        unlink(server->path);
    server->listener = -1;
    server->path[0] = '\0';
}

/* ---- bytes ---- */

static bool wait_for(int fd, short what, int timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = what};
    return fd >= 0 && poll(&p, 1, timeout_ms) > 0;
}

bool server_accept(server_t *server, int timeout_ms)
{
    const int on = 1;
    if (server->peer >= 0)
        return true;
    if (!wait_for(server->listener, POLLIN, timeout_ms))
        return false;
    server->peer = accept(server->listener, NULL, NULL);
    if (server->peer >= 0)
        setsockopt(server->peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return server->peer >= 0;
}

bool server_has_left(const server_t *server)
{
    uint8_t byte;
    struct pollfd p = {.fd = server->peer};
    if (server->peer < 0 || (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0))
        return true;
    return recv(server->peer, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool server_accept_beside(server_t *server, const server_t *other, int timeout_ms)
{
    struct pollfd p[2] = {{.fd = server->listener, .events = POLLIN}, {.fd = other->peer}};
    return server->peer >= 0 || (poll(p, 2, timeout_ms) > 0 && server_accept(server, 0));
}

void server_turn_away(server_t *server)
{
    if (wait_for(server->listener, POLLIN, 0))
        close(accept(server->listener, NULL, NULL));
}

int server_receive(server_t *server, uint8_t *bytes, size_t room, int timeout_ms)
{
    if (server->peer < 0)
        return -1;
    bool ready = wait_for(server->peer, POLLIN, timeout_ms);
    ssize_t count = ready ? recv(server->peer, bytes, room, 0) : 0;
    if (ready && count <= 0) {
        server_hang_up(server);
        return -1;
    }
    server_turn_away(server);
    return (int)count;
}

int server_send(server_t *server, const void *bytes, size_t count, int timeout_ms)
{
    if (server->peer < 0)
        return -1;
    if (!wait_for(server->peer, POLLOUT, timeout_ms))
        return 0;
    ssize_t sent = send(server->peer, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0)
        return (int)sent;
    if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
        return 0;
    server_hang_up(server);
    return -1;
}

void server_transmit(server_t *server, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    while (count > 0 && server->peer >= 0) {
        ssize_t sent = send(server->peer, at, count, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return;
        at += sent > 0 ? sent : 0;
        count -= sent > 0 ? (size_t)sent : 0;
    }
}
