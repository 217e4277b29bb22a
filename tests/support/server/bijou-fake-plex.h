/* Inside of the fake Plex Media Server. */
#pragma once

#include "bijou-fake-exchange.h"

G_BEGIN_DECLS

#define PLEX_KEY_BASE 1001
#define PLEX_VERSION "1.43.2.10467-2b1ba6e69"

typedef enum
{
  PLEX_DECIDE_AS_ASKED,
  PLEX_DECIDE_CONVERSION,
  PLEX_DECIDE_NOTHING,
} PlexDecision;

typedef struct
{
  BijouFakeServer *server;
  BijouFakeLibrary *library;
  char *machine;                  /* (owned) */
  char *tokens[BIJOU_FAKE_USERS]; /* (owned) */
  guint token_round;
  gboolean no_downloads;
  PlexDecision decision;
  gboolean terminate;    /* timelines end the playback */
  GHashTable *decisions; /* (owned) session (owned) → unowned item */
  GHashTable *sorted;    /* (owned) sort (owned) → GPtrArray (owned) of unowned items */
  guint sorted_generation;
  GHashTable *crossed; /* (owned) session and key (owned): watched in this session */
  GHashTable *queues;  /* (owned) id → PlexQueue (owned) */
  GPtrArray *streams;  /* (owned) of BijouFakeExchange (owned): event streams */
  guint next_queue;
  guint next_notification;
} BijouFakePlex;

/* bijou-fake-plex.c */
BijouFakeItem *plex_find_item (BijouFakePlex *self, const char *key);
FakeWriter *plex_begin (BijouFakePlex *self, BijouFakeExchange *x);
/* Closes MediaContainer and sends. */
void plex_end (BijouFakeExchange *x, FakeWriter *w);
void plex_reply_ok (BijouFakeExchange *x);
gboolean plex_flag (BijouFakeExchange *x, const char *name);
const char *plex_setting (BijouFakeExchange *x, const char *name);

/* bijou-fake-plex-rows.c */
typedef enum
{
  PLEX_ROW_LIST = 0,
  PLEX_ROW_DETAIL = 1 << 0,
  PLEX_ROW_GUIDS = 1 << 1,
  PLEX_ROW_HUB = 1 << 2,
  PLEX_ROW_CHAPTERS = 1 << 3,
  PLEX_ROW_MARKERS = 1 << 4,
} PlexRowFlags;

typedef struct
{
  BijouFakePlex *plex;
  BijouFakeExchange *x;
  FakeWriter *w;
  PlexRowFlags flags;
  guint queue;        /* playQueueItemID of the next row, 0: none */
  char **no_fields;   /* (owned) */
  char **no_elements; /* (owned) */
} PlexRows;

void plex_rows_begin (
    PlexRows *rows, BijouFakePlex *self, BijouFakeExchange *x, FakeWriter *w, PlexRowFlags flags);
void plex_rows_end (PlexRows *rows);
void plex_write_row (PlexRows *rows, BijouFakeItem *item);
/* The same as the value of a key. */
void plex_write_named_row (PlexRows *rows, const char *name, BijouFakeItem *item);
void plex_write_media (PlexRows *rows, BijouFakeItem *item);
guint plex_stream_id (BijouFakeItem *item, guint stream);
gboolean plex_find_stream (BijouFakePlex *self, guint id, BijouFakeItem **item, guint *stream);
guint plex_part_stamp (BijouFakeItem *item);

/* bijou-fake-plex-library.c, TRUE: answered */
gboolean plex_handle_library (BijouFakePlex *self, BijouFakeExchange *x);
/* A container of items with the paging rules. items: unowned items. */
void plex_reply_items (BijouFakePlex *self,
                       BijouFakeExchange *x,
                       GPtrArray *items,
                       BijouFakeSection *section,
                       PlexRowFlags flags);
void plex_write_section_fields (FakeWriter *w, BijouFakeSection *section);

/* bijou-fake-plex-hubs.c */
gboolean plex_handle_hubs (BijouFakePlex *self, BijouFakeExchange *x);

/* bijou-fake-plex-playback.c */
gboolean plex_handle_playback (BijouFakePlex *self, BijouFakeExchange *x);
void plex_queue_free (gpointer queue);

/* bijou-fake-plex-media.c */
gboolean plex_handle_media (BijouFakePlex *self, BijouFakeExchange *x);

/* bijou-fake-plex-notify.c */
void plex_notify_timeline (BijouFakePlex *self, BijouFakeItem *item, int state);
void plex_notify_playing (BijouFakePlex *self,
                          BijouFakeExchange *x,
                          BijouFakeItem *item,
                          const char *state,
                          gint64 time_ms);
/* /:/eventsource/notifications: one object for each event, and ids as strings. */
void plex_open_stream (BijouFakePlex *self, BijouFakeExchange *x);
void plex_close_streams (BijouFakePlex *self);
void plex_notify_activity (BijouFakePlex *self, BijouFakeItem *item);

G_END_DECLS
