#pragma once

#include "bijou-connection.h"
#include "bijou-delta.h"
#include "bijou-detail.h"
#include "bijou-event.h"
#include "bijou-library.h"
#include "bijou-server.h"

G_BEGIN_DECLS

/**
 * BijouPage:
 * One page of a bulk query.
 */
typedef struct
{
  GPtrArray *items; /* (owned) of BijouItem, what of the page could be understood */
  guint received;   /* rows that the server sent, understood or not */
  guint ignored;    /* rows among them that are none of the mirror's: missing episodes */
  gint64 total;     /* rows of the whole query, -1 when the server did not say */
  gint64 bytes;     /* received over the network */
} BijouPage;

void bijou_page_free (BijouPage *self);
gboolean bijou_page_is_last (const BijouPage *self, guint start);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouPage, bijou_page_free)

/* Of one request; the URLs of longer ones are refused. */
#define BIJOU_BACKEND_MAX_IDS 100

typedef enum
{
  BIJOU_HOME_CONTINUE, /* begun, the latest first */
  BIJOU_HOME_NEXT_UP,  /* the next episode of each show that was begun */
  BIJOU_HOME_RECENT,   /* computed by the store, never asked of a backend */
} BijouHomeRow;

typedef enum
{
  BIJOU_REPORT_START,
  BIJOU_REPORT_PROGRESS,
  BIJOU_REPORT_STOP,
} BijouReportKind;

/**
 * BijouReport:
 * What a server is told about a playback.
 */
typedef struct
{
  BijouReportKind kind;
  char *session_id; /* (owned) one for each playback, made by the client */
  char *remote_id;  /* (owned) the item */
  char *version_id; /* (owned) (nullable) */
  char *part_id;    /* (owned) (nullable) */
  gint64 position_ms;
  gint64 duration_ms;
  gboolean paused;
  gboolean buffering;
  gboolean failed;   /* STOP: nothing was seen, leave the play state alone */
  char *audio_id;    /* (owned) (nullable) stream id */
  char *subtitle_id; /* (owned) (nullable) stream id, NULL off */
} BijouReport;

BijouReport *bijou_report_new (BijouReportKind kind, const char *session_id, const char *remote_id);
BijouReport *bijou_report_copy (const BijouReport *self);
void bijou_report_free (BijouReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouReport, bijou_report_free)

typedef struct _BijouBackend BijouBackend;

/**
 * BijouTokenFunc:
 * Asks, after @refused was answered with 401, for the token that is good now. Blocking, on the
 * worker that got the 401; the backend asks once for each token that is refused.
 *
 * Returns: (transfer full) (nullable): the token, which may be @refused itself; %NULL with or
 * without an error when there is none
 */
typedef char *(*BijouTokenFunc) (BijouBackend *backend,
                                 const char *refused,
                                 gpointer user_data,
                                 GCancellable *cancellable,
                                 GError **error);

/**
 * BijouBackend:
 * One signed-in server, in terms of the model. Every method that takes a cancellable is
 * blocking, thread-safe, runs on a worker (never on the main thread of a window), and fails with
 * BIJOU_ERROR; the others are for any thread.
 * Items that cannot be understood are skipped with a log line; unknown values of enumerations are
 * normal.
 */
#define BIJOU_TYPE_BACKEND (bijou_backend_get_type ())
G_DECLARE_INTERFACE (BijouBackend, bijou_backend, BIJOU, BACKEND, GObject)

struct _BijouBackendInterface
{
  GTypeInterface parent_interface;

