#pragma once

#include "bijou-backend-type.h"
#include "bijou-server-clock.h"
#include "bijou-url.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * BijouJellyfinBackend:
 * A Jellyfin server of 10.10.7 or later as one of its users sees it. What it knows is fixed when it
 * is made, but for the token, so that any thread may use it.
 */
#define BIJOU_TYPE_JELLYFIN_BACKEND (bijou_jellyfin_backend_get_type ())
G_DECLARE_FINAL_TYPE (
    BijouJellyfinBackend, bijou_jellyfin_backend, BIJOU, JELLYFIN_BACKEND, GObject)

struct _BijouJellyfinBackend
{
  GObject parent_instance;

  BijouConnection *connection; /* (owned) */
  char *server_id;             /* (owned) */
  char *user_id;               /* (owned) (nullable) */
  char *device_id;             /* (owned) */
  char *device_name;           /* (owned) (nullable) */
  char *version;               /* (owned) (nullable) */
  BijouServerClock clock;

  struct
  {
    GMutex lock;
    char *authorization; /* (owned) the header, with the token: never logged */
  } shared;
};

BijouBackend *bijou_jellyfin_backend_new (BijouHttp *http,
                                          const BijouClientInfo *client,
                                          BijouServer *server,
                                          const char *token);

/* For the other files of this folder. */
BijouQuery *bijou_jellyfin_backend_begin_query (BijouJellyfinBackend *self, const char *path);
char *bijou_jellyfin_backend_make_path (BijouJellyfinBackend *self,
                                        const char *before,
                                        const char *id,
                                        const char *after,
                                        GError **error);
BijouHttpRequest *bijou_jellyfin_backend_make_request (BijouJellyfinBackend *self,
                                                       const char *method,
                                                       const char *path,
                                                       BijouHttpKind kind);
BijouHttpResponse *bijou_jellyfin_backend_send (BijouJellyfinBackend *self,
                                                BijouHttpRequest *request,
                                                GCancellable *cancellable,
                                                GError **error);
JsonNode *bijou_jellyfin_backend_get (BijouJellyfinBackend *self,
                                      const char *path,
                                      BijouHttpKind kind,
                                      gint64 *bytes,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean bijou_jellyfin_backend_tell (BijouJellyfinBackend *self,
                                      const char *method,
                                      const char *path,
                                      JsonBuilder *body,
                                      GCancellable *cancellable,
                                      GError **error);

/* The interface's methods, by file. */
GPtrArray *bijou_jellyfin_backend_list_libraries (BijouBackend *backend,
                                                  GCancellable *cancellable,
                                                  GError **error);
void bijou_jellyfin_backend_mark_hidden (BijouBackend *backend,
                                         GPtrArray *libraries,
                                         GPtrArray *known,
                                         GCancellable *cancellable);
BijouPage *bijou_jellyfin_backend_fetch_page (BijouBackend *backend,
                                              BijouLibrary *library,
                                              BijouItemKind kind,
                                              guint start,
                                              guint limit,
                                              GCancellable *cancellable,
                                              GError **error);
BijouPage *bijou_jellyfin_backend_fetch_members (BijouBackend *backend,
                                                 BijouItem *list,
                                                 guint start,
                                                 guint limit,
                                                 GCancellable *cancellable,
                                                 GError **error);
/* The row options of lists, and the types of a set of kinds; for lists in other files. */
void bijou_jellyfin_add_row_options (BijouQuery *query, gboolean has_lists);
char *bijou_jellyfin_make_types (BijouItemKinds kinds);

BijouPage *bijou_jellyfin_backend_fetch_slim_page (BijouBackend *backend,
                                                   BijouLibrary *library,
                                                   BijouItemKinds kinds,
                                                   guint start,
                                                   guint limit,
                                                   GCancellable *cancellable,
                                                   GError **error);
BijouDelta *bijou_jellyfin_backend_fetch_delta (BijouBackend *backend,
                                                const BijouDeltaQuery *query,
                                                GCancellable *cancellable,
                                                GError **error);
GPtrArray *bijou_jellyfin_backend_fetch_home (BijouBackend *backend,
                                              BijouHomeRow row,
                                              guint limit,
                                              GPtrArray **next_up,
                                              GCancellable *cancellable,
                                              GError **error);
BijouDetail *bijou_jellyfin_backend_fetch_detail (BijouBackend *backend,
                                                  const char *remote_id,
                                                  GCancellable *cancellable,
                                                  GError **error);
char *bijou_jellyfin_backend_make_items_path (BijouJellyfinBackend *self,
                                              const char *const *remote_ids,
                                              const char *more_fields);
GPtrArray *bijou_jellyfin_backend_fetch_details (BijouBackend *backend,
                                                 const char *const *remote_ids,
                                                 GCancellable *cancellable,
                                                 GError **error);
GPtrArray *bijou_jellyfin_backend_fetch_person (BijouBackend *backend,
                                                const char *person_id,
                                                GCancellable *cancellable,
                                                GError **error);
GPtrArray *bijou_jellyfin_backend_fetch_items (BijouBackend *backend,
                                               const char *const *remote_ids,
                                               GCancellable *cancellable,
                                               GError **error);

GBytes *bijou_jellyfin_backend_fetch_image (BijouBackend *backend,
                                            const char *image,
                                            guint width,
                                            GCancellable *cancellable,
                                            GError **error);
BijouHttpRequest *bijou_jellyfin_backend_make_part_request (BijouBackend *backend,
                                                            const char *remote_id,
                                                            BijouPart *part,
                                                            const char *session_id,
                                                            GCancellable *cancellable,
                                                            GError **error);
BijouHttpRequest *bijou_jellyfin_backend_make_subtitle_request (BijouBackend *backend,
                                                                BijouStream *stream,
                                                                GCancellable *cancellable,
                                                                GError **error);

gboolean bijou_jellyfin_backend_report (BijouBackend *backend,
                                        const BijouReport *report,
                                        GCancellable *cancellable,
                                        GError **error);
gboolean bijou_jellyfin_backend_set_watched (BijouBackend *backend,
                                             const char *remote_id,
                                             gboolean watched,
                                             GCancellable *cancellable,
                                             GError **error);
gboolean bijou_jellyfin_backend_set_favourite (BijouBackend *backend,
                                               const char *remote_id,
                                               gboolean favourite,
                                               GCancellable *cancellable,
                                               GError **error);
gboolean bijou_jellyfin_backend_set_rating (BijouBackend *backend,
                                            const char *remote_id,
                                            double rating,
                                            GCancellable *cancellable,
                                            GError **error);
gboolean bijou_jellyfin_backend_set_position (BijouBackend *backend,
                                              const char *remote_id,
                                              gint64 position_ms,
                                              gint64 duration_ms,
                                              GCancellable *cancellable,
                                              GError **error);

G_END_DECLS
