#pragma once

#include "bijou-backend-type.h"
#include "bijou-image-cache.h"
#include "bijou-live.h"
#include "bijou-secrets.h"
#include "bijou-store.h"
#include "bijou-sync-service.h"

G_BEGIN_DECLS

typedef struct _BijouMediaCache BijouMediaCache;
typedef struct _BijouPrefetch BijouPrefetch;

/**
 * BijouContextOptions:
 * Where a profile lives. Unset members take the defaults of the command line.
 */
typedef struct
{
  const char *profile; /* (nullable) --profile: everything under this folder */
  const char *ca_file; /* (nullable) --ca-file */
} BijouContextOptions;

/**
 * BijouContext:
 * Owns every service, and starts and stops them in order. Made once, on the main thread; the
 * getters may be called from any thread and return what lives as long as the context.
 *
 * Signals on the main context:
 * `server-state-changed` (server id): connected, offline, sign-in needed;
 * `server-live-changed` (server id): bijou_live_is_up() is another one now.
 */
#define BIJOU_TYPE_CONTEXT (bijou_context_get_type ())
G_DECLARE_FINAL_TYPE (BijouContext, bijou_context, BIJOU, CONTEXT, GObject)

BijouContext *bijou_context_new (const BijouContextOptions *options, GError **error);
/* Stops everything that runs and writes what must be kept. */
void bijou_context_shutdown (BijouContext *self);
/* Begins what runs beside a window: warms the connections, schedules sync. */
void bijou_context_start_services (BijouContext *self);

BijouStore *bijou_context_get_store (BijouContext *self);
BijouHttp *bijou_context_get_http (BijouContext *self);
GSettings *bijou_context_get_settings (BijouContext *self);
BijouSyncService *bijou_context_get_sync (BijouContext *self);
BijouLive *bijou_context_get_live (BijouContext *self);
BijouMediaCache *bijou_context_get_media_cache (BijouContext *self);
BijouImageCache *bijou_context_get_image_cache (BijouContext *self);
BijouPrefetch *bijou_context_get_prefetch (BijouContext *self);
gboolean bijou_context_was_rebuilt (BijouContext *self);
BijouSecretsPlace bijou_context_get_secrets_place (BijouContext *self);

/* --- servers --- */

/* (transfer full) (nullable): NULL when the server is unknown or has no token. Any thread. */
BijouBackend *bijou_context_get_backend (BijouContext *self, const char *server_id);
BijouConnectionState bijou_context_get_server_state (BijouContext *self, const char *server_id);
BijouAddressClass bijou_context_get_server_class (BijouContext *self, const char *server_id);
/* Fills @client with what this installation is to @account ("jellyfin:ID", "plex"); the strings
 * live as long as the context. */
void
bijou_context_get_client_info (BijouContext *self, const char *account, BijouClientInfo *client);
/* plex.tv, or what BIJOU_PLEX_TV says. */
const char *bijou_context_get_account_url (BijouContext *self, const BijouBackendType *type);
/* Keeps a sign-in: server row and token. A server that is known gets the new token and addresses.
 * Blocking. */
gboolean bijou_context_add_server (BijouContext *self, BijouSignedIn *signed_in, GError **error);
/* What the user trusts at a server: public keys, headers for its proxy. Blocking. */
BijouTrust *bijou_context_dup_server_trust (BijouContext *self, const char *server_id);
gboolean bijou_context_set_server_trust (BijouContext *self,
                                         const char *server_id,
                                         BijouTrust *trust,
                                         GError **error);
/* Its other public keys stay trusted, other headers take the place of its own. Blocking. */
gboolean bijou_context_add_server_trust (BijouContext *self,
                                         const char *server_id,
                                         BijouTrust *trust,
                                         GError **error);
/* The same for an address to which nobody is signed in yet: holds for every sign-in there. Never
 * blocks. */
void bijou_context_set_address_trust (BijouContext *self, const char *base_url, BijouTrust *trust);
/* Forgets rows, pictures, cache and token; stays signed in to its account. Blocking. */
gboolean bijou_context_forget_server (BijouContext *self, const char *server_id, GError **error);
/* Signs out, forgets rows, pictures, cache and secrets. Blocking. */
gboolean bijou_context_remove_server (BijouContext *self,
                                      const char *server_id,
                                      GCancellable *cancellable,
                                      GError **error);

/* --- what the pages need of a server --- */

/* The encoded bytes of a picture, from the image cache or the server. */
void bijou_context_fetch_image_async (BijouContext *self,
                                      const char *server_id,
                                      const char *image,
                                      guint width,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
GBytes *bijou_context_fetch_image_finish (BijouContext *self, GAsyncResult *result, GError **error);
/* The details of an item: what is stored, at once; then they are fetched anew in the background and
 * the store says BIJOU_STORE_DETAILS if they differ. Fetched and awaited when nothing is stored. */
void bijou_context_load_detail_async (BijouContext *self,
                                      BijouItem *item,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
BijouDetail *
bijou_context_load_detail_finish (BijouContext *self, GAsyncResult *result, GError **error);
/* Blocking form, for workers and the command line. @fresh: ask the server even if stored. */
BijouDetail *bijou_context_load_detail (
    BijouContext *self, BijouItem *item, gboolean fresh, GCancellable *cancellable, GError **error);
/* Asks for the members of a collection or playlist in the background. Main thread; errors go to the
 * log. */
void bijou_context_refresh_members (BijouContext *self, BijouItem *list);
/* Likewise for what a person is in; @person_id as in BijouPerson. */
void bijou_context_refresh_person (BijouContext *self,
                                   const char *server_id,
                                   const char *person_id,
                                   const char *name);
/* Written here at once, sent to the server soon. Main thread; errors go to the log. */
void bijou_context_make_change (BijouContext *self, BijouItem *item, BijouChangeKind kind);

/* The same for a rating: 0–10, negative for none. */
void bijou_context_make_rating (BijouContext *self, BijouItem *item, double rating);
/* Whether the server can be told of these; known once somebody is signed in to it. */
gboolean bijou_context_keeps_favourites (BijouContext *self, const char *server_id);
gboolean bijou_context_keeps_ratings (BijouContext *self, const char *server_id);

/* Runs a blocking function on a pool of a few threads and returns its value through the task. */
void bijou_context_run_async (BijouContext *self, GTask *task, GTaskThreadFunc func);

G_END_DECLS