  GPtrArray *(*list_libraries) (BijouBackend *self, GCancellable *cancellable, GError **error);
  void (*mark_hidden) (BijouBackend *self,
                       GPtrArray *libraries,
                       GPtrArray *known,
                       GCancellable *cancellable);
  BijouPage *(*fetch_page) (BijouBackend *self,
                            BijouLibrary *library,
                            BijouItemKind kind,
                            guint start,
                            guint limit,
                            GCancellable *cancellable,
                            GError **error);
  BijouPage *(*fetch_members) (BijouBackend *self,
                               BijouItem *list,
                               guint start,
                               guint limit,
                               GCancellable *cancellable,
                               GError **error);
  BijouPage *(*fetch_slim_page) (BijouBackend *self,
                                 BijouLibrary *library,
                                 BijouItemKinds kinds,
                                 guint start,
                                 guint limit,
                                 GCancellable *cancellable,
                                 GError **error);
  BijouDelta *(*fetch_delta) (BijouBackend *self,
                              const BijouDeltaQuery *query,
                              GCancellable *cancellable,
                              GError **error);
  gint64 (*get_server_time) (BijouBackend *self);
  gboolean mixes_kinds; /* one slim page holds several kinds */
  GPtrArray *(*fetch_home) (BijouBackend *self,
                            BijouHomeRow row,
                            guint limit,
                            GPtrArray **next_up,
                            GCancellable *cancellable,
                            GError **error);
  gboolean mixes_rows; /* one answer holds both rows of Home */
  BijouDetail *(*fetch_detail) (BijouBackend *self,
                                const char *remote_id,
                                GCancellable *cancellable,
                                GError **error);
  GPtrArray *(*fetch_person) (BijouBackend *self,
                              const char *person_id,
                              GCancellable *cancellable,
                              GError **error);
  GPtrArray *(*fetch_details) (BijouBackend *self,
                               const char *const *remote_ids,
                               GCancellable *cancellable,
                               GError **error);
  GPtrArray *(*fetch_items) (BijouBackend *self,
                             const char *const *remote_ids,
                             GCancellable *cancellable,
                             GError **error);
  BijouHttpRequest *(*make_socket_request) (BijouBackend *self);
  GPtrArray *(*parse_event) (BijouBackend *self,
                             const char *text,
                             gsize length,
                             BijouEventReply *reply);
  gboolean announces_marks; /* its socket tells of marks made by other clients */
  GBytes *(*fetch_image) (BijouBackend *self,
                          const char *image,
                          guint width,
                          GCancellable *cancellable,
                          GError **error);
  BijouHttpRequest *(*make_part_request) (BijouBackend *self,
                                          const char *remote_id,
                                          BijouPart *part,
                                          const char *session_id,
                                          GCancellable *cancellable,
                                          GError **error);
  BijouHttpRequest *(*make_subtitle_request) (BijouBackend *self,
                                              BijouStream *stream,
                                              GCancellable *cancellable,
                                              GError **error);
  gboolean (*report) (BijouBackend *self,
                      const BijouReport *report,
                      GCancellable *cancellable,
                      GError **error);
  gboolean (*set_watched) (BijouBackend *self,
                           const char *remote_id,
                           gboolean watched,
                           GCancellable *cancellable,
                           GError **error);
  gboolean keeps_favourites;
  gboolean keeps_ratings;
  gboolean (*set_favourite) (BijouBackend *self,
                             const char *remote_id,
                             gboolean favourite,
                             GCancellable *cancellable,
                             GError **error);
  gboolean (*set_rating) (BijouBackend *self,
                          const char *remote_id,
                          double rating,
                          GCancellable *cancellable,
                          GError **error);
  gboolean (*set_position) (BijouBackend *self,
                            const char *remote_id,
                            gint64 position_ms,
                            gint64 duration_ms,
                            GCancellable *cancellable,
                            GError **error);
  gboolean (*sign_out) (BijouBackend *self, GCancellable *cancellable, GError **error);
  gboolean (*check_token) (BijouBackend *self, GCancellable *cancellable, GError **error);
  char **(*list_own_urls) (BijouBackend *self, GCancellable *cancellable, GError **error);
  void (*set_token) (BijouBackend *self, const char *token);
  void (*set_token_func) (BijouBackend *self,
                          BijouTokenFunc func,
                          gpointer user_data,
                          GDestroyNotify destroy);
  BijouConnection *(*get_connection) (BijouBackend *self);
  const char *(*get_server_id) (BijouBackend *self);
};

/* The libraries of the server, also those that are not synced. (element-type BijouLibrary) */
GPtrArray *
bijou_backend_list_libraries (BijouBackend *self, GCancellable *cancellable, GError **error);
/* Marks those of @libraries that the user wants to see nothing new of, where the list does not say
 * so itself: as they are in @known, or, with %NULL, by a request. When that fails, none is marked.
 */
void bijou_backend_mark_hidden (BijouBackend *self,
                                GPtrArray *libraries,
                                GPtrArray *known,
                                GCancellable *cancellable);
/* Rows [start, start + limit) of all items of one kind (movie, show, season, episode, video,
 * collection, playlist) in one library, in a stable order. For collections and playlists that
 * belong to no library, library is NULL. */
BijouPage *bijou_backend_fetch_page (BijouBackend *self,
                                     BijouLibrary *library,
                                     BijouItemKind kind,
                                     guint start,
                                     guint limit,
                                     GCancellable *cancellable,
                                     GError **error);
/* Rows [start, start + limit) of the members of a collection or playlist, in its order; also what
 * is in no library that is synced. */
BijouPage *bijou_backend_fetch_members (BijouBackend *self,
                                        BijouItem *list,
                                        guint start,
                                        guint limit,
                                        GCancellable *cancellable,
                                        GError **error);
/* Like bijou_backend_fetch_page(), of rows that have identifier, kind, version tag and play state
 * and nothing else that counts. A backend that does not mix kinds is asked for one. */
BijouPage *bijou_backend_fetch_slim_page (BijouBackend *self,
                                          BijouLibrary *library,
                                          BijouItemKinds kinds,
                                          guint start,
                                          guint limit,
                                          GCancellable *cancellable,
                                          GError **error);
gboolean bijou_backend_mixes_kinds (BijouBackend *self);
BijouDelta *bijou_backend_fetch_delta (BijouBackend *self,
                                       const BijouDeltaQuery *query,
                                       GCancellable *cancellable,
                                       GError **error);
gint64 bijou_backend_get_server_time (BijouBackend *self);
/* The items of a row of Home in its order; with BIJOU_HOME_CONTINUE also those of @next_up, (out)
 * (optional), from a backend that mixes rows. (element-type BijouItem) */
