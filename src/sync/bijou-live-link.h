#pragma once

#include "bijou-backend.h"
#include "bijou-live-inbox.h"
#include "bijou-websocket.h"

G_BEGIN_DECLS

/**
 * BijouLivePace:
 * The pauses of live updates, in milliseconds.
 */
typedef struct
{
  guint retry[2]; /* before a socket is opened again: the first, doubled up to the second */
  guint refused;  /* the same where the server wants no socket */
  guint stable;   /* so long it must have been up for the pauses to begin anew */
  guint quick;    /* a play state waits so long for others */
  guint quiet;    /* other events until nothing new came for so long */
  guint burst;    /* but no longer than this */
  guint resync;   /* between two syncs because something may have been missed */
  guint refresh;  /* between two because the window is looked at again */
  guint settle;   /* until what was marked here and there at once is asked for again */
} BijouLivePace;

/**
 * BijouLiveLink:
 * Keeps a socket to one server open, as long as its connection is connected, and puts what comes
 * through it into an inbox. Main thread.
 */
typedef struct _BijouLiveLink BijouLiveLink;

/**
 * BijouLiveLinkFuncs:
 * All on the main thread.
 * @changed: bijou_live_link_is_up() is another one now.
 * @news: the inbox is no longer empty.
 */
typedef struct
{
  void (*changed) (BijouLiveLink *link, gpointer user_data);
  void (*news) (BijouLiveLink *link, gpointer user_data);
} BijouLiveLinkFuncs;

BijouLiveLink *bijou_live_link_new (BijouWebsocketLoop *loop,
                                    BijouBackend *backend,
                                    BijouLiveInbox *inbox,
                                    const BijouLivePace *pace,
                                    const BijouLiveLinkFuncs *funcs,
                                    gpointer user_data);
void bijou_live_link_free (BijouLiveLink *self);
void bijou_live_link_heed (BijouLiveLink *self);
gboolean bijou_live_link_is_up (BijouLiveLink *self);
BijouBackend *bijou_live_link_get_backend (BijouLiveLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouLiveLink, bijou_live_link_free)

G_END_DECLS
