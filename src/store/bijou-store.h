#pragma once

#include "bijou-account.h"
#include "bijou-detail.h"
#include "bijou-error.h"
#include "bijou-library.h"
#include "bijou-server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouStore:
 * The local mirror: one SQLite database in WAL mode, one writer thread, a few reader threads.
 *
 * The plain calls block. They are thread-safe and may be used on any thread but the main thread of
 * a window; the window uses the `…_async` wrappers, which run on the reader threads. All fail with
 * BIJOU_ERROR_STORAGE, or BIJOU_ERROR_NO_SPACE, or BIJOU_ERROR_NOT_FOUND where said.
 *
 * The signal `changed` (BijouStoreChange *) is emitted on the main context after a commit; changes
 * of one burst are merged.
 */
#define BIJOU_TYPE_STORE (bijou_store_get_type ())
G_DECLARE_FINAL_TYPE (BijouStore, bijou_store, BIJOU, STORE, GObject)

typedef enum
{
  BIJOU_STORE_SERVERS = 1 << 0,   /* servers or their addresses */
  BIJOU_STORE_LIBRARIES = 1 << 1, /* libraries or their counts */
  BIJOU_STORE_ITEMS = 1 << 2,     /* rows came or went, or what is shown of them changed */
  BIJOU_STORE_PLAY_STATE =
      1 << 3, /* watched, position, favourite; also set for rows that were written whole */
  BIJOU_STORE_HOME = 1 << 4,     /* rows of Home */
  BIJOU_STORE_DETAILS = 1 << 5,  /* details of an item */
  BIJOU_STORE_OUTBOX = 1 << 6,   /* what waits to be sent */
  BIJOU_STORE_SYNC_LOG = 1 << 7, /* past runs of the sync */
} BijouStoreChangeFlags;

typedef struct
{
  BijouStoreChangeFlags flags;
  char *server_id;  /* (owned) (nullable) NULL: several */
  char *library_id; /* (owned) (nullable) NULL: several */
  GArray *ids;      /* (owned) (nullable) gint64 local ids that changed; NULL: many, or rows went */
} BijouStoreChange;

/* Opens or makes the database at @path, runs migrations. A corrupt one is set aside and a new one
 * begun, with the servers, the outbox and local play state rescued where they can be read;
 * @was_rebuilt tells it. */
BijouStore *bijou_store_open (const char *path, gboolean *was_rebuilt, GError **error);
void bijou_store_close (BijouStore *self);
const char *bijou_store_get_path (BijouStore *self);

/* --- servers and libraries --- */

gboolean bijou_store_save_server (BijouStore *self, BijouServer *server, GError **error);
gboolean bijou_store_save_addresses (BijouStore *self,
                                     const char *server_id,
                                     GPtrArray *addresses,
                                     GError **error);
gboolean bijou_store_learn_addresses (BijouStore *self,
                                      const char *server_id,
                                      GPtrArray *addresses,
                                      GPtrArray *winners,
                                      GError **error);
gboolean
bijou_store_save_pin (BijouStore *self, const char *server_id, const char *pin, GError **error);
/* Forgets the server and every row that belongs to it. */
gboolean bijou_store_remove_server (BijouStore *self, const char *server_id, GError **error);
GPtrArray *bijou_store_list_servers (BijouStore *self, GError **error);
/* Forgets who was signed in and every row of theirs; the server and its addresses stay. */
gboolean bijou_store_forget_user (BijouStore *self, const char *server_id, GError **error);
/* After something was forgotten: it is not readable in any file any more. Takes a while. */
gboolean bijou_store_scrub (BijouStore *self, GError **error);
gboolean bijou_store_save_account (BijouStore *self, BijouAccount *account, GError **error);
gboolean bijou_store_remove_account (BijouStore *self, const char *account_id, GError **error);
/* (element-type BijouAccount) */
GPtrArray *bijou_store_list_accounts (BijouStore *self, GError **error);
/* What a server seems not to have any more is kept so long before that is believed: a disk that is
 * not mounted comes back. */
