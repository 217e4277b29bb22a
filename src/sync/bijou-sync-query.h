#pragma once

#include "bijou-sync-fetcher.h"
#include "bijou-sync-job.h"

G_BEGIN_DECLS

/**
 * BijouSyncQuery:
 * The mirroring of one kind of items in one library: from page to page, until everything was seen.
 * It judges whether what came is whole; only then rows that were not seen are removed. One thread.
 *
 * An example: a list with a total of 1200, of which this user may not see 3, asked for by 500.
 * - Page 1, from row 0, brings 497: seen 497, owed 3. Either the server cut the page short, or it
 *   left rows out; the next page, from row 497, tells.
 * - Page 2 brings 500, of which the first 3 were the last of page 1: so 3 were left out, hidden 3.
 *   One of the others makes no sense to the parser: it counts as there, unread 1. seen 994, owed 0.
 * - Page 3, from row 997, brings 203 and with them row 1200: is_over, seen 1197. seen + hidden is
 *   the total and the total stayed the same (else has_moved, and a second pass): the pass is whole.
 * If all rows in the mirror were seen, that is all. If some were not, one more page is asked for,
 * from row 1200 (is_checked): should it bring rows, the total was wrong and has_moved. If not, the
 * unseen rows are removed, but where rows are hidden or unread, or none were seen, only when
 * each list of the next hour says the same: doubt.
 */
typedef struct
{
  BijouStore *store;       /* (owned) */
  const char *server_id;   /* its owner's */
  BijouLibrary *library;   /* (owned) (nullable) NULL: what belongs to no library */
  BijouItemKind kind;      /* UNKNOWN: a sweep, see @kinds */
  BijouItemKinds kinds;    /* of a sweep: its rows are slim and are only compared; 0: it is none */
  GPtrArray *wanted;       /* (owned) of char *, rows that a sweep found different or not here */
  BijouSyncResult *result; /* its owner's: gets the counts, the bytes and the first error */

  BijouSyncCursor cursor;
  guint limit;         /* rows to ask for at once */
  guint asked;         /* its job's: the first row that was not asked for, where pages are */
  guint n_asked;       /* its job's: pages that were asked for and not taken */
  guint pass;          /* 0, 1: a second one where the first was not whole */
  guint failures;      /* in a row */
  guint pauses;        /* that the server asked for in a row */
  guint states;        /* rows whose play state alone changed */
  gint64 seen;         /* different rows in this pass */
  gint64 unread;       /* rows among them that could not be understood */
  gint64 hidden;       /* rows that the server counts but does not show to this user */
  gint64 most_done;    /* what progress was told */
  gint64 most_total;   /* likewise */
  guint owed;          /* rows by which the page before was short */
  GHashTable *last;    /* (owned) remote ids of the page before */
  gboolean resuming;   /* the total of a resumed run is not confirmed yet */
  gboolean overlaps;   /* the next page begins with a row that was seen before the break */
  gboolean is_checked; /* the end of the list was looked behind in this pass */
  BijouDoubt doubt;    /* rows that are not listed any more, and kept all the same */
  gboolean hides_anew; /* more or fewer rows are hidden than in the run before */
  gboolean has_moved;  /* the list changed while it was read */
  gboolean is_over;    /* nothing more to ask for in this pass */
  gboolean is_done;    /* finished or failed for good */
} BijouSyncQuery;

BijouSyncQuery *bijou_sync_query_new (BijouStore *store,
                                      const char *server_id,
                                      BijouLibrary *library,
                                      BijouItemKind kind,
                                      BijouSyncResult *result);
BijouSyncQuery *bijou_sync_query_new_sweep (BijouStore *store,
                                            const char *server_id,
                                            BijouLibrary *library,
                                            BijouItemKinds kinds,
                                            BijouSyncResult *result);
void bijou_sync_query_free (BijouSyncQuery *self);
gboolean bijou_sync_query_begin (BijouSyncQuery *self, gboolean restart, GError **error);
void bijou_sync_query_accept (BijouSyncQuery *self, BijouSyncFetch *fetch);
void bijou_sync_query_fail (BijouSyncQuery *self, const GError *error);
BijouSyncFetch *bijou_sync_query_make_fetch (BijouSyncQuery *self, guint start);
gint64 bijou_sync_query_get_total (BijouSyncQuery *self);
gint64 bijou_sync_query_get_done (BijouSyncQuery *self);

G_END_DECLS
