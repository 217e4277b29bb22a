#include "config.h"

#include "bijou-plex-backend-private.h"

#include "bijou-json.h"
#include "bijou-plex-parse.h"
#include "bijou-text.h"
#include "bijou-url.h"

#include <string.h>

/* A decision says yes with 1000 to 1999, at the status 200 whatever it says. */
#define DECISION_ERRORS 2000

/* How long a film waits for a decision that it can do without. */
#define NEAR_PATIENCE_MS 1500
#define FAR_PATIENCE_MS 4000

static char *
make_item_key (const char *remote_id)
{
  g_autofree char *id = g_uri_escape_string (remote_id, NULL, FALSE);

  return g_strconcat ("/library/metadata/", id, NULL);
}

/* One question for each playback, part and address: a seek is a new request, but no new playback.
 */
static gboolean
take_decision (BijouPlexBackend *self, const char *session_id, BijouPart *part)
{
  g_autofree char *url = bijou_connection_dup_current_url (self->connection);
  g_autofree char *key = g_strdup_printf ("%s %s %s", session_id, part->id, url != NULL ? url : "");
  gboolean fresh;

  g_mutex_lock (&self->decided.lock);
  fresh = bijou_lru_get (self->decided.sessions, key) == NULL;
  if (fresh)
    bijou_lru_put (self->decided.sessions, key, GINT_TO_POINTER (TRUE), 1);
  g_mutex_unlock (&self->decided.lock);
  return fresh;
}

static char *
make_decision_path (BijouPlexBackend *self,
                    const char *remote_id,
                    const char *session_id,
                    guint media_index,
                    guint part_index)
{
  BijouQuery *query = bijou_query_new ("/video/:/transcode/universal/decision");
  g_autofree char *item_key = make_item_key (remote_id);
  BijouAddressClass place = bijou_connection_get_current_class (self->connection);

  bijou_query_add (query, "path", item_key);
  bijou_query_add_int (query, "mediaIndex", media_index);
  bijou_query_add_int (query, "partIndex", part_index);
  bijou_query_add (query, "protocol", "hls");
  bijou_query_add_int (query, "fastSeek", 1);
  bijou_query_add_int (query, "directPlay", 1);
  bijou_query_add_int (query, "directStream", 1);
  bijou_query_add_int (query, "directStreamAudio", 1);
  /* The player plays what it can by itself: no profile of the server decides about it. */
  bijou_query_add_int (query, "hasMDE", 1);
  bijou_query_add (query, "location", place == BIJOU_ADDRESS_LAN ? "lan" : "wan");
  bijou_query_add (query, "subtitles", "auto");
  bijou_query_add (query, "session", session_id);
  return bijou_query_end (query);
}

static void
log_decision (BijouHttpResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = bijou_plex_parse_response (response, &error);
  JsonObject *container = root != NULL ? bijou_plex_get_container (root) : NULL;
  gint64 code = bijou_json_get_int (container, "generalDecisionCode", 0);
  const char *text = bijou_json_get_string (container, "generalDecisionText");

  if (root == NULL)
    g_info ("No decision about the playback: %s", error->message);
  else if (code >= DECISION_ERRORS)
    g_message ("The server would rather not play this: %s", text != NULL ? text : "no reason");
  else
    g_debug ("Decision %" G_GINT64_FORMAT ": %s", code, text);
}

/* Some servers refuse the bytes of a playback that they were not asked about, when its bitrate is
 * above a limit. Whatever the answer is, the bytes are asked for: it may work. */
static void
ask_for_decision (BijouPlexBackend *self,
                  const char *path,
                  const char *session_id,
                  GCancellable *cancellable)
{
  gboolean near = bijou_connection_get_current_class (self->connection) == BIJOU_ADDRESS_LAN;
  g_autoptr (BijouHttpRequest) request =
      bijou_plex_backend_make_playback_request (self, "GET", path, BIJOU_HTTP_API, session_id);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = bijou_plex_backend_try (
      self, request, near ? NEAR_PATIENCE_MS : FAR_PATIENCE_MS, cancellable, &error);

  if (response != NULL)
    log_decision (response);
  else
    g_info ("No decision about the playback: %s", error->message);
}