#define BIJOU_STORE_DOUBT_SECONDS 3600
/* Replaces the list of libraries; rows of libraries that are gone go with them. When it is empty,
 * those that have rows stay until one that comes BIJOU_STORE_DOUBT_SECONDS later is empty too. */
gboolean bijou_store_save_libraries (
    BijouStore *self, const char *server_id, GPtrArray *libraries, guint *removed, GError **error);
/* @server_id NULL: of all servers. With item counts. */
GPtrArray *bijou_store_list_libraries (BijouStore *self, const char *server_id, GError **error);

/* --- items --- */

typedef enum
{
  BIJOU_SORT_TITLE,
  BIJOU_SORT_YEAR,
  BIJOU_SORT_ADDED,
  BIJOU_SORT_RELEASED,
  BIJOU_SORT_RATING,
  BIJOU_SORT_DURATION,
  BIJOU_SORT_PLAYED,
  BIJOU_SORT_RANDOM,
  BIJOU_SORT_INDEX, /* season and episode numbers */
} BijouSort;

const char *bijou_sort_to_string (BijouSort sort);
gboolean bijou_sort_from_string (const char *name, BijouSort *sort);

/**
 * BijouItemQuery:
 * What rows to list. Unset members (0, %NULL) do not restrict.
 */
typedef struct
{
  BijouItemKind kind;
  const char *server_id;
  const char *library_id;
  const char *parent_id; /* remote id: seasons of a show, episodes of a season or of a whole show;
                          * members of a collection or playlist, BIJOU_SORT_INDEX is its order */
  BijouSort sort;
  gboolean descending; /* relative to the natural direction: newest and best first, A first */
  gboolean unwatched_only;
  gboolean in_progress_only;
  gboolean favourites_only;
  gboolean four_k_only;
  const char *genre;
  int decade;         /* 1990 */
  const char *person; /* a name, of those who are in the details that are here */
  guint limit;
} BijouItemQuery;

BijouItemQuery *bijou_item_query_copy (const BijouItemQuery *query);
void bijou_item_query_free (BijouItemQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouItemQuery, bijou_item_query_free)

