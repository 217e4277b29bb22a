/* Inside of the fake Jellyfin. */
#pragma once

#include "bijou-fake-exchange.h"

G_BEGIN_DECLS

#define JELLYFIN_TICKS 10000 /* in a millisecond */

typedef enum
{
  JELLYFIN_SPACE_ITEM = 0,
  JELLYFIN_SPACE_VIEW = 1,
  JELLYFIN_SPACE_USER = 2,
  JELLYFIN_SPACE_GENRE = 3,
  JELLYFIN_SPACE_ROOT = 4,
} JellyfinSpace;

typedef struct
{
  char *token;     /* (owned) */
  char *device_id; /* (owned) */
  char *device;    /* (owned) */
  char *client;    /* (owned) */
  char *version;   /* (owned) */
  guint user;
  BijouFakeItem *playing; /* (unowned) (nullable) */
} JellyfinSession;

typedef struct
{
  char *name;  /* (owned) */
  char *value; /* (owned) */
} JellyfinPart;

typedef struct
{
  BijouFakeServer *server;
  BijouFakeLibrary *library;
  char *id;             /* (owned) */
  char *version;        /* (owned) */
  int major, minor;     /* 10 and 10, 10 and 11, 12 and 0 */
  GHashTable *sessions; /* (owned) token (unowned) → JellyfinSession (owned) */
  GPtrArray *quick;     /* (owned) of JellyfinQuick */
  GHashTable *sorted;   /* (owned) key (owned) → GPtrArray (owned) */
  guint sorted_generation;
  GHashTable *changed_data[BIJOU_FAKE_USERS]; /* (owned) set of unowned items */
  guint data_timer;
  GPtrArray *added, *updated, *removed; /* (owned) of char * (owned) */
  guint library_timer;
  guint library_delay_ms;
  gint64 min_resume_s; /* shorter films are played from 5 % on */
  guint next_token;
  gboolean show_users;
  gboolean no_quick;
} BijouFakeJellyfin;

/* bijou-fake-jellyfin.c */
FakeWriter *jellyfin_begin (BijouFakeJellyfin *self, BijouFakeExchange *x);
void jellyfin_end (BijouFakeExchange *x, FakeWriter *w);
void
jellyfin_reply_problem (BijouFakeExchange *x, guint status, const char *name, const char *value);
void jellyfin_reply_error_text (BijouFakeExchange *x, guint status);
void jellyfin_reply_string (BijouFakeExchange *x, guint status, const char *text);
/* Without dashes and in lower case; NULL: no id. (transfer full) */
char *jellyfin_normalize_id (const char *text);
BijouFakeItem *jellyfin_find_item (BijouFakeJellyfin *self, const char *id);
BijouFakeSection *jellyfin_find_view (BijouFakeJellyfin *self, const char *id);
void jellyfin_format (BijouFakeJellyfin *self, JellyfinSpace space, guint index, char *hex);
void
jellyfin_put_id (BijouFakeJellyfin *self, FakeWriter *w, const char *name, BijouFakeItem *item);
void jellyfin_put_date (FakeWriter *w, const char *name, gint64 seconds);
char *jellyfin_dash (const char *hex);
const char *jellyfin_user_name (guint user);
/* FALSE: the id is of no user, or of one whom this token may not name; answered then. */
gboolean jellyfin_check_user (BijouFakeJellyfin *self, BijouFakeExchange *x);

/* bijou-fake-jellyfin-users.c */
GArray *jellyfin_parse_authorization (BijouFakeJellyfin *self, BijouFakeExchange *x);
const char *jellyfin_get_part (GArray *parts, const char *name);
gboolean jellyfin_handle_users (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path);
void jellyfin_session_free (gpointer session);
void jellyfin_quick_free (gpointer quick);
JellyfinSession *jellyfin_add_session (BijouFakeJellyfin *self, guint user, const char *device_id);
gboolean jellyfin_approve (BijouFakeJellyfin *self, const char *code);

/* bijou-fake-jellyfin-rows.c */
typedef struct
{
  BijouFakeJellyfin *jellyfin;
  BijouFakeExchange *x;
  FakeWriter *w;
  guint64 fields;
  gboolean user_data;
  gboolean images;
  char **image_types; /* (owned) empty: all */
} JellyfinRows;