/* GET of the part's key. HEAD is never sent: servers answer it with 500. */
BijouHttpRequest *
bijou_plex_make_part_request (BijouBackend *backend,
                              const char *remote_id,
                              BijouPart *part,
                              const char *session_id,
                              GCancellable *cancellable,
                              GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  guint media_index, part_index;
  g_autofree char *path = bijou_plex_split_part_key (part->key, &media_index, &part_index);
  g_autoptr (BijouHttpRequest) request = NULL;

  if (session_id != NULL)
    {
      /* A decision is of an address: one is found first where there is none. */
      g_autofree char *base = bijou_connection_get_base_url (self->connection, cancellable, error);

      if (base == NULL)
        return NULL;
      if (take_decision (self, session_id, part))
        {
          g_autofree char *decision =
              make_decision_path (self, remote_id, session_id, media_index, part_index);

          ask_for_decision (self, decision, session_id, cancellable);
        }
    }
  request =
      bijou_plex_backend_make_playback_request (self, "GET", path, BIJOU_HTTP_TRANSFER, session_id);
  bijou_http_request_set_header (request, "Accept", "*/*");
  return bijou_connection_resolve (self->connection, request, cancellable, error);
}

static gboolean
is_picture_subtitle (const char *codec)
{
  static const char *const codecs[] = { "pgs", "dvd_subtitle", "dvdsub",       "vobsub",
                                        "idx", "sub",          "dvb_subtitle", "hdmv_pgs_subtitle",
                                        NULL };

  return codec != NULL && g_strv_contains (codecs, codec);
}

/* GET /library/streams/{id}?encoding=utf-8; what the player may not know comes as SubRip */
BijouHttpRequest *
bijou_plex_make_subtitle_request (BijouBackend *backend,
                                  BijouStream *stream,
                                  GCancellable *cancellable,
                                  GError **error)
{
  static const char *const known[] = { "srt", "subrip", "ass", "ssa", "vtt", "webvtt", NULL };
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autoptr (BijouHttpRequest) request = NULL;
  g_autofree char *path = NULL;
  BijouQuery *query;

  if (!stream->external || stream->key == NULL || is_picture_subtitle (stream->codec))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "It is no subtitle file of text");
      return NULL;
    }
  query = bijou_query_new (stream->key);
  bijou_query_add (query, "encoding", "utf-8");
  if (stream->codec != NULL && !g_strv_contains (known, stream->codec))
    bijou_query_add (query, "format", "srt");
  path = bijou_query_end (query);
  request = bijou_plex_backend_make_request (self, "GET", path, BIJOU_HTTP_API);
  bijou_http_request_set_header (request, "Accept", "*/*");
  return bijou_connection_resolve (self->connection, request, cancellable, error);
}

static const char *
get_state (const BijouReport *report)
{
  if (report->kind == BIJOU_REPORT_STOP)
    return "stopped";
  if (report->paused)
    return "paused";
  return report->buffering ? "buffering" : "playing";
}

/* A time beyond the duration is refused with 400, and numbers that are not known are left out. */
static void
add_times (BijouQuery *query, gint64 position_ms, gint64 duration_ms)
{
  gint64 position = MAX (position_ms, 0);

  if (duration_ms > 0)
    position = MIN (position, duration_ms);
  bijou_query_add_int (query, "time", position);
  if (duration_ms > 0)
    bijou_query_add_int (query, "duration", duration_ms);
}

static BijouQuery *
new_timeline_query (const char *remote_id, const char *state)
{
  BijouQuery *query = bijou_query_new ("/:/timeline");
  g_autofree char *item_key = make_item_key (remote_id);

  bijou_query_add (query, "ratingKey", remote_id);
  bijou_query_add (query, "key", item_key);
  bijou_query_add (query, "identifier", BIJOU_PLEX_IDENTIFIER);
  bijou_query_add (query, "state", state);
  return query;
}

/* The owner of the server can end a playback: then the answer says why. */
static gboolean
check_termination (BijouHttpResponse *response, GError **error)
{
  g_autoptr (JsonNode) root = bijou_plex_parse_response (response, NULL);
  JsonObject *container = root != NULL ? bijou_plex_get_container (root) : NULL;
  const char *text = bijou_json_get_string (container, "terminationText");

  if (bijou_json_get_int (container, "terminationCode", 0) == 0)
    return TRUE;
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN, "%s",
               text != NULL ? text : "The server ended the playback");
  return FALSE;
}

static gboolean
send_timeline (BijouPlexBackend *self,
               const char *path,
               const char *session_id,
               gboolean heed_termination,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_plex_backend_make_playback_request (self, "POST", path, BIJOU_HTTP_API, session_id);
  g_autoptr (BijouHttpResponse) response =
      bijou_plex_backend_send (self, request, cancellable, error);

  if (response == NULL || !bijou_plex_check (response, error))
    return FALSE;
  return !heed_termination || check_termination (response, error);
}

