/* One fake server on loopback, in a thread of its own: call these from any other thread. */
#pragma once

#include "bijou-fake-log.h"
#include "bijou-fake-options.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_FAKE_PLEX,
  BIJOU_FAKE_JELLYFIN,
  BIJOU_FAKE_PLEXTV,
} BijouFakeProtocolKind;

typedef struct _BijouFakeServer BijouFakeServer;

BijouFakeServer *bijou_fake_server_start (BijouFakeProtocolKind kind,
                                          const BijouFakeOptions *options,
                                          GError **error);
/* Stops the thread and frees everything. A plex.tv must be stopped before the servers it lists. */
void bijou_fake_server_stop (BijouFakeServer *self);

/* "http://127.0.0.1:PORT", with the base path of a Jellyfin that has one. */
const char *bijou_fake_server_get_url (BijouFakeServer *self);
guint bijou_fake_server_get_port (BijouFakeServer *self);
const char *bijou_fake_server_get_name (BijouFakeServer *self);
/* The machine identifier of a Plex server, the server id of a Jellyfin. */
const char *bijou_fake_server_get_id (BijouFakeServer *self);
/* A token that works: of the server's owner, or of the plex.tv account. Jellyfin: an API key. */
char *bijou_fake_server_dup_token (BijouFakeServer *self, guint user);
const char *bijou_fake_server_get_user (BijouFakeServer *self);
const char *bijou_fake_server_get_password (BijouFakeServer *self);

/* Makes plex.tv list a Plex server, with one dead, one living and one relay connection. */
void bijou_fake_server_list_plex (BijouFakeServer *plextv, BijouFakeServer *plex);

/* Returns the number of the fault, for clear_fault. Aborts on a fault that does not parse. */
guint bijou_fake_server_add_fault (BijouFakeServer *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
void bijou_fake_server_clear_faults (BijouFakeServer *self);
/* Real ECONNREFUSED: closes the listening socket and all connections, and opens it again. */
void bijou_fake_server_set_refusing (BijouFakeServer *self, gboolean refusing);

/* (element-type BijouFakeLogEntry) (transfer full) */
GPtrArray *bijou_fake_server_dup_log (BijouFakeServer *self);
void bijou_fake_server_reset_log (BijouFakeServer *self);
/* Requests whose "METHOD /path?query" fits the glob. */
guint bijou_fake_server_count (BijouFakeServer *self, const char *glob);

/* One order (see bijou-fake-control.h) as JSON; the answer is JSON. */
char *bijou_fake_server_control (BijouFakeServer *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* The bytes which a made-up film has at offset; seed is the item's index. */
void bijou_fake_media_fill (guint64 seed, guint64 offset, guint8 *buffer, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouFakeServer, bijou_fake_server_stop)

G_END_DECLS
