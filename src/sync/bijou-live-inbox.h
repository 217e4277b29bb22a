#pragma once

#include "bijou-event.h"

G_BEGIN_DECLS

/**
 * BijouLiveBatch:
 * Events as they are worked off: each item once.
 */
typedef struct
{
  GPtrArray *states;   /* (owned) of BijouItem: what the server says of them */
  GPtrArray *touched;  /* (owned) of char *: ask for their play state */
  GHashTable *changed; /* (owned) set of char *: ask for their rows */
  GHashTable *removed; /* (owned) set of char *: ask whether they are gone */
  gboolean library;    /* a sync tells what changed */
} BijouLiveBatch;

void bijou_live_batch_free (BijouLiveBatch *self);
gboolean bijou_live_batch_has_work (BijouLiveBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouLiveBatch, bijou_live_batch_free)

/**
 * BijouLiveInbox:
 * Where the events of one server wait, with no two about the same: a storm of them costs no more
 * than its last ones. Reference-counted; any thread.
 */
typedef struct _BijouLiveInbox BijouLiveInbox;

BijouLiveInbox *bijou_live_inbox_new (void);
BijouLiveInbox *bijou_live_inbox_ref (BijouLiveInbox *self);
void bijou_live_inbox_unref (BijouLiveInbox *self);
gboolean bijou_live_inbox_add (BijouLiveInbox *self, GPtrArray *events);
gint64
bijou_live_inbox_get_due (BijouLiveInbox *self, guint quick_ms, guint quiet_ms, guint max_ms);
BijouLiveBatch *bijou_live_inbox_take (BijouLiveInbox *self, guint quiet_ms, guint max_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouLiveInbox, bijou_live_inbox_unref)

G_END_DECLS
