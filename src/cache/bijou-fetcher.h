#pragma once

#include "bijou-byte-queue.h"
#include "bijou-cache-entry-private.h"
#include "bijou-spare-connection.h"

G_BEGIN_DECLS

/**
 * BijouFetcher:
 * One streaming transfer of an entry at a time, on a thread of its own: connects, stores what
 * comes, pauses when it is far enough ahead, reconnects where it broke off. Its fields are under
 * the lock of its entry.
 */
struct _BijouFetcher
{
  BijouCacheEntry *entry; /* (unowned) which stops it before it goes */
  GThread *thread;        /* (owned) */
  GCond cond;             /* its thread waits on it */
  gboolean greedy;        /* never far enough ahead */
  gboolean stopping;

  gint64 want;         /* the byte to go on with, -1 none */
  gint64 until;        /* the byte to end before, -1 none */
  gboolean aimed;      /* `want` was set anew: leave the transfer */
  gint64 anchor;       /* where its reader is */
  gint64 settled_at;   /* monotonic µs: since when the reader is around there */
  gint64 position;     /* the next byte to be stored, -1 when none is to come */
  GError *error;       /* (owned) (nullable) why it gave up; for the reader */
  GError *last;        /* (owned) (nullable) why it retries */
  guint failures;      /* in a row with no new byte between them */
  guint refusals;      /* the last of these, alike, that waiting does not heal */
  int refusal;         /* code of their error */
  guint wrong_ranges;  /* answers in a row */
  gint64 best;         /* up to where it came since it was aimed, -1 nowhere */
  gint64 retry_since;  /* monotonic µs, 0 when it does not */
  gint64 retry_after;  /* µs that the server asks to wait */
  gint64 retry_at;     /* monotonic µs of the next try */
  gint64 last_arrival; /* monotonic µs of the last byte, or of the start */
  gint64 doubted_at;   /* monotonic µs, 0 never: the way it uses may be gone */
  gboolean hurried;    /* the next try need not wait */
  BijouCacheActivity activity;
  BijouSpareConnection *spare; /* (owned) for the next seek */
  gint64 spare_at;             /* monotonic µs: when it is to be seen to again */

  /* The running transfer. */
  GCancellable *cancellable; /* (owned) (nullable) */
  BijouHttpRequest *request; /* (owned) (nullable) */
  guint generation;          /* of the entry, which its bytes belong to */
  gint64 started;            /* monotonic µs */
  gint64 fetched;            /* bytes stored */
  BijouByteQueue *queue;     /* (owned) what came and is not stored */
  gint64 queue_start;        /* where that begins */
  gint64 begun_at;           /* monotonic µs of the first byte, 0 before it */
  gint64 store_at;           /* monotonic µs: when a few bytes are worth to be stored */
  BijouHttpResponse *head;   /* (owned) (nullable) */
  gboolean head_checked;
  gboolean accepted; /* what follows the head is the film, of `generation` */
  gboolean paused;
  gboolean sated; /* paused for being far ahead, not for a full queue */
  gboolean done;
  GError *done_error; /* (owned) (nullable) */
};

BijouFetcher *bijou_fetcher_new (BijouCacheEntry *entry, gboolean greedy);
void bijou_fetcher_free (BijouFetcher *self);

/* With the entry's lock held: */
void bijou_fetcher_aim (BijouFetcher *self, gint64 offset);
void bijou_fetcher_aim_until (BijouFetcher *self, gint64 offset, gint64 until);
void bijou_fetcher_wake (BijouFetcher *self);
void bijou_fetcher_set_anchor (BijouFetcher *self, gint64 offset);
gboolean bijou_fetcher_will_bring (BijouFetcher *self, gint64 offset);
gsize bijou_fetcher_peek (BijouFetcher *self, gint64 offset, gpointer buffer, gsize length);
void bijou_fetcher_doubt (BijouFetcher *self);

G_END_DECLS
