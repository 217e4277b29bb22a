#pragma once

#include "bijou-database.h"
#include "bijou-store.h"

G_BEGIN_DECLS

/* What the files of this folder share. A function that takes a BijouDatabase runs inside a
 * transaction of its caller: a write in the writer's thread, a read on a reader's connection. */

/* A change under construction; bijou_store_change_add() after each row that is different now. */
BijouStoreChange *bijou_store_change_new (BijouStoreChangeFlags flags);
void bijou_store_change_free (BijouStoreChange *self);
void bijou_store_change_add (BijouStoreChange *self, gint64 id);
void bijou_store_change_set_scope (BijouStoreChange *self,
                                   const char *server_id,
                                   const char *library_id);
void bijou_store_change_merge (BijouStoreChange *into, BijouStoreChange *from);
/* Something of this library changed too. */
void
bijou_store_change_widen (BijouStoreChange *self, const char *server_id, const char *library_id);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouStoreChange, bijou_store_change_free)

typedef gboolean (*BijouStoreWriteFunc) (BijouDatabase *database,
                                         gpointer data,
                                         BijouStoreChange *change,
                                         GError **error);
gboolean
bijou_store_write (BijouStore *self, BijouStoreWriteFunc func, gpointer data, GError **error);
typedef gboolean (*BijouStoreWriterFunc) (BijouDatabase *database, gpointer data, GError **error);
gboolean bijou_store_run_on_writer (BijouStore *self,
                                    BijouStoreWriterFunc func,
                                    gpointer data,
                                    GError **error);
gboolean
bijou_store_write_part (BijouStore *self, BijouStoreWriteFunc func, gpointer data, GError **error);
BijouDatabase *bijou_store_take_reader (BijouStore *self, GError **error);
void bijou_store_give_reader (BijouStore *self, BijouDatabase *database);

gint64 bijou_store_make_generation (BijouDatabase *database);

/* servers */
gint64 bijou_store_find_server (BijouDatabase *database, const char *server_id);
gint64 bijou_store_find_library (BijouDatabase *database, gint64 server, const char *library_id);
gint64 bijou_store_require_server (BijouDatabase *database, const char *server_id, GError **error);
gboolean bijou_store_write_server (BijouDatabase *database, BijouServer *server, GError **error);

/* rows */
typedef enum
{
  BIJOU_ROW_SAME,
  BIJOU_ROW_ADDED,
  BIJOU_ROW_CHANGED,       /* what is seen of it in a list */
  BIJOU_ROW_MOVED,         /* likewise, and it came from another library */
  BIJOU_ROW_STATE_CHANGED, /* only its play state */
} BijouRowResult;

/* Notes a row that was written. Returns whether it is another one now. */
gboolean bijou_store_change_add_row (BijouStoreChange *change, BijouRowResult result, gint64 id);
/* Notes that rows went: nobody can be told which, so all look again. */
void bijou_store_change_add_removed (BijouStoreChange *change);
/* bijou_store_change_add_row(), and counts it. */
void bijou_store_count_row (BijouSyncCounts *counts,
                            BijouRowResult result,
                            gint64 id,
                            BijouStoreChange *change);
void bijou_store_add_counts (BijouSyncCounts *into, const BijouSyncCounts *from);

/**
 * BijouRowWrite:
 * How a row that a server gave is to be written.
 */
typedef struct
{
  gint64 server;
  gint64 library;       /* 0: keep what is there */
  gint64 generation;    /* 0: does not count as seen by a sync */
  gint64 asked_at;      /* microseconds: play state set here since then is kept */
  gboolean from_list;   /* the row of a bulk list; otherwise it may be richer, and only adds */
  gboolean state_only;  /* of a known row only the play state is taken */
  GPtrArray *unsettled; /* (nullable) see BijouLiveCounts */
} BijouRowWrite;

#define BIJOU_ITEM_COLUMNS                                                                         \
  "i.id, s.id, i.remote_id, l.remote_id, i.kind, i.title, i.sort_title, i.original_title,"         \
  " i.overview, i.tagline, i.content_rating, i.genres, i.year, i.released, i.added_at,"            \
  " i.version_tag, i.parent_id, i.show_id, i.show_title, i.season, i.episode, i.episode_end,"      \
  " i.duration_ms, i.rating, CASE WHEN p.local_rating IS NULL THEN i.user_rating"                  \
  " WHEN p.local_rating >= 0 THEN p.local_rating END, i.video_height, i.has_media, i.children, "   \
  "i.seasons,"                                                                                     \
  " i.unwatched, i.poster, i.still, i.backdrop, i.logo, i.episodes, p.now_position_ms,"            \
  " p.now_watched, p.now_play_count, p.now_played, p.now_favourite "
#define BIJOU_ITEM_TABLES                                                                          \
  "item i JOIN server s ON s.pk = i.server LEFT JOIN library l ON l.pk = i.library"                \
  " LEFT JOIN play_state p ON p.item = i.id "

BijouItem *bijou_store_read_item (sqlite3_stmt *statement);
BijouItem *bijou_store_load_item (BijouDatabase *database, gint64 id, GError **error);
gboolean bijou_store_load_items (
    BijouDatabase *database, const gint64 *ids, guint n_ids, GPtrArray *items, GError **error);
gint64 bijou_store_find_row (BijouDatabase *database, gint64 server, const char *remote_id);
gboolean bijou_store_write_row (BijouDatabase *database,
                                BijouItem *item,
                                const BijouRowWrite *write,
                                gint64 *id,
                                gboolean *first,
                                BijouRowResult *result,
                                GError **error);
char *bijou_store_fold (const char *text);
char *bijou_store_make_sort_key (const char *text);

/* unseen */
char *bijou_store_make_kind_list (guint kinds);
gboolean bijou_store_delete_unseen (BijouDatabase *database,
                                    gint64 server,
                                    gint64 library,
                                    guint kinds,
                                    gint64 generation,
                                    BijouSyncCounts *counts,
                                    BijouStoreChange *change,
                                    GError **error);

/* query */
gboolean bijou_store_run_query (BijouDatabase *database,
                                const BijouItemQuery *query,
                                GArray *ids,
                                GError **error);

/* people */
gboolean bijou_store_write_people (
    BijouDatabase *database, gint64 server, gint64 item, GPtrArray *people, GError **error);

/* totals */
gboolean bijou_store_count_totals (BijouDatabase *database,
                                   gint64 until,
                                   BijouStoreChange *change,
                                   gboolean *is_whole,
                                   GError **error);

/* rescue */
void bijou_store_rescue (BijouDatabase *database, const char *old_path);

G_END_DECLS
