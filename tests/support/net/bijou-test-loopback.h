#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * LoopbackRequest:
 * A request as it came; its headers have lower-case names.
 */
typedef struct
{
  char *method;
  char *path; /* with the query */
  GHashTable *headers;
  char *body;
  guint connection; /* which of the accepted ones, from 1 */
  guint serial;     /* which of all requests, from 1 */
} LoopbackRequest;

/* Writes an answer, byte by byte as the test wants it. Runs on the connection's thread. Returns
 * whether the connection is kept. */
typedef gboolean (*LoopbackHandler) (GSocketConnection *connection,
                                     const LoopbackRequest *request,
                                     gpointer user_data);

/**
 * Loopback:
 * An HTTP server for tests whose handler decides on every byte: it can lie, stall and break off,
 * which SoupServer would not let it. One thread accepts, one serves each connection.
 */
typedef struct _Loopback Loopback;

Loopback *loopback_new (LoopbackHandler handler, gpointer user_data);
Loopback *loopback_new_at (const char *address, LoopbackHandler handler, gpointer user_data);
Loopback *loopback_new_raw (const char *address, LoopbackHandler handler, gpointer user_data);
void loopback_free (Loopback *self);
guint loopback_get_port (Loopback *self);
char *loopback_dup_url (Loopback *self, const char *path);
guint loopback_get_connections (Loopback *self);
guint loopback_get_requests (Loopback *self);

void loopback_write (GSocketConnection *connection, const char *data, gssize length);
void loopback_reply (GSocketConnection *connection,
                     guint status,
                     const char *headers,
                     const char *body,
                     gssize length);
/* Blocks a handler until the server is freed or the client goes away. */
void loopback_hang (GSocketConnection *connection);

/* A port on which nobody listens. */
guint loopback_find_dead_port (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loopback, loopback_free)

G_END_DECLS