enum
{
  JELLYFIN_FIELD_OVERVIEW = 1 << 0,
  JELLYFIN_FIELD_GENRES = 1 << 1,
  JELLYFIN_FIELD_ETAG = 1 << 2,
  JELLYFIN_FIELD_DATE_CREATED = 1 << 3,
  JELLYFIN_FIELD_SORT_NAME = 1 << 4,
  JELLYFIN_FIELD_PROVIDER_IDS = 1 << 5,
  JELLYFIN_FIELD_PARENT_ID = 1 << 6,
  JELLYFIN_FIELD_ASPECT = 1 << 7,
  JELLYFIN_FIELD_SOURCE_COUNT = 1 << 8,
  JELLYFIN_FIELD_SOURCES = 1 << 9,
  JELLYFIN_FIELD_STREAMS = 1 << 10,
  JELLYFIN_FIELD_PEOPLE = 1 << 11,
  JELLYFIN_FIELD_CHAPTERS = 1 << 12,
  JELLYFIN_FIELD_CHILD_COUNT = 1 << 13,
  JELLYFIN_FIELD_RECURSIVE_COUNT = 1 << 14,
  JELLYFIN_FIELD_TAGLINES = 1 << 15,
  JELLYFIN_FIELD_PATH = 1 << 16,
  JELLYFIN_FIELD_STUDIOS = 1 << 17,
  JELLYFIN_FIELD_CAN_DELETE = 1 << 18,
  JELLYFIN_FIELD_ORIGINAL_TITLE = 1 << 19,
  JELLYFIN_FIELD_ALL = (1 << 20) - 1,
};

void jellyfin_rows_begin (JellyfinRows *rows,
                          BijouFakeJellyfin *self,
                          BijouFakeExchange *x,
                          FakeWriter *w);
void jellyfin_rows_end (JellyfinRows *rows);
void jellyfin_write_row (JellyfinRows *rows, BijouFakeItem *item);
void jellyfin_write_view (JellyfinRows *rows, BijouFakeSection *section);
void jellyfin_write_user_data (
    BijouFakeJellyfin *self, FakeWriter *w, BijouFakeItem *item, guint user, gboolean percentage);
void jellyfin_make_tag (BijouFakeItem *item, char *hex);

/* bijou-fake-jellyfin-items.c */
gboolean jellyfin_handle_items (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path);
/* A QueryResult with the page that was asked for. */
void jellyfin_reply_result (BijouFakeJellyfin *self, BijouFakeExchange *x, GPtrArray *items);

/* bijou-fake-jellyfin-shows.c */
gboolean jellyfin_handle_shows (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path);

/* bijou-fake-jellyfin-sources.c */
typedef struct
{
  gboolean direct;
  gboolean in_info;      /* with delivery methods and the transcoding address */
  const char *transcode; /* (nullable) address */
  int audio;             /* chosen, -2: by default */
  int subtitle;          /* chosen, -2: by default */
} JellyfinSource;

void jellyfin_write_source (BijouFakeJellyfin *self,
                            BijouFakeExchange *x,
                            FakeWriter *w,
                            BijouFakeItem *item,
                            const JellyfinSource *source);
void jellyfin_write_streams (BijouFakeJellyfin *self,
                             BijouFakeExchange *x,
                             FakeWriter *w,
                             BijouFakeItem *item,
                             gboolean delivery);
/* The stream which has this index for Jellyfin, where files beside the film count first. */
const BijouFakeStream *jellyfin_get_stream (BijouFakeItem *item, int index);
gboolean jellyfin_handle_media (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path);

/* bijou-fake-jellyfin-playback.c */
gboolean jellyfin_handle_playback (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path);

/* bijou-fake-jellyfin-socket.c */
void jellyfin_note_user_data (BijouFakeJellyfin *self, BijouFakeItem *item, guint user);
void jellyfin_note_library (BijouFakeJellyfin *self, BijouFakeItem *item, FakeChange change);
void jellyfin_socket_open (gpointer data, SoupWebsocketConnection *socket, guint user);
void jellyfin_socket_message (gpointer data, SoupWebsocketConnection *socket, const char *text);

G_END_DECLS
