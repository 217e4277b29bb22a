/* Inside of the fakes: one request and its answer, and what a protocol gives to the server.
 * All of this runs in the server's thread. */
#pragma once

#include "bijou-fake-faults.h"
#include "bijou-fake-library.h"
#include "bijou-fake-server.h"
#include "bijou-fake-writer.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;  /* (owned) decoded */
  char *value; /* (owned) decoded */
} FakePair;

typedef struct _FakeBody FakeBody;

typedef struct
{
  BijouFakeServer *server;
  SoupServerMessage *message; /* (owned) */
  BijouFakeLogEntry *entry;   /* (owned) */
  const char *method;
  char *path;        /* (owned) still percent-encoded */
  GArray *pairs;     /* (owned) of FakePair */
  GPtrArray *faults; /* (owned) BijouFakeFault copies that strike */
  FakeBody *body;    /* (owned) (nullable) what is being sent */
  guint delay;       /* source id, 0: none */
  guint user;
  gpointer session;     /* (unowned) (nullable) of the token, Jellyfin only */
  gboolean ignore_case; /* of parameter names */
  gboolean chunked;     /* JSON leaves without a length */
  gboolean answered;
  gboolean pending; /* the answer comes later */
  gboolean upgrade; /* libsoup may make it a websocket */
  gboolean finished;
} BijouFakeExchange;

typedef enum
{
  FAKE_CHANGE_ADDED,
  FAKE_CHANGE_UPDATED,
  FAKE_CHANGE_REMOVED,
  FAKE_CHANGE_USER_DATA,
} FakeChange;

typedef struct
{
  const char *name;
  const char *header;     /* the Server header */
  const char *sockets[3]; /* paths of websockets */
  gpointer (*create) (BijouFakeServer *server, const BijouFakeOptions *options);
  void (*free) (gpointer self);
  /* Looks at the token: sets entry->token and user. */
  void (*check) (gpointer self, BijouFakeExchange *x);
  void (*handle) (gpointer self, BijouFakeExchange *x);
  /* An error in the shape of the protocol. */
  void (*fail) (gpointer self, BijouFakeExchange *x, guint status);
  void (*starting) (gpointer self, BijouFakeExchange *x, const char *how);
  void (*socket_open) (gpointer self, SoupWebsocketConnection *socket, guint user);
  void (*socket_message) (gpointer self, SoupWebsocketConnection *socket, const char *text);
  BijouFakeItem *(*find_item) (gpointer self, const char *id);
  void (*changed) (gpointer self, BijouFakeItem *item, FakeChange change, guint user);
  /* Orders of this protocol alone; FALSE: not known. */
  gboolean (*order) (gpointer self, JsonObject *order, FakeWriter *reply);
} BijouFakeProtocol;

extern const BijouFakeProtocol bijou_fake_plex_protocol;
extern const BijouFakeProtocol bijou_fake_jellyfin_protocol;
extern const BijouFakeProtocol bijou_fake_plextv_protocol;

/* ---- the request ---- */
BijouFakeExchange *fake_exchange_ref (BijouFakeExchange *x);
void fake_exchange_unref (BijouFakeExchange *x);
const char *fake_param (BijouFakeExchange *x, const char *name);
gint64 fake_param_int (BijouFakeExchange *x, const char *name, gint64 fallback);
gboolean fake_param_bool (BijouFakeExchange *x, const char *name, gboolean fallback);
const char *fake_header (BijouFakeExchange *x, const char *name);
/* (transfer full) all values of a list parameter */
char **fake_param_list (BijouFakeExchange *x, const char *name, const char *separator);
char *fake_body_text (BijouFakeExchange *x);
JsonObject *fake_body_json (BijouFakeExchange *x, JsonParser **parser);
BijouFakeFault *fake_fault (BijouFakeExchange *x, BijouFakeFaultKind kind);
/* Whether path has the form of pattern ("/a/{}/b"); gives what stands for {}. (transfer full) */
char **fake_match (const char *path, const char *pattern);

