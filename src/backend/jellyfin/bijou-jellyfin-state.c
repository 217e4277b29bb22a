#include "config.h"

#include "bijou-jellyfin-backend.h"
#include "bijou-text.h"

#include <string.h>

#define TICKS_PER_MS 10000

static void
add_text (JsonBuilder *body, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (body, name);
  json_builder_add_string_value (body, value);
}

static void
add_int (JsonBuilder *body, const char *name, gint64 value)
{
  json_builder_set_member_name (body, name);
  json_builder_add_int_value (body, value);
}

static void
add_boolean (JsonBuilder *body, const char *name, gboolean value)
{
  json_builder_set_member_name (body, name);
  json_builder_add_boolean_value (body, value);
}

/* The server remembers the choice for the item, and 10.11 forgets it where an index is left out;
 * -1 is "no subtitles". */
static void
add_tracks (JsonBuilder *body, const BijouReport *report)
{
  char *end = NULL;
  gint64 index;

  if (report->audio_id != NULL)
    {
      index = g_ascii_strtoll (report->audio_id, &end, 10);
      if (end != report->audio_id && *end == '\0' && index >= 0 && index <= G_MAXINT)
        add_int (body, "AudioStreamIndex", index);
    }
  index = -1;
  if (report->subtitle_id != NULL)
    {
      index = g_ascii_strtoll (report->subtitle_id, &end, 10);
      if (end == report->subtitle_id || *end != '\0' || index < 0 || index > G_MAXINT)
        index = -1;
    }
  add_int (body, "SubtitleStreamIndex", index);
}

/* A stop without a position would mean "watched", a negative one is refused. */
static JsonBuilder *
make_report_body (const BijouReport *report)
{
  JsonBuilder *body = json_builder_new ();

  json_builder_begin_object (body);
  add_text (body, "ItemId", report->remote_id);
  add_text (body, "MediaSourceId", report->version_id);
  add_text (body, "PlaySessionId", report->session_id);
  add_int (body, "PositionTicks",
           CLAMP (report->position_ms, 0, G_MAXINT64 / TICKS_PER_MS) * TICKS_PER_MS);
  if (report->kind == BIJOU_REPORT_STOP)
    add_boolean (body, "Failed", report->failed);
  else
    {
      add_boolean (body, "CanSeek", TRUE);
      add_boolean (body, "IsPaused", report->paused);
      add_boolean (body, "IsMuted", FALSE);
      add_text (body, "PlayMethod", "DirectPlay");
      add_tracks (body, report);
    }
  json_builder_end_object (body);
  return body;
}

static const char *
get_report_path (BijouReportKind kind)
{
  switch (kind)
    {
    case BIJOU_REPORT_START:
      return "/Sessions/Playing";
    case BIJOU_REPORT_STOP:
      return "/Sessions/Playing/Stopped";
    case BIJOU_REPORT_PROGRESS:
    default:
      return "/Sessions/Playing/Progress";
    }
}

gboolean
bijou_jellyfin_backend_report (BijouBackend *backend,
                               const BijouReport *report,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (JsonBuilder) body = make_report_body (report);

  return bijou_jellyfin_backend_tell (BIJOU_JELLYFIN_BACKEND (backend), "POST",
                                      get_report_path (report->kind), body, cancellable, error);
}

static gboolean
set_mark (BijouBackend *backend,
          const char *route,
          const char *remote_id,
          gboolean mark,
          GCancellable *cancellable,
          GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = bijou_jellyfin_backend_make_path (self, route, remote_id, NULL, error);

  return path != NULL && bijou_jellyfin_backend_tell (self, mark ? "POST" : "DELETE", path, NULL,
                                                      cancellable, error);
}

gboolean
bijou_jellyfin_backend_set_watched (BijouBackend *backend,
                                    const char *remote_id,
                                    gboolean watched,
                                    GCancellable *cancellable,
                                    GError **error)
{
  return set_mark (backend, "/UserPlayedItems/", remote_id, watched, cancellable, error);
}

gboolean
bijou_jellyfin_backend_set_favourite (BijouBackend *backend,
                                      const char *remote_id,
                                      gboolean favourite,
                                      GCancellable *cancellable,
                                      GError **error)
{
  return set_mark (backend, "/UserFavoriteItems/", remote_id, favourite, cancellable, error);
}

/* POST /UserItems/{id}/UserData takes a number, which is a thumb up or down for those who know only
 * thumbs; it does not take one away, which DELETE /UserItems/{id}/Rating does. */
gboolean
bijou_jellyfin_backend_set_rating (BijouBackend *backend,
                                   const char *remote_id,
                                   double rating,
                                   GCancellable *cancellable,
                                   GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = bijou_jellyfin_backend_make_path (
      self, "/UserItems/", remote_id, rating < 0 ? "/Rating" : "/UserData", error);
  g_autoptr (JsonBuilder) body = NULL;

  if (path == NULL)
    return FALSE;
  if (rating < 0)
    return bijou_jellyfin_backend_tell (self, "DELETE", path, NULL, cancellable, error);
  body = json_builder_new ();
  json_builder_begin_object (body);
  json_builder_set_member_name (body, "Rating");
  json_builder_add_double_value (body, rating);
  json_builder_end_object (body);
  return bijou_jellyfin_backend_tell (self, "POST", path, body, cancellable, error);
}

/* Written as it is, without the rules for a running playback. The date puts it at its place among
 * what was begun. */
gboolean
bijou_jellyfin_backend_set_position (BijouBackend *backend,
                                     const char *remote_id,
                                     gint64 position_ms,
                                     gint64 duration_ms,
                                     GCancellable *cancellable,
                                     GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path =
      bijou_jellyfin_backend_make_path (self, "/UserItems/", remote_id, "/UserData", error);
  g_autofree char *now = bijou_text_format_time (g_get_real_time () / G_USEC_PER_SEC);
  g_autoptr (JsonBuilder) body = json_builder_new ();

  if (path == NULL)
    return FALSE;
  json_builder_begin_object (body);
  add_int (body, "PlaybackPositionTicks",
           MIN (position_ms, G_MAXINT64 / TICKS_PER_MS) * TICKS_PER_MS);
  add_text (body, "LastPlayedDate", now);
  json_builder_end_object (body);
  return bijou_jellyfin_backend_tell (self, "POST", path, body, cancellable, error);
}