GPtrArray *bijou_backend_fetch_home (BijouBackend *self,
                                     BijouHomeRow row,
                                     guint limit,
                                     GPtrArray **next_up,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean bijou_backend_mixes_rows (BijouBackend *self);
BijouDetail *bijou_backend_fetch_detail (BijouBackend *self,
                                         const char *remote_id,
                                         GCancellable *cancellable,
                                         GError **error);
/* The films and series, also those that are not synced, in which a person is whose identifier is
 * BijouPerson.id. (element-type BijouItem) */
GPtrArray *bijou_backend_fetch_person (BijouBackend *self,
                                       const char *person_id,
                                       GCancellable *cancellable,
                                       GError **error);
/* The details of up to BIJOU_BACKEND_MAX_IDS items without what is similar to them, in as few
 * requests as can be; an item that the server does not have is absent. (element-type BijouDetail)
 */
GPtrArray *bijou_backend_fetch_details (BijouBackend *self,
                                        const char *const *remote_ids,
                                        GCancellable *cancellable,
                                        GError **error);
/* The rows of up to BIJOU_BACKEND_MAX_IDS items as bijou_backend_fetch_page() gives them; an item
 * that the server does not have is absent. (element-type BijouItem) */
GPtrArray *bijou_backend_fetch_items (BijouBackend *self,
                                      const char *const *remote_ids,
                                      GCancellable *cancellable,
                                      GError **error);
/* The encoded picture, at least @width pixels wide where the original is; the width is rounded up
 * to the ladder 160 240 320 480 640 960 1280 1920. */
GBytes *bijou_backend_fetch_image (
    BijouBackend *self, const char *image, guint width, GCancellable *cancellable, GError **error);
/* The live request for a part's bytes: absolute URL and credentials, made anew at each (re)connect;
 * the caller sets the range. */
BijouHttpRequest *bijou_backend_make_part_request (BijouBackend *self,
                                                   const char *remote_id,
                                                   BijouPart *part,
                                                   const char *session_id,
                                                   GCancellable *cancellable,
                                                   GError **error);
BijouHttpRequest *bijou_backend_make_subtitle_request (BijouBackend *self,
                                                       BijouStream *stream,
                                                       GCancellable *cancellable,
                                                       GError **error);
gboolean bijou_backend_report (BijouBackend *self,
                               const BijouReport *report,
                               GCancellable *cancellable,
                               GError **error);
gboolean bijou_backend_set_watched (BijouBackend *self,
                                    const char *remote_id,
                                    gboolean watched,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean bijou_backend_set_favourite (BijouBackend *self,
                                      const char *remote_id,
                                      gboolean favourite,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean bijou_backend_keeps_favourites (BijouBackend *self);
/* The user's own rating, 0–10; negative: none. */
gboolean bijou_backend_set_rating (BijouBackend *self,
                                   const char *remote_id,
                                   double rating,
                                   GCancellable *cancellable,
                                   GError **error);
/* Whether other clients of the server show such ratings too. */
gboolean bijou_backend_keeps_ratings (BijouBackend *self);
/* A position reached earlier, for instance offline; not part of a running playback. */
gboolean bijou_backend_set_position (BijouBackend *self,
                                     const char *remote_id,
                                     gint64 position_ms,
                                     gint64 duration_ms,
                                     GCancellable *cancellable,
                                     GError **error);

/* --- what a server says of its own accord --- */

/* The request that opens the socket, with a path for its URL; never blocks. */
BijouHttpRequest *bijou_backend_make_socket_request (BijouBackend *self);
/* What a text that came through the socket says. (element-type BijouEvent) */
GPtrArray *bijou_backend_parse_event (BijouBackend *self,
                                      const char *text,
                                      gsize length,
                                      BijouEventReply *reply);
gboolean bijou_backend_announces_marks (BijouBackend *self);

gboolean bijou_backend_sign_out (BijouBackend *self, GCancellable *cancellable, GError **error);
gboolean bijou_backend_check_token (BijouBackend *self, GCancellable *cancellable, GError **error);
/* Where the server thinks that it is: more addresses to try. */
char **bijou_backend_list_own_urls (BijouBackend *self, GCancellable *cancellable, GError **error);
/* From now on every request carries the new token; connection and state stay. Any thread. */
void bijou_backend_set_token (BijouBackend *self, const char *token);
/* What is asked when the server refuses the token; once, before the backend is used. */
void bijou_backend_set_token_func (BijouBackend *self,
                                   BijouTokenFunc func,
                                   gpointer user_data,
                                   GDestroyNotify destroy);
BijouConnection *bijou_backend_get_connection (BijouBackend *self);
/* The identifier of its server, as rows have it. Any thread. */
const char *bijou_backend_get_server_id (BijouBackend *self);
guint bijou_backend_round_width (guint width);

/* The kinds of items that a library of a kind holds, ended by BIJOU_ITEM_UNKNOWN; parents first. */
const BijouItemKind *bijou_backend_get_kinds (BijouLibraryKind kind);

G_END_DECLS