/* ---- the answer ---- */
void fake_set_header (BijouFakeExchange *x, const char *name, const char *value);
void fake_set_header_int (BijouFakeExchange *x, const char *name, gint64 value);
void fake_reply (BijouFakeExchange *x, guint status, const char *type, const char *text);
void fake_reply_bytes (BijouFakeExchange *x, guint status, const char *type, GBytes *bytes);
void fake_reply_writer (BijouFakeExchange *x, guint status, const char *type, FakeWriter *w);
void fake_reply_empty (BijouFakeExchange *x, guint status);
void fake_fail (BijouFakeExchange *x, guint status);
void fake_pause (BijouFakeExchange *x);

/* A body made of a file or of made-up bytes, with Range. */
typedef struct
{
  const char *path; /* (nullable) */
  guint64 seed;
  guint64 size;
  const char *type;
  gint64 modified;  /* epoch seconds, 0: no header */
  const char *etag; /* (nullable) */
} FakeMedia;

void fake_reply_media (BijouFakeExchange *x, const FakeMedia *media);
/* Sends length bytes of media from start, paced; headers are set already. */
void fake_send_media (BijouFakeExchange *x, const FakeMedia *media, guint64 start, guint64 length);
void fake_send_bytes (BijouFakeExchange *x, GBytes *bytes);
void fake_body_free (FakeBody *body);
void fake_kill_connection (BijouFakeExchange *x, gboolean reset);

/* Which rows of a list a page has, with the faults of paging. size < 0: all. Returns NULL when the
 * page fails. */
GArray *
fake_page_rows (BijouFakeExchange *x, guint total, gint64 start, gint64 size, gint64 *told_total);

/* ---- the server ---- */
BijouFakeLibrary *fake_server_get_library (BijouFakeServer *self);
void fake_server_set_library (BijouFakeServer *self, BijouFakeLibrary *library);
GMainContext *fake_server_get_context (BijouFakeServer *self);
gpointer fake_server_get_protocol_data (BijouFakeServer *self);
const BijouFakeOptions *fake_server_get_options (BijouFakeServer *self);
void fake_server_set_id (BijouFakeServer *self, const char *id);
void fake_server_set_credentials (BijouFakeServer *self, const char *user, const char *password);
void fake_server_set_token (BijouFakeServer *self, guint user, const char *token);
void fake_server_broadcast (BijouFakeServer *self, guint user, const char *text);
void fake_server_drop_sockets (BijouFakeServer *self);
guint fake_server_get_n_sockets (BijouFakeServer *self);
/* When the next length bytes may leave under the cap: monotonic time. */
gint64 fake_server_reserve (BijouFakeServer *self, gsize length);
guint fake_server_timeout (BijouFakeServer *self, guint ms, GSourceFunc func, gpointer data);
void fake_server_remove_source (BijouFakeServer *self, guint id);
GPtrArray *fake_server_get_plex_servers (BijouFakeServer *self);
void fake_server_call (BijouFakeServer *self, GFunc func, gpointer data);

guint fake_server_add_fault (BijouFakeServer *self, const char *spec, GError **error);
void fake_server_clear_fault (BijouFakeServer *self, guint id);
void fake_server_set_refusing_in_thread (BijouFakeServer *self, gboolean refusing);
void fake_server_refuse_soon (BijouFakeServer *self, gboolean refusing, guint for_ms);
void fake_server_set_pace (BijouFakeServer *self, gint64 latency_ms, gint64 bandwidth);
void fake_server_set_page_cap (BijouFakeServer *self, guint cap);
BijouFakeLog *fake_server_get_log (BijouFakeServer *self);
const BijouFakeProtocol *fake_server_get_protocol (BijouFakeServer *self);

/* bijou-fake-control.c */
char *fake_control_run (BijouFakeServer *server, const char *orders);

/* bijou-fake-pictures.c: a scaled picture of an item; answers later. */
typedef enum
{
  FAKE_PICTURE_POSTER,
  FAKE_PICTURE_BACKDROP,
  FAKE_PICTURE_STILL,
  FAKE_PICTURE_CHAPTER,
  FAKE_PICTURE_PERSON,
  FAKE_PICTURE_LOGO,
} FakePictureKind;

typedef struct
{
  FakePictureKind kind;
  const char *file; /* (nullable) */
  const char *text;
  guint seed;
  int width;      /* 0: of the original */
  int height;     /* 0: of the original */
  gboolean cover; /* else fit */
  gboolean upscale;
  gboolean png;
} FakePicture;

void fake_reply_picture (BijouFakeExchange *x, const FakePicture *picture);

G_END_DECLS