/* Local ids in order. (element-type gint64) */
GArray *bijou_store_list_ids (BijouStore *self, const BijouItemQuery *query, GError **error);
/* The items of @ids in that order; ids that are gone are absent. (element-type BijouItem) */
GPtrArray *bijou_store_get_items (BijouStore *self, const gint64 *ids, guint n_ids, GError **error);
void bijou_store_get_items_async (BijouStore *self,
                                  const gint64 *ids,
                                  guint n_ids,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *bijou_store_get_items_finish (BijouStore *self, GAsyncResult *result, GError **error);
/* list_ids and get_items in one read. (element-type BijouItem) */
GPtrArray *bijou_store_list_items (BijouStore *self, const BijouItemQuery *query, GError **error);
void bijou_store_list_items_async (BijouStore *self,
                                   const BijouItemQuery *query,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GPtrArray *bijou_store_list_items_finish (BijouStore *self, GAsyncResult *result, GError **error);
/* By the server's identifiers; BIJOU_ERROR_NOT_FOUND when there is none. */
BijouItem *bijou_store_get_item (BijouStore *self,
                                 const char *server_id,
                                 const char *remote_id,
                                 GError **error);
/* By `SERVER:REMOTE-ID`, or by the remote id alone where only one server has it. */
BijouItem *bijou_store_find_item (BijouStore *self, const char *key, GError **error);
/* The same on a reader thread; bijou_store_run_finish() has the item, (transfer full). */
void bijou_store_find_item_async (BijouStore *self,
                                  const char *key,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* The episode after @episode in its show (season 0 comes last), NULL without error at the end. */
BijouItem *bijou_store_get_next_episode (BijouStore *self, BijouItem *episode, GError **error);
/* The episode of a show to go on with: begun, else the first unwatched, else the first. */
BijouItem *bijou_store_get_episode_to_play (BijouStore *self, BijouItem *show, GError **error);
/* First letters of sort titles with the position of each in @query's order: for the A–Z rail.
 * (element-type BijouInitial) */
typedef struct
{
  gunichar letter; /* upper case; '#' for what is no letter */
  guint position;
} BijouInitial;
GArray *bijou_store_list_initials (BijouStore *self, const BijouItemQuery *query, GError **error);
/* The genres and the decades that occur in a library. */
char **bijou_store_list_genres (BijouStore *self,
                                const char *server_id,
                                const char *library_id,
                                GError **error);
GArray *bijou_store_list_decades (BijouStore *self,
                                  const char *server_id,
                                  const char *library_id,
                                  GError **error);
/* Best first, over all servers; prefix match on titles, original titles, people, genres and
 * summaries, without accents. (element-type BijouItem) */
GPtrArray *bijou_store_search (BijouStore *self, const char *text, guint limit, GError **error);

/**
 * BijouPersonHit:
 * Somebody who was found by name, in the details that were fetched so far.
 */
typedef struct
{
  char *name;      /* (owned) */
  char *kind;      /* (owned) (nullable) as in BijouPerson, of the first item */
  char *server_id; /* (owned) of the picture */
  char *image;     /* (owned) (nullable) image reference */
  char *title;     /* (owned) (nullable) the first film or show */
  GArray *ids;     /* (owned) of gint64: local ids of the films and shows, then the episodes */
  guint n_titles;  /* how many of them are no episodes */
} BijouPersonHit;

/* Whose names have words that begin with all the words of @text; who is in most comes first.
 * (element-type BijouPersonHit) */
GPtrArray *
bijou_store_search_people (BijouStore *self, const char *text, guint limit, GError **error);

/* Runs any of the blocking calls on a reader thread; @func returns what bijou_store_run_finish()
 * gives out (free with @free_result when nobody takes it). */
typedef gpointer (*BijouStoreFunc) (BijouStore *self,
                                    gpointer data,
                                    GCancellable *cancellable,
                                    GError **error);
void bijou_store_run_async (BijouStore *self,
                            BijouStoreFunc func,
                            gpointer data,
                            GDestroyNotify free_data,
                            GDestroyNotify free_result,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gpointer bijou_store_run_finish (BijouStore *self, GAsyncResult *result, GError **error);

/* --- details --- */

gboolean bijou_store_save_detail (BijouStore *self, BijouDetail *detail, GError **error);
/* Of several items, without what is similar to them. (element-type BijouDetail) */
gboolean bijou_store_save_details (BijouStore *self, GPtrArray *details, GError **error);
/* Of the version that @item has. */
gboolean bijou_store_has_detail (BijouStore *self, BijouItem *item);
/* BIJOU_ERROR_NOT_FOUND when it was never fetched. */
BijouDetail *bijou_store_get_detail (BijouStore *self,
                                     const char *server_id,
                                     const char *remote_id,
                                     GError **error);

/* What somebody is in, beside what the details that are here say. (element-type BijouItem) */
gboolean bijou_store_save_person (
    BijouStore *self, const char *server_id, const char *name, GPtrArray *items, GError **error);

/* Replaces the members of a collection or playlist. Those that are not mirrored are left out. */
gboolean
bijou_store_save_members (BijouStore *self, BijouItem *list, GPtrArray *remote_ids, GError **error);

/* --- home --- */

/* @row is BijouHomeRow: 0 continue, 1 next up. @items that are not yet mirrored are stored too. */
gboolean bijou_store_save_home (
    BijouStore *self, const char *server_id, int row, GPtrArray *items, GError **error);
/* Over all servers, the latest played first; continue: by local play state too, so that what was
 * just begun or finished here is right at once. Next up leaves out series that are in continue. */
GPtrArray *bijou_store_list_home (BijouStore *self, int row, guint limit, GError **error);
/* Films, or shows with new episodes, of one library or (NULL) of all, the newest first. */
GPtrArray *bijou_store_list_recent (
    BijouStore *self, const char *server_id, const char *library_id, guint limit, GError **error);

/* --- sync --- */

/**
 * BijouSyncCursor:
 * Where the mirroring of one kind in one library stands.
 */
typedef struct
{
  gint64 generation; /* stamp of rows seen in this run */
  guint next_start;  /* the first row of the page that comes next */
  gint64 total;      /* -1 unknown */
  gboolean resumed;  /* a run that was broken off goes on */
  gint64 asked_at;   /* when this page was asked for, real time in microseconds, 0 now: what was
                      * played or marked here since then is not overwritten by it */
  gint64 seen;       /* out of bijou_store_begin_run(): rows that a resumed run has seen */
} BijouSyncCursor;

typedef struct
{
  guint added;
  guint changed;
  guint removed;
  guint states; /* of the changed: their play state alone */
  guint seen;   /* rows that were not yet seen in this run */
} BijouSyncCounts;

/* Goes on with a run that was broken off, or begins one. @library_id NULL: the server's playlists
 * and collections. */
gboolean bijou_store_begin_run (BijouStore *self,
                                const char *server_id,
                                const char *library_id,
                                BijouItemKind kind,
                                gboolean restart,
                                BijouSyncCursor *cursor,
                                GError **error);
/* UPSERT of @items stamped with the generation, in transactions of some milliseconds, the cursor in
 * the last one. Local play state that waits to be sent is not overwritten. */
gboolean bijou_store_save_page (BijouStore *self,
                                const char *server_id,
                                const char *library_id,
                                BijouItemKind kind,
                                GPtrArray *items,
                                const BijouSyncCursor *cursor,
                                BijouSyncCounts *counts,
                                GError **error);
/* After the last page. @complete: every page came whole, so rows of older generations are removed.
 */
gboolean bijou_store_finish_run (BijouStore *self,
                                 const char *server_id,
                                 const char *library_id,
                                 BijouItemKind kind,
                                 const BijouSyncCursor *cursor,
                                 gboolean complete,
                                 BijouSyncCounts *counts,
                                 GError **error);
/* Rows that a run or a sweep has not seen; -1 when they cannot be counted. */
gint64 bijou_store_count_unseen (BijouStore *self,
                                 const char *server_id,
                                 const char *library_id,
                                 guint kinds,
                                 gint64 generation);
/* News of an incremental sync: bijou-store-news.c. Kinds are bits 1 << BijouItemKind. */
gboolean bijou_store_save_news (BijouStore *self,
                                const char *server_id,
                                GPtrArray *items,
                                gint64 asked_at,
                                gint64 generation,
                                BijouSyncCounts *counts,
                                GError **error);
gint64 bijou_store_begin_sweep (BijouStore *self);
gboolean bijou_store_save_slim_page (BijouStore *self,
                                     const char *server_id,
                                     const char *library_id,
                                     GPtrArray *items,
                                     gint64 asked_at,
                                     gint64 generation,
                                     BijouSyncCounts *counts,
                                     GPtrArray *wanted,
                                     GError **error);
/**
 * BijouDoubt:
 * Rows that a list did not have, though it may be the list that is wrong.
 */
typedef struct
{
  gint64 kept;  /* rows that are still here */
  gint64 until; /* seconds since 1970: from then on the first of them are believed to be gone */
} BijouDoubt;

/* Removes of the rows that bijou_store_count_unseen() counts those that were missed for
 * BIJOU_STORE_DOUBT_SECONDS by each list; the others stay and are remembered. */
gboolean bijou_store_doubt_unseen (BijouStore *self,
                                   const char *server_id,
                                   const char *library_id,
                                   guint kinds,
                                   gint64 generation,
                                   BijouSyncCounts *counts,
                                   BijouDoubt *doubt,
                                   GError **error);
gboolean bijou_store_remove_unseen (BijouStore *self,
                                    const char *server_id,
                                    const char *library_id,
                                    guint kinds,
                                    gint64 generation,
                                    BijouSyncCounts *counts,
                                    GError **error);
typedef enum
{
  BIJOU_COUNT_ALL,
  BIJOU_COUNT_WATCHED,
  BIJOU_COUNT_UNWATCHED,
} BijouRowCount;
gint64 bijou_store_count_rows (BijouStore *self,
                               const char *server_id,
                               const char *library_id,
                               guint kinds,
                               BijouRowCount what);
gint64 bijou_store_get_newest_time (BijouStore *self, const char *server_id, gint64 until);
GHashTable *bijou_store_list_favourite_ids (BijouStore *self, const char *server_id);
GHashTable *bijou_store_list_begun_ids (BijouStore *self, const char *server_id);
gboolean bijou_store_is_complete (BijouStore *self,
                                  const char *server_id,
                                  const char *library_id,
                                  BijouItemKind kind);
/* Values that sync keeps for itself (change tags, times of the last run), NULL when never set. */
char *bijou_store_get_sync_value (BijouStore *self, const char *server_id, const char *name);
gboolean bijou_store_set_sync_value (
    BijouStore *self, const char *server_id, const char *name, const char *value, GError **error);

/**
 * BijouLibraryState:
 * What is here of one library.
 */
typedef struct
{
  BijouLibrary *library; /* (owned) */
  gint64 movies;
  gint64 shows;
  gint64 episodes;
  gint64 videos;
  gboolean unfinished; /* a run is at work, or was broken off */
  gint64 complete_at;  /* when the last run began, seconds since 1970; 0 unfinished or never */
} BijouLibraryState;

void bijou_library_state_free (BijouLibraryState *self);
/* Also those that are only listed. (element-type BijouLibraryState) */
GPtrArray *
bijou_store_list_library_states (BijouStore *self, const char *server_id, GError **error);

/**
 * BijouSyncLogEntry:
 * A past run of the sync of one server.
 */
typedef struct
{
  char *server_id; /* (owned) */
  gint64 begun_at; /* seconds since 1970 */
  char *kind;      /* (owned) "first", "full" or "incremental" */
  guint requests;
  gint64 items;
  guint added;
  guint changed;
  guint removed;
  gint64 bytes;
  gint64 ms;
  char *error; /* (owned) (nullable) a sentence, without secrets */
  gboolean cancelled;
} BijouSyncLogEntry;

void bijou_sync_log_entry_free (BijouSyncLogEntry *self);
/* The newest 200 of each server are kept. */
gboolean bijou_store_add_sync_log (BijouStore *self, BijouSyncLogEntry *entry, GError **error);
/* @server_id NULL: of all; @limit 0: all. Newest first. (element-type BijouSyncLogEntry) */
GPtrArray *
bijou_store_list_sync_log (BijouStore *self, const char *server_id, guint limit, GError **error);
/* Whether any list of the server was ever mirrored to its end. */
gboolean bijou_store_has_synced (BijouStore *self, const char *server_id);

/* --- live --- */

/**
 * BijouLiveCounts:
 * What single changes did to the rows.
 */
typedef struct
{
  guint changed; /* rows that are seen differently now */
  guint unknown; /* items that are not here */
  guint removed;
  /* (nullable) of char *: gets the remote ids of what was marked here some seconds ago and sent,
   * and is now told to be the opposite: an echo of before, or a mark made elsewhere since. It is
   * kept; who asks again after BIJOU_STORE_SETTLE_MS gets the truth. */
  GPtrArray *unsettled;
} BijouLiveCounts;

#define BIJOU_STORE_SETTLE_MS 5000

/* The play state of known items, as a server tells it. */
gboolean bijou_store_save_states (BijouStore *self,
                                  const char *server_id,
                                  GPtrArray *items,
                                  gint64 asked_at,
                                  BijouLiveCounts *counts,
                                  GError **error);
/* Single rows, and their play state. */
gboolean bijou_store_save_items (BijouStore *self,
                                 const char *server_id,
                                 GPtrArray *items,
                                 gint64 asked_at,
                                 BijouLiveCounts *counts,
                                 GError **error);
/* Items that the server does not have any more, and what belongs to them. */
gboolean bijou_store_remove_items (BijouStore *self,
                                   const char *server_id,
                                   const char *const *remote_ids,
                                   BijouLiveCounts *counts,
                                   GError **error);

/* --- play state and the outbox --- */

typedef enum
{
  BIJOU_CHANGE_WATCHED,
  BIJOU_CHANGE_UNWATCHED,
  BIJOU_CHANGE_POSITION,
  BIJOU_CHANGE_FAVOURITE,
  BIJOU_CHANGE_UNFAVOURITE,
  BIJOU_CHANGE_RATING,
} BijouChangeKind;

/**
 * BijouChange:
 * A local change that a server does not have yet.
 */
typedef struct
{
  gint64 id;        /* order of sending */
  char *server_id;  /* (owned) */
  char *remote_id;  /* (owned) */
  char *title;      /* (owned) (nullable) of the item, NULL when it is not here now */
  char *show_title; /* (owned) (nullable) of an episode or a season */
  char *parent_id;  /* (owned) (nullable) as in BijouItem */
  char *show_id;    /* (owned) (nullable) as in BijouItem */
  BijouItemKind item_kind;
  BijouChangeKind kind;
  gint64 position_ms;
  gint64 duration_ms;
  double rating;     /* 0–10, -1 none */
  gint64 play_count; /* the server's, when the change was made */
  gint64 made_at;    /* seconds since 1970 */
  int attempts;      /* how often it was sent, and no answer came that ended it */
} BijouChange;

const char *bijou_change_kind_to_string (BijouChangeKind kind);
gboolean bijou_change_kind_from_string (const char *name, BijouChangeKind *kind);
void bijou_change_free (BijouChange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouChange, bijou_change_free)

/* Writes the local state and the outbox in one transaction. On a show or season its episodes
 * follow. Changes of one item and kind that wait are merged: positions only forward, the last mark
 * wins. */
gboolean bijou_store_make_change (
    BijouStore *self, BijouItem *item, BijouChangeKind kind, gint64 position_ms, GError **error);
/* 0–10, negative: none. Written and sent like a mark. */
gboolean bijou_store_make_rating (BijouStore *self, BijouItem *item, double rating, GError **error);
/* What a running playback reached. Goes to the local state; to the outbox only with @queue, that is
 * when the server could not be told by a report. */
gboolean bijou_store_set_position (
    BijouStore *self, BijouItem *item, gint64 position_ms, gboolean queue, GError **error);
/* What waits for a server (NULL: all), in order. (element-type BijouChange) */
GPtrArray *bijou_store_list_changes (BijouStore *self, const char *server_id, GError **error);
/* The first one that waits for @server_id behind the one with the id @after, NULL without error at
 * the end. */
BijouChange *
bijou_store_get_next_change (BijouStore *self, const char *server_id, gint64 after, GError **error);
/* It is about to be sent: counted before, so that after a crash it is known that the server may
 * have it. BIJOU_ERROR_NOT_FOUND when it does not wait any more. */
gboolean bijou_store_begin_change (BijouStore *self, gint64 id, GError **error);
/* The server has it: the waiting value becomes the server's. */
gboolean bijou_store_finish_change (BijouStore *self, gint64 id, GError **error);
/* It will not be sent, and the local value goes too. */
gboolean bijou_store_discard_change (BijouStore *self, gint64 id, GError **error);

G_END_DECLS