/* POST /:/timeline */
gboolean
bijou_plex_report (BijouBackend *backend,
                   const BijouReport *report,
                   GCancellable *cancellable,
                   GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  BijouQuery *query = new_timeline_query (report->remote_id, get_state (report));
  g_autofree char *path = NULL;
  gboolean stop = report->kind == BIJOU_REPORT_STOP;

  /* A time of 0 ends the session and leaves the play state alone. */
  add_times (query, stop && report->failed ? 0 : report->position_ms, report->duration_ms);
  bijou_query_add_int (query, "hasMDE", 1);
  path = bijou_query_end (query);
  return send_timeline (self, path, report->session_id, !stop, cancellable, error);
}

static gboolean
send_mark (BijouPlexBackend *self,
           const char *method,
           const char *path,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_plex_backend_make_request (self, method, path, BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response =
      bijou_plex_backend_send (self, request, cancellable, error);

  return response != NULL && bijou_plex_check (response, error);
}

/* PUT is documented, but there are servers that know only GET. */
static gboolean
is_method_refused (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FAILED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
}

static gboolean
put_mark (BijouPlexBackend *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (send_mark (self, "PUT", path, cancellable, &local))
    return TRUE;
  if (is_method_refused (local))
    return send_mark (self, "GET", path, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* PUT /:/scrobble, /:/unscrobble: a show or season passes it on to its episodes */
gboolean
bijou_plex_set_watched (BijouBackend *backend,
                        const char *remote_id,
                        gboolean watched,
                        GCancellable *cancellable,
                        GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  BijouQuery *query = bijou_query_new (watched ? "/:/scrobble" : "/:/unscrobble");
  g_autofree char *path = NULL;

  bijou_query_add (query, "key", remote_id);
  bijou_query_add (query, "identifier", BIJOU_PLEX_IDENTIFIER);
  path = bijou_query_end (query);
  return put_mark (self, path, cancellable, error);
}

/* PUT /:/rate: -1 takes it away */
gboolean
bijou_plex_set_rating (BijouBackend *backend,
                       const char *remote_id,
                       double rating,
                       GCancellable *cancellable,
                       GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  BijouQuery *query = bijou_query_new ("/:/rate");
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *path = NULL;

  bijou_query_add (query, "key", remote_id);
  bijou_query_add (query, "identifier", BIJOU_PLEX_IDENTIFIER);
  bijou_query_add (query, "rating", g_ascii_formatd (text, sizeof text, "%g", rating));
  path = bijou_query_end (query);
  return put_mark (self, path, cancellable, error);
}

/* PUT /:/progress: the older way, which takes any position without a duration */
static gboolean
send_progress (BijouPlexBackend *self,
               const char *remote_id,
               gint64 position_ms,
               GCancellable *cancellable,
               GError **error)
{
  BijouQuery *query = bijou_query_new ("/:/progress");
  g_autofree char *path = NULL;

  bijou_query_add (query, "key", remote_id);
  bijou_query_add (query, "identifier", BIJOU_PLEX_IDENTIFIER);
  bijou_query_add_int (query, "time", MAX (position_ms, 0));
  bijou_query_add (query, "state", "stopped");
  path = bijou_query_end (query);
  return put_mark (self, path, cancellable, error);
}

/* POST /:/timeline with offline=1, as a client does that comes back to the network. The timeline
 * ignores a position of 0 and wants a duration. */
gboolean
bijou_plex_set_position (BijouBackend *backend,
                         const char *remote_id,
                         gint64 position_ms,
                         gint64 duration_ms,
                         GCancellable *cancellable,
                         GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autofree char *session_id = bijou_text_make_uuid ();
  g_autofree char *path = NULL;
  BijouQuery *query;

  if (position_ms <= 0 || duration_ms <= 0)
    return send_progress (self, remote_id, position_ms, cancellable, error);

  query = new_timeline_query (remote_id, "stopped");
  add_times (query, position_ms, duration_ms);
  bijou_query_add_int (query, "offline", 1);
  bijou_query_add_int (query, "updated", g_get_real_time () / G_USEC_PER_SEC);
  path = bijou_query_end (query);
  return send_timeline (self, path, session_id, FALSE, cancellable, error);
}
