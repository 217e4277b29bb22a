/* A walk through a real server that leaves it as it was. Everything runs on the main thread, but
 * for the wait for Ctrl+C and the threads of the layers that are tried. */
#pragma once

#include "bijou-backend-type.h"
#include "bijou-image-cache.h"
#include "bijou-media-cache.h"
#include "bijou-store.h"

G_BEGIN_DECLS

typedef struct
{
  BijouHttp *http;              /* (owned) */
  GCancellable *cancellable;    /* (owned) Ctrl+C */
  char *folder;                 /* (owned) removed at the end */
  BijouStore *store;            /* (owned) */
  BijouImageCache *images;      /* (owned) */
  BijouMediaCache *films;       /* (owned) */
  const BijouBackendType *type; /* (nullable) until the server was identified */
  char *url;                    /* (owned) (nullable) the base that answered */
  char *server_id;              /* (owned) (nullable) as it says without a token */
  BijouBackend *backend;        /* (owned) (nullable) until signed in */
  gboolean own_token;           /* made by this run, so signing out harms nobody */
  GPtrArray *secrets;           /* (owned) of char *, none of which is ever printed */
  GPtrArray *samples;           /* (owned) of BijouItem: some of each kind in each library */
  gboolean read_only;           /* the user may not change the play state */
  guint checks;
  guint failures;
  guint skipped;
} Live;

/* --- live-check.c: one line for each thing that was looked at --- */

/* @asked: what was asked of the server; @expected: in words; the rest: what came. */
gboolean live_check (
    Live *self, gboolean good, const char *asked, const char *expected, const char *came, ...)
    G_GNUC_PRINTF (5, 6);
/* @done: whether it worked; if not, @error says why. */
gboolean live_check_done (Live *self, gboolean done, const char *asked, const GError *error);
/* Likewise, where another error than @code, or none, is not as expected. */
void live_check_error (
    Live *self, const char *asked, const char *expected, BijouError code, const GError *error);
void live_skip (Live *self, const char *asked, const char *why, ...) G_GNUC_PRINTF (3, 4);
void live_sum_up (Live *self);
gboolean live_is_stopped (Live *self);

/* --- the parts of the walk --- */

gboolean live_identify (Live *self, const char *address);
gboolean live_sign_in (Live *self, const char *user, const char *secret);
void live_sign_out (Live *self);
gboolean live_sync (Live *self);
void live_read_home (Live *self);
void live_read_details (Live *self);
void live_read_pictures (Live *self);
void live_read_media (Live *self);
void live_change_state (Live *self);

G_END_DECLS
