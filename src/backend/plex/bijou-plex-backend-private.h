#pragma once

#include "bijou-lru.h"
#include "bijou-plex-backend.h"
#include "bijou-plex-client.h"
#include "bijou-server-clock.h"
#include "bijou-url.h"

G_BEGIN_DECLS

/**
 * BijouPlexToken:
 * The token of a backend, and who knows a newer one.
 */
typedef struct
{
  BijouTokenFunc func;    /* (nullable) */
  gpointer user_data;     /* (owned) by @destroy */
  GDestroyNotify destroy; /* (nullable) */

  struct
  {
    GMutex lock;
    GCond asked;
    char *text;          /* (owned) (nullable) never written to a log or a URL */
    char *hopeless;      /* (owned) (nullable) the one that the account knows no better one for */
    gint64 ask_again_at; /* monotonic; 0: not again for that one */
    gboolean asking;
  } shared;
} BijouPlexToken;

struct _BijouPlexBackend
{
  GObject parent_instance;

  BijouConnection *connection; /* (owned) */
  BijouServer *server;         /* (owned) */
  BijouPlexToken token;
  BijouServerClock clock;
  BijouClientInfo client;
  char *client_id;   /* (owned) */
  char *device_name; /* (owned) */
  char *version;     /* (owned) */

  struct
  {
    GMutex lock;
    BijouLru *sessions; /* (owned) playbacks that the server was asked about */
  } decided;
};

BijouHttpRequest *bijou_plex_backend_make_request (BijouPlexBackend *self,
                                                   const char *method,
                                                   const char *path,
                                                   BijouHttpKind kind);
BijouHttpRequest *bijou_plex_backend_make_playback_request (BijouPlexBackend *self,
                                                            const char *method,
                                                            const char *path,
                                                            BijouHttpKind kind,
                                                            const char *session_id);
BijouHttpResponse *bijou_plex_backend_get (BijouPlexBackend *self,
                                           const char *path,
                                           BijouHttpKind kind,
                                           GCancellable *cancellable,
                                           GError **error);
BijouHttpResponse *bijou_plex_backend_try (BijouPlexBackend *self,
                                           BijouHttpRequest *request,
                                           guint patience_ms,
                                           GCancellable *cancellable,
                                           GError **error);

/* bijou-plex-token.c */
void bijou_plex_token_init (BijouPlexToken *self, const char *text);
void bijou_plex_token_clear (BijouPlexToken *self);
char *bijou_plex_backend_dup_token (BijouPlexBackend *self);
void bijou_plex_backend_set_token (BijouBackend *backend, const char *token);
void bijou_plex_backend_set_token_func (BijouBackend *backend,
                                        BijouTokenFunc func,
                                        gpointer user_data,
                                        GDestroyNotify destroy);
BijouHttpResponse *bijou_plex_backend_send (BijouPlexBackend *self,
                                            BijouHttpRequest *request,
                                            GCancellable *cancellable,
                                            GError **error);

/* bijou-plex-library.c */
GPtrArray *
bijou_plex_list_libraries (BijouBackend *backend, GCancellable *cancellable, GError **error);
BijouPage *bijou_plex_fetch_page (BijouBackend *backend,
                                  BijouLibrary *library,
                                  BijouItemKind kind,
                                  guint start,
                                  guint limit,
                                  GCancellable *cancellable,
                                  GError **error);
BijouPage *bijou_plex_fetch_members (BijouBackend *backend,
                                     BijouItem *list,
                                     guint start,
                                     guint limit,
                                     GCancellable *cancellable,
                                     GError **error);
/* For lists in other files: the type of a kind, what its rows need not have, one page of a list. */
int bijou_plex_get_list_type (BijouItemKind kind);
const char *bijou_plex_get_list_sort (BijouItemKind kind);
void bijou_plex_add_row_options (BijouQuery *query);
BijouPage *bijou_plex_fetch_list (BijouPlexBackend *self,
                                  const char *path,
                                  BijouLibrary *library,
                                  BijouItemKind kind,
                                  guint start,
                                  guint limit,
                                  GCancellable *cancellable,
                                  GError **error);

BijouPage *bijou_plex_fetch_slim_page (BijouBackend *backend,
                                       BijouLibrary *library,
                                       BijouItemKinds kinds,
                                       guint start,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GError **error);
BijouDelta *bijou_plex_fetch_delta (BijouBackend *backend,
                                    const BijouDeltaQuery *query,
                                    GCancellable *cancellable,
                                    GError **error);
GPtrArray *bijou_plex_fetch_home (BijouBackend *backend,
                                  BijouHomeRow row,
                                  guint limit,
                                  GPtrArray **next_up,
                                  GCancellable *cancellable,
                                  GError **error);
BijouDetail *bijou_plex_fetch_detail (BijouBackend *backend,
                                      const char *remote_id,
                                      GCancellable *cancellable,
                                      GError **error);
GPtrArray *bijou_plex_fetch_details (BijouBackend *backend,
                                     const char *const *remote_ids,
                                     GCancellable *cancellable,
                                     GError **error);
GPtrArray *bijou_plex_fetch_person (BijouBackend *backend,
                                    const char *person_id,
                                    GCancellable *cancellable,
                                    GError **error);
GPtrArray *bijou_plex_fetch_items (BijouBackend *backend,
                                   const char *const *remote_ids,
                                   GCancellable *cancellable,
                                   GError **error);
GBytes *bijou_plex_fetch_image (BijouBackend *backend,
                                const char *image,
                                guint width,
                                GCancellable *cancellable,
                                GError **error);

/* bijou-plex-playback.c */
BijouHttpRequest *bijou_plex_make_part_request (BijouBackend *backend,
                                                const char *remote_id,
                                                BijouPart *part,
                                                const char *session_id,
                                                GCancellable *cancellable,
                                                GError **error);
BijouHttpRequest *bijou_plex_make_subtitle_request (BijouBackend *backend,
                                                    BijouStream *stream,
                                                    GCancellable *cancellable,
                                                    GError **error);
gboolean bijou_plex_report (BijouBackend *backend,
                            const BijouReport *report,
                            GCancellable *cancellable,
                            GError **error);
gboolean bijou_plex_set_watched (BijouBackend *backend,
                                 const char *remote_id,
                                 gboolean watched,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean bijou_plex_set_rating (BijouBackend *backend,
                                const char *remote_id,
                                double rating,
                                GCancellable *cancellable,
                                GError **error);
gboolean bijou_plex_set_position (BijouBackend *backend,
                                  const char *remote_id,
                                  gint64 position_ms,
                                  gint64 duration_ms,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
