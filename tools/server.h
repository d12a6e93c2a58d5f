/*
 * server.h - the socket that a debugger or a host comes to: TCP, or a Unix socket; one peer at a
 * time; a second one is turned away.
 *
 *   ":1234"             loopback, port 1234; port 0: a free one
 *   "192.0.2.7:1234"    that address of this machine; "0.0.0.0:1234" is all of them
 *   "[::1]:1234"        IPv6
 *   "unix:/tmp/it"      a Unix socket, made, and removed at the end
 */
#ifndef TOOLS_SERVER_H
#define TOOLS_SERVER_H

#include "sim/types.h"

typedef struct {
    int listener, peer; /* -1: none */
    char name[160];     /* to connect to: "127.0.0.1:1234" */
    char path[108];     /* of a Unix socket; "" for TCP */
} server_t;

/* False with one line in error. */
bool server_listen(server_t *server, const char *address, char *error, size_t error_bytes);
void server_close(server_t *server);

/* Waits that long for a peer, -1: for ever. True when there is one. */
bool server_accept(server_t *server, int timeout_ms);
/* Has the peer hung up? Bytes that it left behind are still to be read; over TCP they hide it. */
bool server_has_left(const server_t *server);
/* server_accept, or until the peer of another has hung up. */
bool server_accept_beside(server_t *server, const server_t *other, int timeout_ms);
/* Bytes that came within that time, 0: none; -1: the peer has gone (and is closed). */
int server_receive(server_t *server, uint8_t *bytes, size_t room, int timeout_ms);
/* As many bytes as the peer took within that time, 0: none; -1: it has gone (and is closed). */
int server_send(server_t *server, const void *bytes, size_t count, int timeout_ms);
/* All of them, however long the peer takes; one that is gone is noticed at the next
 * server_receive. */
void server_transmit(server_t *server, const void *bytes, size_t count);
/* A second peer, if one has come. */
void server_turn_away(server_t *server);
void server_hang_up(server_t *server);

#endif
